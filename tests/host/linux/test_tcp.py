"""TCP of the kernel as BGP needs it: MD5, GTSM, bounds, and every end of a connection."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.tcp_listener import TcpListener
from fingerpost.host.linux.sockets.tcp_security import Md5Key
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings
from fingerpost.host.linux.sockets.tcp_stream import StreamEvent, TcpStream, connect
from fingerpost.host.tcp_connection import Endpoint
from linux.cable import End, cable
from linux.inside import inside
from netns import require_root

A, B = Endpoint(Address("10.0.0.1"), 179), Endpoint(Address("10.0.0.2"), 179)
A6, B6 = Endpoint(Address("2001:db8::1"), 179), Endpoint(Address("2001:db8::2"), 179)
KEY, OTHER = b"correct horse", b"battery staple"


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    pairs = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))
    with cable(*pairs) as both:
        yield both


Opened = list[TcpStream | TcpListener]


@pytest.fixture
def opened() -> Iterator[Opened]:
    made: Opened = []
    yield made
    for one in made:
        one.abort() if isinstance(one, TcpStream) else one.close()


def listen(end: End, at: Endpoint, settings: TcpSettings, opened: Opened) -> TcpListener:
    with inside(end.space):
        listener = TcpListener(at, settings)
    opened.append(listener)
    return listener


def dial(
    end: End, to: Endpoint, settings: TcpSettings, opened: Opened, room: int = 1 << 20
) -> TcpStream:
    with inside(end.space):
        stream = connect(to, settings, room=room)
    opened.append(stream)
    return stream


def pump(*streams: TcpStream, timeout: float = 0.05) -> list[tuple[TcpStream, StreamEvent]]:
    """Look at the descriptors once; give what happened."""
    live = [one for one in streams if not one.is_over]
    read = [one for one in live if one.wants_read]
    write = [one for one in live if one.wants_write]
    readable, writable, _ = select.select(read, write, [], timeout)
    return [
        (one, event)
        for one in live
        for event in one.ready(is_readable=one in readable, is_writable=one in writable)
    ]


def event_of(stream: TcpStream, *others: TcpStream, timeout: float = 3) -> StreamEvent | None:
    """The next event of a stream; None if it has none in time."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        for who, event in pump(stream, *others):
            if who is stream:
                return event
    return None


def accepted(listener: TcpListener, opened: Opened, timeout: float = 3) -> TcpStream | None:
    readable, _, _ = select.select([listener], [], [], timeout)
    if not readable:
        return None
    (stream,) = listener.accept()
    opened.append(stream)
    return stream


def pair(
    ends: tuple[End, End],
    opened: Opened,
    to: Endpoint = B,
    settings: tuple[TcpSettings, TcpSettings] = (TcpSettings(), TcpSettings()),
    room: int = 1 << 20,
) -> tuple[TcpStream, TcpStream]:
    listener = listen(ends[1], to, settings[1], opened)
    left = dial(ends[0], to, settings[0], opened, room)
    assert event_of(left) is StreamEvent.CONNECTED
    right = accepted(listener, opened)
    assert right is not None
    return left, right


def md5(peer: str, key: bytes) -> TcpSettings:
    return TcpSettings(keys=(Md5Key(Prefix(peer), key),))


def read_all(right: TcpStream, count: int, *others: TcpStream) -> bytes:
    data, end = b"", time.monotonic() + 5
    while len(data) < count and time.monotonic() < end:
        pump(right, *others)
        while chunk := right.receive():
            data += chunk
    return data


@pytest.mark.parametrize(
    ("to", "left", "right"),
    [
        (B, TcpSettings(), TcpSettings()),
        (B, md5("10.0.0.2/32", KEY), md5("10.0.0.1/32", KEY)),
        (B, md5("10.0.0.2/32", KEY), md5("10.0.0.0/24", KEY)),  # a key for all of a prefix
        (B6, md5("2001:db8::2/128", KEY), md5("2001:db8::/64", KEY)),
        (B, TcpSettings(hops=1), TcpSettings(hops=1)),
        (B6, TcpSettings(hops=1), TcpSettings(hops=2)),
        (B, TcpSettings(interface="va"), TcpSettings(interface="vb")),
    ],
)
def test_a_session_comes_about_and_carries_bytes(
    ends: tuple[End, End], opened: Opened, to: Endpoint, left: TcpSettings, right: TcpSettings
) -> None:
    near, far = pair(ends, opened, to, (left, right))
    assert far.remote == near.local
    assert near.send(b"open") == 4
    assert read_all(far, 4, near) == b"open"
    assert far.send(b"keepalive") == 9
    assert far.flush() == []
    assert read_all(near, 9, far) == b"keepalive"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (md5("10.0.0.2/32", OTHER), md5("10.0.0.1/32", KEY)),
        (TcpSettings(), md5("10.0.0.1/32", KEY)),
        (md5("10.0.0.2/32", KEY), TcpSettings()),
        (TcpSettings(hop_limit=254), TcpSettings(hops=1)),
        (TcpSettings(hop_limit=1), TcpSettings(hops=2)),
    ],
)
def test_a_wrong_key_or_a_lower_hop_limit_gets_no_answer_rfc_2385_rfc_5082(
    ends: tuple[End, End], opened: Opened, left: TcpSettings, right: TcpSettings
) -> None:
    listener = listen(ends[1], B, right, opened)
    stream = dial(ends[0], B, left, opened)
    assert event_of(stream, timeout=0.4) is None
    assert accepted(listener, opened, timeout=0.1) is None


