"""The tables of both machines, against RFC 2328 9.3 and 10.3, and over every state and event."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.ospf.interface_state import (
    INTERFACE_TRANSITIONS,
    InterfaceAction,
    InterfaceEvent,
    InterfaceState,
)
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import (
    NEIGHBOR_TRANSITIONS,
    NeighborAction,
    NeighborEvent,
    NeighborState,
)

from .network import Network
from .silent import silent

S = 1_000_000_000
UP = (NeighborState.INIT, NeighborState.TWO_WAY)
PAIRS = [(state, event) for state in NeighborState for event in NeighborEvent]
PLACES = [(state, event) for state in InterfaceState for event in InterfaceEvent]


@pytest.mark.parametrize(("state", "event"), PAIRS, ids=str)
def test_a_neighbor_goes_where_the_rfc_says(state: NeighborState, event: NeighborEvent) -> None:
    expected: set[NeighborState] = {state}
    exchanging = state >= NeighborState.EXCHANGE
    match event:
        case NeighborEvent.START if state is NeighborState.DOWN:
            expected = {NeighborState.ATTEMPT}
        case NeighborEvent.HELLO_RECEIVED if state < NeighborState.INIT:
            expected = {NeighborState.INIT}
        case NeighborEvent.TWO_WAY_RECEIVED if state is NeighborState.INIT:
            expected = {NeighborState.TWO_WAY, NeighborState.EX_START}
        case NeighborEvent.NEGOTIATION_DONE if state is NeighborState.EX_START:
            expected = {NeighborState.EXCHANGE}
        case NeighborEvent.EXCHANGE_DONE if state is NeighborState.EXCHANGE:
            expected = {NeighborState.LOADING, NeighborState.FULL}
        case NeighborEvent.LOADING_DONE if state is NeighborState.LOADING:
            expected = {NeighborState.FULL}
        case NeighborEvent.ADJ_OK if state is NeighborState.TWO_WAY:
            expected = {NeighborState.TWO_WAY, NeighborState.EX_START}
        case NeighborEvent.ADJ_OK if state >= NeighborState.EX_START:
            expected = {state, NeighborState.TWO_WAY}
        case NeighborEvent.SEQ_NUMBER_MISMATCH | NeighborEvent.BAD_LS_REQ if exchanging:
            expected = {NeighborState.EX_START}
        case NeighborEvent.ONE_WAY_RECEIVED if state >= NeighborState.TWO_WAY:
            expected = {NeighborState.INIT}
        case NeighborEvent.KILL_NBR | NeighborEvent.INACTIVITY_TIMER | NeighborEvent.LL_DOWN:
            expected = {NeighborState.DOWN}
    found = NEIGHBOR_TRANSITIONS.get((state, event))
    assert set((state,) if found is None else found.states) == expected


@pytest.mark.parametrize(("state", "event"), PLACES, ids=str)
def test_an_interface_goes_where_the_rfc_says(state: InterfaceState, event: InterfaceEvent) -> None:
    elected = {InterfaceState.DR_OTHER, InterfaceState.BACKUP, InterfaceState.DR}
    expected = {state}
    match event:
        case InterfaceEvent.INTERFACE_UP if state is InterfaceState.DOWN:
            expected = {
                InterfaceState.POINT_TO_POINT,
                InterfaceState.DR_OTHER,
                InterfaceState.WAITING,
            }
        case InterfaceEvent.WAIT_TIMER | InterfaceEvent.BACKUP_SEEN:
            expected = elected if state is InterfaceState.WAITING else {state}
        case InterfaceEvent.NEIGHBOR_CHANGE if state in elected:
            expected = elected
        case InterfaceEvent.INTERFACE_DOWN:
            expected = {InterfaceState.DOWN}
        case InterfaceEvent.LOOP_IND:
            expected = {InterfaceState.LOOPBACK}
        case InterfaceEvent.UNLOOP_IND if state is InterfaceState.LOOPBACK:
            expected = {InterfaceState.DOWN}
    found = INTERFACE_TRANSITIONS.get((state, event))
    assert set((state,) if found is None else found.states) == expected


def test_states_and_events_are_spelled_as_in_the_rfc() -> None:
    assert str(NeighborState.TWO_WAY) == "2-Way"
    assert str(NeighborState.EX_START) == "ExStart"
    assert str(InterfaceState.DR_OTHER) == "DR Other"
    assert str(NeighborEvent.ONE_WAY_RECEIVED) == "1-WayReceived"
    assert str(InterfaceEvent.BACKUP_SEEN) == "BackupSeen"


TYPES = (NetworkType.BROADCAST, NetworkType.POINT_TO_POINT, NetworkType.POINT_TO_MULTIPOINT)


def half_way(network_type: NetworkType, seconds: int) -> tuple[Ospf, list[Neighbor]]:
    """A router among three, after a while."""
    network = Network(2, make=silent)
    names = "ab" if network_type is NetworkType.POINT_TO_POINT else "abc"
    for number, name in enumerate(names, 1):
        network.router(name, f"10.0.0.{number}", OspfInterface("eth0", network_type=network_type))
    network.link("lan", *[(n, "eth0", f"192.0.2.{i}/24") for i, n in enumerate(names, 1)])
    network.run(seconds)
    a = network.routers["a"]
    return a, list(a.interfaces["eth0"].neighbors.values())


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["neighbor", "interface", "time"]), st.integers(0, 12), st.integers(0, 1)
    ),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(TYPES), st.sampled_from([0, 15, 60]), STEPS)
def test_any_events_in_any_order_keep_to_the_tables(
    network_type: NetworkType, seconds: int, steps: list[Step]
) -> None:
    ospf, neighbors = half_way(network_type, seconds)
    interface = ospf.interfaces["eth0"]
    for what, number, which in steps:
        if what == "time":
            ospf.now += number * S
            ospf._settle(ospf.now)
        elif what == "interface":
            event = list(InterfaceEvent)[number % len(InterfaceEvent)]
            before = interface.state
            transition = INTERFACE_TRANSITIONS.get((before, event))
            ospf.interface_machine.happen(interface, event)
            assert interface.state in (transition.states if transition else (before,))
        elif neighbors:
            neighbor = neighbors[int(which) % len(neighbors)]
            neighbor_event = list(NeighborEvent)[number % len(NeighborEvent)]
            was = neighbor.state
            rule = NEIGHBOR_TRANSITIONS.get((was, neighbor_event))
            ospf.adjacencies.happen(neighbor, neighbor_event)
            assert neighbor.state in (rule.states if rule else (was,))
        check(ospf, neighbors)


def check(ospf: Ospf, neighbors: list[Neighbor]) -> None:
    """What holds in every state."""
    for neighbor in neighbors:
        begun = neighbor.state >= NeighborState.EX_START
        assert (neighbor.exchange is not None) == begun
        if neighbor.state >= NeighborState.EXCHANGE:
            assert ospf.database.neighbor(neighbor.number)[1] == neighbor.state - 4
    for interface in ospf.interfaces.values():
        if interface.state is InterfaceState.DOWN:
            assert not interface.neighbors
        assert (interface.wait_ends is not None) == (interface.state is InterfaceState.WAITING)


def test_every_action_is_used() -> None:
    assert {one.action for one in NEIGHBOR_TRANSITIONS.values()} == set(NeighborAction)
    assert {one.action for one in INTERFACE_TRANSITIONS.values()} == set(InterfaceAction)
