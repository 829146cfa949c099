"""OSPF on one interface, in either version, and on a virtual link."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from fingerpost.config import units
from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import (
    Duration,
    Name,
    Shown,
    enumerated,
    one_of,
    texts,
    whole,
)
from fingerpost.config.tree.base import KEY_CHAIN, Byte, Entry, OneAddress, or_nothing, or_one
from fingerpost.config.tree.bfd import OneBfd
from fingerpost.config.tree.keys import PasswordEntry
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.text import dotted, undotted

_LINK = Changing(Cost.RESET, "{0} on {2}")
_QUIET = Changing(Cost.NONE, "{0} on {2}")
_REFEED = Changing(Cost.REFEED, "{0} on {2}")
_VIRTUAL = Changing(Cost.RESET, "virtual link {4} of {0}")
HELLO_S = 10
DEADS = 4  # Hellos that may be missed, where no dead interval is said


def area_id(value: object) -> int:
    """An area, as a number or with dots."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32:
        return value
    try:
        return undotted(value.strip() if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("write an area as a number or with dots: 0, 10, 0.0.0.10") from None


def seconds(least: int, most: int) -> PlainValidator:
    """A duration that a packet has room for: whole seconds."""

    def read(value: object) -> int:
        found = units.duration_ns(value)
        if found % SECOND or not least <= found // SECOND <= most:
            raise ValueError(f"write whole seconds, {least}s to {most}s")
        return found // SECOND

    return PlainValidator(read)


def _seconds_text(value: int) -> str:
    return units.duration(value * SECOND)


AREA = {"type": ["integer", "string"], "examples": [0, "0.0.0.10"]}
AreaId = Annotated[int, PlainValidator(area_id), WithJsonSchema(AREA), Shown(dotted)]
HelloTime = Annotated[int, seconds(1, 0xFFFE), texts("10s"), Shown(_seconds_text)]
DeadTime = Annotated[int, seconds(1, 0xFFFF), texts("40s"), Shown(_seconds_text)]
DelayTime = Annotated[int, seconds(1, 3600), texts("1s"), Shown(_seconds_text)]
LinkCost = Annotated[
    int,
    PlainValidator(whole(1, 0xFFFF)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 0xFFFF}),
]
Hops = Annotated[
    int,
    PlainValidator(whole(1, 254)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 254}),
]


class TypeName(Enum):
    """What an operator may say that a network is."""

    BROADCAST = NetworkType.BROADCAST.value
    NON_BROADCAST = NetworkType.NON_BROADCAST.value
    POINT_TO_POINT = NetworkType.POINT_TO_POINT.value
    POINT_TO_MULTIPOINT = NetworkType.POINT_TO_MULTIPOINT.value
    LOOPBACK = NetworkType.LOOPBACK.value


TypeWord = Annotated[TypeName, PlainValidator(one_of(TypeName)), enumerated(TypeName)]


class OspfAuthenticationEntry(Entry):
    """A password in the clear, or a key chain by its name."""

    password: Annotated[OneSecret | None, _QUIET] = Field(
        default=None, description="In the clear, at most 8 bytes (RFC 2328 D.2); version 2 only."
    )
    passwords: Annotated[list[PasswordEntry | None], or_one(PasswordEntry | None), _QUIET] = Field(
        default_factory=list, description="Of which one is sent, each in its time."
    )
    key_chain: Annotated[Name | None, _QUIET, KEY_CHAIN] = None
    extended: Annotated[bool, _QUIET] = Field(
        default=False, description="Of version 2: numbers of 64 bits (RFC 7474)."
    )
    swapped_protocol_id: Annotated[bool, _QUIET] = Field(
        default=False,
        description="Of version 3: sign as FRR before 8.5 does, which no other router understands.",
    )
    plain_hmac: Annotated[bool, _QUIET] = Field(
        default=False, description="Long keys are used as RFC 2104 says, which BIRD does."
    )
    keeps_sequence: Annotated[bool, _QUIET] = Field(
        default=False, description="No old session can be played again; FRR and BIRD restart anew."
    )

    @model_validator(mode="after")
    def _is_one(self) -> OspfAuthenticationEntry:
        said = [self.password is not None, bool(self.passwords), self.key_chain is not None]
        if sum(said) != 1:
            raise ValueError("write password, passwords or key-chain, one of them")
        return self


class OspfNeighborEntry(Entry):
    """A neighbour that multicast does not reach."""

    address: Annotated[OneAddress, _QUIET]
    priority: Annotated[Byte, _QUIET] = 1
    cost: Annotated[LinkCost | None, _REFEED] = Field(
        default=None, description="Of a point-to-multipoint network; left out: the interface's."
    )


