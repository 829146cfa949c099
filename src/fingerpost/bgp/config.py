"""What an operator says about BGP, with the values of the RFCs or of custom as defaults.

Durations are nanoseconds unless a name ends in `_s`: those stand in messages as whole seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from fingerpost.bgp import constants as of
from fingerpost.bgp.damping import Damping
from fingerpost.bgp.family import IPV4, Family
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.ao_keys import require_distinct
from fingerpost.rib.distance import DISTANCES

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.protocol.ao_keys import AoKey
    from fingerpost.protocol.events import WatchTimers
    from fingerpost.protocol.settings import Resumption
    from fingerpost.rib.verdict import Filter
    from fingerpost.rpki.files import Exceptions, Payloads


class Role(Enum):
    """What we are to a neighbour (RFC 9234 4.1); the values of the capability."""

    PROVIDER = 0
    ROUTE_SERVER = 1
    ROUTE_SERVER_CLIENT = 2
    CUSTOMER = 3
    PEER = 4

    @property
    def word(self) -> str:
        """What it is called in files and policies."""
        return self.name.lower().replace("_", "-")


class PrivateAs(Enum):
    """What becomes of private AS numbers (RFC 6996) in paths that we tell."""

    KEPT = "kept"
    REMOVED = "removed"  # if the whole path is of such
    REMOVED_ALL = "removed-all"  # wherever they stand
    REPLACED = "replaced"  # by our own, wherever they stand


@dataclass(frozen=True, slots=True)
class Timers:
    """Of a session (RFC 4271 10). `keepalive_ns` None: a third of the hold time agreed on.

    A `hold_s` of 0 sends no KEEPALIVEs and never expires. `idle_hold_ns` is how long a session that
    failed rests before it is tried again; it doubles up to `idle_hold_most_ns`. `send_hold_ns` None
    is RFC 9687's: eight minutes or twice the hold time, whichever is more; 0 switches it off.
    `advertisement_ns` is the least time between two UPDATEs about a prefix (9.2.1.1).
    """

    hold_s: int = of.HOLD_S
    keepalive_ns: int | None = None
    connect_retry_ns: int = of.CONNECT_RETRY
    idle_hold_ns: int = of.IDLE_HOLD
    idle_hold_most_ns: int = 60 * SECOND
    delay_open_ns: int = 0
    send_hold_ns: int | None = None
    advertisement_ns: int = 0

    def __post_init__(self) -> None:
        """Refuse what RFC 4271 4.2 refuses."""
        if self.hold_s != 0 and not 3 <= self.hold_s <= 0xFFFF:
            raise UsageError(f"hold_s {self.hold_s}, expected 0 or 3 to 65535 (RFC 4271 4.2)")


@dataclass(frozen=True, slots=True)
class AddPath:
    """Several paths to a prefix at once (RFC 7911). `sends`: how many at most, 0 none."""

    receives: bool = False
    sends: int = 0


@dataclass(frozen=True, slots=True)
class GracefulRestart:
    """Keep forwarding while one of us restarts (RFC 4724, RFC 8538, RFC 9494).

    `helper` alone: we wait for a neighbour that restarts, and ask for nothing ourselves. Stale
    routes are kept for `stale_ns` after it is back, and for `long_lived_s` where that is not 0.
    """

    helper: bool = True
    restarts: bool = False
    restart_s: int = 120
    stale_ns: int = 360 * SECOND
    notification: bool = True
    long_lived_s: int = 0


class BeyondLimit(Enum):
    """What becomes of a neighbour that tells more prefixes than it may."""

    ENDS = "ends"  # its session ends (RFC 4486 4, subcode 1)
    BLOCKS = "blocks"  # prefixes on top are refused
    WARNS = "warns"  # they are taken, and counted


@dataclass(frozen=True, slots=True)
class PrefixLimit:
    """How many prefixes of a family a neighbour may tell; a warning comes at `warning_percent`.

    `restart_ns`: a session that ended by it is tried again after this time; None: by an operator.
    """

    prefixes: int
    beyond: BeyondLimit = BeyondLimit.ENDS
    warning_percent: int = 75
    restart_ns: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        if self.prefixes < 1:
            raise UsageError(f"limit of {self.prefixes} prefixes, expected 1 or more")
        if not 1 <= self.warning_percent <= 100:
            raise UsageError(f"warning at {self.warning_percent} percent, expected 1 to 100")


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds while one of `present` is in the routing table, if any is named, and none of `absent`.

    Raises `UsageError` where it names none at all.
    """

    present: tuple[Prefix, ...] = ()
    absent: tuple[Prefix, ...] = ()

    def __post_init__(self) -> None:
        """Refuse one that asks nothing."""
        if not self.named:
            raise UsageError("a condition names no prefix, expected one that is there or is not")

    @property
    def named(self) -> tuple[Prefix, ...]:
        """The prefixes that it asks about."""
        return self.present + self.absent


