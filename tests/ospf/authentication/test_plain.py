"""No authentication and simple passwords (RFC 2328 D.1, D.2), and what cannot be configured."""

from __future__ import annotations

import pytest

from fingerpost.errors import UsageError
from fingerpost.ospf.authentication import (
    Authentication,
    Check,
    KeyChain,
    PasswordChain,
    SimplePassword,
    check,
    make,
)
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.protocol.lifetimes import Lifetime
from fingerpost.wire.checksum import checksum
from ospf.authentication.packets import (
    ACKNOWLEDGMENT,
    DESCRIPTION,
    HELLO,
    LLS,
    ROUTER,
    UPDATE,
    V4,
    V6,
    chain,
    v2,
    v3,
)

ONE = SimplePassword(b"one", sends=Lifetime(None, 10), accepts=Lifetime(None, 20))
TWO = SimplePassword(b"twotwo22", sends=Lifetime(5), accepts=Lifetime(0, 40))


def is_summed(packet: bytes) -> bool:
    """Whether the checksum is right, which leaves the authentication data out (RFC 2328 A.3.1)."""
    return checksum(packet[:16] + packet[24:]) == 0


@pytest.mark.parametrize(("version", "packet"), [(2, v2()), (3, v3()), (2, v2(UPDATE))])
def test_without_authentication_a_packet_is_as_it_was(version: int, packet: bytes) -> None:
    ours = make(None, version)
    assert ours.sign(packet, V4, 0) == packet
    assert str(ours.verify(packet, V4, 0)) == "ok"
    assert ours.overhead == 0
    assert not ours.covers_checksum
    assert not ours.is_expired(0)
    assert ours.summary(0) == {"kind": "none"}
    ours.forget(ROUTER, V4)
    assert ours.heard(ROUTER, V4) == {}


def test_an_lls_block_is_what_follows_where_one_is_announced() -> None:  # RFC 5613 2.1
    for version, packet in ((2, v2(lls=LLS)), (3, v3(lls=LLS))):
        assert make(None, version).verify(packet, V6, 0).lls == LLS
    for version, packet in ((2, v2() + LLS), (3, v3() + LLS), (3, v3(UPDATE) + LLS)):
        assert make(None, version).verify(packet, V6, 0).lls == b""
    signed = make(ONE, 2).sign(v2(lls=LLS), V4, 0)
    assert make(ONE, 2).verify(signed, V4, 0).lls == LLS


@pytest.mark.parametrize("kind", [HELLO, DESCRIPTION])
def test_other_options_announce_nothing(kind: int) -> None:
    old = v2(kind, options=0xEF) + LLS  # all but L
    assert make(None, 2).verify(old, V4, 0).lls == b""
    new = v3(kind, options=0xFFF9FF) + LLS  # all but L and AT, which stand beside AF
    assert str(make(None, 3).verify(new, V6, 0)) == "ok"
    assert make(None, 3).verify(new, V6, 0).lls == b""


@pytest.mark.parametrize("version", [2, 3])
def test_a_packet_may_be_a_header_alone(version: int) -> None:  # an acknowledgment of nothing
    header = {2: v2(ACKNOWLEDGMENT)[:24], 3: v3(ACKNOWLEDGMENT)[:16]}[version]
    alone = header[:2] + len(header).to_bytes(2, "big") + header[4:]
    for settings in (None, chain()):
        signed = make(settings, version).sign(alone, V6, 0)
        assert str(make(settings, version).verify(signed, V6, 0)) == "ok"
        short = signed[:2] + (len(header) - 1).to_bytes(2, "big") + signed[4:]
        assert make(settings, version).verify(short, V6, 0).check is Check.LENGTH


def test_who_authenticates_is_refused_where_we_do_not() -> None:
    words = []
    for theirs in (ONE, chain(), KeyChain(chain().keys, extended=True)):
        signed = make(theirs, 2).sign(v2(), V4, 0)
        words.append(str(make(None, 2).verify(signed, V4, 0)))
    assert words == [
        "authentication kind: theirs simple password (type 1), ours none (type 0)",
        "authentication kind: theirs keyed digest (type 2), ours none (type 0)",
        "authentication kind: theirs keyed digest with 64-bit numbers (type 3), ours none (type 0)",
    ]
    unknown = v2()[:15] + b"\x63" + v2()[16:]
    assert "theirs unknown (type 99)" in str(make(None, 2).verify(unknown, V4, 0))


@pytest.mark.parametrize("password", [b"x", b"secret", b"12345678"])
@pytest.mark.parametrize("instance", [0, 7])
def test_a_password_stands_in_the_header_and_the_checksum_leaves_it_out(
    password: bytes, instance: int
) -> None:  # RFC 2328 D.4.2
    plain = v2()[:12] + b"\0\0" + bytes((instance, 0)) + v2()[16:]
    check_field = checksum(plain[:16] + plain[24:]).to_bytes(2, "big")
    plain = plain[:12] + check_field + plain[14:]
    assert is_summed(plain)
    ours = make(SimplePassword(password), 2)
    signed = ours.sign(plain, V4, 0)
    assert is_summed(signed)
    assert signed[14:24] == bytes((instance, 1)) + password.ljust(8, b"\0")
    assert signed[24:] == plain[24:]
    assert ours.verify(signed, V4, 0).is_ok
    assert ours.overhead == 0
    assert not ours.covers_checksum
    assert ours.summary(0) == {"kind": "simple password"}


