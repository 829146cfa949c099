"""Against Wireshark's own: tshark reads what we encode, without a complaint and with our fields.

The other way, text2pcap builds headers that we read, and editcap turns our files into every format.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from fingerpost.addr import Address
from fingerpost.wire import ipv4_options, ipv6_extension, tcp_options
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.ethernet import Ethernet, EtherType, VlanTag
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import BROADCAST, Mac
from fingerpost.wire.pcap import RAW_IP, PcapngWriter, read
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.tlv import NoOperation
from fingerpost.wire.udp import Udp

for tool in ("tshark", "text2pcap", "editcap"):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed", allow_module_level=True)

OWN, OTHER = Mac("02:00:00:00:00:01"), Mac("02:00:00:00:00:02")
A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
UDP, TCP = IpProtocol.UDP, IpProtocol.TCP
PREFERENCES = [
    *("ip.check_checksum:TRUE", "udp.check_checksum:TRUE", "tcp.check_checksum:TRUE"),
    *("ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.analyze_sequence_numbers:FALSE"),
]
GOOD = "1"


def tshark(file: Path, *words: str) -> list[str]:
    options = [word for preference in PREFERENCES for word in ("-o", preference)]
    command = ["tshark", "-n", "-r", str(file), *options, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def fields(file: Path, names: str) -> list[list[str]]:
    """Give the fields with these names of each packet, several of a kind joined by semicolons."""
    words = [word for name in names.split() for word in ("-e", name)]
    lines = tshark(file, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;", *words)
    return [line.split("\t") for line in lines]


def write(path: Path, frames: Iterable[bytes], linktype: int = 1) -> None:
    with path.open("wb") as file:
        writer = PcapngWriter(file, linktype=linktype)
        for instant, frame in enumerate(frames):
            writer.write(instant, frame, "eth0")


def complaints(file: Path) -> list[str]:
    """Give what tshark calls malformed, or finds worth a warning."""
    return tshark(file, "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000")


def below_ethernet(payload: bytes) -> bytes:
    kind = EtherType.IPV4 if payload[0] >> 4 == 4 else EtherType.IPV6
    return Ethernet(OTHER, OWN, kind, payload).encode()


def ports(seeded: random.Random) -> tuple[int, int]:
    """Give two ports that no protocol of Wireshark's listens on."""
    return seeded.randrange(61_000, 61_900), seeded.randrange(62_100, 63_000)


def udp4(seeded: random.Random) -> Ipv4:
    datagram = Udp(*ports(seeded), seeded.randbytes(seeded.randrange(1, 90)))
    return Ipv4(
        A4, B4, UDP, datagram.encode(A4, B4),
        ttl=seeded.randrange(1, 256), identification=seeded.randrange(65_536),
        tos=seeded.randrange(256), dont_fragment=seeded.random() < 0.5,
    )  # fmt: skip


def test_ipv4_and_udp(tmp_path: Path) -> None:
    made = [udp4(random.Random(seed)) for seed in range(120)]
    path = tmp_path / "made.pcapng"
    write(path, (below_ethernet(packet.encode()) for packet in made))
    assert complaints(path) == []
    names = "ip.src ip.dst ip.ttl ip.id ip.dsfield.dscp ip.dsfield.ecn"
    names += " ip.flags.df ip.len ip.checksum.status udp.checksum.status"
    names += " udp.srcport udp.dstport udp.payload eth.src eth.dst"
    for packet, row in zip(made, fields(path, names), strict=True):
        datagram = Udp.decode(packet.payload, A4, B4)
        assert row == [
            *(str(A4), str(B4), str(packet.ttl), f"0x{packet.identification:04x}"),
            *(str(packet.dscp), str(packet.ecn), str(int(packet.dont_fragment))),
            *(str(20 + len(packet.payload)), GOOD, GOOD),
            *(str(datagram.source_port), str(datagram.destination_port), datagram.payload.hex()),
            *(str(OWN), str(OTHER)),
        ]


def ipv6_udp(seeded: random.Random) -> Ipv6:
    datagram = Udp(*ports(seeded), seeded.randbytes(seeded.randrange(1, 90)))
    return Ipv6(
        A6, B6, UDP, datagram.encode(A6, B6),
        hop_limit=seeded.randrange(1, 256), traffic_class=seeded.randrange(256),
        flow_label=seeded.randrange(1 << 20),
    )  # fmt: skip


