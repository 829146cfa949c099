"""The link state database in the core: what is installed, flooded, acknowledged and sent again."""

from __future__ import annotations

import pytest

from fingerpost._core import LinkStateDatabase
from fingerpost.errors import UsageError

from .lsas import AREA, LINK, OTHER, SECOND, US, aged, database, key, lsa, update


def test_newer_lsa_is_installed_flooded_and_acknowledged_later() -> None:
    """RFC 2328 13 step 5."""
    db = database((3, 3))
    one = lsa(age=7)
    got = db.receive_update(1, update(one), 0)
    assert (got.lsas, got.installed, got.changed, got.handed_up) == (1, 1, 1, [])
    assert db.find(AREA, key(one), 3 * SECOND) == aged(one, 10)
    assert db.outgoing(0) == [(2, 0, 4, update(aged(one, 8)))], "InfTransDelay is added"
    assert db.sizes(2) == (0, 0, 1)
    assert db.next_deadline() == SECOND
    assert db.outgoing(SECOND) == [(1, 0, 5, one[:20])]


def test_unacknowledged_lsa_is_sent_again_every_retransmit_interval_to_the_neighbour_alone() -> (
    None
):
    """RFC 2328 13.6."""
    db = database((3, 3))
    one = lsa()
    db.receive_update(1, update(one), 0)
    db.outgoing(SECOND)
    for again in (5, 10, 15):
        assert db.next_deadline() == again * SECOND
        assert db.outgoing(again * SECOND) == [(2, 2, 4, update(aged(one, again + 1)))]
        assert db.unacknowledged_since(2) == 0
    assert db.receive_ack(2, one[:20], 16 * SECOND) == (1, 0)
    assert db.outgoing(20 * SECOND) == []
    assert db.next_deadline() == 3600 * SECOND


def test_acknowledgment_of_another_instance_takes_nothing_off_the_list() -> None:
    """RFC 2328 13.7."""
    db = database((3, 3))
    old, new = lsa(sequence=5), lsa(sequence=6)
    db.receive_update(1, update(new), 0)
    assert db.receive_ack(2, old[:20] + lsa(99)[:20], 0) == (0, 1)
    assert db.is_unacknowledged(2, AREA, key(new))
    assert db.receive_ack(1, new[:20], 0) == (0, 0), "the sender was never to acknowledge it"


def test_duplicate_is_acknowledged_at_once_unless_it_is_an_acknowledgment() -> None:
    """RFC 2328 13 step 7."""
    db = database((3, 3))
    one = lsa()
    db.receive_update(1, update(one), 0)
    db.outgoing(SECOND)
    assert db.receive_update(2, update(one), SECOND).duplicates == 1
    assert db.sizes(2) == (0, 0, 0), "an implied acknowledgment"
    assert db.outgoing(SECOND) == []
    assert db.receive_update(1, update(one), SECOND).duplicates == 1
    assert db.outgoing(SECOND) == [(1, 1, 5, one[:20])]


def test_older_instance_is_answered_with_ours_but_not_more_often_than_each_second() -> None:
    """RFC 2328 13 step 8."""
    db = database((3,))
    new, old = lsa(sequence=6), lsa(sequence=5)
    db.receive_update(1, update(new), 0)
    assert db.receive_update(1, update(old), 0).older == 1
    assert db.outgoing(0) == [(1, 1, 4, update(aged(new, 1)))]
    assert db.receive_update(1, update(old), SECOND - 1).older == 1
    assert db.outgoing(SECOND - 1) == []
    db.receive_update(1, update(old), SECOND)
    assert db.outgoing(SECOND)[-1] == (1, 1, 4, update(aged(new, 2)))


def test_instances_that_come_faster_than_min_ls_arrival_are_not_taken() -> None:
    """RFC 2328 13 step 5a."""
    db = database((3,))
    assert db.receive_update(1, update(lsa(sequence=1)), 0).installed == 1
    assert db.receive_update(1, update(lsa(sequence=2)), SECOND - 1).too_soon == 1
    assert db.receive_update(1, update(lsa(sequence=2)), SECOND).installed == 1


