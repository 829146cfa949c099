"""The 48-bit hardware address (IEEE 802-2014 8.2)."""

from __future__ import annotations

from typing import Self

from fingerpost.addr.embedded import parse_mac
from fingerpost.errors import AddressError

LENGTH = 6


class Mac(bytes):
    """Six octets of a hardware address; equal to, and usable as, those bytes.

    Takes text such as 02:00:00:00:00:01, 02-00-00-00-00-01 and 0200.0000.0001, or six bytes.
    Raises `AddressError` for anything else.
    """

    __slots__ = ()

    def __new__(cls, value: str | bytes) -> Self:
        """Read text or take octets."""
        octets = parse_mac(value)
        if len(octets) != LENGTH:
            raise AddressError(
                f"{value!r} has {len(octets)} octets; a MAC address has {LENGTH}", value, "mac"
            )
        return super().__new__(cls, octets)

    @classmethod
    def of_octets(cls, octets: bytes) -> Self:
        """Take six octets that a bounded read has counted; the fast way in for decoders."""
        return bytes.__new__(cls, octets)

    @property
    def is_multicast(self) -> bool:
        """Tell whether the group bit is set; the broadcast address is a group too."""
        return bool(self[0] & 1)

    @property
    def is_broadcast(self) -> bool:
        """Tell whether all bits are set."""
        return self == BROADCAST

    @property
    def is_local(self) -> bool:
        """Tell whether the address is locally administered, not assigned by the IEEE."""
        return bool(self[0] & 2)

    def __str__(self) -> str:
        """Write six lower-case pairs with colons."""
        return self.hex(":")

    def __repr__(self) -> str:
        """Write the call that gives this address."""
        return f"Mac('{self.hex(':')}')"

    def __format__(self, spec: str) -> str:
        """Format the colon form as text."""
        return format(str(self), spec)


BROADCAST = Mac.of_octets(b"\xff" * LENGTH)
