"""RIP and RIPng: what an operator says about them, with the values of the RFCs as defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import (
    Addresses,
    Duration,
    Name,
    enumerated,
    one_of,
)
from fingerpost.config.tree.base import (
    KEY_CHAIN,
    POLICY,
    PREFIX_LIST,
    TABLE,
    Count,
    Distance,
    Entry,
    Offset,
    RipMetric,
    RipTag,
    Several,
    Tag,
    or_nothing,
    or_one,
)
from fingerpost.config.tree.keys import PasswordEntry
from fingerpost.config.tree.secrets import OneSecret
from fingerpost.forwarding.durations import SECOND
from fingerpost.rib.limit import OnLimit
from fingerpost.rip.config import SplitHorizon

_LINK = Changing(Cost.RESET, "{0} on {2}")
_QUIET = Changing(Cost.NONE, "{0} on {2}")
_LINK_REFEED = Changing(Cost.REFEED, "{0} on {2}")
_CHANNEL = Changing(Cost.REFEED, "{0}")


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
OnLimitWord = Annotated[OnLimit, PlainValidator(one_of(OnLimit)), enumerated(OnLimit)]


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


class RipInterfaceEntry(RipngInterfaceEntry):
    """RIP on one interface."""

    send: Annotated[SendWord, _QUIET] = Versions.TWO
    receive: Annotated[ReceiveWord, _QUIET] = Versions.BOTH
    authentication: Annotated[AuthenticationEntry | None, _QUIET] = None


class RedistributeEntry(Entry):
    """How routes of another source are told."""

    metric: Annotated[RipMetric | None, _CHANNEL] = Field(
        default=None, description="Left out: theirs where it is 1 to 15, else 1."
    )
    tag: Annotated[RipTag | None, _CHANNEL] = Field(default=None, description="Left out: theirs.")
    policy: Annotated[Name | None, _CHANNEL, POLICY] = None


def _sources(value: object) -> object:
    """Read a list of sources as sources about which nothing more is said."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return dict.fromkeys(value)
    return {} if value is None else value


def _source(value: object) -> str:
    """Read the source of routes: static, connected:eth0, table:blue."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]+(:[^\s,]{1,80})?", value):
        raise ValueError("write where routes come from: static, connected:eth0, table:blue")
    return value


Source = Annotated[str, PlainValidator(_source), WithJsonSchema({"type": "string"})]
OneRedistribute = Annotated[RedistributeEntry, or_nothing(RedistributeEntry)]
Redistribute = Annotated[
    dict[Source, OneRedistribute],
    BeforeValidator(_sources, json_schema_input_type=dict[str, OneRedistribute] | list[str]),
]


class TimersEntry(Entry):
    """The times of RFC 2453 3.8 and 3.10.1."""

    update: Annotated[Duration, FREE] = 30 * SECOND
    jitter: Annotated[Duration, FREE] = Field(default=5 * SECOND, description="Each way.")
    timeout: Annotated[Duration, FREE] = 180 * SECOND
    garbage: Annotated[Duration, FREE] = 120 * SECOND
    triggered_least: Annotated[Duration, FREE] = 1 * SECOND
    triggered_most: Annotated[Duration, FREE] = 5 * SECOND
    first_most: Annotated[Duration, FREE] = Field(
        default=1 * SECOND, description="From the start of an interface to its first update."
    )

    @model_validator(mode="after")
    def _goes_together(self) -> TimersEntry:
        if self.jitter >= self.update:
            raise ValueError("jitter is less than the update time")
        if not self.timeout or not self.garbage:
            raise ValueError("timeout and garbage are more than 0")
        if self.triggered_least > self.triggered_most:
            raise ValueError("triggered-least is at most triggered-most")
        return self


class LimitsEntry(Entry):
    """Bounds of every table; what is beyond is not taken, and counted."""

    routes: Annotated[Count, FREE] = 100_000
    neighbors: Annotated[Count, FREE] = 1024
    refused_offers: Annotated[Count, FREE] = Field(
        default=4, description="For a prefix, kept to explain."
    )
    requests_per_second: Annotated[Count, FREE] = Field(
        default=10, description="For whole tables, answered on an interface."
    )


class LimitEntry(Entry):
    """How many prefixes are taken, and what happens then; a number alone blocks."""

    prefixes: Annotated[Count, _CHANNEL]
    action: Annotated[OnLimitWord, _CHANNEL] = OnLimit.BLOCK


def _limit(value: object) -> object:
    return value if isinstance(value, dict) else {"prefixes": value}


class ChannelEntry(Entry):
    """What passes between the protocol and its routing table."""

    table: Annotated[Name, Changing(Cost.RESET, "{0}"), TABLE] = "main"
    import_: Annotated[Name | None, _CHANNEL, POLICY] = Field(
        default=None, description="A policy: what enters the table."
    )
    export: Annotated[Name | None, _CHANNEL, POLICY] = Field(
        default=None, description="A policy: what the protocol is told of."
    )
    limit: Annotated[
        LimitEntry | None,
        BeforeValidator(_limit, json_schema_input_type=int | LimitEntry),
        _CHANNEL,
    ] = None
    tag: Annotated[Tag, _CHANNEL] = Field(
        default=0, description="Marks routes of this protocol, so that none comes back."
    )


class RipngEntry(Entry):
    """One instance of RIPng."""

    interfaces: Annotated[
        Mapping[Name, Annotated[RipngInterfaceEntry, or_nothing(RipngInterfaceEntry)]],
        or_nothing(Mapping[Name, RipngInterfaceEntry | None]),
        _LINK,
    ] = Field(default_factory=dict)
    distance: Annotated[Distance, _CHANNEL] = 120
    maximum_paths: Annotated[Several, _CHANNEL] = Field(
        default=8, description="How many routers of equal metric share a prefix."
    )
    default_route: Annotated[RipMetric | None, _CHANNEL] = Field(
        default=None, description="Announce a default route of our own with this metric."
    )
    redistribute: Annotated[Redistribute, _CHANNEL] = Field(default_factory=dict)
    timers: Annotated[TimersEntry, or_nothing(TimersEntry)] = TimersEntry()
    limits: Annotated[LimitsEntry, or_nothing(LimitsEntry)] = LimitsEntry()
    channel: Annotated[ChannelEntry, or_nothing(ChannelEntry)] = ChannelEntry()


class RipEntry(RipngEntry):
    """One instance of RIP version 2, with version 1 beside it."""

    interfaces: Annotated[
        Mapping[Name, Annotated[RipInterfaceEntry, or_nothing(RipInterfaceEntry)]],
        or_nothing(Mapping[Name, RipInterfaceEntry | None]),
        _LINK,
    ] = Field(default_factory=dict)
