"""The short ways of packets whose like is known: nobody can tell that they are not the long ones.

Two hosts are alike, but one is traced, which makes every packet take the long way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from test_raw_ip import router, speaker

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.control_plane import ControlPlanePolicy, Policer, Rate
from fingerpost.forwarding.events import (
    FrameReceived,
    InterfaceWentDown,
    InterfaceWentUp,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.interface import ReversePath
from fingerpost.forwarding.traffic_class import TrafficClass
from fingerpost.host.virtual import VirtualHost
from fingerpost.protocol.events import PacketReceived, SendPacket
from fingerpost.router.router import Output
from fingerpost.wire.checksum import checksum
from raw_speaker import ALL_ROUTERS, Greeting, S, speakers

__all__ = ["speakers"]

pytestmark = pytest.mark.usefixtures("speakers")
LINK = "10.0.0.1/24 fe80::1/64 2001:db8::1/64"
GREETINGS = {"v2": Greeting(4), "v3": Greeting(6), "again": Greeting(4)}


def two_alike() -> tuple[VirtualHost, VirtualHost]:
    """A host, and one that takes the long way with everything."""
    short, long = (router(1, LINK, "10.0.1.1/24", greetings=GREETINGS) for _ in range(2))
    long.router.plane.tracer = lambda _: None
    return short, long


def state(host: VirtualHost) -> object:
    """What can be told about a host from outside."""
    plane = host.router.plane
    heard = {name: tuple(speaker(host, name).heard) for name in GREETINGS}
    counters = {name: one.as_dict() for name, one in plane.counters.items()}
    return heard, counters, plane.control_plane.snapshot(), plane.now


def frames_of(*payloads: bytes) -> list[bytes]:
    """Frames from another router to groups and to addresses of the first."""
    other = router(2, "10.0.0.2/24 fe80::2/64 2001:db8::2/64", greetings=GREETINGS)
    for number, name in ((4, "v2"), (6, "v3")):
        speaker(other, name).says = [
            SendPacket("eth0", None, ALL_ROUTERS[number], hops, payload)
            for payload in payloads
            for hops in (1, 2)
        ]
    sent = other.receive(TimePassed(), S)
    found = [one.frame for one in sent if isinstance(one, SendFrame)]
    to_us = bytes((2, 0, 0, 0, 0, 1))
    unicast = [to_us + one[6:30] + Address("10.0.0.1").packed + one[34:] for one in found[:4]]
    return [*found, *map(summed, unicast)]


def summed(frame: bytes) -> bytes:
    """The frame with a right checksum in its IPv4 header."""
    head = frame[14:24] + b"\0\0" + frame[26:34]
    return frame[:24] + checksum(head).to_bytes(2, "big") + frame[26:]


def mutations(rng: random.Random, frames: list[bytes], count: int) -> Iterator[bytes]:
    """Frames as they are, and with octets changed, more often in their headers."""
    for _ in range(count):
        frame = bytearray(rng.choice(frames))
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2))):
            frame[rng.randrange(min(len(frame), 60))] = rng.randrange(256)
        kind = rng.randrange(8)
        if kind == 0:
            del frame[rng.randrange(len(frame)) :]
        elif kind == 1:
            frame += bytes(rng.randrange(20))
        changed = bytes(frame)
        yield summed(changed) if kind == 2 and len(changed) > 34 else changed


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_in_the_same_comes_of_it(seed: int) -> None:
    rng = random.Random(seed)
    short, long = two_alike()
    frames = frames_of(b"", b"hello", bytes(range(200)), bytes(1400))
    for at, frame in enumerate([*frames, *mutations(rng, frames, 3_000)]):
        now = 2 * S + at * 1_000_000
        answers = [short.receive_frame("eth0", frame, now)]
        answers.append(long.receive(FrameReceived("eth0", frame), now))
        assert answers[0] == answers[1], frame.hex()
    assert state(short) == state(long)
    assert sum(len(speaker(short, name).heard) for name in GREETINGS) > 1_000


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_sent_the_same_frames_leave(seed: int) -> None:
    rng = random.Random(seed)
    short, long = two_alike()
    for at in range(500):
        now = 2 * S + at * 10_000_000
        family = rng.choice((4, 6))
        said = SendPacket(
            rng.choice(("eth0", "eth1", "eth0", None)),
            None,
            rng.choice((ALL_ROUTERS[family], Address("10.0.0.2"), Address("fe80::2"))),
            rng.choice((1, 1, 64)),
            rng.choice((b"hello", b"", rng.randbytes(1480), rng.randbytes(1481), bytes(3000))),
        )
        for one in (short, long):
            machine = speaker(one, "v2" if said.destination.version == 4 else "v3")
            machine.says, machine.greeting = [said], Greeting(4, interval_ns=1)
        assert short.receive(TimePassed(), now) == long.receive(TimePassed(), now)
    assert state(short) == state(long)


Change = Callable[[VirtualHost, int], object]


def moved(host: VirtualHost, now: int) -> list[Output]:
    held = host.router.interfaces["eth0"]
    addresses = tuple(map(InterfaceAddress, ("10.0.0.2/24", "fe80::2/64")))
    return host.router.set_interface(replace(held, addresses=addresses), now)


def narrowed(host: VirtualHost, now: int) -> list[Output]:
    return host.router.set_interface(replace(host.router.interfaces["eth0"], mtu=60), now)


def filtered(host: VirtualHost, now: int) -> list[Output]:
    held = replace(host.router.interfaces["eth0"], reverse_path=ReversePath.STRICT)
    return host.router.set_interface(held, now)


CHANGES: dict[str, Change] = {
    "another address, that of the sender": moved,
    "a narrow link": narrowed,
    "a filter of sources": filtered,
    "a link that is down": lambda host, now: host.receive(InterfaceWentDown("eth0"), now),
    "a link that was down": lambda host, now: [
        *host.receive(InterfaceWentDown("eth0"), now),
        *host.receive(InterfaceWentUp("eth0"), now),
    ],
    "a group that was left": lambda host, now: host.leave(ALL_ROUTERS[4], "eth0", now),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_known_holds_no_longer_than_it_is_so(change: Change) -> None:
    short, long = two_alike()
    frames = frames_of(b"hello", bytes(500))
    for now in (2 * S, 3 * S, 13 * S):
        if now == 13 * S:
            assert change(short, now) == change(long, now)
        for frame in frames:
            answer = short.receive_frame("eth0", frame, now)
            assert answer == long.receive(FrameReceived("eth0", frame), now)
        assert short.receive(TimePassed(), now) == long.receive(TimePassed(), now)
    assert state(short) == state(long)


def test_what_is_beyond_the_rate_of_its_class_is_dropped_rfc_6192() -> None:
    short, long = two_alike()
    rate = ControlPlanePolicy(ospf=Rate(10, 5)).rate(TrafficClass.OSPF)
    for one in (short, long):
        one.router.plane.control_plane.policers[TrafficClass.OSPF] = Policer(rate)
    (frame, *_) = frames_of(b"hello")
    for now in range(2 * S, 3 * S, S // 100):
        short.receive_frame("eth0", frame, now)
        long.receive(FrameReceived("eth0", frame), now)
    assert state(short) == state(long)
    assert 10 <= len(speaker(short, "v2").heard) <= 15


def test_the_same_packet_again_is_the_same_event() -> None:
    host, _ = two_alike()
    frames = frames_of(b"hello")
    for now in (2 * S, 3 * S, 4 * S):
        host.receive_frame("eth0", frames[0], now)
    first, second, third = speaker(host, "v2").heard
    assert isinstance(first, PacketReceived)
    assert first == second
    assert second is third
