"""TCP of the kernel as BGP needs it: keys, GTSM, and every end of a connection."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.tcp_listener import TcpListener
from fingerpost.host.linux.sockets.tcp_security import Md5Key
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings
from fingerpost.host.linux.sockets.tcp_stream import TcpStream, connect, reason_of
from fingerpost.host.tcp_connection import Endpoint
from fingerpost.protocol.events import StreamOptions
from linux.cable import End, cable
from linux.inside import inside
from netns import require_root

A, B = Endpoint(Address("10.0.0.1"), 179), Endpoint(Address("10.0.0.2"), 179)
A6, B6 = Endpoint(Address("2001:db8::1"), 179), Endpoint(Address("2001:db8::2"), 179)
KEY, OTHER = b"correct horse", b"battery staple"
ANYBODY = StreamOptions()
NEAR = StreamOptions(255, 255)


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


Peers = Mapping[str, StreamOptions]


def listen(
    end: End,
    at: Endpoint,
    opened: Opened,
    interface: str | None = None,
    peers: Peers = MappingProxyType({}),
) -> TcpListener:
    with inside(end.space):
        listener = TcpListener(at, interface)
    opened.append(listener)
    assert listener.set_peers([(Prefix(peer), one) for peer, one in peers.items()]) == []
    return listener


def dial(end: End, to: Endpoint, opened: Opened, settings: TcpSettings) -> TcpStream:
    with inside(end.space):
        stream = connect(to, settings)
    opened.append(stream)
    return stream


def stands(stream: TcpStream, timeout: float = 3) -> bool:
    """Whether a connection comes to stand in time; it may also end."""
    _, writable, _ = select.select([], [stream], [], timeout)
    return bool(writable) and stream.finish_connecting()


def accepted(listener: TcpListener, opened: Opened, timeout: float = 3) -> TcpStream | None:
    readable, _, _ = select.select([listener], [], [], timeout)
    found = listener.receive(4) if readable else None
    if not found:
        return None
    (stream,) = found
    assert isinstance(stream, TcpStream), stream
    opened.append(stream)
    return stream


def pair(
    ends: tuple[End, End],
    opened: Opened,
    to: Endpoint = B,
    settings: TcpSettings | None = None,
    interface: str | None = None,
    peers: Peers = MappingProxyType({}),
) -> tuple[TcpStream, TcpStream]:
    listener = listen(ends[1], to, opened, interface, peers)
    left = dial(ends[0], to, opened, settings or TcpSettings())
    assert stands(left)
    right = accepted(listener, opened)
    assert right is not None
    return left, right


def md5(peer: str, key: bytes) -> TcpSettings:
    return TcpSettings(keys=(Md5Key(Prefix(peer), key),))


def read(stream: TcpStream, count: int) -> bytes:
    data, end = b"", time.monotonic() + 5
    while len(data) < count and time.monotonic() < end:
        select.select([stream], [], [], 0.1)
        data += stream.receive() or b""
    return data


def end_of(stream: TcpStream) -> str | None:
    """What ends it, once all is read; "goes on" if nothing does."""
    end = time.monotonic() + 3
    while time.monotonic() < end:
        select.select([stream], [], [], 0.1)
        if stream.receive() == b"":
            return None if stream.error is None else reason_of(stream.error)
    return "goes on"


def only(listener: TcpListener) -> TcpStream | UsageError | OSError:
    found = listener.receive(4)
    assert found is not None
    (one,) = found
    return one


def near(least: int, interface: str | None = None) -> TcpSettings:
    return TcpSettings(interface, hop_limit=255, least_hop_limit=least)


@pytest.mark.parametrize(
    ("to", "left", "interface", "peer", "options"),
    [
        (B, TcpSettings(), None, "10.0.0.1/32", ANYBODY),
        (B, md5("10.0.0.2/32", KEY), None, "10.0.0.1/32", StreamOptions(md5=KEY)),
        (B, md5("10.0.0.2/32", KEY), None, "10.0.0.0/24", StreamOptions(md5=KEY)),
        (B6, md5("2001:db8::2/128", KEY), None, "2001:db8::/64", StreamOptions(md5=KEY)),
        (B, near(255), None, "10.0.0.1/32", NEAR),
        (B6, near(255), None, "2001:db8::1/128", StreamOptions(255, 254)),
        (B, near(255, "va"), "vb", "10.0.0.1/32", ANYBODY),
    ],
)
def test_a_session_comes_about_and_carries_octets(
    ends: tuple[End, End],
    opened: Opened,
    to: Endpoint,
    left: TcpSettings,
    interface: str | None,
    peer: str,
    options: StreamOptions,
) -> None:
    listener = listen(ends[1], to, opened, interface, {peer: options})
    stream = dial(ends[0], to, opened, left)
    assert stands(stream)
    far = accepted(listener, opened)
    assert far is not None
    if left.least_hop_limit is not None:
        far.limit_hops(255, options.least_hop_limit)  # GTSM has to be on at both ends
    assert far.remote == stream.local
    stream.send(b"open")
    assert read(far, 4) == b"open"
    far.send(b"keepalive")
    assert read(stream, 9) == b"keepalive"
    assert (stream.sent, stream.received, stream.waiting) == (4, 9, 0)


@pytest.mark.parametrize(
    ("left", "options"),
    [
        (md5("10.0.0.2/32", OTHER), StreamOptions(md5=KEY)),
        (TcpSettings(), StreamOptions(md5=KEY)),
        (md5("10.0.0.2/32", KEY), ANYBODY),
    ],
)
def test_a_wrong_key_gets_no_answer_rfc_2385_2(
    ends: tuple[End, End], opened: Opened, left: TcpSettings, options: StreamOptions
) -> None:
    listener = listen(ends[1], B, opened, peers={"10.0.0.0/24": options})
    stream = dial(ends[0], B, opened, left)
    assert not stands(stream, timeout=0.3)
    assert accepted(listener, opened, timeout=0.05) is None


@pytest.mark.parametrize(
    ("to", "hop_limit", "least", "peer"),
    [(B, 254, 255, "10.0.0.1/32"), (B, 1, 254, "10.0.0.0/8"), (B6, 254, 255, "2001:db8::/32")],
)
def test_who_is_too_far_is_turned_away_before_anybody_hears_of_it_rfc_5082_3(
    ends: tuple[End, End], opened: Opened, to: Endpoint, hop_limit: int, least: int, peer: str
) -> None:
    listener = listen(ends[1], to, opened, peers={peer: StreamOptions(255, least)})
    stream = dial(ends[0], to, opened, TcpSettings(hop_limit=hop_limit))
    select.select([listener], [], [], 3)
    told = only(listener)
    assert isinstance(told, UsageError)
    assert f"came with hop limit {hop_limit}, at least {least} was expected" in str(told)
    assert end_of(stream) == "reset"


def test_the_longest_prefix_says_what_is_required_of_a_peer(
    ends: tuple[End, End], opened: Opened
) -> None:
    peers = {"10.0.0.0/8": StreamOptions(255, 255), "10.0.0.1/32": ANYBODY}
    left, right = pair(ends, opened, settings=TcpSettings(hop_limit=3), peers=peers)
    left.send(b"x")
    assert read(right, 1) == b"x"


def test_a_peer_that_requires_nearness_hears_a_listener_that_requires_none_rfc_5082_3(
    ends: tuple[End, End], opened: Opened
) -> None:
    pair(ends, opened, settings=near(255))


def test_keys_of_a_listener_come_change_and_go(ends: tuple[End, End], opened: Opened) -> None:
    peer = Prefix("10.0.0.1/32")
    listener = listen(ends[1], B, opened)
    for key in (KEY, OTHER):
        assert listener.set_peers([(peer, StreamOptions(md5=key))]) == []
        assert not stands(dial(ends[0], B, opened, TcpSettings()), timeout=0.2)
        assert stands(dial(ends[0], B, opened, md5("10.0.0.2/32", key)))
    assert listener.set_peers([(peer, ANYBODY)]) == []
    assert stands(dial(ends[0], B, opened, TcpSettings()))


def test_what_cannot_be_asked_of_a_peer_is_said_and_it_is_turned_away(
    ends: tuple[End, End], opened: Opened
) -> None:
    listener = listen(ends[1], B, opened)
    faults = listener.set_peers(
        [
            (Prefix("10.0.0.1/32"), StreamOptions(md5=bytes(81))),
            (Prefix("10.0.0.8/32"), StreamOptions(md5=b"")),
            (Prefix("10.0.0.9/32"), StreamOptions(hop_limit=0)),
            (Prefix("10.9.0.0/16"), StreamOptions(md5=KEY)),
            (Prefix("10.9.0.1/32"), ANYBODY),
        ]
    )
    said = sorted(map(str, faults))
    assert [one.partition(":")[0] for one in said[:3]] == [
        "10.0.0.1/32",
        "10.0.0.8/32",
        "10.0.0.9/32",
    ]
    assert "has 81 bytes" in said[0]
    assert "has 0 bytes" in said[1]
    assert "hop limit 0" in said[2]
    assert said[3] == "10.9.0.1/32 has no TCP-MD5 key, and needs that of 10.9.0.0/16"
    stream = dial(ends[0], B, opened, TcpSettings())
    select.select([listener], [], [], 3)
    told = only(listener)
    assert "what is asked of 10.0.0.1/32 cannot be" in str(told)
    assert end_of(stream) == "reset"


def test_link_local_peers_need_their_interface(ends: tuple[End, End], opened: Opened) -> None:
    own = ends[1].interface.interface.link_local()
    assert own is not None
    to = Endpoint(own.address, 179)
    left, right = pair(ends, opened, to, near(255, "va"), "vb", {"fe80::/10": NEAR})
    with inside(ends[1].space):
        assert (right.local.address.zone, right.remote.address.is_link_local) == ("vb", True)
    left.send(b"x")
    assert read(right, 1) == b"x"
    with pytest.raises(UsageError, match="is link-local and needs an interface"):
        dial(ends[0], to, opened, TcpSettings())


def test_the_source_is_bound(ends: tuple[End, End], opened: Opened) -> None:
    listener = listen(ends[1], B, opened)
    with inside(ends[0].space):
        stream = connect(B, source=A.address, source_port=17900)
        opened.append(stream)
        with pytest.raises(OSError, match="Cannot assign"):
            connect(B, source=Address("10.0.0.77"))
    assert stands(stream)
    far = accepted(listener, opened)
    assert far is not None
    assert far.remote == Endpoint(A.address, 17900)


def test_packets_have_precedence_six_and_go_at_once(ends: tuple[End, End], opened: Opened) -> None:
    for stream in pair(ends, opened):
        with socket.socket(fileno=socket.dup(stream.fileno())) as same:
            assert same.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 0xC0
            assert same.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_what_a_slow_reader_leaves_waits_uncopied_and_in_order(
    ends: tuple[End, End], opened: Opened
) -> None:
    left, right = pair(ends, opened)
    blocks = [bytes([number % 251]) * 100_000 for number in range(200)]
    for block in blocks:
        left.send(block)
    assert left.waiting > 1_000_000
    assert left.sent + left.waiting == 20_000_000
    got, end = bytearray(), time.monotonic() + 20
    while len(got) < 20_000_000 and time.monotonic() < end:
        select.select([right], [left] if left.waiting else [], [], 0.1)
        left.flush()
        got += right.receive() or b""
    assert got == b"".join(blocks)
    assert (left.waiting, left.sent) == (0, 20_000_000)


def test_an_end_in_order_is_told_after_what_came_before_it(
    ends: tuple[End, End], opened: Opened
) -> None:
    left, right = pair(ends, opened)
    left.send(b"last words")
    left.finish()
    assert read(right, 10) == b"last words"
    assert end_of(right) is None
    right.finish()
    assert end_of(left) is None


def test_a_reset_is_told_after_what_came_before_it(ends: tuple[End, End], opened: Opened) -> None:
    left, right = pair(ends, opened)
    right.send(b"bad message")
    select.select([left], [], [], 3)
    right.abort()
    right.abort()
    end = time.monotonic() + 3
    while left.error is None and time.monotonic() < end:
        left.send(b"more")  # which finds the connection broken
    assert left.receive() == b"bad message"
    assert end_of(left) == "reset"
    left.send(b"too late")
    assert left.waiting == 0


def test_nobody_there_is_a_refusal_and_no_way_is_unreachable(
    ends: tuple[End, End], opened: Opened
) -> None:
    nobody = dial(ends[0], Endpoint(B.address, 180), opened, TcpSettings())
    assert end_of(nobody) == "refused"
    with pytest.raises(OSError, match=r"connecting to 192\.0\.2\.1:179") as told:
        dial(ends[0], Endpoint(Address("192.0.2.1"), 179), opened, TcpSettings())
    assert reason_of(told.value) == "unreachable"


def test_a_taken_port_says_which(ends: tuple[End, End], opened: Opened) -> None:
    listen(ends[1], B, opened)
    with pytest.raises(OSError, match=r"Address already in use: TCP 10\.0\.0\.2:179"):
        listen(ends[1], B, opened)


def test_no_room_for_another_connection_is_said(
    ends: tuple[End, End], opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listen(ends[1], B, opened)
    dial(ends[0], B, opened, TcpSettings())
    select.select([listener], [], [], 3)
    full = OSError(24, "Too many open files")
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "accept", partial(_fail, full))
        assert listener.receive(4) == [full]
    assert accepted(listener, opened) is not None


def _fail(error: OSError) -> None:
    raise error


@pytest.mark.parametrize(
    "wrong",
    [
        partial(Md5Key, Prefix("10.0.0.0/8"), b""),
        partial(Md5Key, Prefix("10.0.0.0/8"), bytes(81)),
        partial(TcpSettings, hop_limit=0),
        partial(TcpSettings, least_hop_limit=256),
    ],
)
def test_what_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        wrong()


def test_a_key_is_not_printed() -> None:
    assert "horse" not in repr(Md5Key(Prefix("10.0.0.0/8"), KEY))
