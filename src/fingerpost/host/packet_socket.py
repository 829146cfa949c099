"""A real interface, by a packet socket: what comes in is read, what we send goes out on the wire.

packet(7). The kernel still sees the frames too; give the interface no address of its own. Frames
of a veth whose other end offloads checksums arrive with the sum not done; the virtio header that
PACKET_VNET_HDR puts before each frame says so, and it is done here, as is the cutting of large
segments (`segmentation`).
"""

from __future__ import annotations

import errno
import socket
import struct

from fingerpost.host.port import BATCH
from fingerpost.host.segmentation import segments
from fingerpost.wire.checksum import checksum

_SOL_PACKET = 263
_PACKET_ADD_MEMBERSHIP = 1
_PACKET_VNET_HDR = 15
_PACKET_IGNORE_OUTGOING = 23
_MR_PROMISC = 1
_ETH_P_ALL = 0x0003
_LARGEST = 65536 + 32
# struct virtio_net_hdr: flags, gso_type, hdr_len, gso_size, csum_start, csum_offset
_HEADER = struct.Struct("=BBHHHH")
_NEEDS_CHECKSUM = 1
_PLAIN = bytes(_HEADER.size)
_LOST = {errno.EAGAIN, errno.ENOBUFS, errno.ENETDOWN, errno.EMSGSIZE}


class PacketPort:
    """An interface of this machine, in promiscuous mode while it is open."""

    def __init__(self, name: str) -> None:
        """Open the interface `name`; raises `OSError` where it is not there or not allowed."""
        self.name = name
        self.unknown = 0  # large frames of a kind that could not be cut
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
            self._socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
            self._socket.bind((name, _ETH_P_ALL))
            request = struct.pack("=iHH8x", socket.if_nametoindex(name), _MR_PROMISC, 0)
            self._socket.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, request)
        except OSError as error:
            self._socket.close()
            raise OSError(error.errno, error.strerror, name) from None

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._socket.fileno()

    def receive(self) -> list[bytes]:
        """The frames that came in, checksums done."""
        frames: list[bytes] = []
        for _ in range(BATCH):
            try:
                data = self._socket.recv(_LARGEST)
            except OSError as error:
                if error.errno in _LOST:
                    break
                raise
            done = self._finished(data)
            self.unknown += not done
            frames += done
        return frames

    @staticmethod
    def _finished(data: bytes) -> list[bytes]:
        """The frames that the wire would carry; none for a kind of large frame not known here."""
        flags, kind, _, size, start, offset = _HEADER.unpack_from(data)
        frame = data[_HEADER.size :]
        if kind:
            return segments(frame, kind, size, start) or []
        at = start + offset
        if not flags & _NEEDS_CHECKSUM or at + 2 > len(frame):
            return [frame]
        # the field holds the sum of the pseudo-header; the sum over all from `start` completes it
        done = checksum(frame[start:]) or 0xFFFF  # as UDP writes zero (RFC 768)
        return [frame[:at] + done.to_bytes(2, "big") + frame[at + 2 :]]

    def send(self, frame: bytes) -> bool:
        """Put a frame on the wire."""
        try:
            self._socket.send(_PLAIN + frame)
        except OSError as error:
            if error.errno in _LOST:
                return False
            raise
        return True

    def close(self) -> None:
        """Close the socket, which ends promiscuous mode."""
        self._socket.close()
