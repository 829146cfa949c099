"""Ethernet II and IEEE 802.3 frames, with any number of VLAN tags (802.1Q, 802.1ad).

     0                   6                  12          12 + 4n         14 + 4n
    +-------------------+-------------------+----------+---------------+---------
    | destination       | source            | n tags   | type / length | payload
    +-------------------+-------------------+----------+---------------+---------
                                             tag: TPID 16, priority 3, drop eligible 1, VLAN 12

The field after the tags is a type from 0x0600 up and a length up to 1500 (802.3-2022 3.2.6); the
numbers between mean nothing and are refused. The payload is everything after it: Ethernet cannot
tell data from the padding of a short frame, the layer above trims. Of a length frame, `data` is
what the length says. No preamble and no frame check sequence: captures and drivers have neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, error
from typing import TYPE_CHECKING

from fingerpost.wire.fields import octets, unfit, unsigned
from fingerpost.wire.mac import LENGTH, Mac
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "ethernet"
SECTION = "IEEE 802.3 3.2.6"
HEADER_LENGTH = 14
MINIMUM_LENGTH = 60
"""A frame without its check sequence is at least this long on a real Ethernet (802.3 3.2.8)."""
LONGEST_DATA = 1500
FIRST_TYPE = 0x0600

_HEADER = Struct("!6s6sH")
_TAG = Struct("!HH")


class EtherType(IntEnum):
    """What a frame holds; decoders give plain numbers, which compare equal to these."""

    IPV4 = 0x0800
    ARP = 0x0806
    TRANSPARENT_BRIDGING = 0x6558
    VLAN = 0x8100
    IPV6 = 0x86DD
    FLOW_CONTROL = 0x8808
    SLOW_PROTOCOLS = 0x8809
    MPLS = 0x8847
    MPLS_UPSTREAM = 0x8848
    PPPOE_DISCOVERY = 0x8863
    PPPOE_SESSION = 0x8864
    EAPOL = 0x888E
    SERVICE_VLAN = 0x88A8
    LLDP = 0x88CC
    LOOPBACK = 0x9000
    OLD_SERVICE_VLAN = 0x9100


TAG_TYPES = frozenset({0x8100, 0x88A8, 0x9100})
"""The types that open a VLAN tag: customer, service, and the service tag from before 802.1ad."""


@dataclass(frozen=True, slots=True)
class VlanTag:
    """A VLAN tag (IEEE 802.1Q 9.6): `priority` 0 to 7, `vlan` 0 to 4095."""

    tpid: int
    priority: int
    drop_eligible: bool
    vlan: int

    @classmethod
    def of_words(cls, tpid: int, control: int) -> VlanTag:
        """Take the two words of a tag apart."""
        return cls(tpid, control >> 13, bool(control & 0x1000), control & 0xFFF)

    def encode(self) -> bytes:
        """Give the four bytes; raises `UsageError` for a field out of range."""
        if self.tpid not in TAG_TYPES:
            unfit("vlan tag tpid", self.tpid, "one of 0x8100, 0x88a8, 0x9100")
        priority = unsigned(self.priority, 3, "vlan tag priority")
        vlan = unsigned(self.vlan, 12, "vlan tag vlan")
        return _TAG.pack(self.tpid, priority << 13 | bool(self.drop_eligible) << 12 | vlan)


@dataclass(frozen=True, slots=True)
class Ethernet:
    """A frame. `ethertype` is the number that stood there, a length where `is_length` says so."""

    destination: Mac
    source: Mac
    ethertype: int
    payload: bytes = b""
    tags: tuple[VlanTag, ...] = ()

    @property
    def is_length(self) -> bool:
        """Tell whether `ethertype` is an 802.3 length, so that the payload begins with LLC."""
        return self.ethertype <= LONGEST_DATA

    @property
    def data(self) -> bytes:
        """The payload without padding where the frame says how long it is, else all of it."""
        return self.payload[: self.ethertype] if self.is_length else self.payload

    @property
    def vlan(self) -> int | None:
        """The VLAN of the outermost tag."""
        return self.tags[0].vlan if self.tags else None

    @classmethod
    def decode(cls, data: Buffer) -> Ethernet:
        """Take a frame apart; raises `DecodeError`, nothing else."""
        frame = data if type(data) is bytes else bytes(data)
        if len(frame) < HEADER_LENGTH:
            Reader(frame, LAYER, section=SECTION).unpack(_HEADER, "header")
        destination, source, kind = _HEADER.unpack_from(frame)
        at = HEADER_LENGTH
        tags: tuple[VlanTag, ...] = ()
        if kind in TAG_TYPES:
            kind, at, tags = _tags(frame)
        if kind < FIRST_TYPE:
            _check_length(frame, kind, at)
        return cls(Mac.of_octets(destination), Mac.of_octets(source), kind, frame[at:], tags)

    def encode(self, minimum: int = 0) -> bytes:
        """Give the frame, padded with zeros to `minimum` bytes (`MINIMUM_LENGTH` on real wire).

        Raises `UsageError` for a field out of range.
        """
        if len(self.destination) != LENGTH or len(self.source) != LENGTH:
            octets(self.destination, LENGTH, "ethernet destination")
            octets(self.source, LENGTH, "ethernet source")
        try:
            if self.tags:
                tags = b"".join([tag.encode() for tag in self.tags])
                kind = self.ethertype.to_bytes(2, "big")
                frame = self.destination + self.source + tags + kind + self.payload
            else:
                header = _HEADER.pack(self.destination, self.source, self.ethertype)
                frame = header + self.payload
        except (error, OverflowError):
            unsigned(self.ethertype, 16, "ethernet ethertype")
            raise
        return frame if len(frame) >= minimum else frame.ljust(minimum, b"\0")


def _tags(frame: bytes) -> tuple[int, int, tuple[VlanTag, ...]]:
    """Give the type behind the tags, the offset of the payload, and the tags."""
    reader = Reader(frame, LAYER, section="IEEE 802.1Q 9.6")
    reader.take(2 * LENGTH, "addresses")
    tags = []
    while (kind := reader.u16("type")) in TAG_TYPES:
        tags.append(VlanTag.of_words(kind, reader.u16("tag control")))
    return kind, reader.at, tuple(tags)


def _check_length(frame: bytes, length: int, at: int) -> None:
    """Refuse a length that the frame does not have, and what is neither length nor type."""
    reader = Reader(frame, LAYER, section=SECTION)
    if length > LONGEST_DATA:
        reader.refuse("type", length, "a length up to 1500 or a type from 1536", at=at - 2)
    if length > len(frame) - at:
        reader.refuse("length", length, f"at most {len(frame) - at}", at=at - 2)
