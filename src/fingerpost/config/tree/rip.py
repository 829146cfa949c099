"""RIP and RIPng: what an operator says about them, with the values of the RFCs as defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import Duration, Name, as_named
from fingerpost.config.tree.base import (
    POLICY,
    Count,
    Distance,
    Entry,
    RipMetric,
    RipTag,
    Several,
    or_nothing,
)
from fingerpost.config.tree.channel import ChannelEntry, Source
from fingerpost.config.tree.rip_interface import RipInterfaceEntry, RipngInterfaceEntry
from fingerpost.forwarding.durations import SECOND

_LINK = Changing(Cost.RESET, "{0} on {2}")
_CHANNEL = Changing(Cost.REFEED, "{0}")


class RedistributeEntry(Entry):
    """How routes of another source are told."""

    metric: Annotated[RipMetric | None, _CHANNEL] = Field(
        default=None, description="Left out: theirs where it is 1 to 15, else 1."
    )
    tag: Annotated[RipTag | None, _CHANNEL] = Field(default=None, description="Left out: theirs.")
    policy: Annotated[Name | None, _CHANNEL, POLICY] = None


OneRedistribute = Annotated[RedistributeEntry, or_nothing(RedistributeEntry)]
Redistribute = Annotated[
    dict[Source, OneRedistribute],
    BeforeValidator(as_named, json_schema_input_type=dict[str, OneRedistribute] | list[str]),
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
