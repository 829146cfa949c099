"""What an interface's authenticator can do, of whatever kind it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.authentication.verdict import Verdict


class Authenticator(Protocol):
    """Signs what leaves an interface and judges what comes in.

    `now` is the time of day in nanoseconds everywhere. It keeps state (sequence numbers) and is of
    one interface or virtual link only.
    """

    @property
    def kind(self) -> str:
        """What it is in words, as verdicts name it: "none", "simple password" and so on."""
        ...

    @property
    def covers_checksum(self) -> bool:
        """Whether the digest stands in for the checksums of the packet and of its LLS block."""
        ...

    @property
    def overhead(self) -> int:
        """How many bytes at most it adds to a packet without an LLS block, whichever key signs."""
        ...

    def sign(self, packet: bytes, source: Address, now: int) -> bytes:
        """Give the bytes that leave, in place of an encoded packet with its checksum.

        What stands behind the packet's own length is its LLS block, with or without its checksum.
        `source` is the address that the packet will be sent from. The L-bit is the caller's, the
        AT-bit is set here.
        """
        ...

    def verify(self, payload: bytes, source: Address, now: int) -> Verdict:
        """Judge all that an IP packet from `source` carried; never raises, whatever the bytes.

        Of a packet that is believed the sequence number is kept.
        """
        ...

    def forget(self, router_id: int, source: Address) -> None:
        """Let a neighbour count anew: its state has become Down."""
        ...

    def is_expired(self, now: int) -> bool:
        """Whether no key may send any more; the last stays in use and somebody should be told."""
        ...

    def summary(self, now: int) -> dict[str, object]:
        """For `show`: `kind`, and of key chains `key_id` and `algorithm` of the key that signs."""
        ...

    def heard(self, router_id: int, source: Address) -> dict[str, object]:
        """For `show`: `key_id` and `sequence` last believed of a neighbour; empty if nothing."""
        ...
