"""OSPF: what an operator says about an instance and its areas (RFC 2328 C, RFC 5340 C)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import (
    Duration,
    Name,
    OnePrefix,
    as_mapping,
    as_named,
    enumerated,
    mapping_or,
    one_of,
    whole,
)
from fingerpost.config.tree.base import (
    POLICY,
    Byte,
    Count,
    Distance,
    Entry,
    RouterId,
    Several,
    Tag,
    or_nothing,
)
from fingerpost.config.tree.channel import ChannelEntry, Source
from fingerpost.config.tree.ospf_interface import (
    AreaId,
    OneInterface,
    OneVirtualLink,
    OspfInterfaceEntry,
)
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import AreaKind, BorderKind, TranslatorRole

_ALL = Changing(Cost.RESET, "{0}")
_REFEED = Changing(Cost.REFEED, "{0}")
_QUIET = Changing(Cost.NONE, "{0}")
_AREA = Changing(Cost.RESET, "area {2} of {0}")
_AREA_REFEED = Changing(Cost.REFEED, "area {2} of {0}")
_MS = SECOND // 1000

Metric = Annotated[
    int,
    PlainValidator(whole(0, 0xFFFFFE)),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 0xFFFFFE}),
]
KindWord = Annotated[AreaKind, PlainValidator(one_of(AreaKind)), enumerated(AreaKind)]
BorderWord = Annotated[BorderKind, PlainValidator(one_of(BorderKind)), enumerated(BorderKind)]
RoleWord = Annotated[
    TranslatorRole, PlainValidator(one_of(TranslatorRole)), enumerated(TranslatorRole)
]


def _metric_type(value: object) -> int:
    """Read 1, 2, E1 or E2."""
    found = {1: 1, 2: 2, "1": 1, "2": 2, "e1": 1, "e2": 2}.get(
        value.lower() if isinstance(value, str) else value if type(value) is int else None
    )
    if found is None:
        raise ValueError("write E1 or E2")
    return found


MetricType = Annotated[
    Literal[1, 2], PlainValidator(_metric_type), WithJsonSchema({"enum": [1, 2, "E1", "E2"]})
]


class RangeEntry(Entry):
    """Networks that are told as one."""

    advertise: Annotated[bool, _AREA_REFEED] = Field(
        default=True, description="false: neither the range nor what is in it."
    )
    cost: Annotated[Metric | None, _AREA_REFEED] = Field(
        default=None, description="Left out: the greatest of what it stands for."
    )
    tag: Annotated[Tag, _AREA_REFEED] = Field(
        default=0, description="Of an external range: what the translated route carries."
    )


OneRange = Annotated[RangeEntry, or_nothing(RangeEntry)]


def _virtual_links(value: object) -> object:
    """Read router ids about which nothing more is said as links with the usual times."""
    return mapping_or(as_named(value), "router ids: [10.255.0.3], or {10.255.0.3: {hello: 5s}}")


Ranges = Annotated[
    dict[OnePrefix, OneRange],
    BeforeValidator(as_named, json_schema_input_type=dict[str, OneRange] | list[str]),
]


class AreaEntry(Entry):
    """An area; one that is not described is a normal one."""

    kind: Annotated[KindWord, _AREA] = AreaKind.NORMAL
    summaries: Annotated[bool, _AREA_REFEED] = Field(
        default=True, description="false: totally stubby, told a default route only."
    )
    default_cost: Annotated[Metric, _AREA_REFEED] = 1
    default_route: Annotated[bool, _AREA_REFEED] = Field(
        default=False, description="Tell an NSSA a default route though it has summaries."
    )
    ranges: Annotated[Ranges, _AREA_REFEED] = Field(default_factory=dict)
    external_ranges: Annotated[Ranges, _AREA_REFEED] = Field(
        default_factory=dict, description="Of an NSSA: type 7 routes that are translated as one."
    )
    virtual_links: Annotated[
        dict[RouterId, OneVirtualLink],
        BeforeValidator(
            _virtual_links, json_schema_input_type=dict[str, OneVirtualLink] | list[str]
        ),
        Changing(Cost.RESET, "virtual link {4} of {0}"),
    ] = Field(default_factory=dict, description="Through this area, by the other end's router id.")
    translator: Annotated[RoleWord, _AREA_REFEED] = TranslatorRole.CANDIDATE
    translator_stability: Annotated[Duration, _QUIET] = 40 * SECOND
    suppress_forwarding: Annotated[bool, _AREA_REFEED] = Field(
        default=False, description="Of an NSSA: translate without forwarding addresses."
    )

    @model_validator(mode="after")
    def _fits_the_kind(self) -> AreaEntry:
        if self.kind is not AreaKind.NORMAL and self.virtual_links:
            raise ValueError("virtual links go through normal areas only (RFC 2328 15)")
        if self.kind is AreaKind.NORMAL and not self.summaries:
            raise ValueError("summaries: false is for kind: stub and kind: nssa")
        of_nssa = self.external_ranges or self.default_route or self.suppress_forwarding
        if self.kind is not AreaKind.NSSA and of_nssa:
            raise ValueError(
                "external-ranges, default-route and suppress-forwarding are for kind: nssa"
            )
        return self


OneArea = Annotated[AreaEntry, or_nothing(AreaEntry)]


class OspfRedistributeEntry(Entry):
    """How routes of another source are told."""

    metric: Annotated[Metric | None, _REFEED] = Field(default=None, description="Left out: 20.")
    metric_type: Annotated[MetricType, _REFEED] = 2
    tag: Annotated[Tag | None, _REFEED] = Field(default=None, description="Left out: theirs.")
    policy: Annotated[Name | None, _REFEED, POLICY] = None


OneRedistribute = Annotated[OspfRedistributeEntry, or_nothing(OspfRedistributeEntry)]
Redistribute = Annotated[
    dict[Source, OneRedistribute],
    BeforeValidator(as_named, json_schema_input_type=dict[str, OneRedistribute] | list[str]),
]


class DefaultRouteEntry(Entry):
    """A default route of our own."""

    always: Annotated[bool, _REFEED] = Field(
        default=False, description="Also while the table has none of another source."
    )
    metric: Annotated[Metric | None, _REFEED] = Field(
        default=None, description="Left out: 10, with always 1."
    )
    metric_type: Annotated[MetricType, _REFEED] = 2
    tag: Annotated[Tag, _REFEED] = 0


def _default_route(value: object) -> object:
    if value in ("always", True):
        return {"always": value == "always"}
    if value is False:
        return None
    return mapping_or(value, "true, always, or {always: true, metric: 1}")


OneDefaultRoute = Annotated[
    DefaultRouteEntry | None,
    BeforeValidator(
        _default_route, json_schema_input_type=bool | Literal["always"] | DefaultRouteEntry
    ),
]


class DistancesEntry(Entry):
    """Trust by the kind of path; what is left out has the instance's."""

    intra: Annotated[Distance | None, _REFEED] = None
    inter: Annotated[Distance | None, _REFEED] = None
    external: Annotated[Distance | None, _REFEED] = None