@pytest.mark.parametrize(
    ("now", "sends", "believes"),
    [
        (0, b"one", [b"one", b"twotwo22"]),
        (5, b"twotwo22", [b"one", b"twotwo22"]),
        (20, b"twotwo22", [b"twotwo22"]),
        (99, b"twotwo22", [b"twotwo22"]),  # the last one goes on
    ],
)
def test_one_password_is_sent_and_several_are_believed(
    now: int, sends: bytes, believes: list[bytes]
) -> None:
    ours = make(PasswordChain((ONE, TWO)), 2)
    assert ours.sign(v2(), V4, now)[16:24].rstrip(b"\0") == sends
    found = [
        one
        for one in (b"one", b"two", b"twotwo22")
        if ours.verify(make(SimplePassword(one), 2).sign(v2(), V4, now), V4, now).is_ok
    ]
    assert found == believes
    assert ours.is_expired(now) is False


def test_another_password_is_refused_and_neither_is_told() -> None:
    signed = make(SimplePassword(b"three"), 2).sign(v2(), V4, 0)
    words = str(make(ONE, 2).verify(signed, V4, 0))
    assert words == "authentication password: theirs a password of 5 bytes, ours another"
    late = SimplePassword(b"late", accepts=Lifetime(10))
    early = make(late, 2).sign(v2(), V4, 0)
    verdict = make(late, 2).verify(early, V4, 0)
    assert verdict.ours == "none whose time it is"
    assert verdict.as_dict() == {
        "check": "password",
        "theirs": "a password of 4 bytes",
        "ours": "none whose time it is",
        "hint": "",
    }


def test_who_sends_no_password_is_refused() -> None:
    words = str(make(ONE, 2).verify(v2(), V4, 0))
    assert words == "authentication kind: theirs none (type 0), ours simple password (type 1)"


@pytest.mark.parametrize("settings", [None, ONE])
def test_a_packet_that_is_not_all_there_is_refused(settings: SimplePassword | None) -> None:
    whole = make(settings, 2).sign(v2(), V4, 0)
    for end in range(len(whole)):
        assert make(settings, 2).verify(whole[:end], V4, 0).check is Check.LENGTH
    short = whole[:2] + b"\0\x17" + whole[4:]
    assert str(make(settings, 2).verify(short, V4, 0)) == (
        "authentication length: theirs 23 bytes, 44 came, ours at least 24, all of them"
    )
    assert make(None, 3).verify(v3()[:15], V6, 0).check is Check.LENGTH


def test_secrets_are_in_no_repr() -> None:
    settings = (SimplePassword(b"sesame"), chain(secret=b"sesame"), PasswordChain((ONE,)))
    assert not any("sesame" in repr(one) or "one'" in repr(one) for one in settings)


MD5 = Key(1, b"x")
SHA = Algorithm.HMAC_SHA_256


@pytest.mark.parametrize(
    ("settings", "version", "words"),
    [
        (ONE, 3, "OSPFv3 has no passwords in the clear"),
        (PasswordChain((ONE,)), 3, "OSPFv3 has no passwords in the clear"),
        (KeyChain((Key(256, b"x"),)), 2, "OSPFv2 key id is 256, expected 0 to 255"),
        (KeyChain((Key(65536, b"x", SHA),)), 3, "OSPFv3 key id is 65536, expected 0 to 65535"),
        (KeyChain((MD5,)), 3, "key 1 is keyed-md5, expected an HMAC for OSPFv3"),
        (KeyChain((MD5,), extended=True), 2, "key 1 is keyed-md5, expected an HMAC for 64-bit"),
    ],
)
def test_what_a_version_has_no_room_for_is_refused(
    settings: Authentication, version: int, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        check(settings, version)
    with pytest.raises(UsageError, match=words):
        make(settings, version)


def test_what_a_version_has_room_for_is_not() -> None:
    for settings, version in (
        (None, 2),
        (None, 3),
        (ONE, 2),
        (KeyChain((Key(255, b"x"),)), 2),
        (KeyChain((Key(65535, b"x", SHA),)), 3),
        (KeyChain((Key(0xFFFFFFFF, b"x", SHA),), extended=True), 2),
    ):
        check(settings, version)


@pytest.mark.parametrize(
    ("make_it", "words"),
    [
        (lambda: SimplePassword(b""), "an ospf password has 0 bytes, expected 1 to 8"),
        (lambda: SimplePassword(bytes(9)), "an ospf password has 9 bytes, expected 1 to 8"),
        (lambda: KeyChain(()), r"ospf key ids are \[\], expected at least one"),
        (lambda: KeyChain((MD5, MD5)), r"ospf key ids are \[1, 1\]"),
        (lambda: KeyChain((Key(-1, b"x"),)), "ospf key id is -1, expected 0 to 4294967295"),
        (lambda: KeyChain((Key(1 << 32, b"x"),)), "ospf key id is 4294967296"),
    ],
)
def test_what_no_version_has_room_for_is_refused_at_once(make_it: object, words: str) -> None:
    assert callable(make_it)
    with pytest.raises(UsageError, match=words):
        make_it()
