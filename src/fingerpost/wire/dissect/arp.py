"""ARP messages."""

from __future__ import annotations

from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.rebuild import Alone
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.dissect.words import named

_LAYOUT = Layout(
    "hardware_type:16 protocol_type:16:x hardware_length:8 protocol_length:8 operation:16 "
    "sender_mac:mac sender_ip:ip4 target_mac:mac target_ip:ip4",
    operation=named(ArpOperation),
)


def dissect_arp(span: Span) -> Layer:
    """Take a message of IPv4 over Ethernet apart."""
    arp, fault = span.try_(lambda: Arp.decode(span.data))
    end = min(span.end, span.start + _LAYOUT.size)
    fields = tuple(span.fields(_LAYOUT))
    if arp is None:
        return Layer("arp", "broken message", span.start, span.end, fields, fault=fault)
    return Layer("arp", _summary(arp), span.start, end, fields, None, arp, rebuild=Alone(arp))


def _summary(arp: Arp) -> str:
    if arp.is_probe:
        return f"probe: is {arp.target_ip} free? asks {arp.sender_mac}"
    if arp.is_announcement:
        return f"announcement: {arp.sender_ip} is at {arp.sender_mac}"
    if arp.operation == ArpOperation.REQUEST:
        return f"who has {arp.target_ip}? tell {arp.sender_ip}"
    if arp.operation == ArpOperation.REPLY:
        return f"{arp.sender_ip} is at {arp.sender_mac}"
    return f"operation {arp.operation}"
