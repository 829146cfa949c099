"""This thread in a network namespace; what it opens there stays there."""

from __future__ import annotations

import asyncio
import ctypes
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from netns import Namespace

T = TypeVar("T")
_CLONE_NEWNET = 0x4000_0000
_LIBC = ctypes.CDLL(None, use_errno=True)


def _enter(descriptor: int) -> None:
    if _LIBC.setns(descriptor, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


@contextmanager
def inside(namespace: Namespace) -> Iterator[None]:
    """Be in a namespace, with this thread alone."""
    mine = f"/proc/self/task/{threading.get_native_id()}/ns/net"
    back = os.open(mine, os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(Path("/run/netns") / namespace.name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(there)
        yield
    finally:
        _enter(back)
        os.close(there)
        os.close(back)


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
