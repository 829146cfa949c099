"""OPEN and its capabilities (RFC 4271 4.2, 6.2, RFC 5492, RFC 9072)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgp.strategies import capabilities, opens
from fingerpost.bgp.constants import AS_TRANS
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.packet import MessageError, Open, decode_message
from fingerpost.bgp.packet import capabilities as of
from fingerpost.bgp.packet.header import encode_header
from fingerpost.errors import UsageError

FIXED = bytes.fromhex("04 fde8 005a 01010101")  # of AS 65000, 90 s


def fault(body: bytes) -> tuple[int, int, bytes]:
    """Code, subcode and data of the NOTIFICATION."""
    with pytest.raises(MessageError) as caught:
        Open.decode_body(body)
    assert caught.value.section is not None
    return caught.value.code, caught.value.subcode, caught.value.data


@given(opens())
def test_opens_go_to_bytes_and_back(one: Open) -> None:
    data = one.encode()
    assert decode_message(data) == one
    assert decode_message(data).encode() == data


@given(st.lists(capabilities(), max_size=40))
def test_what_we_send_takes_the_extended_form_when_it_has_to(
    given: list[of.Capability],
) -> None:
    made = Open.of(4_200_000_000, 90, 1, given)
    length = sum(len(of.encode_capability(one)) for one in given)
    assert made.is_extended is (length + 2 > 255)
    assert made.my_as == AS_TRANS
    assert made.capabilities == tuple(given)
    assert decode_message(made.encode()) == made


def test_the_as_number_is_that_of_the_capability() -> None:
    # RFC 6793 4.1
    assert Open.of(70_000, 90, 1, [of.As4(70_000)]).asn == 70_000
    assert Open.of(65_000, 90, 1).asn == 65_000


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        pytest.param(b"\3" + FIXED[1:] + b"\0", (2, 1, b"\0\4"), id="version"),
        pytest.param(b"\4\0\0" + FIXED[3:] + b"\0", (2, 2, b""), id="AS 0, RFC 7607"),
        pytest.param(FIXED[:5] + bytes(4) + b"\0", (2, 3, b""), id="identifier 0, RFC 6286"),
        pytest.param(FIXED[:3] + b"\0\1" + FIXED[5:] + b"\0", (2, 6, b""), id="hold time 1"),
        pytest.param(FIXED[:3] + b"\0\2" + FIXED[5:] + b"\0", (2, 6, b""), id="hold time 2"),
        pytest.param(FIXED + b"\2\1\0", (2, 4, b""), id="parameter 1"),
        pytest.param(FIXED + b"\x05\xff\0\2\xff\0", (2, 0, b""), id="extended, length wrong"),
        pytest.param(FIXED + b"\xff\xff\0\3\xff\0\0", (2, 4, b""), id="255 inside, RFC 9072 2"),
        pytest.param(FIXED + b"\5\2\4\1\3\0\1\0", (2, 0, b""), id="parameters too short"),
        pytest.param(FIXED + b"\7\2\5\1\3\0\1\0", (2, 0, b""), id="multiprotocol of 3 octets"),
        pytest.param(FIXED + b"\4\2\2\1\4", (2, 0, b""), id="capability cut short"),
        pytest.param(FIXED + b"\6\2\4\x41\2\0\1", (2, 0, b""), id="AS of two octets"),
        pytest.param(FIXED + b"\x08\2\6\x41\4" + bytes(4), (2, 2, b""), id="AS 0 in As4"),
        pytest.param(FIXED + b"\x08\2\6\x09\1\0\x09\1\3", (2, 11, b""), id="two roles, RFC 9234"),
        pytest.param(FIXED + b"\5\2\3\x06\1\0", (2, 0, b""), id="extended message with a value"),
        pytest.param(FIXED, (2, 0, b""), id="no length of parameters"),
    ],
)
def test_what_cannot_be_is_answered(body: bytes, numbers: tuple[int, int, bytes]) -> None:
    assert fault(body) == numbers


def test_the_same_role_twice_is_one() -> None:
    # RFC 9234 4.1
    assert Open.decode_body(FIXED + b"\x08\2\6\x09\1\3\x09\1\3").role == 3


def test_what_nobody_knows_is_kept() -> None:
    # RFC 5492 3
    found = Open.decode_body(FIXED + b"\6\2\4\xc8\2\1\2")
    assert found.capabilities == (of.UnknownCapability(200, b"\1\2"),)


def test_words_that_are_broken_cost_nothing() -> None:
    found = Open.decode_body(FIXED + b"\5\2\3\x49\1\x09")
    assert found.capabilities == (of.UnknownCapability(73, b"\x09"),)


def test_the_extended_form_may_say_any_length_first() -> None:
    # RFC 9072 2: the length of the other form is not looked at
    inner = b"\2\0\6\1\4\0\1\0\1"
    for first in (1, 9, 255):
        found = Open.decode_body(FIXED + bytes((first, 255)) + b"\0\x09" + inner)
        assert found.is_extended
        assert found.capabilities == (of.Multiprotocol(IPV4),)


def test_no_parameters_may_follow_a_length_of_none() -> None:
    assert fault(FIXED + b"\0\xff\0\0") == (2, 0, b"")


def test_capabilities_are_the_octets_of_their_rfcs() -> None:
    hexes: dict[of.Capability, str] = {
        of.Multiprotocol(IPV6): "0104 0002 00 01",
        of.RouteRefreshCapability(): "0200",
        of.ExtendedNextHop((of.NextHopFamily(IPV4, 2),)): "0506 0001 0001 0002",
        of.ExtendedMessage(): "0600",
        of.RoleCapability(3): "0901 03",
        of.GracefulRestart(120, (of.Restarting(IPV4, True),), True, True): "4006 c078 0001 01 80",
        of.As4(70_000): "4104 00011170",
        of.AddPath((of.AddPathFamily(IPV4, 3),)): "4504 0001 01 03",
        of.EnhancedRouteRefresh(): "4600",
        of.LongLivedGracefulRestart((of.LongLived(IPV4, False, 3600),)): "4707 0001 01 00 000e10",
        of.Fqdn(b"r1", b"example"): "490b 02 7231 07 6578616d706c65",
        of.SoftwareVersion(b"x/1"): "4b04 03 782f31",
    }
    for one, text in hexes.items():
        assert of.encode_capability(one) == bytes.fromhex(text)


def test_a_mode_that_is_none_is_ignored() -> None:
    # RFC 7911 4
    for mode, receives, sends in ((0, 0, 0), (1, 1, 0), (2, 0, 1), (3, 1, 1), (7, 0, 0)):
        one = of.AddPathFamily(IPV4, mode)
        assert (one.receives, one.sends) == (bool(receives), bool(sends))


def test_names_cannot_write_on_a_terminal() -> None:
    assert str(of.Fqdn(b"r1\x1b[2J", b"\xffa")) == "r1\ufffd[2J.\ufffda"
    assert str(of.SoftwareVersion(b"a\nb")) == "a\ufffdb"


def test_what_does_not_fit_is_refused() -> None:
    for one in (of.As4(1 << 32), of.Fqdn(b"x" * 256), of.Multiprotocol(Family(1, 256))):
        with pytest.raises(UsageError):
            of.encode_capability(one)
    with pytest.raises(UsageError):
        Open(1, 90, 1, ((of.UnknownCapability(200, bytes(255)),),)).encode()


def test_the_whole_message_is_framed() -> None:
    assert Open(65_000, 90, 0x01010101).encode() == encode_header(Open.kind, FIXED + b"\0")
