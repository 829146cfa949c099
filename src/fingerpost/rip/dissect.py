"""RIP and RIPng messages as trees, for `fingerpost.wire.dissect`: ports 520 and 521 of UDP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.rip.authentication_entry import (
    CRYPTOGRAPHIC,
    SIMPLE,
    TRAILER,
    Trailed,
)
from fingerpost.rip.constants import ENTRY_LENGTH, HEADER_LENGTH, INFINITY
from fingerpost.rip.packet import INET, UNSPECIFIED, ZERO, Command, RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.rebuild import Alone
from fingerpost.wire.dissect.tree import Field, Layer
from fingerpost.wire.dissect.words import named

if TYPE_CHECKING:
    from fingerpost.errors import DecodeError
    from fingerpost.wire.dissect.span import Span


def _metric(number: int) -> str:
    return f"{number} (unreachable)" if number == INFINITY else str(number)


_HEADER = Layout("command:8 version:8 _:16", command=named(Command))
_FAMILIES = {INET: "2 (IPv4)", UNSPECIFIED: "0 (all)"}
_ENTRY = Layout(
    "family:16 tag:16 address:ip4 mask:ip4 next_hop:ip4 metric:32",
    family=lambda number: _FAMILIES.get(number, str(number)),
    metric=_metric,
)
_ENTRY_NG = Layout("address:ip6 tag:16 length:8 metric:8", metric=_metric)
_TYPES = {SIMPLE: "2 (password)", CRYPTOGRAPHIC: "3 (keyed digest)"}
_type = {"type": lambda number: _TYPES.get(number, str(number))}
_PASSWORD = Layout("family:16:x type:16 _:128", **_type)  # a password is shown to nobody
_DIGEST = Layout(
    "family:16:x type:16 packet_length:16 key_id:8 digest_length:8 sequence:32 _:64", **_type
)
_UNKNOWN = Layout("family:16:x type:16 data:128:x", **_type)


def dissect_rip(span: Span) -> Layer:
    """Take a message of version 1 or 2 apart (RFC 2453 3.6, 4)."""
    packet, fault = span.try_(lambda: RipPacket.decode(span.data))
    if packet is None:
        return _broken("rip", span, fault)
    fields = (*span.fields(_HEADER), *_entries(span, packet))
    return Layer(
        "rip",
        f"version {packet.version} {_summary(packet.command, len(packet.entries))}",
        span.start,
        span.end,
        fields,
        None,
        packet,
        fault,
        None if span.is_cut else Alone(packet),
    )


def dissect_ripng(span: Span) -> Layer:
    """Take a message of RIPng apart (RFC 2080 2.1)."""
    packet, fault = span.try_(lambda: RipngPacket.decode(span.data))
    if packet is None:
        return _broken("ripng", span, fault)
    fields = span.fields(_HEADER)
    at = span.start + HEADER_LENGTH
    for entry in packet.entries:
        inner = tuple(_ENTRY_NG.read(span.packet, at, span.end))
        name, text = _text_ng(entry)
        fields.append(Field(name, text, text, at, ENTRY_LENGTH, inner))
        at += ENTRY_LENGTH
    count = sum(not entry.is_next_hop for entry in packet.entries)
    return Layer(
        "ripng",
        _summary(packet.command, count),
        span.start,
        span.end,
        tuple(fields),
        None,
        packet,
        fault,
        None if span.is_cut else Alone(packet),
    )


def _summary(command: int, entries: int) -> str:
    return f"{Command(command).name.lower()}, {entries} {'entry' if entries == 1 else 'entries'}"


def _broken(name: str, span: Span, fault: DecodeError | None) -> Layer:
    fields = span.fields(_HEADER)
    at = span.start + HEADER_LENGTH
    if at < span.end:
        fields.append(octets_field("bytes", span.packet, at, span.end))
    return Layer(name, "broken message", span.start, span.end, tuple(fields), fault=fault)


def _entries(span: Span, packet: RipPacket) -> Iterator[Field]:
    at = span.start + HEADER_LENGTH
    if packet.authentication is not None:
        yield _authentication(span, at)
        at += ENTRY_LENGTH
    for entry in packet.entries:
        inner = tuple(_ENTRY.read(span.packet, at, span.end))
        text = _text(entry, packet.version)
        yield Field("route", text, text, at, ENTRY_LENGTH, inner)
        at += ENTRY_LENGTH
    if isinstance(packet.authentication, Trailed):
        digest_at = at + len(TRAILER)
        yield octets_field("trailer", span.packet, at, digest_at)
        yield octets_field("digest", span.packet, digest_at, span.end)


def _authentication(span: Span, at: int) -> Field:
    kind = int.from_bytes(span.packet[at + 2 : at + 4], "big")
    layout = {SIMPLE: _PASSWORD, CRYPTOGRAPHIC: _DIGEST}.get(kind, _UNKNOWN)
    inner = tuple(layout.read(span.packet, at, span.end))
    text = _TYPES.get(kind, f"type {kind}")
    return Field("authentication", text, text, at, ENTRY_LENGTH, inner)


def _text(entry: Rte, version: int) -> str:
    if entry.family == UNSPECIFIED:
        return "the whole table"
    where = str(entry.address)
    if version == 2 and entry.mask != ZERO:
        behind = ~int(entry.mask) & 0xFFFF_FFFF
        is_mask = behind & (behind + 1) == 0
        where += f"/{32 - behind.bit_length()}" if is_mask else f" mask {entry.mask}"
    via = f" via {entry.next_hop}" if entry.next_hop != ZERO else ""
    return f"{where}{via}, metric {_metric(entry.metric)}"


def _text_ng(entry: RteNg) -> tuple[str, str]:
    if entry.is_next_hop:
        return "next_hop", str(entry.address)
    if (int(entry.address), entry.length, entry.metric) == (0, 0, INFINITY):
        return "route", "the whole table, or no default route"
    fits = entry.length <= 128 and Prefix(entry.address, entry.length).network == entry.address
    where = f"{entry.address}/{entry.length}" + ("" if fits else " (no prefix)")
    return "route", f"{where}, metric {_metric(entry.metric)}"
