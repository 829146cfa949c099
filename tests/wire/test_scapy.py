"""Against scapy: it builds the same bytes from the same fields, and reads and writes our files.

Equal bytes are both directions at once: our encoder against its builder, and our decoder, which
gives the value back that the fields came from.
"""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.wire import ipv4_options, ipv6_extension, tcp_options
from fingerpost.wire.arp import Arp
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import Chain, ExtensionHeader, Ipv6Option, walk
from fingerpost.wire.pcap import ETHERNET, Captured, PcapngWriter, PcapWriter, read
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.tlv import NoOperation
from fingerpost.wire.udp import Udp
from wire import packets

with warnings.catch_warnings():
    # scapy imports ciphers that the cryptography package has deprecated: not our warning
    warnings.simplefilter("ignore")
    inet: Any = pytest.importorskip("scapy.layers.inet", reason="scapy is not installed")
    inet6: Any = pytest.importorskip("scapy.layers.inet6")
    l2: Any = pytest.importorskip("scapy.layers.l2")
    scapy_utils: Any = pytest.importorskip("scapy.utils")
    raw: Any = pytest.importorskip("scapy.packet").Raw

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
SOME = settings(max_examples=60)


def texts(addresses: tuple[Address, ...]) -> list[str]:
    return [str(address) for address in addresses]


@SOME
@given(packets.FRAMES)
def test_ethernet(frame: Ethernet) -> None:
    kinds = [*(tag.tpid for tag in frame.tags), frame.ethertype]
    source, destination = str(frame.source), str(frame.destination)
    made = l2.Ether(dst=destination, src=source, type=kinds[0])
    for tag, following in zip(frame.tags, kinds[1:], strict=True):
        drop = int(tag.drop_eligible)
        made /= l2.Dot1Q(prio=tag.priority, dei=drop, vlan=tag.vlan, type=following)
    assert bytes(made / raw(frame.payload)) == frame.encode()
    assert Ethernet.decode(bytes(made / raw(frame.payload))) == frame


@SOME
@given(packets.ARPS)
def test_arp(message: Arp) -> None:
    made = l2.ARP(
        op=message.operation,
        hwsrc=str(message.sender_mac),
        psrc=str(message.sender_ip),
        hwdst=str(message.target_mac),
        pdst=str(message.target_ip),
    )
    assert bytes(made) == message.encode()
    assert Arp.decode(bytes(made)) == message


def ip4_option(option: ipv4_options.Ipv4Option) -> Any:  # noqa: ANN401 - scapy has no types
    match option:
        case NoOperation():
            return inet.IPOption_NOP()
        case ipv4_options.RecordRoute(pointer, slots):
            return inet.IPOption_RR(pointer=pointer, routers=texts(slots))
        case ipv4_options.SourceRoute(strict, pointer, addresses):
            kind = inet.IPOption_SSRR if strict else inet.IPOption_LSRR
            return kind(pointer=pointer, routers=texts(addresses))
        case ipv4_options.RouterAlert(value):
            return inet.IPOption_Router_Alert(alert=value)
        case ipv4_options.Timestamp(flag, pointer, overflow, entries):
            data = b"".join(entry.encode() for entry in entries)
            length = 4 + len(data)
            made = inet.IPOption_Timestamp(pointer=pointer, oflw=overflow, flg=flag, length=length)
            return raw(bytes(made)[:4] + data)  # scapy knows a list of one entry only
        case _:
            data = option.encode()[2:]
            top, kind = option.kind >> 5, option.kind & 31
            return inet.IPOption(copy_flag=top >> 2, optclass=top & 3, option=kind, value=data)


@SOME
@given(packets.IP4_PACKETS)
def test_ipv4(packet: Ipv4) -> None:
    made = inet.IP(
        src=str(packet.source),
        dst=str(packet.destination),
        proto=packet.protocol,
        ttl=packet.ttl,
        id=packet.identification,
        tos=packet.tos,
        flags=packet.reserved << 2 | packet.dont_fragment << 1 | packet.more_fragments,
        frag=packet.fragment_offset // 8,
        options=[ip4_option(option) for option in packet.options],
    )
    assert bytes(made / raw(packet.payload)) == packet.encode()
    assert Ipv4.decode(bytes(made / raw(packet.payload))) == packet


