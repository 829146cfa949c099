"""Parameter problem (RFC 4443 3.4).

+---------------+---------------+-------------------------------+
|    type 4     |     code      |           checksum            |
+---------------+---------------+-------------------------------+
|            pointer, in bytes of the quoted packet             |
+---------------------------------------------------------------+
|                         quoted packet                         |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmpv6_message import HEAD_WORD, Icmpv6Message, Icmpv6Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class ParameterProblem(Icmpv6Message):
    """A header does not hold; `code` is a `ParameterProblemCode`, `pointer` the byte at fault.

    The pointer may point beyond the quote, where the fault did not fit it.
    """

    code: int
    pointer: int
    quote: bytes

    TYPE = Icmpv6Type.PARAMETER_PROBLEM

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the pointer and the quote."""
        return cls(code, reader.u32("pointer"), reader.rest())

    def pack(self) -> bytes:
        """Give the header and the quote."""
        return HEAD_WORD.pack(self.TYPE, self.code, 0, self.pointer) + self.quote
