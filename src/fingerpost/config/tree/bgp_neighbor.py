"""BGP with one neighbour, or with all of a kind."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.bgp.config import BeyondLimit, PrivateAs
from fingerpost.bgp.damping import Damping
from fingerpost.bgp.family import Family, family_named
from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import Duration, Name, Prefixes, enumerated, one_of, texts, whole
from fingerpost.config.tree.base import (
    POLICY,
    Byte,
    Count,
    Entry,
    OneAddress,
    or_nothing,
    or_one,
)
from fingerpost.config.tree.bfd import OneBfd
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.ao_keys import ALGORITHMS

_SESSION = Changing(Cost.RESET, "the session with {2}")
_ROUTES = Changing(Cost.REFEED, "routes of {2}")
_QUIET = Changing(Cost.NONE, "the session with {2}")


def asn(value: object) -> int:
    """An AS number, as a number or with a dot (RFC 5396)."""
    if isinstance(value, float):  # YAML reads 1.10 as 1.1
        raise ValueError("write a number with a dot in quotes: '1.10'")
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str):
        high, dot, low = text.partition(".")
        parts = [high, low] if dot else [high]
        if all(part.isascii() and part.isdigit() for part in parts):
            numbers = [int(part) for part in parts]
            found = numbers[0] if len(numbers) == 1 else numbers[0] << 16 | numbers[1]
            if 0 < found < 1 << 32 and (not dot or max(numbers) < 1 << 16):
                return found
    raise ValueError("write an AS number, 1 to 4294967295: 65001")


Asn = Annotated[int, PlainValidator(asn), WithJsonSchema({"type": ["integer", "string"]})]
Remote = int | tuple[int, ...] | Literal["internal", "external"]


def _remote(value: object) -> Remote:
    if isinstance(value, str) and value in ("internal", "external"):
        return "internal" if value == "internal" else "external"
    if isinstance(value, list):
        return tuple(map(asn, value))
    try:
        return asn(value)
    except ValueError as error:
        raise ValueError(f"{error}, several of them, internal or external") from None


RemoteAs = Annotated[
    Remote,
    PlainValidator(_remote),
    WithJsonSchema({"type": ["integer", "string", "array"], "items": {"type": "integer"}}),
]


def _family(value: object) -> Family:
    if not isinstance(value, str):
        raise ValueError("write the name of a family: ipv4, ipv6, l2vpn-evpn")
    try:
        return family_named(value)
    except UsageError as error:
        raise ValueError(str(error)) from None


FamilyName = Annotated[Family, PlainValidator(_family), texts("ipv4", "ipv6", "l2vpn-evpn")]


class RoleWord(Enum):
    """What we are to a neighbour (RFC 9234 4.1)."""

    PROVIDER = "provider"
    ROUTE_SERVER = "route-server"
    ROUTE_SERVER_CLIENT = "route-server-client"
    CUSTOMER = "customer"
    PEER = "peer"


OneRole = Annotated[RoleWord, PlainValidator(one_of(RoleWord)), enumerated(RoleWord)]
BeyondWord = Annotated[BeyondLimit, PlainValidator(one_of(BeyondLimit)), enumerated(BeyondLimit)]
PrivateWord = Annotated[PrivateAs, PlainValidator(one_of(PrivateAs)), enumerated(PrivateAs)]


def _between(least: int, most: int) -> tuple[PlainValidator, WithJsonSchema]:
    form = {"type": "integer", "minimum": least, "maximum": most}
    return PlainValidator(whole(least, most)), WithJsonSchema(form)


_HOPS, _PORT = _between(1, 255), _between(1, 65_535)
Hops = Annotated[int, _HOPS[0], _HOPS[1]]
Port = Annotated[int, _PORT[0], _PORT[1]]


def _seconds(value: int) -> int:
    if value % SECOND or (value and not 3 * SECOND <= value <= 65_535 * SECOND):
        raise ValueError("write 0s, or whole seconds from 3s to 65535s (RFC 4271 4.2)")
    return value


class BgpTimersEntry(Entry):
    """The times of RFC 4271 10 and RFC 9687."""

    hold: Annotated[Duration, _SESSION] = 90 * SECOND
    keepalive: Annotated[Duration | None, _SESSION] = Field(
        default=None, description="Left out: a third of the hold time that is agreed on."
    )
    connect_retry: Annotated[Duration, _QUIET] = 120 * SECOND
    idle_hold: Annotated[Duration, _QUIET] = Field(
        default=5 * SECOND, description="After a session failed; it doubles each time."
    )
    delay_open: Annotated[Duration, _QUIET] = 0
    send_hold: Annotated[Duration | None, _QUIET] = Field(
        default=None, description="Left out: 8 minutes or twice the hold time; 0s: never."
    )
    advertisement: Annotated[Duration, _QUIET] = Field(
        default=0, description="The least time between two UPDATEs about a prefix."
    )

    @model_validator(mode="after")
    def _hold_is_whole(self) -> BgpTimersEntry:
        _seconds(self.hold)
        return self


class BgpLimitEntry(Entry):
    """How many prefixes a neighbour may tell; a number alone ends the session above it."""

    prefixes: Annotated[Count, _QUIET]
    beyond: Annotated[BeyondWord, _QUIET] = BeyondLimit.ENDS
    warning_percent: Annotated[int, *_between(1, 100), _QUIET] = 75
    restart: Annotated[Duration | None, _QUIET] = Field(
        default=None, description="Try again after this time; left out: an operator does."
    )


def _limit(value: object) -> object:
    return {"prefixes": value} if isinstance(value, int) else value


class DampingEntry(Entry):
    """How hard routes that flap are punished; `true` is the values of RFC 7196."""

    half_life: Annotated[Duration, _ROUTES] = 900 * SECOND
    suppress: Annotated[Count, _ROUTES] = 6000
    reuse: Annotated[Count, _ROUTES] = 750
    longest: Annotated[Duration, _ROUTES] = Field(
        default=3600 * SECOND, description="That a path may be suppressed which flaps no more."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> DampingEntry:
        try:
            Damping(self.half_life, self.suppress, self.reuse, self.longest)
        except UsageError as error:
            raise ValueError(str(error)) from None
        return self


def _switch(value: object) -> object:
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


class AddPathEntry(Entry):
    """Several paths to a prefix (RFC 7911)."""

    receive: Annotated[bool, _SESSION] = False
    send: Annotated[Count, _SESSION] = Field(default=0, description="How many at most; 0: none.")


def _algorithm(value: object) -> str:
    if value not in ALGORITHMS:
        raise ValueError(f"write one of {', '.join(ALGORITHMS)}")
    return str(value)


class ConditionEntry(Entry):
    """What has to be in the routing table, or not to be."""

    if_present: Annotated[Prefixes, _ROUTES] = Field(
        default=(), description="Only while the routing table has one of these."
    )
    if_absent: Annotated[Prefixes, _ROUTES] = Field(
        default=(), description="Only while the routing table has none of these."
    )


class PeerFamilyEntry(Entry):
    """What is taken and told of one family; what is left out here is the neighbour's."""

    import_: Annotated[Name | None, _ROUTES, POLICY] = None
    export: Annotated[Name | None, _ROUTES, POLICY] = None
    limit: Annotated[
        BgpLimitEntry | None,
        BeforeValidator(_limit, json_schema_input_type=int | BgpLimitEntry),
        _QUIET,
    ] = None
    next_hop_self: Annotated[bool | Literal["reflected"] | None, _ROUTES] = Field(
        default=None, description="Left out: to other AS; reflected: also what we reflect."
    )
    next_hop_unchanged: Annotated[bool, _ROUTES] = False
    add_path: Annotated[AddPathEntry, or_nothing(AddPathEntry)] = AddPathEntry()
    allow_own_as: Annotated[Count, _ROUTES] = Field(
        default=0, description="How often our AS may stand in its paths."
    )
    as_override: Annotated[bool, _ROUTES] = False
    private_as: Annotated[PrivateWord, _ROUTES] = PrivateAs.KEPT
    communities: Annotated[bool, _ROUTES] = Field(default=True, description="Told at all.")
    default_route: Annotated[
        ConditionEntry | None,
        BeforeValidator(_switch, json_schema_input_type=bool | ConditionEntry),
        _ROUTES,
    ] = Field(default=None, description="It is told one; left out: it is not.")
    extended_next_hop: Annotated[bool, _SESSION] = Field(
        default=False, description="IPv4 by IPv6 next hops (RFC 8950)."
    )
    weight: Annotated[Count, _ROUTES] = 0
    damping: Annotated[
        DampingEntry | None,
        BeforeValidator(_switch, json_schema_input_type=bool | DampingEntry),
        _ROUTES,
    ] = Field(default=None, description="RFC 2439, RFC 7196; left out: off.")
    aigp: Annotated[bool | None, _ROUTES] = Field(
        default=None, description="RFC 7311; left out: with neighbours of our AS."
    )


