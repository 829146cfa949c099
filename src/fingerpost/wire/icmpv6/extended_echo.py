"""Extended echo request (type 160) and reply (type 161): PROBE (RFC 8335)."""

from __future__ import annotations

from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type
from fingerpost.wire.probe import ProbeReply, ProbeRequest


class ExtendedEchoRequest(ProbeRequest, Icmpv6Message):
    """A question about one interface of the addressed node, or of a neighbour of it."""

    __slots__ = ()

    TYPE = Icmpv6Type.EXTENDED_ECHO_REQUEST


class ExtendedEchoReply(ProbeReply, Icmpv6Message):
    """The answer."""

    __slots__ = ()

    TYPE = Icmpv6Type.EXTENDED_ECHO_REPLY
