"""RIP and RIPng on one interface."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import (
    Addresses,
    Name,
    enumerated,
    one_of,
)
from fingerpost.config.tree.base import (
    KEY_CHAIN,
    POLICY,
    PREFIX_LIST,
    Entry,
    Offset,
    RipMetric,
    or_nothing,
    or_one,
)
from fingerpost.config.tree.bfd import OneBfd
from fingerpost.config.tree.keys import PasswordEntry
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.rip.config import SplitHorizon

_LINK = Changing(Cost.RESET, "{0} on {2}")
_QUIET = Changing(Cost.NONE, "{0} on {2}")
_LINK_REFEED = Changing(Cost.REFEED, "{0} on {2}")


class Versions(Enum):
    """Which versions of RIP, as people write them."""

    ONE = "1"
    COMPATIBLE = "1-compatible"
    TWO = "2"
    BOTH = "both"
    NONE = "none"


def _version(*allowed: Versions) -> PlainValidator:
    words = [one.value for one in allowed]

    def read(value: object) -> Versions:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if text not in words:
            raise ValueError(f"write {' or '.join(words)}")
        return Versions(text)

    return PlainValidator(read)


def _words(*allowed: Versions) -> WithJsonSchema:
    return WithJsonSchema({"enum": [*(one.value for one in allowed), 1, 2]})


_SENT = (Versions.ONE, Versions.COMPATIBLE, Versions.TWO)
_RECEIVED = (Versions.ONE, Versions.TWO, Versions.BOTH, Versions.NONE)
SendWord = Annotated[Versions, _version(*_SENT), _words(*_SENT)]
ReceiveWord = Annotated[Versions, _version(*_RECEIVED), _words(*_RECEIVED)]
HorizonWord = Annotated[
    SplitHorizon, PlainValidator(one_of(SplitHorizon)), enumerated(SplitHorizon)
]


class OffsetEntry(Entry):
    """What is added to metrics; a number alone adds to all."""

    by: Annotated[Offset, _LINK_REFEED]
    prefix_list: Annotated[Name | None, _LINK_REFEED, PREFIX_LIST] = Field(
        default=None, description="Only to these prefixes."
    )


def _offset(value: object) -> object:
    return value if isinstance(value, dict) else {"by": value}


OneOffset = Annotated[
    OffsetEntry, BeforeValidator(_offset, json_schema_input_type=int | OffsetEntry)
]


class FilterEntry(Entry):
    """What happens to routes one way: the list is asked, the offset added, the policy applied."""

    prefix_list: Annotated[Name | None, _LINK_REFEED, PREFIX_LIST] = Field(
        default=None, description="What it does not permit is left out."
    )
    offset: OneOffset | None = None
    policy: Annotated[Name | None, _LINK_REFEED, POLICY] = None


class AuthenticationEntry(Entry):
    """A password, several with their times, or a key chain by its name."""

    password: Annotated[OneSecret | None, _QUIET] = Field(
        default=None, description="In the clear, at most 16 bytes (RFC 2453 4.1)."
    )
    passwords: Annotated[list[PasswordEntry | None], or_one(PasswordEntry | None), _QUIET] = Field(
        default_factory=list, description="Of which one is sent, each in its time."
    )
    key_chain: Annotated[Name | None, _QUIET, KEY_CHAIN] = None

    @model_validator(mode="after")
    def _is_one(self) -> AuthenticationEntry:
        said = [self.password is not None, bool(self.passwords), self.key_chain is not None]
        if sum(said) != 1:
            raise ValueError("write password, passwords or key-chain, one of them")
        return self


class RipngInterfaceEntry(Entry):
    """RIPng on one interface."""

    cost: Annotated[RipMetric, _LINK_REFEED] = Field(
        default=1, description="Of its network: added to what comes in, and told with it."
    )
    passive: Annotated[bool | None, _QUIET] = Field(
        default=None, description="Hear, and say nothing but to neighbors; left out: interfaces'."
    )
    announce_only: Annotated[bool, _LINK] = Field(
        default=False, description="Tell its networks elsewhere; neither hear nor speak here."
    )
    split_horizon: Annotated[HorizonWord, _LINK_REFEED] = SplitHorizon.POISONED
    neighbors: Annotated[Addresses, _QUIET] = Field(
        default=(), description="These get each update by unicast."
    )
    in_: Annotated[FilterEntry, or_nothing(FilterEntry)] = FilterEntry()
    out: Annotated[FilterEntry, or_nothing(FilterEntry)] = FilterEntry()
    bfd: Annotated[OneBfd, _QUIET] = None


class RipInterfaceEntry(RipngInterfaceEntry):
    """RIP on one interface."""

    send: Annotated[SendWord, _QUIET] = Versions.TWO
    receive: Annotated[ReceiveWord, _QUIET] = Versions.BOTH
    authentication: Annotated[AuthenticationEntry | None, _QUIET] = None
