"""What `show bgp summary|attributes|groups` prints: models of the API as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fingerpost.cli.columns import age, aligned

Model: TypeAlias = Mapping[str, Any]

_NEIGHBORS = (
    *("neighbor", "AS", "received", "used", "told", "messages", "up/down", "state"),
    "description",
)
_NUMBERS = _NEIGHBORS[1:7]
_HELD = ("held", "count", "memory")
_SETS = ("paths", "octets", "next hop", "local pref", "MED", "AS path", "communities")
_GROUPS = ("group", "family", "neighbors", "told", "who")


def summary(status: Model) -> str:
    """Who we are, what is held, and a line a neighbour and family."""
    held = ", ".join(
        f"{one['prefixes']:,} prefixes of {one['family']} by {one['paths']:,} paths"
        for one in status["tables"]
    )
    lines = [
        f"router id {status['router_id']}, AS {status['asn']}",
        f"{held or 'no table'}; {size(status['memory'])}",
    ]
    if status["is_waiting"]:
        lines.append("it restarts: nobody is told anything until neighbors have told all")
    rows = [row for one in status["neighbors"] for row in _neighbor(one)]
    lines += ["", aligned(_NEIGHBORS, rows, _NUMBERS) if rows else "no neighbor"]
    for one in status["neighbors"]:
        if one["why_down"] is not None:
            lines.append(f"{one['name']} is down: {one['why_down']}")
    return "\n".join(lines)


def _neighbor(one: Model) -> Iterator[tuple[str, ...]]:
    """A line for each family, of which only the first has what is the neighbour's."""
    agreed = [held for held in one["families"] if held["is_agreed"]]
    families = agreed or one["families"][:1]
    for at, held in enumerate(families):
        family = f" {held['family']}" if len(families) > 1 else ""
        state = one["state"] if one["is_established"] else _down(one)
        common = (
            str(one["messages_in"]),
            "never" if one["age_s"] is None else age(one["age_s"]),
            state,
            one["description"],
        )
        yield (
            one["name"] + family,
            str(one["asn"] or "?"),
            *(str(held[name]) for name in ("received", "accepted", "told")),
            *(common if at == 0 else ("", "", "", "")),
        )
    if not families:
        yield (one["name"], str(one["asn"] or "?"), *[""] * 4, "", _down(one), one["description"])


def _down(one: Model) -> str:
    if one["is_shut"]:
        return "shut"
    return "over its limit" if one["is_over_limit"] else str(one["state"])


def attributes(model: Model) -> str:
    """What memory holds, and the sets of attributes that most paths share."""
    held = [(one["what"], f"{one['count']:,}", size(one["octets"])) for one in model["held"]]
    lines = [aligned(_HELD, held, _HELD[1:])]
    if model["sets"]:
        rows = [
            (
                f"{one['uses'] // 2:,}",
                str(one["octets"]),
                one["next_hop"] or "",
                _number(one["local_preference"]),
                _number(one["med"]),
                one["as_path"],
                " ".join(one["communities"] + one["large_communities"]),
            )
            for one in model["sets"]
        ]
        lines += ["", aligned(_SETS, rows, (*_SETS[:2], *_SETS[3:5]))]
    return "\n".join(lines)


def groups(model: Model) -> str:
    """Who is told the same."""
    rows = [
        (
            str(number),
            one["family"],
            str(len(one["neighbors"])),
            f"{one['told']:,}",
            ", ".join(one["neighbors"]),
        )
        for number, one in enumerate(model["groups"], 1)
    ]
    return (
        aligned(_GROUPS, rows, (_GROUPS[0], *_GROUPS[2:4])) if rows else "nobody is told anything"
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def size(octets: int) -> str:
    """Memory: "812 B", "4.2 KiB", "177.0 MiB"."""
    if octets < 1024:
        return f"{octets} B"
    amount = octets / 1024
    for unit in ("KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"