def test_ipv6_and_udp(tmp_path: Path) -> None:
    made = [ipv6_udp(random.Random(seed)) for seed in range(120)]
    path = tmp_path / "made.pcapng"
    write(path, (packet.encode() for packet in made), RAW_IP)
    assert complaints(path) == []
    names = "ipv6.src ipv6.dst ipv6.hlim ipv6.tclass ipv6.flow ipv6.plen"
    names += " ipv6.nxt udp.checksum.status udp.payload"
    for packet, row in zip(made, fields(path, names), strict=True):
        assert row == [
            *(str(A6), str(B6), str(packet.hop_limit), f"0x{packet.traffic_class:08x}"),
            *(f"0x{packet.flow_label:06x}", str(len(packet.payload)), "17", GOOD),
            Udp.decode(packet.payload, A6, B6).payload.hex(),
        ]


OPTIONS = (
    NoOperation(),
    tcp_options.MaximumSegmentSize(1460),
    tcp_options.WindowScale(7),
    tcp_options.SackPermitted(),
    tcp_options.Timestamps(123_456, 0),
)


def test_tcp_and_its_options(tmp_path: Path) -> None:
    sack = (tcp_options.Sack(((1000, 2000), (3000, 4000))), tcp_options.Timestamps(5, 6))
    made = [
        Tcp(61_001, 62_001, 1000, 0, TcpFlag.SYN, 65_535, 0, OPTIONS),
        Tcp(62_001, 61_001, 7, 1001, TcpFlag.SYN | TcpFlag.ACK, 65_535, 0, OPTIONS),
        Tcp(61_001, 62_001, 1001, 8, TcpFlag.ACK, 500, 0, sack),
        Tcp(61_001, 62_001, 1001, 8, TcpFlag.PSH | TcpFlag.ACK, 500, 0, (), b"odd"),
        Tcp(61_001, 62_001, 1004, 8, TcpFlag.FIN | TcpFlag.ACK | TcpFlag.ECE, 500),
    ]
    path = tmp_path / "made.pcapng"
    write(path, [Ipv6(A6, B6, TCP, segment.encode(A6, B6)).encode() for segment in made], RAW_IP)
    assert complaints(path) == []
    names = "tcp.srcport tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value"
    names += " tcp.checksum.status tcp.options tcp.len"
    for segment, row in zip(made, fields(path, names), strict=True):
        assert row == [
            *(str(segment.source_port), str(segment.sequence), str(segment.acknowledgment)),
            *(f"0x{segment.flags:04x}", str(segment.window), GOOD),
            *(tcp_options.encode_options(segment.options).hex(), str(len(segment.payload))),
        ]
    values = "tcp.options.mss_val tcp.options.wscale.shift tcp.options.timestamp.tsval"
    rows = fields(path, f"{values} tcp.options.sack_le tcp.options.sack_re")
    assert rows[0] == ["1460", "7", "123456", "", ""]
    assert rows[2] == ["", "", "5", "1000;3000", "2000;4000"]


def test_vlan_tags_and_arp(tmp_path: Path) -> None:
    request = Arp(ArpOperation.REQUEST, OWN, A4, Mac(bytes(6)), Address("192.0.2.9"))
    tags = (VlanTag(EtherType.SERVICE_VLAN, 5, True, 100), VlanTag(EtherType.VLAN, 3, False, 7))
    frame = Ethernet(BROADCAST, OWN, EtherType.ARP, request.encode(), tags)
    path = tmp_path / "made.pcapng"
    write(path, [frame.encode(60)])
    assert complaints(path) == []
    names = "vlan.id vlan.priority vlan.dei arp.opcode arp.src.hw_mac"
    names += " arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4"
    outer = "ieee8021ad.id ieee8021ad.priority ieee8021ad.dei"
    (row,) = fields(path, f"{outer} {names}")
    arp = ["1", str(OWN), str(A4), "00:00:00:00:00:00", "192.0.2.9"]
    assert row == ["100", "5", "1", "7", "3", "0", *arp]


def test_an_802_3_frame_has_a_length_and_padding(tmp_path: Path) -> None:
    bpdu = bytes.fromhex("424203" + "0000000000" + "00" * 8 + "00000000" + "00" * 8 + "8001")
    bpdu += bytes.fromhex("0000140002000f00")
    frame = Ethernet(Mac("01:80:c2:00:00:00"), OWN, len(bpdu), bpdu)
    path = tmp_path / "made.pcapng"
    write(path, [frame.encode(60)])
    assert fields(path, "eth.len llc.dsap eth.padding") == [
        [str(len(bpdu)), "0x42", bytes(60 - 14 - len(bpdu)).hex()]
    ]
    assert Ethernet.decode(frame.encode(60)).data == bpdu