def test_our_own_lsa_that_is_newer_than_ours_is_handed_up() -> None:
    """RFC 2328 13.4."""
    db = database((3,))
    db.originate(AREA, lsa(US, sequence=3), 0)
    foreign, own = lsa(), lsa(US, sequence=9)
    got = db.receive_update(1, update(foreign, own, own, lsa(US, sequence=3)), 0)
    at = 4 + len(foreign)
    assert got.handed_up == [
        (at, len(own)),
        (at + len(own), len(own)),
        (at + 2 * len(own), len(own)),
    ]
    assert (got.lsas, got.installed) == (4, 1)
    assert db.receive_update(1, update(lsa(US, sequence=3)), 0).handed_up == []


def test_network_lsa_named_by_one_of_our_addresses_is_ours() -> None:
    """RFC 2328 13.4."""
    db = database((3,))
    db.set_addresses([0x0A000001])
    assert db.is_own((2, 0x0A000001, OTHER))
    assert not db.is_own((2, 0x0A000002, OTHER))
    assert not db.is_own((1, 0x0A000001, OTHER))
    assert len(db.receive_update(1, update(lsa(id=0x0A000001, kind=2)), 0).handed_up) == 1


def test_max_age_of_what_is_not_there_is_acknowledged_and_forgotten() -> None:
    """RFC 2328 13 step 4."""
    db = database((3,))
    gone = lsa(age=3600)
    assert db.receive_update(1, update(gone), 0).unneeded == 1
    assert db.outgoing(0) == [(1, 1, 5, gone[:20])]
    assert db.count() == 0


def test_max_age_stays_while_a_list_holds_it_or_anyone_exchanges_databases() -> None:
    """RFC 2328 14."""
    db = database((3, 3, 1))
    one = lsa()
    db.receive_update(1, update(one), 0)
    db.take_flushed()
    gone = aged(one, 3600)
    db.receive_update(1, update(gone), 2 * SECOND)
    db.receive_ack(2, gone[:20], 2 * SECOND)
    db.receive_ack(3, gone[:20], 2 * SECOND)
    assert db.find(AREA, key(one), 2 * SECOND) == gone
    db.set_neighbor(3, 3, 3)
    assert db.find(AREA, key(one), 2 * SECOND) is None
    assert db.take_flushed() == [], "it was not ours"


def test_our_own_lsa_is_flushed_and_its_end_is_told() -> None:
    """RFC 2328 14.1, 12.1.6."""
    db = database((3,))
    own = lsa(US)
    db.originate(AREA, own, 0)
    assert db.outgoing(0) == [(1, 0, 4, update(aged(own, 1)))]
    db.receive_ack(1, own[:20], 0)
    assert db.flush(AREA, key(own), SECOND)
    assert not db.flush(AREA, key(own), SECOND)
    assert db.outgoing(SECOND) == [(1, 0, 4, update(aged(own, 3600)))]
    assert db.receive_ack(1, own[:20], SECOND) == (0, 1), "not this instance"
    assert db.take_flushed() == []
    assert db.receive_ack(1, aged(own, 3600)[:20], SECOND) == (1, 0)
    assert db.take_flushed() == [(AREA, key(own))]
    assert db.count() == 0


def test_lsa_reaches_max_age_by_itself_is_flooded_and_goes() -> None:
    """RFC 2328 14."""
    db = database((3, 3))
    one = lsa(age=3000)
    db.receive_update(1, update(one), 0)
    db.receive_ack(2, one[:20], 0)
    db.outgoing(SECOND)
    assert db.next_deadline() == 600 * SECOND
    assert db.pass_time(600 * SECOND - 1) == []
    assert db.pass_time(600 * SECOND) == [(AREA, key(one))]
    gone = aged(one, 3600)
    assert db.outgoing(600 * SECOND) == [(1, 0, 4, update(gone)), (2, 0, 4, update(gone))]
    db.receive_ack(1, gone[:20], 600 * SECOND)
    assert db.count() == 1
    db.receive_ack(2, gone[:20], 600 * SECOND)
    assert db.count() == 0
    assert db.next_deadline() is None


