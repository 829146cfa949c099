"""The answers of a routing table as text, made of their plain data and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from fingerpost.rib.difference import shown

if TYPE_CHECKING:
    from fingerpost.rib.instant_text import Clock

Model: TypeAlias = Mapping[str, Any]


def why_lines(model: Model, clock: Clock) -> Iterator[str]:
    """A `RibTrace`: the outcome, the candidates with what made them so, the next-hop chain."""
    yield outcome(model)
    for prefix in model["skipped"]:
        yield f"  {prefix} is longer, but nothing of it can be used"
    for one in model["candidates"]:
        yield from candidate_lines(one, clock)
    for one in model["chain"]:
        yield f"  {rest(one)}"


def outcome(model: Model) -> str:
    """The first line: what is used for what was asked."""
    if model["prefix"] is None:
        return f"{model['asked']}: no route"
    if model["winner"] is None:
        return f"{model['asked']}: {model['prefix']} has no route that can be used"
    return f"{model['asked']}: {model['text']}"


def candidate_lines(model: Model, clock: Clock) -> Iterator[str]:
    """One candidate: how it came out, where it came from, what the import policy did to it."""
    yield f"  {standing(model)}"
    route = model["route"]
    who = "" if route["learned_from"] is None else f" from {route['learned_from']}"
    yield f"    said by {route['source']}{who} since {clock.text(route['since'])}"
    for line in model["policy"]:
        yield f"    {policy_line(line)}"
    if changes := model.get("changes"):
        yield f"    policy changed {', '.join(map(change, changes))}"


def standing(model: Model) -> str:
    """The route, and whether it is used, lost, or cannot be used."""
    if model["wins"]:
        return f"{model['text']}: used"
    if model["unusable"] is not None:
        return f"{model['text']}: {model['unusable']}"
    decided = model["decision"]
    if decided is None:
        return f"{model['text']}: not used"
    to = model.get("lost_to")
    whose = "" if to is None or decided["rule"] == "source" else f" of {to}"
    return (
        f"{model['text']}: {decided['rule']} {decided['worse']} loses to {decided['better']}{whose}"
    )


def rest(model: Model) -> str:
    """One step of a next-hop chain."""
    if model["gateway"] is None:
        return str(model["reason"])
    if model["reason"] is not None:
        return f"next hop {model['gateway']}: {model['reason']}"
    ends = ", ".join(map(next_hop, model["next_hops"]))
    return f"next hop {model['gateway']} rests on {model['rests_on']}: {ends}"


def next_hop(model: Model) -> str:
    """A next hop as `ip route` writes it."""
    parts = [f"via {model['gateway']}"] if model["gateway"] is not None else []
    parts += [f"dev {model['interface']}"] if model["interface"] is not None else []
    parts += [f"weight {model['weight']}"] if model["weight"] != 1 else []
    return " ".join(parts) or "nowhere"


def policy_line(model: Model) -> str:
    """A line of a policy that had a say."""
    return f"policy {model['policy']} line {model['line']}: {model['did']}"


def change(model: Model) -> str:
    """A field before and after."""
    before, after = _value(model["before"]), _value(model["after"])
    return f"{model['field'].replace('_', ' ')} {before} -> {after}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return shown([next_hop(one) if isinstance(one, Mapping) else str(one) for one in value])
    return shown(value)
