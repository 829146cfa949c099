"""A network that runs: time, failures, sockets, and the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from labs import chain, network

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.tcp_connection import TcpState
from fingerpost.lab.model import Lab
from fingerpost.lab.network import Network
from fingerpost.lab.routes import Tables
from fingerpost.lab.scheduler import WorkLimitError
from fingerpost.lab.topology import TopologyError

SECOND = 1_000_000_000
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

NOISY = chain(
    3,
    seed=5,
    timeline=[{"at": "2s", "fail": "r1-r2"}, {"at": "4s", "restore": "r1-r2"}],
)
NOISY["topology"]["links"][1] |= {
    "jitter": "3ms", "loss": "10%", "duplicate": "10%", "reorder": "10%", "corrupt": "5%",
    "bandwidth": "1Mbps", "queue": 5,
}  # fmt: skip

RUN = """
import json, sys
from fingerpost.lab.network import Network
net = Network.of(json.loads(sys.argv[1]), seed=int(sys.argv[3]))
with net.capture(sys.argv[2]):
    net["z"].serve("echo")
    net["a"].ping("z", count=20, interval="100ms")
    net["a"].ping("z", count=20, interval="100ms", family=6, size=2000)
    socket = net["a"].udp()
    for n in range(30):
        socket.send(b"x" * 300, "z", 7)
    net.run(until="20s")
    try:
        server = net["z"].listen(80)
        net["a"].connect("z", 80).send(b"hello" * 1000)
    except Exception as error:
        print(error)
    net["a"].traceroute("z")
    net.run(until="60s")
