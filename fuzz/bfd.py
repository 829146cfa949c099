"""Fuzzes BFD: any bytes into its decoder, any events at any time into the machine.

    python fuzz/bfd.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else: what breaks is named, and comes again with --seed. Invariants:

decoder: gives a value or `DecodeError`; `encode(decode(b)) == b` up to its Length
machine: raises nothing; tables stay within their limits; all that it sends decodes, is what its
    session is, and goes no faster than the neighbour takes it; a client is told up and down in
    turns, and what it was told last is so; after any event the next deadline lies ahead
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from random import Random

from damage import damaged
from rounds import go_through

from fingerpost.addr import Address, Interface
from fingerpost.bfd import (
    Authentication,
    AuthenticationType,
    Bfd,
    BfdConfig,
    BfdInterface,
    BfdLimits,
    BfdPeer,
    BfdTimers,
    Key,
    State,
)
from fingerpost.bfd.authentication import Sequences, sign
from fingerpost.bfd.authentication_section import PasswordSection, UnknownSection
from fingerpost.bfd.packet import ControlPacket
from fingerpost.bfd.session import Session
from fingerpost.cli.bfd_tables import TABLES
from fingerpost.cli.dissectors import dissectors
from fingerpost.errors import DecodeError
from fingerpost.protocol import events as ev
from fingerpost.protocol.lifetimes import Lifetime
from fingerpost.wire.dissect import dissect
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.udp import Udp

DISSECTORS = dissectors()
MS = 1_000_000
S = 1_000 * MS
LIMITS = BfdLimits(sessions=4, strangers=3)
NAMES = ("eth0", "eth1", "none")
ADDRESSES = {
    "eth0": ("10.0.0.1/24", "2001:db8::1/64", "fe80::1/64"),
    "eth1": ("10.0.1.1/24", "fe80::1:1/64"),
    "none": (),
}
# ruff: noqa: SIM905 - lists of many words
HOSTS = """10.0.0.2 10.0.0.3 10.0.1.2 10.0.1.3 10.0.0.1 9.9.9.9 fe80::2 fe80::2%eth0 fe80::3
    2001:db8::2 0.0.0.0 255.255.255.255 ::""".split()
PEERS = HOSTS[:10]
STEPS = (*(0, 1, MS, 10 * MS, 100 * MS, 300 * MS, S) * 6, 3 * S, 30 * S, 10**16, -S, -300 * S)
KEYS = tuple(
    Authentication(kind, (Key(1, b"old", Lifetime(None, 50 * S)), Key(2, b"new", Lifetime(20 * S))))
    for kind in AuthenticationType
)
CLIENTS = ("ospf", "static", "bgp")


def draw_packet(rng: Random, session: Session | None = None) -> ControlPacket:
    """Draw a packet that makes some sense, perhaps for a session."""
    mine = 0 if session is None else session.discriminator
    theirs = rng.choice((1, 1, 1, 2, 0xFFFFFFFF))
    return ControlPacket(
        rng.choice(list(State)),
        rng.choice((1, 3, 3, 3, 5, 255)),
        theirs,
        rng.choice((mine, mine, mine, 0, 7)),
        rng.choice((0, 1, 50_000, 300_000, 1_000_000, 0xFFFFFFFF)),
        rng.choice((0, 1, 50_000, 300_000, 300_000, 1_000_000, 0xFFFFFFFF)),
        rng.choice((0, 0, 0, 50_000)),
        diagnostic=rng.choice((0, 0, 1, 3, 7, 31)),
        poll=rng.random() < 0.2,
        final=rng.random() < 0.3,
        control_plane_independent=rng.random() < 0.1,
        demand=rng.random() < 0.1,
        authentication=rng.choice(
            (*(None,) * 9, PasswordSection(1, b"old"), UnknownSection(9, b"\1\2"))
        ),
        extra=rng.choice((*(b"",) * 9, b"more")),
    )


def draw_payload(rng: Random, session: Session | None = None) -> bytes:
    """Draw the bytes of a packet: signed or not, whole or damaged."""
    drawn = draw_packet(rng, session)
    asked = rng.choice(KEYS) if rng.random() < 0.2 else None
    if session is not None and session.settings.authentication and rng.random() < 0.9:
        asked = session.settings.authentication
    if asked is None:
        data = drawn.encode()
    else:
        last = None if session is None else session.sequences.received
        number = ((last or 0) + rng.choice((0, 1, 1, 1, 2, 9, 10, -1, 1 << 31))) % (1 << 32)
        at = rng.choice((0, 10 * S, 30 * S, 100 * S))
        data = sign(replace(drawn, extra=b""), asked, Sequences(number), at)
    return damaged(rng, data) if rng.random() < 0.2 else data


# ---- the decoder


def check_decoder(rng: Random) -> None:
    """Feed it some packets."""
    for _ in range(100):
        data = draw_payload(rng) if rng.random() < 0.9 else rng.randbytes(rng.randrange(80))
        found = decoded(data)
        if isinstance(found, DecodeError):
            assert found.layer == "bfd"
            assert found.offset is not None
            assert 0 <= found.offset <= len(data)
        else:
            assert found.encode() == data[: data[3]]
            assert ControlPacket.decode(found.encode()) == found
        one, other = Address("10.0.0.2"), Address("10.0.0.1")
        packet = Ipv4(one, other, 17, Udp(50_000, 3784, data).encode(one, other)).encode()
        layers = dissect(packet, RAW_IP, dissectors=DISSECTORS).layers
        assert not data or layers[-1].protocol == "bfd"
        assert all(layer.offset <= layer.end <= len(packet) for layer in layers)


def decoded(data: bytes) -> ControlPacket | DecodeError:
    """Give a packet or the fault."""
    try:
        return ControlPacket.decode(data)
    except DecodeError as fault:
        return fault


# ---- the machine


def draw_timers(rng: Random) -> BfdTimers:
    """Draw times, fast and slow."""
    some = (1_000, 50 * MS, 300 * MS, 300 * MS, S, 0xFFFFFFFF * 1_000)
    return BfdTimers(rng.choice(some), rng.choice(some), rng.choice((1, 3, 3, 255)))


def draw_config(rng: Random) -> BfdConfig:
    """Draw a configuration."""
    interfaces = tuple(
        BfdInterface(
            name,
            draw_timers(rng),
            rng.random() < 0.2,
            rng.choice((None, None, None, *KEYS)),
        )
        for name in NAMES
        if rng.random() < 0.6
    )
    peers = {}
    for host in rng.sample(PEERS, rng.choice((0, 1, 2, 3))):
        address = Address(host).without_zone
        interface = rng.choice((None, *NAMES))
        peers[address, interface] = BfdPeer(
            address,
            interface,
            timers=rng.choice((None, draw_timers(rng))),
            is_passive=rng.choice((None, True, False)),
            authentication=rng.choice((None, None, *KEYS)),
            is_shut_down=rng.random() < 0.2,
        )
    return BfdConfig(
        interfaces,
        tuple(peers.values()),
        draw_timers(rng),
        LIMITS,
        epoch_ns=rng.choice((0, 0, 1_767_571_200 * S)),
    )


def draw_watch(rng: Random) -> ev.WatchNeighbor:
    """Draw what a client asks."""
    remote = Address(rng.choice(PEERS))
    hops = rng.choice((1, 1, 1, 1, 4))
    local = rng.choice((None, None, Address("10.0.0.1" if remote.version == 4 else "fe80::1")))
    interface = rng.choice((None, "eth0", "eth0", "eth1", "none")) if hops == 1 else None
    some = (None, None, 1_000, 50 * MS, 0, 7)
    timers = ev.WatchTimers(rng.choice(some), rng.choice(some), rng.choice((None, 1, 0, 300)))
    return ev.WatchNeighbor(rng.choice(("", "b")), interface, local, remote, timers, hops)


def draw_event(rng: Random, watched: Watched) -> ev.Event:
    """Draw an event; most are packets that a neighbour may have sent."""
    name = rng.choice(NAMES)
    own = tuple(Interface(one) for one in ADDRESSES[rng.choice((name, name, rng.choice(NAMES)))])
    match rng.randrange(40):
        case 0 | 14:
            return ev.InterfaceWentUp(name, own, is_point_to_point=rng.random() < 0.3)
        case 1:
            return ev.InterfaceWentDown(name)
        case 2:
            return ev.AddressesChanged(name, own)
        case 3 | 4:
            return ev.ConfigurationChanged(draw_config(rng))
        case 5 | 6 | 7:
            return ev.NeighborWatched(rng.choice(CLIENTS), draw_watch(rng))
        case 8 | 9:
            asked = rng.choice(watched.asked) if watched.asked else ("ospf", draw_watch(rng))
            client, watch = asked
            gone = ev.UnwatchNeighbor(watch.key, watch.interface, watch.remote)
            return ev.NeighborUnwatched(client, gone)
        case 10 | 11 | 12 | 13:
            return ev.TimePassed()
        case _:
            return heard(rng, watched.bfd)


def heard(rng: Random, bfd: Bfd) -> ev.DatagramReceived:
    """Draw a packet, mostly one for a session."""
    sessions = list(bfd.sessions)
    session = rng.choice(sessions) if sessions and rng.random() < 0.9 else None
    source, interface = Address(rng.choice(HOSTS)), rng.choice(NAMES)
    if session is not None and rng.random() < 0.9:
        source = session.key.remote
        interface = session.key.interface or interface
    target = Address("10.0.0.1" if source.version == 4 else "fe80::1")
    limit = rng.choice((*(255,) * 9, 254, 1, None))
    payload = draw_payload(rng, session)
    return ev.DatagramReceived(interface, source, 50_000, target, limit, payload)


@dataclass
class Watched:
    """A machine, and what was told of it."""

    bfd: Bfd
    told: dict[tuple[object, ...], bool] = field(default_factory=dict)
    asked: list[tuple[str, ev.WatchNeighbor]] = field(default_factory=list)
    ports: set[tuple[str | None, int]] = field(default_factory=set)
    heard_on: set[tuple[str | None, int, int]] = field(default_factory=set)

    def give(self, what: ev.Event, now: int) -> None:
        """Give an event and follow what comes out."""
        if isinstance(what, ev.NeighborWatched):
            self.asked.append((what.client, what.watch))
        for output in self.bfd.receive(what, now):
            match output:
                case ev.SendDatagram():
                    self.check_sent(output)
                    self.ports.add((output.interface, output.source_port))
                case ev.GiveBackPort(interface, port):
                    self.ports.discard((interface, port.port))
                case ev.ListenOn(interface, listening):
                    port = getattr(listening, "port", 0)
                    assert (interface, listening.family, port) not in self.heard_on
                    self.heard_on.add((interface, listening.family, port))
                case ev.StopListening(interface, listening):
                    self.heard_on.remove(
                        (interface, listening.family, getattr(listening, "port", 0))
                    )

    def check_sent(self, sent: ev.SendDatagram) -> None:
        """What goes out decodes, from the session's own port with hop limit 255."""
        packet = ControlPacket.decode(sent.payload)
        assert sent.hop_limit == 255
        assert 49152 <= sent.source_port <= 65535
        assert not (packet.poll and packet.final)
        assert packet.required_min_echo_rx_us == 0
        assert packet.state is State.UP or packet.desired_min_tx_us >= 1_000_000

    def check(self, now: int) -> None:
        """What must hold after every event."""
        bfd = self.bfd
        sessions = list(bfd.sessions)
        assert len(sessions) <= LIMITS.sessions
        assert len(bfd.strangers) <= LIMITS.strangers
        assert len({one.discriminator for one in sessions}) == len(sessions)
        assert len({one.source_port for one in sessions}) == len(sessions)
        wanted = set()
        for one in sessions:
            due = bfd.next_packet(one)
            assert (due is not None) is one.is_periodic
            assert due is None or due <= max(now, one.sent_at) + one.transmit_ns
            assert one.leaves is not bool(bfd.asks.of(one.key))
            assert one.path_fault is None or one.state in (State.DOWN, State.ADMIN_DOWN)
            assert (one.state is State.ADMIN_DOWN) is (one.leaves or one.settings.is_shut_down)
            assert one.state is not State.UP or one.remote.discriminator
            names = bfd.links.names() if one.key.is_multihop else (one.key.interface,)
            port = 4784 if one.key.is_multihop else 3784
            wanted |= {(n, one.key.remote.version, port) for n in names if bfd.links.is_up(n)}
        assert wanted == self.heard_on
        assert self.ports <= {(one.key.interface, one.source_port) for one in sessions}
        for ask in bfd.asks:
            session = None if ask.session is None else bfd.sessions.get(ask.session)
            assert ask.is_told_up is (session is not None and session.state is State.UP), ask
        deadline = bfd.next_deadline()
        assert deadline is None or deadline > now

    def look(self) -> None:
        """Ask it all that can be asked; it changes nothing."""
        model = json.loads(json.dumps(self.bfd.snapshot()))
        for table in TABLES.values():
            table(model)


def check_machine(rng: Random) -> None:
    """Give a machine events in any order, at instants that mostly go on."""
    watched = Watched(Bfd(draw_config(rng), Random(rng.random())))
    now = rng.choice((0, 1, 10**18))
    for name in ADDRESSES:
        own = tuple(Interface(one) for one in ADDRESSES[name])
        watched.give(ev.InterfaceWentUp(name, own), now)
    for _ in range(rng.randrange(10, 200)):
        now = max(0, now + rng.choice(STEPS))
        deadline = watched.bfd.next_deadline()
        if deadline is not None and rng.random() < 0.2:
            now = max(now, deadline)
        watched.give(draw_event(rng, watched), now)
        watched.check(now)
    watched.look()
    watched.give(ev.ShutdownRequested(rng.random() < 0.8), now)
    assert watched.bfd.next_deadline() is None
    assert watched.bfd.receive(draw_event(rng, watched), now) == []


def check_round(seed: int) -> None:
    """One round; everything in it comes from its seed."""
    rng = Random(seed)
    if seed % 4 == 0:
        check_decoder(rng)
    else:
        check_machine(rng)


if __name__ == "__main__":
    go_through("bfd", check_round)