class StubRouterEntry(Entry):
    """When nobody shall go through us (RFC 6987)."""

    always: Annotated[bool, _REFEED] = False
    after_start: Annotated[Duration, _QUIET] = 0
    before_end: Annotated[Duration, _QUIET] = 0


def _stub_router(value: object) -> object:
    if isinstance(value, bool):
        return {"always": value}
    return mapping_or(value, "true, or {after-start: 60s, before-end: 5s}")


class GracefulRestartEntry(Entry):
    """Restart without a gap (RFC 3623, RFC 5187)."""

    enabled: Annotated[bool, _QUIET] = False
    period: Annotated[Duration, _QUIET] = 120 * SECOND
    help: Annotated[bool, _QUIET] = True
    help_at_most: Annotated[Duration, _QUIET] = 1800 * SECOND
    strict: Annotated[bool, _QUIET] = Field(
        default=True, description="A changed LSA ends the help (RFC 3623 3.2)."
    )
    unplanned: Annotated[bool, _QUIET] = Field(
        default=False, description="Ask for help also after a crash (RFC 3623 5)."
    )


def _graceful_restart(value: object) -> object:
    if isinstance(value, bool):
        return {"enabled": value}
    return mapping_or(as_mapping(value), "true, or {enabled: true, period: 2min}")


