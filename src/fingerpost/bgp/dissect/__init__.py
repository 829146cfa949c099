"""Messages of BGP as trees, for `fingerpost.wire.dissect`: port 179 of TCP.

A segment is looked at by itself: messages that begin in it are shown, also those that go on in the
next one, as far as they are there; what an earlier one left over is bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.bgp.constants import HEADER, LONGEST_EXTENDED, MARKER
from fingerpost.bgp.dissect.messages import HEADER_LAYOUT
from fingerpost.bgp.dissect.update import update_fault
from fingerpost.bgp.dissect.whole import whole_message
from fingerpost.bgp.packet import Message, Update, decode_header
from fingerpost.bgp.packet.fault import LAYER
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import octets_field
from fingerpost.wire.dissect.tree import Field, Layer

if TYPE_CHECKING:
    from fingerpost.wire.dissect.span import Span


@dataclass(frozen=True, slots=True)
class _Rebuild:
    """Writes the messages of a segment again, and what is none as it is."""

    parts: tuple[Message | bytes, ...]

    def __call__(self, _: bytes) -> bytes:
        return b"".join(one if isinstance(one, bytes) else one.encode() for one in self.parts)


@dataclass(slots=True)
class _Found:
    fields: list[Field]
    words: list[str]
    parts: list[Message | bytes]
    fault: DecodeError | None = None

    def add(self, field: Field, words: str, part: Message | bytes) -> None:
        self.fields.append(field)
        self.words.append(words)
        self.parts.append(part)


def dissect_bgp(span: Span) -> Layer:
    """Take the messages of a segment apart (RFC 4271 4)."""
    found = _Found([], [], [])
    at = span.start
    while at < span.end:
        begins = _next_marker(span, at)
        at = _message(span, at, found) if begins == at else _left_over(span, at, begins, found)
    return Layer(
        LAYER,
        "; ".join(found.words),
        span.start,
        span.end,
        tuple(found.fields),
        None,
        tuple(one for one in found.parts if not isinstance(one, bytes)),
        None if span.is_cut else found.fault,
        None if span.is_cut else _Rebuild(tuple(found.parts)),
    )


def _next_marker(span: Span, at: int) -> int:
    """Where a message begins next; one that is cut within its marker begins too."""
    found = span.packet.find(MARKER, at, span.end)
    if found >= 0:
        return found
    is_begun = span.packet[at : span.end] == MARKER[: span.end - at]
    return at if is_begun else span.end


def _left_over(span: Span, at: int, end: int, found: _Found) -> int:
    field = octets_field("continued", span.packet, at, end)
    found.add(field, f"continued, {end - at} bytes", span.packet[at:end])
    return end


def _message(span: Span, at: int, found: _Found) -> int:
    rest = span.packet[at : span.end]
    if len(rest) < HEADER:
        field = octets_field("begun", span.packet, at, span.end)
        found.add(field, f"begun, {len(rest)} bytes", rest)
        return span.end
    inner = tuple(HEADER_LAYOUT.read(span.packet, at, span.end))
    try:
        header = decode_header(rest, LONGEST_EXTENDED)
    except DecodeError as fault:
        found.fault = found.fault or fault
        field = Field("message", None, "broken header", at, HEADER, inner)
        found.add(field, "broken header", rest[:HEADER])
        return at + HEADER
    name = header.kind.name.lower()
    if header.length > len(rest):
        text = f"{len(rest)} of {header.length} bytes, the others follow"
        found.add(Field(name, None, text, at, len(rest), inner), f"{name}, begun", rest)
        return span.end
    _whole(span, at, rest[: header.length], found)
    return at + header.length


def _whole(span: Span, at: int, octets: bytes, found: _Found) -> None:
    whole = whole_message(span.packet, at, octets)
    found.fault = found.fault or whole.fault
    if isinstance(whole.part, Update):
        found.fault = found.fault or update_fault(octets[HEADER:])
    found.add(whole.field, whole.words, whole.part)
