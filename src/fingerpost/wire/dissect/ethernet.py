"""Ethernet frames with their VLAN tags."""

from __future__ import annotations

from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.rebuild import Around
from fingerpost.wire.dissect.span import Span, data_layer
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.ethernet import FIRST_TYPE, HEADER_LENGTH, TAG_TYPES, Ethernet, EtherType

_NAMES = {int(member): member.name.replace("_", " ") for member in EtherType}


def ethertype_text(number: int) -> str:
    """Give a type with its name; below 0x600 it is a length."""
    if number < FIRST_TYPE:
        return f"length {number}"
    return f"0x{number:04x} ({_NAMES[number]})" if number in _NAMES else f"0x{number:04x}"


_ADDRESSES = Layout("destination:mac source:mac")
_TAG = Layout("tpid:16:x priority:3 drop_eligible:1 vlan:12")
_TYPE = Layout("type:16", type=ethertype_text)
_ADDRESSES_LENGTH = HEADER_LENGTH - 2


def dissect_ethernet(span: Span) -> Layer:
    """Take a frame apart; what stands behind its payload's own end is its trailer."""
    frame, fault = span.try_(lambda: Ethernet.decode(span.data))
    fields, at = _header(span)
    if frame is None:
        return Layer("ethernet", "broken frame", span.start, span.end, tuple(fields), fault=fault)
    inner = span.inside(at, carrier="ethernet")
    payload = inner.by(span.dissectors.ethertype, frame.ethertype)
    if frame.is_length and payload is not None:
        payload = data_layer(span.inside(at, at + frame.ethertype, carrier="ethernet"))
    if payload is not None and payload.end < span.end:
        fields.append(octets_field("trailer", span.packet, payload.end, span.end))
    summary = f"{frame.source} > {frame.destination}"
    for tag in frame.tags:
        summary += f", VLAN {tag.vlan}"
    return Layer(
        "ethernet",
        f"{summary}, {ethertype_text(frame.ethertype)}",
        span.start,
        span.end,
        tuple(fields),
        payload,
        frame,
        rebuild=Around(frame),
    )


def _header(span: Span) -> tuple[list[Field], int]:
    """Give the fields up to the type, and the offset behind it."""
    packet, at = span.packet, span.start + _ADDRESSES_LENGTH
    fields = span.fields(_ADDRESSES)
    while int.from_bytes(packet[at : at + 2], "big") in TAG_TYPES and at + 4 <= span.end:
        tag = tuple(_TAG.read(packet, at, span.end))
        fields.append(Field("tag", None, f"VLAN {tag[-1].text}", at, 4, tag))
        at += 4
    return fields + _TYPE.read(packet, at, span.end), at + 2
