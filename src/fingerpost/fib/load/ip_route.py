"""The output of `ip route` and `ip -6 route` (iproute2), as text or by `-j` as JSON.

Read: `default`, every route type (`blackhole`, `unreachable`, `local`, ...), next hops on the line
or on `nexthop` lines, `via inet6` next hops of IPv4 routes. Words without a field of `RouteEntry`
are kept in `extra`: an unknown word never loses a route. Routes of other tables than the chosen one
(`ip route show table all`), source-specific routes and routes for one type of service are counted
in `skipped`, because a destination alone does not decide about them.

Of several routes for a prefix the lowest metric wins, the first of equals (RFC 1812 5.2.4.3 leaves
it to preference; Linux does the same); the others stand in the winner's `others`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fingerpost._core import Address, Prefix, RowTable
from fingerpost.errors import AddressError
from fingerpost.fib.load.detect import ROUTE_TYPES
from fingerpost.fib.load.loaded import Loaded
from fingerpost.fib.load.route import NextHop, RouteEntry, best_first

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.fib.load.loaded import BadLines

_ROUTE_BYTES = 512
EVERYWHERE = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}
_LOOKED_UP_FIRST = ("local", "main", "default")  # the kernel's own rules, in their order

# words of `ip route` that take one argument; the first group has a field in RouteEntry
_FIELDS = frozenset(("via", "dev", "proto", "scope", "src", "metric", "table", "weight"))
_WITH_ARGUMENT = frozenset(
    [
        *("nhid", "realms", "realm", "mtu", "advmss", "window", "rtt", "rttvar", "ssthresh"),
        *("cwnd", "initcwnd", "initrwnd", "hoplimit", "congctl", "reordering", "features"),
        *("quickack", "rto_min", "fastopen_no_cookie", "expires", "error", "pref", "age"),
        *("users", "ttl-propagate"),
    ]
)
_SELECTORS = {"from": "source-specific", "tos": "type of service", "dsfield": "type of service"}


class NotARoute(Exception):  # noqa: N818 - it carries the reason, not an error of ours
    """A line is not a route; the message says what would be right."""


class IpRoutes:
    """Collects routes line by line or object by object; `loaded` chooses among them."""

    def __init__(self, bad: BadLines, table: str) -> None:
        """Begin empty; of routes of another table than `table` only the count is kept."""
        self.bad = bad
        self.table = table
        self.skipped: Counter[str] = Counter()
        self._routes: dict[Prefix, list[tuple[tuple[int, ...], RouteEntry]]] = {}
        self._held = 0
        self._open: tuple[Prefix, int] | None = None  # prefix whose `nexthop` lines may follow

    def text_lines(self, lines: Iterable[tuple[int, str]], family: int | None = None) -> None:
        """Take numbered lines; `family` (4 or 6) is that of a bare `default`, where known."""
        for number, line in lines:
            for part in line.split("\\"):  # `ip -oneline` joins with backslashes
                if part and not part.isspace():
                    self._text_line(number, part, family)

    def _text_line(self, number: int, line: str, family: int | None) -> None:
        words = line.split(None, 1)
        try:
            if words[0] == "nexthop":
                self._append_hop(words[1] if len(words) > 1 else "")
                return
            self._open = None
            kind = "unicast"
            if words[0] in ROUTE_TYPES:
                kind, words = words[0], words[1].split(None, 1) if len(words) > 1 else [""]
            rest = words[1] if len(words) > 1 else ""
            entry, version, skip = _entry_of(rest)
            prefix = _prefix(words[0], family or version)
            self._add(prefix, replace(entry, kind=kind) if kind != "unicast" else entry, skip)
        except NotARoute as error:
            self.bad.at_line(number, line.strip(), str(error))

    def _append_hop(self, rest: str) -> None:
        if self._open is None:
            raise NotARoute("a nexthop line without a route before it")
        prefix, at = self._open
        rank, entry = self._routes[prefix][at]
        hops = _entry_of(rest)[0].next_hops
        entry = replace(entry, next_hops=entry.next_hops + hops)
        if prefix == EVERYWHERE[4] and hops and _is_v6_default(rest, hops):
            # `default` told its family only now
            del self._routes[prefix][at]
            prefix = EVERYWHERE[6]
            self._routes.setdefault(prefix, []).append((rank, entry))
            self._open = (prefix, len(self._routes[prefix]) - 1)
            return
        self._routes[prefix][at] = (rank, entry)

    def json_object(self, offset: int, item: Any) -> None:  # noqa: ANN401 - decoded JSON
        """Take one route of `ip -j route`."""
        try:
            if not isinstance(item, dict) or not isinstance(item.get("dst"), str):
                raise NotARoute('expected an object with "dst", as `ip -j route` prints')
            entry, version, skip = _entry_of_json(item)
            self._add(_prefix(item["dst"], version), entry, skip)
        except NotARoute as error:
            self.bad.at_offset(offset, str(item), str(error))

    def _add(self, prefix: Prefix, entry: RouteEntry, skip: str | None) -> None:
        if skip is None and self.table not in ("all", entry.table):
            skip = f"table {entry.table}"
        if skip is not None:
            self.skipped[skip] += 1
            return
        routes = self._routes.setdefault(prefix, [])
        tables = _LOOKED_UP_FIRST
        order = tables.index(entry.table) if entry.table in tables else len(tables)
        routes.append(((order, entry.metric or 0), entry))
        self._held += 1
        self._open = (prefix, len(routes) - 1)

    @property
    def memory(self) -> int:
        """Memory that the table will take, in bytes, roughly."""
        return self._held * _ROUTE_BYTES

    def loaded(self) -> Loaded:
        """Choose one route a prefix and give the table."""
        rows = RowTable()
        values: list[object] = []
        lost = 0
        for prefix, entries in self._routes.items():
            if entries:
                rows.add_prefix(prefix)
                values.append(best_first(entries))
                lost += len(entries) - 1
        return Loaded(
            rows.column(), values, "ip-route", duplicates=lost, skipped=dict(self.skipped)
        )


def _prefix(text: str, family: int) -> Prefix:
    if text == "default":
        return EVERYWHERE[family]
    try:
        return Prefix(text)
    except AddressError as error:
        raise NotARoute(str(error)) from None


@lru_cache(maxsize=1 << 16)  # a full table has a million prefixes and a handful of tails
def _entry_of(rest: str) -> tuple[RouteEntry, int, str | None]:
    """Read what follows the prefix: entry, family of a bare `default`, reason to skip."""
    found: dict[str, str] = {}
    extra: list[str] = []
    skip = None
    crossed = False  # the next hop is of the other family
    words = iter(rest.split())
    for word in words:
        if word in _FIELDS or word in _SELECTORS or word in _WITH_ARGUMENT:
            argument = next(words, None)
            if argument is None:
                raise NotARoute(f"{word!r} without its argument")
            if word == "via" and argument in ("inet", "inet6"):
                crossed = True
                argument = next(words, "")
            if word in _FIELDS:
                found[word] = argument
            else:
                skip = skip or _SELECTORS.get(word)
                extra += (word, argument)
        else:
            extra.append(word)
    gateway = _address(found.get("via"))
    source = _address(found.get("src"))
    hop = NextHop(gateway, found.get("dev"), _number(found.get("weight"), 1))
    entry = RouteEntry(
        protocol=found.get("proto"),
        next_hops=(hop,) if gateway is not None or hop.interface is not None else (),
        metric=_number(found["metric"], 0) if "metric" in found else None,
        source=source,
        scope=found.get("scope"),
        table=found.get("table", "main"),
        extra=" ".join(extra),
    )
    return entry, _family(gateway, source, crossed=crossed, v6_only="pref" in extra), skip


def _family(
    gateway: Address | None, source: Address | None, *, crossed: bool, v6_only: bool
) -> int:
    """Tell the family of a bare `default` by its addresses; `pref` stands in IPv6 routes only."""
    if gateway is not None:
        return 10 - gateway.version if crossed else gateway.version
    if source is not None:
        return source.version
    return 6 if v6_only else 4


def _is_v6_default(rest: str, hops: tuple[NextHop, ...]) -> bool:
    gateway = hops[0].gateway
    return gateway is not None and gateway.version == 6 and "via inet6" not in rest


def _entry_of_json(item: dict[str, Any]) -> tuple[RouteEntry, int, str | None]:
    hops = tuple(map(_hop_of_json, _dicts(item.get("nexthops")) or [item]))
    hops = tuple(hop for hop in hops if hop.gateway is not None or hop.interface is not None)
    metric, source = item.get("metric"), _address(item.get("prefsrc"))
    entry = RouteEntry(
        kind=str(item.get("type", "unicast")),
        protocol=_text(item.get("protocol")),
        next_hops=hops,
        metric=metric if isinstance(metric, int) else None,
        source=source,
        scope=_text(item.get("scope")),
        table=str(item.get("table", "main")),
        extra=" ".join(str(flag) for flag in item.get("flags") or ()),
    )
    skip = "source-specific" if "from" in item else "type of service" if "tos" in item else None
    crossed = "via" in item or any("via" in hop for hop in _dicts(item.get("nexthops")))
    gateway = hops[0].gateway if hops else None
    return entry, _family(gateway, source, crossed=crossed, v6_only="pref" in item), skip


def _hop_of_json(item: dict[str, Any]) -> NextHop:
    via = item.get("via")
    gateway = via.get("host") if isinstance(via, dict) else item.get("gateway")
    weight = item.get("weight")
    return NextHop(
        _address(gateway), _text(item.get("dev")), weight if isinstance(weight, int) else 1
    )


def _dicts(items: object) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _address(text: object) -> Address | None:
    if text is None:
        return None
    try:
        return Address(str(text))
    except AddressError as error:
        raise NotARoute(str(error)) from None


def _number(text: str | None, absent: int) -> int:
    if text is None:
        return absent
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise NotARoute(f"{text!r} is not a whole number below 2**32")
    return int(text)
