"""Routing protocols above a virtual host: the sockets and groups that they ask for.

What an instance listens to is opened when it starts and closed when it ends; what comes in goes to
the router as an event for that instance, what the instance sends leaves by our own UDP or IP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import Happened
from fingerpost.host.protocol_sources import sources_for
from fingerpost.host.protocol_streams import ProtocolStreams
from fingerpost.host.raw_ip import RawSockets
from fingerpost.protocol.events import (
    CloseStream,
    DatagramReceived,
    JoinGroup,
    LeaveGroup,
    ListenStream,
    OpenStream,
    SendDatagram,
    SendPacket,
    SendStream,
    StopListeningStream,
)
from fingerpost.protocol.instance import UdpPort
from fingerpost.router.events import FromProtocol, ProtocolStarted, ProtocolStopped, ToProtocol
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.udp import Udp

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import SendFrame
    from fingerpost.host.udp import Datagram, OnReceive, UdpSocket
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.protocol.instance import Listening
    from fingerpost.router.router import Output

_OF_STREAMS = (SendStream, OpenStream, CloseStream, ListenStream, StopListeningStream)


class ProtocolSockets:
    """The sockets of the protocol instances of one host, by name; `raw` are those of IP itself,
    `streams` those of TCP.
    """

    def __init__(self, host: VirtualHost) -> None:
        """None is open."""
        self.raw = RawSockets(host)
        self.streams = ProtocolStreams(host)
        self._host = host
        self._sockets: dict[str, list[UdpSocket]] = {}

    def send_known(self, output: Output, now: int) -> SendFrame | None:
        """The frame of an IP packet whose like was sent before; None: obey the output."""
        if type(output) is not FromProtocol or type(output.output) is not SendPacket:
            return None
        return self.raw.send_known(output.name, output.output, now)

    def obey(self, output: Output, now: int) -> list[Output]:
        """Carry out what an instance asks for; gives what follows."""
        if type(output) is FromProtocol and type(output.output) is SendPacket:
            return self.raw.send(output.name, output.output, now)
        match output:
            case FromProtocol(name, SendDatagram() as datagram):
                return self._send(name, datagram, now)
            case FromProtocol(_, JoinGroup(interface, group)):
                return list(self._host.router.plane.join(group, interface, now))
            case FromProtocol(_, LeaveGroup(interface, group)):
                return list(self._host.router.plane.leave(group, interface, now))
            case FromProtocol(name, asked) if isinstance(asked, _OF_STREAMS):
                self.streams.obey(name, asked, now)
            case ProtocolStarted(name, listens):
                self._sockets[name] = [
                    self._open(name, port, families) for port, families in _ports(listens).items()
                ]
                self.raw.start(name, listens)
            case ProtocolStopped(name):
                for socket in self._sockets.pop(name, ()):
                    socket.close()
                self.raw.stop(name)
                self.streams.stop(name, now)
        return []

    def _open(self, name: str, port: int, families: set[int]) -> UdpSocket:
        return self._host.udp.open(port, on_receive=self._receiver(name, families))

    def _receiver(self, name: str, families: set[int]) -> OnReceive:
        def receive(datagram: Datagram, now: int) -> list[Output]:
            if datagram.interface is None or datagram.source.version not in families:
                return []  # from ourselves, or of a family that this one does not speak
            event = DatagramReceived(
                datagram.interface,
                datagram.source,
                datagram.source_port,
                datagram.destination,
                datagram.hop_limit,
                datagram.data,
            )
            return self._host.router.receive(ToProtocol(name, event), now)

        return receive

    def _send(self, name: str, datagram: SendDatagram, now: int) -> list[Output]:
        sources = self._sources(datagram)
        if not sources:
            where = datagram.interface or name
            told = f"{where} has no address to send to {datagram.destination} from"
            return [Happened(f"{name} cannot send", datagram.interface, told)]
        udp = Udp(datagram.source_port, datagram.destination_port, datagram.payload)
        out: list[Output] = []
        for source in sources:
            out += self._host.send(
                source,
                datagram.destination,
                IpProtocol.UDP,
                udp.encode(source, datagram.destination),
                now,
                interface=datagram.interface,
                hop_limit=datagram.hop_limit,
            )
        return out

    def _sources(self, datagram: SendDatagram) -> tuple[Address, ...]:
        if datagram.source is not None:
            return (datagram.source,)
        interface = self._host.router.interfaces.get(datagram.interface or "")
        own = () if interface is None else interface.addresses
        return sources_for(datagram.destination, own)


def _ports(listens: tuple[Listening, ...]) -> dict[int, set[int]]:
    """The UDP ports, each with the families that are heard there: one socket hears both."""
    found: dict[int, set[int]] = {}
    for one in listens:
        if isinstance(one, UdpPort):
            found.setdefault(one.port, set()).add(one.family)
    return found
