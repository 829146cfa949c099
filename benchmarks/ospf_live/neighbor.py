"""The neighbour of the router that is measured: it speaks for a whole grid of routers.

    python -m ospf_live.neighbor LINK WIDTH HEIGHT

The machine of fingerpost speaks; in the place of its own LSAs stand those of the grid. It says on
stdout when the neighbour's first description came and when it is full ("description NS", "full
NS", by the monotonic clock). A line on stdin changes the farthest router, which has one network
more from then on, or no more: it answers "changed NS".
"""

from __future__ import annotations

import random
import select
import socket
import struct
import sys
from time import monotonic_ns

from fingerpost.addr import Address, Interface
from fingerpost.ospf import NetworkType, Ospf, OspfConfig, OspfInterface
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink
from fingerpost.ospf.parts import Parts
from fingerpost.protocol import events as ev
from ospf_live import grid

OWN, OTHER = "10.9.0.1/30", "10.9.0.2"
ALL_SPF_ROUTERS = "224.0.0.5"
_SO_BINDTODEVICE, _SO_RCVBUFFORCE = 25, 33


class Told:
    """In the place of who tells LSAs and who calculates routes: the grid, and nobody."""

    def __init__(self, ospf: Ospf, width: int, height: int) -> None:
        """Nothing is told before the interface is up."""
        self.ospf, self.width, self.height = ospf, width, height
        self.sequence = grid.SEQUENCE
        self.is_told = False

    def router_changed(self, area: object, now: int) -> None:
        """Tell the whole grid, once."""
        del area
        if self.is_told:
            return
        self.is_told = True
        own = (
            RouterLink(LinkType.POINT_TO_POINT, int(Address(OTHER)), int(Address(OWN[:-3])), 10),
            RouterLink(LinkType.STUB, int(Address("10.9.0.0")), 0xFFFFFFFC, 10),
        )
        scope = self.ospf.areas[0].scope
        for number in range(self.width * self.height):
            more = own if number == 0 else ()
            lsa = grid.lsa(number, self.width, self.height, more=more)
            self.ospf.database.install(scope, lsa, now, is_received=False)

    def change(self, now: int) -> None:
        """Change the farthest router."""
        self.sequence += 1
        number = self.width * self.height - 1
        is_more = (self.sequence - grid.SEQUENCE) % 2
        extra = RouterLink(LinkType.STUB, grid.EXTRA_STUB, 0xFFFFFF00, 10)
        more = (extra,) if is_more else ()
        lsa = grid.lsa(number, self.width, self.height, sequence=self.sequence, more=more)
        self.ospf.database.originate(self.ospf.areas[0].scope, lsa, now)

    def next_deadline(self) -> int | None:
        """Nothing waits."""
        return None

    def __getattr__(self, name: str) -> object:
        """All else that the machine asks for is not done."""
        return lambda *_: None


def opened(link: str) -> socket.socket:
    """A socket that hears and speaks OSPF on the link."""
    found = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89)
    found.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, link.encode())
    found.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 24)
    index = socket.if_nametoindex(link)
    group = struct.pack("4s4si", socket.inet_aton(ALL_SPF_ROUTERS), bytes(4), index)
    found.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    there = struct.pack("4s4si", bytes(4), bytes(4), index)
    found.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, there)
    found.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    found.setblocking(False)
    return found


def main() -> None:
    """Speak until stdin ends."""
    link, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    interface = OspfInterface(
        link, network_type=NetworkType.POINT_TO_POINT, cost=10, hello_s=1, dead_s=40
    )
    told: list[Told] = []

    def parts(ospf: Ospf) -> Parts:
        told.append(Told(ospf, width, height))
        return Parts(told[0], told[0])  # type: ignore[arg-type]

    config = OspfConfig(grid.router_id(0), (interface,), min_ls_arrival_ns=0)
    ospf = Ospf(config, random.Random(1), version=2, parts=parts)
    wire = opened(link)
    carry(wire, ospf.receive(ev.InterfaceWentUp(link, (Interface(OWN),), 1500), monotonic_ns()))
    speak(ospf, wire, told[0], link)


def speak(ospf: Ospf, wire: socket.socket, told: Told, link: str) -> None:
    """Carry packets both ways, and say what happens."""
    said: set[str] = set()
    while True:
        due = ospf.next_deadline()
        wait = 1.0 if due is None else max(0.0, (due - monotonic_ns()) / 1e9)
        ready = select.select([wire, sys.stdin], [], [], wait)[0]
        now = monotonic_ns()
        if sys.stdin in ready:
            if not sys.stdin.readline():
                return
            told.change(now)
            print("changed", monotonic_ns(), flush=True)
        out = ospf.receive(ev.TimePassed(), now)
        if wire in ready:
            for event in heard(wire, link):
                if event.payload[1] == 2 and "description" not in said:
                    said.add("description")
                    print("description", now, flush=True)
                out += ospf.receive(event, now)
        carry(wire, out)
        for neighbor in ospf.neighbors.values():
            if str(neighbor.state) == "Full" and "full" not in said:
                said.add("full")
                print("full", monotonic_ns(), flush=True)


def heard(wire: socket.socket, link: str) -> list[ev.PacketReceived]:
    """All packets that have come."""
    found: list[ev.PacketReceived] = []
    while True:
        try:
            data = wire.recv(65535)
        except BlockingIOError:
            return found
        source, destination = (Address(socket.inet_ntoa(data[at : at + 4])) for at in (12, 16))
        header = (data[0] & 15) * 4
        if source != Address(OWN[:-3]):
            found.append(ev.PacketReceived(link, source, destination, data[8], data[header:]))


def carry(wire: socket.socket, outputs: list[ev.Output]) -> None:
    """Send what is to be sent."""
    for output in outputs:
        if isinstance(output, ev.SendPacket):
            wire.sendto(output.payload, (str(output.destination), 0))


if __name__ == "__main__":
    main()