"""


def captured(folder: Path, name: str, *, seed: int, hash_seed: str) -> bytes:
    path = folder / name
    subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(NOISY), str(path), str(seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
    )
    return path.read_bytes()


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    first = captured(tmp_path, "1.pcapng", seed=5, hash_seed="0")
    assert len(first) > 50_000
    assert captured(tmp_path, "2.pcapng", seed=5, hash_seed="0") == first
    assert captured(tmp_path, "3.pcapng", seed=5, hash_seed="4321") == first
    assert captured(tmp_path, "4.pcapng", seed=6, hash_seed="0") != first


def test_a_link_added_elsewhere_changes_no_chance_on_this_one() -> None:
    def fates(lab: dict[str, object]) -> list[tuple[int, str]]:
        net = network(lab)
        capture = net.capture(links="r1-r2")
        net["a"].ping("z", count=30, interval="20ms", family=4)
        return [(frame.instant, frame.fate) for frame in capture]

    lossy = chain(2)
    lossy["topology"]["links"][1] |= {"loss": "30%"}
    wider = json.loads(json.dumps(lossy))
    wider["topology"]["nodes"]["far"] = {"kind": "host"}
    wider["topology"]["links"].append({"endpoints": ["r2", "far"], "loss": "50%"})
    assert fates(lossy) == fates(wider)


# -- failures --------------------------------------------------------------------------------------


def test_a_cut_link_takes_its_routes_and_gives_them_back() -> None:
    net = network(chain(2))
    before = str(net["r1"].router.fib)
    net.fail("r1-r2")
    assert not net["r1"].interfaces["eth2"].is_up
    assert not net["r2"].interfaces["eth1"].is_up
    assert str(net["a"].ping("z", count=1, family=4).errors[0]) == "Destination Net Unreachable"
    net.restore("r1-r2")
    assert str(net["r1"].router.fib) == before
    net.run(until=net.now + 5 * SECOND)  # addresses are checked before they are used again
    assert net["a"].ping("z", family=4)
    assert net["a"].ping("z", family=6)
    kinds = [entry.kind for entry in net.events if entry.where == "r1-r2"]
    assert kinds == ["link failed", "link restored"]


def test_one_direction_fails_and_nobody_is_told() -> None:
    net = network(chain(2))
    net.fail("r2->r1")
    assert net["r1"].interfaces["eth2"].is_up
    heard = net["z"].udp(5000)
    net["r1"].ping("r2", count=1, timeout="1s")  # r2 learns r1 from its question
    assert not net["a"].ping("z", count=1, timeout="1s")
    net.restore("r2->r1")
    assert net["a"].ping("z", count=1)
    assert heard.receive("0s") is None


def test_a_node_that_is_switched_off_forgets_all_but_its_configuration() -> None:
    net = network(chain(2))
    net["r1"].udp(5000)
    assert net["a"].ping("z", count=1)
    net.fail("r1")
    assert not net["r2"].interfaces["eth1"].is_up
    assert not net["a"].interfaces["eth1"].is_up
    net.restore("r1")
    net.run(until=net.now + 5 * SECOND)
    assert net["r1"].udp(5000).port == 5000, "the port is free again"
    assert net["a"].ping("z", count=2)
    assert net["a"].ping("z", count=2, family=6)


def test_a_lan_stays_up_for_the_others() -> None:
    lan = {
        "topology": {
            "nodes": {name: {"kind": "host"} for name in "abc"},
            "links": [{"endpoints": ["a", "b", "c"], "name": "lan"}],
        }
    }
    net = network(lan)
    net.fail("c")
    assert net["a"].interfaces["eth1"].is_up
    assert net["a"].ping("b", count=1)
    net.fail("lan")
    assert not net["a"].interfaces["eth1"].is_up


def test_the_timeline_of_the_file_happens() -> None:
    lab = chain(
        1,
        timeline=[
            {"at": "1s", "fail": "r1-z"},
            {"at": "2s", "restore": "r1-z"},
            {"at": "3s", "set": {"link": "a-r1", "delay": "50ms", "from": "a"}},
            {"at": "4s", "fail": "r1"},
        ],
    )
    net = network(lab)
    assert net.end == 5 * SECOND
    net.run(until="1s")
    assert not net["r1"].interfaces["eth2"].is_up
    net.run(until="2s")
    assert net["r1"].interfaces["eth2"].is_up
    net.run(until="3s")
    assert net.links["a-r1"].directions[0].quality.delay_ns == 50_000_000
    assert net.links["a-r1"].directions[1].quality.delay_ns == 1_000_000
    net.run()
    assert (net.now, net["r1"].is_on) == (5 * SECOND, False)


def test_qualities_change_by_the_words_of_the_file() -> None:
    net = network(chain(1))
    net.set("a-r1", delay="10ms", loss="100%")
    assert net.links["a-r1"].directions[1].quality.delay_ns == 10_000_000
    assert not net["a"].ping("r1", count=1, timeout="1s")
    net.set("a->r1", loss="0%")
    assert [one.quality.loss for one in net.links["a-r1"].directions] == [0.0, 1.0]
    with pytest.raises(UsageError, match=r"^quality of a-r1: delay: 'soon': write a time .* 2min$"):
        net.set("a-r1", delay="soon")
    with pytest.raises(UsageError, match=r"^quality of a-r1: los: no such field; .* 'loss'\?$"):
        net.set("a-r1", los="2%")
    with pytest.raises(UsageError, match="is a node"):
        net.set("a", delay="1ms")


@pytest.mark.parametrize("wrong", ["a-z", "q", "a->z", "r1-r9", ""])
def test_names_that_mean_nothing_are_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        network(chain(2)).fail(wrong)


# -- time ------------------------------------------------------------------------------------------


def test_actions_happen_at_their_time_and_can_be_cancelled() -> None:
    net, seen = network(chain(1)), []
    net.at("2s", lambda: seen.append(net.now))
    net.at("3s", lambda: net.fail("a-r1"))
    net.at("4s", lambda: seen.append(0)).cancel()
    net.run(until="10s")
    assert seen == [2 * SECOND]
    assert not net["a"].interfaces["eth1"].is_up
    with pytest.raises(UsageError, match="is over"):
        net.at("1s", lambda: None)


@pytest.mark.parametrize("wrong", ["soon", "10", "-1s", -5, "1 parsec"])
def test_times_that_are_none_are_refused(wrong: str | int) -> None:
    with pytest.raises(UsageError, match="until"):
        network(chain(1)).run(until=wrong)


def test_a_storm_ends_with_an_error() -> None:
    net = network(chain(1))

    def again() -> None:
        net.at(net.now, again)

    again()
    with pytest.raises(WorkLimitError, match="500 events"):
        net.run(until="1s", max_events=500)


# -- sockets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", [4, 6])
def test_datagrams_cross_the_network(family: int) -> None:
    net = network(chain(2))
    net["z"].serve("echo", "discard")
    socket = net["a"].udp()
    socket.send(b"hello", "z", 7, family=family)
    answer = socket.receive()
    assert answer is not None
    assert (answer.data, answer.source_port, answer.hop_limit) == (b"hello", 7, 62)
    socket.send(b"hello", "z", 9, family=family)
    assert socket.receive("1s") is None
    socket.send(b"hello", "z", 4711, family=family)
    assert socket.receive("1s") is None
    assert [str(error.kind.value) for error in socket.errors] == ["port unreachable"]


@pytest.mark.parametrize("family", [4, 6])
def test_tcp_brings_everything_across_a_bad_link(family: int) -> None:
    lab = chain(2)
    lab["topology"]["links"][1] |= {"loss": "5%", "jitter": "2ms", "reorder": "5%"}
    net = network(lab)
    server = net["z"].listen(80)
    client = net["a"].connect("z", 80, family=family)
    accepted = server.accept()
    data = bytes(range(256)) * 400
    client.send(data[:50_000])
    found = accepted.receive(50_000)
    client.send(data[50_000:])
    found += accepted.receive(len(data) - 50_000)
    assert found == data
    accepted.send(b"thanks")
    accepted.close()
    assert client.receive(6) == b"thanks"
    client.close()
    net.run(until=net.now + 60 * SECOND)
    assert client.state is TcpState.CLOSED


def test_a_closed_port_refuses_and_a_silent_host_times_out() -> None:
    net = network(chain(1))
    with pytest.raises(UsageError, match="port 81: refused"):
        net["a"].connect("z", 81)
    net.set("r1-z", loss="100%")
    with pytest.raises(UsageError, match=r"nobody answered in time|timed out"):
        net["a"].connect("z", 81, wait="5s")


# -- building --------------------------------------------------------------------------------------


def labs() -> list[Lab]:
    from fingerpost.lab.topology import load

    paths = [path for path in sorted(EXAMPLES.glob("*.yaml")) if not path.stem.startswith("router")]
    return [lab for lab in map(load, paths) if not lab.has_protocols]


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: str(lab.name))
def test_routers_hold_the_tables_that_were_computed(lab: Lab) -> None:
    taken, installed = Network(lab), Network(lab)
    for name in lab.nodes:
        station = installed._stations[name]
        station._is_pristine = False  # route by route, as after a change
        expected = {p: str(r) for p, r in Tables(lab)[name].items()}
        assert {p: str(r) for p, r in taken[name].table.items()} == expected
        assert {p: str(r) for p, r in installed[name].table.items()} == expected


def test_nodes_speak_from_addresses_that_follow_from_the_file() -> None:
    net = network(chain(1))
    assert [str(own) for own in net["a"].addresses] == [
        "10.128.0.2/24",
        "fd00:0:2::2/64",
        "fe80::ff:fe01:1/64",
    ]
    assert str(net["r1"].interfaces["eth1"].mac) == "02:00:00:02:00:01"


def test_a_network_without_ipv6_has_no_link_local_addresses() -> None:
    net = network(chain(1, numbering={"families": ["ipv4"]}))
    assert {own.version for node in net.values() for own in node.addresses} == {4}
    assert net["a"].ping("z", count=1)
    with pytest.raises(UsageError, match="z has no IPv6 address"):
        net["a"].ping("z", family=6)


def test_targets_are_names_nodes_and_addresses() -> None:
    net = network(chain(1))
    address = net.address_of("z", 6)
    assert address == Address("fd00:0:2:1::2")
    assert net.address_of(net["z"]) == Address("10.128.1.2")
    assert net["a"].ping(address, count=1)
    assert net["a"].ping(str(address), count=1)
    assert net.owner_of(address) == "z"
    assert net.owner_of(Address("192.0.2.1")) is None


def test_a_mapping_of_its_nodes() -> None:
    net = network(chain(1))
    assert list(net) == ["a", "r1", "z"]
    assert len(net) == 3
    with pytest.raises(KeyError, match="did you mean"):
        net["r11"]
    with pytest.raises(UsageError, match="did you mean"):
        net.node("r11")
    assert repr(net) == "<Network 'chain': 3 nodes, 2 links, at 0 s>"
    assert repr(net["r1"]).startswith("<router r1: 10.255.0.1/32")


def test_files_are_loaded_and_faults_told(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(json.dumps(chain(1)))
    assert Network.load(path, seed=9).seed == 9
    path.write_text("topology: {nodes: {a: {kin: host}}}")
    with pytest.raises(TopologyError, match="kin"):
        Network.load(path)


def test_the_state_is_plain_data() -> None:
    net = network(chain(1))
    net["a"].ping("z", count=1)
    found = json.loads(json.dumps(net.snapshot()))
    assert found["now_ns"] == net.now
    assert set(found["nodes"]) == {"a", "r1", "z"}
    assert found["links"][0]["directions"][0]["sent"] == 2  # the question and the request
    assert "10.128.0.0/24" in found["nodes"]["a"]["routes"]


def test_tables_are_shown_as_ip_route_does() -> None:
    tables = network(chain(1, numbering={"families": ["ipv4"]})).tables()
    assert str(tables["a"]) == (
        "0.0.0.0/0 via 10.128.0.1 dev eth1 proto static\n10.128.0.0/24 dev eth1 proto connected"
    )
    assert str(tables).startswith("a:\n0.0.0.0/0")
    assert "<td>10.128.0.0/24</td>" in tables._repr_html_()


def test_what_a_node_has_instead_is_told_once_each() -> None:
    net = network(chain(numbering={"families": ["ipv4"]}))
    with pytest.raises(UsageError, match=r"^z has no IPv6 address; it has [0-9.]+$"):
        net["a"].ping("z", family=6)
    with pytest.raises(UsageError, match=r"^b has no address$"):
        network({"topology": {"nodes": {"a": {}, "b": {"kind": "host"}}}})["a"].ping("b")


def test_a_peer_that_does_not_receive_is_named_as_what_is_in_the_way() -> None:
    net = network(chain())
    net["z"].listen(80)
    client = net["a"].connect("z", 80)
    with pytest.raises(
        UsageError, match=r"ESTABLISHED at .* s; more fits once the peer has received"
    ):
        client.send(bytes(1_000_000))


def test_a_network_draws_itself_as_it_is_now() -> None:
    drawn = {"nodes": {"a": None, "b": None}, "links": [{"endpoints": ["a", "b"]}]}
    network = Network.of({"topology": drawn})
    whole = network._repr_svg_()
    assert whole.startswith("<svg")
    network.fail("a-b")
    assert network.draw(["a"]).svg != whole
    with pytest.raises(UsageError, match="nowhere"):
        network.draw(["a", "nowhere"])
