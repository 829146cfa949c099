"""The machines of a kind that a daemon runs, by the names of their instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from fingerpost.api.daemon import Daemon

MachineT = TypeVar("MachineT")


def machines_of(daemon: Daemon, kind: type[MachineT]) -> dict[str, MachineT]:
    """In the order of the configuration; empty where none runs."""
    return {
        one.name: one.machine
        for one in daemon.routing.protocols.values()
        if isinstance(one.machine, kind)
    }
