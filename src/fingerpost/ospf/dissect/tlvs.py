"""TLVs as fields: each with its name, its place, what it says, and the sub-TLVs in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.ospf.dissect.rows import left_over, singles
from fingerpost.ospf.lsa.tlv import WORD
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = Layout("type:16 length:16")


@dataclass(frozen=True, slots=True)
class Form:
    """How a TLV is shown: its layout, whether that comes again and again, its sub-TLVs behind it.

    `by` picks the layout by the bytes of the value, where it varies. `text` sums up what was read.
    """

    name: str
    layout: Layout
    is_repeated: bool = False
    subs: Mapping[int, Form] = field(default_factory=dict)
    by: Callable[[bytes], Layout] | None = None
    text: Callable[[list[Field]], str] | None = None


def tlv_fields(packet: bytes, start: int, end: int, forms: Mapping[int, Form]) -> list[Field]:
    """Give the TLVs between `start` and `end`; what is cut or lies about its length stays bytes."""
    found = []
    at = start
    while end - at >= HEAD.size:
        kind = int.from_bytes(packet[at : at + 2], "big")
        length = int.from_bytes(packet[at + 2 : at + 4], "big")
        behind = at + HEAD.size + length
        if behind > end:
            break
        found.append(_one(packet, at, behind, kind, forms.get(kind)))
        at = min(behind + -length % WORD, end)
    return found + left_over(packet, at, end, "malformed TLV")


def _one(packet: bytes, at: int, end: int, kind: int, form: Form | None) -> Field:
    start = at + HEAD.size
    value, head = packet[start:end], HEAD.read(packet, at, end)
    if form is None:
        said = left_over(packet, start, end, "data")
        name, text = "TLV", f"type {kind}, {end - start} bytes"
    else:
        said = _said(packet, start, end, form)
        name = form.name
        text = form.text(said) if form.text else _summary(said)
    return Field(name, value.hex(), text, at, end - at, (*head, *said))


def _said(packet: bytes, start: int, end: int, form: Form) -> list[Field]:
    if form.is_repeated:
        return singles(packet, start, end, form.layout)
    layout = form.layout if form.by is None else form.by(packet[start:end])
    said = layout.read(packet, start, end)
    if layout.rest is None:
        said += tlv_fields(packet, min(start + layout.size, end), end, form.subs)
    return said


def _summary(said: list[Field]) -> str:
    return ", ".join(f"{one.name.replace('_', ' ')} {one.text}" for one in said)