def test_numbers_that_were_never_set_are_the_callers_fault() -> None:
    db = database((3,))
    with pytest.raises(UsageError, match="neighbor 9 is not set"):
        db.receive_update(9, b"", 0)
    with pytest.raises(UsageError, match="interface 9 is not set"):
        db.set_neighbor(2, 9, 0)
    with pytest.raises(UsageError, match="expected 0 to 3"):
        db.set_neighbor(2, 1, 4)
    with pytest.raises(UsageError, match="is not in scope"):
        db.flood(AREA, (1, 2, 3), 0)
    with pytest.raises(UsageError, match="wrong length or checksum"):
        db.originate(AREA, bytes(24), 0)
    with pytest.raises(UsageError, match="expected 2 or 3"):
        LinkStateDatabase(4, 1)


def test_beyond_the_limit_others_are_refused_and_we_are_not() -> None:
    db = database((3,), limit=2)
    got = db.receive_update(1, update(*(lsa(router) for router in range(10, 15))), 0)
    assert (got.installed, got.refused, db.refused, db.count()) == (2, 3, 3, 2)
    assert db.originate(AREA, lsa(US), 0)
    assert db.count() == 3
    assert db.receive_update(1, update(lsa(10, sequence=5)), SECOND).installed == 1


def test_updates_of_a_neighbour_below_exchange_are_not_looked_at() -> None:
    db = database((0,))
    got = db.receive_update(1, update(lsa()), 0)
    assert (got.is_ignored, got.lsas, db.count()) == (True, 0, 0)


@pytest.mark.parametrize("cut", range(0, 32, 3))
def test_update_that_ends_early_gives_what_was_whole(cut: int) -> None:
    db = database((3,))
    one, other = lsa(10), lsa(11)
    got = db.receive_update(1, update(one, other)[: 4 + len(one) + cut], 0)
    assert (got.lsas, got.is_malformed, db.count()) == (1, True, 1)


def test_damaged_lsa_is_passed_over() -> None:
    """RFC 2328 13 step 1."""
    db = database((3,))
    good, bad = lsa(10), lsa(11)[:-1] + b"\1"
    got = db.receive_update(1, update(bad, good), 0)
    assert (got.bad_checksum, got.installed, db.count()) == (1, 1, 1)


def test_refreshed_lsa_wakes_nobody_when_the_instance_before_would_have_died() -> None:
    db = database((3,))
    for router in (10, 11):
        db.receive_update(1, update(lsa(router)), 0)
    db.outgoing(SECOND)
    assert db.next_deadline() == 3600 * SECOND
    for router in (11, 10):
        db.receive_update(1, update(lsa(router, sequence=5)), 1800 * SECOND)
    db.outgoing(1801 * SECOND)
    assert db.next_deadline() == 5400 * SECOND
    db.remove_scope(AREA)
    assert db.next_deadline() is None


def test_refreshes_wait_for_each_other_and_for_whatever_is_new() -> None:
    db = database((3, 3))
    db.set_interface(2, area=AREA, link=LINK + 2, retransmit_ns=SECOND)
    olds = [lsa(router) for router in (10, 11, 12)]
    db.receive_update(1, update(*olds), 0)
    db.outgoing(SECOND)
    db.receive_ack(2, b"".join(one[:20] for one in olds), SECOND)
    at = 1800 * SECOND
    news = [lsa(router, sequence=5) for router in (10, 11, 12)]
    db.receive_update(1, update(news[0]), at)
    assert db.next_deadline() == at + 400_000_000, "two fifths of the time to retransmission"
    db.receive_update(1, update(news[1]), at + 1)
    assert db.outgoing(at + 399_999_999) == []
    both = update(*(aged(one, 1) for one in news[:2]))
    assert db.outgoing(at + 400_000_000) == [(2, 0, 4, both)]
    db.receive_update(1, update(news[2]), at + SECOND)
    db.receive_update(1, update(lsa(13)), at + SECOND)
    both = update(aged(news[2], 1), aged(lsa(13), 1))
    assert (2, 0, 4, both) in db.outgoing(at + SECOND)


