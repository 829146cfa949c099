"""What `show ospf` prints: the model of `Ospf.snapshot()` as tables, the columns as FRR has them.

Ages are at the model's own instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from fingerpost.cli.columns import age, aligned

Model: TypeAlias = Mapping[str, Any]

SECOND = 1_000_000_000
_ROLES = {
    "border": "area border router",
    "boundary": "AS boundary router",
    "stub_router": "stub router",
}
_NEIGHBORS = (
    *("neighbor id", "pri", "state", "up time", "dead time", "address", "interface"),
    *("rxmt", "rqst", "dbsm"),
)
_INTERFACES = (
    *("interface", "area", "address", "type", "cost", "state", "dr", "bdr", "nbrs", "hello"),
    "authentication",
)
_REFUSED = ("neighbor id", "address", "interface", "packets", "last heard", "reason")
_AREAS = ("area", "kind", "interfaces", "adjacent", "lsas", "checksum")
_FAULTS = ("interface", "reason", "count")
_EVENTS = ("ago", "what", "interface", "detail")


def status(model: Model) -> str:
    """What the instance is, and its areas."""
    stopped = " (stopped)" if model["stopped"] else ""
    lines = [
        f"{model['source']}: OSPF version {model['version']}, router id {model['router_id']}"
        f"{stopped}",
        f"{_counted(len(model['neighbors']), 'neighbor')}, {_adjacent(model)} adjacent; "
        f"{_counted(model['lsas'], 'LSA')}",
        *_roles(model["originates"]),
        *_restart(model),
    ]
    rows = [
        (
            one["id"],
            one["kind"] + ("" if one["has_summaries"] else ", no summaries"),
            str(len(one["interfaces"])),
            str(one["adjacent"]),
            str(one["lsas"]),
            f"0x{one['checksum']:08x}",
        )
        for one in model["areas"]
    ]
    if rows:
        lines += ["", aligned(_AREAS, rows, _AREAS[2:5])]
    return "\n".join(lines)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _roles(held: Model) -> Iterator[str]:
    """What it is besides a router."""
    roles = [name for key, name in _ROLES.items() if held[key]]
    roles += [f"translator of area {area}" for area in held["translates"]]
    if roles:
        yield ", ".join(roles)


def _restart(model: Model) -> Iterator[str]:
    """How far its own restart without a gap is, or how the last one ended."""
    held, now = model["restart"], model["now"]
    if held["leaves_by"] is not None:
        yield f"about to restart; {held['unaware']} neighbors have not acknowledged it"
    elif held["until"] is not None:
        planned = "planned" if held["planned"] else "unplanned"
        left = age(max(0, held["until"] - now) / SECOND)
        yield f"restarts ({planned}), for {left} at most; tells and calculates nothing yet"
    elif held["ended"] is not None:
        yield f"has restarted {age((now - held['ended']) / SECOND)} ago: {held['outcome']}"


def _adjacent(model: Model) -> int:
    return sum(int(one["adjacent"]) for one in model["areas"])


def neighbors(model: Model) -> str:
    """Who is there, how far it has come, and what keeps those that are not full."""
    rows = [_neighbor(one, model["now"]) for one in model["neighbors"]]
    right = ("pri", "up time", "dead time", "rxmt", "rqst", "dbsm")
    lines = [aligned(_NEIGHBORS, rows, right) if rows else "no neighbor is heard"]
    said = [line for one in model["neighbors"] for line in _complaints(one)]
    said += [_help(one, model["now"]) for one in model["helped"]]
    if said:
        lines += ["", *said]
    if model["refused"]:
        lines += ["", "refused:", refused(model)]
    return "\n".join(lines)


def _neighbor(one: Model, now: int) -> tuple[str, ...]:
    role = "" if one["role"] is None else f"/{one['role']}"
    due = one["due"]
    return (
        one["router_id"] or "unknown",
        str(one["priority"]),
        f"{one['state']}{role}",
        age((now - one["since"]) / SECOND),
        "" if due is None else age(max(0, due - now) / SECOND),
        one["address"],
        one["interface"],
        str(one["unacknowledged"]),
        str(one["requested"]),
        str(one["to_describe"]),
    )


def _complaints(one: Model) -> Iterator[str]:
    who = f"{one['router_id'] or one['address']} on {one['interface']}"
    if one["why_not_full"] is not None:
        yield f"{who} is {one['state']}: {one['why_not_full']}"
    for suspicion in one["suspicions"]:
        yield f"{who}: {suspicion}"


def _help(one: Model, now: int) -> str:
    """Who restarts with our help, or did, and how that ended."""
    who = f"{one['router_id']} on {one['interface']}"
    if one["ended"] is None:
        left = age(max(0, one["until"] - now) / SECOND)
        return f"{who} restarts ({one['reason']}) and is helped for {left} more"
    ago = age((now - one["ended"]) / SECOND)
    return f"{who} restarted ({one['reason']}) and was helped until {ago} ago: {one['why']}"


def refused(model: Model) -> str:
    """Whose packets were not taken, and why, with what both sides have."""
    rows = [
        (
            one["router_id"],
            one["address"],
            one["interface"],
            str(one["packets"]),
            age((model["now"] - one["heard"]) / SECOND),
            one["text"],
        )
        for one in model["refused"]
    ]
    return aligned(_REFUSED, rows, ("packets", "last heard"))


def interfaces(model: Model) -> str:
    """Where it speaks, as what, and with whom."""
    rows = [_interface(one, model["now"]) for one in model["interfaces"]]
    return aligned(_INTERFACES, rows, ("cost", "nbrs", "hello"))


def _interface(one: Model, now: int) -> tuple[str, ...]:
    state = "passive" if one["passive"] and one["up"] else one["state"]
    due = one["next_hello"]
    return (
        one["name"],
        one["area"],
        one["address"] or ("unnumbered" if one["unnumbered"] else ""),
        one["type"],
        str(one["cost"]),
        state,
        one["designated"] or "",
        one["backup"] or "",
        f"{one['adjacent']}/{one['neighbors']}",
        "" if due is None else age(max(0, due - now) / SECOND),
        _signed(one["authentication"]),
    )


def _signed(summary: Model) -> str:
    """How packets are signed: a password, or which key of which algorithm."""
    if "key_id" not in summary:
        return "" if summary["kind"] == "none" else str(summary["kind"])
    return f"{summary['algorithm']} key {summary['key_id']}"


def faults(model: Model) -> str:
    """What was not taken and why, by interface."""
    rows = [
        (one["name"], reason, str(count))
        for one in model["interfaces"]
        for reason, count in one["faults"].items()
    ]
    rows += [("", reason, str(count)) for reason, count in model["faults"].items()]
    return aligned(_FAULTS, rows, ("count",))


def events(model: Model) -> str:
    """What happened, the latest last."""
    now = model["now"]
    rows = [
        (
            age((now - one["instant"]) / SECOND),
            one["kind"],
            one["interface"] or "",
            one["detail"],
        )
        for one in model["events"]
    ]
    return aligned(_EVENTS, rows, ("ago",))


TABLES: Mapping[str, Callable[[Model], str]] = {
    "status": status,
    "neighbors": neighbors,
    "interfaces": interfaces,
    "faults": faults,
    "events": events,
}
