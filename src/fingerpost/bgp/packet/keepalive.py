"""KEEPALIVE (RFC 4271 4.4): a header and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.packet.header import encode_header


@dataclass(frozen=True, slots=True)
class Keepalive:
    """I am there."""

    kind: ClassVar[MessageType] = MessageType.KEEPALIVE

    def encode(self) -> bytes:
        """As bytes of the wire, header and all."""
        return encode_header(self.kind, b"")
