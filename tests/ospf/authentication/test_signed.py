"""Digests of version 2: where everything stands, what is refused and in which words."""

from __future__ import annotations

import hashlib
import hmac
import struct

import pytest

from fingerpost.addr import Address
from fingerpost.ospf.authentication import Authenticator, Check, KeyChain, SequenceNumbers, make
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime
from ospf.authentication.packets import (
    DESCRIPTION,
    HELLO,
    LLS,
    ROUTER,
    UPDATE,
    V4,
    S,
    chain,
    v2,
)

APAD = bytes.fromhex("878fe1f3")
OTHER = Address("10.0.1.2")
NOW = 1_700_000_000 * S


def by_id(key_id: int, secret: bytes = b"secret", **fields: object) -> KeyChain:
    key = Key(key_id, secret, Algorithm.HMAC_SHA_256, **fields)  # type: ignore[arg-type]
    return KeyChain((key,), extended=True)


def said(authenticator: Authenticator, payload: bytes, now: int = NOW) -> str:
    return str(authenticator.verify(payload, V4, now))


# ---- where everything stands


def test_md5_hashes_the_packet_with_the_key_behind_it() -> None:  # RFC 2328 D.4.3
    settings = chain(Algorithm.KEYED_MD5)
    signed = make(settings, 2).sign(v2(), V4, NOW)
    assert signed[12:24] == struct.pack("!HHHBBI", 0, 2, 0, 7, 16, 1_700_000_000)
    assert signed[2:4] == v2()[2:4]
    assert signed[24:44] == v2()[24:]
    assert signed[44:] == hashlib.md5(signed[:44] + b"secret".ljust(16, b"\0")).digest()


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha384", "sha512"])
def test_hmac_hashes_the_packet_with_apad_behind_it(name: str) -> None:  # RFC 5709 3.3
    algorithm = next(one for one in Algorithm if one.hash_name == name)
    signed = make(chain(algorithm), 2).sign(v2(), V4, NOW)
    size = algorithm.size
    assert signed[18:20] == bytes((7, size))
    assert signed[44:] == hmac.digest(b"secret", signed[:44] + APAD * (size // 4), name)


def test_64_bit_numbers_stand_behind_the_packet_and_the_address_in_apad() -> None:  # RFC 7474
    signed = make(by_id(0x01020304), 2).sign(v2(), V4, NOW)
    assert signed[12:24] == struct.pack("!HHBHBI", 0, 3, 0, 0, 32, 0x01020304)
    assert signed[44:52] == struct.pack("!II", 1_700_000_000, 1_700_000_000)
    padded = signed[:52] + V4.packed + APAD * 7
    assert signed[52:] == hmac.digest(b"secret\0\3", padded, "sha256")


def test_the_instance_id_beside_the_kind_stays() -> None:  # RFC 6549 3
    packet = v2()[:14] + b"\x05\0" + v2()[16:]
    for settings in (chain(), by_id(7)):
        signed = make(settings, 2).sign(packet, V4, NOW)
        assert signed[14] == 5
        assert make(settings, 2).verify(signed, V4, NOW).is_ok


def test_what_is_added_is_the_overhead_at_most() -> None:
    keys = (Key(1, b"x"), Key(2, b"x", Algorithm.HMAC_SHA_512, sends=Lifetime(NOW)))
    both = make(KeyChain(keys), 2)
    assert both.overhead == 64
    assert len(both.sign(v2(), V4, 0)) == 44 + 16
    assert len(both.sign(v2(), V4, NOW)) == 44 + 64
    assert make(by_id(1), 2).overhead == 40


# ---- LLS blocks


@pytest.mark.parametrize("settings", [chain(Algorithm.KEYED_MD5), chain(), by_id(7)])
@pytest.mark.parametrize("kind", [HELLO, DESCRIPTION])
def test_an_lls_block_follows_the_digest_and_is_signed_by_itself(
    settings: KeyChain, kind: int
) -> None:  # RFC 5613 2.5
    alone = make(settings, 2).sign(v2(kind, options=0x12), V4, NOW)
    signed = make(settings, 2).sign(v2(kind, lls=LLS), V4, NOW)
    assert signed.startswith(alone)
    block = signed[len(alone) :]
    assert block[:2] == b"\0\0"
    assert int.from_bytes(block[2:4], "big") * 4 == len(block)
    assert block[4:12] == LLS[4:]
    assert block[12:14] == b"\0\2"
    assert int.from_bytes(block[16:20], "big") == 1_700_000_000
    verdict = make(settings, 2).verify(signed, V4, NOW)
    assert verdict.is_ok
    assert verdict.lls == block


@pytest.mark.parametrize("sizes", [(), (0,), (1,), (4, 3), (300,), (301, 2, 255), (512, 256)])
def test_a_block_may_have_tlvs_of_any_size_before_its_signature(sizes: tuple[int, ...]) -> None:
    tlvs = b"".join(
        struct.pack("!HH", 32768 + n, size) + bytes(size) + bytes(-size % 4)
        for n, size in enumerate(sizes)
    )
    block = b"\0\0" + ((4 + len(tlvs)) // 4).to_bytes(2, "big") + tlvs
    signed = make(chain(), 2).sign(v2(lls=block), V4, NOW)
    verdict = make(chain(), 2).verify(signed, V4, NOW)
    assert str(verdict) == "ok"
    assert verdict.lls[4 : 4 + len(tlvs)] == tlvs
    assert len(verdict.lls) == 4 + len(tlvs) + 40
    # one that ends in what says a length beyond it has no signature
    cut = block[:2] + (len(block) // 4 + 1).to_bytes(2, "big") + tlvs + b"\0\1\0\xff"
    verdict = make(chain(), 2).verify(signed[:76] + cut, V4, NOW)
    assert verdict.ignored == "it has no CA-TLV"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda block: block[:-1] + b"?", "its digest by key 7 does not fit"),
        (lambda block: block[:11] + b"?" + block[12:], "its digest by key 7 does not fit"),
        (lambda block: block[:19] + b"?" + block[20:], "its sequence number is"),
        (lambda _: LLS, "it has no CA-TLV"),
        (lambda block: block[:15] + b"\x10" + block[16:], "its CA-TLV has 16 bytes, expected 36"),
        (lambda block: block[:-4], "it is cut off after 48 bytes"),
        (lambda _: b"\0\0", "it is cut off after 2 bytes"),
        (lambda block: b"\0\0\0\5" + block[4:], "its CA-TLV has 36 bytes, expected 36"),
    ],
)
def test_a_block_that_does_not_hold_is_left_out_and_the_packet_believed(
    change: object, why: str
) -> None:
    assert callable(change)
    signed = make(chain(), 2).sign(v2(lls=LLS), V4, NOW)
    verdict = make(chain(), 2).verify(signed[:76] + change(signed[76:]), V4, NOW)
    assert verdict.is_ok
    assert verdict.lls == b""
    assert verdict.ignored.startswith(why)
    assert str(verdict).startswith("authenticated, LLS block ignored: ")


def test_bytes_behind_the_digest_are_nothing_where_no_block_is_announced() -> None:
    signed = make(chain(), 2).sign(v2(), V4, NOW) + b"anything"
    verdict = make(chain(), 2).verify(signed, V4, NOW)
    assert str(verdict) == "ok"
    update = make(chain(), 2).sign(v2(UPDATE), V4, NOW) + LLS
    assert make(chain(), 2).verify(update, V4, NOW).lls == b""


# ---- what is refused


@pytest.mark.parametrize(
    ("theirs", "ours", "words"),
    [
        (
            None,
            chain(),
            "authentication kind: theirs none (type 0), ours keyed digest (type 2)",
        ),
        (
            by_id(7),
            chain(),
            "authentication kind: theirs keyed digest with 64-bit numbers (type 3), "
            "ours keyed digest (type 2)",
        ),
        (
            chain(),
            by_id(7),
            "authentication kind: theirs keyed digest (type 2), "
            "ours keyed digest with 64-bit numbers (type 3)",
        ),
        (
            KeyChain((Key(9, b"secret"),)),
            KeyChain((Key(1, b"secret"), Key(2, b"x"))),
            "authentication key id: theirs key 9, ours key 1, 2",
        ),
        (by_id(9), by_id(7), "authentication key id: theirs key 9, ours key 7"),
        (
            chain(Algorithm.HMAC_SHA_1),
            chain(),
            "authentication algorithm: theirs 20 bytes of digest (hmac-sha-1), "
            "ours 32 by key 7 (hmac-sha-256)",
        ),
        (
            KeyChain((Key(7, b"secret", Algorithm.HMAC_SHA_512),), extended=True),
            by_id(7),
            "authentication algorithm: theirs 64 bytes of digest (hmac-sha-512), "
            "ours 32 by key 7 (hmac-sha-256)",
        ),
    ],
)
def test_who_authenticates_otherwise_is_told_from_both_sides(
    theirs: KeyChain | None, ours: KeyChain, words: str
) -> None:
    assert said(make(ours, 2), make(theirs, 2).sign(v2(), V4, NOW)) == words


@pytest.mark.parametrize("settings", [chain(Algorithm.KEYED_MD5), chain(), by_id(7)])
def test_another_secret_is_another_digest(settings: KeyChain) -> None:
    key = settings.keys[0]
    other = KeyChain((Key(7, b"other", key.algorithm),), extended=settings.extended)
    signed = make(other, 2).sign(v2(), V4, NOW)
    digest = signed[-key.algorithm.size :].hex()
    ours = f"another by key 7 ({key.algorithm.value})"
    words = f"authentication digest: theirs {digest[:8]}..., ours {ours}"
    assert said(make(settings, 2), signed) == words


def test_only_64_bit_numbers_bind_the_source_address() -> None:  # RFC 7474 5
    for settings, believed in ((chain(), True), (by_id(7), False)):
        signed = make(settings, 2).sign(v2(), V4, NOW)
        verdict = make(settings, 2).verify(signed, OTHER, NOW)
        assert verdict.is_ok is believed
        assert verdict.check is (None if believed else Check.DIGEST)


@pytest.mark.parametrize(
    ("accepts", "words"),
    [
        (Lifetime(NOW + S), "it accepts from 2023-11-14T22:13:21Z"),
        (
            Lifetime(NOW + S, 4_000_000_000 * S),
            "it accepts from 2023-11-14T22:13:21Z until 2096-10-02T07:06:40Z",
        ),
        (Lifetime(1 << 70), "it accepts from 1180591620717 s"),
    ],
)
def test_a_key_before_its_time_is_refused_with_its_times(accepts: Lifetime, words: str) -> None:
    ours = make(by_id(7, accepts=accepts), 2)
    signed = make(by_id(7), 2).sign(v2(), V4, NOW)
    assert said(ours, signed) == f"authentication key lifetime: theirs key 7, ours {words}"


@pytest.mark.parametrize("settings", [chain(), by_id(7)])
def test_a_digest_that_is_cut_off_is_refused(settings: KeyChain) -> None:
    signed = make(settings, 2).sign(v2(), V4, NOW)
    ours = make(settings, 2)
    for end in range(len(signed)):
        verdict = ours.verify(signed[:end], V4, NOW)
        assert verdict.check is (Check.LENGTH if end < 44 else Check.ALGORITHM)


def test_a_length_with_the_number_in_it_is_read_too() -> None:  # RFC 7474 3
    signed = bytearray(make(by_id(7), 2).sign(v2(), V4, NOW))
    signed[19] += 8
    digest = hmac.digest(b"secret\0\3", bytes(signed[:52]) + V4.packed + APAD * 7, "sha256")
    assert make(by_id(7), 2).verify(bytes(signed[:52]) + digest, V4, NOW).is_ok


# ---- secrets that are longer than a digest


@pytest.mark.parametrize("length", [32, 33, 64, 65, 200])
@pytest.mark.parametrize("extended", [False, True])
def test_long_secrets_are_keyed_in_either_way(length: int, extended: bool) -> None:
    key = Key(7, b"k" * length, Algorithm.HMAC_SHA_256)
    rfc = KeyChain((key,), extended=extended)
    plain = KeyChain((key,), extended=extended, plain_hmac=True)
    suffix = b"\0\3" if extended else b""
    secret = key.secret + suffix
    hashed = hashlib.sha256(secret).digest() if len(secret) > 32 else secret
    signed = {one.plain_hmac: make(one, 2).sign(v2(), V4, NOW) for one in (rfc, plain)}
    pad = V4.packed + APAD * 7 if extended else APAD * 8
    for is_plain, used in ((False, hashed), (True, secret)):
        message, digest = signed[is_plain][:-32], signed[is_plain][-32:]
        assert digest == hmac.digest(used, message + pad, "sha256")
    for ours in (rfc, plain):
        assert all(make(ours, 2).verify(one, V4, NOW).is_ok for one in signed.values())
    # RFC 2104 hashes what is longer than a block as well
    assert (signed[False] == signed[True]) == (len(secret) <= 32 or len(secret) > 64)


# ---- sequence numbers


def test_32_bit_numbers_may_not_fall_whatever_the_type() -> None:  # RFC 2328 D.3, D.5.3
    ours = make(chain(), 2)
    for kind, second, believed in (
        (HELLO, 5, True),
        (HELLO, 5, True),
        (UPDATE, 5, True),
        (UPDATE, 9, True),
        (HELLO, 8, False),
        (HELLO, 9, True),
    ):
        signed = make(chain(), 2).sign(v2(kind), V4, second * S)
        assert ours.verify(signed, V4, NOW).is_ok is believed
    late = make(chain(), 2).sign(v2(), V4, 8 * S)
    assert said(ours, late) == (
        "authentication sequence number: theirs 8, ours at least 9 "
        "(replayed, or its router counts anew)"
    )


def test_64_bit_numbers_rise_for_each_type_by_itself() -> None:  # RFC 7474 2
    numbers = SequenceNumbers()
    theirs, ours = make(by_id(7), 2, numbers=numbers), make(by_id(7), 2)
    first, second = (theirs.sign(v2(), V4, NOW) for _ in range(2))
    update = theirs.sign(v2(UPDATE), V4, NOW)
    assert ours.verify(update, V4, NOW).is_ok  # RFC 4222: it may overtake a Hello
    assert ours.verify(second, V4, NOW).is_ok
    number = 1_700_000_000 << 32 | 1_700_000_001
    assert said(ours, second) == (
        f"authentication sequence number: theirs {number}, ours more than {number} (it came before)"
    )
    assert ours.verify(first, V4, NOW).check is Check.SEQUENCE


@pytest.mark.parametrize("settings", [chain(), by_id(7)])
def test_a_wrong_digest_moves_no_number(settings: KeyChain) -> None:
    ours = make(settings, 2)
    for second, end in ((5, b""), (9, b"?"), (6, b"")):
        signed = make(settings, 2).sign(v2(), V4, second * S)
        signed = signed[: len(signed) - len(end)] + end
        assert ours.verify(signed, V4, NOW).is_ok is (not end)
    sequence = 6 << 32 | 6 if settings.extended else 6
    assert ours.heard(ROUTER, V4) == {"key_id": 7, "sequence": sequence}


@pytest.mark.parametrize("by_router", [False, True])
def test_neighbours_are_known_by_router_id_and_perhaps_by_address(by_router: bool) -> None:
    ours = make(chain(), 2, by_router=by_router)  # RFC 2328 10
    later, earlier = (make(chain(), 2).sign(v2(), V4, at * S) for at in (9, 5))
    assert ours.verify(later, V4, NOW).is_ok
    assert ours.verify(earlier, OTHER, NOW).is_ok is not by_router
    stranger = make(chain(), 2).sign(v2(router=9), V4, 5 * S)
    assert ours.verify(stranger, V4, NOW).is_ok


@pytest.mark.parametrize(
    ("settings", "believed"),
    [
        (chain(), True),
        (chain(keeps_sequence=True), True),
        (by_id(7), True),
        (KeyChain(by_id(7).keys, extended=True, keeps_sequence=True), False),
    ],
)
def test_a_neighbour_that_went_down_may_count_anew(settings: KeyChain, believed: bool) -> None:
    ours = make(settings, 2)
    later, earlier = (make(settings, 2).sign(v2(), V4, at * S) for at in (9, 5))
    assert ours.verify(later, V4, NOW).is_ok
    assert ours.verify(earlier, V4, NOW).check is Check.SEQUENCE
    ours.forget(ROUTER, V4)
    assert ours.verify(earlier, V4, NOW).is_ok is believed
    ours.forget(12345, V4)  # somebody who never was


# ---- what is shown


def test_the_key_that_signs_is_shown_and_that_it_has_expired() -> None:
    keys = (Key(1, b"x", sends=Lifetime(None, 10)), Key(2, b"x", sends=Lifetime(5, 20)))
    ours = make(KeyChain(keys), 2)
    shown = {"kind": "keyed digest", "algorithm": "keyed-md5", "key_ids": [1, 2]}
    assert ours.summary(0) == {**shown, "key_id": 1, "expired": False}
    assert ours.summary(15) == {**shown, "key_id": 2, "expired": False}
    assert ours.summary(30) == {**shown, "key_id": 2, "expired": True}
    assert [ours.is_expired(at) for at in (0, 19, 20)] == [False, False, True]
    assert ours.heard(ROUTER, V4) == {}
    extended = make(by_id(7), 2)
    assert extended.summary(0)["kind"] == extended.kind == "keyed digest with 64-bit numbers"
    assert ours.covers_checksum
    assert extended.covers_checksum
