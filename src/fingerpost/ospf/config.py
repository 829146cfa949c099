"""What an operator says about OSPF, with the values of the RFCs or of custom as defaults.

Durations are nanoseconds unless a name ends in `_s`: those stand in packets as whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.ospf.constants import BACKBONE, MIN_LS_ARRIVAL, MIN_LS_INTERVAL
from fingerpost.ospf.text import dotted
from fingerpost.rib.distance import DISTANCES

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.ospf.authentication import Authentication
    from fingerpost.protocol.settings import Resumption
    from fingerpost.rib.verdict import Filter


class NetworkType(Enum):
    """How routers of a network meet (RFC 2328 1.2)."""

    BROADCAST = "broadcast"
    NON_BROADCAST = "non-broadcast"
    POINT_TO_POINT = "point-to-point"
    POINT_TO_MULTIPOINT = "point-to-multipoint"
    LOOPBACK = "loopback"
    VIRTUAL = "virtual-link"


class AreaKind(Enum):
    """What of the outside an area is told (RFC 2328 3.6, RFC 3101 1.3)."""

    NORMAL = "normal"
    STUB = "stub"
    NSSA = "nssa"


class BorderKind(Enum):
    """Who is an area border router and what it does with summaries (RFC 3509)."""

    STANDARD = "standard"  # RFC 2328 as it stands
    CISCO = "cisco"  # attached to several areas, and to the backbone by a working interface
    IBM = "ibm"  # the backbone need only be configured


class TranslatorRole(Enum):
    """Whether a border router of an NSSA translates type 7 to type 5 (RFC 3101 appendix D)."""

    ALWAYS = "always"
    CANDIDATE = "candidate"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class StaticNeighbor:
    """A neighbour that cannot be found by multicast (RFC 2328 C.6)."""

    address: Address
    priority: int = 1  # 0: it cannot become Designated Router
    cost: int | None = None  # point-to-multipoint: of the link to it


@dataclass(frozen=True, slots=True)
class BfdSettings:
    """A BFD session to each neighbour (RFC 5882 4.3); None: as BFD is told of the interface."""

    transmit_ns: int | None = None
    receive_ns: int | None = None
    multiplier: int | None = None


@dataclass(frozen=True, slots=True)
class OspfInterface:
    """OSPF on one interface (RFC 2328 C.3, RFC 5340 C.3).

    `network_type` None takes what the interface is: loopback, point-to-point or broadcast. `cost`
    None is worked out from the speed. `wait_ns` None is the dead interval. A passive interface is
    told of and neither hears nor speaks. `hides_network`: transit networks are not told (RFC 6860);
    None follows the instance.
    """

    name: str
    area: int = BACKBONE
    network_type: NetworkType | None = None
    cost: int | None = None
    priority: int = 1
    hello_s: int = 10
    dead_s: int = 40
    wait_ns: int | None = None
    retransmit_ns: int = 5 * SECOND
    transmit_delay_s: int = 1
    poll_ns: int = 120 * SECOND
    is_passive: bool = False
    ignores_mtu: bool = False
    authentication: Authentication | None = None
    neighbors: tuple[StaticNeighbor, ...] = ()
    instance_id: int | None = None
    ttl_security_hops: int | None = None
    bfd: BfdSettings | None = None
    hides_network: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what packets have no room for and times that contradict each other."""
        for what, value, least, most in (
            ("cost", self.cost, 1, 0xFFFF),
            ("priority", self.priority, 0, 255),
            ("hello_s", self.hello_s, 1, 0xFFFF),
            ("transmit_delay_s", self.transmit_delay_s, 1, 3600),
            ("instance_id", self.instance_id, 0, 255),
            ("ttl_security_hops", self.ttl_security_hops, 1, 254),
        ):
            if value is not None and not least <= value <= most:
                raise UsageError(
                    f"ospf {what} of {self.name} is {value}, expected {least} to {most}"
                )
        if not self.hello_s < self.dead_s <= 0xFFFFFFFF:
            raise UsageError(
                f"ospf dead_s of {self.name} is {self.dead_s}, expected more than hello_s "
                f"({self.hello_s})"
            )
        if self.retransmit_ns <= 0 or self.poll_ns <= 0:
            raise UsageError(f"ospf retransmit_ns and poll_ns of {self.name} are more than 0")

    @property
    def longest_wait_ns(self) -> int:
        """How long nothing may be heard here at first, though somebody is there."""
        if self.is_passive:
            return 0
        if self.network_type in (NetworkType.POINT_TO_POINT, NetworkType.POINT_TO_MULTIPOINT):
            return self.hello_s * SECOND
        return self.dead_s * SECOND if self.wait_ns is None else self.wait_ns


