"""Packets of OSPF as trees, for `fingerpost.wire.dissect`: IP protocol 89, both versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.ospf.dissect.lsas import header_fields, lsa_fields
from fingerpost.ospf.dissect.rows import left_over, rows, singles
from fingerpost.ospf.dissect.trailers import has_trailer, trailer_fields
from fingerpost.ospf.dissect.words import (
    flags_text,
    name_of,
    one_of,
    options_text,
    type_text,
)
from fingerpost.ospf.lsa.options import flag_names
from fingerpost.ospf.packet import v2, v3
from fingerpost.ospf.packet.acknowledgment import LinkStateAcknowledgment
from fingerpost.ospf.packet.description import DatabaseDescription, DdFlags
from fingerpost.ospf.packet.header import LAYER
from fingerpost.ospf.packet.hello import Hello
from fingerpost.ospf.packet.request import LinkStateRequest
from fingerpost.ospf.packet.types import PacketType
from fingerpost.ospf.packet.update import COUNT, LinkStateUpdate
from fingerpost.ospf.packet.whole import Packet
from fingerpost.ospf.text import dotted
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.wire.dissect.span import Span

_TYPES = {
    PacketType.HELLO: "hello",
    PacketType.DESCRIPTION: "database description",
    PacketType.REQUEST: "link state request",
    PacketType.UPDATE: "link state update",
    PacketType.ACKNOWLEDGMENT: "link state acknowledgment",
}
_TYPE = one_of({int(kind): name for kind, name in _TYPES.items()})
_AUTHENTICATION = {0: "none", 1: "password", 2: "digest", 3: "digest with 64-bit numbers"}
_COMMON = "version:8 type:8 length:16 router_id:ip4 area_id:ip4 checksum:16:x"
_SECONDS = dict.fromkeys(("interval", "dead_interval"), "{} s".format)
_HEADERS = {
    2: Layout(
        f"{_COMMON} instance_id:8 authentication_type:8 _:64",  # a password is shown to nobody
        type=_TYPE,
        authentication_type=one_of(_AUTHENTICATION),
    ),
    3: Layout(f"{_COMMON} instance_id:8 _:8", type=_TYPE),
}
_DIGESTS = {
    v2.CRYPTOGRAPHIC: Layout("_:128 _:16 key_id:8 digest_length:8 sequence:32"),
    v2.EXTENDED: Layout("_:128 _:24 digest_length:8 key_id:32"),
}
_HELLOS = {
    2: Layout(
        "mask:ip4 interval:16 options:8 priority:8 dead_interval:32 designated:ip4 backup:ip4",
        options=options_text(2),
        **_SECONDS,
    ),
    3: Layout(
        "interface_id:32 priority:8 options:24 interval:16 dead_interval:16 "
        "designated:ip4 backup:ip4",
        options=options_text(3),
        **_SECONDS,
    ),
}
_NEIGHBOR = Layout("neighbor:ip4")
_FLAGS = flags_text(DdFlags)
_DESCRIPTIONS = {
    2: Layout("mtu:16 options:8 flags:8 sequence:32", options=options_text(2), flags=_FLAGS),
    3: Layout(
        "_:8 options:24 mtu:16 _:8 flags:8 sequence:32", options=options_text(3), flags=_FLAGS
    ),
}
_REQUESTS = {
    2: Layout("type:32 id:ip4 router:ip4", type=type_text(2)),
    3: Layout("_:16 type:16 id:ip4 router:ip4", type=type_text(3)),
}
_COUNT = Layout("lsas:32")


@dataclass(frozen=True, slots=True)
class _Rebuild:
    """Writes the packet again, with the addresses for the checksum of version 3."""

    packet: Packet
    source: Address | None
    destination: Address | None

    def __call__(self, _: bytes) -> bytes:
        return self.packet.encode(self.source, self.destination)


def dissect_ospf(span: Span) -> Layer:
    """Take a packet of either version apart (RFC 2328 A.3, RFC 5340 A.3)."""
    data = span.data
    packet, fault = span.try_(lambda: Packet.decode(data))
    version = data[0] if data else 0
    layout = _HEADERS.get(version, _HEADERS[3])
    fields = span.fields(layout)
    if packet is None:
        fields += left_over(span.packet, span.start + layout.size, span.end)
        return Layer(LAYER, "broken packet", span.start, span.end, tuple(fields), fault=fault)
    if packet.header.authentication_type in _DIGESTS:
        fields += span.fields(_DIGESTS[packet.header.authentication_type])
    start, end = span.start + layout.size, span.start + packet.header.length
    inner, worse = _body(span.packet, start, end, packet)
    after, last = trailer_fields(span.packet, end, span.end, packet)
    found = _checksum_fault(span, packet) or worse or last
    return Layer(
        LAYER,
        _summary(packet),
        span.start,
        span.end,
        (*fields, *inner, *after),
        None,
        packet,
        None if span.is_cut else found,
        None if span.is_cut else _rebuild(span, packet),
    )


def _rebuild(span: Span, packet: Packet) -> _Rebuild:
    if has_trailer(packet):  # its checksum stays zero (RFC 7166 4.2)
        return _Rebuild(packet, None, None)
    return _Rebuild(packet, span.source, span.destination)


def _checksum_fault(span: Span, packet: Packet) -> DecodeError | None:
    header, data = packet.header, span.data
    if header.version == v2.VERSION:
        if v2.has_right_checksum(header, data):
            return None
        right, section = v2.checksum(data[: header.length]), v2.SECTION
    else:
        ends = span.source, span.destination
        if ends[0] is None or ends[1] is None or has_trailer(packet):
            return None
        if v3.has_right_checksum(header, data, ends[0], ends[1]):
            return None
        right, section = v3.checksum(data[: header.length], ends[0], ends[1]), v3.SECTION
    reader = Reader(data, LAYER, section=section)
    try:
        reader.refuse("checksum", f"{header.checksum:#06x}", f"{right:#06x}", at=12)
    except DecodeError as fault:
        return fault


def _body(
    octets: bytes, start: int, end: int, packet: Packet
) -> tuple[list[Field], DecodeError | None]:
    version = packet.header.version
    match packet.body:
        case Hello():
            layout = _HELLOS[version]
            found = layout.read(octets, start, end)
            return found + singles(octets, start + layout.size, end, _NEIGHBOR), None
        case DatabaseDescription():
            layout = _DESCRIPTIONS[version]
            found = layout.read(octets, start, end)
            return found + header_fields(octets, start + layout.size, end, version), None
        case LinkStateRequest():
            return rows(octets, start, end, _REQUESTS[version], "request", _asked(version)), None
        case LinkStateUpdate() as update:
            found, fault = lsa_fields(octets, start, update)
            return _COUNT.read(octets, start, start + COUNT.size) + found, fault
        case LinkStateAcknowledgment():
            return header_fields(octets, start, end, version), None


def _asked(version: int) -> Callable[[dict[str, Field]], str]:
    def text(fields: dict[str, Field]) -> str:
        name = name_of(version, int(str(fields["type"].value)))
        return f"{name} {fields['id'].text} of {fields['router'].text}"

    return text


def _summary(packet: Packet) -> str:
    header = packet.header
    who = f"version {header.version} {_TYPES[header.type]} of {dotted(header.router_id)}"
    return f"{who}, area {dotted(header.area_id)}, {_contents(packet)}"


def _contents(packet: Packet) -> str:
    match packet.body:
        case Hello() as hello:
            return _many(len(hello.neighbors), "neighbor")
        case DatabaseDescription() as description:
            flags = flag_names(description.flags)
            count = len(description.headers) // 20
            return f"flags {flags}, sequence {description.sequence}, {_many(count, 'header')}"
        case LinkStateRequest() as request:
            return _many(len(request.keys), "LSA")
        case LinkStateUpdate() as update:
            return _many(update.count, "LSA")
        case LinkStateAcknowledgment() as acknowledgment:
            return _many(len(acknowledgment.headers) // 20, "header")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
