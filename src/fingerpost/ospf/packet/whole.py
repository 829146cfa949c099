"""A packet of either version as one value, for those who only look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.packet import v2, v3
from fingerpost.ospf.packet.body import Body
from fingerpost.ospf.packet.header import PacketHeader

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.addr import Address


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet, and what follows it: a digest, an LLS block, an authentication trailer."""

    header: PacketHeader
    body: Body
    trailer: bytes = b""

    @classmethod
    def decode(cls, data: Buffer) -> Packet:
        """Take a packet apart, by the version that it says; raises `DecodeError`, nothing else.

        Checksums are not looked at, and a version other than 3 is taken for 2.
        """
        octets = data if type(data) is bytes else bytes(data)
        codec = v3 if octets[:1] == b"\x03" else v2
        header = codec.decode_header(octets)
        return cls(header, codec.decode_body(header, octets), codec.trailer(header, octets))

    def encode(self, source: Address | None = None, destination: Address | None = None) -> bytes:
        """Give the packet with its length and checksum, and its trailer as it stands.

        The addresses are those of version 3's checksum, which is zero without them. Raises
        `UsageError` for a field out of range.
        """
        header = self.header
        ids = (header.router_id, header.area_id, header.instance_id)
        if header.version == v3.VERSION:
            return v3.encode(*ids, self.body, source, destination) + self.trailer
        data = v2.encode(
            *ids,
            self.body,
            authentication_type=header.authentication_type,
            authentication=header.authentication,
        )
        return data + self.trailer
