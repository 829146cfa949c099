"""What BFD counts, by session; nothing where it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.api.openmetrics import Family, Kind
from fingerpost.router.exchange import BFD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost.api.daemon import Daemon


def bfd_families(daemon: Daemon) -> Iterator[Family]:
    """Every family, in a stable order."""
    up = Family("fingerpost_bfd_session_up", Kind.GAUGE, "1 for a session that is Up.")
    falls = Family("fingerpost_bfd_session_falls", Kind.COUNTER, "How often it left Up.")
    packets = Family("fingerpost_bfd_packets", Kind.COUNTER, "Control packets, by direction.")
    faults = Family("fingerpost_bfd_faults", Kind.COUNTER, "Packets not taken, by why.")
    for one in daemon.routing.protocols.values():
        if one.config.kind != BFD:
            continue
        model: Mapping[str, Any] = one.machine.snapshot()
        for session in model["sessions"]:
            labels, counters = _labels(session), session["counters"]
            up.add(int(session["status"] == "Up"), **labels)
            falls.add(counters["downs"], **labels)
            packets.add(counters["packets_in"], direction="in", **labels)
            packets.add(counters["packets_out"], direction="out", **labels)
            for why, count in counters["faults"].items():
                faults.add(count, reason=why, **labels)
        for why, count in model["faults"].items():
            faults.add(count, reason=why, interface="", peer="")
        yield from (up, falls, packets, faults)


def _labels(session: Mapping[str, Any]) -> dict[str, str]:
    return {"interface": session["interface"] or "", "peer": session["peer"]}
