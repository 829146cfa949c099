"""ICMP for IPv4: every message of RFC 792, 950, 1191, 1256 and 8335, with RFC 4884 extensions.

A class a message, in a file of its own; `decode(data)` gives the right one, `.encode()` its bytes
with checksum. A type that has no class here gives `UnknownIcmp`. Refused are wrong checksums,
short messages, and codes other than 0 where the RFC defines no other, but for echo, timestamps and
PROBE; reserved fields are not looked at and sent as zero. What of an invalid message is to be
discarded silently is the business of the forwarding room, which counts the `DecodeError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.icmp.discovery import RouterAddress, RouterAdvertisement, RouterSolicitation
from fingerpost.wire.icmp.echo import EchoReply, EchoRequest
from fingerpost.wire.icmp.exceeded import TimeExceeded
from fingerpost.wire.icmp.extended_echo import ExtendedEchoReply, ExtendedEchoRequest
from fingerpost.wire.icmp.information import InformationReply, InformationRequest
from fingerpost.wire.icmp.mask import AddressMaskReply, AddressMaskRequest
from fingerpost.wire.icmp.message import LAYER, SECTION, IcmpMessage, UnknownIcmp
from fingerpost.wire.icmp.parameter import ParameterProblem
from fingerpost.wire.icmp.quench import SourceQuench
from fingerpost.wire.icmp.quoting import LegacyQuoteCarrier
from fingerpost.wire.icmp.redirect import Redirect
from fingerpost.wire.icmp.timestamp import Timestamp, TimestampReply
from fingerpost.wire.icmp.types import (
    ExtendedEchoCode,
    IcmpType,
    ParameterProblemCode,
    RedirectCode,
    TimeExceededCode,
    UnreachableCode,
    is_error_type,
)
from fingerpost.wire.icmp.unreachable import DestinationUnreachable
from fingerpost.wire.sealing import opened

if TYPE_CHECKING:
    from typing_extensions import Buffer

MESSAGES: dict[int, type[IcmpMessage]] = {
    message.TYPE: message
    for message in (
        EchoReply,
        DestinationUnreachable,
        SourceQuench,
        Redirect,
        EchoRequest,
        RouterAdvertisement,
        RouterSolicitation,
        TimeExceeded,
        ParameterProblem,
        Timestamp,
        TimestampReply,
        InformationRequest,
        InformationReply,
        AddressMaskRequest,
        AddressMaskReply,
        ExtendedEchoRequest,
        ExtendedEchoReply,
    )
}


def decode(data: Buffer, *, verify: bool = True, legacy: bool = False) -> IcmpMessage:
    """Give the message in `data`, the payload of an IPv4 packet; raises `DecodeError` only.

    `verify` off leaves the checksum unchecked, for those who look at damaged messages. Without
    length field there are no extensions, unless `legacy` asks to look for them (RFC 4884 5.5).
    """
    kind, code, reader = opened(data, LAYER, SECTION, verify=verify)
    message = MESSAGES.get(kind)
    if message is None:
        return UnknownIcmp(kind, code, reader.rest())
    if legacy and issubclass(message, LegacyQuoteCarrier):
        return message.read(code, reader, legacy=True)
    return message.read(code, reader)


__all__ = [
    "MESSAGES",
    "AddressMaskReply",
    "AddressMaskRequest",
    "DestinationUnreachable",
    "EchoReply",
    "EchoRequest",
    "ExtendedEchoCode",
    "ExtendedEchoReply",
    "ExtendedEchoRequest",
    "IcmpMessage",
    "IcmpType",
    "InformationReply",
    "InformationRequest",
    "ParameterProblem",
    "ParameterProblemCode",
    "Redirect",
    "RedirectCode",
    "RouterAddress",
    "RouterAdvertisement",
    "RouterSolicitation",
    "SourceQuench",
    "TimeExceeded",
    "TimeExceededCode",
    "Timestamp",
    "TimestampReply",
    "UnknownIcmp",
    "UnreachableCode",
    "decode",
    "is_error_type",
]
