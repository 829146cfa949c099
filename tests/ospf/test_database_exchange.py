"""Exchange of databases: summaries, descriptions, requests and their answers (RFC 2328 10)."""

from __future__ import annotations

from struct import pack

import pytest

from fingerpost.ospf.constants import MAX_SEQUENCE_NUMBER

from .lsas import AREA, LINK, OTHER, SECOND, US, aged, database, key, lsa, update

EXCHANGE, LOADING, FULL = 1, 2, 3


def request(*keys: tuple[int, int, int]) -> bytes:
    return b"".join(pack("!III", *one) for one in keys)


def headers(body: bytes) -> list[bytes]:
    return [body[at : at + 20] for at in range(0, len(body), 20)]


def test_summary_lists_what_the_neighbour_shall_hear_of() -> None:
    """RFC 2328 10.3, RFC 5250 3: not the links of others, no AS scope in a stub, nothing opaque."""
    db = database((FULL, EXCHANGE, EXCHANGE))
    db.set_interface(2, area=AREA, link=LINK + 2, takes_as_scope=False)
    db.set_neighbor(2, 2, EXCHANGE, takes_opaque=False)
    lsas = {kind: lsa(kind=kind, id=kind) for kind in (1, 5, 9, 10, 11)}
    db.receive_update(1, update(*lsas.values()), 0)
    assert db.begin_summary(2, SECOND) == 1
    assert db.take_summary(2, 1000, SECOND) == aged(lsas[1], 1)[:20]
    assert db.begin_summary(3, SECOND) == 4
    listed = {one[3] for one in headers(db.take_summary(3, 1000, SECOND))}
    assert listed == {1, 5, 10, 11}, "type 9 came on another link"


def test_summary_leaves_as_fast_as_it_fits() -> None:
    db = database((FULL, EXCHANGE))
    db.receive_update(1, update(*(lsa(router) for router in range(10, 17))), 0)
    assert db.begin_summary(2, 0) == 7
    taken = []
    for left in (4, 1, 0, 0):
        taken += headers(db.take_summary(2, 65, 0))
        assert db.summary_left(2) == left
    assert sorted(one[11] for one in taken) == list(range(10, 17))


def test_max_age_is_not_listed_but_sent_until_it_is_acknowledged() -> None:
    """RFC 2328 10.3."""
    db = database((FULL, EXCHANGE))
    one = lsa()
    db.receive_update(1, update(one), 0)
    db.receive_ack(2, one[:20], 0)
    db.set_neighbor(2, 2, 0)
    db.set_neighbor(2, 2, EXCHANGE)
    assert db.flush(AREA, key(one), 2 * SECOND)
    db.clear_neighbor(2)
    assert db.begin_summary(2, 2 * SECOND) == 0
    assert db.is_unacknowledged(2, AREA, key(one))


def test_summary_passes_over_what_is_gone_since() -> None:
    db = database((EXCHANGE,))
    db.originate(AREA, lsa(US), 0)
    assert db.begin_summary(1, 0) == 1
    db.remove(AREA, key(lsa(US)))
    assert db.take_summary(1, 1000, 0) == b""


def test_what_is_missing_or_newer_is_requested_and_nothing_else() -> None:
    """RFC 2328 10.6."""
    db = database((FULL, EXCHANGE))
    held, old, new = lsa(10, sequence=5), lsa(11, sequence=5), lsa(12)
    db.receive_update(1, update(held, old), 0)
    newer = lsa(11, sequence=6)
    listed = held[:20] + newer[:20] + new[:20] + lsa(10, sequence=4)[:20]
    assert db.take_description(2, listed, 0) is None
    assert db.requests_left(2) == 2
    assert db.requested(2, key(newer)) == newer[:20]
    assert db.requested(2, key(held)) is None
    assert db.requests(2, 100) == request(key(newer), key(new))


