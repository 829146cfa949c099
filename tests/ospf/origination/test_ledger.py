from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost._core import LinkStateDatabase
from fingerpost.ospf.constants import (
    INITIAL_SEQUENCE_NUMBER,
    LS_REFRESH_TIME,
    MAX_AGE,
    MAX_SEQUENCE_NUMBER,
)
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import LsaHeader, LsaKey, read_header
from fingerpost.ospf.origination.content import Content, Subject, Topic
from fingerpost.ospf.origination.ledger import REFRESH_GROUP, REFRESH_SPREAD, Ledger
from fingerpost.wire.reader import Reader

S = 1_000_000_000
US = 0x01010101
AREA = 1
SUBJECT = Subject(Topic.ROUTER, AREA, "ours")
KEY = LsaKey(1, US, US)


def content(text: bytes = b"\0\0\0\0", number: int = US) -> Content:
    return Content(1, number, 2, text)


class Bench:
    """A ledger with a database of its own; `wanted` is what the subject says.

    There is one neighbour, who is full: what is MaxAge stays until it acknowledges.
    """

    def __init__(self) -> None:
        self.database = LinkStateDatabase(2, US)
        self.database.set_interface(1, area=AREA, link=9)
        self.database.set_neighbor(2, 1, 3)
        self.ledger = Ledger(self.database, US, min_interval_ns=5 * S, min_arrival_ns=S)
        self.wanted: list[Content] = [content()]

    def change(self, now: int, *wanted: Content) -> None:
        self.wanted = list(wanted)
        self.ledger.mark(SUBJECT, now)
        self.settle(now)

    def settle(self, now: int) -> None:
        self.database.pass_time(now)
        while (subject := self.ledger.take_due(now)) is not None:
            self.ledger.tell(subject, self.wanted, now)

    def run(self, until: int) -> list[int]:
        """Do what is due; gives the instants at which something was originated."""
        instants = []
        while (due := self.ledger.next_deadline()) is not None and due <= until:
            before = self.ledger.originated
            self.settle(due)
            if self.ledger.originated > before:
                instants.append(due)
        return instants

    def header(self, now: int, key: LsaKey = KEY) -> LsaHeader | None:
        held = self.database.find(AREA, key, now)
        return None if held is None else read_header(Reader(held[:20], "lsa"), 2)

    def acknowledge(self, now: int, key: LsaKey = KEY) -> None:
        """Let the neighbour acknowledge what is there."""
        held = self.database.find(AREA, key, now)
        assert held is not None
        self.database.receive_ack(2, held[:20], now)

    def body(self, now: int) -> bytes | None:
        held = self.database.find(AREA, KEY, now)
        return None if held is None else held[20:]


def foreign(sequence: int, key: LsaKey = KEY, age: int = 1) -> bytes:
    """An LSA of ours as others have it."""
    return sealed(LsaHeader(age, 2, *key, sequence, 0, 24).encode(2) + b"\0\0\0\7")


def sequence(header: LsaHeader | None) -> int:
    assert header is not None
    return header.sequence


def test_first_instance_has_the_initial_sequence_number() -> None:
    """RFC 2328 12.1.6."""
    bench = Bench()
    bench.change(0, content())
    header = bench.header(0)
    assert header is not None
    assert (header.sequence, header.age, header.options) == (INITIAL_SEQUENCE_NUMBER, 0, 2)
    assert header.length == 24


def test_what_says_the_same_is_not_told_again() -> None:
    """RFC 2328 12.4: only where the contents differ."""
    bench = Bench()
    bench.change(0, content())
    bench.change(60 * S, content())
    assert bench.ledger.originated == 1


def test_an_lsa_is_told_at_most_once_in_min_ls_interval() -> None:
    """RFC 2328 12.4, MinLSInterval: what comes sooner waits, and only the last of it is told."""
    bench = Bench()
    bench.change(0, content())
    bench.change(1 * S, content(b"\0\0\0\1"))
    bench.change(2 * S, content(b"\0\0\0\2"))
    assert bench.body(2 * S) == bytes(4)
    assert bench.run(20 * S) == [5 * S]
    assert bench.body(5 * S) == b"\0\0\0\2"
    assert sequence(bench.header(5 * S)) == INITIAL_SEQUENCE_NUMBER + 1


