"""Two BFD machines on a cable, in virtual time: packets take `DELAY`, some are lost or changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from fingerpost.addr import Address, Interface
from fingerpost.bfd import Bfd, BfdConfig, BfdInterface, BfdPeer, BfdTimers
from fingerpost.bfd.packet import ControlPacket
from fingerpost.protocol import events as ev

MS = 1_000_000
S = 1_000 * MS
DELAY = 1 * MS
NAMES = ("a", "b")
ADDRESSES = {"a": "10.0.0.1/24", "b": "10.0.0.2/24"}


def address(name: str) -> Address:
    return Interface(ADDRESSES[name]).address


def other(name: str) -> str:
    return NAMES[1 - NAMES.index(name)]


def watching(name: str, interface: BfdInterface | None = None) -> BfdConfig:
    """The configuration of one end: a session with the other."""
    return BfdConfig((interface or BfdInterface("eth0"),), (BfdPeer(address(other(name))),))


def timed(transmit_ms: float, receive_ms: float, multiplier: int = 3) -> BfdInterface:
    return BfdInterface(
        "eth0", BfdTimers(round(transmit_ms * MS), round(receive_ms * MS), multiplier)
    )


@dataclass
class Sent:
    """A packet as it was sent, and when."""

    instant: int
    sender: str
    packet: ControlPacket
    datagram: ev.SendDatagram


@dataclass
class Pair:
    """Both machines. `passes` says of each packet whether it gets through."""

    seed: int = 1
    loss: float = 0.0
    configs: dict[str, BfdConfig] = field(default_factory=dict)
    now: int = 0
    passes: Callable[[Sent], bool] = lambda _: True

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._queue: list[tuple[int, int, str, ev.DatagramReceived]] = []
        self._count = 0
        self.sent: list[Sent] = []
        self.told: list[tuple[int, str, ev.Output]] = []
        self.machines = {
            name: Bfd(self.configs.get(name) or watching(name), Random(f"{self.seed}{name}"))
            for name in NAMES
        }
        for name in NAMES:
            self.give(name, ev.InterfaceWentUp("eth0", (Interface(ADDRESSES[name]),)))

    def give(self, name: str, event: ev.Event) -> list[ev.Output]:
        out = self.machines[name].receive(event, self.now)
        for output in out:
            if isinstance(output, ev.SendDatagram):
                self._send(name, output)
            else:
                self.told.append((self.now, name, output))
        return out

    def _send(self, name: str, datagram: ev.SendDatagram) -> None:
        sent = Sent(self.now, name, ControlPacket.decode(datagram.payload), datagram)
        self.sent.append(sent)
        if self._chance.random() < self.loss or not self.passes(sent):
            return
        event = ev.DatagramReceived(
            "eth0",
            address(name),
            datagram.source_port,
            datagram.destination,
            datagram.hop_limit,
            datagram.payload,
        )
        self._count += 1
        heappush(self._queue, (self.now + DELAY, self._count, other(name), event))

    def run(self, duration: int) -> None:
        """Let time pass."""
        end = self.now + duration
        while (instant := self._next()) is not None and instant <= end:
            self.now = instant
            if self._queue and self._queue[0][0] == instant:
                _, _, name, event = heappop(self._queue)
                self.give(name, event)
                continue
            for name, machine in self.machines.items():
                deadline = machine.next_deadline()
                if deadline is not None and deadline <= instant:
                    self.give(name, ev.TimePassed())
        self.now = end

    def _next(self) -> int | None:
        instants = [one.next_deadline() for one in self.machines.values()]
        instants += [self._queue[0][0]] if self._queue else []
        return min((one for one in instants if one is not None), default=None)

    def run_until(self, is_so: Callable[[], bool], limit: int = 60 * S) -> int:
        """Let time pass, a step at a time, until something is so; gives the instant."""
        end = self.now + limit
        while not is_so():
            instant = self._next()
            assert instant is not None
            assert instant <= end, "it never came to be so"
            self.run(instant - self.now)
        return self.now

    # ---- looking

    def model(self, name: str) -> dict[str, object]:
        (session,) = self.machines[name].snapshot(self.now)["sessions"]
        assert isinstance(session, dict)
        return session

    def states(self) -> str:
        found = [next(iter(self.machines[name].sessions)).state for name in NAMES]
        return " ".join(map(str, found))

    def are_up(self) -> bool:
        return self.states() == "Up Up"

    def cut(self) -> None:
        self.passes = lambda _: False

    def mend(self) -> None:
        self.passes = lambda _: True

    def events(self, name: str) -> list[tuple[int, str]]:
        return [
            (at, told.kind)
            for at, who, told in self.told
            if who == name and isinstance(told, ev.Happened)
        ]
