"""Long answers, made in pieces between which the router has its turn."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

T = TypeVar("T")
TURN_S: Final = 0.004
"""How long an answer may keep the router from its work at a time."""


async def in_turns(pieces: Iterator[T | None]) -> AsyncIterator[T]:
    """The pieces that are there; at a None that comes late enough the router has its turn."""
    began = time.perf_counter()
    for piece in pieces:
        if piece is not None:
            yield piece
        elif time.perf_counter() - began > TURN_S:
            await asyncio.sleep(0)
            began = time.perf_counter()
