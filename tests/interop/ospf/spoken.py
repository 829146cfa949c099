"""A machine of ours on real wires, without a daemon: raw sockets and the clock, nothing else."""

from __future__ import annotations

import random
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from fingerpost.addr import Address, Interface
from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.machine import Ospf
from fingerpost.protocol import events as ev
from netns import Namespace, inside
from ospf.silent import silent_parts

OSPF = 89
_PKTINFO = struct.Struct("16sI")


class Spoken:
    """One instance with its sockets, by the name of the interface."""

    def __init__(self, config: OspfConfig, version: Literal[2, 3]) -> None:
        self.machine = Ospf(config, random.Random(1), version=version, parts=silent_parts)
        self.version = version
        self.sockets: dict[str, socket.socket] = {}

    def plug(self, name: str, *addresses: str) -> None:
        """Open a socket on an interface and let the machine know it."""
        made = _socket(self.version)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode() + b"\0")
        made.setblocking(False)
        self.sockets[name] = made
        own = tuple(Interface(one) for one in addresses)
        up = ev.InterfaceWentUp(name, own, index=socket.if_nametoindex(name))
        self._carry_out(self.machine.receive(up, time.monotonic_ns()))

    def run_until(self, is_done: Callable[[], bool], seconds: float) -> bool:
        """Speak until something holds; whether it does."""
        names = {made.fileno(): name for name, made in self.sockets.items()}
        end = time.monotonic() + seconds
        while not is_done() and time.monotonic() < end:
            for descriptor in select.select(list(names), [], [], 0.02)[0]:
                self._hear(names[descriptor])
            self._carry_out(self.machine.receive(ev.TimePassed(), time.monotonic_ns()))
        return is_done()

    def _hear(self, name: str) -> None:
        data, extra, _, sender = self.sockets[name].recvmsg(65536, 256)
        if self.version == 2:
            payload, hop_limit = data[(data[0] & 15) * 4 :], data[8]
            source, destination = Address(data[12:16]), Address(data[16:20])
        else:
            payload, source, hop_limit = data, Address(sender[0].split("%")[0]), 1
            ((_, _, info),) = extra
            destination = Address(_PKTINFO.unpack(info)[0])
        event = ev.PacketReceived(name, source, destination, hop_limit, payload)
        self._carry_out(self.machine.receive(event, time.monotonic_ns()))

    def _carry_out(self, outputs: list[ev.Output]) -> None:
        for one in outputs:
            match one:
                case ev.SendPacket(interface, _, destination, _, payload) if interface is not None:
                    index = socket.if_nametoindex(interface) if self.version == 3 else 0
                    to = (
                        (str(destination), 0)
                        if self.version == 2
                        else (str(destination), 0, 0, index)
                    )
                    self.sockets[interface].sendto(payload, to)
                case ev.JoinGroup(interface, group):
                    self._join(self.sockets[interface], socket.if_nametoindex(interface), group)
                case _:
                    pass

    def _join(self, made: socket.socket, index: int, group: Address) -> None:
        if self.version == 2:
            member = group.packed + bytes(4) + struct.pack("@i", index)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        else:
            member = group.packed + struct.pack("@i", index)
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)

    def close(self) -> None:
        """Close the sockets."""
        for made in self.sockets.values():
            made.close()


def _socket(version: int) -> socket.socket:
    if version == 2:
        made = socket.socket(socket.AF_INET, socket.SOCK_RAW, OSPF)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        return made
    made = socket.socket(socket.AF_INET6, socket.SOCK_RAW, OSPF)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    return made


@contextmanager
def spoken(
    space: Namespace, config: OspfConfig, version: Literal[2, 3], wires: dict[str, list[str]]
) -> Iterator[Spoken]:
    """An instance in a namespace, with the addresses of its interfaces; closed at the end."""
    made = Spoken(config, version)
    try:
        with inside(space):
            for name, addresses in wires.items():
                made.plug(name, *addresses)
        yield made
    finally:
        made.close()
