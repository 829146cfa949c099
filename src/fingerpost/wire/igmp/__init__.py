"""IGMP, versions 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 3376): to join, leave, and be understood.

`decode(data)` gives the message in the payload of an IPv4 packet, `.encode()` its bytes. Versions
of a query are told apart as RFC 3376 7.1 says: 8 bytes are version 1 or 2 (1 when the response
code is 0), 12 and more version 3. A type without a class gives `UnknownIgmp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.group_records import GroupRecord, RecordType
from fingerpost.wire.igmp.message import (
    LAYER,
    SECTION,
    IgmpMessage,
    IgmpType,
    UnknownIgmp,
)
from fingerpost.wire.igmp.query import MembershipQueryV3
from fingerpost.wire.igmp.report import MembershipReportV3
from fingerpost.wire.igmp.simple import (
    LeaveGroup,
    MembershipQuery,
    MembershipReportV1,
    MembershipReportV2,
)
from fingerpost.wire.sealing import opened

if TYPE_CHECKING:
    from typing_extensions import Buffer

MESSAGES: dict[int, type[IgmpMessage]] = {
    message.TYPE: message
    for message in (
        MembershipQuery,
        MembershipReportV1,
        MembershipReportV2,
        LeaveGroup,
        MembershipReportV3,
    )
}
V2_BODY = 4


def decode(data: Buffer, *, verify: bool = True) -> IgmpMessage:
    """Give the message in `data`; raises `DecodeError` only.

    `verify` off leaves the checksum unchecked, for those who look at damaged messages.
    """
    kind, code, reader = opened(data, LAYER, SECTION, verify=verify)
    message = MESSAGES.get(kind)
    if message is MembershipQuery and reader.remaining > V2_BODY:
        message = MembershipQueryV3
    if message is None:
        return UnknownIgmp(kind, code, reader.rest())
    return message.read(code, reader)


__all__ = [
    "MESSAGES",
    "GroupRecord",
    "IgmpMessage",
    "IgmpType",
    "LeaveGroup",
    "MembershipQuery",
    "MembershipQueryV3",
    "MembershipReportV1",
    "MembershipReportV2",
    "MembershipReportV3",
    "RecordType",
    "UnknownIgmp",
    "decode",
]
