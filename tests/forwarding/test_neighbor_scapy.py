"""Against scapy: it asks our router and reads the answers, ARP and ND alike."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import FrameReceived, InterfaceWentUp, SendFrame, TimePassed
from fingerpost.forwarding.neighbor import State
from fingerpost.forwarding.neighbor.advertising import Advertising
from fingerpost.router import Router
from forwarding.link import SECOND, eth0, mac, node, packet, station

with warnings.catch_warnings():
    # scapy imports ciphers that the cryptography package has deprecated: not our warning
    warnings.simplefilter("ignore")
    l2: Any = pytest.importorskip("scapy.layers.l2", reason="scapy is not installed")
    inet6: Any = pytest.importorskip("scapy.layers.inet6")

US, THEM = str(mac(1)), str(mac(2))


def ask(member: Router, made: Any) -> list[Any]:  # noqa: ANN401 - scapy has no types
    """Give the router a frame of scapy's; its frames as scapy reads them."""
    out = member.receive(FrameReceived("eth0", bytes(made)), 0)
    return [l2.Ether(o.frame) for o in out if isinstance(o, SendFrame)]


def test_an_arp_request_of_scapy_is_answered_as_scapy_expects() -> None:
    member = station(1, "10.0.0.1/24")
    request = l2.Ether(src=THEM, dst="ff:ff:ff:ff:ff:ff") / l2.ARP(
        op="who-has", hwsrc=THEM, psrc="10.0.0.2", pdst="10.0.0.1"
    )
    (answer,) = ask(member, request)
    assert answer.answers(request)
    assert (answer[l2.ARP].op, answer[l2.ARP].hwsrc, answer[l2.ARP].psrc) == (2, US, "10.0.0.1")


@pytest.mark.parametrize("is_group", [True, False])
def test_a_solicitation_of_scapy_is_answered_as_scapy_expects(is_group: bool) -> None:
    member = station(1, "fd00::1/64")
    group = str(Address("fd00::1").solicited_node)
    to = inet6.IPv6(src="fd00::2", dst=group if is_group else "fd00::1", hlim=255)
    link = l2.Ether(src=THEM, dst="33:33:ff:00:00:01" if is_group else US)
    question = inet6.ICMPv6ND_NS(tgt="fd00::1") / inet6.ICMPv6NDOptSrcLLAddr(lladdr=THEM)
    (answer,) = ask(member, link / to / question)
    told = answer[inet6.ICMPv6ND_NA]
    assert (answer.dst, answer[inet6.IPv6].hlim, told.tgt) == (THEM, 255, "fd00::1")
    assert (told.R, told.S, told.O) == (1, 1, 1)
    assert answer[inet6.ICMPv6NDOptDstLLAddr].lladdr == US
    rebuilt = l2.Ether(bytes(answer))
    del rebuilt[inet6.ICMPv6ND_NA].cksum  # scapy computes it anew
    assert bytes(rebuilt) == bytes(answer)


def test_an_advertisement_of_scapy_completes_what_we_asked() -> None:
    member = station(1, "fd00::1/64")
    out: list[Any] = []
    data = packet("fd00::1", "fd00::2")
    member.plane.originate(data, 0, out)
    question = l2.Ether(out[0].frame)
    assert question[inet6.ICMPv6ND_NS].tgt == "fd00::2"
    assert question[inet6.ICMPv6NDOptSrcLLAddr].lladdr == US
    answer = (
        l2.Ether(src=THEM, dst=US)
        / inet6.IPv6(src="fd00::2", dst="fd00::1", hlim=255)
        / inet6.ICMPv6ND_NA(tgt="fd00::2", R=0, S=1, O=1)
        / inet6.ICMPv6NDOptDstLLAddr(lladdr=THEM)
    )
    (sent,) = ask(member, answer)
    assert (sent.dst, bytes(sent.payload)) == (THEM, data)
    (seen,) = member.plane.neighbors.snapshot()
    assert (seen.state, seen.is_router) == (State.REACHABLE, False)


def test_scapy_reads_our_advertisement_and_we_read_its_own() -> None:
    member = node(eth0(1, "fd00::1/64", "fe80::1/64", dad_transmits=0, advertising=Advertising()))
    member.receive(InterfaceWentUp("eth0"), 0)
    ours = None
    while ours is None:
        due = member.next_deadline()
        assert due is not None
        frames = [o.frame for o in member.receive(TimePassed(), due) if isinstance(o, SendFrame)]
        read = [l2.Ether(frame) for frame in frames]
        ours = next((one for one in read if inet6.ICMPv6ND_RA in one), None)
    assert ours[inet6.ICMPv6ND_RA].routerlifetime == 1800
    told = ours[inet6.ICMPv6NDOptPrefixInfo]
    assert (told.prefix, told.prefixlen, told.L, told.A) == ("fd00::", 64, 1, 1)
    host = node(eth0(2, autoconfigures=True, dad_transmits=0), forwards=False)
    host.receive(InterfaceWentUp("eth0"), 0)
    theirs = (
        l2.Ether(src=THEM.replace("02", "06"), dst="33:33:00:00:00:01")
        / inet6.IPv6(src="fe80::6", dst="ff02::1", hlim=255)
        / inet6.ICMPv6ND_RA(routerlifetime=600, prf=1)
        / inet6.ICMPv6NDOptPrefixInfo(prefix="fd00:6::", prefixlen=64)
    )
    host.receive(FrameReceived("eth0", bytes(theirs)), SECOND)
    assert str(host.interfaces["eth0"].addresses[-1]) == "fd00:6::ff:fe00:2/128"
    assert str(host.fib["2a00::1"]) == "via fe80::6 dev eth0"