@pytest.mark.parametrize(
    ("version", "kind", "why"),
    [
        (2, 6, "type 0x6, not known"),
        (2, 12, "type 0xc, not known"),
        (3, 0x6001, "type 0x6001, not known"),
        (2, 5, "type 0x5, which this area does not take"),
        (2, 11, "type 0xb, which this area does not take"),
        (2, 7, "type 0x7, which this area does not take"),
        (3, 0x4005, "type 0x4005, which this area does not take"),
        (3, 0xC042, "type 0xc042, which this area does not take"),
    ],
)
def test_description_of_what_does_not_belong_here_is_a_fault(
    version: int, kind: int, why: str
) -> None:
    """RFC 2328 10.6: SeqNumberMismatch."""
    db = database((EXCHANGE,), version)
    db.set_interface(1, area=AREA, link=LINK, takes_as_scope=False, takes_type_7=False)
    fault = db.take_description(1, lsa(kind=kind, version=version)[:20], 0)
    assert fault is not None
    assert why in fault


@pytest.mark.parametrize("kind", [0x2042, 0xA042, 0x0042])
def test_types_of_version_3_that_nobody_knows_are_requested_all_the_same(kind: int) -> None:
    """RFC 5340 4.5: flooded or kept on the link, as the U bit says."""
    db = database((EXCHANGE,), 3)
    assert db.take_description(1, lsa(kind=kind, version=3)[:20], 0) is None
    assert db.requests(1, 12) == pack("!III", kind, OTHER, OTHER)


def test_torn_and_endless_descriptions_are_faults() -> None:
    db = database((EXCHANGE,), limit=3)
    assert "inside a header" in (db.take_description(1, bytes(19), 0) or "")
    listed = b"".join(lsa(router)[:20] for router in range(10, 14))
    assert "the limit of 3" in (db.take_description(1, listed, 0) or "")
    assert db.requests_left(1) == 3


def test_next_request_waits_until_all_of_the_last_came() -> None:
    """RFC 2328 10.9."""
    db = database((LOADING,))
    lsas = [lsa(router) for router in range(10, 14)]
    db.take_description(1, b"".join(one[:20] for one in lsas), 0)
    assert db.may_request(1)
    assert db.requests(1, 24) == db.requests(1, 24) == request(key(lsas[0]), key(lsas[1]))
    assert not db.may_request(1)
    got = db.receive_update(1, update(lsas[1]), 0)
    assert (got.may_request, got.is_loaded) == (False, False)
    got = db.receive_update(1, update(lsas[0]), 0)
    assert (got.may_request, got.is_loaded) == (True, False)
    assert db.requests(1, 1000) == request(key(lsas[2]), key(lsas[3]))
    got = db.receive_update(1, update(*lsas[2:]), 0)
    assert (got.may_request, got.is_loaded) == (False, True)
    assert db.is_loaded(1)


def test_what_another_neighbour_floods_needs_no_request_any_more() -> None:
    """RFC 2328 13.3 step 1b."""
    db = database((FULL, LOADING))
    same, newer, older = (lsa(router, sequence=5) for router in (10, 11, 12))
    db.take_description(2, same[:20] + newer[:20] + older[:20], 0)
    flooded = [same, lsa(11, sequence=6), lsa(12, sequence=4)]
    assert db.receive_update(1, update(*flooded), 0).installed == 3
    assert db.requested(2, key(same)) is None, "the same instance: it has it already"
    assert not db.is_unacknowledged(2, AREA, key(same))
    assert db.requested(2, key(newer)) is None, "we have a newer one: it needs it"
    assert db.is_unacknowledged(2, AREA, key(newer))
    assert db.requested(2, key(older)) == older[:20], "it has a newer one still"
    assert not db.is_unacknowledged(2, AREA, key(older))


def test_requested_lsa_that_is_no_newer_than_ours_breaks_the_exchange() -> None:
    """RFC 2328 13 step 6: what follows is not looked at."""
    db = database((FULL, EXCHANGE))
    held, promised = lsa(10, sequence=5), lsa(10, sequence=6)
    db.receive_update(1, update(held), 0)
    db.take_description(2, promised[:20], 0)
    got = db.receive_update(2, update(held, lsa(11)), SECOND)
    assert (got.is_bad_request, got.lsas, got.installed) == (True, 1, 0)


