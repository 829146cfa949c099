"""A router's end of the RPKI to Router protocol (RFC 8210), with caches that are well and not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Prefix
from fingerpost.forwarding.durations import SECOND
from fingerpost.rpki.client import State
from fingerpost.rpki.constants import ErrorCode
from fingerpost.rpki.pdu import (
    AspaPdu,
    CacheReset,
    CacheResponse,
    EndOfData,
    ErrorReport,
    Pdu,
    PrefixPdu,
    ResetQuery,
    RouterKey,
    SerialNotify,
    SerialQuery,
    encode,
)
from fingerpost.rpki.serial import is_older
from fingerpost.rpki.validity import Vrp
from rpki.caches import Scripted

ONE = Vrp(Prefix("192.0.2.0/24"), 24, 65001)
TWO = Vrp(Prefix("2001:db8::/32"), 48, 65002)
END = EndOfData(7, 10, 3600, 600, 7200)


def synchronized(*vrps: Vrp, version: int = 1, **settings: int) -> Scripted:
    """A client that was told these."""
    held = Scripted(**settings)
    assert held.connect() == [ResetQuery()]
    told = [PrefixPdu(one) for one in vrps]
    assert held.tell(CacheResponse(7), *told, END, version=version) == []
    assert held.client.state is State.SYNCHRONIZED
    return held


def code_of(sent: list[Pdu]) -> int:
    """The code of the Error Report that was sent."""
    (report,) = sent
    assert isinstance(report, ErrorReport)
    return report.code


def test_nothing_counts_before_end_of_data_and_all_of_it_then() -> None:
    held = Scripted()
    held.connect()
    held.tell(CacheResponse(7), PrefixPdu(ONE), PrefixPdu(TWO), RouterKey(1, bytes(20), 1, b"k"))
    assert held.client.state is State.RECEIVING
    assert not held.client.has_data
    assert len(held.client.vrps) == 0
    held.tell(END)
    assert held.client.vrps.rows() == [tuple(ONE), tuple(TWO)]
    assert (held.client.version, held.client.serial, held.client.router_keys) == (1, 10, 1)
    assert held.client.changes == 1


def test_it_asks_for_what_is_new_by_notify_and_when_it_is_time() -> None:
    held = synchronized(ONE)
    assert held.tell(SerialNotify(7, 10)) == []
    assert held.tell(SerialNotify(7, 11)) == [SerialQuery(7, 10)]
    assert held.tell(SerialNotify(7, 12)) == []  # asked already
    gone = PrefixPdu(ONE, announces=False)
    held.tell(CacheResponse(7), gone, PrefixPdu(TWO), EndOfData(7, 12, 100, 50, 600))
    assert held.client.vrps.rows() == [tuple(TWO)]
    assert held.client.next_deadline() == 100 * SECOND
    assert held.wait() == [SerialQuery(7, 12)]
    held.tell(CacheResponse(7), EndOfData(7, 12, 100, 50, 600))
    assert held.client.changes == 2


def test_a_cache_that_does_not_know_what_is_new_is_asked_for_all() -> None:
    held = synchronized(ONE)
    held.wait()
    assert held.tell(CacheReset()) == [ResetQuery()]
    held.tell(CacheResponse(9), PrefixPdu(TWO), EndOfData(9, 1, 3600, 600, 7200))
    assert held.client.vrps.rows() == [tuple(TWO)]
    assert held.client.session == 9


def test_versions_are_brought_down_to_that_of_the_cache() -> None:
    held = Scripted()
    assert held.connect() == [ResetQuery()]
    assert held.client.version == 2
    report = ErrorReport(ErrorCode.UNSUPPORTED_PROTOCOL_VERSION, b"", "too new")
    held.client.received(encode(report, 0), 0)
    assert held.client.state is State.CONNECT
    assert held.connect() == [ResetQuery()]
    assert held.client.version == 0
    held.tell(CacheResponse(7), PrefixPdu(ONE), EndOfData(7, 1), version=0)
    assert held.client.next_deadline() == 3600 * SECOND
    assert code_of(held.tell(SerialNotify(7, 2), version=1)) == (
        ErrorCode.UNEXPECTED_PROTOCOL_VERSION
    )


def test_what_stands_behind_a_refusal_is_not_of_the_next_connection() -> None:
    """Found by `fuzz/rpki.py`: octets behind an Error Report that opens another connection."""
    held = Scripted()
    held.connect()
    report = ErrorReport(ErrorCode.UNSUPPORTED_PROTOCOL_VERSION, b"", "too new")
    held.client.received(encode(report, 1) + encode(END, 1) + b"\1\4\0\0", 0)
    assert (held.client.state, held.client.errors) == (State.CONNECT, 1)
    assert held.connect() == [ResetQuery()]
    assert held.tell(CacheResponse(7), PrefixPdu(ONE), END) == []
    assert held.client.vrps.rows() == [tuple(ONE)]


def test_notifies_before_the_version_is_agreed_are_passed_over() -> None:
    held = Scripted()
    held.connect()
    assert held.tell(SerialNotify(1, 1), version=0) == []
    assert held.tell(CacheResponse(7), PrefixPdu(ONE), END, version=2) == []
    assert held.client.version == 2


def test_aspas_come_are_replaced_and_go() -> None:
    held = Scripted()
    held.connect()
    told = (AspaPdu(1, (2, 3)), AspaPdu(4, (5,)))
    held.tell(CacheResponse(7), *told, END, version=2)
    assert held.client.aspas == {1: (2, 3), 4: (5,)}
    held.wait()
    told = (AspaPdu(1, (9,)), AspaPdu(4, announces=False))
    held.tell(CacheResponse(7), *told, EndOfData(7, 11, 1, 1, 600), version=2)
    assert held.client.aspas == {1: (9,)}
    held.wait()
    sent = held.tell(CacheResponse(7), AspaPdu(4, announces=False), version=2)
    assert code_of(sent) == ErrorCode.WITHDRAWAL_OF_UNKNOWN_RECORD


def test_what_was_told_is_kept_until_it_expires() -> None:
    held = synchronized(ONE)
    held.client.closed("reset", 0)
    assert held.client.has_data
    for _ in range(40):
        if held.now >= 7200 * SECOND:
            break
        held.wait()
        if held.client.state is State.CONNECT:
            held.client.closed("refused", held.now)
    assert not held.client.has_data
    assert len(held.client.vrps) == 0
    assert held.client.changes == 2
    assert held.client.connections < 30  # they rest longer and longer


def test_a_connection_that_stands_again_is_asked_for_what_is_new() -> None:
    held = synchronized(ONE)
    held.client.closed(None, 0)
    held.now = SECOND
    held.client.pass_time(SECOND)
    assert held.connect() == [SerialQuery(7, 10)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([PrefixPdu(ONE)], ErrorCode.DUPLICATE_ANNOUNCEMENT_RECEIVED),
        ([PrefixPdu(TWO), PrefixPdu(TWO)], ErrorCode.DUPLICATE_ANNOUNCEMENT_RECEIVED),
        ([PrefixPdu(TWO, announces=False)], ErrorCode.WITHDRAWAL_OF_UNKNOWN_RECORD),
    ],
)
def test_contradictions_are_reported_with_the_pdu(told: list[PrefixPdu], code: ErrorCode) -> None:
    held = synchronized(ONE)
    held.wait()
    (report,) = held.tell(CacheResponse(7), *told, EndOfData(7, 11, 3600, 600, 7200))
    assert isinstance(report, ErrorReport)
    assert (report.code, report.erroneous) == (code, encode(told[-1], 1))
    assert held.client.state is State.IDLE
    assert held.client.vrps.rows() == [tuple(ONE)]  # until it expires
    assert held.client.next_deadline() == held.now + 600 * SECOND
    held.wait()
    held.client.connected(held.now)
    assert held.sent() == [ResetQuery()]


def test_another_session_voids_all_that_was_told() -> None:
    held = synchronized(ONE)
    held.wait()
    assert code_of(held.tell(CacheResponse(8))) == ErrorCode.CORRUPT_DATA
    assert not held.client.has_data
    assert held.client.expires_at is None


def test_serial_numbers_begin_anew_after_the_last() -> None:
    assert is_older(0xFFFF_FFFF, 0)
    assert not is_older(0, 0xFFFF_FFFF)
    assert not is_older(5, 5)
    assert not is_older(0, 0x8000_0000)
    held = Scripted()
    held.connect()
    held.tell(CacheResponse(7), EndOfData(7, 0xFFFF_FFFE, 1, 1, 600))
    held.wait()
    held.tell(CacheResponse(7), PrefixPdu(ONE), EndOfData(7, 3, 1, 1, 600))
    assert held.client.serial == 3
    held.wait()
    sent = held.tell(CacheResponse(7), EndOfData(7, 2, 1, 1, 600))
    assert code_of(sent) == ErrorCode.CORRUPT_DATA


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\1\4\0\0\xff\xff\xff\xff", ErrorCode.CORRUPT_DATA),
        (b"\1\4\0\0\0\0\0\7", ErrorCode.CORRUPT_DATA),
        (encode(PrefixPdu(ONE), 1)[:-1].replace(b"\x14", b"\x13", 1), ErrorCode.CORRUPT_DATA),
        (b"\1\5\0\0\0\0\0\x08", ErrorCode.UNSUPPORTED_PDU_TYPE),
        (b"\3\4\0\0\0\0\0\x08", ErrorCode.UNSUPPORTED_PROTOCOL_VERSION),
        (encode(ResetQuery(), 1), ErrorCode.INVALID_REQUEST),
        (encode(CacheResponse(7), 1), ErrorCode.INVALID_REQUEST),
    ],
)
def test_what_cannot_be_ends_the_connection(octets: bytes, code: ErrorCode) -> None:
    held = Scripted()
    held.connect()
    held.tell(CacheResponse(7))
    held.client.received(octets, 0)
    assert code_of(held.sent()) == code
    assert held.client.state is State.IDLE
    assert held.client.errors == 1


def test_error_reports_are_not_answered_whatever_they_are() -> None:
    for octets in (
        encode(ErrorReport(ErrorCode.INTERNAL_ERROR), 1),
        b"\1\x0a\0\0\0\0\0\x09\0",
    ):
        held = synchronized(ONE)
        held.client.received(octets, 0)
        assert held.sent() == []
        assert held.client.state is State.IDLE


def test_a_cache_without_data_is_asked_again_later() -> None:
    held = Scripted()
    held.connect()
    assert held.tell(ErrorReport(ErrorCode.NO_DATA_AVAILABLE)) == []
    assert held.client.state is State.NO_DATA
    assert held.wait() == [ResetQuery()]
    assert held.now == 600 * SECOND
    held.tell(CacheResponse(7), END)
    assert held.client.has_data


def test_a_cache_that_never_ends_is_ended() -> None:
    held = Scripted(records_most=50)
    held.connect()
    held.tell(CacheResponse(7))
    for number in range(60):
        vrp = Vrp(Prefix((number << 8, 24)), 24, 1)
        sent = held.tell(PrefixPdu(vrp))
        if sent:
            break
    assert (number, code_of(sent)) == (50, ErrorCode.INTERNAL_ERROR)


def test_a_cache_that_falls_silent_is_left() -> None:
    held = Scripted()
    held.connect()
    held.wait()
    assert held.client.state is State.IDLE
    assert held.now == 60 * SECOND
    assert held.client.last_error == "silent for 60 s in state Query Sent"


def test_intervals_are_brought_into_their_ranges_unless_an_operator_said_them() -> None:
    held = Scripted()
    held.connect()
    held.tell(CacheResponse(7), EndOfData(7, 1, 0, 0xFFFF_FFFF, 1))
    client = held.client
    assert (client.refresh_ns, client.retry_ns, client.expire_ns) == (
        SECOND,
        7200 * SECOND,
        7200 * SECOND,
    )
    held = synchronized(refresh_ns=5 * SECOND)
    assert held.client.next_deadline() == 5 * SECOND


PDUS = st.sampled_from(
    (
        SerialNotify(7, 11),
        CacheResponse(7),
        CacheResponse(8),
        PrefixPdu(ONE),
        PrefixPdu(TWO),
        PrefixPdu(ONE, announces=False),
        END,
        EndOfData(7, 11, 1, 1, 600),
        CacheReset(),
        ErrorReport(ErrorCode.NO_DATA_AVAILABLE),
        ErrorReport(ErrorCode.UNSUPPORTED_PROTOCOL_VERSION),
        AspaPdu(1, (2,)),
    )
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(PDUS, st.integers(0, 2), st.binary(max_size=3)), max_size=25),
    st.integers(1, 40),
)
def test_whatever_comes_it_goes_on_by_the_clock(
    told: list[tuple[Pdu, int, bytes]], size: int
) -> None:
    held = Scripted()
    held.connect()
    for pdu, version, noise in told:
        octets = encode(pdu, version) + (noise if len(noise) == 3 else b"")
        for at in range(0, len(octets), size):
            held.client.received(octets[at : at + size], held.now)
        held.taken()
        due = held.client.next_deadline()
        assert due is not None
        assert due >= held.now
        if held.client.state in (State.IDLE, State.CONNECT):
            if held.client.state is State.IDLE:
                held.wait(max(due, held.now))
                held.taken()
            if held.client.stream is not None:
                held.client.connected(held.now)
    assert held.client.has_data == (held.client.expires_at is not None)
    assert held.client.has_data or len(held.client.vrps) == 0
