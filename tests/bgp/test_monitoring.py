"""What stations are told by BMP, from a router in virtual time (RFC 7854, RFC 8671, RFC 9069)."""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bgp.joined import Net, Node, config, towards
from bgp.raw import Raw, update
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import BmpStation, Network
from fingerpost.bgp.damping import Damping
from fingerpost.bgp.records import Announced, Withdrawn
from fingerpost.bgp.records.monitored import Views
from fingerpost.bmp import (
    DownReason,
    Initiation,
    Message,
    PeerDown,
    PeerUp,
    Receiver,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    Termination,
    UnknownMessage,
)
from fingerpost.forwarding.durations import SECOND
from fingerpost.policy import load
from fingerpost.protocol.events import ConfigurationChanged
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.tcp import Tcp, TcpFlag

P, Q = Prefix("192.0.2.0/24"), Prefix("198.51.100.0/24")
REFUSES = load({"policies": {"refuses": {"otherwise": "reject", "statements": []}}})["refuses"]
STATION = BmpStation("here", Address("10.0.0.9"), 5000, adj_rib_out=True, statistics_ns=5 * SECOND)
MORE = tuple(Prefix(f"10.9.{number}.0/24") for number in range(200))
ROUTER, HERE = Address("10.0.0.2"), Address("10.0.0.9")
EPOCH = 1_700_000_000 * SECOND


def network(*prefixes: Prefix) -> tuple[Network, ...]:
    return tuple(Network(one, needs_route=False) for one in prefixes)


def three(net: Net, **more: object) -> tuple[Node, Node, Raw]:
    """A tells B a network; B is watched by a station."""
    a = net.add("10.0.0.1", config(65001, 1, towards(65002, "10.0.0.2"), networks=network(P)), 1)
    watched = config(
        65002, 2, towards(65001, "10.0.0.1"), bmp=(STATION,), epoch_ns=EPOCH, hostname="b", **more
    )
    b = net.add("10.0.0.2", watched, 2)
    return a, b, Raw(net, "10.0.0.9")


def messages(station: Raw, stream: int = 1) -> list[Message | UnknownMessage]:
    return list(Receiver().receive(station.octets[stream]))


def table(station: Raw, view: str, stream: int = 1) -> set[str]:
    """What a view of some neighbour has at the end."""
    held: set[str] = set()
    views = Views()
    for message in messages(station, stream):
        if isinstance(message, PeerDown) and view != "loc-rib":
            held.clear()
        for one in views.heard_in(message):
            if one.view == view and isinstance(one.heard, Announced):
                held.add(one.prefix)
            elif one.view == view and isinstance(one.heard, Withdrawn):
                held.discard(one.prefix)
    return held


def test_a_station_sees_all_tables_of_a_router() -> None:
    net = Net()
    a, b, station = three(net)
    net.begin()
    net.run(4)
    a.give_networks(network(P, Q))
    net.run(2)
    found = messages(station)
    assert isinstance(found[0], Initiation)
    assert dict(found[0].information)[2] == b"b"
    up = [one for one in found if isinstance(one, PeerUp)]
    assert [one.peer.view for one in up] == ["loc-rib", "pre-policy"]
    assert up[1].peer.address == Address("10.0.0.1")
    assert up[1].local == Address("10.0.0.2")
    assert up[1].sent == b.peer().first.ours.encode()  # type: ignore[union-attr]
    both = {str(P), str(Q)}
    assert table(station, "pre-policy") == both
    assert table(station, "post-policy") == both
    assert table(station, "loc-rib") == both
    told = [one for one in found if isinstance(one, RouteMonitoring)]
    assert all(one.peer.instant_ns >= EPOCH for one in told)


def test_what_is_withdrawn_is_so_in_every_view() -> None:
    net = Net()
    a, _, station = three(net)
    net.begin()
    net.run(4)
    a.give_networks(())
    net.run(2)
    assert [table(station, view) for view in ("pre-policy", "post-policy", "loc-rib")] == [
        set()
    ] * 3


def test_a_station_that_comes_later_is_told_the_tables() -> None:
    net = Net()
    _, b, station = three(net, networks=network(Q))
    net.begin()
    net.run(4)
    station.close(1)
    net.run(60)
    assert len(station.octets) == 2
    assert table(station, "pre-policy", 2) == {str(P)}
    assert table(station, "loc-rib", 2) == {str(P), str(Q)}
    assert b.bgp.monitoring.stations["here"].sessions == 2


