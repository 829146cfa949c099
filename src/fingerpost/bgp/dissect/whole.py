"""One whole message as a field, wherever it stands: in a segment, or in a message of BMP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.bgp.constants import HEADER, LONGEST_EXTENDED
from fingerpost.bgp.dissect.messages import HEADER_LAYOUT, message_fields, message_summary
from fingerpost.bgp.packet import Message, decode_header, decode_message
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import octets_field
from fingerpost.wire.dissect.tree import Field

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Whole:
    """The field, its line for people, and the message, or its octets where there is a fault."""

    field: Field
    words: str
    part: Message | bytes
    fault: DecodeError | None = None


def whole_message(packet: bytes, at: int, octets: bytes) -> Whole:
    """Take `octets` apart, which stand at `at` of a packet; offsets are those of the packet."""
    end = at + len(octets)
    inner: Iterable[Field] = HEADER_LAYOUT.read(packet, at, end)
    name = "message"
    try:
        name = decode_header(octets, LONGEST_EXTENDED).kind.name.lower()
        message = decode_message(octets, LONGEST_EXTENDED)
    except DecodeError as fault:
        inner = (*inner, octets_field("bytes", packet, min(at + HEADER, end), end))
        field = Field(name, None, "broken", at, len(octets), inner)
        return Whole(field, f"broken {name}", octets, fault)
    words = message_summary(message)
    inner = (*inner, *message_fields(packet, at + HEADER, end, message))
    field = Field(name, None, words, at, len(octets), inner)
    return Whole(field, f"{name} {words}".strip(), message)
