"""Identification numbers of the packets that we may have to cut (RFC 6864, RFC 7739).

IPv4 has 16 bits, so a counter keeps them apart longest (RFC 6864 4.3). IPv6 has 32 bits, drawn at
random so that nobody can guess them (RFC 7739 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


class Identifiers:
    """The numbers of one router."""

    __slots__ = ("_next", "_rng")

    def __init__(self, rng: Random) -> None:
        """Begin anywhere."""
        self._rng = rng
        self._next = rng.getrandbits(16)

    def ipv4(self) -> int:
        """The next number for an IPv4 packet, never 0, which says that none is set."""
        self._next = self._next % 0xFFFF + 1
        return self._next

    def ipv6(self) -> int:
        """A number for an IPv6 packet that is cut."""
        return self._rng.getrandbits(32)
