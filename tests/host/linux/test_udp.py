"""UDP of routing protocols over a real link between two namespaces."""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Iterator

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.datagrams import DatagramSocket, Received
from fingerpost.host.linux.sockets.udp import UdpSocket
from fingerpost.protocol.events import DatagramReceived
from linux.cable import End, cable
from linux.inside import inside
from netns import require_root

RIP, RIPNG = Address("224.0.0.9"), Address("ff02::9")
A, B = Address("10.0.0.1"), Address("10.0.0.2")


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    with cable(("10.0.0.1/24", "10.0.0.2/24"), ("10.0.1.1/24", "10.0.1.2/24")) as both:
        yield both


def udp(end: End, family: int = 4, port: int = 520) -> UdpSocket:
    return end.open(lambda interface: UdpSocket(interface, family, port))


def heard(opened: DatagramSocket, count: int = 1, timeout: float = 2) -> list[DatagramReceived]:
    """The next datagrams, however long they take to come."""
    found = taken(opened, count, timeout)
    return [one for one in found if isinstance(one, DatagramReceived)]


def taken(opened: DatagramSocket, count: int = 1, timeout: float = 2) -> list[Received]:
    """The next datagrams or packets, however long they take to come."""
    found: list[Received] = []
    while len(found) < count:
        readable, _, _ = select.select([opened], [], [], timeout)
        if not readable:
            break
        found += opened.receive(count - len(found)) or []
    return found


@pytest.fixture
def pair(ends: tuple[End, End]) -> Iterator[tuple[UdpSocket, UdpSocket]]:
    left, right = udp(ends[0]), udp(ends[1])
    left.join(RIP)
    right.join(RIP)
    yield left, right
    left.close()
    right.close()


def test_a_multicast_goes_from_each_network_with_its_port_and_ttl(
    pair: tuple[UdpSocket, UdpSocket],
) -> None:
    left, right = pair
    left.send(RIP, 520, 1, b"all")
    assert heard(right, 2) == [
        DatagramReceived("vb", Address(source), 520, RIP, 1, b"all")
        for source in ("10.0.0.1", "10.0.1.1")
    ]
    assert left.receive(1) is None  # it does not hear itself


def test_broadcasts_are_sent_and_heard_rfc_1058(pair: tuple[UdpSocket, UdpSocket]) -> None:
    left, right = pair
    left.send(Address("10.0.1.255"), 520, 1, b"one network")
    (one,) = heard(right)
    assert (one.source, one.destination) == (Address("10.0.1.1"), Address("10.0.1.255"))
    left.send(Address("255.255.255.255"), 520, 1, b"all networks")
    assert [str(each.source) for each in heard(right, 2)] == ["10.0.0.1", "10.0.1.1"]


def test_a_unicast_goes_from_the_address_in_its_network(pair: tuple[UdpSocket, UdpSocket]) -> None:
    left, right = pair
    left.send(Address("10.0.1.2"), 520, 255, b"you")
    received = DatagramReceived("vb", Address("10.0.1.1"), 520, Address("10.0.1.2"), 255, b"you")
    assert heard(right) == [received]


@pytest.mark.parametrize("ttl", [1, 64, 255])
def test_the_hop_limit_that_came_is_told(pair: tuple[UdpSocket, UdpSocket], ttl: int) -> None:
    left, right = pair
    left.send(B, 520, ttl, b"")
    assert [one.hop_limit for one in heard(right)] == [ttl]


def test_a_group_that_was_left_is_not_heard(pair: tuple[UdpSocket, UdpSocket]) -> None:
    left, right = pair
    right.join(RIP)  # twice is once
    right.leave(RIP)
    right.leave(RIP)
    left.send(RIP, 520, 1, b"nobody")
    left.send(B, 520, 1, b"you")
    assert [one.payload for one in heard(right)] == [b"you"]


