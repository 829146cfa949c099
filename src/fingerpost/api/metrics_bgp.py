"""What BGP counts, by neighbour; nothing where it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.api.machines import BGP, machines_of
from fingerpost.api.metrics_records import record_families
from fingerpost.api.metrics_rpki import rpki_families
from fingerpost.api.openmetrics import Family, Kind
from fingerpost.bgp.constants import MessageType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.api.daemon import Daemon

_SECOND = 1e9
_PREFIXES = ("received", "accepted", "told")


def bgp_families(daemon: Daemon) -> Iterator[Family]:
    """Every family, in a stable order."""
    found = machines_of(daemon, BGP)
    if not found:
        return
    up = Family("fingerpost_bgp_neighbor_up", Kind.GAUGE, "1 for a session that is Established.")
    state = Family("fingerpost_bgp_neighbor_state", Kind.GAUGE, "1 for the state that it is in.")
    since = Family(
        "fingerpost_bgp_neighbor_uptime_seconds", Kind.GAUGE, "Of this session.", "seconds"
    )
    sessions = Family("fingerpost_bgp_neighbor_sessions", Kind.COUNTER, "How often it came up.")
    failed = Family("fingerpost_bgp_neighbor_failures", Kind.COUNTER, "How often one failed.")
    prefixes = Family("fingerpost_bgp_prefixes", Kind.GAUGE, "Paths of a neighbour, by what of.")
    limits = Family("fingerpost_bgp_prefix_limit", Kind.GAUGE, "How many it may tell.")
    messages = Family("fingerpost_bgp_messages", Kind.COUNTER, "Of this session, by type.")
    octets = Family("fingerpost_bgp_octets", Kind.COUNTER, "Octets of UPDATEs, by direction.")
    faults = Family("fingerpost_bgp_faults", Kind.COUNTER, "Faults of UPDATEs (RFC 7606).")
    held = Family("fingerpost_bgp_table_prefixes", Kind.GAUGE, "Prefixes of a table, by family.")
    paths = Family("fingerpost_bgp_table_paths", Kind.GAUGE, "Paths of a table, by family.")
    memory = Family("fingerpost_bgp_memory_bytes", Kind.GAUGE, "Held by the tables.", "bytes")
    now = daemon.host.now()
    for name, machine in found.items():
        memory.add(machine.table.memory(), protocol=name)
        for family in sorted(
            {one.family for p in machine.peers.values() for one in p.config.families}
        ):
            count, known = machine.table.counts(family.code)
            held.add(count, protocol=name, family=str(family))
            paths.add(known, protocol=name, family=str(family))
        for peer in machine.peers.values():
            labels = {"protocol": name, "neighbor": peer.name}
            up.add(int(peer.established is not None), **labels)
            state.add(1, state=str(peer.state), **labels)
            if peer.established_at is not None:
                since.add((now - peer.established_at) / _SECOND, **labels)
            tally, session = peer.tally, peer.established or peer.first
            sessions.add(tally.established, **labels)
            failed.add(peer.oscillation.failed, **labels)
            faults.add(tally.faults, **labels)
            octets.add(tally.octets_in, direction="in", **labels)
            octets.add(tally.octets_out, direction="out", **labels)
            for kind in MessageType:
                what = kind.name.lower()
                messages.add(session.received[kind], direction="in", type=what, **labels)
                messages.add(session.sent[kind], direction="out", type=what, **labels)
            for one in peer.config.families:
                counts = machine.table.peer_counts(peer.number, one.family.code)
                told = machine.table.told_counts(peer.number, one.family.code)[0]
                for what, number in zip(_PREFIXES, (*counts, told), strict=True):
                    prefixes.add(number, family=str(one.family), kind=what, **labels)
                if one.limit is not None:
                    limits.add(one.limit.prefixes, family=str(one.family), **labels)
    yield from (up, state, since, sessions, failed, prefixes, limits, messages, octets, faults)
    yield from (held, paths, memory)
    yield from record_families(found, now)
    yield from rpki_families(found, now)