@SOME
@given(packets.IP6_PACKETS)
def test_ipv6(packet: Ipv6) -> None:
    made = inet6.IPv6(
        src=str(packet.source),
        dst=str(packet.destination),
        nh=packet.next_header,
        hlim=packet.hop_limit,
        tc=packet.traffic_class,
        fl=packet.flow_label,
    )
    assert bytes(made / raw(packet.payload)) == packet.encode()
    assert Ipv6.decode(bytes(made / raw(packet.payload))) == packet


def ip6_option(option: Ipv6Option) -> Any:  # noqa: ANN401
    match option:
        case ipv6_extension.Pad1():
            return inet6.Pad1()
        case ipv6_extension.PadN(data):
            return inet6.PadN(optdata=data)
        case ipv6_extension.RouterAlert(value):
            return inet6.RouterAlert(value=value)
        case ipv6_extension.JumboPayload(length):
            return inet6.Jumbo(jumboplen=length)
        case ipv6_extension.HomeAddress(address):
            return inet6.HAO(hoa=str(address))
        case ipv6_extension.UnknownOption(kind, data):
            return inet6.HBHOptUnknown(otype=kind, optdata=data)


def fill(length: int) -> list[Any]:
    """Give the padding that an options header of scapy needs behind so many bytes of options."""
    missing = -(2 + length) % 8
    if missing <= 1:
        return [inet6.Pad1()] * missing
    return [inet6.PadN(optdata=bytes(missing - 2))]


def extension(header: ExtensionHeader) -> Any:  # noqa: ANN401
    match header:
        case ipv6_extension.HopByHop(following, options):
            kind = inet6.IPv6ExtHdrHopByHop
        case ipv6_extension.DestinationOptions(following, options):
            kind = inet6.IPv6ExtHdrDestOpt
        case ipv6_extension.RoutingHeader(following, left, ipv6_extension.AddressList(hops, zero)):
            addresses = texts(hops)
            return inet6.IPv6ExtHdrRouting(
                nh=following, segleft=left, addresses=addresses, reserved=zero
            )
        case ipv6_extension.RoutingHeader(following, left, ipv6_extension.SegmentList() as route):
            return inet6.IPv6ExtHdrSegmentRouting(
                nh=following,
                segleft=left,
                lastentry=len(route.segments) - 1,
                tag=route.tag,
                addresses=texts(route.segments),
            )
        case ipv6_extension.FragmentHeader(following, offset, more, identification, reserved):
            zeros = {"res1": reserved >> 2, "res2": reserved & 3}
            return inet6.IPv6ExtHdrFragment(
                nh=following, offset=offset // 8, m=more, id=identification, **zeros
            )
        case _:
            raise AssertionError(f"scapy has no {header}")
    size = sum(len(option.encode()) for option in options)
    # scapy pads for the alignment of each option; here the bytes are as they are
    return kind(nh=following, autopad=0, options=[*map(ip6_option, options), *fill(size)])


def in_scapy(header: ExtensionHeader) -> bool:
    """Tell whether scapy has this header, with all its fields."""
    match header:
        case ipv6_extension.AuthenticationHeader():
            return False
        case ipv6_extension.RoutingHeader(_, _, ipv6_extension.SegmentList() as route):
            return (route.flags, route.tlvs) == (0, b"")
        case ipv6_extension.RoutingHeader(_, _, route):
            return isinstance(route, ipv6_extension.AddressList)
    return True


@pytest.mark.parametrize("kind", [0, 43, 44, 60])
@SOME
@given(data=st.data())
def test_extension_headers(kind: int, data: st.DataObject) -> None:
    header = data.draw(packets.extension_header(kind, 59).filter(in_scapy))
    built = bytes(extension(header))
    assert built == header.encode()
    assert walk(kind, built + b".") == Chain((header,), 59, b".", 40)


@SOME
@given(packets.UDPS, st.booleans())
def test_udp(datagram: Udp, is_ipv6: bool) -> None:
    source, destination = (A6, B6) if is_ipv6 else (A4, B4)
    below = (inet6.IPv6 if is_ipv6 else inet.IP)(src=str(source), dst=str(destination))
    made = inet.UDP(sport=datagram.source_port, dport=datagram.destination_port)
    built = bytes(below / made / raw(datagram.payload))[40 if is_ipv6 else 20 :]
    assert built == datagram.encode(source, destination)
    assert Udp.decode(built, source, destination) == datagram


