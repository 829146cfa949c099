"""Static routes, routing tables and what leaks between them."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.addr import Prefix
from fingerpost.config import route_text
from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import PREFIX, Name, enumerated, one_of, prefix
from fingerpost.config.tree.base import (
    POLICY,
    TABLE,
    Distance,
    Entry,
    KernelTable,
    OneAddress,
    Several,
    Tag,
    Weight,
    Word,
    or_one,
)
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.static import StaticRoute

NUMBERS = {"distance": 255, "tag": 2**32 - 1}
_ALL = Changing(Cost.RESET, "all routing")
ONLINK = "The gateway is on that link, whatever networks the interface has."
NO_GATEWAY = "bfd watches a gateway, and {} has none; add via ADDRESS"
KindWord = Annotated[RouteKind, PlainValidator(one_of(RouteKind)), enumerated(RouteKind)]


def _prefix_or_default(value: object) -> Prefix | None:
    return None if value == "default" else prefix(value)


class HopEntry(Entry):
    """One way on; as text "via 10.0.0.1 dev eth0 weight 2 onlink bfd"."""

    via: Annotated[OneAddress | None, FREE] = None
    dev: Annotated[Word | None, FREE] = None
    weight: Annotated[Weight, FREE] = 1
    onlink: Annotated[bool, FREE] = Field(default=False, description=ONLINK)
    bfd: Annotated[bool | None, FREE] = Field(
        default=None, description="Use it while BFD reaches the gateway; left out: as the route."
    )


def _hop(value: object) -> object:
    if not isinstance(value, str):
        return value
    words, asks = _without_bfd(value.split())
    line = route_text.parse(" ".join(("default", *words)), {})
    if len(line.next_hops) != 1 or line.numbers:
        raise ValueError("write one next hop: via 10.0.0.1 dev eth0 weight 2")
    return _entry(line.next_hops[0], asks_bfd=asks[0])


def _without_bfd(words: list[str]) -> tuple[list[str], list[bool]]:
    """The words but `bfd`, and of each next hop whether it was said; in front of all, of all."""
    kept, asks = [], [False]
    for before, word in zip(("", *words), words, strict=False):
        if word == "bfd" and before != "dev":  # an interface may have any name
            asks[-1] = True
            continue
        if word == "nexthop" and before != "dev":
            asks.append(asks[0])
        kept.append(word)
    return kept, asks[1:] or asks


def _entry(hop: NextHop, *, asks_bfd: bool) -> HopEntry:
    found = HopEntry.model_construct(
        via=hop.gateway,
        dev=hop.interface,
        weight=hop.weight,
        onlink=hop.is_onlink,
        bfd=asks_bfd or None,
    )
    if asks_bfd and hop.gateway is None:
        raise ValueError(NO_GATEWAY.format(hop))
    return found


OneHop = Annotated[HopEntry, BeforeValidator(_hop, json_schema_input_type=str | HopEntry)]


class StaticEntry(Entry):
    """A static route; as text "192.0.2.0/24 via 10.0.0.1 dev eth0 bfd distance 200 tag 5".

    `via`, `dev` and `onlink` are one next hop; several stand in `next-hops`.
    """

    prefix: Annotated[
        Prefix | None,
        PlainValidator(_prefix_or_default),
        WithJsonSchema({"anyOf": [PREFIX, {"const": "default"}]}),
        FREE,
    ]
    via: Annotated[OneAddress | None, FREE] = None
    dev: Annotated[Word | None, FREE] = None
    onlink: Annotated[bool, FREE] = Field(default=False, description=ONLINK)
    next_hops: Annotated[list[OneHop], or_one(OneHop), FREE] = Field(default_factory=list)
    kind: Annotated[KindWord, FREE] = RouteKind.UNICAST
    distance: Annotated[Distance, FREE] = 1
    tag: Annotated[Tag, FREE] = 0
    table: Annotated[Name, FREE, TABLE] = "main"
    bfd: Annotated[bool, FREE] = Field(
        default=False, description="Use its next hops while BFD reaches their gateways."
    )
    description: Annotated[Word | None, FREE] = None

    @model_validator(mode="after")
    def _goes_together(self) -> StaticEntry:
        if self.next_hops and (self.via is not None or self.dev is not None):
            raise ValueError("via and dev are one next hop; put it under next-hops with the others")
        if self.onlink and (self.via is None or self.dev is None):
            raise ValueError("onlink goes with via and dev: via 10.0.0.1 dev eth0 onlink")
        route_text.check(route_text.RouteLine(self._prefix, self._hops, self.kind))
        for hop in self._watched:
            if hop.gateway is None:
                raise ValueError(NO_GATEWAY.format(hop))
        if self.bfd and not self._hops:
            raise ValueError(NO_GATEWAY.format(self.kind.value))
        return self

    @property
    def _entries(self) -> list[HopEntry]:
        one = self.via is not None or self.dev is not None
        if not one:
            return self.next_hops
        return [HopEntry.model_construct(via=self.via, dev=self.dev, onlink=self.onlink)]

    @property
    def _hops(self) -> tuple[NextHop, ...]:
        return tuple(map(_next_hop, self._entries))

    @property
    def _watched(self) -> tuple[NextHop, ...]:
        asking = [hop for hop in self._entries if (self.bfd if hop.bfd is None else hop.bfd)]
        return tuple(map(_next_hop, asking))

    @property
    def _prefix(self) -> Prefix:
        if self.prefix is not None:
            return self.prefix
        return route_text.default_prefix(self._hops)

    @cached_property
    def route(self) -> StaticRoute:
        """The route as the routing table takes it."""
        return StaticRoute(
            self._prefix, self._hops, self.kind, self.distance, self.tag, self._watched
        )

    def __str__(self) -> str:
        """As one writes it in a line."""
        watched = self._watched
        hops = [f"{hop}{' bfd' if hop in watched else ''}" for hop in self._hops]
        way = f" {hops[0]}" if len(hops) == 1 else "".join(f" nexthop {hop}" for hop in hops)
        kind = "" if self.kind is RouteKind.UNICAST else f" {self.kind.value}"
        distance = "" if self.distance == 1 else f" distance {self.distance}"
        tag = f" tag {self.tag}" if self.tag else ""
        table = "" if self.table == "main" else f" table {self.table}"
        return f"{self._prefix}{way}{kind}{distance}{tag}{table}"


def _next_hop(entry: HopEntry) -> NextHop:
    return route_text.next_hop(entry.dev, entry.via, entry.weight, is_onlink=entry.onlink)


def _static(value: object) -> object:
    """Take a line apart; None stays None: an item that was faulty."""
    if not isinstance(value, str):
        return value
    words = value.split()
    table = "main"
    if "table" in words[:-1]:
        at = words.index("table")
        table = words[at + 1]
        del words[at : at + 2]
    if "metric" in words:
        raise ValueError("a static route has a distance, not a metric: the least distance is used")
    words, asks = _without_bfd(words)
    line = route_text.parse(" ".join(words), NUMBERS)
    if any(asks) and not line.next_hops:
        raise ValueError(NO_GATEWAY.format(line.kind.value))
    if line.passed_over:
        raise ValueError(f"{line.passed_over[0]!r} cannot be said of a route here; leave it out")
    hops = [_entry(hop, asks_bfd=asked) for hop, asked in zip(line.next_hops, asks, strict=False)]
    return StaticEntry.model_construct(
        prefix=line.prefix,
        next_hops=hops,
        kind=line.kind,
        table=table,
        distance=line.numbers.get("distance", 1),
        tag=line.numbers.get("tag", 0),
    )


OneStatic = Annotated[
    StaticEntry | None, BeforeValidator(_static, json_schema_input_type=str | StaticEntry)
]
Statics = Annotated[list[OneStatic], or_one(OneStatic)]


class TableEntry(Entry):
    """A routing table. The one called main is there in any case."""

    width: Annotated[Several, _ALL] = Field(
        default=16, description="How many next hops a prefix may use together."
    )
    via_default: Annotated[bool, _ALL] = Field(
        default=False, description="Whether gateways may be found behind a default route."
    )
    export: Annotated[Name | None, Changing(Cost.REFEED, "the kernel, table {1}"), POLICY] = Field(
        default=None, description="A policy: what is forwarded by; left out: that of kernel."
    )
    kernel_table: Annotated[KernelTable | None, Changing(Cost.RESET, "the kernel, table {1}")] = (
        Field(default=None, description="Its number in the kernel; left out: it is not installed.")
    )


class LeakEntry(Entry):
    """Routes that one table takes from another."""

    from_: Annotated[Name, _ALL, TABLE]
    to: Annotated[Name, _ALL, TABLE]
    policy: Annotated[Name | None, _ALL, POLICY] = None


OneLeak = LeakEntry | None
Leaks = Annotated[list[OneLeak], or_one(OneLeak)]
