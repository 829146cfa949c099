"""The fields of each kind of message of BMP, and one line that sums it up."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from fingerpost.bgp.dissect.whole import whole_message
from fingerpost.bmp import (
    DownReason,
    InfoType,
    Initiation,
    Message,
    MessageKind,
    MirrorCode,
    MirrorType,
    PeerDown,
    PeerFlags,
    PeerHeader,
    PeerType,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    Statistic,
    Statistics,
    Termination,
    TerminationReason,
    TerminationType,
)
from fingerpost.bmp.constants import OF_FAMILY, PER_PEER
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.dissect.words import code_words, in_words, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.errors import DecodeError

HEADER: Final = Layout("version:8 length:32 type:8", type=named(MessageKind))
_Found: TypeAlias = "tuple[list[Field], DecodeError | None]"


def _flags_text(number: int) -> str:
    names = ", ".join(in_words(one.name) for one in PeerFlags if number & one and one.name)
    return f"0x{number:02x} ({names})" if names else f"0x{number:02x}"


_PEER: Final = {
    is_v6: Layout(
        f"peer_type:8 flags:8 distinguisher:64:x {address} as:32 router_id:ip4 seconds:32"
        " microseconds:32",
        peer_type=named(PeerType),
        flags=_flags_text,
    )
    for is_v6, address in ((False, "_:96 address:ip4"), (True, "address:ip6"))
}
_PORTS: Final = {
    is_v6: Layout(f"{address} local_port:16 remote_port:16")
    for is_v6, address in ((False, "_:96 local_address:ip4"), (True, "local_address:ip6"))
}
_REASON: Final = Layout("reason:8", reason=named(DownReason))
_EVENT: Final = Layout("event:16")
_COUNT: Final = Layout("count:32")
_TLV: Final = Layout("type:16 length:16")
_FAMILY: Final = Layout("afi:16 safi:8")


def words_of(message: Message) -> str:
    """Give one line for people."""
    match message:
        case Initiation(information):
            return ", ".join(_said(value) for _, value in information)
        case Termination():
            reason = message.reason
            return "" if reason is None else code_words(TerminationReason, reason)
        case PeerDown(peer, reason):
            return f"{_who(peer)}, {code_words(DownReason, int(reason))}"
        case Statistics(peer, counted):
            return f"{_who(peer)}, {len(counted)} numbers"
        case RouteMonitoring(peer, update):
            return f"{peer.view} {_who(peer)}: {whole_message(update, 0, update).words}"
        case RouteMirroring(peer):
            return f"{_who(peer)}, {len(message.messages)} messages"
    return _who(message.peer)


def _who(peer: PeerHeader) -> str:
    return f"AS {peer.asn}" if peer.is_loc_rib else f"{peer.address} AS {peer.asn}"


def fields_of(packet: bytes, start: int, end: int, message: Message) -> _Found:
    """Give the fields of a body from `start` to `end`, and the first fault of BGP in it."""
    found: list[Field] = []
    if isinstance(message, Initiation | Termination):
        of = InfoType if isinstance(message, Initiation) else TerminationType
        return _tlvs(packet, start, message.information, of), None
    is_v6 = len(message.peer.address.packed) == 16
    found += _PEER[is_v6].read(packet, start, end)
    at = start + PER_PEER
    match message:
        case PeerUp():
            return _peer_up(packet, at, message, found)
        case PeerDown():
            return _peer_down(packet, at, message, found)
        case RouteMonitoring():
            whole = whole_message(packet, at, message.update)
            return [*found, whole.field], whole.fault
        case Statistics():
            return found + _statistics(packet, at, message), None
    return found + _mirrored(packet, at, message), None


def _peer_up(packet: bytes, at: int, message: PeerUp, found: list[Field]) -> _Found:
    layout = _PORTS[len(message.local.packed) == 16]
    found += layout.read(packet, at, at + layout.size)
    at += layout.size
    fault = None
    for name, octets in (("sent", message.sent), ("received", message.received)):
        whole = whole_message(packet, at, octets)
        inner = whole.field
        found.append(Field(name, None, whole.words, at, len(octets), inner.fields))
        fault = fault or whole.fault
        at += len(octets)
    return found + _tlvs(packet, at, message.information, InfoType), fault


def _peer_down(packet: bytes, at: int, message: PeerDown, found: list[Field]) -> _Found:
    found += _REASON.read(packet, at, at + 1)
    at, data = at + 1, message.data
    if not data:
        return found, None
    if message.reason in (DownReason.LOCAL_NOTIFICATION, DownReason.REMOTE_NOTIFICATION):
        whole = whole_message(packet, at, data)
        return [*found, whole.field], whole.fault
    if message.reason == DownReason.LOCAL and len(data) == _EVENT.size:
        return found + _EVENT.read(packet, at, at + _EVENT.size), None
    return [*found, octets_field("data", packet, at, at + len(data))], None


def _statistics(packet: bytes, at: int, message: Statistics) -> list[Field]:
    found = _COUNT.read(packet, at, at + _COUNT.size)
    at += _COUNT.size
    for one in message.counted:
        size = _TLV.size + int.from_bytes(packet[at + 2 : at + 4], "big")
        inner = _TLV.read(packet, at, at + size)
        if one.type in OF_FAMILY:
            inner += _FAMILY.read(packet, at + _TLV.size, at + size)
        name = _name(Statistic, one.type)
        found.append(Field(name, one.value, str(one.value), at, size, tuple(inner)))
        at += size
    return found


def _mirrored(packet: bytes, at: int, message: RouteMirroring) -> list[Field]:
    found = []
    for kind, value in message.information:
        if kind == MirrorType.MESSAGE:
            whole = whole_message(packet, at + _TLV.size, value)
            inner = (*_TLV.read(packet, at, at + _TLV.size), *whole.field.fields)
            size = _TLV.size + len(value)
            found.append(Field("message", None, whole.words, at, size, inner))
        else:
            found += _tlvs(packet, at, [(kind, value)], MirrorType)
        at += _TLV.size + len(value)
    return found


def _tlvs(
    packet: bytes, at: int, pairs: Iterable[tuple[int, bytes]], kinds: type[IntEnum]
) -> list[Field]:
    found = []
    for kind, value in pairs:
        size, number = _TLV.size + len(value), int.from_bytes(value, "big")
        text = _said(value)
        if kinds is MirrorType and kind == MirrorType.INFORMATION:
            text = code_words(MirrorCode, number)
        elif kinds is TerminationType and kind == TerminationType.REASON:
            text = code_words(TerminationReason, number)
        inner = tuple(_TLV.read(packet, at, at + _TLV.size))
        found.append(Field(_name(kinds, kind), value.hex(), text, at, size, inner))
        at += size
    return found


def _name(kinds: type[IntEnum], number: int) -> str:
    known = {int(one): one.name.lower() for one in kinds}
    return known.get(number, f"type_{number}")


def _said(value: bytes) -> str:
    """A name as people write it, whatever a router says there."""
    text = value.decode("utf-8", "replace")
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
