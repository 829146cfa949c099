"""NEXT_HOP (RFC 4271 5.1.3) in canonical form, which is that of MP_REACH_NLRI too.

4 octets: IPv4. 16: IPv6. 32: a global and a link-local address (RFC 2545 3). Where there is a
link-local one on a session that has an interface, 4 octets follow: the number of that. Families
that are carried only have whatever they came with. Nothing at all: we are it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.bgp.attributes.attribute import WELL_KNOWN, Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_WITH_SCOPE = (20, 36)


@dataclass(frozen=True, slots=True)
class NextHop:
    """Where packets go."""

    octets: bytes = b""
    code: ClassVar[int] = Type.NEXT_HOP
    flags: ClassVar[int] = WELL_KNOWN

    @classmethod
    def of(cls, *addresses: Address, scope: int | None = None) -> NextHop:
        """One address, or a global and a link-local one; `scope`: the number of its interface."""
        tail = b"" if scope is None else scope.to_bytes(4, "big")
        return cls(b"".join(one.packed for one in addresses) + tail)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> NextHop:
        """Read the value, whatever its length."""
        del flags
        return cls(reader.rest())

    def value(self) -> bytes:
        """As it stands there."""
        return self.octets

    @property
    def scope(self) -> int:
        """The number of the interface that a link-local address is on; 0: none."""
        return int.from_bytes(self.octets[-4:], "big") if len(self.octets) in _WITH_SCOPE else 0

    @property
    def addresses(self) -> tuple[Address, ...]:
        """One, or a global and a link-local one; none where the form is of another family."""
        octets = self.octets[:-4] if len(self.octets) in _WITH_SCOPE else self.octets
        match len(octets):
            case 4 | 16:
                return (Address(octets),)
            case 32:
                return Address(octets[:16]), Address(octets[16:])
        return ()

    def __str__(self) -> str:
        """The addresses, or hex digits; "ourselves" for nothing."""
        if not self.octets:
            return "ourselves"
        scope = f"%{self.scope}" if self.scope else ""
        return " ".join(map(str, self.addresses)) + scope if self.addresses else self.octets.hex()
