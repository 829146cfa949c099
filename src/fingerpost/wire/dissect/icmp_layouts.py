"""The pictures of all ICMP, ICMPv6, MLD and IGMP messages up to what is variable in them."""

from __future__ import annotations

from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.words import named
from fingerpost.wire.group_times import time_of_byte, time_of_word
from fingerpost.wire.icmp import IcmpType
from fingerpost.wire.icmpv6 import Icmpv6Type
from fingerpost.wire.igmp import IgmpType
from fingerpost.wire.nd import Preference
from fingerpost.wire.probe import NeighborState

_HEAD = "type:8 code:8 checksum:16:x "
_NUMBERS = _HEAD + "identifier:16 sequence:16 "
_PROBE = _HEAD + "identifier:16 sequence:8 "
_FLAGS_PROBE = _PROBE + "state:3 _:2 active:1 ipv4:1 ipv6:1 data:*"

_type4, _type6 = named(IcmpType), named(Icmpv6Type)
_probe_code = named(icmp.ExtendedEchoCode)
_probe_state = named(NeighborState)


def _words(count: int) -> str:
    return f"{count} words"


ICMP: dict[int, Layout] = {
    IcmpType.ECHO_REPLY: Layout(_NUMBERS + "data:*", type=_type4),
    IcmpType.ECHO_REQUEST: Layout(_NUMBERS + "data:*", type=_type4),
    IcmpType.DESTINATION_UNREACHABLE: Layout(
        _HEAD + "_:8 quote_length:8 mtu:16",
        type=_type4,
        code=named(icmp.UnreachableCode),
        quote_length=_words,
    ),
    IcmpType.TIME_EXCEEDED: Layout(
        _HEAD + "_:8 quote_length:8 _:16",
        type=_type4,
        code=named(icmp.TimeExceededCode),
        quote_length=_words,
    ),
    IcmpType.PARAMETER_PROBLEM: Layout(
        _HEAD + "pointer:8 quote_length:8 _:16",
        type=_type4,
        code=named(icmp.ParameterProblemCode),
        quote_length=_words,
    ),
    IcmpType.SOURCE_QUENCH: Layout(_HEAD + "_:32", type=_type4),
    IcmpType.REDIRECT: Layout(_HEAD + "gateway:ip4", type=_type4, code=named(icmp.RedirectCode)),
    IcmpType.ROUTER_ADVERTISEMENT: Layout(
        _HEAD + "addresses:8 entry_words:8 lifetime_s:16", type=_type4
    ),
    IcmpType.ROUTER_SOLICITATION: Layout(_HEAD + "_:32", type=_type4),
    **dict.fromkeys(
        (IcmpType.TIMESTAMP, IcmpType.TIMESTAMP_REPLY),
        Layout(_NUMBERS + "originate:32 receive:32 transmit:32", type=_type4),
    ),
    **dict.fromkeys(
        (IcmpType.INFORMATION_REQUEST, IcmpType.INFORMATION_REPLY), Layout(_NUMBERS, type=_type4)
    ),
    **dict.fromkeys(
        (IcmpType.ADDRESS_MASK_REQUEST, IcmpType.ADDRESS_MASK_REPLY),
        Layout(_NUMBERS + "mask:ip4", type=_type4),
    ),
    IcmpType.EXTENDED_ECHO_REQUEST: Layout(_PROBE + "_:7 is_local:1", type=_type4),
    IcmpType.EXTENDED_ECHO_REPLY: Layout(
        _FLAGS_PROBE, type=_type4, code=_probe_code, state=_probe_state
    ),
}
UNKNOWN = Layout(_HEAD + "body:*")

