"""Multicast listener discovery: MLDv1 (RFC 2710) and MLDv2 (RFC 3810), as ICMPv6 messages.

Enough to join, to leave and to understand a querier. Versions are told apart as RFC 3810 8.1 says:
a query of 24 bytes is version 1, one of 28 or more version 2, anything between is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.group_records import GroupRecord, RecordType
from fingerpost.wire.mld.query import ListenerQueryV2
from fingerpost.wire.mld.report import ListenerReportV2
from fingerpost.wire.mld.v1 import ListenerDone, ListenerQuery, ListenerReport

if TYPE_CHECKING:
    from fingerpost.wire.icmpv6_message import Icmpv6Message
    from fingerpost.wire.reader import Reader

V1_BODY = 20


def read_query(code: int, reader: Reader) -> Icmpv6Message:
    """Read the body of a query of either version."""
    if reader.remaining <= V1_BODY:
        return ListenerQuery.read(code, reader)
    return ListenerQueryV2.read(code, reader)


__all__ = [
    "GroupRecord",
    "ListenerDone",
    "ListenerQuery",
    "ListenerQueryV2",
    "ListenerReport",
    "ListenerReportV2",
    "RecordType",
    "read_query",
]
