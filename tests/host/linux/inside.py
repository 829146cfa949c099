"""Coroutines of tests that run in a namespace, within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from netns import inside

__all__ = ["inside", "run", "until"]

T = TypeVar("T")


async def until(is_so: Callable[[], object], timeout: float = 10) -> None:
    """Wait until something is so; an `AssertionError` names what never was."""
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    while not is_so():
        assert loop.time() < end, f"not within {timeout} s"
        await asyncio.sleep(0.01)


def run(case: Callable[[], Awaitable[T]], timeout: float = 60) -> T:
    """Run a coroutine to its end, within a time."""

    async def bounded() -> T:
        async with asyncio.timeout(timeout):
            return await case()

    return asyncio.run(bounded())
