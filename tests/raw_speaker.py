"""A protocol as small as can be: it greets all routers of its links, and notes what it hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from fingerpost.addr import Address
from fingerpost.protocol import events
from fingerpost.protocol.events import (
    InterfaceWentDown,
    InterfaceWentUp,
    JoinGroup,
    PacketReceived,
    SendPacket,
    TimePassed,
)
from fingerpost.protocol.instance import RawIp
from fingerpost.router import ProtocolConfig
from fingerpost.router.kinds import Kind
from silent import Silent, let_run

S = 1_000_000_000
OSPF = 89
ALL_ROUTERS = {4: Address("224.0.0.5"), 6: Address("ff02::5")}


@dataclass(frozen=True)
class Greeting:
    """What a `Speaker` is told: its family, what it says each `interval_ns`, and to whom."""

    family: int
    payload: bytes = b"hello"
    interval_ns: int = 10 * S
    destination: Address | None = None
    source: Address | None = None


class Speaker(Silent):
    """Speaks protocol 89 of one family on all interfaces that have a link."""

    def __init__(self, greeting: Greeting) -> None:
        self.greeting = greeting
        self.group = ALL_ROUTERS[greeting.family]
        self.up: dict[str, InterfaceWentUp] = {}
        self.told: list[events.Event] = []
        self.heard: list[PacketReceived] = []
        self.says: list[events.Output] = []  # beside its greeting, when its time has come

    @property
    def listens(self) -> tuple[RawIp, ...]:
        return (RawIp(self.greeting.family, OSPF),)

    def receive(self, event: events.Event, now: int) -> Sequence[events.Output]:
        if isinstance(event, PacketReceived):
            self.heard.append(event)
            return []
        self.told.append(event)
        match event:
            case InterfaceWentUp(name, is_loopback=False):
                self.up[name] = event
                self._due = now
                return [JoinGroup(name, self.group)]
            case InterfaceWentDown(name):
                self.up.pop(name, None)
            case TimePassed():
                self._due = now + self.greeting.interval_ns
                said, self.says = self.says, []
                return [*said, *map(self._greet, self.up)]
        return []

    def _greet(self, name: str) -> SendPacket:
        told = self.greeting
        return SendPacket(name, told.source, told.destination or self.group, 1, told.payload)


def _start(settings: object, _: Random) -> Speaker:
    assert isinstance(settings, Greeting)
    return Speaker(settings)


@pytest.fixture
def speakers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let routers run the kind "speaker"."""
    let_run(monkeypatch, Kind("speaker", lambda: Greeting, _start))


def speaking(greeting: Greeting) -> ProtocolConfig:
    return ProtocolConfig("speaker", greeting)