class AoKeyEntry(Entry):
    """A key of TCP-AO; the number that the other end signs by is ours, if it is left out."""

    send_id: Annotated[Byte, _SESSION]
    receive_id: Annotated[Byte | None, _SESSION] = Field(
        default=None, description="Left out: as send-id."
    )
    secret: Annotated[OneSecret, _SESSION]
    algorithm: Annotated[
        str, PlainValidator(_algorithm), WithJsonSchema({"enum": list(ALGORITHMS)}), _SESSION
    ] = ALGORITHMS[0]


class RestartEntry(Entry):
    """Graceful restart (RFC 4724, RFC 8538, RFC 9494)."""

    helper: Annotated[bool, _SESSION] = True
    restarts: Annotated[bool, _SESSION] = False
    time: Annotated[Duration, _SESSION] = 120 * SECOND
    stale: Annotated[Duration, _QUIET] = 360 * SECOND
    notification: Annotated[bool, _SESSION] = True
    long_lived: Annotated[Duration, _SESSION] = 0


def _families(value: object) -> object:
    listed = [value] if isinstance(value, str) else value
    return dict.fromkeys(listed) if isinstance(listed, list) else value


class NeighborSettings(PeerFamilyEntry):
    """What neighbours and templates have in common."""

    families: Annotated[
        dict[FamilyName, Annotated[PeerFamilyEntry, or_nothing(PeerFamilyEntry)]] | None,
        BeforeValidator(
            _families, json_schema_input_type=dict[str, PeerFamilyEntry | None] | list[str] | str
        ),
        _SESSION,
    ] = Field(default=None, description="Left out: those of bgp.")
    local_as: Annotated[Asn | None, _SESSION] = None
    replace_as: Annotated[bool, _ROUTES] = Field(
        default=False, description="Our own AS does not stand behind local-as."
    )
    prepend_local_as: Annotated[bool, _ROUTES] = True
    local_address: Annotated[OneAddress | None, _SESSION] = None
    port: Annotated[Port, _SESSION] = 179
    passive: Annotated[bool, _QUIET] = False
    hops: Annotated[Hops, _SESSION] = Field(
        default=1, description="More: another AS that is on no link of ours."
    )
    ttl_security: Annotated[Hops | None, _SESSION] = Field(
        default=None, description="It is at most so many hops away (RFC 5082)."
    )
    password: Annotated[OneSecret | None, _SESSION] = Field(
        default=None, description="TCP-MD5 (RFC 2385)."
    )
    tcp_ao: Annotated[list[AoKeyEntry], or_one(AoKeyEntry), _SESSION] = Field(
        default_factory=list,
        description="Keys (RFC 5925), the one to begin with first; where the kernel has TCP-AO.",
    )
    timers: Annotated[BgpTimersEntry, or_nothing(BgpTimersEntry)] = BgpTimersEntry()
    graceful_restart: Annotated[RestartEntry, or_nothing(RestartEntry)] = RestartEntry()
    route_reflector_client: Annotated[bool, _SESSION] = False
    role: Annotated[OneRole | None, _SESSION] = Field(
        default=None, description="What we are to it (RFC 9234)."
    )
    role_strict: Annotated[bool, _SESSION] = False
    check_first_as: Annotated[bool, _ROUTES] = True
    extended_message: Annotated[bool, _SESSION] = True
    bfd: Annotated[OneBfd, _QUIET] = None
    enabled: Annotated[bool, _QUIET] = True
    shutdown: Annotated[str, _QUIET] = Field(
        default="", description="Told when it is not enabled any more (RFC 9003)."
    )
    description: Annotated[str, _QUIET] = ""
    most: Annotated[Count, _QUIET] = Field(
        default=100, description="Of a prefix: how many may come from there."
    )


class TemplateEntry(NeighborSettings):
    """What several neighbours have in common."""

    as_: Annotated[RemoteAs | None, _SESSION] = None


class NeighborEntry(TemplateEntry):
    """A neighbour, by its address, its interface, or the prefix that they come from."""

    use: Annotated[Name | None, _SESSION] = Field(
        default=None, description="A template: what is not said here is said there."
    )
