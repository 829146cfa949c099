"""RIP and RIPng: what an operator says about them, with the values of the RFCs as defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import (
    Duration,
    Name,
    enumerated,
    one_of,
)
from fingerpost.config.tree.base import (
    POLICY,
    TABLE,
    Count,
    Distance,
    Entry,
    RipMetric,
    RipTag,
    Several,
    Tag,
    or_nothing,
)
from fingerpost.config.tree.rip_interface import RipInterfaceEntry, RipngInterfaceEntry
from fingerpost.forwarding.durations import SECOND
from fingerpost.rib.limit import OnLimit

_LINK = Changing(Cost.RESET, "{0} on {2}")
_CHANNEL = Changing(Cost.REFEED, "{0}")


OnLimitWord = Annotated[OnLimit, PlainValidator(one_of(OnLimit)), enumerated(OnLimit)]


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
    tag: Annotated[Tag, Changing(Cost.RESET, "{0}")] = Field(
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
