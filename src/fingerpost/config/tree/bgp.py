"""BGP: what an operator says about it, with the values of the RFCs as defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from fingerpost.bgp.family import IPV4, Family
from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import Duration, Name, OnePrefix, Prefixes, as_named
from fingerpost.config.tree.base import (
    POLICY,
    Count,
    Distance,
    Entry,
    OneAddress,
    RouterId,
    Several,
    Tag,
    or_nothing,
    or_one,
)
from fingerpost.config.tree.bgp_neighbor import (
    Asn,
    FamilyName,
    NeighborEntry,
    Port,
    TemplateEntry,
)
from fingerpost.config.tree.channel import ChannelEntry, Source
from fingerpost.config.tree.rpki import RpkiEntry
from fingerpost.forwarding.durations import SECOND

_ALL = Changing(Cost.RESET, "{0}")
_STATION = FREE
_ROUTES = Changing(Cost.REFEED, "{0}")


class NetworkEntry(Entry):
    """A prefix that is ours; a prefix alone says it with the defaults."""

    prefix: Annotated[OnePrefix, _ROUTES]
    policy: Annotated[Name | None, _ROUTES, POLICY] = None
    needs_route: Annotated[bool, _ROUTES] = Field(
        default=True, description="Only while the routing table has it."
    )
    if_present: Annotated[Prefixes, _ROUTES] = Field(
        default=(), description="Only while the routing table has one of these."
    )
    if_absent: Annotated[Prefixes, _ROUTES] = Field(
        default=(), description="Only while the routing table has none of these."
    )


def _network(value: object) -> object:
    return value if isinstance(value, dict) else {"prefix": value}


OneNetwork = Annotated[
    NetworkEntry, BeforeValidator(_network, json_schema_input_type=str | NetworkEntry)
]


class AggregateEntry(Entry):
    """One prefix for those inside it (RFC 4271 9.2.2.2)."""

    summary_only: Annotated[bool, _ROUTES] = False
    keep_path: Annotated[bool, _ROUTES] = Field(
        default=False, description="With an AS_SET, which RFC 9774 forbids."
    )
    keep_communities: Annotated[bool, _ROUTES] = True
    policy: Annotated[Name | None, _ROUTES, POLICY] = None


class BgpRedistributeEntry(Entry):
    """How routes of another source are told."""

    med: Annotated[Tag | None, _ROUTES] = Field(default=None, description="Left out: theirs.")
    policy: Annotated[Name | None, _ROUTES, POLICY] = None


OneRedistribute = Annotated[BgpRedistributeEntry, or_nothing(BgpRedistributeEntry)]
Redistribute = Annotated[
    dict[Source, OneRedistribute],
    BeforeValidator(as_named, json_schema_input_type=dict[str, OneRedistribute] | list[str]),
]


class DecisionEntry(Entry):
    """How the best path is found where RFC 4271 leaves a choice."""

    always_compare_med: Annotated[bool, _ROUTES] = False
    missing_med_worst: Annotated[bool, _ROUTES] = False
    ignore_path_length: Annotated[bool, _ROUTES] = False
    prefer_oldest: Annotated[bool, _ROUTES] = False
    multipath_external: Annotated[Several, _ROUTES] = 1
    multipath_internal: Annotated[Several, _ROUTES] = 1
    multipath_relaxed: Annotated[bool, _ROUTES] = Field(
        default=False, description="Through other AS too, if the paths are as long."
    )
    local_preference: Annotated[Tag, _ROUTES] = 100


class ConfederationEntry(Entry):
    """RFC 5065."""

    id: Annotated[Asn, _ALL] = Field(description="The AS that others see.")
    members: Annotated[list[Asn], or_one(Asn), _ALL] = Field(default_factory=list)


class DistancesEntry(Entry):
    """The trust in routes, by where they come from."""

    external: Annotated[Distance, _ROUTES] = 20
    internal: Annotated[Distance, _ROUTES] = 200


class BmpEntry(Entry):
    """A station that is told what happens (RFC 7854); its changes reset its own session alone."""

    address: Annotated[OneAddress, _STATION]
    port: Annotated[Port, _STATION] = 11019
    pre_policy: Annotated[bool, _STATION] = Field(
        default=True, description="What neighbours tell, as it comes."
    )
    post_policy: Annotated[bool, _STATION] = Field(
        default=True, description="What import policies leave of it."
    )
    loc_rib: Annotated[bool, _STATION] = Field(
        default=True, description="The best paths (RFC 9069)."
    )
    adj_rib_out: Annotated[bool, _STATION] = Field(
        default=False, description="What neighbours are told (RFC 8671)."
    )
    statistics: Annotated[Duration, _STATION] = Field(
        default=60 * SECOND, description="Between two reports; 0: none."
    )


class MrtEntry(Entry):
    """Files of MRT that are written (RFC 6396), by patterns of `strftime` in UTC."""

    table: Annotated[str | None, FREE] = Field(
        default=None, description="All paths: /var/lib/fingerpost/rib.%Y%m%d.%H%M.mrt"
    )
    table_every: Annotated[Duration, FREE] = 7200 * SECOND
    updates: Annotated[str | None, FREE] = Field(
        default=None, description="What neighbors say: /var/lib/fingerpost/updates.%Y%m%d.%H%M.mrt"
    )
    rotate: Annotated[Duration, FREE] = Field(
        default=900 * SECOND, description="Another file of updates after so long."
    )
    compress: Annotated[bool, FREE] = Field(default=False, description="By gzip.")
    pre_policy: Annotated[bool, FREE] = Field(
        default=False, description="The table as it came, not as import policies leave it."
    )

    @model_validator(mode="after")
    def _loses_nothing(self) -> MrtEntry:
        """A file of updates that took the place of the one before would lose what that has."""
        for name, every in (("table-every", self.table_every), ("rotate", self.rotate)):
            if every < SECOND:
                raise ValueError(f"{name} {every / SECOND:g}s: expected a second or more")
        day = datetime(2026, 1, 1, tzinfo=UTC)
        after = day + timedelta(microseconds=self.rotate // 1_000)
        if self.updates is not None and day.strftime(self.updates) == after.strftime(self.updates):
            said = "is the same file after `rotate` too; have a time in it: %Y%m%d.%H%M%S"
            raise ValueError(f"updates: {self.updates} {said}")
        return self


class BgpEntry(Entry):
    """One instance of BGP."""

    as_: Annotated[Asn, _ALL] = Field(description="Our AS; of a confederation, that of the member.")
    router_id: Annotated[RouterId | None, _ALL] = Field(
        default=None, description="Left out: that of the router."
    )
    cluster_id: Annotated[RouterId | None, _ALL] = None
    confederation: Annotated[ConfederationEntry | None, _ALL] = None
    families: Annotated[list[FamilyName], or_one(str), _ALL] = Field(
        default_factory=lambda: [Family(*IPV4)], description="Of neighbours that say none."
    )
    templates: Annotated[
        dict[Name, Annotated[TemplateEntry, or_nothing(TemplateEntry)]],
        or_nothing(dict[Name, TemplateEntry | None]),
        FREE,
    ] = Field(default_factory=dict)
    neighbors: Annotated[
        Mapping[str, Annotated[NeighborEntry, or_nothing(NeighborEntry)]],
        or_nothing(Mapping[str, NeighborEntry | None]),
        Changing(Cost.RESET, "the session with {2}"),
    ] = Field(default_factory=dict, description="By address, interface, or prefix they come from.")
    networks: Annotated[list[OneNetwork], or_one(OneNetwork), _ROUTES] = Field(default_factory=list)
    aggregates: Annotated[
        dict[OnePrefix, Annotated[AggregateEntry, or_nothing(AggregateEntry)]],
        or_nothing(dict[str, AggregateEntry | None]),
        _ROUTES,
    ] = Field(default_factory=dict)
    redistribute: Annotated[Redistribute, _ROUTES] = Field(default_factory=dict)
    decision: Annotated[DecisionEntry, or_nothing(DecisionEntry)] = DecisionEntry()
    distances: Annotated[DistancesEntry, or_nothing(DistancesEntry)] = DistancesEntry()
    rpki: Annotated[RpkiEntry, or_nothing(RpkiEntry)] = RpkiEntry()
    requires_policy: Annotated[bool, _ROUTES] = Field(
        default=True, description="Of neighbours of other AS (RFC 8212)."
    )
    accept_as_sets: Annotated[bool, _ROUTES] = Field(default=False, description="Against RFC 9774.")
    listen: Annotated[bool, _ALL] = True
    listen_addresses: Annotated[list[OneAddress], or_one(OneAddress), _ALL] = Field(
        default_factory=list, description="Left out: all."
    )
    port: Annotated[Port, _ALL] = 179
    connections: Annotated[Count, FREE] = Field(
        default=1000, description="At most so many that are not yet known to be a neighbour's."
    )
    mrt: Annotated[MrtEntry | None, FREE] = Field(
        default=None, description="Files that are written (RFC 6396)."
    )
    bmp: Annotated[dict[Name, BmpEntry], FREE] = Field(
        default_factory=dict, description="Stations that are told what happens, by name (RFC 7854)."
    )
    channel: Annotated[ChannelEntry, or_nothing(ChannelEntry)] = ChannelEntry()
