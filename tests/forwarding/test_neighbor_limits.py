"""Bounds of the neighbour cache, and that nothing from a link harms it (RFC 6583)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import (
    STRICT,
    FrameReceived,
    InterfaceWentUp,
    PacketOriginated,
    Reason,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.neighbor import NeighborSettings, State
from fingerpost.forwarding.neighbor.advertising import Advertising
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.router import Router
from fingerpost.wire.arp import Arp
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import (
    Mtu,
    NeighborAdvertisement,
    NeighborSolicitation,
    Nonce,
    PrefixInformation,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from forwarding.link import SECOND, eth0, mac, node, packet, station

SMALL = NeighborSettings(
    entries=20, unresolved=5, queue=2, claiming_ipv4=NeighborSettings().claiming_ipv4
)


def small(*addresses: str) -> Router:
    return station(1, *addresses, policy=replace(STRICT, neighbors=SMALL))


def advertise(member: Router, address: Address, number: int, now: int) -> None:
    """A neighbour answers a question."""
    own = TargetLinkLayerAddress(mac(number))
    message = NeighborAdvertisement(address, False, True, True, (own,))
    event = FrameReceived("eth0", nd_frame(eth0(number), address, OURS, message, mac(1)).frame)
    member.receive(event, now)


def heard(member: Router, address: Address, number: int, now: int) -> None:
    """A neighbour asks for us, so that it is known and STALE."""
    message = NeighborSolicitation(OURS, (SourceLinkLayerAddress(mac(number)),))
    event = FrameReceived("eth0", nd_frame(eth0(number), address, OURS, message, mac(1)).frame)
    member.receive(event, now)


OURS = Address("fd00::1")


def states(member: Router) -> dict[str, State]:
    return {str(n.address): n.state for n in member.plane.neighbors.snapshot()}


def test_rfc_6583_a_scan_pushes_out_no_neighbour_that_answers() -> None:
    member = small("fd00::1/64")
    friends = [Address(f"fd00::f{n}") for n in range(6)]
    for n, friend in enumerate(friends):
        member.receive(PacketOriginated(packet("fd00::1", str(friend))), 0)
        advertise(member, friend, 0x20 + n, 0)
    rng = Random(7)
    for n in range(500):
        target = Address(int(Address("fd00::")) | rng.getrandbits(63) | 1 << 40, 6)
        member.receive(PacketOriginated(packet("fd00::1", str(target))), n * 1_000_000)
    now = states(member)
    assert {str(friend) for friend in friends} <= set(now)
    assert sum(1 for state in now.values() if state is State.INCOMPLETE) == 5
    assert len(now) == 11
    for friend in friends:
        assert member.plane.neighbors.cached("eth0", friend) is not None


def test_rfc_6583_at_the_limit_of_unresolved_entries_the_oldest_makes_room_and_is_counted() -> None:
    member = small("fd00::1/64")
    ends: list[Reason] = []
    member.plane.tracer = lambda trace: ends.append(trace.end)
    for n in range(7):
        member.receive(PacketOriginated(packet("fd00::1", f"fd00::{n + 16:x}")), n)
    assert list(states(member)) == [f"fd00::{n + 16:x}" for n in range(2, 7)]
    assert ends.count(Reason.NEIGHBOR_QUEUE_FULL) == 2


def test_at_the_limit_of_entries_the_longest_unused_makes_room() -> None:
    member = small("fd00::1/64")
    for n in range(20):
        heard(member, Address(f"fd00::{n + 16:x}"), n + 16, n)
    assert len(states(member)) == 20
    member.receive(PacketOriginated(packet("fd00::1", "fd00::10")), 100)  # in use from now on
    heard(member, Address("fd00::99"), 0x99, 101)
    now = states(member)
    assert len(now) == 20
    assert now["fd00::10"] is State.DELAY
    assert "fd00::11" not in now
    assert now["fd00::99"] is State.STALE


def test_when_all_neighbours_are_in_use_a_new_one_must_wait() -> None:
    member = small("fd00::1/64")
    for n in range(20):
        heard(member, Address(f"fd00::{n + 16:x}"), n + 16, n)
        member.receive(PacketOriginated(packet("fd00::1", f"fd00::{n + 16:x}")), n)
    ends: list[Reason] = []
    member.plane.tracer = lambda trace: ends.append(trace.end)
    heard(member, Address("fd00::99"), 0x99, 101)
    member.receive(PacketOriginated(packet("fd00::1", "fd00::99")), 102)
    assert set(states(member).values()) == {State.DELAY}
    assert ends[-1] is Reason.NEIGHBOR_QUEUE_FULL
    member.plane.neighbors.add_static("eth0", Address("fd00::99"), mac(9), 103, [])
    assert states(member)["fd00::99"] is State.PERMANENT  # configured ones are not limited


def test_the_limits_hold_for_each_interface_and_for_both_families_together() -> None:
    member = small("fd00::1/64", "10.0.0.1/24")
    for n in range(4):
        member.receive(PacketOriginated(packet("fd00::1", f"fd00::{n + 16:x}")), n)
        member.receive(PacketOriginated(packet("10.0.0.1", f"10.0.0.{n + 16}")), n)
    assert len(states(member)) == 5


# -- hostile -----------------------------------------------------------------------------------

addresses = st.sampled_from(
    ["fd00::1", "fd00::2", "fe80::1", "fe80::2", "::", "ff02::1", "2a00::7", "fd00::"]
).map(Address)
stations = st.sampled_from(
    [mac(1), mac(2), Mac(bytes(6)), Mac(b"\xff" * 6), Mac("33:33:00:00:00:01")]
)
options = st.lists(
    st.one_of(
        st.builds(SourceLinkLayerAddress, stations),
        st.builds(TargetLinkLayerAddress, stations),
        st.builds(Nonce, st.binary(min_size=6, max_size=6)),
        st.builds(Mtu, st.integers(0, 2**32 - 1)),
        st.builds(
            PrefixInformation,
            addresses,
            st.integers(0, 128),
            st.booleans(),
            st.booleans(),
            st.integers(0, 2**32 - 1),
            st.integers(0, 2**32 - 1),
        ),
    ),
    max_size=4,
).map(tuple)
unicast = addresses.filter(lambda a: not a.is_multicast)
messages = st.one_of(
    st.builds(NeighborSolicitation, unicast, options),
    st.builds(NeighborAdvertisement, unicast, st.booleans(), st.booleans(), st.booleans(), options),
    st.builds(RouterSolicitation, options),
    st.builds(
        RouterAdvertisement,
        st.integers(0, 255),
        lifetime_s=st.integers(0, 65535),
        reachable_time_ms=st.integers(0, 2**32 - 1),
        retransmit_timer_ms=st.integers(0, 2**32 - 1),
        options=options,
    ),
)
ip4 = st.sampled_from(["10.0.0.1", "10.0.0.2", "0.0.0.0", "255.255.255.255", "224.0.0.5"]).map(
    Address
)
arps = st.builds(Arp, st.integers(0, 3), stations, ip4, stations, ip4)
steps = st.lists(
    st.tuples(st.one_of(messages, arps), addresses, addresses, st.integers(0, 3 * SECOND)),
    max_size=30,
)


@pytest.mark.parametrize("forwards", [True, False], ids=["router", "host"])
@settings(max_examples=60, deadline=None)
@given(steps=steps)
def test_no_sequence_of_messages_raises_or_passes_a_limit(
    forwards: bool, steps: list[tuple[object, Address, Address, int]]
) -> None:
    own = eth0(1, "fd00::1/64", "fe80::1/64", "10.0.0.1/24", autoconfigures=not forwards)
    if forwards:
        own = replace(own, advertises=True, advertising=Advertising())
    member = node(own, replace(STRICT, neighbors=SMALL), forwards)
    now = 0
    member.receive(InterfaceWentUp("eth0"), now)
    for message, source, destination, wait in steps:
        if isinstance(message, Arp):
            raw = Ethernet(mac(1), mac(2), 0x0806, message.encode()).encode()
        else:
            to = None if destination.is_multicast else mac(1)
            raw = nd_frame(eth0(2), source, destination, message, to).frame  # type: ignore[arg-type]
        member.receive(FrameReceived("eth0", raw), now)
        until = now + wait
        while (due := member.next_deadline()) is not None and due <= until:
            now = max(now, due)
            for output in member.receive(TimePassed(), now):
                if isinstance(output, SendFrame):
                    Ethernet.decode(output.frame)
        now = until
        assert len(member.plane.neighbors.cache) <= SMALL.entries
        assert len(member.interfaces["eth0"].addresses) <= 3 + 16
    snapshot = member.plane.neighbors.snapshot()
    assert all(n.mac is None or not (n.mac.is_multicast or n.mac == mac(1)) for n in snapshot)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.sampled_from([0x0806, 0x86DD]))
def test_no_bytes_raise(data: bytes, ethertype: int) -> None:
    member = station(1, "fd00::1/64", "10.0.0.1/24")
    member.receive(FrameReceived("eth0", mac(1) + mac(2) + ethertype.to_bytes(2, "big") + data), 0)
    assert len(member.plane.neighbors.cache) <= 1


# -- timers ------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from("sxt"), st.integers(0, 9), st.integers(0, 50)), max_size=300)
)
def test_timers_come_up_in_order_as_a_plain_list_says(
    steps: list[tuple[str, int, int]],
) -> None:
    timers: Timers[int] = Timers()
    model: dict[int, tuple[int, int]] = {}
    for n, (what, key, instant) in enumerate(steps):
        if what == "s":
            timers.start(key, instant)
            model[key] = (instant, n)
        elif what == "x":
            timers.stop(key)
            model.pop(key, None)
        else:
            due = [held for held in model if model[held][0] <= instant]
            first = min(due, key=lambda held: model[held], default=None)
            assert timers.take(instant) == first
            if first is not None:
                del model[first]
        assert timers.next_deadline() == min((at for at, _ in model.values()), default=None)
        assert len(timers) == len(model)
        assert timers.instant(key) == (model[key][0] if key in model else None)


def test_a_timer_that_is_started_again_and_again_does_not_grow_the_heap() -> None:
    timers: Timers[str] = Timers()
    for n in range(10_000):
        timers.start("a", n)
    assert len(timers._heap) < 200
    assert timers.take(9_998) is None
    assert timers.take(9_999) == "a"
