"""The bounded reader that every decoder reads through: no read goes past the end.

Each read names its field, so that a short message and a refused value both say where they went
wrong. Fixed headers on the hot path are read by one `unpack`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire.mac import Mac

if TYPE_CHECKING:
    from struct import Struct

    from typing_extensions import Buffer

SHOWN_BYTES = 16


def shown(value: object) -> str:
    """Give a value for a message: bytes in hex and cut, numbers and text as they are."""
    if isinstance(value, bytes):
        return value[:SHOWN_BYTES].hex() + ("..." if len(value) > SHOWN_BYTES else "")
    return str(value)


class Reader:
    """Reads fields of one layer in order; every fault is a `DecodeError` that names its place.

    `layer` names the format in messages, `base` is the offset of `data[0]` as messages count
    (options of a header count from the header's first byte), `section` the clause that lays the
    fields out: it is cited when the data end too early.
    """

    __slots__ = ("_data", "_field_at", "at", "base", "end", "layer", "section")

    def __init__(
        self, data: Buffer, layer: str, base: int = 0, *, section: str | None = None
    ) -> None:
        """Begin at the first byte; a buffer other than bytes is copied."""
        self._data = data if type(data) is bytes else bytes(data)
        self.end = len(self._data)
        self.at = 0
        self.base = base
        self.layer = layer
        self.section = section
        self._field_at = 0

    @property
    def remaining(self) -> int:
        """How many bytes are not read yet."""
        return self.end - self.at

    def __bool__(self) -> bool:
        """Tell whether bytes are left."""
        return self.at < self.end

    def u8(self, field: str) -> int:
        """Read one byte as a number."""
        return self._data[self._advance(1, field)]

    def u16(self, field: str) -> int:
        """Read two bytes in network order."""
        return self._number(2, field)

    def u32(self, field: str) -> int:
        """Read four bytes in network order."""
        return self._number(4, field)

    def u64(self, field: str) -> int:
        """Read eight bytes in network order."""
        return self._number(8, field)

    def take(self, n: int, field: str) -> bytes:
        """Read exactly `n` bytes."""
        at = self._advance(n, field)
        return self._data[at : self.at]

    def mac(self, field: str) -> Mac:
        """Read a hardware address of six bytes."""
        return Mac.of_octets(self.take(6, field))

    def ip4(self, field: str) -> Address:
        """Read an IPv4 address."""
        return Address(self.take(4, field))

    def ip6(self, field: str) -> Address:
        """Read an IPv6 address."""
        return Address(self.take(16, field))

    def unpack(self, layout: Struct, field: str) -> tuple[Any, ...]:
        """Read a fixed header at once."""
        return layout.unpack_from(self._data, self._advance(layout.size, field))

    def rest(self) -> bytes:
        """Read all that is left, which may be nothing."""
        at, self.at = self.at, self.end
        self._field_at = at
        return self._data[at:]

    def peek(self, n: int) -> bytes:
        """Give the next `n` bytes, or the fewer that are left, and do not move."""
        return self._data[self.at : self.at + n]

    def sub(self, n: int, field: str, layer: str | None = None) -> Reader:
        """Take `n` bytes as a reader of their own that counts offsets as this one does."""
        base = self.base + self.at
        return Reader(self.take(n, field), layer or self.layer, base, section=self.section)

    def refuse(
        self,
        field: str,
        value: object,
        expected: str,
        section: str | None = None,
        *,
        at: int | None = None,
    ) -> NoReturn:
        """Raise the `DecodeError` for a value that was read.

        The offset is that of the last read; `at` (as `Reader.at` counts) names another.
        """
        offset = self.base + (self._field_at if at is None else at)
        section = section or self.section
        place, clause = f"{self.layer}, offset {offset}", f" ({section})" if section else ""
        raise DecodeError(
            f"{place}: {field} is {shown(value)}, expected {expected}{clause}",
            layer=self.layer,
            offset=offset,
            field=field,
            value=value,
            section=section,
        )

    def finish(self, field: str = "trailing bytes", section: str | None = None) -> None:
        """Refuse bytes that are left over."""
        if self.at < self.end:
            left = self.rest()
            self.refuse(field, left, "the end", section)

    def _number(self, n: int, field: str) -> int:
        at = self._advance(n, field)
        return int.from_bytes(self._data[at : self.at], "big")

    def _advance(self, n: int, field: str) -> int:
        at = self._field_at = self.at
        if not 0 <= n <= self.end - at:
            self.refuse(field, f"{self.end - at} bytes long", f"{n} bytes")
        self.at = at + n
        return at
