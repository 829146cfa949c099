"""The answer to `why` as text, made of its plain data and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.rib import explain_text as table
from fingerpost.rib.instant_text import Clock

if TYPE_CHECKING:
    from fingerpost.rib.explain_text import Model


def why_lines(model: Model) -> Iterator[str]:
    """The lines of `RouteWhy.as_dict`: outcome, candidates, what was kept out, chain, the way out,
    and what each protocol knows.
    """
    clock = Clock(model["clock"]["now"], model["clock"]["wall"])
    yield table.outcome(model)
    for prefix in model["skipped"]:
        yield f"  {prefix} is longer, but nothing of it can be used"
    for one in model["candidates"]:
        yield from table.candidate_lines(one, clock)
        for message in one["messages"]:
            yield f"    {message_line(message, clock)}"
    for one in model["kept_out"]:
        yield f"  not in the table: {kept_out_line(one)}"
    for step in model["chain"]:
        yield f"  {table.rest(step)}"
    yield from forwarding_lines(model)
    shown = {(one["route"]["source"], one["route"]["prefix"]) for one in model["candidates"]}
    for answer in model["protocols"]:
        is_told = (answer["name"], answer["prefix"]) in shown
        for line in answer_lines(answer, clock, has_told_winners=is_told):
            yield f"  {line}"


def kept_out_line(model: Model) -> str:
    """A route that a channel kept out of the table: why, and by which policy lines."""
    return "; ".join([model["reason"], *map(table.policy_line, model["policy"])])


def forwarding_lines(model: Model) -> Iterator[str]:
    """What became of the winner on its way to the forwarding table and, where a host tells it, to
    the kernel.
    """
    export = model["forwarding"]
    if export is not None:
        done = "forwarded by" if export["is_accepted"] else "not forwarded by"
        for line in export["policy"]:
            yield f"  {done}: {table.policy_line(line)}"
        if export["changes"]:
            yield f"  policy changed {', '.join(map(table.change, export['changes']))}"
    kernel = model.get("kernel")
    if kernel is not None:
        yield f"  kernel: {kernel['reason']}"


def answer_lines(model: Model, clock: Clock, *, has_told_winners: bool = False) -> Iterator[str]:
    """What an instance knows: the rule that decided, and each way with its message.

    `has_told_winners`: the messages of the winners stand elsewhere already.
    """
    since = "" if model["since"] is None else f", since {clock.text(model['since'])}"
    state = "" if model["state"] == "-" else f"{model['state']}{since}; "
    yield f"{model['name']} on {model['prefix']}: {state}{model['rule']}"
    for way in model["ways"]:
        yield f"  {way_line(way)}"
        for line in way.get("details", ()):
            yield f"    {line}"
        if way["message"] is not None and not (way["wins"] and has_told_winners):
            yield f"    {message_line(way['message'], clock)}"
    for one in model.get("ignored", ()):
        yield f"  {ignored_line(one, clock)}"


def ignored_line(model: Model, clock: Clock) -> str:
    """A router that speaks and is not heard: why, and when it spoke last."""
    who = f"{model['address']} on {model['interface']}"
    return f"not heard: {who}, {clock.text(model['heard'])}: {model['reason']}"


def way_line(model: Model) -> str:
    """One way: who offers it, and why it lost."""
    who = model["origin"]
    if model["neighbor"] is not None:
        who = placed(model)
    if model["wins"]:
        return f"won:  metric {model['metric']} from {who}"
    return f"lost: metric {model['metric']} from {who}: {model['rule']}"


def placed(model: Model) -> str:
    """Who said something, and where that is known by an interface."""
    on = "" if model["interface"] is None else f" on {model['interface']}"
    return f"{model['neighbor']}{on}"


def message_line(model: Model, clock: Clock) -> str:
    """A message: of which kind, from whom, when, and what it said."""
    who = placed(model)
    said = fields_text(model["fields"])
    return f"{model['kind']} from {who}, {clock.text(model['received'])}: {said}"


def fields_text(fields: Model) -> str:
    """What a message says, without what it does not."""
    said = ((name.replace("_", " "), value) for name, value in fields.items())
    return ", ".join(f"{name} {value}" for name, value in said if value is not None)
