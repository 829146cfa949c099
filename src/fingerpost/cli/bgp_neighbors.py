"""What `show bgp neighbors` prints: all that is known of each, in paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fingerpost.cli.bgp_tables import size
from fingerpost.cli.columns import age

Model: TypeAlias = Mapping[str, Any]

_SECOND = 1e9
_WIDTH = 14
_SHOWN = 5  # faults of each neighbour, the latest
_OCTETS = 48  # of each, in hex digits; --json has all of them


def neighbors(model: Model) -> str:
    """A paragraph a neighbour."""
    found = ("\n".join(_neighbor(one, model["now"])) for one in model["neighbors"])
    return "\n\n".join(found) or "no neighbor"


def _neighbor(one: Model, now: int) -> Iterator[str]:
    place = " ".join(filter(None, (one["address"], one["interface"] and f"on {one['interface']}")))
    known = "" if place == one["name"] else f" at {place}" if place else ""
    kind = f"{'dynamic ' if one['is_dynamic'] else ''}{one['relation']}"
    yield f"{one['name']}{known}, AS {one['asn'] or '?'}, {kind}"
    if one["description"]:
        yield _field("description", one["description"])
    yield _field("state", _state(one, now))
    if one["authentication"] is not None:
        yield _field("signed by", f"TCP-{one['authentication'].upper()}{_keys(one)}")
    yield from _ends(one, now)
    yield from _agreed(one)
    yield from _opens(one)
    for family in one["families"]:
        yield from _family(family)
    for connection in one["connections"]:
        yield from _connection(connection, now)
    yield _field("traffic", f"{size(one['octets_in'])} in, {size(one['octets_out'])} out")
    yield _field(
        "counted",
        f"{one['updates_in']:,} UPDATEs in, {one['announced']:,} prefixes announced, "
        f"{one['withdrawn']:,} withdrawn; route refreshes {one['refreshes_in']} in, "
        f"{one['refreshes_out']} out",
    )
    yield _field("sessions", f"{one['sessions']} came up, {one['failed']} failed, "
                 f"{one['rejected']} connections rejected")  # fmt: skip
    yield from _faults(one, now)


def _keys(one: Model) -> str:
    keys = ", ".join(f"{key['ids']} {key['algorithm']}" for key in one["ao_keys"])
    return f", keys {keys}" if keys else ""


def _state(one: Model, now: int) -> str:
    if one["uptime"] is not None:
        return f"{one['state']} for {age(one['uptime'] / _SECOND)}"
    if one["is_shut"]:
        return f"{one['state']}, shut by an operator"
    if one["is_over_limit"]:
        return f"{one['state']}, for it told more prefixes than it may"
    if one["resting_until"] is not None:
        return f"{one['state']}, tried again in {_left(one['resting_until'], now)}"
    return str(one["state"])


def _ends(one: Model, now: int) -> Iterator[str]:
    ended = one["last_end"]
    if ended is not None:
        what = "ended" if ended["was_established"] else "failed"
        ago = age((now - ended["instant"]) / _SECOND)
        yield _field(f"last {what}", f"{ago} ago: {ended['reason']}")
    for way in ("sent", "received"):
        if one[f"notification_{way}"] is not None:
            yield _field(f"last {way}", f"NOTIFICATION {one[f'notification_{way}']}")
    if one["stale"]:
        kept = ", ".join(f"{name} {how}" for name, how in one["stale"].items())
        yield _field("kept as stale", kept)


def _agreed(one: Model) -> Iterator[str]:
    agreed = one["agreed"]
    if agreed is None:
        return
    yield _field("router id", agreed["router_id"])
    for name in ("hostname", "version", "role"):
        if agreed[name]:
            yield _field(name, agreed[name])
    words = [f"hold time {agreed['hold_s']} s", f"messages of {agreed['longest']} octets"]
    words += ["AS numbers of four octets"] * agreed["as4"]
    words += ["enhanced refresh" if agreed["refreshes_enhanced"] else "refresh"] * (
        agreed["refreshes"] or agreed["refreshes_enhanced"]
    )
    if agreed["graceful_restart"]:
        words.append(f"graceful restart of {agreed['restart_s']} s")
    yield _field("agreed", ", ".join(words))
    for family in agreed["families"]:
        more = [name.replace("_", " ") for name in _AGREED if family[name]]
        if family["long_lived_s"]:
            more.append(f"stale for {family['long_lived_s']} s")
        yield _field("", ": ".join(filter(None, (family["family"], ", ".join(more)))))


_AGREED = ("path_ids_in", "path_ids_out", "extended_next_hop", "keeps")


def _opens(one: Model) -> Iterator[str]:
    for name, said in (("we can", one["ours"]), ("they can", one["theirs"])):
        if said is not None:
            rows = [
                held["name"] if held["text"] == "yes" else f"{held['name']} {held['text']}"
                for held in said["capabilities"]
            ]
            yield _field(name, "; ".join(rows) or "nothing but RFC 4271")


def _family(one: Model) -> Iterator[str]:
    yield _field(
        one["family"],
        f"{one['received']:,} received, {one['accepted']:,} accepted, {one['told']:,} told"
        + (f", {size(one['octets_waiting'])} wait" if one["octets_waiting"] else ""),
    )
    yield _field("", f"policies: {one['import_policy']} in, {one['export_policy']} out")
    if one["limit"] is not None:
        limit = one["limit"]
        yield _field(
            "", f"limit {limit['prefixes']:,} prefixes, beyond that it {_BEYOND[limit['beyond']]}"
        )
    if one["options"]:
        yield _field("", ", ".join(one["options"]))


_BEYOND = {
    "ends": "ends the session",
    "blocks": "refuses what is on top",
    "warns": "warns",
}


def _connection(one: Model, now: int) -> Iterator[str]:
    if one["remote"] is None:
        if one["connect_retry_at"] is not None:
            yield _field("connection", f"tried again in {_left(one['connect_retry_at'], now)}")
        return
    who = "they opened it" if one["is_incoming"] else "we opened it"
    yield _field("connection", f"{one['local']} to {one['remote']}, {who}")
    timers = [
        f"{words} in {_left(one[name], now)}"
        for name, words in _TIMERS.items()
        if one[name] is not None
    ]
    if timers:
        yield _field("timers", ", ".join(timers))
    for way in ("received", "sent"):
        counted = [f"{count:,} {name}" for name, count in one[way].items() if count]
        yield _field(
            f"messages {'in' if way == 'received' else 'out'}", ", ".join(counted) or "none"
        )


_TIMERS = {
    "hold_until": "hold time ends",
    "keepalive_at": "KEEPALIVE",
    "send_hold_until": "send hold time ends",
}


def _faults(one: Model, now: int) -> Iterator[str]:
    if not one["fault_count"]:
        return
    yield _field("faults", f"{one['fault_count']:,} (RFC 7606), the latest:")
    for fault in one["faults"][-_SHOWN:]:
        ago = age((now - fault["instant"]) / _SECOND)
        octets = fault["octets"]
        cut = octets[:_OCTETS] + ("..." if len(octets) > _OCTETS else "")
        yield _field("", f"{ago} ago {fault['action']}: {fault['reason']} [{cut}]")


def _left(instant: int, now: int) -> str:
    return age(max(0, instant - now) / _SECOND)


def _field(name: str, text: str) -> str:
    return f"  {name:<{_WIDTH}} {text}".rstrip()
