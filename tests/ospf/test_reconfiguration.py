"""Another configuration disturbs no more than it must; interfaces and addresses change live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.errors import UsageError
from fingerpost.ospf.authentication import KeyChain
from fingerpost.ospf.config import (
    AreaKind,
    BfdSettings,
    NetworkType,
    OspfArea,
    OspfInterface,
)
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import Hello
from fingerpost.ospf.packet import v2 as codec
from fingerpost.protocol import events as ev
from fingerpost.protocol.keys import Algorithm, Key

from .network import Network
from .silent import Listener, silent

LAN = OspfInterface("eth0")


def full(version: Literal[2, 3] = 2, one: OspfInterface = LAN) -> Network:
    network = Network(version, make=silent)
    for number, name in enumerate("ab", 1):
        network.router(name, f"10.0.0.{number}", one)
    network.link("l", *[(n, "eth0", f"192.0.2.{i}/24") for i, n in enumerate("ab", 1)])
    assert network.run_until(lambda: network.is_full("a", "b"), 60)
    network.run(10)
    return network


def change(network: Network, wanted: OspfInterface, names: str = "ab") -> None:
    for name in names:
        network.reconfigure(name, interfaces=(wanted,))


def changes_of(network: Network) -> int:
    """How often conversations changed their state."""
    return sum(one.changes for ospf in network.routers.values() for one in ospf.neighbors.values())


QUIET = {
    "nothing": LAN,
    "cost": replace(LAN, cost=77),
    "times of retransmission": replace(LAN, retransmit_ns=10**9, transmit_delay_s=5),
    "the MTU": replace(LAN, ignores_mtu=True),
    "priority": replace(LAN, priority=7),
    "suppression": replace(LAN, hides_network=True),
    "bfd": replace(LAN, bfd=BfdSettings()),
}


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("what", QUIET)
def test_adjacencies_outlive(version: Literal[2, 3], what: str) -> None:
    network = full(version)
    before = changes_of(network)
    change(network, QUIET[what])
    network.run(100)
    assert network.is_full("a", "b")
    assert changes_of(network) == before


def test_timers_may_change_on_both_sides_within_the_dead_interval() -> None:
    network = full()
    before = changes_of(network)
    change(network, replace(LAN, hello_s=2, dead_s=8))
    network.run(100)
    assert network.is_full("a", "b")
    assert changes_of(network) == before


def test_a_timer_that_changes_on_one_side_ends_the_adjacency() -> None:
    network = full()
    change(network, replace(LAN, hello_s=2), "a")
    network.run(60)
    assert network.state("a", "b") is NeighborState.DOWN
    assert network.routers["a"].snapshot()["refused"][0]["reason"] == "hello-interval"


def test_a_cost_is_told() -> None:
    network = full()
    listener = network.routers["a"].originator
    assert isinstance(listener, Listener)
    listener.told.clear()
    change(network, replace(LAN, cost=77), "a")
    assert network.routers["a"].interfaces["eth0"].cost == 77
    assert "router_changed" in {one[0] for one in listener.told}


def test_keys_change_without_a_gap_when_both_change() -> None:
    network = full()
    before = changes_of(network)
    chain = KeyChain((Key(1, b"secret", Algorithm.HMAC_SHA_256),))
    change(network, replace(LAN, authentication=chain))
    network.run(100)
    assert network.is_full("a", "b")
    assert changes_of(network) == before
    change(network, LAN, "a")
    network.run(60)
    assert network.state("a", "b") is NeighborState.DOWN


def test_an_interface_that_is_named_no_more_is_left() -> None:
    network = full()
    network.reconfigure("a", interfaces=())
    ospf = network.routers["a"]
    assert not ospf.interfaces
    assert not ospf.areas
    assert not ospf.neighbors
    assert ospf.next_deadline() is None
    network.reconfigure("a", interfaces=(LAN,))
    assert network.run_until(lambda: network.is_full("a", "b"), 100)


def test_another_area_or_network_type_meets_the_neighbors_again() -> None:
    network = full()
    change(network, replace(LAN, area=3))
    assert network.routers["a"].areas.keys() == {3}
    assert network.run_until(lambda: network.is_full("a", "b"), 100)
    change(network, replace(LAN, area=3, network_type=NetworkType.POINT_TO_POINT))
    assert network.run_until(lambda: network.is_full("a", "b"), 10)
    assert network.routers["a"].interfaces["eth0"].state is InterfaceState.POINT_TO_POINT


def test_another_kind_of_area_meets_the_neighbors_again() -> None:
    network = full(one=replace(LAN, area=1))
    for name in "ab":
        network.reconfigure(name, areas=(OspfArea(1, AreaKind.STUB),))
        network.run(1)
    assert network.run_until(lambda: network.is_full("a", "b"), 100)
    shown = network.routers["a"].snapshot()["areas"]
    assert [one["kind"] for one in shown] == ["stub"]


@pytest.mark.parametrize("version", [2, 3])
def test_another_router_id_begins_everything_anew(version: Literal[2, 3]) -> None:
    network = full(version)
    network.reconfigure("a", router_id=0x0A0000FE)
    assert network.routers["a"].router_id == 0x0A0000FE
    assert network.run_until(lambda: network.is_full("a", "b"), 200)
    assert network.routers["a"].database.router_id == 0x0A0000FE


def test_settings_of_another_protocol_are_refused() -> None:
    network = full()
    with pytest.raises(UsageError, match="ospf is given a dict, expected an OspfConfig"):
        network.give("a", ev.ConfigurationChanged({}))


def test_another_address_meets_the_neighbors_again_and_a_second_one_does_not() -> None:
    network = full()
    before = changes_of(network)
    first, second = InterfaceAddress("192.0.2.1/24"), InterfaceAddress("203.0.113.1/24")
    network.give("a", ev.AddressesChanged("eth0", (first, second)))
    assert changes_of(network) == before
    moved = InterfaceAddress("192.0.2.9/24")
    network._addresses["a", "eth0"] = (moved,)
    network.give("a", ev.AddressesChanged("eth0", (moved,)))
    assert network.run_until(lambda: network.is_full("a", "b"), 200)
    found = network.neighbor("b", "a")
    assert found is not None
    assert str(found.address) == "192.0.2.9"


def test_an_interface_without_an_address_waits_for_one() -> None:
    network = Network(2, make=silent)
    network.router("a", "10.0.0.1", LAN)
    network.give("a", ev.InterfaceWentUp("eth0", ()))
    interface = network.routers["a"].interfaces["eth0"]
    states = [interface.state]
    network.give("a", ev.AddressesChanged("eth0", (InterfaceAddress("192.0.2.1/24"),)))
    states.append(interface.state)
    assert states == [InterfaceState.DOWN, InterfaceState.WAITING]


def test_who_leaves_says_goodbye_with_a_hello_that_names_nobody() -> None:
    network = full()
    out = network.give("a", ev.ShutdownRequested())
    sent = [one for one in out if isinstance(one, ev.SendPacket)]
    body = codec.decode_body(codec.decode_header(sent[-1].payload), sent[-1].payload)
    assert isinstance(body, Hello)
    assert body.neighbors == ()
    network.run(1)
    assert network.state("b", "a") is NeighborState.INIT
    assert network.routers["a"].next_deadline() is None
    assert network.give("a", ev.TimePassed()) == []


def test_who_is_stopped_for_a_moment_says_nothing() -> None:
    network = full()
    assert network.give("a", ev.ShutdownRequested(is_polite=False)) == []


# ---- BFD (RFC 5882)

WATCHED = replace(LAN, bfd=BfdSettings(transmit_ns=50, receive_ns=60, multiplier=4))


def watches(network: Network, router: str) -> list[ev.WatchNeighbor]:
    return [one for one in network.outputs[router] if isinstance(one, ev.WatchNeighbor)]


def reached(network: Network, is_up: bool, is_administrative: bool = False) -> None:
    (watch,) = watches(network, "a")
    event = ev.NeighborReachability(watch.interface, watch.remote, is_up, "down", is_administrative)
    network.give("a", event)


def test_bfd_watches_neighbors_that_hear_us() -> None:
    network = full(one=WATCHED)
    (watch,) = watches(network, "a")
    assert (watch.interface, str(watch.local), str(watch.remote)) == (
        "eth0",
        "192.0.2.1",
        "192.0.2.2",
    )
    assert watch.parameters == ev.WatchTimers(50, 60, 4)
    reached(network, True)
    assert network.is_full("a", "b")
    assert network.routers["a"].snapshot()["neighbors"][0]["bfd"] is True


def test_a_neighbor_that_bfd_has_lost_is_gone_at_once() -> None:
    network = full(one=WATCHED)
    reached(network, True)
    reached(network, False)
    assert network.state("a", "b") is NeighborState.DOWN
    assert any(isinstance(one, ev.UnwatchNeighbor) for one in network.outputs["a"])


def test_a_session_that_is_switched_off_is_no_failure() -> None:
    network = full(one=WATCHED)
    reached(network, True)
    reached(network, False, is_administrative=True)
    assert network.is_full("a", "b")


def test_a_session_is_asked_for_and_given_up_by_configuration() -> None:
    network = full()
    assert not watches(network, "a")
    change(network, replace(LAN, bfd=BfdSettings()), "a")
    assert len(watches(network, "a")) == 1
    change(network, LAN, "a")
    assert isinstance(network.outputs["a"][-1], ev.UnwatchNeighbor)


def test_bfd_of_somebody_else_is_nothing_to_us() -> None:
    network = full()
    who = network.neighbor("a", "b")
    assert who is not None
    network.give("a", ev.NeighborReachability("eth0", who.address, False, "down"))
    network.give("a", ev.NeighborReachability(None, who.address, False, "down"))
    assert network.is_full("a", "b")


def test_same_seed_same_bytes() -> None:
    def capture(make: Callable[[], Network]) -> list[bytes]:
        network = make()
        assert network.capture is not None
        return [one.packet.payload for one in network.capture]

    def run() -> Network:
        network = Network(2, make=silent)
        network.capture = []
        for number, name in enumerate("abc", 1):
            network.router(name, f"10.0.0.{number}", LAN)
        network.link("l", *[(n, "eth0", f"192.0.2.{i}/24") for i, n in enumerate("abc", 1)])
        network.run(120)
        return network

    assert capture(run) == capture(run)
