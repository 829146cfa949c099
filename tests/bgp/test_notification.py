"""NOTIFICATION, ROUTE-REFRESH (RFC 4271 4.5, RFC 9003, RFC 8538, RFC 7313)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgp.strategies import families, u8
from fingerpost.bgp.constants import CeaseError
from fingerpost.bgp.family import IPV6
from fingerpost.bgp.packet import (
    MessageError,
    Notification,
    Refresh,
    RouteRefresh,
    decode_body,
    decode_message,
)
from fingerpost.errors import UsageError


@given(st.builds(Notification, u8, u8, st.binary(max_size=300)))
def test_notifications_go_to_bytes_and_back(one: Notification) -> None:
    data = one.encode()
    assert decode_message(data) == one
    assert str(one).isprintable()


@given(st.builds(RouteRefresh, families, u8))
def test_refreshes_go_to_bytes_and_back(one: RouteRefresh) -> None:
    data = one.encode()
    assert decode_message(data) == one
    assert len(data) == 23


def test_the_words_of_a_shutdown_are_read() -> None:
    # RFC 9003 2
    one = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "back at 03:00 \u263e")
    assert one.data[0] == len(one.data) - 1 == 17
    assert one.shutdown_text == "back at 03:00 \u263e"
    assert str(one) == "cease, administrative shutdown: back at 03:00 \u263e"
    assert Notification.shutdown(CeaseError.ADMINISTRATIVE_RESET).data == b""
    with pytest.raises(UsageError):
        Notification.shutdown(CeaseError.COLLISION, "x")


def test_words_that_are_too_long_end_behind_a_whole_letter() -> None:
    one = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "\u263e" * 100)
    assert one.data[0] == len(one.data) - 1 == 255
    one = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "a" + "\u263e" * 100)
    assert one.data[0] == 253
    assert one.shutdown_text == "a" + "\u263e" * 84


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", None),
        (b"\0", None),
        (b"\5ab", "ab"),
        (b"\2a\x1b", "a\ufffd"),
        (b"\2a\xff", "a\ufffd"),
        (b"\1abc", "a"),
    ],
)
def test_words_from_strangers_do_no_harm(data: bytes, text: str | None) -> None:
    assert Notification(6, 2, data).shutdown_text == text
    assert Notification(6, 3, data).shutdown_text is None


def test_a_hard_reset_carries_its_reason() -> None:
    # RFC 8538 3.1
    inner = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "gone")
    one = Notification.hard_reset(inner)
    assert one.is_hard_reset
    assert decode_message(one.encode()) == one
    assert one.inner == inner
    assert str(one) == "cease, hard reset: cease, administrative shutdown: gone"
    assert Notification(6, 9, b"\6").inner is None
    assert inner.inner is None


def test_hard_resets_in_hard_resets_end() -> None:
    assert str(Notification(6, 9, b"\6\x09" * 2000)).startswith("cease, hard reset")


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Notification(1, 2), "message header, bad length"),
        (Notification(4), "hold timer expired"),
        (Notification(5, 3), "finite state machine, in established"),
        (Notification(7, 1), "route refresh message, invalid message length"),
        (Notification(6, 10), "cease, bfd down"),
        (Notification(2, 99), "open message, subcode 99"),
        (Notification(99, 1), "code 99, subcode 1"),
    ],
)
def test_codes_have_names(one: Notification, text: str) -> None:
    assert str(one) == text


def test_a_refresh_of_the_wrong_length_is_quoted_in_full() -> None:
    # RFC 7313 5
    for body in (b"\0\1\1\1\0", b"\0\1\2\1abc", b"\0\1\0", b""):
        whole = b"\xff" * 16 + (19 + len(body)).to_bytes(2, "big") + b"\5" + body
        with pytest.raises(MessageError) as caught:
            decode_message(whole)
        found = caught.value
        assert (found.code, found.subcode, found.data) == (7, 1, whole)
        assert Notification.of(found) == Notification(7, 1, whole)


def test_filters_of_routes_are_kept_and_unknown_subtypes_too() -> None:
    found = decode_body(RouteRefresh.kind, b"\0\2\0\1\1\x80\0\1x")
    assert found == RouteRefresh(IPV6, Refresh.REQUEST, b"\1\x80\0\1x")
    assert RouteRefresh(IPV6, 1).refresh is Refresh.BEGIN
    assert RouteRefresh(IPV6, 9).refresh is None
