"""BFD on the kernel's sockets: a port that only speaks, ports that are heard where it is asked."""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.bfd import BfdConfig, BfdPeer, BfdTimers
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.host.linux.sockets.speaking import SpeakingSocket
from fingerpost.protocol.events import DatagramReceived
from fingerpost.router import ConfigurationChanged, ProtocolConfig, RouterConfig
from linux.cable import End, cable, wait
from linux.stand import Stand, standing
from linux.test_udp import heard, udp
from netns import require_root

MS = 1_000_000
PORT, OWN_PORT = 3784, 61_234
A, B = Address("10.0.0.1"), Address("10.0.0.2")


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    pairs = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))
    with cable(*pairs) as both:
        yield both


def speaking(end: End, family: int = 4, port: int = OWN_PORT) -> SpeakingSocket:
    return end.open(lambda interface: SpeakingSocket(family, port, interface))


@pytest.mark.parametrize(
    ("family", "source", "target"),
    [
        (4, None, "10.0.0.2"),
        (4, "10.0.0.1", "10.0.0.2"),
        (6, None, "2001:db8::2"),
        (6, "2001:db8::1", "2001:db8::2"),
    ],
)
def test_it_speaks_from_its_port_and_address_with_the_hop_limit_asked(
    ends: tuple[End, End], family: int, source: str | None, target: str
) -> None:
    left, right = speaking(ends[0], family), udp(ends[1], family, PORT)
    try:
        own = None if source is None else Address(source)
        left.send(own, Address(target), PORT, 255, b"one")
        (found,) = heard(right)
        wanted = own or Address("10.0.0.1" if family == 4 else "2001:db8::1")
        assert found == DatagramReceived("vb", wanted, OWN_PORT, Address(target), 255, b"one")
        assert left.counters == {"out": 1}
    finally:
        left.close()
        right.close()


def test_a_link_local_neighbour_is_spoken_to_from_the_link_local_address(
    ends: tuple[End, End],
) -> None:
    own, other = (end.interface.interface.link_local() for end in ends)
    assert own is not None
    assert other is not None
    left, right = speaking(ends[0], 6), udp(ends[1], 6, PORT)
    try:
        left.send(None, other.address, PORT, 255, b"one")
        (found,) = heard(right)
        assert (found.source, found.hop_limit) == (own.address, 255)
    finally:
        left.close()
        right.close()


def test_what_is_sent_to_its_port_is_for_nobody(ends: tuple[End, End]) -> None:
    left, right = speaking(ends[0]), udp(ends[1], 4, PORT)
    try:
        right.send(A, OWN_PORT, 255, b"to nobody")
        assert select.select([left._socket], [], [], 0.3) == ([], [], [])
    finally:
        left.close()
        right.close()


def test_a_port_that_is_taken_raises_and_leaves_nothing_open(ends: tuple[End, End]) -> None:
    first = speaking(ends[0])
    try:
        with pytest.raises(OSError, match="in use"):
            speaking(ends[0])
    finally:
        first.close()


# ---- two routers


def watching(peer: Address, **fields: object) -> RouterConfig:
    timers = BfdTimers(50 * MS, 50 * MS, 5)
    config = BfdConfig(peers=(BfdPeer(peer, **fields),), timers=timers)  # type: ignore[arg-type]
    return RouterConfig(protocols={"bfd": ProtocolConfig("bfd", config)})


def session(stand: Stand) -> dict[str, Any]:
    def find(host: LinuxHost) -> dict[str, Any]:
        model: Mapping[str, Any] = host.routing.protocols["bfd"].machine.snapshot()
        return dict(next(iter(model["sessions"]), {"status": "not there yet"}))

    return stand.ask(find)


def is_up(stand: Stand) -> bool:
    return bool(session(stand)["status"] == "Up")


def test_two_routers_meet_and_what_is_open_is_what_sessions_need(ends: tuple[End, End]) -> None:
    space = ends[0].space
    with standing(space, watching(B)) as a, standing(ends[1].space, watching(A)) as b:
        wait(lambda: is_up(a) and is_up(b))
        port = session(a)["source_port"]
        listed = space.run("ss", "-Huln").splitlines()
        assert sorted(line.split()[3] for line in listed) == sorted(
            ["0.0.0.0%va:3784", f"0.0.0.0%va:{port}"]
        )
        wait(lambda: session(a)["transmit_ns"] == 50 * MS)
        sockets = a.ask(lambda host: host.snapshot())["sockets"]
        assert [one["interface"] for one in sockets] == ["va"]
        # the session goes, and with it what was open for it
        nobody = RouterConfig(protocols={"bfd": ProtocolConfig("bfd", BfdConfig())})
        a.ask(lambda host: host.receive(ConfigurationChanged(nobody)))
        wait(lambda: space.run("ss", "-Huln") == "", 15)
        a.ask(lambda host: host.receive(ConfigurationChanged(watching(B))))
        wait(lambda: is_up(a) and is_up(b))
        assert session(a)["source_port"] != port
        a.ask(lambda host: host.receive(ConfigurationChanged(RouterConfig())))
        assert space.run("ss", "-Huln") == ""
        wait(lambda: not is_up(b))
        assert "AdminDown" in session(b)["last_fall"]


def test_a_passive_end_hears_before_it_has_ever_spoken(ends: tuple[End, End]) -> None:
    passive = watching(B, is_passive=True)
    with standing(ends[0].space, passive) as a, standing(ends[1].space, watching(A)) as b:
        wait(lambda: is_up(a) and is_up(b))


def test_a_link_that_goes_and_comes_is_spoken_on_again(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, watching(B)) as a, standing(ends[1].space, watching(A)) as b:
        wait(lambda: is_up(a) and is_up(b))
        ends[0].ip("link set va down")
        wait(lambda: not is_up(a) and not is_up(b))
        ends[0].ip("link set va up")
        wait(lambda: is_up(a) and is_up(b), 20)
        assert session(a)["counters"]["downs"] == 1
