"""TCP-AO (RFC 5925): what the kernel is told of keys, octet by octet, and what it does by them.

A kernel without it can still be told, and refuses; the last tests need one that has it.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.options import TCP_AO_ADD_KEY, TCP_AO_DEL_KEY
from fingerpost.host.linux.sockets.tcp_ao import AoKeys, added, deleted, require_ao
from fingerpost.host.linux.sockets.tcp_listener import TcpListener
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings
from fingerpost.host.tcp_connection import Endpoint
from fingerpost.protocol.ao_keys import AoKey, require_distinct
from fingerpost.protocol.events import StreamOptions
from linux.cable import End
from linux.test_tcp import B, Opened, accepted, dial, ends, listen, opened, stands

__all__ = ["ends", "opened"]  # fixtures

PEER = Prefix("10.0.0.0/24")
FIRST, SECOND = AoKey(1, 2, b"correct horse"), AoKey(3, 4, b"battery", "aes-128-cmac-96")


def has_ao() -> bool:
    """Whether this kernel has TCP-AO."""
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.IPPROTO_TCP, TCP_AO_ADD_KEY, added(PEER, FIRST))
        except OSError as error:
            return error.errno != errno.ENOPROTOOPT
    return True


needs_ao = pytest.mark.skipif(not has_ao(), reason="this kernel has no TCP-AO (CONFIG_TCP_AO)")


@dataclass
class Told:
    """What stands in place of the kernel, which may refuse one kind of option."""

    refuses: dict[int, int] = field(default_factory=dict)
    options: list[tuple[int, bytes]] = field(default_factory=list)

    def setsockopt(self, level: int, option: int, value: bytes) -> None:
        """Note it."""
        assert level == socket.IPPROTO_TCP
        if option in self.refuses:
            raise OSError(self.refuses[option], "refused here")
        self.options.append((option, value))


def test_a_key_is_added_as_the_header_of_the_kernel_has_it() -> None:
    """linux/tcp.h, struct tcp_ao_add: 288 octets."""
    option = added(PEER, SECOND)
    assert len(option) == 288
    assert option[:8] == socket.AF_INET.to_bytes(2, "little") + bytes((0, 0, 10, 0, 0, 0))
    assert not any(option[8:128])
    assert option[128:192] == b"cmac(aes128)".ljust(64, b"\0")
    assert not any(option[192:202])  # interface, bits, reserved
    assert tuple(option[202:208]) == (24, 3, 4, 12, 0, 7)  # prefix, ids, code, flags, key
    assert option[208:] == b"battery".ljust(80, b"\0")
    begins = added(PEER, SECOND, is_first=True)
    assert begins[196] == 0b11  # current, and wanted
    assert begins[:196] + b"\0" + begins[197:] == option


def test_a_key_of_an_ipv6_peer_is_added() -> None:
    option = added(Prefix("2001:db8::1/128"), FIRST)
    assert option[:2] == socket.AF_INET6.to_bytes(2, "little")
    assert not any(option[2:8])
    assert option[8:24] == Address("2001:db8::1").packed
    assert not any(option[24:128])
    assert option[128:192].rstrip(b"\0") == b"hmac(sha1)"
    assert option[202] == 128


def test_a_key_is_deleted_as_the_header_of_the_kernel_has_it() -> None:
    """linux/tcp.h, struct tcp_ao_del: 144 octets."""
    option = deleted(PEER, SECOND)
    assert len(option) == 144
    assert option[:128] == added(PEER, SECOND)[:128]
    assert not any(option[128:132])
    assert option[132] == 0b100  # of a listener
    assert not any(option[133:138])
    assert tuple(option[138:]) == (24, 3, 4, 0, 0, 0)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TcpListener, Told]]:
    """A listener, and what it tells of keys from now on."""
    listener = TcpListener(Endpoint(Address("127.0.0.1"), 0))
    told = Told()
    with monkeypatch.context() as patched:
        patched.setattr(listener, "_socket", told)
        yield listener, told
    listener.close()


def test_keys_roll_over_at_a_listener(listening: tuple[TcpListener, Told]) -> None:
    listener, told = listening
    for keys, options in (
        ((FIRST,), [(TCP_AO_ADD_KEY, added(PEER, FIRST))]),
        ((FIRST, SECOND), [(TCP_AO_ADD_KEY, added(PEER, SECOND))]),
        ((SECOND,), [(TCP_AO_DEL_KEY, deleted(PEER, FIRST))]),
        ((SECOND,), []),
        ((), [(TCP_AO_DEL_KEY, deleted(PEER, SECOND))]),
    ):
        told.options.clear()
        assert listener.set_peers([(PEER, StreamOptions(ao=keys))]) == []
        assert told.options == options


def test_keys_of_one_kind_make_room_for_the_other(listening: tuple[TcpListener, Told]) -> None:
    listener, told = listening
    assert listener.set_peers([(PEER, StreamOptions(ao=(FIRST,)))]) == []
    told.options.clear()
    assert listener.set_peers([(PEER, StreamOptions(md5=b"key"))]) == []
    assert [option for option, _ in told.options] == [TCP_AO_DEL_KEY, socket_md5()]
    told.options.clear()
    assert listener.set_peers([(PEER, StreamOptions(ao=(FIRST,)))]) == []
    assert [option for option, _ in told.options] == [socket_md5(), TCP_AO_ADD_KEY]


def socket_md5() -> int:
    """TCP_MD5SIG_EXT."""
    return 32


def test_the_first_key_is_the_one_to_begin_with() -> None:
    told = Told()
    held = AoKeys(PEER, (SECOND, FIRST))
    require_ao(cast("socket.socket", told), held, begins=True)
    assert [value[196] for _, value in told.options] == [0b11, 0]


def test_what_the_kernel_refuses_is_said_once_a_peer(
    listening: tuple[TcpListener, Told],
) -> None:
    listener, told = listening
    asked = [(PEER, StreamOptions(ao=(FIRST, SECOND)))]
    told.refuses = {TCP_AO_ADD_KEY: errno.ENOPROTOOPT}
    (fault,) = listener.set_peers(asked)
    assert str(fault).startswith(
        f"{PEER}: this kernel has no TCP-AO (Linux 6.7 with CONFIG_TCP_AO)"
    )
    told.refuses = {TCP_AO_ADD_KEY: errno.EINVAL}
    (fault,) = listener.set_peers(asked)
    assert str(fault) == f"{PEER}: TCP-AO key 1/2 hmac-sha-1-96: refused here"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((256, 1, b"x"), "send_id 256"),
        ((1, -1, b"x"), "receive_id -1"),
        ((1, 1, b""), "has 0 bytes"),
        ((1, 1, bytes(81)), "has 81 bytes"),
        ((1, 1, b"x", "md5"), "expected one of hmac-sha-1-96"),
    ],
)
def test_a_key_that_cannot_be_is_refused(given: tuple[int, int, bytes], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        AoKey(*given)


def test_keys_have_numbers_of_their_own() -> None:
    """RFC 5925 3.1."""
    require_distinct((FIRST, SECOND))
    for other, what in ((AoKey(1, 9, b"x"), "send_id 1"), (AoKey(9, 2, b"x"), "receive_id 2")):
        with pytest.raises(UsageError, match=what):
            require_distinct((FIRST, other))


@pytest.mark.skipif(has_ao(), reason="this kernel has TCP-AO")
def test_a_kernel_without_it_opens_nothing(ends: tuple[End, End], opened: Opened) -> None:
    settings = TcpSettings(ao=AoKeys(PEER, (FIRST,)))
    with pytest.raises(UsageError, match=r"no TCP-AO .*; use TCP-MD5 keys"):
        dial(ends[0], B, opened, settings)


@needs_ao
def test_who_has_a_key_is_heard_and_nobody_else(ends: tuple[End, End], opened: Opened) -> None:
    listener = listen(ends[1], B, opened, peers={str(PEER): StreamOptions(ao=(FIRST, SECOND))})
    theirs = tuple(
        AoKey(one.receive_id, one.send_id, one.secret, one.algorithm) for one in (FIRST, SECOND)
    )
    for keys in (theirs, theirs[::-1]):
        left = dial(ends[0], B, opened, TcpSettings(ao=AoKeys(PEER, keys)))
        assert stands(left)
        assert accepted(listener, opened) is not None
    wrong = AoKey(2, 1, b"wrong")
    for settings in (TcpSettings(), TcpSettings(ao=AoKeys(PEER, (wrong,)))):
        assert not stands(dial(ends[0], B, opened, settings), timeout=0.2)
