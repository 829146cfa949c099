"""What a fragment says of itself, the same for both IP versions (RFC 791 3.2, RFC 8200 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.wire.ipv6_extension import walk

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.wire.ipv4 import Ipv4
    from fingerpost.wire.ipv6 import Ipv6

FragmentKey: TypeAlias = "tuple[Address, Address, int, int | None]"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece of a packet: bytes `offset` up to `end` of what was cut into pieces.

    `protocol` is that of the whole: the upper layer, or the extension header that it begins with.
    """

    source: Address
    destination: Address
    protocol: int
    identification: int
    offset: int
    more: bool
    payload: bytes

    @property
    def key(self) -> FragmentKey:
        """What the pieces of one packet have in common.

        IPv4 compares the protocol as well (RFC 791 3.2), IPv6 does not: later fragments may name
        another next header than the first, whose value counts (RFC 8200 4.5).
        """
        protocol = self.protocol if self.source.version == 4 else None
        return self.source, self.destination, self.identification, protocol

    @property
    def end(self) -> int:
        """The offset after the last byte."""
        return self.offset + len(self.payload)

    @property
    def is_first(self) -> bool:
        """Tell whether this piece has the upper-layer header."""
        return self.offset == 0

    @property
    def is_last(self) -> bool:
        """Tell whether `end` is the length of the whole."""
        return not self.more

    @property
    def is_aligned(self) -> bool:
        """Tell whether its length is a multiple of 8, as of all but the last piece it must be."""
        return self.is_last or len(self.payload) % 8 == 0

    def __str__(self) -> str:
        """Say which bytes of which packet this is."""
        after = "more follow" if self.more else "the last"
        last = f"to {self.end - 1}" if self.payload else "and none"
        return f"fragment 0x{self.identification:x}: bytes {self.offset} {last}, {after}"


def fragment_of_ipv4(packet: Ipv4) -> Fragment | None:
    """Give what a packet says of itself as a piece, None when it is whole."""
    if not packet.is_fragment:
        return None
    return Fragment(
        packet.source,
        packet.destination,
        packet.protocol,
        packet.identification,
        packet.fragment_offset,
        packet.more_fragments,
        packet.payload,
    )


def fragment_of_ipv6(packet: Ipv6) -> Fragment | None:
    """Give what a packet says of itself as a piece, None without a fragment header.

    An atomic fragment (RFC 6946), which is whole in spite of its header, is given too. Raises
    `DecodeError` for extension headers that are malformed before the fragment header or, in the
    first piece, behind it.
    """
    chain = walk(packet.next_header, packet.payload)
    header = chain.fragment
    if header is None:
        return None
    at = chain.headers.index(header) + 1
    inner = b"".join(after.encode() for after in chain.headers[at:])
    return Fragment(
        packet.source,
        packet.destination,
        header.next_header,
        header.identification,
        header.offset,
        header.more,
        inner + chain.payload,
    )