def test_sessions_that_end_are_told_with_their_reason() -> None:
    net = Net()
    a, _, station = three(net)
    net.begin()
    net.run(4)
    a.ask("shut", "to 10.0.0.2")
    net.run(1)
    (down,) = (one for one in messages(station) if isinstance(one, PeerDown))
    assert down.reason is DownReason.REMOTE_NOTIFICATION
    assert down.data[18] == 3
    assert table(station, "loc-rib") == set()


def test_what_goes_to_neighbours_is_shown() -> None:
    net = Net()
    _, _, station = three(net, networks=network(Q))
    net.begin()
    net.run(8)
    assert str(Q) in table(station, "out")
    reports = [one for one in messages(station) if isinstance(one, Statistics)]
    numbers = {(one.type, one.family): one.value for one in reports[0].counted}
    assert numbers[(9, (1, 1))] == 1


def test_a_station_that_does_not_read_costs_a_bound_and_is_dropped() -> None:
    net = Net()
    a, b, station = three(net)
    net.begin()
    net.run(2)
    station.ends[1].reads = False
    one = b.bgp.monitoring.stations["here"]
    for number in range(300):
        octets = bytes((number % 200, 1))
        more = tuple(Prefix(f"10.{octets[0]}.{n}.0/24") for n in range(40))
        a.give_networks(network(*more))
        net.run(0.01)
    assert one.unsent <= 1 << 20
    assert b.peer().established is not None


def test_a_station_that_is_taken_away_is_told_so() -> None:
    net = Net()
    _, b, station = three(net)
    net.begin()
    net.run(2)
    b.give(ConfigurationChanged(replace(b.bgp.config, bmp=())))
    net.run(1)
    last = messages(station)[-1]
    assert isinstance(last, Termination)
    assert last.reason == 0
    assert b.bgp.monitoring.stations == {}


def packets(octets: bytes, size: int = 1000) -> bytes:
    """A capture (pcap, raw IPv4) of a stream to port 5000."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)
    for at in range(0, len(octets), size):
        data = octets[at : at + size]
        segment = Tcp(40_000, 5000, 1 + at, 1, TcpFlag.ACK | TcpFlag.PSH, payload=data)
        packet = Ipv4(ROUTER, HERE, 6, segment.encode(ROUTER, HERE)).encode()
        out += struct.pack("<IIII", at, 0, len(packet), len(packet)) + packet
    return out


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_all_that_a_router_says(tmp_path: Path) -> None:
    net = Net()
    a, b, station = three(net)
    # the name of the table behind the OPENs (RFC 9069 5.2.1) is no BGP, as tshark 4.0 would have it
    b.bgp.config = replace(b.bgp.config, bmp=(replace(STATION, local_rib=False),))
    net.begin()
    net.run(8)
    a.ask("shut", "to 10.0.0.2")
    net.run(1)
    capture = tmp_path / "bmp.pcap"
    capture.write_bytes(packets(station.octets[1]))
    words = ["tshark", "-r", str(capture), "-d", "tcp.port==5000,bmp", "-T", "fields"]
    words += ["-e", "bmp.type", "-e", "_ws.malformed", "-e", "bmp.peer.type"]
    read = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "alformed" not in read
    kinds = ",".join(line.split("\t")[0] for line in read.splitlines()).split(",")
    said = [str(int(one.kind)) for one in messages(station) if not isinstance(one, UnknownMessage)]
    assert [one for one in kinds if one] == said
    assert {"0", "1", "2", "3", "4"} == set(said)


def refusing(node: Node, *, refuses: bool) -> None:
    """Have its only neighbour's routes refused, or taken again."""
    (neighbor,) = node.bgp.config.neighbors
    policy = REFUSES if refuses else None
    families = tuple(replace(one, import_policy=policy) for one in neighbor.families)
    changed = replace(neighbor, families=families)
    node.give(ConfigurationChanged(replace(node.bgp.config, neighbors=(changed,))))


