"""The header that begins every LSA (RFC 2328 A.4.1, RFC 5340 A.4.2), and the key that it holds.

 0               2       3       4
+---------------+-------+-------+
|      age      |options| type  |   version 2
+---------------+-------+-------+
|      age      |     type      |   version 3
+---------------+---------------+
|         link state id         |
+-------------------------------+
|      advertising router       |
+-------------------------------+
|        sequence number        |   signed
+---------------+---------------+
|   checksum    |    length     |   length: header included
+---------------+---------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.ospf.text import dotted
from fingerpost.wire.fields import unfit, unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

LAYER = "ospf lsa"
HEADER_LENGTH = 20
LONGEST = 0xFFFF  # of an LSA, its header included
DO_NOT_AGE = 0x8000  # the highest bit of the age (RFC 1793 2.2)
SECTIONS = {2: "RFC 2328 A.4.1", 3: "RFC 5340 A.4.2"}

V2 = Struct("!HBBIIiHH")
V3 = Struct("!HHIIiHH")


class LsaKey(NamedTuple):
    """What tells one LSA from another (RFC 2328 12.1): type, link state id, advertising router."""

    type: int
    id: int
    router: int

    def __str__(self) -> str:
        """Name it as `5 10.0.0.0 of 10.0.0.1`; types of version 3 in hex."""
        kind = f"{self.type:#06x}" if self.type > 0xFF else str(self.type)
        return f"{kind} {dotted(self.id)} of {dotted(self.router)}"


@dataclass(frozen=True, slots=True)
class LsaHeader:
    """The header as it stands; `options` is 0 in version 3, where bodies hold them.

    `age` is in seconds and may have `DO_NOT_AGE` set. `sequence` is signed, so that its order is
    that of numbers: the first is -0x7fffffff (RFC 2328 12.1.6).
    """

    age: int
    options: int
    type: int
    id: int
    router: int
    sequence: int
    checksum: int
    length: int

    @property
    def key(self) -> LsaKey:
        """What it is an instance of."""
        return LsaKey(self.type, self.id, self.router)

    def encode(self, version: int) -> bytes:
        """Give the 20 bytes; raises `UsageError` for a field out of range."""
        try:
            if version == 2:
                return V2.pack(
                    self.age, self.options, self.type, self.id, self.router,
                    self.sequence, self.checksum, self.length,
                )  # fmt: skip
            return V3.pack(
                self.age, self.type, self.id, self.router,
                self.sequence, self.checksum, self.length,
            )  # fmt: skip
        except error:
            self._check(version)
            raise

    def _check(self, version: int) -> None:
        unsigned(self.age, 16, "lsa age")
        unsigned(self.options, 8, "lsa options")
        unsigned(self.type, 8 if version == 2 else 16, "lsa type")
        unsigned(self.id, 32, "lsa id")
        unsigned(self.router, 32, "lsa router")
        if not isinstance(self.sequence, int) or not -(1 << 31) <= self.sequence < 1 << 31:
            unfit("lsa sequence", self.sequence, "a signed number of 32 bits")
        unsigned(self.checksum, 16, "lsa checksum")
        unsigned(self.length, 16, "lsa length")


def read_header(reader: Reader, version: int) -> LsaHeader:
    """Read a header where the reader stands; `length` is not judged. Raises `DecodeError`."""
    if version == 2:
        return LsaHeader(*reader.unpack(V2, "header"))
    age, kind, *rest = reader.unpack(V3, "header")
    return LsaHeader(age, 0, kind, *rest)


def decode_headers(data: Buffer, version: int) -> Iterator[LsaHeader]:
    """Give the headers of a list without gaps, as descriptions and acknowledgments hold it.

    Raises `DecodeError` when the bytes are no multiple of 20.
    """
    octets = data if type(data) is bytes else bytes(data)
    if len(octets) % HEADER_LENGTH:
        reader = Reader(octets, LAYER, section=SECTIONS[version])
        reader.refuse("headers", f"{len(octets)} bytes long", "a multiple of 20")
    if version == 2:
        return (LsaHeader(*fields) for fields in V2.iter_unpack(octets))
    return (LsaHeader(age, 0, *rest) for age, *rest in V3.iter_unpack(octets))


def sequence_text(sequence: int) -> str:
    """Write a sequence number as everybody does: 0x80000001 is the first."""
    return f"0x{sequence & 0xFFFFFFFF:08x}"
