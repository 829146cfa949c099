"""What OSPF counts, by instance; nothing where it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.api.machines import OSPF, machines_of
from fingerpost.api.openmetrics import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.api.daemon import Daemon


def ospf_families(daemon: Daemon) -> Iterator[Family]:
    """Every family, in a stable order."""
    found = machines_of(daemon, OSPF)
    if not found:
        return
    from fingerpost.ospf.neighbor_state import NeighborState
    from fingerpost.ospf.packet import PacketType
    from fingerpost.ospf.text import dotted

    neighbors = Family("fingerpost_ospf_neighbors", Kind.GAUGE, "Neighbours, by their state.")
    lsas = Family("fingerpost_ospf_lsas", Kind.GAUGE, "LSAs of the database, by area.")
    packets = Family("fingerpost_ospf_packets", Kind.COUNTER, "Packets, by type and direction.")
    faults = Family("fingerpost_ospf_faults", Kind.COUNTER, "Packets and LSAs not taken, by why.")
    runs = Family("fingerpost_ospf_calculations", Kind.COUNTER, "Calculations of routes, by kind.")
    helped = Family("fingerpost_ospf_helped", Kind.GAUGE, "Neighbours that restart with our help.")
    helps = Family("fingerpost_ospf_helps_ended", Kind.COUNTER, "Help that ended, by why.")
    restarting = Family("fingerpost_ospf_restarting", Kind.GAUGE, "1 while it restarts itself.")
    for name, machine in found.items():
        helped.add(len(machine.helping), protocol=name)
        for end, count in machine.helping.ended.items():
            helps.add(count, protocol=name, why=end)
        restarting.add(int(machine.is_restarting), protocol=name)
        states = [one.state for one in machine.neighbors.values()]
        for state in NeighborState:
            neighbors.add(states.count(state), protocol=name, state=str(state))
        for area in machine.areas.values():
            lsas.add(machine.database.count(area.scope), protocol=name, area=dotted(area.id))
        lsas.add(machine.database.count(0), protocol=name, area="AS")
        for interface in machine.interfaces.values():
            labels = {"protocol": name, "interface": interface.name}
            for kind in PacketType:
                what = kind.name.lower()
                packets.add(interface.received[kind], direction="in", type=what, **labels)
                packets.add(interface.sent[kind], direction="out", type=what, **labels)
            for why, count in interface.faults.items():
                faults.add(count, reason=str(why), **labels)
        for why, count in machine.faults.items():
            faults.add(count, reason=str(why), protocol=name, interface="")
        for what, count in machine.routing.log.by_kind.items():
            runs.add(count, protocol=name, kind=what)
    yield from (neighbors, lsas, packets, faults, runs, helped, helps, restarting)
