"""What is said to routers that guess masks (RFC 1058 3.2, RFC 2453 3.7, 4.3, 5.1)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rip import Rip, RipInterface, Sending
from fingerpost.rip.packet import RipPacket
from rip.single import LINKS, S, heard, machine, rte, sent

OLD = [Sending.RIP_1, Sending.RIP_1_COMPATIBLE]


def border(sending: Sending) -> Rip:
    """A router between network 10, in masks of 24 bits, and network 192.168.7."""
    rip = machine(RipInterface("eth0"), RipInterface("eth1", sending=sending), up=False)
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    rip.receive(ev.InterfaceWentUp("eth1", (Interface("192.168.7.1/24"),)), 0)
    rip.receive(ev.TimePassed(), 0)
    return rip


def told(outputs: list[ev.Output], interface: str) -> dict[str, int]:
    packets = [RipPacket.decode(one.payload) for one in sent(outputs, interface)]
    return {str(e.address): e.metric for packet in packets for e in packet.entries}


@pytest.mark.parametrize("sending", OLD)
def test_rfc_2453_4_3_a_border_router_tells_the_network_as_a_whole(sending: Sending) -> None:
    rip = border(sending)
    routes = [rte("10.1.1.0/24", 5), rte("10.1.2.0/24", 3), rte("172.16.0.0/16"), rte("0.0.0.0/0")]
    out = rip.receive(heard(routes), 10 * S)
    assert told(out, "eth1") == {"0.0.0.0": 2, "10.0.0.0": 1, "172.16.0.0": 2}
    (update,) = sent(out, "eth1")
    assert str(update.destination) == "192.168.7.255"


@pytest.mark.parametrize("sending", OLD)
def test_rfc_2453_4_3_what_would_be_misread_stays_unsaid(sending: Sending) -> None:
    rip = border(sending)
    unclear = [rte("192.168.7.64/26"), rte("172.16.0.0/12"), rte("192.168.0.0/16")]
    unclear.append(rte("11.0.0.0/8"))
    assert told(rip.receive(heard(unclear), 10 * S), "eth1") == {"11.0.0.0": 2}


def test_a_change_of_one_subnet_says_the_best_of_all() -> None:
    rip = border(Sending.RIP_1)
    rip.receive(heard([rte("10.1.1.0/24", 5), rte("11.0.0.0/8", 2)]), 10 * S)
    rip.receive(ev.TimePassed(), 20 * S)
    out = rip.receive(heard([rte("10.1.1.0/24", 16)]), 21 * S)
    assert told(out, "eth1") == {"10.0.0.0": 1}  # our own link to it is as good as before
    rip.receive(ev.TimePassed(), 25 * S)
    out = rip.receive(ev.InterfaceWentDown("eth0"), 26 * S)
    assert told(out, "eth1") == {"10.0.0.0": 16, "11.0.0.0": 16}


def test_subnets_go_as_they_are_within_their_network() -> None:
    rip = machine(RipInterface("eth0"), RipInterface("eth1", sending=Sending.RIP_1))
    out = rip.receive(heard([rte("10.7.7.0/24"), rte("10.9.0.0/16")]), 5 * S)
    assert told(out, "eth1") == {"10.7.7.0": 2}


def test_routers_of_version_2_hear_everything() -> None:
    rip = border(Sending.RIP_2)
    out = rip.receive(heard([rte("10.1.1.0/24", 5), rte("172.16.0.0/12")]), 10 * S)
    (update,) = sent(out, "eth1")
    entries = RipPacket.decode(update.payload).entries
    assert [str(Prefix(f"{e.address}/{e.mask}")) for e in entries] == [
        "10.1.1.0/24",
        "172.16.0.0/12",
    ]


def test_why_a_subnet_is_not_told_is_said() -> None:
    rip = border(Sending.RIP_1)
    rip.receive(heard([rte("10.1.1.0/24", 5), rte("172.16.0.0/12")]), 10 * S)
    (_, eth1) = rip.explain_told(Prefix("10.1.1.0/24"), None).links
    assert eth1.offer is None
    assert "10.0.0.0/8 stands for it" in str(eth1.reason)
    (_, eth1) = rip.explain_told(Prefix("172.16.0.0/12"), None).links
    assert str(eth1.reason).endswith("misread it (RFC 2453 4.3)")
