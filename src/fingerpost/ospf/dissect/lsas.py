"""LSAs as fields: headers alone, as descriptions hold them, and whole, as updates do."""

from __future__ import annotations

from fingerpost.errors import DecodeError
from fingerpost.ospf.dissect.bodies_v2 import OPAQUE, V2, Show
from fingerpost.ospf.dissect.bodies_v3 import V3
from fingerpost.ospf.dissect.rows import left_over
from fingerpost.ospf.dissect.words import (
    age_text,
    name_of,
    options_text,
    type_text,
)
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.lsa.header import HEADER_LENGTH, sequence_text
from fingerpost.ospf.lsa.types import LsaTypeV2
from fingerpost.ospf.packet.update import COUNT, LinkStateUpdate, RawLsa
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field

_V2 = Layout(
    "age:16 options:8 type:8 id:ip4 router:ip4 sequence:32 checksum:16:x length:16",
    age=age_text,
    options=options_text(2),
    type=type_text(2),
    sequence=sequence_text,
)
_V3 = Layout(
    "age:16 type:16 id:ip4 router:ip4 sequence:32 checksum:16:x length:16",
    age=age_text,
    type=type_text(3),
    sequence=sequence_text,
)
_HEADERS = {2: _V2, 3: _V3}
_DECODE = {2: v2.decode_lsa, 3: v3.decode_lsa}
_LENGTH_AT = 18
_OPAQUE_TYPES = range(LsaTypeV2.OPAQUE_LINK, LsaTypeV2.OPAQUE_AS + 1)


def header_fields(packet: bytes, start: int, end: int, version: int) -> list[Field]:
    """Give headers one behind the other."""
    found = []
    for at in range(start, end - HEADER_LENGTH + 1, HEADER_LENGTH):
        inner = _HEADERS[version].read(packet, at, end)
        text = _header_text(inner, version)
        found.append(Field("LSA header", text, text, at, HEADER_LENGTH, tuple(inner)))
    return found


def lsa_fields(
    packet: bytes, start: int, update: LinkStateUpdate
) -> tuple[list[Field], DecodeError | None]:
    """Give the LSAs of an update whose body begins at `start`, and the first fault of them."""
    found: list[Field] = []
    first: DecodeError | None = None
    at, end = start + COUNT.size, start + len(update.body)
    for one in update.lsas():
        if isinstance(one, DecodeError) and one.field != "LSA checksum":
            first = first or one
            break
        length = int.from_bytes(packet[at + _LENGTH_AT : at + HEADER_LENGTH], "big")
        fault = one if isinstance(one, DecodeError) else _fault_of(one, update.version)
        found.append(lsa_field(packet, at, at + length, update.version, fault))
        first = first or fault
        at += length
    return found + left_over(packet, at, end), first


def lsa_field(
    packet: bytes, start: int, end: int, version: int, fault: DecodeError | None = None
) -> Field:
    """Give a whole LSA as one field; `fault` is what is wrong with it."""
    inner = _HEADERS[version].read(packet, start, end)
    text = _header_text(inner, version)
    show = _show(packet[start:end], version)
    if show is None:
        inner += left_over(packet, start + HEADER_LENGTH, end, "data")
    else:
        inner += show(packet, start + HEADER_LENGTH, end)
    said = text if fault is None else f"{text}: {fault.field} at fault"
    return Field("LSA", text, said, start, end - start, tuple(inner))


def _fault_of(lsa: RawLsa, version: int) -> DecodeError | None:
    try:
        _DECODE[version](lsa.data)
    except DecodeError as fault:
        return fault
    return None


def _show(lsa: bytes, version: int) -> Show | None:
    if version == 3:
        return V3.get(int.from_bytes(lsa[2:4], "big"))
    if lsa[3] in _OPAQUE_TYPES:
        return OPAQUE.get(lsa[4])
    return V2.get(lsa[3])


def _header_text(inner: list[Field], version: int) -> str:
    fields = {field.name: field for field in inner}
    name = name_of(version, int(str(fields["type"].value)))
    key = f"{name} {fields['id'].text} of {fields['router'].text}"
    return f"{key}, sequence {fields['sequence'].text}, age {fields['age'].text}"
