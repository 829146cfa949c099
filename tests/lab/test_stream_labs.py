"""TCP streams of protocols in labs: in order over lossy links, near or signed, and decodable."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.route import NextHop
from fingerpost.lab.network import Network
from fingerpost.lab.topology import loads
from fingerpost.protocol.ao_keys import AoKey
from fingerpost.protocol.events import (
    CloseStream,
    ListenStream,
    OpenStream,
    Output,
    SendStream,
    StopListeningStream,
    StreamOptions,
)
from fingerpost.rib import StaticRoute
from fingerpost.router import ConfigurationChanged, RouterConfig, TableConfig
from fingerpost.router.events import ToProtocol
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from talker import Talker, say, talkers, talking

__all__ = ["talkers"]

pytestmark = pytest.mark.usefixtures("talkers")

LAB = """
name: talkers
numbering: {families: [ipv4, ipv6]}
topology:
  nodes: {a: {}, b: {}, c: {}}
  links:
    - {endpoints: [a, b], delay: 1ms, %s}
    - {endpoints: [b, c], delay: 1ms}
"""
NEAR = StreamOptions(255, 255)
KEY = StreamOptions(md5=b"correct horse")


class World:
    """a - b - c; everybody runs a talker, that of b listens on port 179 and echoes."""

    def __init__(self, link: str = "bandwidth: 100Mbps", seed: int = 1) -> None:
        lab = loads(LAB % link, "test")
        told = RouterConfig(protocols={"talk": talking()})
        nodes = {name: replace(node, router=told) for name, node in lab.nodes.items()}
        self.net = Network(replace(lab, nodes=nodes), seed=seed)
        self.net.run("2s")  # for addresses to be known unique
        self.a, self.b = (self.talker(name) for name in "ab")

    def talker(self, node: str) -> Talker:
        routing = self.net[node].router.routing
        assert routing is not None
        machine = routing.protocols["talk"].machine
        assert isinstance(machine, Talker)
        return machine

    def tell(self, node: str, *outputs: Output, echoes: bool = False) -> None:
        self.give(node, say(*outputs, echoes=echoes))

    def give(self, node: str, event: ToProtocol | ConfigurationChanged) -> None:
        self.net.carry(node, self.net[node].host.receive(event, self.net.now))

    def interface(self, node: str, near: str) -> Interface:
        """That of a node to another."""
        mine, other = (self.net[one].router.interfaces.values() for one in (node, near))
        networks = {one.prefix for interface in other for one in _of_links(interface)}
        return next(one for one in mine if networks & {own.prefix for own in _of_links(one)})

    def address(self, node: str, near: str, version: int = 4) -> Address:
        own = _of_links(self.interface(node, near))
        return next(one.address for one in own if one.version == version)

    def link_local(self, node: str, near: str) -> Address:
        own = self.interface(node, near).link_local()
        assert own is not None
        return own.address


def _of_links(interface: Interface) -> list[InterfaceAddress]:
    own = () if interface.is_loopback else interface.addresses
    return [one for one in own if not one.address.is_link_local]


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("link", ["bandwidth: 100Mbps", "loss: 5%"])
def test_octets_go_there_and_back_in_order_whatever_is_lost(version: int, link: str) -> None:
    world = World(link)
    world.tell("b", ListenStream(179), echoes=True)
    data = Random(1).randbytes(200_000)
    there = world.address("b", "a", version)
    world.tell("a", OpenStream(1, there, 179), SendStream(1, data[:5]))
    world.tell("a", *(SendStream(1, data[at : at + 7000]) for at in range(5, len(data), 7000)))
    world.net.run("62s")
    assert bytes(world.a.data[1]) == data
    assert world.a.sent == {1: len(data)}
    (number,) = world.b.accepted
    came, went = world.b.accepted[number], world.a.connected[1]
    assert number < 0
    assert (came.local, came.local_port, came.interface) == (there, 179, None)
    assert (went.local, went.local_port) == (came.remote, came.remote_port)
    assert max(world.a.pieces + world.b.pieces) <= 1 << 18


def test_the_same_seed_gives_the_same_octets_at_the_same_times(tmp_path: Path) -> None:
    found = []
    for at in range(2):
        world = World("loss: 10%", seed=7)
        world.tell("b", ListenStream(179), echoes=True)
        with world.net.capture(tmp_path / f"{at}.pcapng"):
            world.tell("a", OpenStream(1, world.address("b", "a"), 179), SendStream(1, bytes(9999)))
            world.net.run("20s")
        found.append((tmp_path / f"{at}.pcapng").read_bytes())
    assert found[0] == found[1]
    assert len(found[0]) > 20_000


def test_an_end_in_order_comes_after_the_last_octet_and_an_abrupt_one_is_a_reset() -> None:
    world = World()
    world.tell("b", ListenStream(179))
    there = world.address("b", "a")
    words = bytes(150_000)
    world.tell("a", OpenStream(1, there, 179), OpenStream(2, there, 179))
    world.net.run("3s")
    world.tell("a", SendStream(1, words), CloseStream(1), SendStream(1, b"too late"))
    world.tell("a", CloseStream(2, is_abrupt=True))
    world.net.run("10s")
    first, second = world.b.accepted
    assert bytes(world.b.data[first]) == words
    assert world.b.closed == {first: None, second: "reset"}
    assert world.a.closed == {}
    assert list(world.net["a"].host.protocols.streams) == []
    assert world.net["a"].host.tcp.sockets.connections == ()


def test_a_peer_that_never_hears_the_end_of_it_is_reset_within_a_bound() -> None:
    world = World()
    world.tell("b", ListenStream(179))
    world.tell("a", OpenStream(1, world.address("b", "a"), 179))
    world.net.run("3s")
    world.net.fail("a-b")
    world.tell("a", SendStream(1, bytes(500_000)), CloseStream(1))
    world.net.run("7s")
    held = [len(world.net["a"].host.tcp.sockets.connections)]
    world.net.run("8.5s")
    assert [*held, len(world.net["a"].host.tcp.sockets.connections)] == [1, 0]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (OpenStream(7, Address("10.255.0.9"), 180), None),
        (OpenStream(7, Address("203.0.113.1"), 179), "unreachable"),
        (OpenStream(7, Address("2001:db8:ffff::1"), 179), "unreachable"),
        (OpenStream(7, Address("fe80::1"), 179), "is link-local and needs an interface"),
        (OpenStream(7, Address("fe80::1"), 179, interface="eth9"), "unreachable"),
    ],
)
def test_what_cannot_be_opened_is_told_with_the_reason(
    asked: OpenStream, reason: str | None
) -> None:
    world = World()
    if reason is None:
        asked, reason = replace(asked, remote=world.address("b", "a")), "refused"
    world.tell("a", asked)
    world.net.run("3s")
    assert reason in (world.a.closed[7] or "")
    world.tell("a", replace(asked, stream=8, local=Address("192.0.2.9")))
    world.tell(
        "a",
        replace(asked, stream=9, options=StreamOptions(ao=(AoKey(1, 1, b"key"),))),
        CloseStream(9),
    )
    world.net.run("4s")
    assert 8 in world.a.closed
    assert 9 not in world.a.closed


def test_a_peer_that_a_router_cannot_reach_is_unreachable_as_soon_as_that_says_so() -> None:
    world = World()
    there = Prefix("198.51.100.0/24")
    static = StaticRoute(there, (NextHop(gateway=world.address("b", "a")),))
    config = RouterConfig(tables={"main": TableConfig((static,))}, protocols={"talk": talking()})
    world.net.configure("a", config)
    world.tell("a", OpenStream(1, Address("198.51.100.1"), 179))
    world.net.run("3s")
    assert world.a.closed == {1: "unreachable"}
    assert list(world.net["a"].host.protocols.streams) == []


def test_there_is_no_tcp_ao_and_that_is_said() -> None:
    world = World()
    peers = ((Prefix("0.0.0.0/0"), StreamOptions(ao=(AoKey(1, 1, b"key"),))),)
    world.tell("b", ListenStream(179, peers=peers))
    world.tell("a", OpenStream(1, world.address("b", "a"), 179, options=peers[0][1]))
    world.tell("a", OpenStream(2, world.address("b", "a"), 179))
    world.net.run("4s")
    assert "TCP-AO" in (world.a.closed[1] or "")
    assert 2 not in world.a.connected
    assert world.net["b"].host.tcp.rules.counters["refused"] > 0
    (said,) = [one for one in world.net.events if one.kind == "talk cannot listen"]
    assert "TCP-AO" in said.detail


def test_hop_limits_are_required_of_peers_from_their_first_segment_on_rfc_5082_3() -> None:
    world = World()
    everybody = ((Prefix("0.0.0.0/0"), NEAR), (Prefix("::/0"), NEAR))
    world.tell("b", ListenStream(179, peers=everybody))
    there = world.address("b", "a")
    world.tell("a", OpenStream(1, there, 179, options=NEAR))
    world.tell("a", OpenStream(2, there, 179, options=StreamOptions(254)))
    world.tell("a", OpenStream(3, world.address("b", "a", 6), 179, options=NEAR))
    world.net.run("5s")
    assert list(world.a.connected) == [1, 3]
    assert len(world.b.accepted) == 2
    assert world.net["b"].host.tcp.rules.counters["too far"] > 0
    world.tell("b", ListenStream(179))
    world.tell("a", OpenStream(4, there, 179, options=StreamOptions(2)))
    world.net.run("7s")
    assert 4 in world.a.connected


def test_signed_segments_alone_are_heard_by_who_shares_the_key_rfc_2385() -> None:
    world = World("loss: 2%")
    peers = ((Prefix("0.0.0.0/0"), KEY), (Prefix("::/0"), KEY))
    world.tell("b", ListenStream(179, peers=peers), echoes=True)
    data = Random(2).randbytes(60_000)
    for number, version in ((1, 4), (2, 6)):
        there = world.address("b", "a", version)
        world.tell("a", OpenStream(number, there, 179, options=KEY), SendStream(number, data))
    other = StreamOptions(md5=b"battery staple")
    world.tell("a", OpenStream(3, world.address("b", "a"), 179, options=other))
    world.tell("a", OpenStream(4, world.address("b", "a"), 179))
    world.net.run("40s")
    assert bytes(world.a.data[1]) == bytes(world.a.data[2]) == data
    assert sorted(world.a.connected) == [1, 2]
    assert world.net["b"].host.tcp.rules.counters["unsigned"] > 0


def test_link_local_neighbours_of_one_address_are_told_apart_by_their_interface() -> None:
    world = World()
    to_a, to_c = (world.interface("b", near).name for near in "ac")
    same = Address("fe80::77")
    for node in "ac":
        interface = world.interface(node, "b")
        own = (*interface.addresses, InterfaceAddress("fe80::77/64"))
        host = world.net[node].host
        out = host.router.set_interface(replace(interface, addresses=own), world.net.now)
        world.net.carry(node, out)
        world.tell(node, ListenStream(179, interface=interface.name))
    world.tell("b", OpenStream(1, same, 179, interface=to_a), SendStream(1, b"to a"))
    world.tell("b", OpenStream(2, same, 179, interface=to_c), SendStream(2, b"to c"))
    world.net.run("5s")
    for node in "ac":
        (came,) = world.talker(node).accepted.values()
        interface = world.interface(node, "b")
        assert came.interface == interface.name
        assert (came.local, came.remote) == (same, world.link_local("b", node))
        assert bytes(world.talker(node).data[came.stream]).decode() == f"to {node}"


def test_who_listens_everywhere_is_reached_by_link_local_addresses_too() -> None:
    world = World()
    world.tell("b", ListenStream(179), echoes=True)
    there, by = world.link_local("b", "a"), world.interface("a", "b").name
    world.tell("a", OpenStream(1, there, 179, interface=by), SendStream(1, b"x"))
    world.net.run("4s")
    assert bytes(world.a.data[1]) == b"x"
    (came,) = world.b.accepted.values()
    assert came.interface == world.interface("b", "a").name


def test_an_interface_that_goes_down_stops_a_stream_and_nothing_is_lost_when_it_is_back() -> None:
    world = World()
    world.tell("b", ListenStream(179), echoes=True)
    world.tell("a", OpenStream(1, world.address("b", "a"), 179))
    world.net.run("3s")
    world.net.fail("a-b")
    world.tell("a", SendStream(1, bytes(range(200))))
    world.net.run("8s")
    assert 1 not in world.a.data
    world.net.restore("a-b")
    world.net.run("60s")
    assert bytes(world.a.data[1]) == bytes(range(200))
    assert world.a.closed == {}


def test_who_listens_no_more_refuses_and_an_instance_that_ends_leaves_nothing() -> None:
    world = World()
    world.tell("b", ListenStream(179), echoes=True)
    there = world.address("b", "a")
    world.tell("a", OpenStream(1, there, 179), SendStream(1, b"x"))
    world.net.run("3s")
    world.tell("b", StopListeningStream(179), StopListeningStream(180), echoes=True)
    world.tell("a", OpenStream(2, there, 179), SendStream(1, b"y"))
    world.net.run("5s")
    assert world.a.closed == {2: "refused"}
    assert bytes(world.a.data[1]) == b"xy"
    world.give("b", ConfigurationChanged(RouterConfig()))
    world.net.run("20s")
    assert world.a.closed == {2: "refused", 1: None}
    assert world.net["b"].host.tcp.sockets.connections == ()


FIELDS = ("ip.dsfield.dscp", "ip.ttl", "tcp.checksum.status", "ip.checksum.status")
MORE = ("tcp.options.md5.digest", "_ws.malformed", "_ws.expert.severity", "tcp.flags.str")


def test_tshark_reads_what_is_signed_and_finds_nothing_wrong(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("no tshark here")
    world = World()
    options = StreamOptions(255, 255, KEY.md5)
    world.tell("b", ListenStream(179, peers=((Prefix("0.0.0.0/0"), options),)), echoes=True)
    with world.net.capture(tmp_path / "talk.pcapng"):
        there = world.address("b", "a")
        world.tell("a", OpenStream(1, there, 179, options=options), SendStream(1, bytes(9000)))
        world.net.run("5s")
        world.tell("a", CloseStream(1))
        world.net.run("6s")
    command = [tshark, "-r", str(tmp_path / "talk.pcapng"), "-Y", "tcp", "-T", "fields"]
    command += ["-E", "header=y", "-E", "occurrence=f", "-o", "tcp.check_checksum:TRUE"]
    command += ["-o", "ip.check_checksum:TRUE"]
    for field in (*FIELDS, *MORE):
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    packets = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    assert len(packets) > 20
    assert {packet["ip.dsfield.dscp"] for packet in packets} == {"48"}
    assert {packet["ip.ttl"] for packet in packets} == {"255"}
    assert {packet["tcp.checksum.status"] for packet in packets} == {"1"}, "1 is good"
    assert {packet["ip.checksum.status"] for packet in packets} == {"1"}
    assert {packet["_ws.malformed"] for packet in packets} == {""}
    assert all(len(packet["tcp.options.md5.digest"]) == 32 for packet in packets)
    assert max(int(packet["_ws.expert.severity"] or 0) for packet in packets) < 8 << 20


def test_a_packet_of_protocols_has_its_precedence_and_no_other_has() -> None:
    world = World()
    world.tell("b", ListenStream(179), echoes=True)
    with world.net.capture() as capture:
        world.tell("a", OpenStream(1, world.address("b", "a"), 179), SendStream(1, b"x"))
        world.net.run("4s")
    frames = [Ethernet.decode(one.frame) for one in capture]
    packets = [Ipv4.decode(one.payload) for one in frames if one.ethertype == 0x0800]
    segments = [one for one in packets if one.protocol == 6]
    assert {(one.dscp, one.ttl) for one in segments} == {(48, 64)}