def test_what_an_import_policy_changes_is_told_behind_it() -> None:
    """RFC 7854 5: a change of policy is a change of the post-policy Adj-RIB-In, and of no other."""
    net = Net()
    a, b, station = three(net)
    a.bgp.config = replace(a.bgp.config, networks=network(P, Q))
    net.begin()
    net.run(4)
    both = {str(P), str(Q)}
    began = len(messages(station))
    refusing(b, refuses=True)
    net.run(1)
    assert [table(station, view) for view in ("pre-policy", "post-policy", "loc-rib")] == [
        both,
        set(),
        set(),
    ]
    refusing(b, refuses=False)
    net.run(1)
    assert [table(station, view) for view in ("pre-policy", "post-policy", "loc-rib")] == [both] * 3
    told = [one for one in messages(station)[began:] if isinstance(one, RouteMonitoring)]
    assert {one.peer.view for one in told} == {"post-policy", "loc-rib"}
    assert {one.peer.instant_ns // SECOND - EPOCH // SECOND for one in told} <= {4, 5, 6}
    began = len(messages(station))
    refusing(b, refuses=False)  # nothing fares otherwise
    net.run(1)
    assert messages(station)[began:] == []


def test_messages_with_faults_are_mirrored_word_for_word() -> None:
    """RFC 7854 4.7: what RFC 7606 found wrong, with the code for it, behind the message itself."""
    net = Net()
    watched = config(65002, 2, towards(65001, "10.0.0.1"), bmp=(STATION,), epoch_ns=EPOCH)
    b = net.add("10.0.0.2", watched, 2)
    station, bad = Raw(net, "10.0.0.9"), Raw(net, "10.0.0.1")
    net.begin()
    net.run(2)
    (stream,) = bad.ends
    bad.establish(stream, 65001, 1)
    net.run(1)
    right = update(b"\x18\xc0\x00\x02", 65001, bytes((10, 0, 0, 1)))
    wrong = update(b"\x18\xc6\x33\x64", 65001, bytes((10, 0, 0, 1)), b"\x80\x04\x01\x05")  # MED
    bad.send(stream, right + wrong + right)
    net.run(1)
    assert b.peer().established is not None
    found = messages(station)
    (mirrored,) = (one for one in found if isinstance(one, RouteMirroring))
    assert mirrored.information == ((1, b"\0\0"), (0, wrong))  # errored PDU, then the PDU
    assert mirrored.peer.address == Address("10.0.0.1")
    assert mirrored.peer.view == "pre-policy"
    assert mirrored.peer.instant_ns // SECOND == EPOCH // SECOND + 3
    before = found[found.index(mirrored) - 1]
    assert isinstance(before, RouteMonitoring)
    assert before.update == wrong
    assert table(station, "post-policy") == {str(P)}


def test_a_path_that_is_used_again_is_told_behind_the_policy() -> None:
    """RFC 2439 4.8.7: nothing is said when the penalty has decayed, but the path is back."""
    net = Net()
    a, b, station = three(net)
    (neighbor,) = b.bgp.config.neighbors
    damping = Damping(half_life_ns=10 * SECOND, suppress=1500, longest_ns=40 * SECOND)
    families = tuple(replace(one, damping=damping) for one in neighbor.families)
    b.bgp.config = replace(b.bgp.config, neighbors=(replace(neighbor, families=families),))
    net.begin()
    net.run(4)
    for networks in ((), network(P), (), network(P)):
        a.give_networks(networks)
        net.run(0.5)
    views = ("pre-policy", "post-policy", "loc-rib")
    assert [table(station, view) for view in views] == [{str(P)}, set(), set()]
    net.run(60)
    assert [table(station, view) for view in views] == [{str(P)}] * 3


def test_what_was_told_before_a_station_came_is_told_to_it() -> None:
    """RFC 8671 4: the Adj-RIB-Out as it is, then what goes; with path identifiers where they do."""
    net = Net()
    _, b, station = three(net, networks=network(Q, *MORE))
    net.begin()
    net.run(8)
    first = table(station, "out")
    assert first == {str(Q), *map(str, MORE)}
    station.close(1)
    net.run(60)
    assert table(station, "out", 2) == first
    told = [one for one in messages(station, 2) if isinstance(one, RouteMonitoring)]
    out = [one for one in told if one.peer.view == "out"]
    assert [one.peer.address for one in out] == [Address("10.0.0.1")] * len(out)
    assert len(out) < 10  # alike ones share an UPDATE
    assert out[-1].update[19:] == bytes(4)  # the end of the table
    assert b.bgp.monitoring.stations["here"].state == "up"
    b.give_networks(network(Q))
    net.run(2)
    assert table(station, "out", 2) == {str(Q)}
