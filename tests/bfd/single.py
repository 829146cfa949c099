"""One machine at 10.0.0.1 on eth0, and what its neighbour at 10.0.0.2 might send it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from fingerpost.addr import Address, Interface
from fingerpost.bfd import Bfd, BfdConfig, BfdInterface, BfdPeer, State
from fingerpost.bfd.packet import ControlPacket
from fingerpost.bfd.session import Session
from fingerpost.protocol import events as ev

S = 1_000_000_000
MS = 1_000_000
NEIGHBOR = Address("10.0.0.2")
OWN = Address("10.0.0.1")
THEIRS = 0x2222_2222


class Single:
    """The machine, and the packets that it has sent."""

    def __init__(
        self, interface: BfdInterface | None = None, config: BfdConfig | None = None
    ) -> None:
        interface = interface or BfdInterface("eth0")
        self.bfd = Bfd(config or BfdConfig((interface,), (BfdPeer(NEIGHBOR),)), Random(7))
        self.now = 0
        self.sent: list[ControlPacket] = []
        self.datagrams: list[ev.SendDatagram] = []
        self.told: list[ev.Output] = []
        self.give(ev.InterfaceWentUp("eth0", (Interface("10.0.0.1/24"), Interface("fe80::1/64"))))

    @property
    def session(self) -> Session:
        (found,) = self.bfd.sessions
        return found

    def is_in(self, state: State) -> bool:
        return self.session.state is state

    def give(self, event: ev.Event, after: int = 0) -> list[ControlPacket]:
        """Give an event a while later; gives the packets that followed."""
        self.now += after
        packets = []
        for output in self.bfd.receive(event, self.now):
            if isinstance(output, ev.SendDatagram):
                packets.append(ControlPacket.decode(output.payload))
                self.datagrams.append(output)
            else:
                self.told.append(output)
        self.sent += packets
        return packets

    def packet(self, state: State = State.DOWN, **fields: object) -> ControlPacket:
        """What the neighbour sends when it knows us."""
        mine = self.session.discriminator
        plain = ControlPacket(state, 3, THEIRS, mine, 1_000_000, 300_000)
        return replace(plain, **fields)  # type: ignore[arg-type]

    def hear(
        self,
        packet: ControlPacket | bytes,
        *,
        hop_limit: int | None = 255,
        source: Address = NEIGHBOR,
        interface: str = "eth0",
        after: int = 0,
    ) -> list[ControlPacket]:
        """Hear a packet; gives the packets that followed."""
        data = packet if isinstance(packet, bytes) else packet.encode()
        datagram = ev.DatagramReceived(interface, source, 50_000, OWN, hop_limit, data)
        return self.give(datagram, after)

    def rise(self, **fields: object) -> None:
        """Come to be Up, and let the Poll Sequence be over."""
        self.hear(self.packet(State.DOWN, your_discriminator=0, **fields))
        self.hear(self.packet(State.INIT, **fields))
        assert self.is_in(State.UP)
        self.hear(self.packet(State.UP, final=True, **fields))
        assert not self.session.timing.is_polling

    def bring_to(self, state: State) -> None:
        """Come to be in a state."""
        match state:
            case State.ADMIN_DOWN:
                shut = BfdPeer(NEIGHBOR, is_shut_down=True)
                config = replace(self.bfd.config, peers=(shut,))
                self.give(ev.ConfigurationChanged(config))
            case State.INIT:
                self.hear(self.packet(State.DOWN, your_discriminator=0))
            case State.UP:
                self.rise()
        assert self.is_in(state)
