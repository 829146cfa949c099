"""The trailer of version 3: where everything stands, what is refused and in which words."""

from __future__ import annotations

import hmac
import struct

import pytest

from fingerpost.addr import Address
from fingerpost.ospf.authentication import Check, KeyChain, SequenceNumbers, make
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime
from ospf.authentication.packets import (
    ACKNOWLEDGMENT,
    DESCRIPTION,
    HELLO,
    HMACS,
    LLS,
    REQUEST,
    ROUTER,
    UPDATE,
    V6,
    S,
    chain,
    v3,
)

APAD = bytes.fromhex("878fe1f3")
OTHER = Address("fe80::2")
NOW = 1_700_000_000 * S
OURS = chain()
ALL = [HELLO, DESCRIPTION, REQUEST, UPDATE, ACKNOWLEDGMENT]
SWAPPED = chain(swapped_protocol_id=True)


def said(ours: KeyChain | None, payload: bytes) -> str:
    return str(make(ours, 3).verify(payload, V6, NOW))


@pytest.mark.parametrize("algorithm", HMACS)
def test_the_trailer_follows_the_packet_and_its_length_is_not_counted(
    algorithm: Algorithm,
) -> None:  # RFC 7166 4.1, 4.5
    settings = chain(algorithm)
    signed = make(settings, 3).sign(v3(), V6, NOW)
    length, size = len(v3()), algorithm.size
    assert int.from_bytes(signed[2:4], "big") == length
    assert signed[12:14] == b"\0\0"  # RFC 7166 4.2
    second = 1_700_000_000
    fixed = struct.pack("!HHHHII", 1, 16 + size, 0, 7, second, second)
    assert signed[length : length + 16] == fixed
    padded = signed[: length + 16] + V6.packed + APAD * ((size - 16) // 4)
    expected = hmac.digest(b"secret\0\1", padded, algorithm.hash_name)
    assert signed[length + 16 :] == expected
    assert make(settings, 3).overhead == 16 + size
    assert make(settings, 3).verify(signed, V6, NOW).is_ok


@pytest.mark.parametrize("kind", ALL)
def test_the_at_bit_is_set_where_there_are_options(kind: int) -> None:  # RFC 7166 2.1
    packet = v3(kind)
    signed = make(OURS, 3).sign(packet, V6, NOW)
    at = {HELLO: 22, DESCRIPTION: 18}.get(kind)
    changed = [n for n in range(len(packet)) if n not in (12, 13) and packet[n] != signed[n]]
    assert changed == ([] if at is None else [at])
    assert at is None or packet[at] ^ signed[at] == 4
    assert make(OURS, 3).verify(signed, V6, NOW).is_ok


def test_an_lls_block_stands_before_the_trailer_and_is_signed_with_the_packet() -> None:
    packet = v3(lls=LLS)
    signed = make(OURS, 3).sign(packet, V6, NOW)
    length = len(v3())
    assert signed[length : length + 12] == b"\0\0" + LLS[2:]  # RFC 7166 4.2: no checksum
    verdict = make(OURS, 3).verify(signed, V6, NOW)
    assert verdict.is_ok
    assert verdict.lls == b"\0\0" + LLS[2:]
    for at in range(length, length + 12):
        broken = signed[:at] + bytes((signed[at] ^ 1,)) + signed[at + 1 :]
        assert not make(OURS, 3).verify(broken, V6, NOW).is_ok


@pytest.mark.parametrize("kind", ALL)
def test_who_does_not_sign_is_refused_in_every_packet(kind: int) -> None:
    words = "none (AT-bit clear)" if kind in (HELLO, DESCRIPTION) else "none"
    expected = f"authentication kind: theirs {words}, ours authentication trailer"
    assert said(OURS, v3(kind)) == expected


def test_who_says_a_trailer_and_has_none_is_refused() -> None:
    signed = make(OURS, 3).sign(v3(), V6, NOW)
    words = "authentication kind: theirs none (AT-bit set), ours authentication trailer"
    assert said(OURS, signed[: len(v3())]) == words


def test_who_signs_is_refused_where_we_do_not() -> None:
    signed = make(OURS, 3).sign(v3(), V6, NOW)
    words = "authentication kind: theirs authentication trailer (AT-bit set), ours none"
    assert said(None, signed) == words


def test_the_source_address_is_in_the_digest() -> None:  # RFC 7166 4.5
    signed = make(OURS, 3).sign(v3(), V6, NOW)
    assert make(OURS, 3).verify(signed, OTHER, NOW).check is Check.DIGEST


def test_a_zone_is_no_part_of_the_address() -> None:
    signed = make(OURS, 3).sign(v3(), Address("fe80::1%eth0"), NOW)
    assert make(OURS, 3).verify(signed, Address("fe80::1%eth7"), NOW).is_ok


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (KeyChain((Key(9, b"secret", Algorithm.HMAC_SHA_1),)), "key id: theirs key 9, ours key 7"),
        (
            chain(Algorithm.HMAC_SHA_384),
            "algorithm: theirs 48 bytes of digest (hmac-sha-384), ours 32 by key 7 (hmac-sha-256)",
        ),
    ],
)
def test_another_key_or_algorithm_is_named(theirs: KeyChain, words: str) -> None:
    signed = make(theirs, 3).sign(v3(), V6, NOW)
    assert said(OURS, signed) == f"authentication {words}"


