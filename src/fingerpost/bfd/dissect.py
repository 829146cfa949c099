"""Control packets as trees, for `fingerpost.wire.dissect`: ports 3784 and 4784 of UDP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.authentication_section import AuthenticationType
from fingerpost.bfd.constants import MANDATORY_LENGTH, MICROSECOND
from fingerpost.bfd.packet import LAYER, ControlPacket
from fingerpost.bfd.state import State, diagnostic_text
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field, Layer

if TYPE_CHECKING:
    from fingerpost.wire.dissect.span import Span

_MILLISECOND = 1000 * MICROSECOND
_TYPES = frozenset(AuthenticationType)


def _interval(number: int) -> str:
    return f"{number * MICROSECOND / _MILLISECOND:g} ms"


def _type(number: int) -> str:
    return f"{number} ({AuthenticationType(number)})" if number in _TYPES else str(number)


_HEADER = Layout(
    "version:3 diagnostic:5 state:2 poll:1 final:1 control_plane_independent:1 authentication:1 "
    "demand:1 multipoint:1 detect_mult:8 length:8 my_discriminator:32 your_discriminator:32 "
    "desired_min_tx_interval:32 required_min_rx_interval:32 required_min_echo_rx_interval:32",
    diagnostic=lambda number: f"{number} ({diagnostic_text(number)})",
    state=lambda number: f"{number} ({State(number)})",
    desired_min_tx_interval=_interval,
    required_min_rx_interval=_interval,
    required_min_echo_rx_interval=_interval,
)
_DIGEST = Layout("type:8 length:8 key_id:8 reserved:8:x sequence:32 digest:*", type=_type)
_PASSWORD = Layout("type:8 length:8 key_id:8", type=_type)  # a password is shown to nobody
_UNKNOWN = Layout("type:8 length:8 data:*", type=_type)


def dissect_bfd(span: Span) -> Layer:
    """Take a control packet apart (RFC 5880 4.1)."""
    packet, fault = span.try_(lambda: ControlPacket.decode(span.data))
    fields = span.fields(_HEADER)
    if packet is None:
        at = span.start + MANDATORY_LENGTH
        if at < span.end:
            fields.append(octets_field("bytes", span.packet, at, span.end))
        return Layer(LAYER, "broken packet", span.start, span.end, tuple(fields), fault=fault)
    end = span.start + len(packet.encode())
    if packet.authentication is not None:
        fields.append(_authentication(span, packet, end))
    if packet.extra:
        fields.append(octets_field("extra", span.packet, end - len(packet.extra), end))
    return Layer(
        LAYER,
        _summary(packet),
        span.start,
        end,
        tuple(fields),
        None,
        packet,
        fault,
        None if span.is_cut else lambda _: packet.encode(),
    )


def _summary(packet: ControlPacket) -> str:
    flags = [name for name in ("poll", "final", "demand") if getattr(packet, name)]
    said = f", {diagnostic_text(packet.diagnostic)}" if packet.diagnostic else ""
    return " ".join([f"{packet.state}{said}", *flags])


def _authentication(span: Span, packet: ControlPacket, end: int) -> Field:
    start = span.start + MANDATORY_LENGTH
    kind = 0 if packet.authentication is None else packet.authentication.type
    layout = _DIGEST if kind in _TYPES else _UNKNOWN
    layout = _PASSWORD if kind == AuthenticationType.SIMPLE_PASSWORD else layout
    end -= len(packet.extra)
    inner = tuple(layout.read(span.packet, start, end))
    return Field("authentication", _type(kind), _type(kind), start, end - start, inner)