def tcp_option(option: tcp_options.TcpOption) -> tuple[str | int, object]:
    match option:
        case NoOperation():
            return "NOP", None
        case tcp_options.MaximumSegmentSize(size):
            return "MSS", size
        case tcp_options.WindowScale(shift):
            return "WScale", shift
        case tcp_options.SackPermitted():
            return "SAckOK", b""
        case tcp_options.Sack(blocks):
            return "SAck", tuple(edge for block in blocks for edge in block)
        case tcp_options.Timestamps(value, echo):
            return "Timestamp", (value, echo)
        case _:
            return option.kind, option.encode()[2:]


SCAPY_HAS_ITS_OWN = (19, 28, 34)  # MD5, user timeout, fast open: built of fields, not of bytes


@SOME
@given(packets.TCPS, st.booleans())
def test_tcp(segment: Tcp, is_ipv6: bool) -> None:
    if any(option.kind in SCAPY_HAS_ITS_OWN for option in segment.options):
        return
    source, destination = (A6, B6) if is_ipv6 else (A4, B4)
    below = (inet6.IPv6 if is_ipv6 else inet.IP)(src=str(source), dst=str(destination))
    made = inet.TCP(
        sport=segment.source_port,
        dport=segment.destination_port,
        seq=segment.sequence,
        ack=segment.acknowledgment,
        reserved=segment.reserved,
        flags=int(segment.flags),
        window=segment.window,
        urgptr=segment.urgent,
        options=[tcp_option(option) for option in segment.options],
    )
    built = bytes(below / made / raw(segment.payload))[40 if is_ipv6 else 20 :]
    assert built == segment.encode(source, destination)
    assert Tcp.decode(built, source, destination) == segment


FRAME = Ethernet.decode(bytes(12) + b"\x08\x00" + b"payload").encode()
INSTANTS = (0, 1_700_000_000_123_456_000, 1_700_000_000_999_999_000)


@pytest.mark.parametrize("nanoseconds", [False, True])
def test_scapy_reads_our_pcap_and_we_read_its(nanoseconds: bool, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.pcap", tmp_path / "theirs.pcap"
    with ours.open("wb") as file:
        writer = PcapWriter(file, nanoseconds=nanoseconds)
        for instant in INSTANTS:
            writer.write(instant, FRAME, original_length=1500)
    with scapy_utils.RawPcapReader(str(ours)) as reader:
        got = list(reader)
        scale = 1 if reader.nano else 1000
    assert reader.nano == nanoseconds
    times = [meta.sec * 1_000_000_000 + meta.usec * scale for _, meta in got]
    assert times == list(INSTANTS)
    assert [(data, meta.caplen, meta.wirelen) for data, meta in got] == [(FRAME, 21, 1500)] * 3

    with scapy_utils.RawPcapWriter(str(theirs), linktype=1, nano=nanoseconds) as writer:
        writer.write_header(None)
        for instant in INSTANTS:
            seconds, rest = divmod(instant, 1_000_000_000)
            writer.write_packet(FRAME, sec=seconds, usec=rest // scale, wirelen=1500)
    with theirs.open("rb") as file:
        assert list(read(file)) == [Captured(at, FRAME, 1500, ETHERNET) for at in INSTANTS]


def test_scapy_reads_our_pcapng_and_we_read_its(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.pcapng", tmp_path / "theirs.pcapng"
    with ours.open("wb") as file:
        writer = PcapngWriter(file)
        for instant in INSTANTS:
            writer.write(instant, FRAME, "r1:eth0", "a comment", original_length=1500)
    with scapy_utils.RawPcapNgReader(str(ours)) as reader:
        got = list(reader)
    assert [(meta.tshigh << 32 | meta.tslow) for _, meta in got] == list(INSTANTS)
    assert {(data, meta.wirelen, meta.tsresol) for data, meta in got} == {
        (FRAME, 1500, 1_000_000_000)
    }
    assert {meta.ifname for _, meta in got} == {b"r1:eth0"}

    with scapy_utils.RawPcapNgWriter(str(theirs)) as writer:
        writer.write_header(l2.Ether(FRAME))
        for instant in INSTANTS:
            # this writer of scapy looks at the seconds only, and takes parts of them
            writer.write_packet(FRAME, sec=Fraction(instant, 1_000_000_000), usec=0)
    with theirs.open("rb") as file:
        got = [(p.instant_ns, p.data, p.linktype) for p in read(file)]
    assert got == [(at, FRAME, ETHERNET) for at in INSTANTS]
