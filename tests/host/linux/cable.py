"""Two namespaces with a cable between them, and what their kernels say about its ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fingerpost.host.linux.interfaces import InterfaceWatcher
from fingerpost.host.linux.kernel_interface import KernelInterface
from linux.inside import inside, run
from netns import Namespace, namespaces, veth

T = TypeVar("T")


class End:
    """One end: its namespace, and its interface as the kernel tells it now."""

    def __init__(self, space: Namespace, name: str) -> None:
        self.space = space
        self.name = name

    def ip(self, words: str) -> None:
        self.space.ip(words)

    @property
    def interface(self) -> KernelInterface:
        with inside(self.space):
            return run(self._told)

    async def _told(self) -> KernelInterface:
        watcher = InterfaceWatcher(lambda _: None)
        await watcher.start()
        watcher.stop()
        return next(one for one in watcher.interfaces if one.name == self.name)

    def open(self, make: Callable[[KernelInterface], T]) -> T:
        """Make something in the namespace."""
        interface = self.interface
        with inside(self.space):
            return make(interface)


@contextmanager
def cable(*addresses: tuple[str, str]) -> Iterator[tuple[End, End]]:
    """Ends `va` and `vb`, up, with pairs of addresses that need no detection of duplicates."""
    with namespaces("a", "b") as (a, b):
        for space in (a, b):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        veth(a, "va", b, "vb")
        left, right = End(a, "va"), End(b, "vb")
        for own, other in addresses:
            left.ip(f"addr add {own} dev va")
            right.ip(f"addr add {other} dev vb")
        wait(lambda: has_link_local(left) and has_link_local(right))
        yield left, right


def has_link_local(end: End) -> bool:
    interface = end.interface
    return interface.is_up and interface.interface.link_local() is not None


def wait(is_so: Callable[[], object], timeout: float = 15) -> None:
    """Wait until something is so."""
    end = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < end, f"not within {timeout} s"
        time.sleep(0.01)
