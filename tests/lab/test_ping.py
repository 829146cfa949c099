"""Ping: what it counts, and the text that users know (iputils)."""

from __future__ import annotations

from typing import Any

import pytest
from labs import chain, network

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import PacketOriginated, TimePassed
from fingerpost.host.application import PacketArrived, Started
from fingerpost.host.arrival import arrival_of
from fingerpost.lab.ping import Ping
from fingerpost.lab.ping_result import PingOptions
from fingerpost.lab.round_trip import RoundTrips, ping_time
from fingerpost.wire.icmp import EchoReply, EchoRequest, decode
from fingerpost.wire.ipv4 import Ipv4

A, Z = Address("10.0.0.1"), Address("10.0.0.2")
MS, SECOND = 1_000_000, 1_000_000_000


def machine(**options: Any) -> Ping:  # noqa: ANN401 - PingOptions' fields
    return Ping("z", A, Z, identifier=7, options=PingOptions(**options))


def reply_to(sent: PacketOriginated, ttl: int = 60) -> PacketArrived:
    request = Ipv4.decode(sent.packet)
    echo = decode(request.payload)
    assert isinstance(echo, EchoRequest)
    answer = EchoReply(echo.identifier, echo.sequence, echo.data).encode()
    arrival = arrival_of(Ipv4(Z, A, 1, answer, ttl).encode(), "eth0")
    assert arrival is not None
    return PacketArrived(arrival)


def test_the_machine_sends_at_its_interval_and_ends_with_the_last_reply() -> None:
    ping = machine(count=2)
    first = ping.receive(Started(), 0)
    assert ping.next_deadline() == SECOND
    ping.receive(reply_to(first[0]), 3 * MS)
    assert not ping.is_done
    second = ping.receive(TimePassed(), SECOND)
    assert ping.next_deadline() == SECOND + 10 * SECOND
    ping.receive(reply_to(second[0], ttl=59), SECOND + 5 * MS)
    assert ping.is_done
    assert ping.next_deadline() is None
    assert str(ping.result) == (
        "PING z (10.0.0.2) 56(84) bytes of data.\n"
        "64 bytes from 10.0.0.2: icmp_seq=1 ttl=60 time=3.00 ms\n"
        "64 bytes from 10.0.0.2: icmp_seq=2 ttl=59 time=5.00 ms\n"
        "\n"
        "--- z ping statistics ---\n"
        "2 packets transmitted, 2 received, 0% packet loss, time 1005ms\n"
        "rtt min/avg/max/mdev = 3.000/4.000/5.000/1.000 ms"
    )


def test_what_is_not_answered_in_time_is_lost() -> None:
    ping = machine(count=1, timeout_ns=SECOND)
    ping.receive(Started(), 0)
    ping.receive(TimePassed(), SECOND - 1)
    assert not ping.is_done
    ping.receive(TimePassed(), SECOND)
    assert ping.is_done
    assert not ping.result
    assert "1 packets transmitted, 0 received, 100% packet loss, time 0ms" in str(ping.result)


def test_duplicates_are_told_and_not_counted_as_replies() -> None:
    ping = machine(count=1)
    sent = ping.receive(Started(), 0)
    again = machine(count=3)
    for event in (again.receive(Started(), 0),):
        again.receive(reply_to(event[0]), MS)
        again.receive(reply_to(event[0]), 2 * MS)
    assert (again.result.received, again.result.duplicates) == (1, 1)
    assert "icmp_seq=1 ttl=60 time=2.00 ms (DUP!)" in str(again.result)
    assert "1 received, +1 duplicates" in str(again.result)
    ping.receive(reply_to(sent[0]), MS)
    assert ping.result.duplicates == 0


def test_replies_to_others_are_ignored() -> None:
    ping, other = machine(count=1), Ping("z", A, Z, identifier=8)
    ping.receive(Started(), 0)
    ping.receive(reply_to(other.receive(Started(), 0)[0]), MS)
    assert ping.result.received == 0


def test_sequence_numbers_wrap_after_65535() -> None:
    ping = machine(count=65537, interval_ns=1)
    sent = ping.receive(Started(), 0)
    for now in range(1, 65537):
        sent = ping.receive(TimePassed(), now)
    ping.receive(reply_to(sent[0]), 65536 + MS)
    assert [one.sequence for one in ping.result.replies] == [65537]


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [(43_000, "0.043"), (2 * MS, "2.00"), (20_420_000, "20.4"), (102 * MS, "102")],
)
def test_times_have_the_digits_of_iputils(time_ns: int, text: str) -> None:
    assert ping_time(time_ns) == text


def test_the_deviation_is_that_of_ping() -> None:
    assert RoundTrips.of([1 * MS, 3 * MS]) == (MS, 2 * MS, 3 * MS, MS)
    assert RoundTrips.of([]) == (0, 0, 0, 0)


# -- on a network ----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", [4, 6])
def test_both_families_cross_routers(family: int) -> None:
    net = network(chain(3))
    result = net["a"].ping("z", count=3, family=family)
    assert result.received == 3
    assert [reply.ttl for reply in result.replies] == [61, 61, 61]
    assert result.round_trips.least == 8 * MS
    assert str(result).splitlines()[0].startswith("PING z (")
    assert "from z (" in str(result)


def test_a_hop_limit_that_ends_on_the_way_is_reported_by_the_router_there() -> None:
    net = network(chain(3))
    for family, said in ((4, "Time to live exceeded"), (6, "Time exceeded: Hop limit")):
        result = net["a"].ping("z", count=1, ttl=2, family=family)
        assert [str(error) for error in result.errors] == [said]
        assert result.names[result.errors[0].reporter] == "r2"
        assert "+1 errors, 100% packet loss" in str(result)


