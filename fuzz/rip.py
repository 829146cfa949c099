"""Fuzzes RIP: any bytes into every decoder, any events at any time into the machine.

    python fuzz/rip.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else: what breaks is named, and comes again with --seed. Invariants:

decoders: give a value or `DecodeError`; `encode(decode(b)) == b` and `decode(encode(x)) == x`
machine: raises nothing; tables stay within their limits and agree with what was announced; all that
    it sends decodes; after any event the next deadline lies ahead; an end withdraws everything
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from damage import damaged
from rounds import go_through

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.cli.dissectors import dissectors
from fingerpost.errors import DecodeError
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, Change, RoutesChanged, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip import (
    Accepting,
    Algorithm,
    Key,
    KeyChain,
    Lifetime,
    PasswordChain,
    Redistribution,
    Rip,
    RipConfig,
    RipInterface,
    RipLimits,
    RipTimers,
    Sending,
    SimplePassword,
    SplitHorizon,
    filters,
    show,
)
from fingerpost.rip.authentication import seal
from fingerpost.rip.authentication_entry import Password, Trailed, UnknownAuthentication
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.keys import Authenticator
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg
from fingerpost.rip.route_state import State
from fingerpost.wire.dissect import dissect
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.udp import Udp

Form = type[RipPacket] | type[RipngPacket]
Version = Literal[2, "ng"]

DISSECTORS = dissectors()
S = 1_000_000_000
LIMITS = RipLimits(8, neighbors=4, refused_offers=2, filtered_offers=5, requests_per_s=3)
NAMES = ("eth0", "eth1", "lo", "none")
ADDRESSES = {
    "eth0": ("10.0.0.1/24", "2001:db8::1/64", "fe80::1/64"),
    "eth1": ("10.0.1.1/24", "2001:db8:1::1/64", "fe80::1:1/64"),
    "lo": ("10.5.5.5/32", "192.168.7.1/25", "2001:db8:5::5/128"),
    "none": (),
}
# ruff: noqa: SIM905 - lists of many words
STEPS = (*(0, 1, S, S, S, 5 * S, 5 * S, 9 * S) * 6, 30 * S, 30 * S, 200 * S, 10**16, -S, -300 * S)
HOSTS = """10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.1.2 10.0.1.3 9.9.9.9 0.0.0.0 255.255.255.255
    224.0.0.9 fe80::1 fe80::2 fe80::2%eth0 fe80::3 2001:db8::2 :: ff02::9""".split()
NETWORKS = """0.0.0.0/0 10.0.0.0/24 10.0.1.0/24 10.9.0.0/16 10.8.0.0/16 11.0.0.0/8 10.7.7.0/24
    192.168.7.0/25 192.168.7.128/25 172.16.0.0/12 10.9.9.9/32 127.0.0.0/8 ::/0 2001:db8::/64
    2001:db8:9::/48 2001:db8:8::/48 2001:db8:7::/48 fe80::/64 ff00::/8 ::1/128""".split()
SECRETS: tuple[Authenticator, ...] = (
    SimplePassword(b"password"),
    PasswordChain((SimplePassword(b"old", Lifetime(None, 50 * S)), SimplePassword(b"new"))),
    *(KeyChain((Key(1, b"secret", one),)) for one in Algorithm),
    KeyChain((Key(1, b"a", sends=Lifetime(None, 99 * S)), Key(2, b"b", accepts=Lifetime(9 * S)))),
    KeyChain((Key(200, b"x" * 60, Algorithm.HMAC_SHA_1),), counts_mark=True, forgives_restart=True),
)


# ---- what is fed


def message(rng: Random, version: Version | None = None) -> RipPacket | RipngPacket:
    """Draw a message that makes some sense."""
    command = rng.choice((1, 2, 2, 2, 2, 2))
    nets = [Prefix(rng.choice(NETWORKS)) for _ in range(rng.choice((0, 1, 1, 3, 9, 25)))]
    metrics = (0, 1, 1, 1, 2, 2, 3, 14, 15, 16, 16, 17, 255, 1 << 31)
    tags = (0, 0, 7, 65535)
    if version == "ng" or (version is None and rng.random() < 0.4):
        rtes = [
            RteNg(net.network, net.length, min(rng.choice(metrics), 255), rng.choice(tags))
            for net in nets
            if net.version == 6
        ]
        return RipngPacket(command, tuple(rtes))
    old = [net for net in nets if net.version == 4]
    if rng.random() < 0.1:
        return RipPacket(command, 1, tuple(Rte(n.network, metric=rng.choice(metrics)) for n in old))
    entries = tuple(
        Rte(
            net.network,
            rng.choice((net.netmask, net.netmask, Address("0.0.0.0"))),
            Address(rng.choice(("0.0.0.0", "0.0.0.0", "10.0.0.9", "10.0.0.1", "10.0.1.9"))),
            rng.choice(metrics),
            rng.choice(tags),
            rng.choice((*(2,) * 9, 0, 9, 0xFFFF) if number else (2, 2, 2, 0, 9)),
        )
        for number, net in enumerate(old)
    )
    if command == 1 and rng.random() < 0.5:
        entries = (Rte(Address("0.0.0.0"), metric=16, family=0),)
    return RipPacket(command, 2, entries)


def payload(rng: Random) -> bytes:
    """Draw the bytes of a message: signed or not, whole or damaged."""
    drawn = message(rng)
    data = drawn.encode()
    if isinstance(drawn, RipPacket) and drawn.version == 2 and rng.random() < 0.5:
        at = rng.choice((0, 10 * S, 60 * S, 500 * S))
        data = seal(drawn, rng.choice(SECRETS), rng.choice((0, 1, 5, 9, 1 << 31, 0xFFFFFFFF)), at)
    return damaged(rng, data) if rng.random() < 0.4 else data


# ---- the decoders


def check_decoders(rng: Random) -> None:
    """Feed all of them some messages."""
    for _ in range(60):
        data = payload(rng) if rng.random() < 0.9 else rng.randbytes(rng.randrange(200))
        for form in (RipPacket, RipngPacket):
            check_bytes(form, data)
        check_dissection(rng, data)
    value = message(rng)
    assert type(value).decode(value.encode()) == value
    check_authentication(rng)


def check_bytes(form: Form, data: bytes) -> None:
    """A decoder gives what makes the same bytes, or says why not."""
    found = decoded(form, data)
    if isinstance(found, DecodeError):
        assert found.layer in ("rip", "ripng")
        assert found.offset is not None
        assert 0 <= found.offset <= len(data)
        return
    assert found.encode() == data
    assert form.decode(found.encode()) == found


def decoded(form: Form, data: bytes) -> RipPacket | RipngPacket | DecodeError:
    """Give a value or the fault."""
    try:
        return form.decode(data)
    except DecodeError as fault:
        return fault


def check_dissection(rng: Random, data: bytes) -> None:
    """The layers of a packet end where the packet does."""
    port = rng.choice((520, 521))
    one, other = Address("10.0.0.2"), Address("224.0.0.9")
    packet = Ipv4(one, other, 17, Udp(port, port, data).encode(one, other)).encode()
    layers = dissect(packet, RAW_IP, dissectors=DISSECTORS).layers
    assert not data or layers[-1].protocol == ("rip" if port == 520 else "ripng")
    assert all(one.offset <= one.end <= len(packet) for one in layers)


def check_authentication(rng: Random) -> None:
    """Entries that authenticate go there and back, whatever is in them."""
    entry = rng.choice(
        (
            Password(rng.randbytes(16)),
            UnknownAuthentication(rng.choice((0, 1, 4, 65535)), rng.randbytes(16)),
            Trailed(24, rng.randrange(256), 16, rng.getrandbits(32), rng.randbytes(16)),
        )
    )
    packet = RipPacket(2, 2, (), entry)
    assert RipPacket.decode(packet.encode()) == packet


# ---- the machine


def interface(rng: Random, name: str) -> RipInterface:
    """Draw what is said about an interface."""
    low = filters.distribute(lambda prefix: prefix.length < 20)
    up = filters.offset(rng.randrange(4), lambda prefix: prefix.length > 15)
    return RipInterface(
        name,
        cost=rng.choice((1, 1, 2, 15)),
        is_passive=rng.random() < 0.2,
        is_loopback=rng.random() < 0.04,
        split_horizon=rng.choice(list(SplitHorizon)),
        sending=rng.choice(list(Sending)),
        accepting=rng.choice((*(Accepting.BOTH,) * 9, *Accepting)),
        authenticator=rng.choice((*(None,) * 9, *SECRETS)),
        neighbors=tuple(Address(one) for one in rng.sample(HOSTS[1:6], rng.choice((0, 0, 2)))),
        policy_in=rng.choice(((), (), (low,), (up,))),
        policy_out=rng.choice(((), (), (low, up))),
    )


def config(rng: Random) -> RipConfig:
    """Draw a configuration."""
    both = ("eth0", "eth1")
    names = rng.choice((both, both, both, (*both, "lo"), tuple(rng.sample(NAMES, 2)), ()))
    return RipConfig(
        tuple(interface(rng, name) for name in names),
        maximum_paths=rng.choice((1, 2, 8)),
        default_metric=rng.choice((None, None, 1, 15)),
        redistributes=rng.choice(
            ({}, {"static": Redistribution()}, {"ospf": Redistribution(5, 9)})
        ),
        timers=rng.choice((RipTimers(), RipTimers(2 * S, S, 12 * S, 8 * S, 0, S, 0))),
        limits=LIMITS,
        epoch_ns=rng.choice((0, 0, 1_767_571_200 * S)),
    )


def event(rng: Random, rip: Rip, now: int) -> ev.Event:
    """Draw an event; most are messages that a neighbour may have sent."""
    name = rng.choice(NAMES)
    own = tuple(Interface(one) for one in ADDRESSES[rng.choice((name, name, rng.choice(NAMES)))])
    match rng.randrange(40):
        case 0 | 14 | 15:
            mtu = rng.choice((1500, 1500, 1280, 576, 68, 0, 65535))
            return ev.InterfaceWentUp(name, own, mtu, rng.random() < 0.05)
        case 1:
            return ev.InterfaceWentDown(name)
        case 2:
            return ev.AddressesChanged(name, own)
        case 3:
            return ev.ConfigurationChanged(config(rng))
        case 4:
            return RoutesChanged(tuple(change(rng) for _ in range(rng.randrange(5))))
        case 5 | 6 | 7 | 8 | 9:
            return ev.TimePassed()
        case 10 | 11 | 12 | 13:
            return stray(rng)
        case _:
            return neighbourly(rng, rip, now)


def neighbourly(rng: Random, rip: Rip, now: int) -> ev.DatagramReceived:
    """Draw what a neighbour might send, signed as its link signs."""
    version: Version = 2 if rip.dialect.family == 4 else "ng"
    name = rng.choice(("eth0", "eth0", "eth1"))
    host = rng.choice((2, 2, 3, 4, 5, 6, 7))
    drawn = message(rng, version)
    link = rip.links.get(name)
    if isinstance(drawn, RipngPacket):
        source, port, data = f"fe80::{host}", 521, drawn.encode()
    else:
        source, port = f"10.0.{'01'[name == 'eth1']}.{host}", 520
        keys = link.config.authenticator if link is not None and drawn.version == 2 else None
        clock = rip.config.clock(now)
        number = rng.choice((clock // S, clock // S, clock // S + 1, 0)) & 0xFFFFFFFF
        data = seal(drawn, keys, number, clock)
    group = Address("ff02::9" if version == "ng" else "224.0.0.9")
    return ev.DatagramReceived(name, Address(source), port, group, 255, data)


def stray(rng: Random) -> ev.DatagramReceived:
    """Draw what anybody might send."""
    name = rng.choice(NAMES)
    data = payload(rng) if rng.random() < 0.95 else rng.randbytes(rng.randrange(60))
    return ev.DatagramReceived(
        rng.choice(("eth0", "eth0", "eth1", name)),
        Address(rng.choice(HOSTS)),
        rng.choice((520, 520, 521, 521, 4000, 0)),
        Address(rng.choice(("224.0.0.9", "ff02::9", "10.0.0.1", "fe80::1"))),
        rng.choice((None, 1, 255, 255)),
        data,
    )


def change(rng: Random) -> Change:
    """Draw a change of the routing table."""
    prefix = Prefix(rng.choice(NETWORKS))
    hops = (NextHop(rng.choice((None, *NAMES)), Address(rng.choice(HOSTS[1:6]))),)
    source = rng.choice(("static", "ospf", "ospf:1", "rip", "connected:eth0"))
    metric, tag = rng.choice((0, 1, 15, 16, 99)), rng.choice((0, 7, 1 << 20))
    route = RibRoute(prefix, source, 1, metric, hops, tag=tag)
    return Change(prefix, None, rng.choice((route, route, None)))


@dataclass
class Watched:
    """A machine, and what its routing table was told."""

    rip: Rip
    form: Form
    table: dict[Prefix, RibRoute] = field(default_factory=dict)

    def give(self, what: ev.Event, now: int) -> None:
        """Give an event and follow what comes out."""
        for output in self.rip.receive(what, now):
            match output:
                case AnnounceRoutes():
                    self.table.update({route.prefix: route for route in output.routes})
                case WithdrawRoutes():
                    for prefix in output.prefixes:
                        del self.table[prefix]  # never what was not announced
                case ev.SendDatagram():
                    assert self.form.decode(output.payload)
                    assert output.interface in self.rip.links

    def check(self, now: int) -> None:
        """What must hold after every event."""
        rip, entries = self.rip, self.rip.table.entries
        learned = sum(one.state is not State.ABSENT for one in entries.values())
        assert rip.table.learned.count == learned <= LIMITS.routes
        assert len(rip.reception.neighbors) <= LIMITS.neighbors
        assert len(rip.reception.policing.filtered) <= LIMITS.filtered_offers
        assert len(rip.table.changes._recent) <= len(entries)
        paths = sum(len(one.paths) for one in entries.values())
        assert len(rip.table._store.deadlines) <= paths + len(entries)
        assert len(rip.table._store.deadlines._heap) <= 2 * (paths + len(entries)) + 66
        for prefix, entry in entries.items():
            assert entry.prefix == prefix
            assert entry.announced == rip.table._store._rib_route(entry)
            assert not entry.is_empty
            assert len(entry.refused) <= LIMITS.refused_offers
            assert (entry.state is State.VALID) is (entry.metric < INFINITY)
            assert bool(entry.paths) is (entry.state is not State.ABSENT)
            if entry.state is State.VALID:
                assert {path.metric for path in entry.paths} == {entry.metric}
                assert entry.tag == entry.paths[0].tag
                assert all(path.due is not None for path in entry.paths)
            assert (entry.due is not None) is (entry.state is State.DELETED or entry.lost_local)
            assert len({(one.interface, one.neighbor) for one in entry.paths}) == len(entry.paths)
        announced = {prefix: one.announced for prefix, one in entries.items() if one.announced}
        assert announced == self.table
        deadline = rip.next_deadline()
        assert deadline is None or deadline > now

    def look(self) -> None:
        """Ask it all that can be asked; it changes nothing."""
        model = json.loads(json.dumps(self.rip.snapshot()))
        for table in (show.routes, show.neighbors, show.interfaces, show.faults, show.status):
            str(table(model))
        for prefix in (*self.rip.table.entries, *map(Prefix, NETWORKS)):
            why = self.rip.explain(prefix)
            told = self.rip.explain_told(prefix, None)
            str(why), str(told)
            json.dumps([why.as_dict(), told.as_dict()])


def check_machine(rng: Random) -> None:
    """Give a machine events in any order, at instants that mostly go on."""
    version: Version = rng.choice((2, "ng"))
    rip = Rip(config(rng), Random(rng.random()), version=version)
    watched = Watched(rip, RipPacket if version == 2 else RipngPacket)
    now = rng.choice((0, 1, 10**18))
    for name in ADDRESSES:
        own = tuple(Interface(one) for one in ADDRESSES[name])
        watched.give(ev.InterfaceWentUp(name, own), now)
    for _ in range(rng.randrange(10, 150)):
        now += rng.choice(STEPS)
        now = max(now, 0)
        deadline = rip.next_deadline()
        if deadline is not None and rng.random() < 0.2:
            now = max(now, deadline)
        watched.give(event(rng, rip, now), now)
        watched.check(now)
    watched.look()
    watched.give(ev.ShutdownRequested(rng.random() < 0.8), now)
    assert rip.next_deadline() is None
    assert rip.receive(event(rng, rip, now), now) == []


def check_round(seed: int) -> None:
    """One round; everything in it comes from its seed."""
    rng = Random(seed)
    if seed % 2:
        check_decoders(rng)
    else:
        check_machine(rng)


if __name__ == "__main__":
    go_through("rip", check_round)
