"""What `show bfd` prints: the model of `Bfd.snapshot()` as tables, the columns as FRR has them.

Ages are at the model's own instant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fingerpost.cli.columns import age, aligned

Model: TypeAlias = Mapping[str, Any]

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
_SESSIONS = (
    *("session id", "local address", "peer address", "interface", "status", "for", "transmit"),
    *("detect", "clients", "reason"),
)
_COUNTERS = (
    *("session id", "peer address", "interface", "in", "out", "polls in", "polls out", "ups"),
    *("downs", "refused"),
)
_FAULTS = ("peer address", "interface", "packets", "last heard", "reason")


def sessions(model: Model) -> str:
    """Each session with its state; `transmit` and `detect` are what was agreed on."""
    rows = [_session(one, model["now"]) for one in model["sessions"]]
    lines = [f"BFD has ended by a fault: {model['failed']}"] if "failed" in model else []
    lines.append(f"session count: {len(rows)}")
    if rows:
        lines.append(aligned(_SESSIONS, rows, ("session id", "for", "transmit", "detect")))
    for one in model["waiting"]:
        lines.append(f"{one['name']} waits for {one['peer']}: {one['reason']}")
    return "\n".join(lines)


def _session(one: Model, now: int) -> tuple[str, ...]:
    clients = dict.fromkeys(client["name"] for client in one["clients"])
    return (
        str(one["id"]),
        one["local"] or "",
        one["peer"],
        one["interface"] or "",
        one["status"],
        age((now - one["since"]) / SECOND),
        milliseconds(one["transmit_ns"]),
        milliseconds(one["detection_ns"]),
        ", ".join(clients),
        one["reason"] or "",
    )


def counters(model: Model) -> str:
    """What each session heard and said."""
    rows = [_counted(one) for one in model["sessions"]]
    right = [one for one in _COUNTERS if one not in ("peer address", "interface")]
    return aligned(_COUNTERS, rows, right)


def _counted(one: Model) -> tuple[str, ...]:
    counted = one["counters"]
    names = ("packets_in", "packets_out", "polls_in", "polls_out", "ups", "downs")
    return (
        str(one["id"]),
        one["peer"],
        one["interface"] or "",
        *(str(counted[name]) for name in names),
        str(sum(counted["faults"].values())),
    )


def faults(model: Model) -> str:
    """What was not taken and why: of sessions, and of neighbours without one."""
    now = model["now"]
    rows = [
        (one["peer"], one["interface"] or "", str(count), "", reason)
        for one in model["sessions"]
        for reason, count in one["counters"]["faults"].items()
    ]
    rows += [
        (
            one["address"],
            one["interface"],
            str(one["packets"]),
            age((now - one["heard"]) / SECOND),
            one["reason"],
        )
        for one in model["strangers"]
    ]
    return aligned(_FAULTS, rows, ("packets", "last heard"))


def details(model: Model) -> str:
    """All of each session, one thing a line."""
    found = ["\n".join(_details(one, model["now"])) for one in model["sessions"]]
    return "\n\n".join(found) or "no session"


def _details(one: Model, now: int) -> list[str]:
    remote, heard = one["remote"], one["remote"]["heard"]
    flags = [name for name in ("passive", "shut_down", "polling") if one[name]]
    signed = one["authentication"]
    where = f" on {one['interface']}" if one["interface"] else f", {one['hops']} hops at most"
    known = [
        ("local", f"{one['local'] or 'no address'} port {one['source_port']}, id {one['id']}"),
        ("status", f"{one['status']} for {age((now - one['since']) / SECOND)}"),
        ("diagnostic", one["diagnostic"]),
        ("reason", one["reason"]),
        ("last fall", one["last_fall"]),
        ("clients", ", ".join(_client(client) for client in one["clients"])),
        ("set to", ", ".join(one_word.replace("_", " ") for one_word in flags)),
        ("authentication", None if signed is None else _signed(signed)),
        ("said", _times(one)),
        ("heard", None if heard is None else _times(remote)),
        ("transmit", milliseconds(one["transmit_ns"])),
        ("detect", milliseconds(one["detection_ns"])),
        ("remote", None if heard is None else _remote(remote, now)),
    ]
    lines = [f"  {name:<15}{text}" for name, text in known if text]
    return [f"{one['peer']}{where}", *lines]


def _client(client: Model) -> str:
    return f"{client['name']} {client['key']}" if client["key"] else str(client["name"])


def _signed(signed: Model) -> str:
    return f"{signed['type']} key {signed['key']}{' (expired)' if signed['expired'] else ''}"


def _times(one: Model) -> str:
    transmit, receive = milliseconds(one["min_transmit_ns"]), milliseconds(one["min_receive_ns"])
    return f"transmit {transmit}, receive {receive}, multiplier {one['multiplier']}"


def _remote(remote: Model, now: int) -> str:
    demand = ", demand mode" if remote["demand"] else ""
    ago = age((now - remote["heard"]) / SECOND)
    said = f"{remote['status']}, {remote['diagnostic']}, id {remote['id']}{demand}"
    return f"{said}, last heard {ago} ago"


def milliseconds(duration_ns: int | None) -> str:
    """A duration in milliseconds; nothing for None."""
    return "" if duration_ns is None else f"{duration_ns / MILLISECOND:g} ms"


TABLES: Mapping[str, Callable[[Model], str]] = {
    "sessions": sessions,
    "details": details,
    "counters": counters,
    "faults": faults,
}
