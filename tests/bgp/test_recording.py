"""Files of MRT that a router writes, read back (RFC 6396, RFC 8050)."""

from __future__ import annotations

import io

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import MrtFiles, Network
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.records import lines_of
from fingerpost.bgp.records.dumping import dump_slices
from fingerpost.forwarding.durations import SECOND
from fingerpost.mrt import MessageSeen, MrtFile, PeerIndex, Rib, StateChange
from fingerpost.protocol.events import AppendFile, FinishFile

EPOCH = 1_700_000_000 * SECOND
FILES = MrtFiles("rib.%H%M%S", 3 * SECOND, "updates.%H%M%S", 4 * SECOND)
MANY = tuple(Prefix(f"10.{n >> 8}.{n & 255}.0/24") for n in range(700))


def network(*prefixes: Prefix) -> tuple[Network, ...]:
    return tuple(Network(one, needs_route=False) for one in prefixes)


def two(net: Net, **more: object) -> tuple[Node, Node]:
    """A tells B what it has; B writes it down."""
    a = net.add("10.0.0.1", config(65001, 1, towards(65002, "10.0.0.2"), networks=network(*MANY)))
    b = net.add("10.0.0.2", config(65002, 2, towards(65001, "10.0.0.1"), epoch_ns=EPOCH, **more), 2)
    net.begin()
    return a, b


def files(node: Node) -> dict[str, bytes]:
    """The finished files."""
    open_, whole = dict[str, bytes](), dict[str, bytes]()
    for output in node.outputs:
        if isinstance(output, AppendFile):
            open_[output.path] = open_.get(output.path, b"") + output.data
        elif isinstance(output, FinishFile):
            whole[output.path] = open_.pop(output.path, b"")
    return whole


def lines(data: bytes) -> list[str]:
    file = MrtFile(io.BytesIO(data))
    return [line for entry in file for line in lines_of(entry, file.peers)]


def test_a_table_that_is_dumped_reads_back() -> None:
    net = Net()
    _, b = two(net, networks=network(Prefix("203.0.113.0/24")))
    net.run(4)
    found = b"".join(dump_slices(b.bgp, EPOCH + net.now))
    file = MrtFile(io.BytesIO(found))
    entries = list(file)
    assert isinstance(entries[0], PeerIndex)
    assert [(one.address, one.asn) for one in entries[0].peers] == [
        (Address("0.0.0.0"), 0),
        (Address("10.0.0.1"), 65001),
    ]
    ribs = [one for one in entries[1:] if isinstance(one, Rib)]
    assert [one.sequence for one in ribs] == list(range(701))
    told = [line.split("|") for line in lines(found)]
    ours = {line[5] for line in told if line[4] == "65001"}
    assert ours == {str(one) for one in MANY}
    assert {line[6] for line in told if line[4] == "65001"} == {"65001"}
    assert [line[5] for line in told if line[4] == "0"] == ["203.0.113.0/24"]
    assert all(0 <= one.originated_s - EPOCH // SECOND <= 4 for rib in ribs for one in rib.entries)


def test_a_dump_goes_in_slices() -> None:
    net = Net()
    _, b = two(net)
    net.run(4)
    parts = list(dump_slices(b.bgp, EPOCH, families=(IPV4, IPV6)))
    assert len(parts) == 3  # the peers, and two families of one slice each
    assert parts[2] == b""


def test_files_are_written_in_their_times() -> None:
    net = Net()
    a, b = two(net, mrt=FILES)
    net.run(5)
    a.give_networks(())
    net.run(5)
    found = files(b)
    tables = {name: data for name, data in found.items() if name.startswith("rib")}
    assert [len(lines(data)) for data in tables.values()] == [700, 0, 0]
    messages = b"".join(data for name, data in found.items() if name.startswith("updates"))
    entries = list(MrtFile(io.BytesIO(messages)))
    assert isinstance(entries[0], StateChange)
    assert (entries[0].before, entries[0].after) == (5, 6)
    seen = [one for one in entries if isinstance(one, MessageSeen)]
    assert all(one.ends.peer_as == 65001 and one.instant_ns >= EPOCH for one in seen)
    told = [line.split("|")[2] for line in lines(messages)]
    assert told.count("A") == 700
    assert told.count("W") == 700
    assert b.bgp.recording.lost == 0
