"""A protocol that does on streams what it is told to, and notes what it hears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pytest

from fingerpost.protocol import events
from fingerpost.protocol.events import (
    CloseStream,
    ConfigurationChanged,
    GatewayChanged,
    SendStream,
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
    TimePassed,
)
from fingerpost.router import ProtocolConfig
from fingerpost.router.events import ToProtocol
from fingerpost.router.kinds import Kind
from silent import Silent, let_run


@dataclass(frozen=True)
class Talk:
    """What a `Talker` says at once. `echoes`: it sends back what comes, and the end."""

    says: tuple[events.Output, ...] = ()
    echoes: bool = False
    ticks_ns: int | None = None


class Talker(Silent):
    """Says what each configuration has, once."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.accepted: dict[int, StreamAccepted] = {}
        self.connected: dict[int, StreamConnected] = {}
        self.data: dict[int, bytearray] = {}
        self.pieces: list[int] = []  # the lengths of what came
        self.sent: dict[int, int] = {}
        self.closed: dict[int, str | None] = {}
        self.gateways: list[GatewayChanged] = []
        self.ticks: list[int] = []
        self._due = 0  # says what it has to as soon as it can

    @property
    def listens(self) -> tuple[()]:
        return ()

    def receive(self, event: events.Event, now: int) -> Sequence[events.Output]:
        match event:
            case ConfigurationChanged(config):
                assert isinstance(config, Talk)
                self.talk = config
                return config.says
            case TimePassed() if self._due is not None and self._due <= now:
                is_first, tick = self._due == 0, self.talk.ticks_ns
                self.ticks.append(now)
                self._due = None if tick is None else now + tick
                return self.talk.says if is_first else ()
            case StreamReceived(stream, data):
                self.pieces.append(len(data))
                self.data.setdefault(stream, bytearray()).extend(data)
                return [SendStream(stream, data)] if self.talk.echoes else ()
            case StreamAccepted():
                self.accepted[event.stream] = event
            case StreamConnected():
                self.connected[event.stream] = event
            case StreamSent(stream, octets):
                self.sent[stream] = self.sent.get(stream, 0) + octets
            case StreamClosed(stream, reason):
                self.closed[stream] = reason
                return [CloseStream(stream)]  # which is too late, and no error
            case GatewayChanged():
                self.gateways.append(event)
        return ()


def _start(settings: object, _: Random) -> Talker:
    assert isinstance(settings, Talk)
    return Talker(settings)


@pytest.fixture
def talkers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let routers run the kinds "talker" and, in a thread of its own, "urgent talker"."""
    urgent = Kind("urgent talker", lambda: Talk, _start, is_urgent=True)
    let_run(monkeypatch, Kind("talker", lambda: Talk, _start), urgent)


def talking(
    *says: events.Output, echoes: bool = False, ticks_ns: int | None = None, kind: str = "talker"
) -> ProtocolConfig:
    return ProtocolConfig(kind, Talk(says, echoes, ticks_ns))


def say(*outputs: events.Output, to: str = "talk", echoes: bool = False) -> ToProtocol:
    """The event that has the instance `to` say something."""
    return ToProtocol(to, ConfigurationChanged(Talk(outputs, echoes)))