def test_gtsm_refuses_a_lower_hop_limit_over_ipv6_too(
    ends: tuple[End, End], opened: Opened
) -> None:
    listener = listen(ends[1], B6, TcpSettings(hops=1), opened)
    stream = dial(ends[0], B6, TcpSettings(hop_limit=254), opened)
    assert event_of(stream, timeout=0.4) is None
    assert accepted(listener, opened, timeout=0.1) is None


def test_keys_of_a_listener_come_and_go(ends: tuple[End, End], opened: Opened) -> None:
    key = Md5Key(Prefix("10.0.0.1/32"), KEY)
    listener = listen(ends[1], B, TcpSettings(), opened)
    listener.require_md5(key)
    refused = dial(ends[0], B, TcpSettings(), opened)
    assert event_of(refused, timeout=0.3) is None
    listener.forget_md5(key)
    assert event_of(dial(ends[0], B, TcpSettings(), opened)) is StreamEvent.CONNECTED


def test_link_local_peers_need_their_interface(ends: tuple[End, End], opened: Opened) -> None:
    own = ends[1].interface.interface.link_local()
    assert own is not None
    to = Endpoint(own.address, 179)
    pair_of = (TcpSettings(interface="va", hops=1), TcpSettings(interface="vb", hops=1))
    near, far = pair(ends, opened, to, pair_of)
    near.send(b"x")
    assert read_all(far, 1, near) == b"x"
    with pytest.raises(UsageError, match="is link-local and needs an interface"):
        dial(ends[0], to, TcpSettings(), opened)


def test_the_source_is_bound(ends: tuple[End, End], opened: Opened) -> None:
    listener = listen(ends[1], B, TcpSettings(), opened)
    with inside(ends[0].space):
        stream = connect(B, source=A.address, source_port=17900)
        opened.append(stream)
        with pytest.raises(OSError, match="Cannot assign"):
            connect(B, source=Address("10.0.0.77"))
    assert event_of(stream) is StreamEvent.CONNECTED
    far = accepted(listener, opened)
    assert far is not None
    assert far.remote == Endpoint(A.address, 17900)


def test_a_slow_reader_stops_the_writer_at_its_bound(ends: tuple[End, End], opened: Opened) -> None:
    near, far = pair(ends, opened, room=100_000)
    far.is_reading = False
    taken, blocks = 0, bytes(range(250)) * 400
    while near.send(blocks) == len(blocks):
        taken += len(blocks)
        pump(near)
        assert taken < 100_000_000
    assert near.waiting == 100_000
    assert pump(near, far, timeout=0.1) == []  # the window is shut; nothing is read
    far.is_reading = True
    seen: list[StreamEvent] = []
    got = 0
    end = time.monotonic() + 10
    while StreamEvent.SPACE_FREED not in seen and time.monotonic() < end:
        seen += [event for who, event in pump(near, far) if who is near]
        got += len(far.receive())
    assert seen == [StreamEvent.SPACE_FREED]
    assert near.waiting <= 50_000


def test_both_ends_finish_in_order(ends: tuple[End, End], opened: Opened) -> None:
    near, far = pair(ends, opened)
    near.send(b"last words")
    assert near.close() == []
    with pytest.raises(UsageError, match="is closed"):
        near.send(b"more")
    assert read_all(far, 10, near) == b"last words"
    assert event_of(far, near) is StreamEvent.ENDED
    assert not far.is_over
    assert far.close() == [StreamEvent.CLOSED]
    assert event_of(near) is StreamEvent.ENDED
    assert near.is_over


def test_a_reset_is_told_and_its_error_kept(ends: tuple[End, End], opened: Opened) -> None:
    near, far = pair(ends, opened)
    far.abort()
    far.abort()
    assert event_of(near) is StreamEvent.RESET
    assert near.error is not None
    assert near.receive() == b""
    assert near.ready(is_readable=True, is_writable=True) == []


def test_nobody_there_is_a_refusal_and_no_way_is_unreachable(
    ends: tuple[End, End], opened: Opened
) -> None:
    nobody = dial(ends[0], Endpoint(B.address, 180), TcpSettings(), opened)
    assert event_of(nobody) is StreamEvent.REFUSED
    with pytest.raises(OSError, match=r"ENETUNREACH connecting to 192\.0\.2\.1:179"):
        dial(ends[0], Endpoint(Address("192.0.2.1"), 179), TcpSettings(), opened)


def test_a_taken_port_says_which(ends: tuple[End, End], opened: Opened) -> None:
    listen(ends[1], B, TcpSettings(), opened)
    with pytest.raises(OSError, match=r"TCP 10\.0\.0\.2:179: Address already in use"):
        listen(ends[1], B, TcpSettings(), opened)


def test_tcp_ao_is_refused_not_left_out(ends: tuple[End, End], opened: Opened) -> None:
    with pytest.raises(UsageError, match=r"TCP-AO .*; use TCP-MD5 keys"):
        dial(ends[0], B, TcpSettings(ao=True), opened)


@pytest.mark.parametrize(
    "wrong",
    [
        partial(Md5Key, Prefix("10.0.0.0/8"), b""),
        partial(Md5Key, Prefix("10.0.0.0/8"), bytes(81)),
        partial(TcpSettings, hops=1, hop_limit=3),
    ],
)
def test_what_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        wrong()


def test_gtsm_with_a_peer_too_far_is_refused(ends: tuple[End, End], opened: Opened) -> None:
    for hops in (0, 255):
        with pytest.raises(UsageError, match="expected 1 to 254"):
            dial(ends[0], B, TcpSettings(hops=hops), opened)


def test_a_key_is_not_printed() -> None:
    assert "horse" not in repr(Md5Key(Prefix("10.0.0.0/8"), KEY))
