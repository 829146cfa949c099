"""Parts of an instance that hold and tell nothing, for tests of the machine alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Literal

from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.parts import Parts


class Listener:
    """A part that only notes what it is told: the method and its arguments."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def next_deadline(self) -> int | None:
        return None

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *said: self.told.append((name, *said))


class EmptyDatabase:
    """A database without any LSA, which knows who exchanges."""

    has_changes = False

    def __init__(self) -> None:
        self.states: dict[int, int] = {}

    def set_neighbor(self, number: int, _interface: int, state: int, **_: object) -> None:
        self.states[number] = state

    def remove_neighbor(self, number: int) -> None:
        del self.states[number]

    def take_summary(self, _number: int, _room: int, _now: int) -> bytes:
        return b""

    def take_description(self, number: int, _headers: bytes, _now: int) -> str | None:
        return None if number in self.states else "nobody"

    def answer_request(self, _number: int, body: bytes, _now: int) -> bool:
        return not body

    def receive_update(self, *_: object) -> SimpleNamespace:
        return SimpleNamespace(is_bad_request=False, is_malformed=False, changed=0)

    def outgoing(self, _now: int) -> list[tuple[int, int, int, bytes]]:
        return []

    def next_deadline(self) -> int | None:
        return None

    def _nothing(self, *_: object, **__: object) -> int:
        return 0

    may_request = requests_left = summary_left = begin_summary = _nothing
    set_interface = set_addresses = remove_interface = remove_scope = receive_ack = _nothing


def silent(config: OspfConfig, rng: random.Random, version: Literal[2, 3]) -> Ospf:
    """An instance whose database stays empty."""
    return Ospf(config, rng, version=version, parts=silent_parts)


def silent_parts(_ospf: Ospf) -> Parts:
    """Parts that hold nothing and tell nothing."""
    return Parts(EmptyDatabase(), Listener(), Listener())  # type: ignore[arg-type]
