"""Parts of an instance that hold and tell nothing, for tests of the machine alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.parts import Parts
from fingerpost.router.kinds import KINDS


class Listener:
    """A part that only notes what it is told: the method and its arguments."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def next_deadline(self) -> int | None:
        return None

    def snapshot(self) -> dict[str, object]:
        return {}

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *said: self.told.append((name, *said))


def silent(config: OspfConfig, rng: random.Random, version: Literal[2, 3]) -> Ospf:
    """An instance whose database stays empty."""
    return Ospf(config, rng, version=version, parts=silent_parts)


def silent_parts(_ospf: Ospf) -> Parts:
    """Parts that hold nothing and tell nothing."""
    return Parts(Listener(), Listener())  # type: ignore[arg-type]


def whole(config: OspfConfig, rng: random.Random, version: Literal[2, 3]) -> Ospf:
    """An instance with all its parts, as a router starts it."""
    made = KINDS["ospf" if version == 2 else "ospf3"].start(config, rng)
    assert isinstance(made, Ospf)
    return made