def ip4_options() -> Iterator[tuple[ipv4_options.Ipv4Option, ...]]:
    yield (ipv4_options.RouterAlert(),)
    yield (ipv4_options.RecordRoute.empty(3).recording(A4).recording(B4),)
    yield (ipv4_options.SourceRoute(False, 4, (A4, B4)), NoOperation())
    yield (ipv4_options.SourceRoute(True, 8, (A4, B4)),)
    times = ipv4_options.Timestamp(
        ipv4_options.TimestampFlag.TIMES, 5, 0, (ipv4_options.Stamp(),) * 3
    )
    yield (times.stamping(A4, 1000),)
    pairs = ipv4_options.Timestamp(
        ipv4_options.TimestampFlag.ADDRESSES_AND_TIMES, 5, 0, (ipv4_options.Stamp(0, A4),) * 2
    )
    yield (pairs.stamping(A4, 1000).stamping(B4, 2000),)
    yield (NoOperation(), ipv4_options.UnknownOption(136, b"\x12\x34"), NoOperation())


def test_ipv4_options(tmp_path: Path) -> None:
    made = [
        Ipv4(A4, B4, UDP, Udp(61_001, 62_001, b"x").encode(A4, B4), options=options)
        for options in ip4_options()
    ]
    path = tmp_path / "made.pcapng"
    write(path, [packet.encode() for packet in made], RAW_IP)
    assert complaints(path) == []
    names = "ip.opt.type ip.opt.ptr ip.rec_rt ip.empty_rt ip.src_rt ip.opt.ra"
    names += " ip.opt.flag ip.opt.time_stamp ip.opt.time_stamp_addr ip.checksum.status"
    rows = fields(path, names)
    assert {row[-1] for row in rows} == {GOOD}
    assert [row[0].split(";")[0] for row in rows] == ["148", "7", "131", "137", "68", "68", "1"]
    assert rows[0][5] == "0"
    assert rows[1][1:4] == ["12", "192.0.2.1;198.51.100.2", "0.0.0.0"]
    assert rows[2][1] == "4"
    assert rows[3][1] == "8"
    assert rows[4][7] == "1000;0;0"
    assert rows[5][7:9] == ["1000;2000", "192.0.2.1;198.51.100.2"]


def extension_chains() -> Iterator[tuple[int, ipv6_extension.Chain]]:
    alert = ipv6_extension.HopByHop(UDP, (ipv6_extension.RouterAlert(0),))
    yield 0, ipv6_extension.Chain((alert,), UDP, b"")
    route = ipv6_extension.SegmentList((B6, A6), tag=7)
    yield 43, ipv6_extension.Chain((ipv6_extension.RoutingHeader(UDP, 0, route),), UDP, b"")
    home = ipv6_extension.HomeRoute(B6)
    yield 43, ipv6_extension.Chain((ipv6_extension.RoutingHeader(UDP, 1, home),), UDP, b"")
    piece = ipv6_extension.FragmentHeader(UDP, 0, False, 0xDEADBEEF)
    yield 44, ipv6_extension.Chain((piece,), UDP, b"")
    check = ipv6_extension.AuthenticationHeader(UDP, 256, 9, bytes(12))
    yield 51, ipv6_extension.Chain((check,), UDP, b"")
    options = (ipv6_extension.PadN(bytes(2)), ipv6_extension.HomeAddress(A6))
    yield 60, ipv6_extension.Chain((ipv6_extension.DestinationOptions(UDP, options),), UDP, b"")
    yield (
        0,
        ipv6_extension.Chain(
            (
                ipv6_extension.HopByHop(60, (ipv6_extension.RouterAlert(1),)),
                ipv6_extension.DestinationOptions(44),
                ipv6_extension.FragmentHeader(51, 0, False, 7),
                ipv6_extension.AuthenticationHeader(60, 1, 1, bytes(12)),
                ipv6_extension.DestinationOptions(UDP),
            ),
            *(UDP, b""),
        ),
    )


def test_ipv6_extension_headers(tmp_path: Path) -> None:
    datagram = Udp(61_001, 62_001, b"x").encode(A6, B6)
    made = [
        Ipv6(A6, B6, kind, chain.encode() + datagram).encode() for kind, chain in extension_chains()
    ]
    path = tmp_path / "made.pcapng"
    write(path, made, RAW_IP)
    assert complaints(path) == []
    names = "ipv6.opt.router_alert ipv6.routing.type ipv6.routing.srh.addr"
    names += " ipv6.fraghdr.ident ah.spi ah.sequence ipv6.opt.mipv6.home_address"
    rows = fields(path, f"{names} udp.dstport")
    assert {row[-1] for row in rows} == {"62001"}
    assert rows[0][0] == "0"
    assert rows[1][1:3] == ["4", "2001:db8::2;2001:db8::1"]
    assert rows[2][1] == "2"
    assert rows[3][3] == "0xdeadbeef"
    assert rows[4][4:6] == ["0x00000100", "9"]
    assert rows[5][6] == "2001:db8::1"
    assert rows[6][0] == "1"


