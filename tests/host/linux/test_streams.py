"""TCP streams of protocols on Linux, from what an instance asks to what it is told."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from random import Random

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.protocol.ao_keys import AoKey
from fingerpost.protocol.events import (
    CloseStream,
    ListenStream,
    OpenStream,
    Output,
    SendStream,
    StopListeningStream,
    StreamOptions,
)
from fingerpost.router import ConfigurationChanged, ProtocolConfig, RouterConfig
from linux.cable import End, cable, wait
from linux.inside import inside
from linux.stand import Stand, standing
from linux.test_tcp_ao import has_ao
from netns import require_root
from talker import Talker, say, talkers, talking

__all__ = ["talkers"]

A, B = Address("10.0.0.1"), Address("10.0.0.2")
KEY = StreamOptions(md5=b"correct horse")
MS = 1_000_000

pytestmark = pytest.mark.usefixtures("talkers")


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    pairs = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))
    with cable(*pairs) as both:
        yield both


def config(**protocols: ProtocolConfig) -> RouterConfig:
    return RouterConfig(protocols=protocols)


@pytest.fixture
def both(ends: tuple[End, End]) -> Iterator[tuple[Stand, Stand]]:
    with (
        standing(ends[0].space, config(talk=talking())) as left,
        standing(ends[1].space, config(talk=talking(ListenStream(179), echoes=True))) as right,
    ):
        yield left, right


def talker(host: Stand, name: str = "talk") -> Talker:
    machine = host.host.routing.protocols[name].machine
    assert isinstance(machine, Talker)
    return machine


def tell(host: Stand, *outputs: Output, echoes: bool = False) -> None:
    host.ask(lambda one: one.receive(say(*outputs, echoes=echoes)))


def sockets_of(host: LinuxHost) -> int:
    streams = host.endpoints.streams
    return len(streams.connections) + len(streams._farewells)


def read_to_the_end(opened: socket.socket) -> int:
    count = 0
    while piece := opened.recv(1 << 20):
        count += len(piece)
    return count


def test_octets_go_there_and_back_in_order_and_are_told_to_be_sent(
    both: tuple[Stand, Stand],
) -> None:
    left, right = both
    data = Random(1).randbytes(3_000_000)
    tell(left, OpenStream(1, B, 179), SendStream(1, data[:5]))
    wait(lambda: 1 in talker(left).connected)
    tell(left, *(SendStream(1, data[at : at + 50_000]) for at in range(5, len(data), 50_000)))
    near, far = talker(left), talker(right)
    wait(lambda: len(near.data.get(1, b"")) == len(data), 20)
    assert near.data[1] == data
    assert near.sent == {1: len(data)}
    assert max(near.pieces + far.pieces) <= 1 << 18
    (number,) = far.accepted
    came, went = far.accepted[number], near.connected[1]
    assert number < 0
    assert (came.local, came.local_port, came.remote) == (B, 179, A)
    assert (went.local, went.local_port) == (A, came.remote_port)
    assert came.interface is None
    assert left.wrong == right.wrong == []
    snapshot = left.ask(LinuxHost.snapshot)
    assert snapshot["streams"] == [
        {
            "instance": "talk",
            "number": 1,
            "remote": "10.0.0.2:179",
            "local": f"10.0.0.1:{went.local_port}",
            "received": len(data),
            "sent": len(data),
            "waiting": 0,
        }
    ]


def test_an_end_in_order_comes_after_the_last_octet_and_is_heard_by_one_side_only(
    both: tuple[Stand, Stand],
) -> None:
    left, right = both
    tell(right, ListenStream(179), echoes=False)
    words = bytes(2_000_000)
    tell(left, OpenStream(1, B, 179))
    wait(lambda: talker(left).connected)
    tell(left, SendStream(1, words), CloseStream(1), SendStream(1, b"too late"))
    wait(lambda: talker(right).closed)
    (number,) = talker(right).accepted
    assert bytes(talker(right).data[number]) == words
    assert talker(right).closed == {number: None}
    assert talker(left).closed == {}
    wait(lambda: not left.ask(sockets_of) and not right.ask(sockets_of))
    assert left.ask(lambda host: host.counters()["sockets"])["stream octets out"] >= 0


def test_an_abrupt_end_is_a_reset(both: tuple[Stand, Stand]) -> None:
    left, right = both
    tell(left, OpenStream(1, B, 179))
    wait(lambda: talker(left).connected and talker(right).accepted)
    tell(left, CloseStream(1, is_abrupt=True))
    wait(lambda: talker(right).closed)
    assert list(talker(right).closed.values()) == ["reset"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (OpenStream(7, B, 180), "refused"),
        (OpenStream(7, Address("192.0.2.1"), 179), "unreachable"),
        (OpenStream(7, B, 179, local=Address("10.0.0.9")), "Cannot assign requested address"),
        (OpenStream(7, Address("fe80::1"), 179), "is link-local and needs an interface"),
        (OpenStream(7, Address("fe80::1"), 179, interface="vz"), "No such device"),
        (OpenStream(7, B, 179, options=StreamOptions(md5=bytes(81))), "has 81 bytes"),
        pytest.param(
            OpenStream(7, B, 179, options=StreamOptions(ao=(AoKey(1, 1, b"key"),))),
            "no TCP-AO",
            marks=pytest.mark.skipif(has_ao(), reason="this kernel has TCP-AO"),
        ),
    ],
)
def test_what_cannot_be_opened_is_told_with_the_reason(
    ends: tuple[End, End], asked: OpenStream, reason: str
) -> None:
    with standing(ends[0].space, config(talk=talking())) as host:
        tell(host, asked)
        wait(lambda: talker(host).closed)
        assert reason in (talker(host).closed[7] or "")
        tell(host, asked, CloseStream(7))
        tell(host, SendStream(7, b"nobody is there"))
        talker(host).closed.clear()
        assert host.ask(sockets_of) == 0
        assert talker(host).closed == {}


def test_keys_and_hop_limits_of_peers_hold_and_may_change(both: tuple[Stand, Stand]) -> None:
    left, right = both
    peers = ((Prefix("10.0.0.0/24"), StreamOptions(255, 255, KEY.md5)),)
    tell(right, ListenStream(179, peers=peers), echoes=True)
    good = StreamOptions(255, 255, KEY.md5)
    far = StreamOptions(254, 255, KEY.md5)
    tell(left, OpenStream(1, B, 179, options=good), SendStream(1, b"signed"))
    tell(left, OpenStream(2, B, 179, options=far), OpenStream(3, B, 179))
    wait(lambda: bytes(talker(left).data.get(1, b"")) == b"signed")
    wait(lambda: 2 in talker(left).closed)
    assert talker(left).closed[2] == "reset"
    assert 3 not in talker(left).connected
    (said,) = [one for one in right.wrong if one.kind == "accept failed"]
    assert "10.0.0.1 came with hop limit 254, at least 255 was expected" in said.detail
    tell(left, CloseStream(3), OpenStream(4, Address("2001:db8::2"), 179))
    wait(lambda: 4 in talker(left).connected)  # who fits no prefix is taken without
    tell(right, ListenStream(179), echoes=True)
    tell(left, OpenStream(5, B, 179), SendStream(5, b"unsigned"))
    wait(lambda: bytes(talker(left).data.get(5, b"")) == b"unsigned")
    tell(left, SendStream(1, b", still"))
    wait(lambda: bytes(talker(left).data[1]) == b"signed, still")


def test_link_local_neighbours_speak_by_their_interface(
    ends: tuple[End, End], both: tuple[Stand, Stand]
) -> None:
    left, right = both
    own = ends[1].interface.interface.link_local()
    assert own is not None
    near = StreamOptions(255, 255)
    listening = ListenStream(1179, None, "vb", ((Prefix("fe80::/10"), near),))
    tell(right, listening, echoes=True)
    asked = OpenStream(1, own.address.without_zone, 1179, None, "va", near)
    tell(left, asked, SendStream(1, b"x"))
    wait(lambda: bytes(talker(left).data.get(1, b"")) == b"x")
    (came,) = talker(right).accepted.values()
    assert came.interface == "vb"
    assert came.local == own.address.without_zone
    assert came.remote.zone is None
    ends[0].ip("link del va")  # which takes both ends away
    wait(lambda: talker(left).closed and talker(right).closed)
    assert talker(left).closed == {1: "unreachable"}


def test_a_port_is_listened_to_as_soon_as_its_address_is_there_and_while_it_is_asked(
    ends: tuple[End, End], both: tuple[Stand, Stand]
) -> None:
    left, right = both
    there = Address("10.0.0.77")
    tell(right, ListenStream(1179, there), echoes=True)
    (said,) = right.wrong
    assert said.kind == "listen failed"
    assert "Cannot assign requested address: TCP 10.0.0.77:1179" in said.detail
    ends[1].ip("addr add 10.0.0.77/24 dev vb")

    def is_open(host: LinuxHost) -> bool:
        return len(host.endpoints.streams.listeners) == 3

    wait(lambda: right.ask(is_open))
    tell(left, OpenStream(1, there, 1179), SendStream(1, b"x"))
    wait(lambda: talker(left).data)
    tell(right, StopListeningStream(1179, there), StopListeningStream(1179), echoes=True)
    tell(left, OpenStream(2, there, 1179), SendStream(1, b"y"))
    wait(lambda: 2 in talker(left).closed and bytes(talker(left).data[1]) == b"xy")
    assert talker(left).closed == {2: "refused"}


def test_who_does_not_read_or_reads_slowly_delays_nobody(
    ends: tuple[End, End], both: tuple[Stand, Stand]
) -> None:
    left, _ = both
    tell(left, ListenStream(1179), echoes=False)
    with inside(ends[1].space), socket.create_connection((str(A), 1179), 5) as deaf:
        wait(lambda: talker(left).accepted)
        (number,) = talker(left).accepted
        tell(left, *(SendStream(number, bytes(100_000)) for _ in range(300)))
        tell(left, OpenStream(1, B, 179), SendStream(1, b"x"))
        wait(lambda: talker(left).data.get(1))
        told = talker(left).sent.get(number, 0)
        assert told < 30_000_000
        got = 0
        deaf.settimeout(5)
        while got < 30_000_000:
            got += len(deaf.recv(1 << 20))
        wait(lambda: talker(left).sent[number] == 30_000_000)


def test_a_peer_that_never_listens_to_the_end_is_reset_within_a_bound(
    ends: tuple[End, End], both: tuple[Stand, Stand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerpost.host.linux.streams.FAREWELL_S", 0.2)
    left, _ = both
    tell(left, ListenStream(1179), echoes=False)
    with inside(ends[1].space), socket.create_connection((str(A), 1179), 5) as deaf:
        wait(lambda: talker(left).accepted)
        (number,) = talker(left).accepted
        deaf.send(b"unread")
        tell(left, SendStream(number, bytes(30_000_000)), CloseStream(number))
        assert left.ask(lambda host: host.endpoints.has_waiting)
        wait(lambda: not left.ask(sockets_of))
        deaf.settimeout(5)
        with pytest.raises(ConnectionResetError):
            read_to_the_end(deaf)


def test_a_full_feed_delays_neither_timers_nor_other_streams(ends: tuple[End, End]) -> None:
    ticking = talking(ListenStream(179), ListenStream(1179), ticks_ns=2 * MS)
    with (
        standing(ends[0].space, config(talk=talking())) as left,
        standing(ends[1].space, config(talk=ticking)) as right,
    ):
        tell(left, OpenStream(1, B, 179), OpenStream(2, B, 1179))
        wait(lambda: len(talker(left).connected) == 2)
        wait(lambda: len(talker(right).accepted) == 2)
        ports = {one.local_port: number for number, one in talker(right).accepted.items()}
        piece = bytes(1 << 20)
        for _ in range(25):
            tell(left, SendStream(1, piece))
        tell(left, SendStream(2, b"hello"))
        other = talker(right)
        wait(lambda: ports[1179] in other.data, 20)
        before = len(other.data.get(ports[179], b""))
        wait(lambda: len(other.data.get(ports[179], b"")) == 25 << 20, 20)
        assert len(other.ticks) > 2
        counted = right.ask(lambda host: host.counters()["turns"])
        assert before <= 25 << 20
        # a turn has a budget, so the feed took many
        assert counted["turns"] >= 10


def test_an_instance_that_ends_leaves_no_connection_and_no_port(
    both: tuple[Stand, Stand],
) -> None:
    left, right = both
    tell(left, OpenStream(1, B, 179), SendStream(1, b"x"))
    wait(lambda: talker(left).data)
    right.ask(lambda host: host.receive(ConfigurationChanged(config())))
    wait(lambda: talker(left).closed)
    assert talker(left).closed == {1: None}
    tell(left, OpenStream(2, B, 179))
    wait(lambda: 2 in talker(left).closed)
    assert talker(left).closed[2] == "refused"
    wait(lambda: not left.ask(sockets_of) and not right.ask(sockets_of))


def test_last_words_are_sent_when_the_host_stops(ends: tuple[End, End]) -> None:
    with standing(ends[1].space, config(talk=talking(ListenStream(179)))) as right:
        with standing(ends[0].space, config(talk=talking())) as left:
            tell(left, OpenStream(1, B, 179))
            wait(lambda: talker(left).connected)
            tell(left, SendStream(1, bytes(5_000_000)), CloseStream(1))
            left.stop(is_polite=True)
        wait(lambda: talker(right).closed)
        ((number, reason),) = talker(right).closed.items()
        assert reason is None
        assert len(talker(right).data[number]) == 5_000_000


def test_an_instance_in_a_thread_of_its_own_has_streams_too(ends: tuple[End, End]) -> None:
    urgent = talking(ListenStream(179), echoes=True, kind="urgent talker")
    with (
        standing(ends[0].space, config(talk=talking())) as left,
        standing(ends[1].space, config(talk=urgent)) as right,
    ):
        data = Random(2).randbytes(1_000_000)

        def is_through() -> bool:
            if not talker(left).connected:
                tell(left, OpenStream(talker_count(left), B, 179))
                time.sleep(0.05)
            return bool(talker(left).connected)

        wait(is_through)
        (number,) = talker(left).connected
        tell(left, SendStream(number, data))
        wait(lambda: bytes(talker(left).data.get(number, b"")) == data, 20)
        tell(left, CloseStream(number))
        assert right.wrong == []


def talker_count(host: Stand) -> int:
    """A number that was not used yet."""
    machine = talker(host)
    return 1 + len(machine.closed) + len(machine.connected)


def test_a_host_without_room_for_another_connection_rests_and_takes_it_later(
    both: tuple[Stand, Stand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerpost.host.linux.listeners.REST_S", 0.05)
    left, right = both
    accept, tries = socket.socket.accept, list[int]()

    def full(one: socket.socket) -> tuple[socket.socket, object]:
        tries.append(1)
        if len(tries) <= 3:
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(one)

    monkeypatch.setattr(socket.socket, "accept", full)
    tell(left, OpenStream(1, B, 179), SendStream(1, b"x"))
    wait(lambda: bytes(talker(left).data.get(1, b"")) == b"x")
    (said,) = right.wrong
    assert said.kind == "accept failed"
    assert "Too many open files" in said.detail
    assert right.ask(lambda host: host.counters()["failures"])["accept EMFILE"] == 3


def test_many_connections_of_one_peer_harm_nobody(
    ends: tuple[End, End], both: tuple[Stand, Stand]
) -> None:
    left, _ = both
    tell(left, ListenStream(1179))
    many: list[socket.socket] = []
    with inside(ends[1].space):
        for _ in range(300):
            many.append(socket.create_connection((str(A), 1179), 5))
    try:
        wait(lambda: len(talker(left).accepted) == 300, 10)
        tell(left, OpenStream(1, B, 179), SendStream(1, b"x"))
        wait(lambda: bytes(talker(left).data.get(1, b"")) == b"x")
        numbers = tuple(talker(left).accepted)
        tell(left, *(CloseStream(number, is_abrupt=True) for number in numbers))
        assert left.ask(sockets_of) == 1
    finally:
        for one in many:
            one.close()
