"""What messages of the kernel add up to, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.addr import Prefix
from fingerpost.host.linux.kernel_interface import NO_MAC, InterfaceChange, KernelInterface
from fingerpost.host.linux.watch.told import (
    AddressGone,
    AddressTold,
    LinkGone,
    LinkTold,
    Told,
)
from fingerpost.host.linux.watch.view import View

DOWN, NO_CARRIER, UP = 0x1002, 0x1003, 0x11043
LINK = LinkTold(2, "eth0", UP, 1500, bytes.fromhex("020000000001"), "veth")


def address(text: str, index: int = 2, *, is_usable: bool = True) -> AddressTold:
    return AddressTold(index, InterfaceAddress(text), None, False, is_usable)


def told_by(view: View, *messages: Told) -> list[InterfaceChange]:
    for message in messages:
        view.apply(message)
    return view.take_changes()


def only(changes: list[InterfaceChange]) -> KernelInterface:
    (change,) = changes
    assert change.after is not None
    return change.after


def states(changes: list[InterfaceChange]) -> list[tuple[str, bool] | None]:
    return [(c.after.name, c.after.is_up) if c.after is not None else None for c in changes]


def test_an_interface_is_told_with_what_came_with_it_as_one_change() -> None:
    new = only(told_by(View(), LINK, address("10.0.0.1/24"), address("fe80::1/64")))
    assert (new.name, new.index, new.interface.mtu, new.is_up) == ("eth0", 2, 1500, True)
    assert str(new.interface.mac) == "02:00:00:00:00:01"
    assert [str(one) for one in new.addresses] == ["10.0.0.1/24", "fe80::1/64"]


def test_up_takes_the_administrator_the_carrier_and_the_operational_state() -> None:
    for flags, is_up in ((UP, True), (DOWN, False), (NO_CARRIER, False), (UP & ~0x40, False)):
        new = only(told_by(View(), replace(LINK, flags=flags)))
        assert new.is_up is is_up
    assert only(told_by(View(), replace(LINK, flags=NO_CARRIER))).is_enabled


def test_an_address_is_told_when_it_is_known_to_be_no_duplicate_rfc_4862_5_4() -> None:
    view = View()
    assert only(told_by(view, LINK, address("fe80::1/64", is_usable=False))).addresses == ()
    assert len(only(told_by(view, address("fe80::1/64"))).addresses) == 1


def test_what_is_said_twice_is_no_news() -> None:
    view = View()
    told_by(view, LINK, address("10.0.0.1/24"))
    assert told_by(view, LINK, address("10.0.0.1/24")) == []


def test_a_link_that_was_down_between_two_looks_is_told_down_and_up() -> None:
    view = View()
    told_by(view, LINK)
    changes = told_by(view, replace(LINK, flags=NO_CARRIER), LINK)
    assert states(changes) == [("eth0", False), ("eth0", True)]
    assert told_by(view, LINK) == []


def test_a_flap_that_ends_down_is_told_once() -> None:
    view = View()
    told_by(view, LINK)
    down = replace(LINK, flags=DOWN)
    assert states(told_by(view, down, LINK, down, LINK, down)) == [("eth0", False)]


def test_an_address_that_was_away_between_two_looks_is_told_away_and_back() -> None:
    view = View()
    own = address("10.0.0.1/24")
    told_by(view, LINK, own, address("10.0.1.1/24"))
    away, back = told_by(view, AddressGone(own), own)
    assert away.after is not None
    assert [str(one) for one in away.after.addresses] == ["10.0.1.1/24"]
    assert back.after is not None
    assert len(back.after.addresses) == 2


def test_an_interface_that_came_and_went_between_two_looks_was_never_there() -> None:
    assert told_by(View(), LINK, LinkGone(2)) == []


def test_an_interface_made_anew_is_another() -> None:
    view = View()
    told_by(view, LINK)
    assert states(told_by(view, LinkGone(2), LINK)) == [None, ("eth0", True)]
    assert states(told_by(view, LinkGone(2), replace(LINK, index=9))) == [None, ("eth0", True)]


def test_two_interfaces_that_swap_their_names_both_go_before_one_comes() -> None:
    view = View()
    other = replace(LINK, index=3, name="eth1")
    told_by(view, LINK, other)
    swapped = told_by(view, replace(LINK, name="eth1"), replace(other, name="eth0"))
    assert states(swapped) == [None, None, ("eth1", True), ("eth0", True)]


def test_primary_addresses_stand_before_secondary_ones() -> None:
    second = replace(address("10.0.0.2/24"), is_secondary=True)
    new = only(told_by(View(), LINK, address("fe80::1/64"), second, address("10.0.0.1/24")))
    assert [str(one) for one in new.addresses] == ["10.0.0.1/24", "10.0.0.2/24", "fe80::1/64"]


def test_a_far_end_with_another_network_is_kept_apart() -> None:
    own = AddressTold(2, InterfaceAddress("10.9.0.1/32"), Prefix("10.8.0.1/32"), False, True)
    new = only(told_by(View(), replace(LINK, flags=UP | 0x10), own))
    assert new.is_point_to_point
    assert new.peers == (Prefix("10.8.0.1/32"),)


def test_a_hardware_address_of_another_length_is_no_mac() -> None:
    assert only(told_by(View(), replace(LINK, hardware=bytes(20)))).interface.mac == NO_MAC


def test_what_is_not_told_in_a_sweep_is_gone() -> None:
    view = View()
    other = replace(LINK, index=3, name="eth1")
    told_by(view, LINK, other, address("10.0.0.1/24"), address("10.0.1.1/24"))
    view.begin_sweep()
    for message in (LINK, address("10.0.1.1/24")):
        view.apply(message)
    view.end_sweep()
    changes = view.take_changes()
    assert states(changes) == [None, ("eth0", True)]
    assert [str(one.address) for one in view.told[0].addresses] == ["10.0.1.1"]


INDEXES = st.integers(1, 3)
ADDRESSES = st.builds(
    address,
    st.sampled_from(["10.0.0.1/24", "10.0.1.1/24", "fe80::1/64"]),
    INDEXES,
    is_usable=st.booleans(),
)
MESSAGES = st.one_of(
    st.builds(
        LinkTold,
        INDEXES,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([DOWN, NO_CARRIER, UP]),
        st.just(1500),
        st.just(b""),
        st.none(),
    ),
    st.builds(LinkGone, INDEXES),
    ADDRESSES,
    st.builds(AddressGone, ADDRESSES),
)


def current(messages: list[Told]) -> dict[int, tuple[str, bool, set[str]]]:
    """The slow model: what the messages make, by a dictionary of everything."""
    links: dict[int, LinkTold] = {}
    held: dict[tuple[int, str], bool] = {}
    for message in messages:
        match message:
            case LinkTold(index):
                links[index] = message
            case LinkGone(index):
                links.pop(index, None)
                held = {key: usable for key, usable in held.items() if key[0] != index}
            case AddressTold(index, own):
                held[index, str(own)] = message.is_usable
            case AddressGone(gone):
                held.pop((gone.index, str(gone.address)), None)
    return {
        index: (
            link.name,
            link.flags == UP,
            {own for (at, own), is_usable in held.items() if at == index and is_usable},
        )
        for index, link in links.items()
    }


@given(st.lists(st.tuples(MESSAGES, st.booleans()), max_size=40))
def test_changes_lead_from_what_was_told_to_what_is_without_a_gap(
    messages: list[tuple[Told, bool]],
) -> None:
    view = View()
    follower: dict[int, KernelInterface] = {}

    def follow() -> None:
        for change in view.take_changes():
            known = change.after or change.before
            assert known is not None
            assert follower.get(known.index) == change.before
            assert change.before != change.after
            follower.pop(known.index, None)
            if change.after is not None:
                follower[known.index] = change.after

    for message, is_look in messages:
        view.apply(message)
        if is_look:
            follow()
    follow()
    seen = {
        index: (one.name, one.is_up, {str(own) for own in one.addresses})
        for index, one in follower.items()
    }
    assert seen == current([message for message, _ in messages])
    assert view.told == tuple(follower[index] for index in sorted(follower))