def test_fragments_are_put_together_again(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(2000)
    whole4 = Udp(61_001, 62_001, data).encode(A4, B4)
    whole6 = Udp(61_001, 62_001, data).encode(A6, B6)
    frames = []
    for at in range(0, len(whole4), 800):
        more = at + 800 < len(whole4)
        piece = whole4[at : at + 800]
        packet = Ipv4(A4, B4, UDP, piece, 64, 7, more_fragments=more, fragment_offset=at)
        frames.append(packet.encode())
    for at in range(0, len(whole6), 800):
        more = at + 800 < len(whole6)
        header = ipv6_extension.FragmentHeader(UDP, at, more, 9)
        frames.append(Ipv6(A6, B6, 44, header.encode() + whole6[at : at + 800]).encode())
    path = tmp_path / "made.pcapng"
    write(path, frames, RAW_IP)
    command = ["tshark", "-n", "-r", str(path), "-o", "ip.defragment:TRUE"]
    command += ["-o", "ipv6.defragment:TRUE", "-o", "udp.check_checksum:TRUE"]
    command += ["-Y", "udp", "-T", "fields", "-e", "udp.payload", "-e", "udp.checksum.status"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == [f"{data.hex()}\t{GOOD}"] * 2


def test_a_jumbogram(tmp_path: Path) -> None:
    length = 70_000
    header = ipv6_extension.HopByHop(UDP, (ipv6_extension.JumboPayload(length),))
    datagram = Udp(61_001, 62_001, bytes(length - 16)).encode(A6, B6)
    path = tmp_path / "made.pcapng"
    write(path, [Ipv6(A6, B6, 0, header.encode() + datagram).encode()], RAW_IP)
    assert fields(path, "ipv6.opt.jumbo udp.dstport") == [[str(length), "62001"]]


def hexdump(data: bytes) -> str:
    lines = [f"{at:06x} {data[at : at + 16].hex(' ')}" for at in range(0, len(data), 16)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("protocol", ["-u", "-T"])
@pytest.mark.parametrize("version", [4, 6])
def test_headers_that_text2pcap_makes_are_ours(protocol: str, version: int, tmp_path: Path) -> None:
    source, destination = (A4, B4) if version == 4 else (A6, B6)
    text, made = tmp_path / "text", tmp_path / "made.pcapng"
    text.write_text(hexdump(b"hello from text2pcap"))
    ends = f"{source},{destination}"
    command = ["text2pcap", "-q", protocol, "61001,62001", f"-{version}", ends]
    subprocess.run([*command, str(text), str(made)], capture_output=True, check=True, timeout=60)
    (captured,) = read(io.BytesIO(made.read_bytes()))
    frame = Ethernet.decode(captured.data)
    assert frame.encode() == captured.data
    packet = Ipv4.decode(frame.payload) if version == 4 else Ipv6.decode(frame.payload)
    assert packet.encode() == frame.payload
    kind = Udp if protocol == "-u" else Tcp
    upper = kind.decode(packet.payload, source, destination)
    assert (upper.source_port, upper.destination_port) == (61_001, 62_001)
    assert upper.payload == b"hello from text2pcap"
    assert upper.encode(source, destination) == packet.payload


def test_instants_names_and_comments_of_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "made.pcapng"
    instants = (0, 1_700_000_000_123_456_789)
    with path.open("wb") as file:
        writer = PcapngWriter(file)
        for instant, interface in zip(instants, ("r1:eth0", "r2:eth0"), strict=True):
            writer.write(instant, bytes(60), interface, f"at {interface}")
    names = "frame.time_epoch frame.interface_name frame.interface_id frame.comment"
    assert fields(path, names) == [
        ["0.000000000", "r1:eth0", "0", "at r1:eth0"],
        ["1700000000.123456789", "r2:eth0", "1", "at r2:eth0"],
    ]


@pytest.mark.parametrize(("form", "unit"), [("pcap", 1000), ("nsecpcap", 1), ("pcapng", 1)])
def test_files_that_editcap_makes_of_ours_are_read(form: str, unit: int, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.pcapng", tmp_path / "theirs"
    instants = (1_700_000_000_123_456_789, 1_700_000_001_000_000_001)
    with ours.open("wb") as file:
        writer = PcapngWriter(file)
        for instant in instants:
            writer.write(instant, bytes(61), "eth0", "kept")
    command = ["editcap", "-F", form, str(ours), str(theirs)]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    got = list(read(io.BytesIO(theirs.read_bytes())))
    assert [p.instant_ns for p in got] == [instant - instant % unit for instant in instants]
    assert [p.data for p in got] == [bytes(61)] * 2
    comment = "kept" if form == "pcapng" else None
    assert {(p.comment, p.interface_name) for p in got} == {(comment, comment and "eth0")}