def test_ripng_speaks_from_its_link_local_address_rfc_2080_2_5_2(ends: tuple[End, End]) -> None:
    left, right = (udp(end, 6, 521) for end in ends)
    right.join(RIPNG)
    left.send(RIPNG, 521, 255, b"all")
    (all_,) = heard(right)
    own = ends[0].interface.interface.link_local()
    assert own is not None
    assert all_ == DatagramReceived("vb", own.address, 521, RIPNG, 255, b"all")
    right.send(all_.source, 521, 255, b"back")
    (back,) = heard(left)
    assert (back.destination, back.hop_limit, back.payload) == (own.address, 255, b"back")
    left.close()
    right.close()


def test_a_datagram_of_another_interface_is_not_heard(ends: tuple[End, End]) -> None:
    left, right = ends
    right.ip("link add vc type veth peer name vd")
    for name in ("vc", "vd"):
        right.ip(f"link set {name} up")
    opened = udp(right)
    other = End(right.space, "vc").open(lambda interface: UdpSocket(interface, 4, 520))
    sender = udp(left)
    sender.send(B, 520, 1, b"you")
    assert len(heard(opened)) == 1
    assert heard(other, timeout=0.1) == []
    for one in (opened, other, sender):
        one.close()
    right.ip("link del vc")


def test_what_the_kernel_had_no_room_for_is_counted(pair: tuple[UdpSocket, UdpSocket]) -> None:
    left, right = pair
    right._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(100):
        left.send(B, 520, 1, bytes(500))
    got = len(heard(right, 100, timeout=0.1))
    left.send(B, 520, 1, b"last")  # carries the count of those that were lost before it
    assert len(heard(right)) == 1
    assert right.counters["dropped"] == 100 - got > 0
    assert right.counters["in"] == got + 1


def test_no_more_is_read_than_was_asked_for(pair: tuple[UdpSocket, UdpSocket]) -> None:
    left, right = pair
    for number in range(5):
        left.send(B, 520, 1, bytes([number]))
    heard(right, 1)
    assert [one.payload for one in right.receive(3) or []] == [b"\1", b"\2", b"\3"]
    assert len(right.receive(3) or []) == 1
    assert right.receive(3) is None


def test_a_port_that_somebody_has_is_refused_with_its_reason(ends: tuple[End, End]) -> None:
    first = udp(ends[0])
    with pytest.raises(OSError, match="UDP port 520 on va is taken") as caught:
        udp(ends[0])
    assert caught.value.errno == errno.EADDRINUSE
    first.close()


def test_to_send_without_a_fitting_address_is_counted(ends: tuple[End, End]) -> None:
    opened = udp(ends[0])
    opened.addresses = ()
    with pytest.raises(OSError, match="va has no address of its own"):
        opened.send(RIP, 520, 1, b"")
    assert opened.counters["send EADDRNOTAVAIL"] == 1
    opened.close()


def test_to_send_on_a_link_that_is_down_is_counted(ends: tuple[End, End]) -> None:
    opened = udp(ends[0])
    ends[0].ip("link set va down")
    with pytest.raises(OSError, match=r"unreachable|down"):
        opened.send(RIP, 520, 1, b"")
    assert sum(n for name, n in opened.counters.items() if name.startswith("send ")) == 2
    ends[0].ip("link set va up")
    opened.close()


def test_what_is_no_group_is_refused(pair: tuple[UdpSocket, UdpSocket]) -> None:
    for wrong in (B, RIPNG):
        with pytest.raises(UsageError, match="is no multicast group of IPv4"):
            pair[0].join(wrong)


def test_a_listener_for_everything_is_not_woken_by_foreign_groups(
    ends: tuple[End, End], pair: tuple[UdpSocket, UdpSocket]
) -> None:
    left, right = pair
    with inside(ends[1].space), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign:
        member = socket.inet_aton("224.0.0.77") + socket.inet_aton("10.0.0.2")
        foreign.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        left.send(Address("224.0.0.77"), 520, 1, b"theirs")
        left.send(B, 520, 1, b"ours")
        assert [one.payload for one in heard(right)] == [b"ours"]
