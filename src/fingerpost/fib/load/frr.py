"""FRR's `show ip route json` and `show ipv6 route json`.

An object: prefix -> list of routes, each with `protocol`, `selected`, `distance`, `metric` and
`nexthops`; for `vrf all` one more level, VRF name -> that. Only what FRR forwards by counts: of the
routes of a prefix the `selected` one (lowest distance, then metric, of several), and of its next
hops those in the FIB, that is the resolved ones of a recursive next hop. Routes that lost stand in
the winner's `others`; prefixes without a selected route are counted in `skipped`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fingerpost._core import Address, RowTable
from fingerpost.errors import AddressError
from fingerpost.fib.load.json_items import json_items
from fingerpost.fib.load.loaded import Loaded
from fingerpost.fib.load.route import NextHop, RouteEntry, best_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib.load.loaded import BadLines
    from fingerpost.fib.load.source import Source

_ROW_BYTES = 2048  # a RouteEntry with its next hops
_KINDS = {
    "blackhole": "blackhole",
    "reject": "unreachable",
    "prohibited": "prohibit",
    "adminProhibited": "prohibit",
    "admin-prohibited": "prohibit",
    "unreachable": "unreachable",  # last: FRR sets it beside each of the others
}
_MAIN = 254  # the kernel's number of table main (RT_TABLE_MAIN)


def read_frr(source: Source, bad: BadLines, table: str) -> Loaded:
    """Read the whole source; `table` names a VRF, `main` is FRR's `default`."""
    vrf = "default" if table == "main" else table
    rows = RowTable()
    values: list[object] = []
    skipped: Counter[str] = Counter()
    lost = 0
    for offset, prefix, routes in _prefixes(source, bad, vrf, skipped):
        found = [entry for entry in map(_ranked, routes) if entry is not None]
        if len(found) < len(routes):
            bad.at_offset(offset, prefix, "a route that is no object, or with a bad address in it")
        if not any(rank[0] == 0 for rank, _ in found):
            skipped["not selected"] += len(found)
            continue
        fault = rows.add(prefix)
        if fault is not None:
            bad.at_offset(offset, prefix, fault)
            continue
        values.append(best_first(found))
        lost += len(found) - 1
        source.check_memory(len(values) * _ROW_BYTES)
    return Loaded(rows.column(), values, "frr", duplicates=lost, skipped=dict(skipped))


def _prefixes(
    source: Source, bad: BadLines, vrf: str, skipped: Counter[str]
) -> Iterator[tuple[int, str, list[Any]]]:
    for offset, key, value in json_items(source):
        if key is not None and isinstance(value, list):
            yield offset, key, value
        elif key is not None and isinstance(value, dict):
            for prefix, routes in value.items():
                if not isinstance(routes, list):
                    bad.at_offset(offset, prefix, "expected a list of routes")
                elif key == vrf:
                    yield offset, prefix, routes
                else:
                    skipped[f"VRF {key}"] += 1
        else:
            bad.at_offset(offset, str(key or value), 'expected "prefix": [routes]')


def _ranked(item: Any) -> tuple[tuple[int, ...], RouteEntry] | None:  # noqa: ANN401 - decoded JSON
    """Give rank (selected, distance, metric) and route; None where it is no route."""
    if not isinstance(item, dict):
        return None
    try:
        entry = _entry(item)
    except AddressError:
        return None
    return (0 if item.get("selected") else 1, entry.distance or 0, entry.metric or 0), entry


def _entry(item: dict[str, Any]) -> RouteEntry:
    listed = item.get("nexthops")
    hops = [hop for hop in listed if isinstance(hop, dict)] if isinstance(listed, list) else []
    used = [hop for hop in hops if hop.get("fib")] or [
        hop for hop in hops if hop.get("active") and not hop.get("duplicate")
    ]
    protocol = item.get("protocol")
    kind = next((_KINDS[flag] for flag in _KINDS if any(hop.get(flag) for hop in used)), "unicast")
    source = next((hop["source"] for hop in used if "source" in hop), None)
    number = item.get("table", _MAIN)
    return RouteEntry(
        kind="local" if protocol == "local" else kind,
        protocol=None if protocol is None else str(protocol),
        next_hops=tuple(_hop(hop) for hop in used if hop.get("ip") or hop.get("interfaceName")),
        metric=_whole(item.get("metric")),
        distance=_whole(item.get("distance")),
        source=None if source is None else Address(str(source)),
        table="main" if number == _MAIN else str(number),
    )


def _hop(item: dict[str, Any]) -> NextHop:
    gateway, interface = item.get("ip"), item.get("interfaceName")
    return NextHop(
        None if gateway is None else Address(str(gateway)),
        None if interface is None else str(interface),
        _whole(item.get("weight")) or 1,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
