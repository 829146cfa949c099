"""IGMP messages."""

from __future__ import annotations

from fingerpost.wire import igmp
from fingerpost.wire.dissect.groups import record_fields, source_fields
from fingerpost.wire.dissect.icmp_layouts import IGMP, MEMBERSHIP_QUERY_V3, UNKNOWN
from fingerpost.wire.dissect.judged import judged
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.rebuild import Alone
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.dissect.words import class_words


def dissect_igmp(span: Span) -> Layer:
    """Take a message apart."""
    data = span.data
    layout = _layout(data)
    fields = span.fields(layout)
    message, fault = judged(span, lambda *, verify: igmp.decode(data, verify=verify))
    if message is None:
        return Layer("igmp", "broken message", span.start, span.end, tuple(fields), fault=fault)
    at = span.start + layout.size
    if isinstance(message, igmp.MembershipQueryV3):
        fields += source_fields(message.sources, at)
    if isinstance(message, igmp.MembershipReportV3):
        fields += record_fields(message.records, at)
    return Layer(
        "igmp",
        _summary(message),
        span.start,
        span.end,
        tuple(fields),
        None,
        message,
        fault,
        None if span.is_cut else Alone(message),
    )


def _layout(data: bytes) -> Layout:
    kind = data[0] if data else -1
    if kind == igmp.IgmpType.MEMBERSHIP_QUERY and len(data) >= MEMBERSHIP_QUERY_V3.size:
        return MEMBERSHIP_QUERY_V3
    return IGMP.get(kind, UNKNOWN)


def _summary(message: igmp.IgmpMessage) -> str:
    name = class_words(type(message).__name__)
    match message:
        case igmp.UnknownIgmp():
            return f"type {message.type}"
        case igmp.MembershipReportV3():
            return f"{name}, {len(message.records)} records"
        case igmp.MembershipQuery() | igmp.MembershipQueryV3():
            return f"{name}, group {message.group}"
        case igmp.MembershipReportV1() | igmp.MembershipReportV2() | igmp.LeaveGroup():
            return f"{name}, group {message.group}"
    return name
