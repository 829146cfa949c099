"""Authentication (RFC 5880 6.7): what is signed is believed, once, and by its key alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bfd.pair import NAMES, Pair, S, timed, watching
from bfd.single import NEIGHBOR, Single
from fingerpost.bfd import (
    Authentication,
    AuthenticationType,
    BfdConfig,
    BfdInterface,
    BfdPeer,
    Fault,
    Key,
    State,
)
from fingerpost.bfd.authentication import Sequences, refuses, sign
from fingerpost.bfd.authentication_section import DigestSection
from fingerpost.bfd.packet import ControlPacket
from fingerpost.errors import UsageError
from fingerpost.protocol import events as ev
from fingerpost.protocol.lifetimes import Lifetime

DIGESTS = [one for one in AuthenticationType if one.digest_length]
METICULOUS = [one for one in DIGESTS if one.is_meticulous]


def asked(kind: AuthenticationType, secret: bytes = b"sesame", key: int = 1) -> Authentication:
    return Authentication(kind, (Key(key, secret),))


def pair(a: Authentication | None, b: Authentication | None) -> Pair:
    ends = {"a": a, "b": b}
    made = {
        name: watching(name, replace(timed(100, 100), authentication=ends[name])) for name in NAMES
    }
    return Pair(configs=made)


@pytest.mark.parametrize("kind", AuthenticationType, ids=str)
def test_two_ends_with_one_key_meet_and_stay(kind: AuthenticationType) -> None:
    one = pair(asked(kind), asked(kind))
    one.run(30 * S)
    assert one.are_up()
    for name in NAMES:
        (session,) = one.machines[name].sessions
        assert session.counters.faults == {}
        assert session.counters.downs == 0
    sections = [x.packet.authentication for x in one.sent if x.sender == "a"]
    assert {section.type for section in sections if section is not None} == {kind}
    numbers = [x.sequence for x in sections if isinstance(x, DigestSection)]
    if kind.is_meticulous:
        steps = {(b - a) % 2**32 for a, b in pairwise(numbers)}
        assert steps == {1}
    elif numbers:
        assert len(set(numbers)) < 12, "the number goes up with what is said, no faster"


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        (None, Fault.NO_AUTHENTICATION),
        (asked(AuthenticationType.KEYED_SHA1, b"other"), Fault.WRONG_DIGEST),
        (asked(AuthenticationType.KEYED_SHA1, key=2), Fault.UNKNOWN_KEY),
        (asked(AuthenticationType.KEYED_MD5), Fault.AUTHENTICATION_TYPE),
        (asked(AuthenticationType.SIMPLE_PASSWORD), Fault.AUTHENTICATION_TYPE),
    ],
    ids=str,
)
def test_ends_that_differ_stay_down_and_say_why(other: Authentication | None, fault: Fault) -> None:
    one = pair(asked(AuthenticationType.KEYED_SHA1), other)
    one.run(20 * S)
    assert one.states() == "Down Down"
    (session,) = one.machines["a"].sessions
    assert set(session.counters.faults) == {fault}
    assert str(fault) in str(one.model("a")["reason"])


@pytest.mark.parametrize("kind", DIGESTS, ids=str)
def test_the_digest_is_that_of_the_packet_with_the_padded_key_in_its_place(
    kind: AuthenticationType,
) -> None:
    packet = ControlPacket(State.UP, 3, 1, 2, 300_000, 300_000)
    data = sign(packet, asked(kind), Sequences(77), 0)
    size = kind.digest_length
    assert len(data) == data[3] == 24 + 8 + size
    assert data[24:32] == bytes((kind, 8 + size, 1, 0, 0, 0, 0, 77))
    keyed = data[:32] + b"sesame".ljust(size, b"\0")
    digest = (hashlib.md5 if size == 16 else hashlib.sha1)(keyed).digest()
    assert data[32:] == digest


@given(st.sampled_from(DIGESTS), st.integers(0, 51), st.integers(1, 255))
def test_whatever_byte_is_changed_is_seen(kind: AuthenticationType, at: int, by: int) -> None:
    packet = ControlPacket(State.UP, 3, 1, 2, 300_000, 300_000)
    data = bytearray(sign(packet, asked(kind), Sequences(77), 0))
    at %= len(data)
    if at in (0, 1, 2, 3, 4, 5, 6, 7, 24, 25):
        return  # those make it another packet, or none
    data[at] ^= by
    changed = ControlPacket.decode(bytes(data))
    assert refuses(changed, bytes(data), asked(kind), Sequences(0), 3, 0) in (
        Fault.WRONG_DIGEST,
        Fault.UNKNOWN_KEY,
    )


def heard(single: Single, kind: AuthenticationType, number: int, **fields: object) -> Fault | None:
    """Hear a packet of that number; gives why it was refused."""
    before = single.session.counters.faults.copy()
    packet = single.packet(State.DOWN, your_discriminator=0, **fields)
    single.hear(sign(packet, asked(kind), Sequences(number % 2**32), 0))
    new = single.session.counters.faults - before
    return next(iter(new), None)


@pytest.mark.parametrize("start", [5, 2**32 - 4])
@pytest.mark.parametrize("kind", DIGESTS, ids=str)
def test_numbers_go_up_within_three_detect_multipliers(
    kind: AuthenticationType, start: int
) -> None:
    single = Single(BfdInterface("eth0", authentication=asked(kind)))
    assert heard(single, kind, start) is None  # the first may be any
    same = Fault.OLD_SEQUENCE if kind.is_meticulous else None
    assert heard(single, kind, start) is same
    assert heard(single, kind, start - 1) is Fault.OLD_SEQUENCE
    assert heard(single, kind, start + 10) is Fault.OLD_SEQUENCE  # 3 x DetectMult is 9
    assert heard(single, kind, start + 9) is None
    assert heard(single, kind, start) is Fault.OLD_SEQUENCE


def test_a_forged_packet_does_not_move_the_window() -> None:
    kind = AuthenticationType.METICULOUS_KEYED_SHA1
    single = Single(BfdInterface("eth0", authentication=asked(kind)))
    forged = sign(single.packet(your_discriminator=0), asked(kind, b"guess"), Sequences(900), 0)
    single.hear(forged)
    assert heard(single, kind, 5) is None
    single.hear(sign(single.packet(), asked(kind, b"guess"), Sequences(14), 0))
    assert heard(single, kind, 6) is None


def test_numbers_begin_anew_after_twice_the_detection_time() -> None:
    kind = AuthenticationType.METICULOUS_KEYED_MD5
    single = Single(BfdInterface("eth0", authentication=asked(kind)))
    assert heard(single, kind, 1000) is None
    detection = single.session.detection_ns
    single.give(ev.TimePassed(), after=2 * detection - 1)
    assert heard(single, kind, 7) is Fault.OLD_SEQUENCE
    single.give(ev.TimePassed(), after=1)
    assert heard(single, kind, 7) is None


def test_the_key_that_signs_is_the_one_whose_time_it_is() -> None:
    old = Key(1, b"old", Lifetime(None, 10 * S), Lifetime(None, 20 * S))
    new = Key(2, b"new", Lifetime(10 * S), Lifetime(5 * S))
    chain = Authentication(AuthenticationType.KEYED_SHA1, (old, new))
    one = pair(chain, chain)
    one.run(60 * S)
    assert one.are_up()
    used: dict[int, list[int]] = {}
    for sent in one.sent:
        assert isinstance(sent.packet.authentication, DigestSection)
        used.setdefault(sent.packet.authentication.key_id, []).append(sent.instant)
    assert max(used[1]) < 10 * S <= min(used[2])
    assert all(next(iter(m.sessions)).counters.downs == 0 for m in one.machines.values())


def test_another_key_may_come_while_a_session_is_up() -> None:
    one = pair(asked(AuthenticationType.KEYED_MD5), asked(AuthenticationType.KEYED_MD5))
    one.run(5 * S)
    both = Authentication(
        AuthenticationType.KEYED_MD5, (Key(1, b"sesame"), Key(9, b"new", Lifetime(10**18)))
    )
    for name in NAMES:
        told = watching(name, replace(timed(100, 100), authentication=both))
        one.give(name, ev.ConfigurationChanged(told))
        one.run(5 * S)
    assert one.are_up()
    assert next(iter(one.machines["a"].sessions)).counters.downs == 0


def test_secrets_that_do_not_fit_are_refused_and_none_is_shown() -> None:
    with pytest.raises(UsageError, match="at most 16"):
        asked(AuthenticationType.KEYED_MD5, b"x" * 17)
    asked(AuthenticationType.KEYED_SHA1, b"x" * 20)
    with pytest.raises(UsageError, match="at most 20"):
        asked(AuthenticationType.KEYED_SHA1, b"x" * 21)
    with pytest.raises(UsageError, match="no two alike"):
        Authentication(AuthenticationType.KEYED_MD5, (Key(1, b"a"), Key(1, b"b")))
    with pytest.raises(UsageError, match="0 to 255"):
        Key(256, b"a")
    single = Single(config=BfdConfig((), (BfdPeer(NEIGHBOR, authentication=asked(METICULOUS[0])),)))
    assert "sesame" not in repr(single.bfd.config) + repr(single.bfd.snapshot())
    model = single.bfd.snapshot()["sessions"][0]["authentication"]
    assert model == {"type": "Meticulous Keyed MD5", "key": 1, "keys": [1], "expired": False}