@dataclass(frozen=True, slots=True)
class PeerFamily:
    """One address family of a neighbour: what we take, what we tell, and how.

    Policies None: nothing is refused or changed, but with an external neighbour and `needs_policy`
    of the instance nothing is taken or told at all (RFC 8212). `allow_own_as`: how often our AS may
    stand in its paths. `sends_communities` False: none but to whom knows them all the same. With
    `default_route` a default is told, whether we have one or not, while `default_condition` holds;
    with `own_only` nothing is that came from another neighbour.
    """

    family: Family = IPV4
    import_policy: Filter | None = None
    export_policy: Filter | None = None
    limit: PrefixLimit | None = None
    next_hop_self: bool | None = None  # None: to external neighbours (RFC 4271 5.1.3)
    reflects_as_self: bool = False  # with `next_hop_self`, also what is reflected
    next_hop_unchanged: bool = False
    add_path: AddPath = AddPath()
    allow_own_as: int = 0
    as_override: bool = False
    private_as: PrivateAs = PrivateAs.KEPT
    sends_communities: bool = True
    default_route: bool = False
    default_condition: Condition | None = None
    extended_next_hop: bool = False
    weight: int = 0
    damping: Damping | None = None  # None: what flaps is used all the same
    graceful_restart: bool = True
    aigp: bool | None = None  # RFC 7311 3.1; None: with neighbours of our AS
    own_only: bool = False