class SpfEntry(Entry):
    """The back-off of RFC 8405."""

    initial: Annotated[Duration, _QUIET] = 0
    short: Annotated[Duration, _QUIET] = 50 * _MS
    long: Annotated[Duration, _QUIET] = 1 * SECOND
    learn: Annotated[Duration, _QUIET] = 500 * _MS
    hold_down: Annotated[Duration, _QUIET] = 1 * SECOND


class OspfLimitsEntry(Entry):
    """Bounds of every table; what is beyond is not taken, and counted."""

    lsas: Annotated[Count, _QUIET] = 1_000_000
    neighbors: Annotated[Count, _QUIET] = Field(default=1024, description="Of an interface.")
    events: Annotated[Count, _QUIET] = Field(default=1000, description="Kept to show.")


class OspfEntry(Entry):
    """One instance of OSPF."""

    router_id: Annotated[RouterId | None, _ALL] = Field(
        default=None, description="Left out: the router's."
    )
    interfaces: Annotated[
        Mapping[Name, OneInterface],
        or_nothing(Mapping[Name, OspfInterfaceEntry | None]),
        Changing(Cost.RESET, "{0} on {2}"),
    ] = Field(default_factory=dict)
    areas: Annotated[dict[AreaId, OneArea], or_nothing(dict[str, AreaEntry | None]), _AREA] = Field(
        default_factory=dict
    )
    instance_id: Annotated[Byte, _ALL] = Field(
        default=0, description="RFC 5340, RFC 6549; of version 3, 64 to 95 carries IPv4 (RFC 5838)."
    )
    distance: Annotated[Distance, _REFEED] = 110
    distances: Annotated[DistancesEntry, or_nothing(DistancesEntry)] = DistancesEntry()
    maximum_paths: Annotated[Several, _REFEED] = Field(
        default=8, description="How many ways of equal cost share a prefix."
    )
    reference_bandwidth: Annotated[Several, _REFEED] = Field(
        default=100, description="In Mbit/s, of cost 1."
    )
    rfc1583_compatible: Annotated[bool, _REFEED] = Field(
        default=False, description="Choose among ways to an AS border router as RFC 1583 did."
    )
    border: Annotated[BorderWord, _REFEED] = Field(
        default=BorderKind.CISCO, description="Who is an area border router (RFC 3509)."
    )
    default_route: Annotated[OneDefaultRoute, _REFEED] = None
    redistribute: Annotated[Redistribute, _REFEED] = Field(default_factory=dict)
    stub_router: Annotated[
        StubRouterEntry,
        BeforeValidator(_stub_router, json_schema_input_type=bool | StubRouterEntry),
        _REFEED,
    ] = StubRouterEntry()
    graceful_restart: Annotated[
        GracefulRestartEntry,
        BeforeValidator(
            _graceful_restart, json_schema_input_type=bool | GracefulRestartEntry | None
        ),
    ] = GracefulRestartEntry()
    spf: Annotated[SpfEntry, or_nothing(SpfEntry)] = SpfEntry()
    min_ls_interval: Annotated[Duration, _QUIET] = Field(
        default=5 * SECOND, description="Between two originations of an LSA (RFC 2328 12.4)."
    )
    min_ls_arrival: Annotated[Duration, _QUIET] = 1 * SECOND
    prefix_suppression: Annotated[bool, _REFEED] = Field(
        default=False, description="Do not tell the networks of transit links (RFC 6860)."
    )
    opaque: Annotated[bool, _ALL] = Field(default=True, description="Take opaque LSAs (RFC 5250).")
    router_information: Annotated[bool, _REFEED] = Field(
        default=False, description="Tell what we are capable of (RFC 7770)."
    )
    limits: Annotated[OspfLimitsEntry, or_nothing(OspfLimitsEntry)] = OspfLimitsEntry()
    channel: Annotated[ChannelEntry, or_nothing(ChannelEntry)] = ChannelEntry()


class OspfInstanceEntry(OspfEntry):
    """One more instance, beside the first of its version."""

    version: Annotated[Literal[2, 3], _ALL] = 2
