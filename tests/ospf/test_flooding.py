"""Flooding step by step (RFC 2328 13): what is done, and what the trace says of it."""

from __future__ import annotations

import pytest

from fingerpost._core import LinkStateDatabase
from fingerpost.ospf.acknowledging import TABLE_19, Action, Circumstance, action
from fingerpost.ospf.constants import MAX_SEQUENCE_NUMBER
from fingerpost.ospf.flooding import Outcome, receive_by_steps, receive_lsa, receive_update

from .lsas import AREA, LINK, SECOND, US, aged, database, key, lsa, update

OTHER_ROLE, BACKUP, DESIGNATED = 0, 1, 2


def network(role: int = OTHER_ROLE, *, is_backup: bool = False) -> LinkStateDatabase:
    """One network with neighbours 1 and 2, of which 1 has a role."""
    db = LinkStateDatabase(2, US)
    db.set_interface(1, area=AREA, link=LINK, is_backup=is_backup)
    db.set_neighbor(1, 1, 3, role=role)
    db.set_neighbor(2, 1, 3)
    return db


def numbers(db: LinkStateDatabase, one: bytes, neighbor: int = 1, now: int = 0) -> list[str]:
    return [step.number for step in receive_lsa(db, neighbor, one, now).trace]


def test_own_lsa_that_is_newer_is_installed_flooded_and_given_back() -> None:
    """RFC 2328 13 step 5f."""
    db = database((3, 3))
    db.originate(AREA, lsa(US, sequence=3), 0)
    own = lsa(US, sequence=9, body=bytes(16))
    got = receive_update(db, 1, update(lsa(10), own), 0)
    assert got.own == ((AREA, own),)
    assert got.counts.installed == 1
    assert [one.outcome for one in got.handed_up] == [Outcome.INSTALLED]
    assert db.find(AREA, key(own), 0) == own
    assert db.is_unacknowledged(2, AREA, key(own))
    assert got.is_changed
    assert "5f it is ours" in " ".join(map(str, got.handed_up[0].trace))


def test_answer_to_our_own_lsa_takes_its_place_on_the_lists() -> None:
    """RFC 2328 13.4: one more than the sequence number received."""
    db = database((3, 3))
    own = lsa(US, sequence=9)
    receive_update(db, 1, update(own), 0)
    db.outgoing(0)
    db.originate(AREA, lsa(US, sequence=10), 0)
    assert [body[4 + 15] for *_, kind, body in db.outgoing(SECOND) if kind == 4] == [10, 10]
    assert db.receive_ack(2, own[:20], 0) == (0, 1)


def test_nothing_is_handed_up_where_nothing_is_ours() -> None:
    db = database((3,))
    got = receive_update(db, 1, update(lsa(10)), 0)
    assert (got.own, got.handed_up, got.is_changed) == ((), (), True)
    got = receive_update(db, 1, update(lsa(10, sequence=5)), SECOND)
    assert not got.is_changed, "a refresh"


def test_trace_names_every_step() -> None:
    """RFC 2328 13."""
    db = database((3, 3))
    old, one, new = (lsa(sequence=number) for number in (1, 2, 3))
    assert numbers(db, one) == ["5", "5c", "5d", "13.3 2", "13.3 1d", "13.3 5", "13.5"]
    assert numbers(db, one) == ["13.5", "7"]
    assert numbers(db, one, 2) == ["7a", "13.5", "7"]
    assert numbers(db, old) == ["8"]
    assert numbers(db, new) == ["5", "5a"]
    assert numbers(db, one[:-1] + b"\1") == ["1"]
    assert numbers(db, lsa(kind=6)) == ["2"]
    assert numbers(db, lsa(99, age=3600)) == ["13.5", "4"]
    db.set_interface(1, area=AREA, link=LINK, takes_as_scope=False)
    assert numbers(db, lsa(kind=5)) == ["3"]


def test_trace_says_why() -> None:
    db = database((3,))
    one = lsa(sequence=2)
    receive_lsa(db, 1, one, 0)
    (first, _) = receive_lsa(db, 1, lsa(sequence=3), 0).trace
    assert str(first) == (
        "5 newer than ours: the first is newer (RFC 2328 13.1 step 1): sequence number 0x00000003 "
        "against 0x00000002"
    )


def test_used_up_sequence_number_is_left_to_go() -> None:
    """RFC 2328 13 step 8, 12.1.6."""
    db = database((3, 3))
    last = lsa(age=3600, sequence=MAX_SEQUENCE_NUMBER)
    db.receive_update(1, update(lsa(sequence=MAX_SEQUENCE_NUMBER)), 0)
    db.receive_update(1, update(last), SECOND)
    assert db.find(AREA, key(last), SECOND) == last
    db.outgoing(SECOND)
    first = receive_lsa(db, 1, lsa(sequence=-1), 5 * SECOND)
    assert first.outcome is Outcome.WRAPPED
    assert db.receive_update(1, update(lsa(sequence=-1)), 5 * SECOND).wrapped == 1
    assert [one for one in db.outgoing(5 * SECOND) if one[1] == 1] == []


