"""`TcpListener`: a TCP port at which peers are accepted, each by what is required of it.

A key holds from the first SYN. How near a peer has to be is seen from its SYN before anybody hears
of the connection, and the kernel sees to it from then on.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.tcp_ao import AoKeys, forget_ao, require_ao
from fingerpost.host.linux.sockets.tcp_security import (
    Md5Key,
    forget_md5,
    remember_syns,
    require_md5,
)
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings, name_for, open_tcp
from fingerpost.host.linux.sockets.tcp_stream import TcpStream, endpoint_of
from fingerpost.protocol.events import StreamOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fingerpost.addr import Address
    from fingerpost.host.tcp_connection import Endpoint
    from fingerpost.protocol.ao_keys import AoKey

BACKLOG = 128
FARTHEST = 255  # what answers a SYN has to please those who require it (RFC 5082 3)
# accept(2): errors of the new connection, which say nothing about the listener
_OF_ONE = {errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH}
_ANYBODY = StreamOptions()


class TcpListener:
    """Listens at one address and port."""

    has_waiting = False

    def __init__(
        self, local: Endpoint, interface: str | None = None, *, backlog: int = BACKLOG
    ) -> None:
        """Open it; nothing comes by another interface than `interface`.

        Raises `OSError` where the port is taken or not allowed.
        """
        self.local = local
        self.family = local.address.version
        self._peers: dict[Prefix, StreamOptions] = {}
        self._keys: dict[Prefix, Md5Key] = {}
        self._ao: list[tuple[Prefix, AoKey]] = []  # that the kernel has
        self._impossible: set[Prefix] = set()
        settings = TcpSettings(interface, hop_limit=FARTHEST)
        self._socket = open_tcp(self.family, settings)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            remember_syns(self._socket)
            self._socket.bind(name_for(local.address, local.port, interface))
            self._socket.listen(backlog)
        except BaseException as error:
            self._socket.close()
            if isinstance(error, OSError):
                raise OSError(error.errno, f"{error.strerror}: TCP {local}") from None
            raise

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._socket.fileno()

    def set_peers(self, peers: Iterable[tuple[Prefix, StreamOptions]]) -> list[UsageError]:
        """What is required of whom from now on; connections that stand keep theirs.

        Gives what cannot be; whom it concerns is turned away.
        """
        mine = [(peer, options) for peer, options in peers if peer.version == self.family]
        mine.sort(key=lambda one: -one[0].length)
        self._peers = dict(mine)
        self._impossible.clear()
        # a peer has keys of one kind only: what goes makes room
        faults = [*self._forget_ao(), *self._set_keys(), *self._add_ao()]
        for peer, options in mine:
            try:
                TcpSettings(None, (), options.hop_limit, options.least_hop_limit)
            except UsageError as error:
                self._impossible.add(peer)
                faults.append(UsageError(f"{peer}: {error}"))
        return faults

    def _set_keys(self) -> list[UsageError]:
        faults = []
        wanted = {peer: one.md5 for peer, one in self._peers.items() if one.md5 is not None}
        for peer in [peer for peer in self._keys if peer not in wanted]:
            forget_md5(self._socket, self._keys.pop(peer))
        for peer, secret in wanted.items():
            held = self._keys.get(peer)
            if held is not None and held.key == secret:
                continue
            try:
                key = Md5Key(peer, secret)
                require_md5(self._socket, key)
                self._keys[peer] = key
            except (UsageError, OSError) as error:
                self._impossible.add(peer)
                faults.append(UsageError(f"{peer}: {error}"))
        for peer, outer in self._covered():
            faults.append(UsageError(f"{peer} has no TCP-MD5 key, and needs that of {outer}"))
        return faults

    def _wanted_ao(self) -> list[tuple[Prefix, AoKey]]:
        return [(peer, key) for peer, one in self._peers.items() for key in one.ao]

    def _forget_ao(self) -> list[UsageError]:
        wanted = self._wanted_ao()
        gone = [place for place in self._ao if place not in wanted]
        faults = [self._tried(place, forget_ao) for place in gone]
        self._ao = [place for place in self._ao if place in wanted]
        return [one for one in faults if one is not None]

    def _add_ao(self) -> list[UsageError]:
        faults: dict[Prefix, UsageError] = {}
        for place in self._wanted_ao():
            if place in self._ao:
                continue
            fault = self._tried(place, require_ao)
            if fault is None:
                self._ao.append(place)
            else:
                faults.setdefault(place[0], fault)
                self._impossible.add(place[0])
        return list(faults.values())

    def _tried(
        self, place: tuple[Prefix, AoKey], act: Callable[[socket.socket, AoKeys], None]
    ) -> UsageError | None:
        try:
            act(self._socket, AoKeys(place[0], (place[1],)))
        except UsageError as error:
            return UsageError(f"{place[0]}: {error}")
        return None

    def _covered(self) -> list[tuple[Prefix, Prefix]]:
        """Those without a key of whom the kernel asks one, for they are inside another prefix."""
        if not self._keys:
            return []
        keyless = [peer for peer in self._peers if peer not in self._keys]
        outer = ((peer, one) for peer in keyless for one in self._keys if peer in one)
        return list(dict(outer).items())

    def receive(self, limit: int) -> list[TcpStream | UsageError | OSError] | None:
        """Give at most `limit` new connections; None: there are none at the moment.

        In place of one that was turned away stands a `UsageError` that says why. An `OSError` says
        that there is no room for more: the listener stays readable, and is to be left alone for a
        while.
        """
        found: list[TcpStream | UsageError | OSError] = []
        for taken in range(limit):
            try:
                opened, name = self._socket.accept()
            except BlockingIOError:
                return found if taken else None
            except OSError as error:
                if error.errno in _OF_ONE:
                    continue
                return [*found, error]  # EMFILE, ENOMEM
            opened.setblocking(False)
            found.append(self._admitted(TcpStream(opened, endpoint_of(name), is_connected=True)))
        return found

    def _admitted(self, stream: TcpStream) -> TcpStream | UsageError:
        """The connection with what holds for its peer, unless that must not come in."""
        who = stream.remote.address.without_zone
        peer = self._fitting(who)
        options = _ANYBODY if peer is None else self._peers[peer]
        came, least = stream.hop_limit_of_syn(), options.least_hop_limit or 0
        if peer in self._impossible:
            stream.abort()
            return UsageError(f"{who}: what is asked of {peer} cannot be")
        if came is not None and came < least:
            stream.abort()
            return UsageError(f"{who} came with hop limit {came}, at least {least} was expected")
        try:
            stream.limit_hops(options.hop_limit, options.least_hop_limit)
        except OSError as error:
            stream.abort()
            return UsageError(f"{who}: {error}")
        return stream

    def _fitting(self, address: Address) -> Prefix | None:
        return next((peer for peer in self._peers if address in peer), None)

    def flush(self) -> None:
        """Do nothing: there is nothing to send."""

    def close(self) -> None:
        """Accept no more; connections that were accepted stay."""
        self._socket.close()
