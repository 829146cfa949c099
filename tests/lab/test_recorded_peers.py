"""A recorded peer speaks to routers of a lab: by one line of its file, or by `LabNode.replay`."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.lab.network import Network
from fingerpost.lab.topology import TopologyError
from fingerpost.mrt import PeerIndex, Rib, RibEntry, TablePeer
from mrt.test_replay import ONE, OTHER, attributes, table, updates

LAB = """
routing: bgp
topology:
  nodes:
    internet: {{kind: host, as: 65001, replay: {replay}}}
    edge: {{as: 65010}}
    far: {{as: 65020}}
  links: [{{endpoints: [internet, edge]}}, {{endpoints: [edge, far]}}]
"""
COUNT = 300


def dual() -> bytes:
    """A peer that says a prefix of each family."""
    index = PeerIndex(1, (TablePeer(ONE, 65001),))
    of_v6 = attributes(65001, 65100)[:-7] + bytes.fromhex("800e11 10") + OTHER_HOP.packed
    entries = [
        Rib(0, 0, 1, 1, bytes((24, 10, 9, 9)), (RibEntry(0, 1, attributes(65001)),)),
        Rib(0, 1, 2, 1, bytes.fromhex("2020010db8"), (RibEntry(0, 1, of_v6),)),
    ]
    return index.record(0).encode() + b"".join(one.record().encode() for one in entries)


OTHER_HOP = Address("2001:db8:ffff::1")


def lab(folder: Path, data: bytes, replay: str = "rib.mrt") -> Network:
    (folder / "rib.mrt").write_bytes(data)
    (folder / "lab.yaml").write_text(LAB.format(replay=replay))
    return Network.load(folder / "lab.yaml")


def learned(net: Network, node: str) -> set[Prefix]:
    held = net[node].table.items()
    return {prefix for prefix, one in held if one.origin == "bgp" and prefix.length == 24}


def test_a_table_is_played_to_a_router_and_goes_on_from_there(tmp_path: Path) -> None:
    net = lab(tmp_path, table(COUNT)).run()
    wanted = {Prefix(f"10.{n >> 8}.{n & 255}.0/24") for n in range(COUNT)}
    assert net.is_converged
    assert learned(net, "edge") == learned(net, "far") == wanted
    (replay,) = net.replays
    assert (replay.who.address, replay.who.asn, replay.who.count) == (ONE, 65001, COUNT)
    assert replay.is_established
    assert replay.is_done
    routing = net["far"].router.routing
    assert routing is not None
    assert "as path 65010 65001 65101" in str(routing.explain("10.0.7.0/24"))


def test_a_session_that_ends_begins_again(tmp_path: Path) -> None:
    net = lab(tmp_path, table(20)).run()
    net.fail("internet-edge")
    net.run(until=net.now + 200 * 10**9)
    assert learned(net, "far") == set()
    net.restore("internet-edge")
    net.run(until=net.now + 200 * 10**9)
    assert len(learned(net, "far")) == 20
    net.fail("internet")
    net.run(until=net.now + 200 * 10**9)
    assert learned(net, "far") == set()
    net.restore("internet")
    net.run(until=net.now + 200 * 10**9)
    assert len(learned(net, "far")) == 20
    assert net.replays[0].sessions == 3


def test_messages_come_in_their_times(tmp_path: Path) -> None:
    net = lab(tmp_path, updates(), "{file: rib.mrt, speed: 0.1}")
    net.run(until="5s")
    first = len(learned(net, "far"))
    net.run(until="30s")
    assert 0 < first < len(learned(net, "far")) == 9


def test_next_hops_are_those_of_the_node_in_both_families(tmp_path: Path) -> None:
    lab(tmp_path, dual())
    text = (tmp_path / "lab.yaml").read_text()
    both = "numbering: {families: [ipv4, ipv6]}"
    (tmp_path / "lab.yaml").write_text(both + text)
    net = Network.load(tmp_path / "lab.yaml")
    told = list(net.run(until="1s").replays[0]._messages(*net.replays[0]._hops))
    octets = b"".join(one for _, one in told)
    ours = [own.address for own in net["internet"].addresses if not own.address.is_link_local]
    assert len(ours) == 2
    assert all(one.packed in octets for one in ours)
    assert ONE.packed not in octets
    assert OTHER_HOP.packed not in octets


def test_a_program_begins_one_too(tmp_path: Path) -> None:
    file = tmp_path / "rib.mrt"
    file.write_bytes(table(20))
    edge = {"bgp": {"as": 65010, "requires-policy": False}}
    net = Network.of(
        {
            "topology": {
                "nodes": {"here": {"kind": "host"}, "edge": {"router": edge}},
                "links": [{"endpoints": ["here", "edge"]}],
            }
        }
    )
    with pytest.raises(UsageError, match="nothing to tell of 4711"):
        net["here"].replay(file, "edge", peer=4711)
    replay = net["here"].replay(file, "edge", peer=str(OTHER))
    assert replay.who.count == 5
    net.run(until="30s")
    assert not replay.is_established  # the router knows of no such neighbor
    assert replay.sessions > 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{kind: host, as: 65001, replay: nowhere.mrt}", "nowhere.mrt: no such file"),
        ("{as: 65001, replay: lab.yaml}", "is for hosts"),
        ("{kind: host, replay: lab.yaml}", "give the node that of the peer: as: 3333"),
        ("{kind: host, replay: {file: lab.yaml, peer: nobody}}", "or its AS: 3333"),
    ],
)
def test_what_cannot_be_played_is_a_fault_of_the_file(
    tmp_path: Path, words: str, said: str
) -> None:
    text = LAB.replace(
        "{{kind: host, as: 65001, replay: {replay}}}", words.replace("{", "{{").replace("}", "}}")
    )
    (tmp_path / "lab.yaml").write_text(text.format())
    with pytest.raises(TopologyError, match=said):
        Network.load(tmp_path / "lab.yaml")
