"""Capture files: both formats, both byte orders, all time units, and hostile files."""

from __future__ import annotations

import io
import struct
import tracemalloc
from typing import IO, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.pcap import (
    ETHERNET,
    LONGEST_FRAME,
    RAW_IP,
    Captured,
    PcapngWriter,
    PcapWriter,
    read,
)
from fingerpost.wire.pcapng_read import LONGEST_BLOCK, MOST_INTERFACES
from wire.drawn import read_or_fault

ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
ORDER = st.sampled_from(ORDERS)
NS = st.integers(0, (1 << 32) * 1_000_000_000 - 1)
FRAME = st.binary(max_size=90)


def packets(data: bytes) -> list[Captured]:
    return list(read(io.BytesIO(data)))


@given(st.lists(st.tuples(NS, FRAME, st.integers(0, 9)), max_size=5), ORDER, st.booleans())
def test_pcap_files_come_back(
    rows: list[tuple[int, bytes, int]], order: Literal["little", "big"], nanoseconds: bool
) -> None:
    file = io.BytesIO()
    writer = PcapWriter(file, RAW_IP, nanoseconds=nanoseconds, byteorder=order)
    for instant, frame, cut in rows:
        writer.write(instant, frame, original_length=len(frame) + cut)
    unit = 1 if nanoseconds else 1000
    assert packets(file.getvalue()) == [
        Captured(instant - instant % unit, frame, len(frame) + cut, RAW_IP)
        for instant, frame, cut in rows
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, (1 << 64) - 1),
            FRAME,
            st.sampled_from(["a:eth0", "b:eth0", "c:eth1"]),
            st.none() | st.text(max_size=20),
        ),
        max_size=6,
    ),
    ORDER,
)
def test_pcapng_files_come_back(
    rows: list[tuple[int, bytes, str, str | None]], order: Literal["little", "big"]
) -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file, byteorder=order)
    numbers: dict[str, int] = {}
    for instant, frame, interface, comment in rows:
        numbers.setdefault(interface, len(numbers))
        writer.write(instant, frame, interface, comment)
    assert packets(file.getvalue()) == [
        Captured(instant, frame, len(frame), ETHERNET, numbers[name], comment, name)
        for instant, frame, name, comment in rows
    ]


def test_interfaces_are_named_or_numbered() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file)
    writer.write(1, b"first")  # describes an interface without a name
    assert writer.add_interface("raw", RAW_IP, "a tunnel") == 1
    writer.write(2, b"second", 1)
    writer.write(3, b"third", "raw")
    got = [(p.data, p.interface, p.interface_name, p.linktype) for p in packets(file.getvalue())]
    assert got == [
        (b"first", 0, None, ETHERNET),
        (b"second", 1, "raw", RAW_IP),
        (b"third", 1, "raw", RAW_IP),
    ]
    with pytest.raises(UsageError, match="interface is 2, expected a name, or a number below 2"):
        writer.write(4, b"", 2)
    with pytest.raises(UsageError, match="interface name is 'raw'"):
        writer.add_interface("raw")


def test_a_cut_packet_says_so() -> None:
    file = io.BytesIO()
    PcapngWriter(file).write(1, b"1234", original_length=1500)
    (packet,) = packets(file.getvalue())
    assert packet.is_cut
    assert packet.original_length == 1500


def block(kind: int, body: bytes, sign: str = "<", length: int | None = None) -> bytes:
    size = struct.pack(sign + "I", len(body) + 12 if length is None else length)
    return struct.pack(sign + "I", kind) + size + body + size


def section(sign: str = "<", major: int = 1) -> bytes:
    head = struct.pack(sign + "IHHq", 0x1A2B3C4D, major, 0, -1)
    return block(0x0A0D0D0A, head, sign)


