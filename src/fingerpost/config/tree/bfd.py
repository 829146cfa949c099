"""BFD: what an operator says of sessions, with values as other daemons have them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.config import units
from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import Name, Shown, enumerated, mapping_or, one_of, texts, whole
from fingerpost.config.tree.base import (
    Byte,
    Entry,
    OneAddress,
    Several,
    Word,
    or_nothing,
    or_one,
)
from fingerpost.config.tree.keys import TimedEntry
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.forwarding.durations import MILLISECOND

_SIGNED = Changing(Cost.RESET, "bfd sessions with it")
_WATCHED = Changing(Cost.NONE, "{0} on {2}")
_SESSIONS = Changing(Cost.RESET, "bfd sessions on {2}")
_MICROSECOND = 1000
_LONGEST = 0xFFFF_FFFF  # microseconds, as packets count them


class AuthenticationWord(Enum):
    """The types of RFC 5880 6.7, as people write them."""

    SIMPLE = "simple"
    KEYED_MD5 = "keyed-md5"
    METICULOUS_KEYED_MD5 = "meticulous-keyed-md5"
    KEYED_SHA1 = "keyed-sha1"
    METICULOUS_KEYED_SHA1 = "meticulous-keyed-sha1"


TypeWord = Annotated[
    AuthenticationWord, PlainValidator(one_of(AuthenticationWord)), enumerated(AuthenticationWord)
]
Multiplier = Annotated[
    int,
    PlainValidator(whole(1, 255)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 255}),
]


def _interval(value: object) -> int:
    """Nanoseconds of an interval that packets have room for (RFC 5880 4.1)."""
    found = units.duration_ns(value)
    microseconds, rest = divmod(found, _MICROSECOND)
    if rest or not 0 < microseconds <= _LONGEST:
        raise ValueError("write whole microseconds, from 1us to about 71min")
    return found


Interval = Annotated[int, PlainValidator(_interval), texts("300ms", "50ms"), Shown(units.duration)]


class BfdKeyEntry(TimedEntry):
    """One key."""

    id: Annotated[Byte, FREE]
    secret: Annotated[OneSecret, FREE]


class BfdAuthenticationEntry(Entry):
    """How packets are signed, and the keys of which one signs and all sign for others."""

    type: Annotated[TypeWord, _SIGNED] = Field(
        default=AuthenticationWord.METICULOUS_KEYED_SHA1,
        description="simple and keyed can be recorded and sent again.",
    )
    keys: Annotated[list[BfdKeyEntry | None], or_one(BfdKeyEntry | None), Field(min_length=1), FREE]


class BfdTimersEntry(Entry):
    """How often something is sent and heard, and how many may be lost."""

    min_transmit: Annotated[Interval | None, FREE] = None
    min_receive: Annotated[Interval | None, FREE] = None
    multiplier: Annotated[Multiplier | None, FREE] = None


class BfdInterfaceEntry(BfdTimersEntry):
    """Sessions on one interface."""

    passive: Annotated[bool, FREE] = Field(
        default=False, description="Answer a neighbor, and never speak first."
    )
    authentication: Annotated[BfdAuthenticationEntry | None, _SESSIONS] = None


class BfdPeerEntry(BfdTimersEntry):
    """A session that nobody else asks for, or of which something has to be said."""

    address: Annotated[OneAddress, FREE]
    interface: Annotated[Word | None, FREE] = Field(
        default=None, description="Left out: the one whose network the address is in."
    )
    local: Annotated[OneAddress | None, FREE] = Field(
        default=None, description="Speak from this address of ours."
    )
    hops: Annotated[Multiplier, FREE] = Field(
        default=1, description="How far it may be (RFC 5883); more than one needs local."
    )
    passive: Annotated[bool | None, FREE] = Field(
        default=None, description="Left out: as the interface has it."
    )
    authentication: Annotated[BfdAuthenticationEntry | None, _SIGNED] = Field(
        default=None, description="Left out: as the interface has it."
    )
    shutdown: Annotated[bool, Changing(Cost.RESET, "the bfd session with it")] = Field(
        default=False, description="Hold the session in AdminDown, whoever asks for it."
    )

    @model_validator(mode="after")
    def _is_one_neighbor(self) -> BfdPeerEntry:
        address = self.address
        if address.is_multicast or address.is_unspecified:
            raise ValueError(f"{address} is nobody's address; give that of a neighbor")
        if address.is_link_local and self.interface is None:
            raise ValueError(f"{address} is link-local; say on which link: interface: eth1")
        if self.hops > 1 and (self.local is None or self.interface is not None):
            raise ValueError("a peer that is several hops away needs local, and has no interface")
        if self.local is not None and self.local.version != address.version:
            raise ValueError(f"{self.local} is of another IP version than {address}")
        return self


def _peer(value: object) -> object:
    return {"address": value} if isinstance(value, str) else value


OnePeer = Annotated[
    BfdPeerEntry | None, BeforeValidator(_peer, json_schema_input_type=str | BfdPeerEntry)
]
Peers = Annotated[list[OnePeer], or_one(OnePeer)]


class BfdLimitsEntry(Entry):
    """Bounds of every table; what is beyond is refused, and counted."""

    sessions: Annotated[Several, FREE] = 1024


class BfdEntry(Entry):
    """BFD of this router: sessions that protocols, static routes and `peers` ask for."""

    min_transmit: Annotated[Interval, FREE] = Field(
        default=300 * MILLISECOND, description="Of interfaces that do not say it."
    )
    min_receive: Annotated[Interval, FREE] = Field(
        default=300 * MILLISECOND, description="Of interfaces that do not say it."
    )
    multiplier: Annotated[Multiplier, FREE] = Field(
        default=3, description="Of interfaces that do not say it."
    )
    interfaces: Annotated[
        Mapping[Name, Annotated[BfdInterfaceEntry, or_nothing(BfdInterfaceEntry)]],
        or_nothing(Mapping[Name, BfdInterfaceEntry | None]),
        FREE,
    ] = Field(default_factory=dict)
    peers: Annotated[Peers, FREE] = Field(default_factory=list)
    limits: Annotated[BfdLimitsEntry, or_nothing(BfdLimitsEntry)] = BfdLimitsEntry()


class BfdTimesEntry(Entry):
    """A BFD session to each neighbour; what is left out is as `bfd` says of the interface."""

    min_transmit: Annotated[Interval | None, _WATCHED] = None
    min_receive: Annotated[Interval | None, _WATCHED] = None
    multiplier: Annotated[Multiplier | None, _WATCHED] = None


def bfd_times(value: object) -> object:
    """Read true, false or a mapping of times."""
    if value is True:
        return BfdTimesEntry()
    return None if value is False else mapping_or(value, "true, or times: {multiplier: 5}")


OneBfd = Annotated[
    BfdTimesEntry | None,
    BeforeValidator(bfd_times, json_schema_input_type=bool | BfdTimesEntry),
]
