"""Link-local signaling: a block of TLVs behind a Hello or a description (RFC 5613 2).

     0               2               4
    +---------------+---------------+
    |   checksum    |    length     |   length: of the whole block, in words
    +---------------+---------------+
    |             TLVs ...          |

It follows the packet; in version 2 a digest stands between them (RFC 2328 D.4.3), in version 3 an
authentication trailer comes after it (RFC 7166 2.1). What is authenticated has no checksum.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.tlv import WORD, Tlv, known, pack_tlvs, read_tlvs
from fingerpost.wire.checksum import checksum as internet_checksum
from fingerpost.wire.fields import unfit, unsigned
from fingerpost.wire.reader import Reader
from fingerpost.wire.sealing import packed

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER = "ospf lls"
SECTION = "RFC 5613 2.2"
HEADER_LENGTH = 4
LONGEST_WORDS = 0xFFFF
_HEAD = Struct("!HH")


class ExtendedFlags(IntFlag):
    """The flags of the extended options (RFC 5613 2.4)."""

    LR = 1  # can resynchronize out of band (RFC 4811)
    RS = 2  # restarts, and is not to be dropped for an empty list of neighbours (RFC 4812)


@dataclass(frozen=True, slots=True)
class ExtendedOptions:
    """More options; a number that `ExtendedFlags` names."""

    flags: int
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> ExtendedOptions:
        """Read the value."""
        return cls(reader.u32("extended options"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.flags, 32, "extended options").to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class CryptographicAuthentication:
    """The sequence number of the packet, and a digest over the block (RFC 5613 2.5).

    It belongs to version 2; its key is that of the packet.
    """

    sequence: int
    digest: bytes
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> CryptographicAuthentication:
        """Read the value."""
        return cls(reader.u32("sequence number"), reader.rest())

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.sequence, 32, "lls sequence").to_bytes(4, "big") + self.digest


_KNOWN = known(ExtendedOptions, CryptographicAuthentication)


@dataclass(frozen=True, slots=True)
class LlsBlock:
    """A block: its TLVs in the order in which they came."""

    tlvs: tuple[Tlv, ...] = ()

    @property
    def extended_options(self) -> ExtendedFlags:
        """The extended options; none where none are said."""
        found = (one.flags for one in self.tlvs if isinstance(one, ExtendedOptions))
        return ExtendedFlags(next(found, 0))

    @property
    def authentication(self) -> CryptographicAuthentication | None:
        """The digest over the block, where it has one."""
        found = (one for one in self.tlvs if isinstance(one, CryptographicAuthentication))
        return next(found, None)

    @classmethod
    def decode(cls, data: Buffer, *, verify: bool = True) -> LlsBlock:
        """Take a block apart, and nothing after it; raises `DecodeError`."""
        block, rest = split(data, verify=verify)
        if rest:
            reader = Reader(data, LAYER, section=SECTION)
            reader.take(reader.end - len(rest), "block")
            reader.finish("bytes after the block")
        return block

    def encode(self, *, has_checksum: bool = True) -> bytes:
        """Give the block; raises `UsageError` for a field out of range.

        A block with a digest has no checksum (RFC 5613 2.2), and `has_checksum` off leaves it out
        for one that is followed by an authentication trailer.
        """
        body = packed(lambda: pack_tlvs(self.tlvs), "LLS block")
        words = (HEADER_LENGTH + len(body)) // WORD
        if words > LONGEST_WORDS:
            unfit("lls block", f"{words} words long", f"at most {LONGEST_WORDS}")
        data = _HEAD.pack(0, words) + body
        if not has_checksum or self.authentication is not None:
            return data
        return internet_checksum(data).to_bytes(2, "big") + data[2:]


def split(data: Buffer, *, verify: bool = True) -> tuple[LlsBlock, bytes]:
    """Give the block that begins `data`, and what follows it; raises `DecodeError`.

    `verify` off lets any checksum pass, as for packets with an authentication trailer. That of a
    block with a digest is not looked at.
    """
    octets = data if type(data) is bytes else bytes(data)
    reader = Reader(octets, LAYER, section=SECTION)
    check, words = reader.unpack(_HEAD, "checksum and length")
    length = WORD * words
    if not HEADER_LENGTH <= length <= reader.end:
        reader.refuse("length", words, f"1 to {reader.end // WORD} words", at=2)
    block = LlsBlock(read_tlvs(reader.sub(length - HEADER_LENGTH, "TLVs"), _KNOWN))
    if verify and block.authentication is None and internet_checksum(octets[:length]):
        right = internet_checksum(b"\0\0" + octets[2:length])
        reader.refuse("checksum", f"{check:#06x}", f"{right:#06x}", at=0)
    return block, octets[length:]
