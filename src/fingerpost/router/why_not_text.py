"""The answer to `why-not` as text, made of its plain data and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.rib import explain_text as table
from fingerpost.rib.instant_text import Clock
from fingerpost.router.why_text import answer_lines, fields_text, forwarding_lines

if TYPE_CHECKING:
    from fingerpost.rib.explain_text import Model


def why_not_lines(model: Model) -> Iterator[str]:
    """The lines of `RouteWhyNot.as_dict`: outcome, each source, what is used instead, the way
    out, and what neighbours are told.
    """
    clock = Clock(model["clock"]["now"], model["clock"]["wall"])
    of = "" if model["source"] is None else f" of {model['source']}"
    to = "" if model["to"] is None else f" to {model['to']}"
    yield f"{model['asked']}{of}{to}: {model['told_outcome'] or model['outcome']}"
    is_used = model["outcome"] == "used"
    if model["winner"] is not None:
        yield f"  {'used' if is_used else 'chosen'}: {model['text']}"
    if not is_used or model["to"] is None:
        yield from _in_lines(model, clock, is_used=is_used)
        yield from forwarding_lines(model)
    neighbor = model.get("neighbor")
    if neighbor is not None:
        yield from neighbor_lines(neighbor)
    for told in model["told"]:
        for line in told_lines(told):
            yield f"  {line}"


def _in_lines(model: Model, clock: Clock, *, is_used: bool) -> Iterator[str]:
    """What became of it on its way into the table."""
    if not model["sources"]:
        yield "  no source has it: it is not connected, not static, and no protocol runs"
    for one in model["sources"]:
        if not (is_used and one["ending"] in ("used", "not announced")):
            yield from _source_lines(one, clock)
    for step in model["unresolved"]:
        yield f"  {table.rest(step)}"
    if model["instead"] is not None:
        yield f"  its addresses use {model['instead_text']}"


def _source_lines(model: Model, clock: Clock) -> Iterator[str]:
    yield f"  {model['source']}: {_ending(model)}"
    for line in model["policy"]:
        yield f"    {table.policy_line(line)}"
    if model["changes"]:
        yield f"    policy changed {', '.join(map(table.change, model['changes']))}"
    if model["protocol"] is not None and model["ending"] != "used":
        for line in answer_lines({"name": model["source"], **model["protocol"]}, clock):
            yield f"    {line}"


def _ending(model: Model) -> str:
    ending, reason = model["ending"], model["reason"]
    if ending == "used" or (ending == "not announced" and model["protocol"] is not None):
        return str(ending)
    if model["route"] is None:
        return str(reason)
    if model["lost_to"] is not None and model["decision"]["rule"] != "source":
        reason = f"{reason} of {model['lost_to']}"
    return f"{ending}, {model['text']}: {reason}"


def neighbor_lines(model: Model) -> Iterator[str]:
    """What became of what a neighbour says of the prefix."""
    yield f"  {model['instance']} from {model['neighbor']}: {model['outcome']}; {model['text']}"
    for way in model["ways"]:
        for line in way["details"]:
            yield f"    {line}"


def told_lines(model: Model) -> Iterator[str]:
    """What an instance tells of a prefix: to each place what, or why not."""
    channel = model["channel"]
    lines = [] if channel is None else channel["policy"]
    is_own = any((one["policy"], one["line"]) == ("channel", "source") for one in lines)
    if lines and not is_own:
        done = "is given it" if channel["is_accepted"] else "is not given it"
        yield f"{model['name']} {done}: {'; '.join(map(table.policy_line, lines))}"
    if model["reason"] is not None:
        yield f"{model['name']} tells nobody: {model['reason']}"
    for place in model["places"]:
        yield f"{model['name']} on {place['place']}: {_place(place)}"


def _place(model: Model) -> str:
    if not model["is_told"] and not model["fields"]:
        return f"not told, {model['reason']}"
    said = f"told {fields_text(model['fields'])}".rstrip()
    return said if model["reason"] is None else f"{said}: {model['reason']}"