def test_what_changed_back_in_the_meantime_is_not_told() -> None:
    bench = Bench()
    bench.change(0, content())
    bench.change(1 * S, content(b"\0\0\0\1"))
    bench.change(2 * S, content())
    assert bench.run(20 * S) == []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.data())
def test_instances_are_never_closer_than_min_ls_interval(
    steps: list[int], data: st.DataObject
) -> None:
    """RFC 2328 12.4, for any sequence of changes; and the last of them is told in the end."""
    bench = Bench()
    now, instants = 0, []
    for step in steps:
        instants += bench.run(now)
        before = bench.ledger.originated
        bench.change(now, content(bytes((0, 0, 0, data.draw(st.integers(0, 2))))))
        if bench.ledger.originated > before:
            instants.append(now)
        now += step * S
    instants += bench.run(now + 10 * S)
    gaps = [b - a for a, b in itertools.pairwise(instants)]
    assert all(gap >= 5 * S for gap in gaps)
    assert bench.body(now + 10 * S) == bench.wanted[0].body


def test_refreshed_within_ls_refresh_time_with_the_next_number() -> None:
    """RFC 2328 12.4, LSRefreshTime; a little sooner, so that LSAs come apart."""
    bench = Bench()
    bench.change(0, content())
    instants = bench.run(2 * LS_REFRESH_TIME)
    spread = (REFRESH_SPREAD + REFRESH_GROUP) * S
    assert all(LS_REFRESH_TIME - spread <= b - a <= LS_REFRESH_TIME
               for a, b in zip([0, *instants], instants, strict=False))  # fmt: skip
    assert sequence(bench.header(instants[-1])) == INITIAL_SEQUENCE_NUMBER + len(instants)
    assert bench.ledger.refreshed == len(instants) == 2


def test_lsas_that_began_together_are_refreshed_apart() -> None:
    """RFC 2328 12.4: in groups, which fill packets, and not all at once."""
    bench = Bench()
    bench.change(0, *(content(number=number << 8) for number in range(2000)))
    before = bench.ledger.originated
    instants = bench.run(LS_REFRESH_TIME)
    assert bench.ledger.originated - before == 2000
    assert len(instants) >= REFRESH_SPREAD // REFRESH_GROUP
    assert all(instant % (REFRESH_GROUP * S) == 0 for instant in instants)


def test_taken_back_by_max_age() -> None:
    """RFC 2328 14.1: premature ageing, of the instance that is there."""
    bench = Bench()
    bench.change(0, content())
    bench.change(5 * S)
    header = bench.header(5 * S)
    assert header is not None
    assert (header.age, header.sequence) == (MAX_AGE, INITIAL_SEQUENCE_NUMBER)
    assert len(bench.ledger) == 0


