"""A RIP machine on a kernel socket of one interface, until its standard input ends.

    python -m rip.speaker INTERFACE VERSION ADDRESS,... ALGORITHM SECRET PREFIX

It tells PREFIX as a static route, prints its table and its faults as JSON lines whenever they
change, and says goodbye at the end. Only for tests: the machine itself does no I/O.
"""

from __future__ import annotations

import json
import random
import select
import socket
import struct
import sys
import time
from typing import Literal

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, Change, RoutesChanged, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip import (
    Algorithm,
    Key,
    KeyChain,
    Redistribution,
    Rip,
    RipConfig,
    RipInterface,
    RipTimers,
    SimplePassword,
)
from fingerpost.rip.keys import Authenticator

S = 1_000_000_000
GROUPS = {4: "224.0.0.9", 6: "ff02::9"}
TIMERS = RipTimers(2 * S, S // 4, 12 * S, 8 * S, S // 10, S // 2, S // 10)


def open_socket(name: str, family: int) -> socket.socket:
    index = socket.if_nametoindex(name)
    if family == 4:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        request = struct.pack("4s4si", socket.inet_aton(GROUPS[4]), bytes(4), index)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, request)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        sock.bind(("", 520))
        return sock
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    group = socket.inet_pton(socket.AF_INET6, GROUPS[6]) + struct.pack("I", index)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    for hops in (socket.IPV6_MULTICAST_HOPS, socket.IPV6_UNICAST_HOPS):
        sock.setsockopt(socket.IPPROTO_IPV6, hops, 255)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(("::", 521))
    return sock


def authenticator(algorithm: str, secret: str) -> Authenticator | None:
    if algorithm == "none":
        return None
    if algorithm == "password":
        return SimplePassword(secret.encode())
    return KeyChain((Key(1, secret.encode(), Algorithm(algorithm)),))


class Speaker:
    def __init__(self, name: str, family: int, rip: Rip) -> None:
        self.name, self.family, self.rip = name, family, rip
        self.socket = open_socket(name, family)
        self.table: dict[str, int] = {}
        self.told: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def give(self, event: ev.Event) -> None:
        for output in self.rip.receive(event, time.monotonic_ns()):
            match output:
                case AnnounceRoutes():
                    self.table |= {str(route.prefix): route.metric for route in output.routes}
                case WithdrawRoutes():
                    for prefix in output.prefixes:
                        del self.table[str(prefix)]
                case ev.SendDatagram():
                    self.send(output)
        faults = {
            str(fault): count for fault, count in self.rip.links[self.name].counters.faults.items()
        }
        if (self.table, faults) != self.told:
            self.told = dict(self.table), faults
            print(json.dumps({"table": self.table, "faults": faults}), flush=True)

    def send(self, datagram: ev.SendDatagram) -> None:
        to = str(datagram.destination), datagram.destination_port
        if self.family == 6:
            self.socket.sendto(datagram.payload, (*to, 0, socket.if_nametoindex(self.name)))
        else:
            self.socket.sendto(datagram.payload, to)

    def hear(self) -> None:
        data, ancillary, _, source = self.socket.recvmsg(65535, 256)
        to, limit = Address(GROUPS[self.family]), None
        for _, kind, value in ancillary:
            if kind == socket.IPV6_HOPLIMIT:
                (limit,) = struct.unpack("i", value)
            elif (
                kind == socket.IPV6_PKTINFO
            ):  # an answer may come with any hop limit, an update not
                to = Address(value[:16])
        self.give(
            ev.DatagramReceived(
                self.name,
                Address(source[0].partition("%")[0]),
                source[1],
                to,
                limit,
                data,
            )
        )

    def run(self) -> None:
        while True:
            deadline = self.rip.next_deadline() or time.monotonic_ns() + S
            wait = max(0, deadline - time.monotonic_ns()) / S
            ready, _, _ = select.select([self.socket, sys.stdin], [], [], wait)
            if self.socket in ready:
                self.hear()
            if sys.stdin in ready:
                self.give(ev.ShutdownRequested())
                return
            self.give(ev.TimePassed())


def main(name: str, version: str, addresses: str, algorithm: str, secret: str, told: str) -> None:
    family = 6 if version == "ng" else 4
    kind: Literal[2, "ng"] = "ng" if version == "ng" else 2
    interface = RipInterface(name, authenticator=authenticator(algorithm, secret))
    rules = {"static": Redistribution(metric=3, tag=7)}
    config = RipConfig((interface,), timers=TIMERS, redistributes=rules)
    speaker = Speaker(name, family, Rip(config, random.Random(1), version=kind))
    route = RibRoute(Prefix(told), "static", 1, 0, ())
    own = tuple(Interface(one) for one in addresses.split(","))
    speaker.give(ev.InterfaceWentUp(name, own))
    speaker.give(RoutesChanged((Change(route.prefix, None, route),)))
    speaker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
