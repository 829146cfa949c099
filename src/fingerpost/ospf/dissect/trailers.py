"""What follows a packet, as fields: a digest, an LLS block, an authentication trailer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.ospf.dissect.rows import left_over
from fingerpost.ospf.dissect.tlvs import Form, tlv_fields
from fingerpost.ospf.dissect.words import flags_text
from fingerpost.ospf.lsa.options import OptionsV2, OptionsV3
from fingerpost.ospf.packet.description import DatabaseDescription
from fingerpost.ospf.packet.hello import Hello
from fingerpost.ospf.packet.lls import HEADER_LENGTH, ExtendedFlags, split
from fingerpost.ospf.packet.v2 import EXTENDED, WITH_DIGEST
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.tree import Field

if TYPE_CHECKING:
    from fingerpost.ospf.packet.whole import Packet

_SEQUENCE = Layout("sequence:64")  # RFC 7474 3
_LLS = Layout("checksum:16:x length:16", length=lambda words: f"{words} words ({4 * words} bytes)")
_LLS_TLVS = {
    1: Form("extended options", Layout("flags:32", flags=flags_text(ExtendedFlags))),
    2: Form("authentication", Layout("sequence:32 digest:*")),
}
# RFC 7166 4.1
_TRAILER = Layout("type:16 length:16 _:16 association:16 sequence:64 digest:*")
_TRAILER_TYPE = 1


def trailer_fields(
    octets: bytes, start: int, end: int, packet: Packet
) -> tuple[list[Field], DecodeError | None]:
    """Give what stands between the end of a packet and that of the bytes, and its fault."""
    header, found = packet.header, []
    at, is_signed = start, has_trailer(packet)
    if header.authentication_type in WITH_DIGEST:
        if header.authentication_type == EXTENDED:
            found += _SEQUENCE.read(octets, at, end)
            at = min(at + _SEQUENCE.size, end)
        behind = min(at + header.authentication[3], end)
        found += left_over(octets, at, behind, "digest")
        at, is_signed = behind, True
    fault = None
    if at < end and has_lls(packet):
        try:
            _, rest = split(octets[at:end], verify=not is_signed)
        except DecodeError as caught:
            fault = caught
            rest = b""
        behind = end - len(rest)
        inner = _LLS.read(octets, at, behind)
        inner += tlv_fields(octets, at + HEADER_LENGTH, behind, _LLS_TLVS)
        text = ", ".join(f"{one.name} {one.text}" for one in inner[2:])
        found.append(Field("LLS block", text, text, at, behind - at, tuple(inner)))
        at = behind
    if is_signed and header.version == 3 and at < end:
        inner = _TRAILER.read(octets, at, end)
        text = f"{end - at} bytes"
        found.append(Field("authentication trailer", text, text, at, end - at, tuple(inner)))
        at = end
    return found + left_over(octets, at, end, "trailer"), fault


def has_lls(packet: Packet) -> bool:
    """Tell whether the options say that an LLS block follows (RFC 5613 2.1)."""
    bit = OptionsV2.L if packet.header.version == 2 else OptionsV3.L
    body = packet.body
    return isinstance(body, Hello | DatabaseDescription) and bool(body.options & bit)


def has_trailer(packet: Packet) -> bool:
    """Tell whether an authentication trailer follows (RFC 7166 2.1).

    Hellos and descriptions say so; of other packets it is seen.
    """
    if packet.header.version != 3:
        return False
    if isinstance(packet.body, Hello | DatabaseDescription):
        return bool(packet.trailer) and bool(packet.body.options & OptionsV3.AT)
    head = packet.trailer[:4]
    return head == _TRAILER_TYPE.to_bytes(2, "big") + len(packet.trailer).to_bytes(2, "big")