@dataclass(frozen=True, slots=True)
class Security:
    """What keeps strangers out: GTSM (RFC 5082), TCP-MD5 (RFC 2385) or TCP-AO (RFC 5925).

    `ttl_hops`: the neighbour is at most so many hops away, 1 is on our link. Of the keys in `ao` we
    begin with the first.
    """

    ttl_hops: int | None = None
    md5: bytes | None = field(default=None, repr=False)
    ao: tuple[AoKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbour, or those of a kind: exactly one of `address`, `interface` and `prefix` is given.

    `interface`: whoever is there at the other end (RFC 8950 unnumbered). `prefix`: whoever comes
    from there, at most `most` of them. `remote_as` is a number, several for a `prefix`, or what it
    must be: of our AS or of another. `local_as` is what we call ourselves there instead of our AS;
    with `replaces_as` our own does not appear behind it. `hops` more than 1: an external neighbour
    that is not on a link of ours. `bfd`: with these timers.
    """

    name: str
    remote_as: int | tuple[int, ...] | Literal["internal", "external"]
    address: Address | None = None
    interface: str | None = None
    prefix: Prefix | None = None
    most: int = 100
    families: tuple[PeerFamily, ...] = (PeerFamily(),)
    local_as: int | None = None
    replaces_as: bool = False
    prepends_local_as: bool = True
    local_address: Address | None = None
    port: int = of.PORT
    is_passive: bool = False
    hops: int = 1
    security: Security = Security()
    timers: Timers = Timers()
    graceful_restart: GracefulRestart = GracefulRestart()
    is_client: bool = False
    role: Role | None = None
    is_role_strict: bool = False
    checks_first_as: bool = True
    extended_message: bool = True
    sends_hostname: bool = True
    bfd: WatchTimers | None = None
    is_enabled: bool = True
    shutdown_text: str = ""  # told by the NOTIFICATION (RFC 9003)
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse contradictions."""
        given = [one for one in (self.address, self.interface, self.prefix) if one is not None]
        if len(given) != 1:
            raise UsageError(
                f"neighbor {self.name}: give one of address, interface and prefix, not {len(given)}"
            )
        if self.prefix is not None and not self.is_passive:
            raise UsageError(f"neighbor {self.name}: those of a prefix are passive")
        require_distinct(self.security.ao)
        if self.security.md5 is not None and self.security.ao:
            raise UsageError(f"neighbor {self.name}: TCP-MD5 and TCP-AO exclude each other")
        if len(self.shutdown_text.encode()) > 255:
            raise UsageError(f"neighbor {self.name}: shutdown_text is longer than 255 octets")
        families = [one.family for one in self.families]
        if len(set(families)) != len(families):
            raise UsageError(f"neighbor {self.name}: a family stands there twice")


@dataclass(frozen=True, slots=True)
class Network:
    """A prefix that we tell of as ours (FRR's `network`), changed by `policy` or not.

    `needs_route`: only while the routing table has it, as FRR's import check. With a `condition`
    only while that holds.
    """

    prefix: Prefix
    policy: Filter | None = None
    needs_route: bool = True
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Redistribution:
    """How routes of another source are told. `med` None: the metric that they have."""

    med: int | None = None
    policy: Filter | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One prefix told in place of, or beside, those inside it (RFC 4271 9.2.2.2).

    `keeps_path`: with the AS numbers of its contributors as an AS_SET, which RFC 9774 forbids.
    """

    prefix: Prefix
    summary_only: bool = False
    keeps_path: bool = False
    keeps_communities: bool = True
    policy: Filter | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How the best path is found where the RFCs leave a choice (`decision.py` has the steps)."""

    always_compares_med: bool = False
    missing_med_is_worst: bool = False
    ignores_path_length: bool = False
    prefers_oldest: bool = False
    multipath_external: int = 1
    multipath_internal: int = 1
    multipath_relaxed: bool = False  # paths of the same length through other AS numbers too
    default_local_preference: int = 100


@dataclass(frozen=True, slots=True)
class Confederation:
    """RFC 5065: `identifier` is the AS that the world sees, `members` the AS numbers inside."""

    identifier: int
    members: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RpkiServer:
    """A cache that tells what may be originated by whom (RFC 8210), over TCP.

    Of those that have data the ones of the lowest `preference` count. Intervals None: as it says.
    """

    name: str
    address: Address
    port: int = 323
    refresh_ns: int | None = None
    retry_ns: int | None = None
    expire_ns: int | None = None
    preference: int = 100


@dataclass(frozen=True, slots=True)
class VrpFile:
    """A file of VRPs that was read. `path` is its name to people, `place` where it is; `mark`
    differs from what it is in the file system since it was written anew.
    """

    path: str
    payloads: Payloads
    place: str = ""
    mark: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BmpStation:
    """Who is told of everything that happens (RFC 7854, RFC 8671, RFC 9069)."""

    name: str
    address: Address
    port: int
    pre_policy: bool = True
    post_policy: bool = True
    local_rib: bool = True
    adj_rib_out: bool = False
    statistics_ns: int = 60 * SECOND


@dataclass(frozen=True, slots=True)
class MrtFiles:
    """Files that are written (RFC 6396), by patterns of `strftime` in UTC; "" for none.

    `table`: all paths, every `table_every_ns`, behind the import policies or as they came.
    `updates`: what neighbours say and their changes of state, another file every `rotate_ns`.
    """

    table: str = ""
    table_every_ns: int = 7200 * SECOND
    updates: str = ""
    rotate_ns: int = 900 * SECOND
    is_compressed: bool = False  # by gzip
    is_pre_policy: bool = False


@dataclass(frozen=True, slots=True)
class BgpConfig:
    """One instance of BGP. `source` is the name of its routes in the routing table.

    `router_id` and `cluster_id` are numbers; `cluster_id` None is the router id. `needs_policy` is
    RFC 8212. `takes_sets`: paths with an AS_SET are taken all the same (against RFC 9774).
    `epoch_ns` is what makes instants nanoseconds since 1970.
    `distances` by what a route is: "external", "internal", "local".
    """

    asn: int
    router_id: int
    neighbors: tuple[Neighbor, ...] = ()
    families: tuple[Family, ...] = (IPV4,)
    networks: tuple[Network, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    redistributes: Mapping[str, Redistribution] = field(
        default_factory=lambda: MappingProxyType({})
    )
    cluster_id: int | None = None
    confederation: Confederation | None = None
    decision: Decision = Decision()
    needs_policy: bool = True
    takes_sets: bool = False
    listens: bool = True
    listen_addresses: tuple[Address, ...] = ()
    port: int = of.PORT
    connections_most: int = 1000  # that are not yet known to be of a neighbour
    hostname: str = ""
    rpki: tuple[RpkiServer, ...] = ()
    vrp_files: tuple[VrpFile, ...] = ()
    rpki_exceptions: Exceptions | None = None
    bmp: tuple[BmpStation, ...] = ()
    mrt: MrtFiles | None = None
    distances: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {"external": DISTANCES["ebgp"], "internal": DISTANCES["ibgp"], "local": 200}
        )
    )
    source: str = "bgp"
    epoch_ns: int = field(default=0, compare=False)
    resumption: Resumption | None = None

    @property
    def silence_ns(self) -> int:
        """The longest that it keeps to itself what it knows, or rests before it tries again."""
        timers = [one.timers for one in self.neighbors]
        waits = (max(one.idle_hold_ns, one.advertisement_ns) + one.delay_open_ns for one in timers)
        return max(waits, default=0)

    @property
    def timeout_ns(self) -> int:
        """In which it gives up a silent neighbour, and has told so."""
        holds = (one.timers.hold_s * SECOND for one in self.neighbors)
        return max(holds, default=0) + self.silence_ns

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be and two neighbours of one name or place."""
        for what, value in (("asn", self.asn), ("router_id", self.router_id)):
            if not 1 <= value <= 0xFFFF_FFFF:
                raise UsageError(f"{what} {value}, expected 1 to 4294967295")
        named: tuple[tuple[str, list[object]], ...] = (
            ("name", [one.name for one in self.neighbors]),
            ("address", [one.address for one in self.neighbors if one.address is not None]),
            ("interface", [one.interface for one in self.neighbors if one.interface is not None]),
        )
        for what, given in named:
            twice = [str(one) for one, count in Counter(given).items() if count > 1]
            if twice:
                raise UsageError(f"two neighbors have the {what} {twice[0]}")
