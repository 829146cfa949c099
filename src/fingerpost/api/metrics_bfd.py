"""What BFD counts, by session; nothing where it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.api.openmetrics import Family, Kind
from fingerpost.bfd.machine import Bfd
from fingerpost.bfd.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.api.daemon import Daemon
    from fingerpost.bfd.session import Session


def bfd_families(daemon: Daemon) -> Iterator[Family]:
    """Every family, in a stable order."""
    machines = [one.machine for one in daemon.routing.protocols.values()]
    up = Family("fingerpost_bfd_session_up", Kind.GAUGE, "1 for a session that is Up.")
    falls = Family("fingerpost_bfd_session_falls", Kind.COUNTER, "How often it left Up.")
    packets = Family("fingerpost_bfd_packets", Kind.COUNTER, "Control packets, by direction.")
    faults = Family("fingerpost_bfd_faults", Kind.COUNTER, "Packets not taken, by why.")
    for machine in machines:
        if not isinstance(machine, Bfd):
            continue
        for session in machine.sessions:
            labels, counters = _labels(session), session.counters
            up.add(int(session.state is State.UP), **labels)
            falls.add(counters.downs, **labels)
            packets.add(counters.packets_in, direction="in", **labels)
            packets.add(counters.packets_out, direction="out", **labels)
            for why, count in counters.faults.items():
                faults.add(count, reason=str(why), **labels)
        for why, count in machine.faults.items():
            faults.add(count, reason=str(why), interface="", peer="")
        yield from (up, falls, packets, faults)


def _labels(session: Session) -> dict[str, str]:
    return {"interface": session.key.interface or "", "peer": str(session.key.remote)}