@pytest.mark.parametrize(
    ("role", "is_backup", "is_back", "step"),
    [
        (OTHER_ROLE, False, True, "13.3 5"),
        (DESIGNATED, False, False, "13.3 3"),
        (BACKUP, False, False, "13.3 3"),
        (OTHER_ROLE, True, False, "13.3 4"),
    ],
)
def test_whether_it_goes_back_to_the_network_it_came_from(
    role: int, is_backup: bool, is_back: bool, step: str
) -> None:
    """RFC 2328 13.3 steps 3 to 5; 13.5: what goes back is acknowledged by that."""
    for by_steps in (True, False):
        db = network(role, is_backup=is_backup)
        one = lsa()
        if by_steps:
            assert step in numbers(db, one)
        else:
            db.receive_update(1, update(one), 0)
        assert db.is_unacknowledged(2, AREA, key(one))
        sent = [(to, kind) for _, to, kind, _ in db.outgoing(2 * SECOND)]
        is_acknowledged = not is_back and not (is_backup and role != DESIGNATED)
        assert sent == [(0, 4)] * is_back + [(0, 5)] * is_acknowledged


def test_backup_acknowledges_later_what_the_designated_router_sent() -> None:
    """RFC 2328 13.5, table 19."""
    db = network(DESIGNATED, is_backup=True)
    one = lsa()
    db.receive_update(1, update(one), 0)
    assert db.outgoing(0) == []
    assert db.outgoing(SECOND) == [(1, 0, 5, one[:20])]
    db.originate(AREA, lsa(US), SECOND)
    db.outgoing(SECOND)
    assert db.receive_update(1, update(lsa(US)), SECOND).duplicates == 1
    assert db.outgoing(2 * SECOND) == [(1, 0, 5, lsa(US)[:20])], "an implied acknowledgment"


def test_table_of_acknowledgments_is_that_of_the_rfc() -> None:
    """RFC 2328 13.5, table 19: as Backup from the Designated Router, from others; elsewhere."""
    none, delayed, direct = Action.NONE, Action.DELAYED, Action.DIRECT
    expected = {
        Circumstance.FLOODED_BACK: (none, none, none),
        Circumstance.NOT_FLOODED_BACK: (delayed, none, delayed),
        Circumstance.IMPLIED: (delayed, none, none),
        Circumstance.DUPLICATE: (direct, direct, direct),
        Circumstance.UNNEEDED: (direct, direct, direct),
    }
    assert expected.keys() == TABLE_19.keys()
    for circumstance, (from_designated, from_other, elsewhere) in expected.items():
        found = [
            action(circumstance, is_backup=True, from_designated=True),
            action(circumstance, is_backup=True, from_designated=False),
            action(circumstance, is_backup=False, from_designated=True),
            action(circumstance, is_backup=False, from_designated=False),
        ]
        assert found == [from_designated, from_other, elsewhere, elsewhere]


def test_opaque_lsas_go_only_to_those_who_take_them() -> None:
    """RFC 5250 3."""
    db = database((3, 3, 3))
    db.set_neighbor(3, 3, 3, takes_opaque=False)
    one = lsa(kind=10)
    assert "RFC 5250 3" in numbers(db, one)
    assert db.is_unacknowledged(2, AREA, key(one))
    assert not db.is_unacknowledged(3, AREA, key(one))


def test_lsas_of_links_stay_there_in_version_3() -> None:
    """RFC 5340 4.5.2: of link scope, and unknown ones without the U bit."""
    db = database((3, 3), 3)
    db.set_interface(3, area=2, link=LINK + 3)
    db.set_neighbor(3, 3, 3)
    where = {0x0008: [], 0x2042: [], 0xA042: [2], 0xC042: [2, 3], 0x2001: [2], 0x4005: [2, 3]}
    for kind, expected in where.items():
        one = lsa(kind=kind, version=3)
        assert db.receive_update(1, update(one), 0).installed == 1
        scope = db.scope_of(1, kind)
        assert scope is not None
        found = [number for number in (1, 2, 3) if db.is_unacknowledged(number, scope, key(one, 3))]
        assert found == expected, hex(kind)


def test_bad_request_ends_the_update_in_both_ways() -> None:
    """RFC 2328 13 step 6, also for an LSA of ours behind one of ours."""
    for by_steps in (True, False):
        db = database((1,))
        held = lsa(10, sequence=5)
        db.install(AREA, held, 0)
        db.take_description(1, lsa(10, sequence=6)[:20], 0)
        body = update(lsa(US), held, lsa(11))
        if by_steps:
            done = [one.outcome for one in receive_by_steps(db, 1, body, SECOND)]
            assert done == [Outcome.INSTALLED, Outcome.BAD_REQUEST]
        else:
            got = receive_update(db, 1, body, SECOND)
            assert got.is_bad_request
            assert [one.lsa for one in got.handed_up] == [lsa(US)]
        assert db.count() == 2


def test_loaded_when_the_last_that_was_asked_for_is_ours() -> None:
    """RFC 2328 10.9: asked after what was handed up is done."""
    db = database((2,))
    own = lsa(US, sequence=9)
    db.take_description(1, own[:20], 0)
    got = receive_update(db, 1, update(own), 0)
    assert not got.counts.is_loaded
    assert got.is_loaded
    assert not got.may_request


def test_copy_of_an_lsa_keeps_its_age_across_the_database() -> None:
    """RFC 2328 12.1.1."""
    db = database((3,))
    one = lsa(age=100)
    db.receive_update(1, update(one), 7 * SECOND)
    assert db.find(AREA, key(one), 7 * SECOND + SECOND - 1) == one
    assert db.find(AREA, key(one), 8 * SECOND) == aged(one, 101)
    assert db.find(AREA, key(one), 9999 * SECOND) == aged(one, 3600)