def _neighbor(value: object) -> object:
    return value if isinstance(value, dict) else {"address": value}


OneNeighbor = Annotated[
    OspfNeighborEntry,
    BeforeValidator(_neighbor, json_schema_input_type=str | OspfNeighborEntry),
]


def _longer_than_hello(value: int, info: ValidationInfo) -> int:
    """A neighbour must not be given up before its next Hello is due (RFC 2328 C.3)."""
    hello = info.data.get("hello", 0)  # not there where it is faulty itself
    if value <= hello:
        raise ValueError(f"write more than hello, which is {_seconds_text(hello)}")
    return value


def _pause(value: int) -> int:
    """A time after which something is done again: at once, and again at once, is no time."""
    if not value:
        raise ValueError("write more than 0s")
    return value


Dead = Annotated[DeadTime, AfterValidator(_longer_than_hello)]
Pause = Annotated[Duration, AfterValidator(_pause)]


class OspfInterfaceEntry(Entry):
    """OSPF on one interface (RFC 2328 C.3)."""

    area: Annotated[AreaId, _LINK] = 0
    hello: Annotated[HelloTime, _LINK] = HELLO_S
    dead: Annotated[Dead | None, _LINK] = Field(
        default=None, description="Left out: four times hello."
    )
    retransmit: Annotated[Pause, _QUIET] = 5 * SECOND
    transmit_delay: Annotated[DelayTime, _QUIET] = 1
    authentication: Annotated[OspfAuthenticationEntry | None, _QUIET] = None
    type: Annotated[TypeWord | None, _LINK] = Field(
        default=None, description="Left out: as the interface is, broadcast for an Ethernet."
    )
    cost: Annotated[LinkCost | None, _REFEED] = Field(
        default=None, description="Left out: reference-bandwidth over the speed, else 10."
    )
    priority: Annotated[Byte, _QUIET] = Field(
        default=1, description="To become Designated Router; 0: never."
    )
    wait: Annotated[Duration | None, _LINK] = Field(
        default=None, description="For a Designated Router to be heard of; left out: dead."
    )
    poll: Annotated[Pause, _QUIET] = Field(
        default=120 * SECOND, description="Between Hellos to a silent neighbour of an NBMA network."
    )
    passive: Annotated[bool | None, _LINK] = Field(
        default=None, description="Told of, without Hellos; left out: interfaces'."
    )
    announce_only: Annotated[bool, _LINK] = Field(
        default=False, description="Tell its networks elsewhere; neither hear nor speak here."
    )
    mtu_ignore: Annotated[bool, _QUIET] = False
    neighbors: Annotated[list[OneNeighbor | None], or_one(OneNeighbor | None), _QUIET] = Field(
        default_factory=list, description="Of NBMA and point-to-multipoint networks."
    )
    ttl_security: Annotated[Hops | None, _QUIET] = Field(
        default=None, description="Hear neighbours of at most so many hops (RFC 5082)."
    )
    bfd: Annotated[OneBfd, _QUIET] = None
    instance_id: Annotated[Byte | None, _LINK] = Field(
        default=None, description="Left out: that of the instance (RFC 5340, RFC 6549)."
    )
    prefix_suppression: Annotated[bool | None, _REFEED] = Field(
        default=None, description="Do not tell the network of a transit link (RFC 6860)."
    )

    @property
    def dead_s(self) -> int:
        """The dead interval that holds."""
        return min(DEADS * self.hello, 0xFFFF) if self.dead is None else self.dead


class VirtualLinkEntry(Entry):
    """A link of the backbone through an area (RFC 2328 C.4)."""

    hello: Annotated[HelloTime, _VIRTUAL] = HELLO_S
    dead: Annotated[Dead | None, _VIRTUAL] = Field(
        default=None, description="Left out: four times hello."
    )
    retransmit: Annotated[Pause, _QUIET] = 5 * SECOND
    transmit_delay: Annotated[DelayTime, _QUIET] = 1
    authentication: Annotated[OspfAuthenticationEntry | None, _QUIET] = None

    @property
    def dead_s(self) -> int:
        """The dead interval that holds."""
        return min(DEADS * self.hello, 0xFFFF) if self.dead is None else self.dead


OneInterface = Annotated[OspfInterfaceEntry, or_nothing(OspfInterfaceEntry)]
OneVirtualLink = Annotated[VirtualLinkEntry, or_nothing(VirtualLinkEntry)]
