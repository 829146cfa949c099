"""ARP for IPv4 over Ethernet (RFC 826; uses after RFC 5227).

     0              2              4     5     6           8            14          18
    +--------------+--------------+-----+-----+-----------+------------+-----------+--------------
    | hardware = 1 | proto = 800h | 6   | 4   | operation | sender MAC | sender IP | target, so too
    +--------------+--------------+-----+-----+-----------+------------+-----------+--------------

Other hardware and protocols are refused: nobody here could use them. Bytes after the 28th are the
padding of a short frame; they are not kept, so a padded message is encoded without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.wire.fields import octets, packed, unsigned
from fingerpost.wire.mac import LENGTH, Mac
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

_LAYOUT = Struct("!HHBBH6s4s6s4s")
# field, offset and what an ARP of IPv4 over Ethernet has there
_FIXED = (
    ("hardware type", 0, 1),
    ("protocol type", 2, 0x0800),
    ("hardware length", 4, 6),
    ("protocol length", 5, 4),
)


class ArpOperation(IntEnum):
    """What an ARP message does; decoders give plain numbers, which compare equal to these."""

    REQUEST = 1
    REPLY = 2


@dataclass(frozen=True, slots=True)
class Arp:
    """An ARP message; a request leaves `target_mac` open, a probe also `sender_ip`."""

    operation: int
    sender_mac: Mac
    sender_ip: Address
    target_mac: Mac
    target_ip: Address

    @property
    def is_probe(self) -> bool:
        """Tell whether this asks if an address is free (RFC 5227 1.1): no sender address."""
        return self.operation == ArpOperation.REQUEST and int(self.sender_ip) == 0

    @property
    def is_announcement(self) -> bool:
        """Tell whether this says who has an address: sender and target are one.

        RFC 5227 1.1 says so by a request; replies of this form say the same.
        """
        return self.sender_ip == self.target_ip and int(self.sender_ip) != 0

    @classmethod
    def decode(cls, data: Buffer) -> Arp:
        """Take a message apart; raises `DecodeError`, nothing else."""
        reader = Reader(data, "arp", section="RFC 826")
        *fixed, operation, sender, sender_ip, target, target_ip = reader.unpack(_LAYOUT, "message")
        for (field, at, expected), value in zip(_FIXED, fixed, strict=True):
            if value != expected:
                reader.refuse(field, value, str(expected), at=at)
        return cls(
            operation,
            Mac.of_octets(sender),
            Address(sender_ip),
            Mac.of_octets(target),
            Address(target_ip),
        )

    def encode(self) -> bytes:
        """Give the 28 bytes; raises `UsageError` for a field out of range."""
        return _LAYOUT.pack(
            *(value for _, _, value in _FIXED),
            unsigned(self.operation, 16, "arp operation"),
            octets(self.sender_mac, LENGTH, "arp sender_mac"),
            packed(self.sender_ip, 4, "arp sender_ip"),
            octets(self.target_mac, LENGTH, "arp target_mac"),
            packed(self.target_ip, 4, "arp target_ip"),
        )
