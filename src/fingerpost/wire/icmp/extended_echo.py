"""Extended echo request (type 42) and reply (type 43): PROBE (RFC 8335)."""

from __future__ import annotations

from fingerpost.wire.icmp.message import IcmpMessage
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.probe import ProbeReply, ProbeRequest


class ExtendedEchoRequest(ProbeRequest, IcmpMessage):
    """A question about one interface of the addressed node, or of a neighbour of it."""

    __slots__ = ()

    TYPE = IcmpType.EXTENDED_ECHO_REQUEST


class ExtendedEchoReply(ProbeReply, IcmpMessage):
    """The answer."""

    __slots__ = ()

    TYPE = IcmpType.EXTENDED_ECHO_REPLY