def test_taken_back_without_waiting_for_min_ls_interval() -> None:
    """RFC 2328 12.4, 13 step 5a: premature ageing is no origination, but nobody takes it sooner."""
    bench = Bench()
    subject = Subject(Topic.EXTERNAL, AREA, "route")
    bench.ledger.tell(subject, [content()], 0)
    bench.wanted = []
    bench.ledger.mark(subject, S // 10)
    assert bench.ledger.next_deadline() == S
    bench.settle(S)
    header = bench.header(S)
    assert header is not None
    assert header.age == MAX_AGE
    bench.wanted = [content(b"\0\0\0\5")]
    bench.ledger.mark(subject, 2 * S)
    assert bench.run(20 * S) == [5 * S]


def test_told_again_after_it_was_taken_back_when_others_take_it() -> None:
    """RFC 2328 13 step 5a: MinLSArrival after the flush; the number goes on while it is there."""
    bench = Bench()
    bench.change(0, content())
    bench.change(10 * S)
    bench.wanted = [content()]
    bench.ledger.mark(SUBJECT, 10 * S)
    assert bench.ledger.take_due(10 * S) is None
    assert bench.run(30 * S) == [11 * S]


def test_a_subject_without_anything_to_say_is_forgotten() -> None:
    bench = Bench()
    bench.change(0, content())
    bench.change(10 * S)
    bench.acknowledge(10 * S)
    bench.run(60 * S)
    assert list(bench.ledger.subjects()) == []
    assert bench.ledger.next_deadline() is None


def test_several_lsas_of_a_subject() -> None:
    """What is no more is taken back, what is new is told, what stays is left alone."""
    bench = Bench()
    one, two, three = (content(number=number) for number in (1, 2, 3))
    bench.change(0, one, two)
    bench.change(10 * S, two, three)
    ages = {number: bench.header(10 * S, LsaKey(1, number, US)) for number in (1, 2, 3)}
    assert [None if held is None else held.age for held in ages.values()] == [MAX_AGE, 10, 0]


def test_sequence_numbers_begin_anew_when_the_last_instance_is_gone() -> None:
    """RFC 2328 12.1.6: MaxAge first, and nothing before that left the database."""
    bench = Bench()
    bench.change(0, content())
    bench.ledger.received(AREA, foreign(MAX_SEQUENCE_NUMBER - 1), 10 * S)
    bench.settle(10 * S)
    assert sequence(bench.header(10 * S)) == MAX_SEQUENCE_NUMBER
    bench.wanted = [content(b"\0\0\0\1")]
    bench.ledger.mark(SUBJECT, 20 * S)
    bench.ledger.take_due(20 * S)
    bench.ledger.tell(SUBJECT, bench.wanted, 20 * S)
    header = bench.header(20 * S)
    assert header is not None
    assert (header.age, header.sequence) == (MAX_AGE, MAX_SEQUENCE_NUMBER)
    bench.run(30 * S)
    assert sequence(bench.header(30 * S)) == MAX_SEQUENCE_NUMBER
    bench.acknowledge(30 * S)
    bench.settle(30 * S)
    bench.run(40 * S)
    assert sequence(bench.header(40 * S)) == INITIAL_SEQUENCE_NUMBER
    assert bench.body(40 * S) == b"\0\0\0\1"


def test_an_own_lsa_that_others_have_newer_is_outdone() -> None:
    """RFC 2328 13.4: the next instance has a sequence number beyond it."""
    bench = Bench()
    bench.change(0, content())
    lsa = foreign(INITIAL_SEQUENCE_NUMBER + 40)
    bench.database.install(AREA, lsa, 10 * S)
    bench.ledger.received(AREA, lsa, 10 * S)
    bench.settle(10 * S)
    assert sequence(bench.header(10 * S)) == INITIAL_SEQUENCE_NUMBER + 41
    assert bench.body(10 * S) == bytes(4)


def test_an_own_lsa_that_we_do_not_tell_is_flushed() -> None:
    """RFC 2328 13.4: of a life before this one, or of a router id before this one."""
    bench = Bench()
    key = LsaKey(5, 7, US)
    lsa = foreign(9, key)
    bench.database.install(AREA, lsa, 0)
    bench.ledger.received(AREA, lsa, 0)
    header = bench.header(0, key)
    assert header is not None
    assert (header.age, header.sequence) == (MAX_AGE, 9)


def test_one_that_is_there_already_is_gone_on_from() -> None:
    """RFC 2328 13.4: after a restart the number is that of the instance before, plus one."""
    bench = Bench()
    bench.database.install(AREA, foreign(30), 0)
    bench.change(0, content())
    assert sequence(bench.header(0)) == 31


def test_another_subject_takes_a_key_over() -> None:
    """RFC 2328 appendix E: the number goes on, and the one who had it tells by another."""
    bench = Bench()
    bench.change(0, content())
    other = Subject(Topic.SUMMARY, AREA, "other")
    bench.ledger.tell(other, [content(b"\0\0\0\3")], 10 * S)
    assert sequence(bench.header(10 * S)) == INITIAL_SEQUENCE_NUMBER + 1
    bench.change(10 * S, content(number=9))
    assert bench.body(10 * S) == b"\0\0\0\3"
    assert bench.header(10 * S, LsaKey(1, 9, US)) is not None


def test_everything_is_taken_back_at_the_end() -> None:
    bench = Bench()
    bench.change(0, content(number=1), content(number=2))
    bench.ledger.flush_all(3 * S)
    ages = [bench.header(3 * S, LsaKey(1, number, US)) for number in (1, 2)]
    assert [held.age for held in ages if held is not None] == [MAX_AGE, MAX_AGE]
    assert bench.ledger.next_deadline() is None


@pytest.mark.parametrize("scope", [AREA, AREA + 1])
def test_a_scope_that_is_no_more_is_forgotten(scope: int) -> None:
    bench = Bench()
    bench.change(0, content())
    bench.ledger.forget_scope(scope)
    assert len(bench.ledger) == (scope != AREA)
    assert bench.ledger.told(SUBJECT) == ((content(),) if scope != AREA else ())
