from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.ospf.origination.v2.link_state_ids import LinkStateIds
from fingerpost.ospf.origination.v3.numbers import Numbers


def ids_of(*prefixes: str) -> tuple[LinkStateIds, list[str | None]]:
    ids = LinkStateIds()
    for text in prefixes:
        ids.of(Prefix(text))
    found = [ids.of(Prefix(text)) for text in prefixes]
    return ids, [None if one is None else str(Address(one, 4)) for one in found]


def test_example_of_the_appendix() -> None:
    """RFC 2328 appendix E: 10.0.0.0 with three masks, told in the order of the example."""
    ids, found = ids_of("10.0.0.0/16", "10.0.0.0/24", "10.0.0.0/8")
    assert found == ["10.0.255.255", "10.0.0.255", "10.0.0.0"]
    assert ids.take_moved() == [Prefix("10.0.0.0/16")]
    assert ids.take_moved() == []


def test_a_longer_network_gets_its_last_address() -> None:
    """RFC 2328 appendix E, step 2."""
    assert ids_of("10.0.0.0/8", "10.0.0.0/16")[1] == ["10.0.0.0", "10.0.255.255"]


def test_a_host_keeps_its_address() -> None:
    """A host has no host bits: whoever has its address moves."""
    ids, found = ids_of("10.0.0.0/24", "10.0.0.0/32")
    assert found == ["10.0.0.255", "10.0.0.0"]
    assert ids.take_moved() == [Prefix("10.0.0.0/24")]
    ids, found = ids_of("10.0.0.0/8", "10.0.0.0/24", "10.0.0.255/32")
    assert found == ["10.0.0.0", "10.0.0.254", "10.0.0.255"]
    assert ids.take_moved() == [Prefix("10.0.0.0/24")]


def test_where_hosts_take_all_there_is_nothing_left() -> None:
    assert ids_of("10.0.0.0/32", "10.0.0.1/32", "10.0.0.0/31")[1][2] is None


def test_an_id_that_was_given_back_is_free() -> None:
    ids, _ = ids_of("10.0.0.0/8", "10.0.0.0/16")
    ids.release(Prefix("10.0.0.0/8"))
    ids.release(Prefix("10.0.0.0/8"))
    assert str(Address(ids.of(Prefix("10.0.0.0/24")) or 0, 4)) == "10.0.0.0"


PREFIXES = st.builds(
    lambda number, length: Prefix(Address(0x0A000000 | number, 4), length),
    st.integers(0, 15),
    st.integers(24, 32),
)


@given(st.lists(st.tuples(st.booleans(), PREFIXES), max_size=60))
def test_no_two_networks_have_one_id_and_each_lies_in_its_network(
    steps: list[tuple[bool, Prefix]],
) -> None:
    """RFC 2328 12.1.4, appendix E: whatever comes and goes."""
    ids = LinkStateIds()
    held: dict[Prefix, None] = {}
    for is_new, prefix in steps:
        if is_new:
            held[prefix] = None
        else:
            held.pop(prefix, None)
            ids.release(prefix)
        found = {}
        for _ in range(3):  # those that lost theirs ask again
            found = {one: ids.of(one) for one in held}
        given_out = [number for number in found.values() if number is not None]
        assert len(set(given_out)) == len(given_out)
        for one, number in found.items():
            assert number is None or Address(number, 4) in one
            assert number is not None or one.length > 27


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=60))
def test_numbers_of_version_3_are_small_and_stay(steps: list[tuple[bool, int]]) -> None:
    """RFC 5340 4.4.3: no two alike, the same as long as something is told."""
    numbers = Numbers()
    held: dict[int, int] = {}
    for is_new, what in steps:
        if is_new:
            number = numbers.of(what)
            assert held.setdefault(what, number) == number
        else:
            numbers.release(what)
            held.pop(what, None)
        assert len(set(held.values())) == len(held)
        assert all(1 <= number <= 10 for number in held.values())