def test_refresh_that_is_old_already_does_not_wait() -> None:
    db = database((3, 3))
    db.receive_update(1, update(lsa(10), lsa(11)), 0)
    db.outgoing(SECOND)
    at = 1800 * SECOND
    db.receive_update(1, update(lsa(10, sequence=5, age=599)), at)
    assert [one for one in db.outgoing(at) if one[:2] == (2, 0)] == []
    db.receive_update(1, update(lsa(11, sequence=5, age=600)), at + SECOND)
    assert [len(body) for i, to, _, body in db.outgoing(at + SECOND) if (i, to) == (2, 0)] == [68]


def test_refresh_that_is_its_own_acknowledgment_does_not_wait() -> None:
    """RFC 2328 13.5: flooded back out of the receiving interface."""
    db = LinkStateDatabase(2, US)
    db.set_interface(1, area=AREA, link=LINK)
    for neighbor in (1, 2):
        db.set_neighbor(neighbor, 1, 3)
    db.receive_update(1, update(lsa(10)), 0)
    db.outgoing(0)
    db.receive_update(1, update(lsa(10, sequence=5)), 9 * SECOND)
    assert [to for _, to, kind, _ in db.outgoing(9 * SECOND) if to == 0 and kind == 4] == [0]


def test_what_has_changed_is_told_by_scope_and_type() -> None:
    db = database((3,))
    lsas = [lsa(10), lsa(11), lsa(kind=5), lsa(kind=10), lsa(12)]
    got = db.receive_update(1, update(*lsas), 0)
    assert got.changed_types == [(AREA, 1), (0, 5), (AREA, 10), (AREA, 1)]
    got = db.receive_update(1, update(lsa(10, sequence=5), lsa(11, sequence=5, age=3600)), SECOND)
    assert (got.installed, got.changed, got.changed_types) == (2, 1, [(AREA, 1)])


def test_scopes_are_apart() -> None:
    """RFC 5250 3: link, area and AS."""
    db = database((3, 3))
    db.set_interface(3, area=2, link=LINK + 3)
    db.set_neighbor(3, 3, 3)
    db.set_interface(4, area=3, link=LINK + 4, takes_as_scope=False)
    db.set_neighbor(4, 4, 3)
    link, area, everywhere = lsa(kind=9), lsa(kind=10), lsa(kind=5)
    got = db.receive_update(1, update(link, area, everywhere, lsa(kind=6)), 0)
    assert (got.installed, got.unknown_type) == (3, 1)
    assert [db.count(scope) for scope in (0, AREA, 2, LINK + 1)] == [1, 1, 0, 1]
    assert {(i, body[4 + 3]) for i, _, _, body in db.outgoing(0)} == {(2, 10), (3, 5)}
    assert db.receive_update(4, update(everywhere), 0).misplaced == 1
    assert [db.interfaces(scope) for scope in (0, AREA, 3, LINK + 4)] == [
        [1, 2, 3],
        [1, 2],
        [4],
        [4],
    ]
    assert db.remove_scope(AREA) == 1
    assert db.count() == 2


def test_updates_are_packed_and_paced() -> None:
    db = database((3, 3), pace_ns=20)
    db.set_interface(2, area=AREA, link=LINK + 2, room=4 + 2 * 32)
    lsas = [lsa(router) for router in range(10, 15)]
    db.receive_update(1, update(lsas[0]), 0)
    assert [len(body) for *_, body in db.outgoing(0)] == [4 + 32]
    db.receive_update(1, update(lsas[1]), 1)
    db.receive_update(1, update(*lsas[2:]), 2)
    assert db.outgoing(19) == []
    assert db.next_deadline() == 20
    assert [body for *_, body in db.outgoing(20)] == [
        update(*(aged(one, 1) for one in lsas[1:3])),
        update(*(aged(one, 1) for one in lsas[3:])),
    ]