def test_a_host_that_is_off_is_unreachable() -> None:
    net, host = network(chain(1)), {"kind": "host"}
    net.fail("z")
    net2 = network(
        {
            "topology": {
                "nodes": {
                    "a": host,
                    "r": {},
                    "y": host,
                    "z": host,
                },
                "links": [{"endpoints": ["a", "r"]}, {"endpoints": ["r", "y", "z"]}],
            }
        }
    )
    net2.fail("z")
    result = net2["a"].ping("z", count=1, family=4)
    assert str(result.errors[0]) == "Destination Host Unreachable"
    result = net2["a"].ping("z", count=1, family=6)
    assert str(result.errors[0]) == "Destination unreachable: Address unreachable"
    assert str(net["a"].ping("z", count=1, family=4).errors[0]) == "Destination Net Unreachable"


def test_a_packet_that_may_not_be_cut_names_the_mtu() -> None:
    lab = chain(2)
    lab["topology"]["links"][1]["mtu"] = 1400
    net = network(lab)
    result = net["a"].ping("z", count=1, size=1472, dont_fragment=True, family=4)
    assert str(result.errors[0]) == "Frag needed and DF set (mtu = 1400)"
    assert net["a"].ping("z", count=1, size=1472, family=4), "it is cut and put together"
    result = net["a"].ping("z", count=1, size=1452, family=6)
    assert str(result.errors[0]) == "Packet too big: mtu=1400"


def test_where_nothing_can_be_sent_it_says_what_ping_says() -> None:
    net = network(chain(1))
    result = net["r1"].ping(Address("203.0.113.1"))
    assert str(result) == "ping: connect: Network is unreachable"
    assert not result
    net.fail("a")
    assert net["a"].ping("z").failure == "connect: this node is switched off"


def test_a_host_pings_itself_without_a_link() -> None:
    net = network(chain(1))
    result = net["a"].ping("a", count=2)
    assert result.received == 2
    assert net.links["a-r1"].directions[0].counters.sent == 0


def test_unknown_targets_are_refused_with_the_nearest_name() -> None:
    net = network(chain(1))
    with pytest.raises(UsageError, match="did you mean 'r1'"):
        net["a"].ping("r11")
    with pytest.raises(UsageError, match="'soon'"):
        net["a"].ping("z", interval="soon")


def test_the_result_is_plain_data_too() -> None:
    found = network(chain(1))["a"].ping("z", count=1, family=4).as_dict()
    assert found["received"] == 1
    assert found["answers"] == [
        {
            "sequence": 1,
            "from": "10.128.1.2",
            "name": "z",
            "ttl": 63,
            "time_ns": 8 * MS,  # ARP on both links, which the router asks one after the other
            "size": 64,
            "duplicate": False,
        }
    ]


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"size": -1}, {"size": 70_000}, {"ttl": 0}, {"ttl": 256}, {"size": 1e3}]
)
def test_what_ping_refuses_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="it must be a whole number"):
        network(chain())["a"].ping("z", **wrong)


def test_no_reply_leaves_the_last_line_empty_and_a_slow_path_counts_its_pipe() -> None:
    net = network(chain())
    nobody = str(net["z"].addresses[0].prefix.broadcast)  # not answered (RFC 1122 3.2.2.6)
    assert str(net["a"].ping(nobody, count=1)).endswith("100% packet loss, time 0ms\n")
    assert str(net["a"].ping("z", count=9, interval="2ms")).endswith(" ms, pipe 5")


def test_a_path_known_to_be_too_narrow_is_an_error_of_our_own() -> None:
    lab = chain()
    lab["topology"]["links"][1]["mtu"] = 1400
    said = str(network(lab)["a"].ping("z", count=2, size=1472, dont_fragment=True, family=4))
    assert "icmp_seq=1 Frag needed and DF set (mtu = 1400)\n" in said
    assert "\nping: local error: message too long, mtu=1400\n" in said


@pytest.mark.parametrize("target", ["127.0.0.1", "::1"])
def test_a_node_answers_itself_without_any_route(target: str) -> None:
    assert network({"topology": {"nodes": {"a": {}}}})["a"].ping(target, count=1)


@pytest.mark.parametrize("zone", ["", "%eth1"])
def test_a_link_local_address_is_pinged_on_its_link(zone: str) -> None:
    net = network(chain())
    (local,) = [
        one.address
        for one in net["r1"].interfaces["eth1"].addresses
        if one.address.is_unicast_link_local
    ]
    assert net["a"].ping(f"{local}{zone}", count=1)
    assert net["a"].ping(f"ff02::1{zone}", count=1), "all nodes of the link (RFC 4443 4.2)"


def test_a_link_local_address_needs_a_zone_where_there_are_several_links() -> None:
    with pytest.raises(UsageError, match=r"on which link of r1\? write fe80::1%eth1, fe80::1%eth2"):
        network(chain())["r1"].ping("fe80::1")
    with pytest.raises(UsageError, match="on which link of a"):
        network(chain())["a"].ping("fe80::1%eth7")


def test_a_node_answers_itself_with_its_cable_cut() -> None:
    net = network(chain())
    net.fail("a-r1")
    assert net["a"].ping("a", count=1, family=4)
    assert net["a"].ping("a", count=1, family=6)
    assert net.why("a", "a")