@dataclass(frozen=True, slots=True)
class AreaRange:
    """Networks of an area that are told outside as one (RFC 2328 C.2), or not at all."""

    prefix: Prefix
    is_advertised: bool = True
    cost: int | None = None  # None: the greatest of what it stands for
    tag: int = 0  # of an NSSA's range: what the translated route carries


@dataclass(frozen=True, slots=True)
class VirtualLink:
    """A backbone link through an area (RFC 2328 15, C.4)."""

    router_id: int
    hello_s: int = 10
    dead_s: int = 40
    retransmit_ns: int = 5 * SECOND
    transmit_delay_s: int = 1
    authentication: Authentication | None = None


@dataclass(frozen=True, slots=True)
class OspfArea:
    """An area (RFC 2328 C.2, RFC 3101 appendix D).

    `has_summaries` False makes a stub area or NSSA totally stubby: its border routers tell nothing
    but a default route, of cost `default_cost`. `originates_default`: a border router tells an NSSA
    a default route by a type 7 LSA where it has summaries. `keeps_forwarding`: its translator keeps
    the forwarding addresses of what it translates, else all goes by way of it.
    """

    id: int
    kind: AreaKind = AreaKind.NORMAL
    has_summaries: bool = True
    default_cost: int = 1
    ranges: tuple[AreaRange, ...] = ()
    external_ranges: tuple[AreaRange, ...] = ()  # of an NSSA, used by its translator
    virtual_links: tuple[VirtualLink, ...] = ()
    translator: TranslatorRole = TranslatorRole.CANDIDATE
    translator_stability_ns: int = 40 * SECOND
    originates_default: bool = False
    keeps_forwarding: bool = True

    def __post_init__(self) -> None:
        """Refuse a backbone that is a stub, and virtual links where none may be."""
        if self.kind is AreaKind.NORMAL:
            return
        if self.id == BACKBONE:
            raise UsageError(f"area 0.0.0.0 is {self.kind.value}, the backbone is always normal")
        if self.virtual_links:
            raise UsageError(
                f"area {dotted(self.id)} is {self.kind.value} and has virtual links, which go "
                "through normal areas only (RFC 2328 15)"
            )


@dataclass(frozen=True, slots=True)
class Redistribution:
    """How routes of another source are told. `metric` None is 20, as is customary."""

    metric: int | None = None
    metric_type: Literal[1, 2] = 2
    tag: int | None = None  # None keeps theirs
    policy: Filter | None = None


@dataclass(frozen=True, slots=True)
class DefaultOrigination:
    """A default route of our own; without `always` only while the table has another's."""

    metric: int | None = None  # None: 1 with `always`, else 10
    metric_type: Literal[1, 2] = 2
    always: bool = False
    tag: int = 0


@dataclass(frozen=True, slots=True)
class StubRouter:
    """When nobody shall go through us (RFC 6987)."""

    always: bool = False
    after_start_ns: int = 0
    before_end_ns: int = 0


@dataclass(frozen=True, slots=True)
class GracefulRestart:
    """Restart without a gap (RFC 3623, RFC 5187)."""

    is_enabled: bool = False
    period_s: int = 120
    helps: bool = True
    helps_at_most_s: int = 1800
    is_strict: bool = True  # a changed LSA ends the help (RFC 3623 3.2)
    covers_outages: bool = False  # ask also after an end that nobody planned (RFC 3623 5)