ICMPV6: dict[int, Layout] = {
    Icmpv6Type.DESTINATION_UNREACHABLE: Layout(
        _HEAD + "quote_length:8 _:24",
        type=_type6,
        code=named(icmpv6.UnreachableCode),
        quote_length=_words,
    ),
    Icmpv6Type.PACKET_TOO_BIG: Layout(_HEAD + "mtu:32", type=_type6),
    Icmpv6Type.TIME_EXCEEDED: Layout(
        _HEAD + "quote_length:8 _:24",
        type=_type6,
        code=named(icmpv6.TimeExceededCode),
        quote_length=_words,
    ),
    Icmpv6Type.PARAMETER_PROBLEM: Layout(
        _HEAD + "pointer:32", type=_type6, code=named(icmpv6.ParameterProblemCode)
    ),
    Icmpv6Type.ECHO_REQUEST: Layout(_NUMBERS + "data:*", type=_type6),
    Icmpv6Type.ECHO_REPLY: Layout(_NUMBERS + "data:*", type=_type6),
    **dict.fromkeys(
        (Icmpv6Type.LISTENER_QUERY, Icmpv6Type.LISTENER_REPORT, Icmpv6Type.LISTENER_DONE),
        Layout(_HEAD + "maximum_response_ms:16 _:16 group:ip6", type=_type6),
    ),
    Icmpv6Type.LISTENER_REPORT_V2: Layout(_HEAD + "_:16 records:16", type=_type6),
    Icmpv6Type.ROUTER_SOLICITATION: Layout(_HEAD + "_:32", type=_type6),
    Icmpv6Type.ROUTER_ADVERTISEMENT: Layout(
        _HEAD + "hop_limit:8 managed:1 other:1 home_agent:1 preference:2 proxy:1 _:2 "
        "lifetime_s:16 reachable_time_ms:32 retransmit_timer_ms:32",
        type=_type6,
        preference=named(Preference),
    ),
    Icmpv6Type.NEIGHBOR_SOLICITATION: Layout(_HEAD + "_:32 target:ip6", type=_type6),
    Icmpv6Type.NEIGHBOR_ADVERTISEMENT: Layout(
        _HEAD + "router:1 solicited:1 override:1 _:29 target:ip6", type=_type6
    ),
    Icmpv6Type.REDIRECT: Layout(_HEAD + "_:32 target:ip6 destination:ip6", type=_type6),
    Icmpv6Type.EXTENDED_ECHO_REQUEST: Layout(_PROBE + "_:7 is_local:1", type=_type6),
    Icmpv6Type.EXTENDED_ECHO_REPLY: Layout(
        _FLAGS_PROBE, type=_type6, code=_probe_code, state=_probe_state
    ),
}
LISTENER_QUERY_V2 = Layout(
    _HEAD + "response_code:16 _:16 group:ip6 _:4 suppress:1 robustness:3 interval_code:8 "
    "sources:16",
    type=_type6,
    response_code=lambda code: f"{code} ({time_of_word(code)} ms)",
    interval_code=lambda code: f"{code} ({time_of_byte(code)} s)",
)

_typeg = named(IgmpType)
IGMP: dict[int, Layout] = {
    **dict.fromkeys(
        (
            IgmpType.MEMBERSHIP_QUERY,
            IgmpType.MEMBERSHIP_REPORT_V1,
            IgmpType.MEMBERSHIP_REPORT_V2,
            IgmpType.LEAVE_GROUP,
        ),
        Layout("type:8 response_time_ds:8 checksum:16:x group:ip4", type=_typeg),
    ),
    IgmpType.MEMBERSHIP_REPORT_V3: Layout("type:8 _:8 checksum:16:x _:16 records:16", type=_typeg),
}
MEMBERSHIP_QUERY_V3 = Layout(
    "type:8 response_code:8 checksum:16:x group:ip4 _:4 suppress:1 robustness:3 interval_code:8 "
    "sources:16",
    type=_typeg,
    response_code=lambda code: f"{code} ({time_of_byte(code)} tenths of a second)",
    interval_code=lambda code: f"{code} ({time_of_byte(code)} s)",
)
