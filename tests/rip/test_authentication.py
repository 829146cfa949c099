"""Passwords and digests (RFC 2453 4.1, RFC 4822), against Python's own hashes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.protocol import events as ev
from fingerpost.rip import (
    Algorithm,
    Fault,
    Key,
    KeyChain,
    Lifetime,
    RipInterface,
    SimplePassword,
)
from fingerpost.rip.authentication import check, seal
from fingerpost.rip.authentication_entry import Password, Trailed
from fingerpost.rip.keys import Authenticator
from fingerpost.rip.packet import RipPacket
from rip.single import S, announced, faults, heard, machine, rte, sent

ENTRY = rte("10.9.0.0/16", 3)
HASHES = {
    Algorithm.HMAC_SHA_1: "sha1",
    Algorithm.HMAC_SHA_256: "sha256",
    Algorithm.HMAC_SHA_384: "sha384",
    Algorithm.HMAC_SHA_512: "sha512",
}
RESPONSE = RipPacket(2, 2, (ENTRY,))


def chain(algorithm: Algorithm = Algorithm.KEYED_MD5, **fields: object) -> KeyChain:
    return KeyChain((Key(7, b"secret", algorithm),), **fields)  # type: ignore[arg-type]


def test_keyed_md5_hashes_the_message_the_mark_and_the_padded_key() -> None:
    data = seal(RESPONSE, chain(), 5, 0)
    assert data[-20:-16] == bytes.fromhex("ffff0001")
    assert data[-16:] == hashlib.md5(data[:-16] + b"secret".ljust(16, b"\0")).digest()


@pytest.mark.parametrize("algorithm", HASHES)
def test_hmac_hashes_the_message_with_apad(algorithm: Algorithm) -> None:
    data = seal(RESPONSE, chain(algorithm), 5, 0)
    size = hashlib.new(HASHES[algorithm]).digest_size
    message = data[:-size] + bytes.fromhex("878fe1f3") * (size // 4)
    assert data[-size:] == hmac.new(b"secret", message, HASHES[algorithm]).digest()
    packet = RipPacket.decode(data)
    assert isinstance(packet.authentication, Trailed)
    assert packet.authentication.length_field == size
    assert packet.authentication.length == 44


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("counts_mark", [False, True])
def test_each_algorithm_is_believed_and_one_bit_is_not(
    algorithm: Algorithm, counts_mark: bool
) -> None:
    keys = chain(algorithm, counts_mark=counts_mark)
    data = seal(RESPONSE, keys, 5, 0)
    assert check(RipPacket.decode(data), data, chain(algorithm), 0) is None
    for at in (0, 12, 30, len(data) - 1):
        broken = bytearray(data)
        broken[at] ^= 3 if at == 0 else 1  # a response becomes a request
        packet = RipPacket.decode(bytes(broken))
        assert check(packet, bytes(broken), keys, 0) is Fault.WRONG_DIGEST, at


def test_a_digest_of_another_algorithm_is_wrong() -> None:
    data = seal(RESPONSE, chain(Algorithm.HMAC_SHA_256), 5, 0)
    assert check(RipPacket.decode(data), data, chain(), 0) is Fault.WRONG_DIGEST


MIXES: list[tuple[Authenticator | None, Authenticator | None, Fault | None]] = [
    (None, None, None),
    (None, SimplePassword(b"a"), Fault.UNEXPECTED_AUTHENTICATION),
    (SimplePassword(b"a"), None, Fault.NO_AUTHENTICATION),
    (SimplePassword(b"a"), SimplePassword(b"a"), None),
    (SimplePassword(b"a"), SimplePassword(b"b"), Fault.WRONG_PASSWORD),
    (SimplePassword(b"a"), chain(), Fault.NO_AUTHENTICATION),
    (chain(), SimplePassword(b"a"), Fault.NO_AUTHENTICATION),
    (chain(), None, Fault.NO_AUTHENTICATION),
    (KeyChain((Key(8, b"secret"),)), chain(), Fault.UNKNOWN_KEY),
    (KeyChain((Key(7, b"other"),)), chain(), Fault.WRONG_DIGEST),
]


@pytest.mark.parametrize(("ours", "theirs", "fault"), MIXES)
def test_who_is_believed(
    ours: Authenticator | None, theirs: Authenticator | None, fault: Fault | None
) -> None:
    rip = machine(RipInterface("eth0", authenticator=ours), RipInterface("eth1"))
    out = rip.receive(heard(seal(RESPONSE, theirs, 5, 0)), S)
    assert (announced(out) == {"10.9.0.0/16": 4}) is (fault is None)
    assert set(faults(rip)) == ({fault} if fault else set())


def test_version_1_is_not_heard_where_messages_authenticate() -> None:
    rip = machine(RipInterface("eth0", authenticator=chain()))
    old = RipPacket(2, 1, (replace(ENTRY, mask=Address("0.0.0.0")),))
    assert announced(rip.receive(heard(old), S)) == {}
    assert faults(rip) == {Fault.NO_AUTHENTICATION: 1}


def test_sequence_numbers_never_go_down() -> None:
    rip = machine(RipInterface("eth0", authenticator=chain()))
    for sequence, fault in ((5, 0), (5, 0), (6, 0), (5, 1), (0, 2), (7, 2)):
        rip.receive(heard(seal(RESPONSE, chain(), sequence, 0)), S)
        assert faults(rip)[Fault.OLD_SEQUENCE] == fault, sequence


def test_a_router_that_starts_anew_is_believed_when_it_was_lost() -> None:
    rip = machine(RipInterface("eth0", authenticator=chain()))
    rip.receive(heard(seal(RESPONSE, chain(), 500, 0)), S)
    gone = RipPacket(2, 2, (replace(ENTRY, metric=16),))
    rip.receive(heard(seal(gone, chain(), 501, 0)), 2 * S)
    rip.receive(heard(seal(RESPONSE, chain(), 3, 0)), 3 * S)
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}
    assert announced(rip.receive(heard(seal(RESPONSE, chain(), 0, 0)), 4 * S))
    rip.receive(heard(seal(RESPONSE, chain(), 1, 0)), 5 * S)
    assert faults(rip) == {Fault.OLD_SEQUENCE: 1}


def test_our_own_numbers_go_up_with_each_update() -> None:
    rip = machine(RipInterface("eth0", authenticator=chain()), RipInterface("eth1"))
    numbers = []
    for second in (30, 60, 61, 90):
        for one in sent(rip.receive(ev.TimePassed(), second * S), "eth0"):
            found = RipPacket.decode(one.payload).authentication
            assert isinstance(found, Trailed)
            numbers.append(found.sequence)
    assert numbers == sorted(set(numbers))
    assert numbers


def test_keys_roll_over_in_their_lifetimes() -> None:
    keys = KeyChain(
        (
            Key(1, b"one", sends=Lifetime(None, 10), accepts=Lifetime(None, 20)),
            Key(2, b"two", sends=Lifetime(5, 30), accepts=Lifetime(0, 40)),
        )
    )
    assert [keys.sending(now).id for now in (0, 4, 5, 10, 29)] == [1, 1, 2, 2, 2]
    assert keys.accepting(1, 19) is keys.keys[0]
    assert keys.accepting(1, 20) is None
    # RFC 4822 3.3: the last key goes on
    assert keys.sending(100).id == 2
    assert keys.accepting(2, 100) is keys.keys[1]
    assert keys.accepting(1, 100) is None
    assert keys.is_expired(30)
    assert not keys.is_expired(29)
    assert KeyChain((Key(1, b"x", sends=Lifetime(50)),)).sending(0).id == 1


def test_the_end_of_all_keys_is_told() -> None:
    keys = KeyChain((Key(1, b"one", sends=Lifetime(None, 10)),))
    rip = machine(RipInterface("eth0", authenticator=keys), RipInterface("eth1"))
    out = rip.receive(ev.TimePassed(), 30 * S)
    assert [one.kind for one in out if isinstance(one, ev.Happened)] == ["keys expired"]
    assert sent(out, "eth0")


def test_a_password_stands_padded_in_the_first_entry_and_in_no_repr() -> None:
    password = SimplePassword(b"open sesame")
    data = seal(RESPONSE, password, 0, 0)
    assert RipPacket.decode(data).authentication == Password(b"open sesame".ljust(16, b"\0"))
    assert "sesame" not in repr(password)
    assert "sesame" not in repr(Key(1, b"open sesame"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: KeyChain((Key(256, b"x"),)),
        lambda: Key(1, b""),
        lambda: Key(1, bytes(17)),
        lambda: SimplePassword(b""),
        lambda: SimplePassword(bytes(17)),
        lambda: KeyChain(()),
        lambda: KeyChain((Key(1, b"x"), Key(1, b"y"))),
    ],
)
def test_keys_that_cannot_be_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(UsageError):
        make()
