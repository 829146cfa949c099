"""Link state update: here they are (RFC 2328 A.3.5, RFC 5340 A.3.5).

    +-------------------------------+
    |        number of LSAs         |
    +-------------------------------+
    |            LSAs ...           |  whole, one behind the other

The body stays bytes: flooding works on them. `lsas` is for those who look at each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.errors import DecodeError
from fingerpost.ospf.lsa.checksum import CHECK_AT, checksum, is_right
from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, read_header
from fingerpost.ospf.packet.types import PacketType
from fingerpost.wire.fields import unfit
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = Struct("!I")
SECTIONS = {2: "RFC 2328 A.3.5", 3: "RFC 5340 A.3.5"}
PACKET_HEADERS = {2: 24, 3: 16}


@dataclass(frozen=True, slots=True)
class RawLsa:
    """An LSA whose header is read and whose body is not; `data` is all of it."""

    header: LsaHeader
    data: bytes


@dataclass(frozen=True, slots=True)
class LinkStateUpdate:
    """An update: the number of LSAs in four bytes, and the LSAs.

    `version` says how headers are laid out; it is no part of the message.
    """

    body: bytes
    version: int = field(default=2, compare=False, repr=False)

    TYPE: ClassVar = PacketType.UPDATE

    @classmethod
    def of(cls, lsas: Iterable[bytes], version: int = 2) -> LinkStateUpdate:
        """Put LSAs, each whole, into an update."""
        raw = list(lsas)
        return cls(COUNT.pack(len(raw)) + b"".join(raw), version)

    @property
    def count(self) -> int:
        """How many LSAs it says that it holds."""
        return int.from_bytes(self.body[:4], "big")

    def lsas(self, *, verify: bool = True) -> Iterator[RawLsa | DecodeError]:
        """Give each LSA, or in its place what is wrong with it; raises nothing.

        A wrong checksum costs one LSA (RFC 2328 13 step 1), which `verify` off lets pass. A length
        that cannot be ends the list, since nobody knows where the next begins. Offsets are those
        of the packet. What follows the last LSA is left alone.
        """
        reader = Reader(self.body, "ospf", PACKET_HEADERS[self.version])
        reader.section = SECTIONS[self.version]
        try:
            count = reader.u32("number of LSAs")
            for _ in range(count):
                yield self._next(reader, verify)
        except DecodeError as fault:
            yield fault

    def _next(self, reader: Reader, verify: bool) -> RawLsa | DecodeError:
        start = reader.at
        header = read_header(reader, self.version)
        room = reader.end - start
        if not HEADER_LENGTH <= header.length <= room:
            reader.refuse("LSA length", header.length, f"{HEADER_LENGTH} to {room}", at=start + 18)
        reader.at = start
        data = reader.take(header.length, "LSA")
        if not verify or is_right(data):
            return RawLsa(header, data)
        try:
            right = f"{checksum(data):#06x}"
            found = f"{header.checksum:#06x} in {header.key}"
            reader.refuse("LSA checksum", found, right, "RFC 2328 12.1.7", at=start + CHECK_AT)
        except DecodeError as fault:
            return fault

    @classmethod
    def read_v2(cls, reader: Reader) -> LinkStateUpdate:
        """Read the body of an update of version 2."""
        return cls(_read(reader), 2)

    @classmethod
    def read_v3(cls, reader: Reader) -> LinkStateUpdate:
        """Read the body of an update of version 3."""
        return cls(_read(reader), 3)

    def pack_v2(self) -> bytes:
        """Give the body; raises `UsageError` where it cannot be one."""
        if not isinstance(self.body, bytes) or len(self.body) < COUNT.size:
            unfit("ospf update body", self.body, "bytes, at least the number of LSAs")
        return self.body

    pack_v3 = pack_v2


def _read(reader: Reader) -> bytes:
    if reader.remaining < COUNT.size:
        reader.u32("number of LSAs")
    return reader.rest()
