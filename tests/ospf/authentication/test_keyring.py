"""Digests that are begun once against those made anew, and keys by their times."""

from __future__ import annotations

import hashlib
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.authentication import KeyChain
from fingerpost.ospf.authentication.keyring import KeyedDigest, KeyRing
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime, is_accepted, sending
from ospf.authentication.packets import HMACS

TIMES = st.none() | st.integers(0, 12)


@st.composite
def lifetimes(draw: st.DrawFn) -> Lifetime:
    return Lifetime(draw(TIMES), draw(TIMES))


@st.composite
def chains(draw: st.DrawFn) -> KeyChain:
    spans = draw(st.lists(st.tuples(lifetimes(), lifetimes()), min_size=1, max_size=4))
    keys = (Key(n, b"x", sends=sent, accepts=taken) for n, (sent, taken) in enumerate(spans))
    return KeyChain(tuple(keys))


def golden(algorithm: Algorithm, secret: bytes, text: bytes) -> bytes:
    """RFC 5709 3.3 as it is written there, steps 1 to 4."""

    def hashed(data: bytes) -> bytes:
        return hashlib.new(algorithm.hash_name, data).digest()

    size, block = algorithm.size, 64 if algorithm.size <= 32 else 128
    ko = hashed(secret) if len(secret) > size else secret.ljust(size, b"\0")
    ko = ko.ljust(block, b"\0")
    first = hashed(bytes(octet ^ 0x36 for octet in ko) + text)
    return hashed(bytes(octet ^ 0x5C for octet in ko) + first)


@pytest.mark.parametrize("algorithm", HMACS)
@pytest.mark.parametrize("length", range(1, 151))
def test_an_hmac_is_that_of_the_rfc_for_every_length_of_secret(
    algorithm: Algorithm, length: int
) -> None:
    secret, message = bytes(range(length)), bytes(range(50, 50 + length))
    apad = bytes.fromhex("878fe1f3") * (algorithm.size // 4)
    keyed = KeyedDigest(Key(1, secret, algorithm))
    for _ in range(2):  # what was begun once stays as it was
        assert keyed.digest(message) == golden(algorithm, secret, message + apad)
        assert keyed.digest(message, b"pad") == golden(algorithm, secret, message + b"pad")
    behind = KeyedDigest(Key(1, secret, algorithm), b"\0\3")
    assert behind.digest(message) == golden(algorithm, secret + b"\0\3", message + apad)


@given(st.binary(min_size=1, max_size=16), st.binary(max_size=200))
def test_keyed_md5_is_that_of_the_rfc(secret: bytes, message: bytes) -> None:  # RFC 2328 D.4.3
    keyed = KeyedDigest(Key(1, secret))
    padded = message + secret + bytes(16 - len(secret))
    assert keyed.digest(message) == keyed.digest(message) == hashlib.md5(padded).digest()


@given(chains())
def test_the_key_that_signs_is_looked_for_again_when_a_lifetime_begins_or_ends(
    chain: KeyChain,
) -> None:
    ring = KeyRing(chain)
    for first, second in product(range(-1, 14), repeat=2):
        for now in (first, second):  # forwards and backwards
            assert ring.sending(now).key is sending(chain.keys, now)


@given(chains(), st.integers(-1, 14))
def test_keys_are_accepted_in_their_times(chain: KeyChain, now: int) -> None:
    ring = KeyRing(chain)
    for key in chain.keys:
        keyed = ring.get(key.id)
        assert keyed is not None
        assert keyed.key is key
        assert ring.is_accepted(keyed, now) == is_accepted(key, chain.keys, now)
        assert (chain.accepting(key.id, now) is key) == ring.is_accepted(keyed, now)
    assert ring.get(99) is None


def test_a_ring_tells_its_numbers_and_its_longest_digest() -> None:
    ring = KeyRing(KeyChain((Key(5, b"x"), Key(3, b"y", Algorithm.HMAC_SHA_1))))
    assert ring.ids == [5, 3]
    assert ring.longest == 20
