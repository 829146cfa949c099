"""Messages of BMP as trees, with the messages of BGP in them, for `fingerpost.wire.dissect`.

A segment is looked at by itself, as for BGP. Since no marker tells where a message begins, in the
middle of a stream the first octets that can be the header of one are taken for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.bgp.dissect.bmp_fields import HEADER, fields_of, words_of
from fingerpost.bmp import Message, UnknownMessage, decode_message
from fingerpost.bmp.constants import COMMON
from fingerpost.bmp.framing import message_length, next_begin
from fingerpost.bmp.header import LAYER
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import octets_field
from fingerpost.wire.dissect.tree import Field, Layer

if TYPE_CHECKING:
    from fingerpost.wire.dissect.span import Span


@dataclass(frozen=True, slots=True)
class _Rebuild:
    """Writes messages again, and what is none as it is."""

    parts: tuple[Message | bytes, ...]

    def __call__(self, _: bytes) -> bytes:
        return b"".join(one if isinstance(one, bytes) else one.encode() for one in self.parts)


@dataclass(slots=True)
class _Found:
    fields: list[Field] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    parts: list[Message | bytes] = field(default_factory=list)
    fault: DecodeError | None = None

    def add(self, field: Field, words: str, part: Message | bytes) -> None:
        self.fields.append(field)
        self.words.append(words)
        self.parts.append(part)


def dissect_bmp(span: Span) -> Layer:
    """Take messages apart (RFC 7854 4): those of a TCP segment, or such as stand alone."""
    found, at = _Found(), span.start
    if span.carrier == "tcp":
        at = next_begin(span.packet, span.start, span.end)
        at = span.end if at < 0 else at
        if at > span.start:
            octets = span.packet[span.start : at]
            shown = octets_field("continued", span.packet, span.start, at)
            found.add(shown, f"continued, {len(octets)} bytes", octets)
    while at < span.end:
        at = _message(span, at, found)
    return Layer(
        LAYER.lower(),
        "; ".join(found.words),
        span.start,
        span.end,
        tuple(found.fields),
        None,
        tuple(one for one in found.parts if not isinstance(one, bytes)),
        None if span.is_cut else found.fault,
        None if span.is_cut else _Rebuild(tuple(found.parts)),
    )


def _message(span: Span, at: int, found: _Found) -> int:
    rest = span.packet[at : span.end]
    if len(rest) < COMMON:
        shown = octets_field("begun", span.packet, at, span.end)
        found.add(shown, f"begun, {len(rest)} bytes", rest)
        return span.end
    head = tuple(HEADER.read(span.packet, at, span.end))
    try:
        length = message_length(rest)
    except DecodeError as fault:
        found.fault = found.fault or fault
        inner = (*head, octets_field("bytes", span.packet, at + COMMON, span.end))
        shown = Field("message", None, "broken header", at, len(rest), inner)
        found.add(shown, "broken header", rest)
        return span.end
    if length > len(rest):
        text = f"{len(rest)} of {length} bytes, the others follow"
        found.add(Field("message", None, text, at, len(rest), head), "begun", rest)
        return span.end
    _whole(span, at, rest[:length], head, found)
    return at + length


def _whole(span: Span, at: int, octets: bytes, head: tuple[Field, ...], found: _Found) -> None:
    end = at + len(octets)
    try:
        message = decode_message(octets)
    except DecodeError as fault:
        found.fault = found.fault or fault
        inner = (*head, octets_field("bytes", span.packet, at + COMMON, end))
        found.add(Field("message", None, "broken", at, len(octets), inner), "broken", octets)
        return
    if isinstance(message, UnknownMessage):
        inner = (*head, octets_field("body", span.packet, at + COMMON, end))
        words = f"type {message.type}, {len(message.body)} bytes"
        found.add(Field("message", None, words, at, len(octets), inner), words, octets)
        return
    inside, within = fields_of(span.packet, at + COMMON, end, message)
    found.fault = found.fault or within
    name, words = message.kind.name.lower(), words_of(message)
    shown = Field(name, None, words, at, len(octets), (*head, *inside))
    found.add(shown, f"{name} {words}".strip(), message)