def test_request_is_answered_with_what_is_there_as_old_as_it_is() -> None:
    """RFC 2328 10.7."""
    db = database((FULL, EXCHANGE))
    db.set_interface(2, area=AREA, link=LINK + 2, room=70)
    lsas = [lsa(router) for router in (10, 11, 12)]
    db.receive_update(1, update(*lsas), 0)
    db.clear_neighbor(2)
    db.outgoing(0)
    assert db.answer_request(2, request(*map(key, lsas)), 9 * SECOND)
    ours = [aged(one, 10) for one in lsas]
    sent = [one for one in db.outgoing(9 * SECOND) if one[1] == 2]
    assert sent == [(2, 2, 4, update(*ours[:2])), (2, 2, 4, update(ours[2]))]
    assert db.sizes(2)[2] == 0, "what was asked for is asked for again, not sent again"


def test_what_a_request_asks_for_often_is_sent_once() -> None:
    """Twelve octets each that bring the largest LSA again and again would be an amplifier."""
    db = database((EXCHANGE,))
    own = lsa(US)
    db.originate(AREA, own, 0)
    db.outgoing(0)
    assert db.answer_request(1, request(*[key(own)] * 1000), SECOND)
    assert db.outgoing(SECOND) == [(1, 1, 4, update(aged(own, 2)))]


@pytest.mark.parametrize(
    "wrong", [request((1, 99, 99)), request((0x10001, 10, 10)), request((6, 10, 10)), b"\0"]
)
def test_request_for_what_is_not_there_breaks_the_exchange(wrong: bytes) -> None:
    """RFC 2328 10.7: BadLSReq; nothing of it is answered."""
    db = database((EXCHANGE,))
    db.originate(AREA, lsa(US), 0)
    db.outgoing(0)
    assert not db.answer_request(1, request(key(lsa(US))) + wrong, SECOND)
    assert db.outgoing(SECOND) == []


def test_request_of_version_3_ignores_what_is_reserved() -> None:
    """RFC 5340 A.3.4."""
    db = database((EXCHANGE,), 3)
    db.originate(AREA, lsa(US, kind=0x2001, version=3), 0)
    assert db.answer_request(1, pack("!III", 0xFFFF2001, US, US), 0)


def test_lists_are_empty_below_exchange() -> None:
    """RFC 2328 10.3: KillNbr, SeqNumberMismatch and the like clear them."""
    db = database((FULL, EXCHANGE))
    db.receive_update(1, update(lsa()), 0)
    db.begin_summary(2, 0)
    db.take_description(2, lsa(12)[:20], 0)
    assert db.sizes(2) == (1, 1, 1)
    db.set_neighbor(2, 2, 0)
    assert db.sizes(2) == (0, 0, 0)
    assert db.unacknowledged_since(2) is None
    db.remove_neighbor(2)
    assert db.neighbors(2) == []


def test_two_routers_exchange_all_they_have() -> None:
    """RFC 2328 10: both end with the same, MaxSequenceNumber included."""
    one, other = database((EXCHANGE,)), database((EXCHANGE,))
    for router in range(10, 30):
        db, sequence = (one, 5) if router % 2 else (other, MAX_SEQUENCE_NUMBER)
        db.originate(AREA, lsa(router, sequence=sequence), 0)
    for db in (one, other):
        db.outgoing(0)
        db.clear_neighbor(1)
        db.begin_summary(1, 0)
    for mine, theirs in ((one, other), (other, one)):
        while mine.summary_left(1):
            assert theirs.take_description(1, mine.take_summary(1, 60, 0), 0) is None
    for mine, theirs in ((one, other), (other, one)):
        for now in range(10):
            if asked := mine.requests(1, 48):
                assert theirs.answer_request(1, asked, now)
            for _, _, kind, body in theirs.outgoing(now):
                if kind == 4:
                    mine.receive_update(1, body, now)
        mine.set_neighbor(1, 1, LOADING)
        assert mine.is_loaded(1)
    assert one.checksum(AREA) == other.checksum(AREA)
    assert one.count() == other.count() == 20
