"""Our numbers never go back (RFC 2328 D.3, RFC 7166 4.1, RFC 7474 2), and those of others count."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.authentication.sequence import LAST_32, HeardNumbers, SequenceNumbers
from ospf.authentication.packets import S

NOW = 1_700_000_000 * S
INSTANTS = st.lists(st.integers(0, 4_000_000_000 * S) | st.integers(NOW, NOW + 60 * S), max_size=50)


@given(INSTANTS)
def test_numbers_rise_even_if_the_clock_falls(instants: list[int]) -> None:
    numbers = SequenceNumbers()
    narrow = [numbers.narrow(now) for now in instants]
    wide = [numbers.wide(now) for now in instants]
    assert narrow == sorted(narrow)
    assert all(before < after for before, after in pairwise(wide))
    assert all(number <= LAST_32 for number in narrow)
    assert all(number < 1 << 64 for number in wide)


@given(st.lists(st.integers(0, 10 * S), max_size=50), st.integers(1, 10**6))
def test_a_router_that_starts_anew_goes_on_where_it_was(steps: list[int], burst: int) -> None:
    before, now = SequenceNumbers(), NOW
    narrow, wide = before.narrow(now), before.wide(now)
    for step in steps:
        now += step
        narrow, wide = before.narrow(now), before.wide(now)
    for _ in range(min(burst, 1000)):
        wide = before.wide(now)
    after = SequenceNumbers()
    assert after.narrow(now + S) > narrow
    assert after.wide(now + S) > wide


def test_packets_of_a_second_share_a_narrow_number() -> None:
    numbers = SequenceNumbers()
    assert [numbers.narrow(NOW + at * S // 4) - 1_700_000_000 for at in range(9)] == [
        *(0, 0, 0, 0, 1, 1, 1, 1),
        2,
    ]


def test_both_halves_of_a_wide_number_rise_by_themselves_but_for_the_wrap() -> None:
    numbers = SequenceNumbers()
    found = [divmod(numbers.wide(NOW), 1 << 32) for _ in range(3)]
    assert found == [(1_700_000_000, 1_700_000_000 + step) for step in range(3)]
    later = divmod(numbers.wide(NOW + 60 * S), 1 << 32)
    assert later == (1_700_000_000, 1_700_000_060)
    assert divmod(numbers.wide(LAST_32 * S), 1 << 32) == (1_700_000_000, LAST_32)
    assert divmod(numbers.wide(LAST_32 * S), 1 << 32) == (1_700_000_001, 0)
    assert divmod(numbers.wide(0), 1 << 32) == (1_700_000_001, 1)


def test_a_clock_that_begins_at_nothing_has_numbers_too() -> None:
    numbers = SequenceNumbers()
    assert [numbers.narrow(0), numbers.narrow(0), numbers.wide(0), numbers.wide(0)] == [0, 0, 1, 2]


def test_the_last_number_is_the_last() -> None:  # RFC 7166 4.1.1
    numbers = SequenceNumbers()
    found = [numbers.wide(1 << 70) for _ in range(3)]
    assert found == [(1 << 64) - 1] * 3
    assert numbers.narrow(1 << 70) == LAST_32


def test_who_was_not_heard_longest_is_forgotten_when_room_is_needed() -> None:
    heard = HeardNumbers(limit=2)
    heard.note(b"a", 1, 10, 7, 100)
    heard.note(b"b", 1, 20, 7, 200)
    heard.note(b"a", 2, 30, 8, 300)
    heard.note(b"c", 1, 40, 7, 400)
    assert [heard.last(peer, 1) for peer in (b"a", b"b", b"c")] == [10, -1, 40]
    assert heard.last(b"a", 2) == 30
    found = heard.get(b"a")
    assert found is not None
    assert (found.key_id, found.at) == (8, 300)
    heard.forget(b"a")
    assert heard.get(b"a") is None
    heard.forget(b"a")
