"""Capabilities as bits, counted from the left (RFC 7770 2.3 to 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.wire.fields import unfit

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader

WORD = 4


class Capability(IntEnum):
    """The informational capabilities, by the number of their bit (RFC 7770 2.4)."""

    GRACEFUL_RESTART = 0
    GRACEFUL_RESTART_HELPER = 1
    STUB_ROUTER = 2
    TRAFFIC_ENGINEERING = 3
    POINT_TO_POINT_OVER_LAN = 4
    EXPERIMENTAL_TE = 5


@dataclass(frozen=True, slots=True)
class _Capabilities:
    """Bits as they stand, in whole words."""

    bits: bytes

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        if reader.remaining % WORD:
            found = f"{reader.remaining} bytes long"
            reader.refuse("capabilities", found, "a multiple of 4", "RFC 7770 2.4", at=reader.at)
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the value."""
        if not isinstance(self.bits, bytes) or len(self.bits) % WORD:
            unfit("capabilities", self.bits, "bytes, a multiple of 4 of them")
        return self.bits

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the bits that are set."""
        return tuple(
            8 * at + bit for at, octet in enumerate(self.bits) for bit in range(8)
            if octet & 0x80 >> bit
        )  # fmt: skip


class InformationalCapabilities(_Capabilities):
    """What the router says of itself to whoever reads; `Capability` names the numbers."""

    __slots__ = ()
    TYPE: ClassVar = 1

    @classmethod
    def of(cls, *capabilities: int) -> InformationalCapabilities:
        """Set the bits of these numbers, all below 32."""
        word = sum(1 << 31 - number for number in set(capabilities))
        return cls(word.to_bytes(WORD, "big"))


class FunctionalCapabilities(_Capabilities):
    """What others must act upon; none is defined (RFC 7770 2.6)."""

    __slots__ = ()
    TYPE: ClassVar = 2
