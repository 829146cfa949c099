"""The MD5 option of virtual hosts beside that of Linux: what one signs is good to the other."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.host.linux.sockets.tcp_listener import TcpListener
from fingerpost.host.linux.sockets.tcp_security import Md5Key
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings
from fingerpost.host.linux.sockets.tcp_stream import TcpStream, connect
from fingerpost.host.tcp_connection import Endpoint
from fingerpost.host.tcp_md5 import LENGTH, signed, verified
from fingerpost.protocol.events import StreamOptions
from linux.cable import End, cable
from linux.inside import inside
from netns import require_root

KEY = b"correct horse"
ALL_FRAMES = 0x0003
PAIRS = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    with cable(*PAIRS) as both:
        yield both


def talk(ends: tuple[End, End], peer: Address) -> list[bytes]:
    """The packets of a signed conversation between two kernels."""
    with inside(ends[1].space):
        listener = TcpListener(Endpoint(peer, 179))
        own = Prefix("0.0.0.0/0" if peer.version == 4 else "::/0")
        assert listener.set_peers([(own, StreamOptions(md5=KEY))]) == []
    with inside(ends[0].space):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
        tap.bind(("va", 0))
        left = connect(Endpoint(peer, 179), TcpSettings(keys=(Md5Key(Prefix(peer), KEY),)))
    try:
        select.select([listener], [], [], 3)
        (right,) = listener.receive(1) or (None,)
        assert isinstance(right, TcpStream)
        select.select([], [left], [], 3)
        assert left.finish_connecting()
        left.send(bytes(range(256)) * 8)
        left.finish()
        end = time.monotonic() + 3
        while right.receive() != b"" and time.monotonic() < end:
            select.select([right], [], [], 0.1)
        right.close()
        return list(segments(tap, 4 if peer.version == 4 else 6))
    finally:
        for one in (left, listener, tap):
            one.close()


def segments(tap: socket.socket, version: int) -> Iterator[bytes]:
    tap.settimeout(0.3)
    try:
        while True:
            packet = tap.recv(65_535)[14:]
            if packet[0] >> 4 == version and packet[9 if version == 4 else 6] == 6:
                yield packet
    except TimeoutError:
        return


@pytest.mark.parametrize("peer", ["10.0.0.2", "2001:db8::2"])
def test_what_the_kernel_signs_is_good_and_is_what_we_would_have_signed(
    ends: tuple[End, End], peer: str
) -> None:
    packets = talk(ends, Address(peer))
    assert len(packets) >= 6
    for packet in packets:
        at = 20 if packet[0] >> 4 == 4 else 40
        assert verified(packet, at, KEY) is not None
        assert verified(packet, at, b"battery staple") is None
        damaged = packet[: at + 4] + bytes((packet[at + 4] ^ 1,)) + packet[at + 5 :]  # sequence
        assert verified(damaged, at, KEY) is None
        again = signed(_without_options(packet, at), KEY)
        assert verified(again, at, KEY) is not None


def _without_options(packet: bytes, at: int) -> bytes:
    """The same segment without options, and with any checksum."""
    end = at + (packet[at + 12] >> 4) * 4
    header = bytearray(packet[: at + 20])
    header[at + 12] = 5 << 4
    if at == 20:
        header[2:4] = (len(packet) - end + 40).to_bytes(2, "big")
    else:
        header[4:6] = (len(packet) - end + 20).to_bytes(2, "big")
    return bytes(header) + packet[end:]


@pytest.mark.parametrize(
    "options",
    [b"", b"\1" * 12, b"\0" * 4, b"\x13\x12", b"\x13\x04\0\0", b"\x02\x00\1\1", b"\x02\xff\1\1"],
)
def test_options_that_are_damaged_or_others_are_no_signature(options: bytes) -> None:
    options += b"\1" * (-len(options) % 4)
    offset = 5 + len(options) // 4
    tcp = bytes(12) + bytes((offset << 4, 2)) + bytes(6) + options
    ip = b"\x45\0" + (20 + len(tcp)).to_bytes(2, "big") + bytes(5) + b"\6" + bytes(10)
    assert verified(ip + tcp, 20, KEY) is None
    for length in range(20, len(ip + tcp)):
        assert verified((ip + tcp)[:length], 20, KEY) is None


def test_a_signature_finds_room_beside_other_options() -> None:
    for count in range(11):
        tcp = bytes(12) + bytes(((5 + count) << 4, 16)) + bytes(6) + b"\1" * (4 * count) + b"data"
        ip = b"\x45\0" + (20 + len(tcp)).to_bytes(2, "big") + bytes(5) + b"\6" + bytes(10)
        packet = signed(ip + tcp, KEY)
        kept = count if count <= 5 else 0
        assert len(packet) == 20 + 20 + 4 * kept + LENGTH + 2 + 4
        assert packet[32] >> 4 == 5 + kept + 5
        found = verified(packet, 20, KEY)
        assert found is not None
        assert found[-4:] == b"data"
        assert found[40 : 40 + LENGTH] == b"\1" * LENGTH
