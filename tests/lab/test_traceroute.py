"""Traceroute: the hops, the signs, and the text that users know."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labs import chain, network

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.application import Started
from fingerpost.host.notice import Notice, NoticeKind, Quote
from fingerpost.lab.icmp_text import sign
from fingerpost.lab.probe import IcmpProbes, TcpProbes, UdpProbes
from fingerpost.lab.traceroute import Traceroute, TracerouteOptions
from fingerpost.wire.checksum import ones_sum, pseudo_sum
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.udp import Udp

MS = 1_000_000
ENDS = [
    (Address("10.0.0.1"), Address("10.0.0.2")),
    (Address("2001:db8::1"), Address("2001:db8::2")),
]


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("method", ["udp", "icmp", "tcp"])
def test_every_method_finds_every_router(method: str, family: int) -> None:
    net = network(chain(4))
    result = net["a"].traceroute("z", method=method, family=family)
    assert result
    assert result.path == ("r1", "r2", "r3", "r4", "z")
    assert all(len(hop.answers) == 3 for hop in result.hops)


def test_the_text_is_that_of_traceroute() -> None:
    net = network(chain(1))
    net["a"].ping("z")
    assert str(net["a"].traceroute("z", family=4)) == (
        "traceroute to z (10.128.1.2), 30 hops max, 60 byte packets\n"
        " 1  r1 (10.128.0.1)  2.000 ms  2.000 ms  2.000 ms\n"
        " 2  z (10.128.1.2)  4.000 ms  4.000 ms  4.000 ms"
    )


@pytest.mark.parametrize("family", [4, 6])
def test_a_lab_answers_every_probe_of_a_traceroute_with_many(family: int) -> None:
    result = network(chain(3))["a"].traceroute("z", queries=64, flows=16, family=family)
    assert [len(hop.answers) for hop in result.hops] == [64] * 4
    assert all(one is not None for hop in result.hops for one in hop.answers)


@pytest.mark.parametrize("family", [4, 6])
def test_probes_of_the_largest_size_are_answered_on_a_cold_way(family: int) -> None:
    result = network(chain(3))["a"].traceroute("z", size=65_535, family=family)
    assert [None not in hop.answers for hop in result.hops] == [True] * 4


def test_the_strict_profile_keeps_its_limit_of_errors() -> None:
    lab = chain(1)
    lab["topology"]["nodes"]["r1"]["profile"] = "strict"
    hop = network(lab)["a"].traceroute("z", queries=16, max_ttl=1, family=4).hops[0]
    assert sum(one is not None for one in hop.answers) == 10


@pytest.mark.parametrize(("family", "size"), [(4, 60), (6, 80)])
def test_a_syn_has_the_size_and_the_options_of_a_hosts(family: int, size: int) -> None:
    result = network(chain(1))["a"].traceroute("z", method="tcp", family=family)
    assert (result.size, len(result.probe)) == (size, size)
    syn = Tcp.decode(result.probe[size - 40 :])
    names = [type(option).__name__ for option in syn.options]
    assert names[0] == "MaximumSegmentSize"
    assert names[-1] == "WindowScale"
    assert syn.payload == b""


def test_a_size_for_syns_is_misuse() -> None:
    with pytest.raises(UsageError, match="a SYN has no data"):
        TracerouteOptions(method="tcp", size=100)


def test_silence_is_a_star_and_the_wait_ends_it() -> None:
    lab = chain(2, timeline=[{"at": "0s", "fail": "r2->z"}])
    net = network(lab)
    result = net["a"].traceroute("z", max_ttl=5, wait="1s", family=4)
    assert not result
    assert [hop.answers for hop in result.hops[2:]] == [(None,) * 3] * 3
    assert str(result).splitlines()[3] == " 3  * * *"
    assert result.path == ("r1", "r2", None, None, None)


@pytest.mark.parametrize(
    ("route", "family", "said"),
    [
        ("10.9.0.0/16 unreachable", 4, "!H"),
        ("10.9.0.0/16 prohibit", 4, "!X"),
        ("10.9.0.0/16 blackhole", 4, None),
        (None, 4, "!N"),
        ("fd00:9::/32 prohibit", 6, "!X"),
        (None, 6, "!N"),
    ],
)
def test_errors_have_the_signs_of_traceroute(
    route: str | None, family: int, said: str | None
) -> None:
    lab = chain(1)
    if route is not None:
        lab["topology"]["nodes"]["r1"]["routes"] = [route]
    net = network(lab)
    target = Address("10.9.0.1" if family == 4 else "fd00:9::1")
    result = net["a"].traceroute(target, max_ttl=2, queries=1, wait="1s")
    answers = [one for hop in result.hops for one in hop.answers if one is not None]
    if said is None:
        assert answers == []
        return
    assert [one.sign for one in answers] == [said]
    assert str(result).endswith(f" ms {said}")
    assert len(result.hops) == 1, "an unreachable ends the search"
    assert not result.is_reached


@pytest.mark.parametrize(
    ("version", "type_", "code", "kind", "mtu", "said"),
    [
        (4, 11, 0, NoticeKind.HOP_LIMIT, 0, ""),
        (4, 3, 3, NoticeKind.PORT, 0, ""),
        (4, 3, 2, NoticeKind.PROTOCOL, 0, "!P"),
        (4, 3, 4, NoticeKind.TOO_BIG, 1400, "!F-1400"),
        (4, 3, 5, NoticeKind.SOURCE_ROUTE, 0, "!S"),
        (4, 3, 14, NoticeKind.PRECEDENCE, 0, "!V"),
        (4, 3, 15, NoticeKind.PRECEDENCE, 0, "!C"),
        (4, 3, 44, NoticeKind.OTHER, 0, "!<44>"),
        (6, 1, 2, NoticeKind.BEYOND_SCOPE, 0, "!H"),
    ],
)
def test_signs(version: int, type_: int, code: int, kind: NoticeKind, mtu: int, said: str) -> None:
    assert sign(Notice(ENDS[0][0], kind, type_, code, mtu, None, version)) == said


def test_the_path_mtu_is_found_as_tracepath_does() -> None:
    lab = chain(3)
    lab["topology"]["links"][1]["mtu"] = 1400
    lab["topology"]["links"][2]["mtu"] = 1300
    net = network(lab)
    result = net["a"].traceroute("z", mtu=True, family=4)
    assert result.mtu == 1300
    assert [hop.answers[0] and hop.answers[0].mtu for hop in result.hops] == [
        1500,
        1400,
        1300,
        1300,
    ]
    lines = str(result).splitlines()
    assert [line.count("F=") for line in lines[1:]] == [1, 1, 1, 0]
    assert net["a"].traceroute("z", mtu=True, family=6).mtu == 1300


def fan(ways: int = 4) -> dict[str, object]:
    """a - in - {m1..mN} - out - z."""
    middle = [f"m{n}" for n in range(1, ways + 1)]
    nodes: dict[str, object] = {name: {} for name in ("in", *middle, "out")}
    links = [["a", "in"], *(["in", m] for m in middle), *([m, "out"] for m in middle), ["out", "z"]]
    return {
        "topology": {
            "nodes": nodes | {"a": {"kind": "host"}, "z": {"kind": "host"}},
            "links": [{"endpoints": ends, "delay": "1ms"} for ends in links],
        }
    }


@pytest.mark.parametrize("method", ["udp", "icmp", "tcp"])
@pytest.mark.parametrize("family", [4, 6])
def test_one_flow_goes_one_way_through_equal_cost_routers(method: str, family: int) -> None:
    net = network(fan())
    for _ in range(4):
        result = net["a"].traceroute("z", method=method, queries=8, family=family)
        net.run(until=net.now + 1000 * MS)  # routers limit the errors they send
        assert [len(hop.addresses) for hop in result.hops] == [1, 1, 1, 1]


def test_many_flows_find_many_ways() -> None:
    result = network(fan())["a"].traceroute("z", flows=16, queries=16)
    assert len(result.hops[1].addresses) == 4
    lines = str(result).splitlines()
    assert sum(f"m{n} (" in lines[2] for n in range(1, 5)) == 4


def test_why_follows_the_flow_that_traceroute_took() -> None:
    net = network(fan())
    for _ in range(5):
        result = net["a"].traceroute("z")
        why = net["a"].why("z", packet=result.probe)
        net.run(until=net.now + 1000 * MS)
        assert why.path[1:] == result.path


def test_few_or_many_at_a_time_find_the_same() -> None:
    net = network(chain(5))
    for simultaneous in (1, 2, 16):
        options = TracerouteOptions(simultaneous=simultaneous)
        machine = net["a"].start_traceroute("z", options)
        assert isinstance(machine, Traceroute)
        net.wait(lambda machine=machine: machine.is_done)  # type: ignore[misc]
        assert [len(hop.addresses) for hop in machine.result.hops] == [1] * 6
        assert machine.result.is_reached
        net.run(until=net.now + 1000 * MS)


def test_it_ends_at_the_last_hop_that_is_allowed() -> None:
    net = network(chain(5))
    result = net["a"].traceroute("z", max_ttl=3, first_ttl=2, queries=2)
    assert result.path == ("r2", "r3")
    assert [hop.ttl for hop in result.hops] == [2, 3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "carrier pigeon"},
        {"first_ttl": 0},
        {"first_ttl": 5, "max_ttl": 4},
        {"max_ttl": 256},
        {"queries": 0},
        {"flows": 0},
        {"size": 20},
    ],
)
def test_options_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        network(chain(1))["a"].traceroute("z", **wrong)  # type: ignore[arg-type]


# -- probes ----------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    ends=st.sampled_from(ENDS),
    base=st.integers(0, 65535),
    flow=st.integers(0, 15),
    numbers=st.sets(st.integers(0, 5000), min_size=1, max_size=20),
    size=st.integers(2, 1400),
)
def test_probes_of_a_flow_look_alike_to_routers_and_differ_to_us(
    ends: tuple[Address, Address], base: int, flow: int, numbers: set[int], size: int
) -> None:
    source, destination = ends
    udp = UdpProbes(source, destination, base, 33434)
    icmp = IcmpProbes(source, destination, base)
    tcp = TcpProbes(source, destination, base, 80)
    for probes in (udp, icmp, tcp):
        made = {number: probes.make(number, flow, size) for number in sorted(numbers)}
        for number, data in made.items():
            start = pseudo_sum(source, destination, probes.protocol, len(data))
            if probes is icmp and source.version == 4:
                start = 0
            assert ones_sum(data, start) == 0xFFFF
            quote = Quote(source, destination, probes.protocol, 0, 1, data[:8])
            assert probes.quoted(quote) == number
        assert len({data[:4] for data in made.values()}) == 1, "what flow hashes look at"
    assert Udp.decode(udp.make(1, flow, size), source, destination).destination_port == 33434
    assert Tcp.decode(tcp.make(1, flow, size), source, destination).source_port >= 49152


def test_the_first_packet_leaves_with_the_first_hop_limit() -> None:
    machine = Traceroute("z", *ENDS[0], base=0, options=TracerouteOptions(first_ttl=3))
    out = machine.receive(Started(), 0)
    assert [packet.packet[8] for packet in out] == [3, 3, 3]
    assert len(out) == 3


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(UsageError, match="take 1 to 65,535"):
        network(chain())["a"].traceroute("z", port=port)
