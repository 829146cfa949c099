"""The machines of a protocol that a daemon runs, by the names of their instances.

They are told apart by the kinds of their configuration: what does not run is not loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

if TYPE_CHECKING:
    from fingerpost.api.daemon import Daemon
    from fingerpost.bgp.machine import Bgp
    from fingerpost.ospf.machine import Ospf
    from fingerpost.rip.machine import Rip

MachineT = TypeVar("MachineT")


@dataclass(frozen=True, slots=True)
class Protocol(Generic[MachineT]):
    """A protocol as people call it, and the kinds of instances that speak it (`router.kinds`)."""

    name: str
    kinds: frozenset[str]

    def of(self, kind: str, machine: object) -> MachineT | None:
        """The machine, where it is of this protocol."""
        return cast("MachineT", machine) if kind in self.kinds else None


RIP: Final[Protocol[Rip]] = Protocol("RIP", frozenset({"rip", "ripng"}))
OSPF: Final[Protocol[Ospf]] = Protocol("OSPF", frozenset({"ospf", "ospf3"}))
BGP: Final[Protocol[Bgp]] = Protocol("BGP", frozenset({"bgp"}))


def machines_of(daemon: Daemon, protocol: Protocol[MachineT]) -> dict[str, MachineT]:
    """In the order of the configuration; empty where none runs."""
    running = daemon.routing.protocols.values()
    found = ((one.name, protocol.of(one.config.kind, one.machine)) for one in running)
    return {name: machine for name, machine in found if machine is not None}
