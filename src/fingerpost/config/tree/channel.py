"""What every protocol says alike: its channel to a table, and the sources of routes."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from fingerpost.config.costs import Changing, Cost
from fingerpost.config.fields import Name, enumerated, one_of
from fingerpost.config.tree.base import POLICY, TABLE, Count, Entry, Tag
from fingerpost.rib.limit import OnLimit

_CHANNEL = Changing(Cost.REFEED, "{0}")


OnLimitWord = Annotated[OnLimit, PlainValidator(one_of(OnLimit)), enumerated(OnLimit)]


def _source(value: object) -> str:
    """Read the source of routes: static, connected:eth0, table:blue."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]+(:[^\s,]{1,80})?", value):
        raise ValueError("write where routes come from: static, connected:eth0, table:blue")
    return value


Source = Annotated[str, PlainValidator(_source), WithJsonSchema({"type": "string"})]


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