def option(code: int, value: bytes, sign: str = "<") -> bytes:
    return struct.pack(sign + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(sign: str = "<", *, snap: int = 0, options: bytes = b"", linktype: int = 1) -> bytes:
    return block(1, struct.pack(sign + "HHI", linktype, 0, snap) + options, sign)


def packet(
    data: bytes, ticks: int = 0, sign: str = "<", number: int = 0, options: bytes = b""
) -> bytes:
    numbers = (number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    head = struct.pack(sign + "IIIII", *numbers)
    return block(6, head + data + bytes(-len(data) % 4) + options, sign)


@pytest.mark.parametrize(
    ("resolution", "ticks", "ns"),
    [
        (None, 5, 5_000),
        (6, 5, 5_000),
        (9, 5, 5),
        (0, 5, 5_000_000_000),
        (3, 5, 5_000_000),
        (12, 5_999, 5),
        (0x80, 5, 5_000_000_000),
        (0x80 | 10, 512, 500_000_000),
        (0x80 | 32, 1 << 31, 500_000_000),
        (127, (1 << 64) - 1, 0),
    ],
)
def test_every_resolution_of_a_timestamp_is_read(
    resolution: int | None, ticks: int, ns: int
) -> None:
    options = b"" if resolution is None else option(9, bytes((resolution,)))
    (got,) = packets(section() + interface(options=options) + packet(b"x", ticks))
    assert got.instant_ns == ns


@pytest.mark.parametrize("offset", [-3600, 0, 1_000_000])
def test_the_offset_of_an_interface_is_added_in_seconds(offset: int) -> None:
    options = option(14, struct.pack("<q", offset))
    (got,) = packets(section() + interface(options=options) + packet(b"x", 7))
    assert got.instant_ns == 7_000 + offset * 1_000_000_000


def test_sections_of_both_orders_each_with_interfaces_of_their_own() -> None:
    data = section("<") + interface("<", options=option(2, b"one")) + packet(b"a", 1, "<")
    data += section(">") + interface(">") + interface(">", linktype=RAW_IP)
    data += packet(b"b", 2, ">", 1)
    got = [(p.data, p.interface_name, p.linktype, p.instant_ns) for p in packets(data)]
    assert got == [(b"a", "one", ETHERNET, 1_000), (b"b", None, RAW_IP, 2_000)]


@pytest.mark.parametrize("sign", ["<", ">"])
def test_simple_and_obsolete_packets_are_read(sign: str) -> None:
    simple = block(3, struct.pack(sign + "I", 9) + b"12345\0\0\0", sign)
    old = block(2, struct.pack(sign + "HHIIII", 0, 7, 0, 3, 2, 60) + b"ab\0\0", sign)
    got = packets(section(sign) + interface(sign, snap=5) + simple + old)
    assert got == [Captured(None, b"12345", 9), Captured(3_000, b"ab", 60)]


def test_blocks_without_packets_are_passed_over() -> None:
    names, statistics, stranger = block(4, bytes(8)), block(5, bytes(12)), block(0xBAD, bytes(40))
    long = block(4, bytes(LONGEST_BLOCK + 4))
    data = section() + names + interface() + statistics + long + stranger + packet(b"x")
    assert [p.data for p in packets(data)] == [b"x"]


def test_several_comments_are_lines() -> None:
    options = (
        option(1, b"one") + option(2, b"\1") + option(1, "zwei \N{SNOWMAN}".encode()) + bytes(4)
    )
    (got,) = packets(section() + interface() + packet(b"x", options=options))
    assert got.comment == "one\nzwei \N{SNOWMAN}"


def test_a_comment_that_is_no_utf_8_is_read_all_the_same() -> None:
    (got,) = packets(section() + interface() + packet(b"x", options=option(1, b"\xff")))
    assert got.comment == "\N{REPLACEMENT CHARACTER}"


def test_the_link_type_of_pcap_leaves_out_the_bits_above_it() -> None:
    head = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 0x2400_0001)
    data = head + struct.pack("<IIII", 1, 2, 1, 1) + b"x"
    assert packets(data) == [Captured(1_000_002_000, b"x", 1, ETHERNET)]


PCAP = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
OPENED = section() + interface()


@pytest.mark.parametrize(
    ("data", "offset", "message"),
    [
        (b"", 0, "magic number is 0 bytes long"),
        (b"\xd4\xc3", 0, "magic number is 2 bytes long"),
        (b"#!/bin/sh", 0, "magic number is 23212f62"),
        (PCAP[:10], 4, "file header is 6 bytes long, expected 20 bytes; the file is cut"),
        (PCAP[:4] + b"\3" + PCAP[5:], 4, "version is 3.4"),
        (PCAP + bytes(15), 24, "packet header is 15 bytes long"),
        (PCAP + struct.pack("<IIII", 0, 0, 5, 5) + b"1234", 40, "packet is 4 bytes long"),
        (PCAP + struct.pack("<IIII", 0, 0, 1 << 31, 5), 32, "packet length is 2147483648"),
        (section()[:6], 4, "block length is 2 bytes long"),
        (section()[:8] + b"abcd", 8, "byte-order magic is 61626364"),
        (section(major=2), None, "major version is 2"),
        (block(0x0A0D0D0A, struct.pack("<I", 0x1A2B3C4D)), None, "section header is 4 bytes"),
        (section()[:4] + b"\x0d" + section()[5:], 4, "block length is 13, expected a multiple"),
        (OPENED + bytes(7), len(OPENED), "block header is 7 bytes long"),
        (OPENED + struct.pack("<II", 6, 8), len(OPENED) + 4, "block length is 8"),
        (OPENED + struct.pack("<II", 6, 0xFFFFFFFC), len(OPENED) + 4, "expected a multiple of 4"),
        (OPENED + struct.pack("<II", 9, 0xFFFFFFFC), len(OPENED) + 8, "block is 0 bytes long"),
        (OPENED + block(6, bytes(20))[:-4] + bytes(4), len(OPENED) + 28, "behind is 0"),
        (OPENED + block(6, bytes(16)), None, "packet block is 16 bytes long"),
        (OPENED + block(3, b""), len(OPENED) + 8, "packet block is 0 bytes long"),
        (OPENED + block(3, b"\5\0\0\0"), len(OPENED) + 8, "packet length is 5"),
        (section() + block(3, bytes(4)), len(section()), "interface is 0, expected less than 0"),
        (OPENED + packet(b"x", number=1), len(OPENED) + 8, "interface is 1"),
        (OPENED + block(6, bytes(12) + b"\1" + bytes(7)), len(OPENED) + 20, "packet length is 1"),
        (OPENED + packet(b"", options=b"\1\0\5\0ab\0\0"), len(OPENED) + 30, "option length is 5"),
        (section() + block(1, bytes(4)), len(section()) + 8, "interface description is 4 bytes"),
        (section() + interface(options=option(9, b"")), len(section()), "option 9 is 0 bytes"),
        (section() + interface(options=option(14, b"\1")), len(section()), "option 14 is 1 bytes"),
        (
            section() + interface(options=option(2, bytes(1025))),
            len(section()),
            "option 2 is 1025 bytes long, expected 0 to 1024",
        ),
    ],
)
def test_a_broken_file_is_refused_at_its_place(
    data: bytes, offset: int | None, message: str
) -> None:
    with pytest.raises(DecodeError, match=message) as caught:
        packets(data)
    assert caught.value.layer in ("pcap", "pcapng")
    assert offset in (None, caught.value.offset)


def test_packets_before_the_fault_are_given() -> None:
    reading = read(io.BytesIO(OPENED + packet(b"good") + b"bad"))
    assert next(reading).data == b"good"
    with pytest.raises(DecodeError, match="block header is 3 bytes long"):
        next(reading)


@given(st.binary(max_size=120), st.sampled_from([PCAP, section("<"), section(">"), OPENED, b""]))
def test_any_bytes_give_packets_or_a_fault(data: bytes, before: bytes) -> None:
    found = read_or_fault(packets, before + data)
    if isinstance(found, DecodeError):
        assert found.offset is not None
        assert 0 <= found.offset <= len(before + data)
    else:
        assert all(len(p.data) <= len(data) for p in found)


@given(st.data(), ORDER, st.booleans())
def test_a_file_with_changed_bytes_gives_packets_or_a_fault(
    data: st.DataObject, order: Literal["little", "big"], classic: bool
) -> None:
    file = io.BytesIO()
    writer = PcapWriter(file, byteorder=order) if classic else PcapngWriter(file, byteorder=order)
    for instant in range(3):
        writer.write(instant, bytes(20), 0, "comment")
    octets = bytearray(file.getvalue())
    for at in data.draw(st.lists(st.integers(0, len(octets) - 1), max_size=3)):
        octets[at] = data.draw(st.integers(0, 255))
    found = read_or_fault(packets, bytes(octets))
    if isinstance(found, DecodeError):
        assert found.layer in ("pcap", "pcapng")
    else:
        assert len(found) <= 3


class Endless(io.RawIOBase):
    """A file that begins as given and then repeats a block for ever."""

    def __init__(self, begin: bytes, repeated: bytes) -> None:
        super().__init__()
        self.buffer = begin
        self.repeated = repeated
        self.most = 0

    def read(self, n: int = -1) -> bytes:
        self.most = max(self.most, n)
        while len(self.buffer) < n:
            self.buffer += self.repeated * 64
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data


def test_endless_interfaces_are_refused_and_reads_stay_small() -> None:
    file = Endless(section(), interface())
    with pytest.raises(DecodeError, match=f"interfaces is {MOST_INTERFACES + 1}"):
        list(read(file))  # type: ignore[arg-type]
    assert file.most <= LONGEST_BLOCK


def test_a_block_that_claims_gigabytes_is_passed_over_in_small_pieces() -> None:
    class Zeros(Endless):
        def read(self, n: int = -1) -> bytes:
            self.most = max(self.most, n)
            if self.buffer:
                return super().read(n)
            return b""

    file = Zeros(section() + struct.pack("<II", 0xBAD, 0xFFFFFFFC), b"")
    tracemalloc.start()
    with pytest.raises(DecodeError, match="the file is cut"):
        list(read(file))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.most <= 65_536
    assert peak < 1 << 20


def test_a_block_full_of_comments_is_read_in_linear_time() -> None:
    options = option(1, b"") * ((LONGEST_BLOCK - 64) // 4)
    (got,) = packets(OPENED + packet(b"x", options=options))
    assert got.comment == "\n" * ((LONGEST_BLOCK - 64) // 4 - 1)


class Pipe(io.BytesIO):
    """A file that gives at most three bytes at a time, as a pipe may."""

    def read(self, n: int | None = -1, /) -> bytes:
        return super().read(min(n or 0, 3))


@pytest.mark.parametrize("kind", [PcapWriter, PcapngWriter])
def test_a_pipe_that_gives_little_at_a_time_is_read(
    kind: type[PcapWriter] | type[PcapngWriter],
) -> None:
    file: IO[bytes] = io.BytesIO()
    kind(file).write(5, b"frame")
    file.seek(0)
    assert [p.data for p in read(Pipe(file.read()))] == [b"frame"]


@pytest.mark.parametrize("kind", [PcapWriter, PcapngWriter])
def test_what_no_file_can_hold_is_the_callers_fault(
    kind: type[PcapWriter] | type[PcapngWriter],
) -> None:
    writer = kind(io.BytesIO())
    for instant in (-1, 1 << 70):
        with pytest.raises(UsageError, match="instant_ns"):
            writer.write(instant, b"")
    with pytest.raises(UsageError, match="frame length is 262145"):
        writer.write(0, bytes(LONGEST_FRAME + 1))
    with pytest.raises(UsageError, match="original_length is 1, expected 2 or more"):
        writer.write(0, b"ab", original_length=1)
    with pytest.raises(UsageError, match="linktype is 65536"):
        kind(io.BytesIO(), linktype=65536).write(0, b"")


def test_the_same_packets_give_the_same_bytes() -> None:
    def made() -> bytes:
        file = io.BytesIO()
        writer = PcapngWriter(file)
        writer.write(1, b"a", "r1:eth0", "why")
        writer.write(2, b"b", "r2:eth0")
        return file.getvalue()

    assert made() == made()
