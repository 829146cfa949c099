"""Whatever comes there is a verdict, and nothing that was changed on the way is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.authentication import (
    Authentication,
    Check,
    KeyChain,
    SequenceNumbers,
    SimplePassword,
    make,
)
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime
from ospf.authentication.packets import (
    KINDS,
    LLS,
    V4,
    V6,
    Kind,
    S,
    chain,
    packet,
    signer,
    source,
)

NOW = 1_700_000_000 * S
ALL = st.sampled_from([1, 2, 3, 4, 5])
ALGORITHMS = st.sampled_from(list(Algorithm))


def keys(algorithm: Algorithm, kind: Kind) -> KeyChain:
    usable = Algorithm.HMAC_SHA_1 if algorithm is Algorithm.KEYED_MD5 else algorithm
    return chain(algorithm if kind == (2, False) else usable)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("algorithm", list(Algorithm))
@pytest.mark.parametrize("type_", [1, 2, 3, 4, 5])
def test_every_flipped_bit_is_refused(kind: Kind, algorithm: Algorithm, type_: int) -> None:
    ours = signer(kind, keys(algorithm, kind))
    signed = ours.sign(packet(kind[0], type_), source(kind), NOW)
    number = int.from_bytes(signed, "big")
    for at in range(len(signed) * 8):
        flipped = (number ^ 1 << at).to_bytes(len(signed), "big")
        assert not ours.verify(flipped, source(kind), NOW).is_ok
    assert ours.verify(signed, source(kind), NOW).is_ok


@given(st.sampled_from(KINDS), ALGORITHMS, st.sampled_from([1, 2]), st.integers(0, 1 << 20))
def test_a_flipped_bit_in_an_lls_block_leaves_it_out_or_is_refused(
    kind: Kind, algorithm: Algorithm, type_: int, at: int
) -> None:
    settings = keys(algorithm, kind)
    plain = packet(kind[0], type_, lls=LLS)
    signed = bytearray(signer(kind, settings).sign(plain, source(kind), NOW))
    good = signer(kind, settings).verify(bytes(signed), source(kind), NOW)
    assert good.is_ok
    assert good.lls
    at %= len(signed) * 8
    signed[at // 8] ^= 1 << at % 8
    verdict = signer(kind, settings).verify(bytes(signed), source(kind), NOW)
    assert verdict.lls == b""
    assert verdict.is_ok == bool(verdict.ignored)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [255, 256, 1500, 9000, 65_000])
def test_packets_of_any_size_are_signed_to_their_end(kind: Kind, size: int) -> None:
    plain = packet(kind[0], 4)
    length = len(plain) + size
    plain = plain[:2] + length.to_bytes(2, "big") + plain[4:] + bytes(size)
    ours = signer(kind)
    signed = bytearray(ours.sign(plain, source(kind), NOW))
    assert len(signed) == length + ours.overhead
    signed[length - 1] ^= 1
    assert ours.verify(bytes(signed), source(kind), NOW).check is Check.DIGEST
    signed[length - 1] ^= 1
    assert ours.verify(bytes(signed), source(kind), NOW).is_ok


SETTINGS: list[tuple[int, Authentication | None]] = [
    (2, None),
    (3, None),
    (2, SimplePassword(b"x")),
    (2, chain(Algorithm.KEYED_MD5)),
    (2, KeyChain(chain().keys, extended=True)),
    (3, chain()),
]


@given(st.sampled_from(SETTINGS), st.binary(max_size=150), st.sampled_from([V4, V6]))
def test_any_bytes_give_a_verdict(
    settings: tuple[int, Authentication | None], payload: bytes, sender: object
) -> None:
    version, said = settings
    ours = make(said, version)
    verdict = ours.verify(payload, sender, NOW)  # type: ignore[arg-type]
    assert str(verdict)
    assert not (said and verdict.is_ok)


@given(st.sampled_from(SETTINGS), st.data())
def test_a_packet_with_anything_written_over_it_gives_a_verdict(
    settings: tuple[int, Authentication | None], data: st.DataObject
) -> None:
    version, said = settings
    plain = packet(version, data.draw(ALL), lls=data.draw(st.sampled_from([b"", LLS])))
    sender = V4 if version == 2 else V6
    signed = make(said, version).sign(plain, sender, NOW)
    at = data.draw(st.integers(0, len(signed)))
    over = data.draw(st.binary(max_size=8))
    end = data.draw(st.integers(0, len(signed) + 8))
    changed = (signed[:at] + over + signed[at + len(over) :])[:end]
    verdict = make(said, version).verify(changed, sender, NOW)
    assert str(verdict)
    assert verdict.is_ok or verdict.check is not None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_twice_is_believed_once_where_numbers_rise(kind: Kind) -> None:
    ours = signer(kind)
    signed = signer(kind).sign(packet(kind[0]), source(kind), NOW)
    found = [ours.verify(signed, source(kind), NOW).is_ok for _ in range(3)]
    assert found == ([True] * 3 if kind == (2, False) else [True, False, False])


# ---- keys roll over and nothing is lost


@given(
    st.sampled_from(KINDS),
    st.lists(st.integers(10, 100), min_size=1, max_size=4),
    st.integers(0, 9),
    st.lists(st.integers(0, 450), min_size=1, max_size=60),
)
def test_keys_roll_over_without_a_loss(
    kind: Kind, lengths: list[int], skew: int, instants: list[int]
) -> None:
    """Two routers whose clocks differ by less than the time that lifetimes overlap."""
    version, extended = kind
    made, start = [], 0
    for number, length in enumerate(lengths):
        begins = None if number == 0 else start
        start += length
        ends = None if number == len(lengths) - 1 else start
        accepts = Lifetime(
            None if begins is None else (begins - 10) * S, None if ends is None else (ends + 10) * S
        )
        sends = Lifetime(None if begins is None else begins * S, None if ends is None else ends * S)
        secret = b"secret %d" % number
        algorithm = Algorithm.HMAC_SHA_1 if number % 2 else Algorithm.HMAC_SHA_512
        made.append(Key(number, secret, algorithm, sends, accepts))
    settings = KeyChain(tuple(made), extended=extended)
    left, right = (
        make(settings, version, numbers=SequenceNumbers(), by_router=True) for _ in range(2)
    )
    used = set()
    for second in sorted(instants):
        signed = left.sign(packet(version), source(kind), second * S)
        assert str(right.verify(signed, source(kind), (second + skew) * S)) == "ok"
        used.add(left.summary(second * S)["key_id"])
        assert left.is_expired(second * S) is False
    assert used <= set(range(len(lengths)))
