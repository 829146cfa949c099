"""What the API asks of the place where a router stands; `host.linux` is one, tests have another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.host.linux.kernel.report import KernelWhy
    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.router.events import Event
    from fingerpost.router.routing import Routing


class Host(Protocol):
    """A routing process with what is around it, all in one thread."""

    @property
    def routing(self) -> Routing:
        """The process."""

    @property
    def interfaces(self) -> tuple[KernelInterface, ...]:
        """The machine's interfaces, by index."""

    def now(self) -> int:
        """The instant that `routing` would be told now, in nanoseconds."""

    def receive(self, event: Event) -> None:
        """Let the process take an event, and carry out what follows."""

    async def kernel_why(self, table: str, prefix: Prefix) -> KernelWhy | None:
        """What the kernel has for a prefix of a table; None for a table that is not installed."""

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        """What is counted, by part ("kernel", "sockets", ...) and name."""