@dataclass(frozen=True, slots=True)
class SpfThrottle:
    """Times of the back-off of RFC 8405, in nanoseconds.

    Shorter than those that routers had when a calculation took a second: one of 5,000 routers takes
    milliseconds.
    """

    initial_ns: int = 0
    short_ns: int = 50 * MILLISECOND
    long_ns: int = 1 * SECOND
    learn_ns: int = 500 * MILLISECOND  # TIME_TO_LEARN_INTERVAL
    hold_down_ns: int = 1 * SECOND


@dataclass(frozen=True, slots=True)
class OspfLimits:
    """Bounds of every table; what is beyond is not taken, and counted."""

    lsas: int = 1_000_000
    neighbors: int = 1024  # of an interface
    events: int = 1000  # kept to show


@dataclass(frozen=True, slots=True)
class OspfConfig:
    """One instance. `source` is its name in the routing table: "ospf" or "ospf3" if None.

    `family` is that of the routes: 6 for version 3 unless an instance id of RFC 5838 says IPv4.
    `reference_bandwidth` is in Mbit/s. `epoch_ns` is what makes `now` nanoseconds since 1970, the
    clock of key lifetimes and of sequence numbers. `resumption`: the kernel
    forwards by routes of a run before this one.
    """

    router_id: int
    interfaces: tuple[OspfInterface, ...] = ()
    areas: tuple[OspfArea, ...] = ()
    source: str | None = None
    instance_id: int = 0
    distance: int = DISTANCES["ospf"]
    distances: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    maximum_paths: int = 8
    reference_bandwidth: int = 100
    rfc1583_compatible: bool = False
    border: BorderKind = BorderKind.CISCO
    redistributes: Mapping[str, Redistribution] = field(
        default_factory=lambda: MappingProxyType({})
    )
    default: DefaultOrigination | None = None
    stub_router: StubRouter = StubRouter()
    graceful_restart: GracefulRestart = GracefulRestart()
    throttle: SpfThrottle = SpfThrottle()
    min_ls_interval_ns: int = MIN_LS_INTERVAL
    min_ls_arrival_ns: int = MIN_LS_ARRIVAL
    hides_networks: bool = False  # RFC 6860
    is_opaque_capable: bool = True  # RFC 5250
    tells_router_information: bool = False  # RFC 7770; one more LSA of every router
    limits: OspfLimits = OspfLimits()
    epoch_ns: int = field(default=0, compare=False)
    resumption: Resumption | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse a router id of 0 and names or areas that are said twice."""
        if not 0 < self.router_id <= 0xFFFFFFFF:
            raise UsageError(f"ospf router_id is {dotted(self.router_id)}, expected another")
        names = [one.name for one in self.interfaces]
        if len(set(names)) < len(names):
            raise UsageError(f"ospf interfaces are {', '.join(names)}, expected each name once")
        ids = [dotted(one.id) for one in self.areas]
        if len(set(ids)) < len(ids):
            raise UsageError(f"ospf areas are {', '.join(ids)}, expected each once")
        if unknown := sorted(set(self.distances) - {"intra", "inter", "external"}):
            raise UsageError(
                f"ospf distances name {', '.join(unknown)}, expected intra, inter, external"
            )

    @property
    def silence_ns(self) -> int:
        """The longest that neighbours, LSAs and routes may keep each other waiting."""
        return max((one.longest_wait_ns for one in self.interfaces), default=0) + self._held_ns

    @property
    def timeout_ns(self) -> int:
        """In which the loss of a silent neighbour is in all routes."""
        return max((one.dead_s for one in self.interfaces), default=0) * SECOND + self._held_ns

    @property
    def _held_ns(self) -> int:
        return self.min_ls_interval_ns + self.throttle.long_ns

    def clock(self, now: int) -> int:
        """The time of day at an instant, in nanoseconds since 1970."""
        return now + self.epoch_ns

    def interface(self, name: str) -> OspfInterface | None:
        """What is said about an interface; None if nothing."""
        return next((one for one in self.interfaces if one.name == name), None)

    def area(self, area_id: int) -> OspfArea:
        """What is said about an area; a normal one if nothing."""
        return next((one for one in self.areas if one.id == area_id), OspfArea(area_id))