def test_a_key_before_its_time_is_refused() -> None:
    late = Key(7, b"secret", Algorithm.HMAC_SHA_256, accepts=Lifetime(NOW + 1))
    signed = make(OURS, 3).sign(v3(), V6, NOW)
    assert make(KeyChain((late,)), 3).verify(signed, V6, NOW).check is Check.LIFETIME


def test_a_trailer_of_another_type_is_refused() -> None:
    signed = bytearray(make(OURS, 3).sign(v3(), V6, NOW))
    signed[len(v3()) + 1] = 2
    words = "theirs authentication trailer of type 2, ours authentication trailer of type 1"
    assert said(OURS, bytes(signed)) == f"authentication kind: {words}"


@pytest.mark.parametrize("lls", [b"", LLS])
def test_a_trailer_that_is_cut_off_is_refused(lls: bytes) -> None:
    signed = make(OURS, 3).sign(v3(lls=lls), V6, NOW)
    length = len(v3())
    checks = {end: make(OURS, 3).verify(signed[:end], V6, NOW).check for end in range(len(signed))}
    start = length + len(lls) + 16
    assert {checks[end] for end in range(length)} == {Check.LENGTH}
    assert checks[length] is Check.KIND
    assert {checks[end] for end in range(length + 1, start)} == {Check.LENGTH}
    assert {checks[end] for end in range(start, len(signed))} == {Check.ALGORITHM}


@pytest.mark.parametrize("ours", [OURS, SWAPPED])
def test_the_swapped_protocol_id_is_known_when_it_is_seen(ours: KeyChain) -> None:
    other = OURS if ours is SWAPPED else SWAPPED
    signed = make(ours, 3).sign(v3(), V6, NOW)
    assert make(ours, 3).verify(signed, V6, NOW).is_ok
    words = "without" if other is SWAPPED else "with"
    assert said(other, signed).endswith(f"(it fits {words} swapped_protocol_id)")
    stranger = make(chain(secret=b"other"), 3).sign(v3(), V6, NOW)
    assert said(other, stranger).endswith("by key 7 (hmac-sha-256)")


def test_the_swapped_protocol_id_stands_behind_the_key_in_the_order_of_small_machines() -> None:
    signed = make(SWAPPED, 3).sign(v3(), V6, NOW)
    padded = signed[:-32] + V6.packed + APAD * 4
    assert signed[-32:] == hmac.digest(b"secret\1\0", padded, "sha256")


def test_numbers_rise_for_each_type_by_itself() -> None:  # RFC 7166 4.1
    theirs, ours = make(OURS, 3, numbers=SequenceNumbers()), make(OURS, 3)
    packets = [theirs.sign(v3(kind), V6, NOW) for kind in (HELLO, HELLO, UPDATE, HELLO)]
    for at, believed in ((2, True), (1, True), (1, False), (0, False), (3, True), (2, False)):
        assert ours.verify(packets[at], V6, NOW).is_ok is believed
    assert ours.heard(ROUTER, OTHER)["sequence"] == (1_700_000_000 << 32) + 1_700_000_003


def test_neighbours_are_known_by_their_router_id() -> None:  # RFC 5340 4.2
    ours = make(OURS, 3)
    later, earlier = (
        make(OURS, 3).sign(v3(), source, at * S) for source, at in ((V6, 9), (OTHER, 5))
    )
    assert ours.verify(later, V6, NOW).is_ok
    assert ours.verify(earlier, OTHER, NOW).check is Check.SEQUENCE
    ours.forget(ROUTER, OTHER)
    assert ours.verify(earlier, OTHER, NOW).is_ok
    keeping = make(chain(keeps_sequence=True), 3)
    assert keeping.verify(later, V6, NOW).is_ok
    keeping.forget(ROUTER, V6)
    assert keeping.verify(earlier, OTHER, NOW).check is Check.SEQUENCE


def test_the_reserved_field_may_be_anything() -> None:  # RFC 7166 4.1
    signed = make(OURS, 3).sign(v3(), V6, NOW)
    at = len(v3()) + 4
    message = signed[:at] + b"\xab\xcd" + signed[at + 2 : -32]
    digest = hmac.digest(b"secret\0\1", message + V6.packed + APAD * 4, "sha256")
    assert make(OURS, 3).verify(message + digest, V6, NOW).is_ok


def test_the_key_that_signs_is_shown() -> None:
    ours = make(OURS, 3)
    assert ours.covers_checksum
    assert ours.summary(0) == {
        "kind": "authentication trailer",
        "key_id": 7,
        "algorithm": "hmac-sha-256",
        "key_ids": [7],
        "expired": False,
    }
