"""What is counted of neighbours and of the Loc-RIB, as reports (RFC 7854 4.8, RFC 8671 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.bmp import heads
from fingerpost.bmp import Counted, Statistic, Statistics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer


def statistics_of(bgp: Bgp, *, loc_rib: bool) -> bytes:
    """A report of each neighbour with a session, and of the Loc-RIB."""
    instant, out = heads.instant_of(bgp), []
    for peer in bgp.peers.values():
        session = peer.established
        if session is not None and session.agreed is not None:
            head = heads.header_of(peer, session, instant)
            out.append(Statistics(head, tuple(_of_peer(bgp, peer))).encode())
    if loc_rib:
        counts = {one: bgp.table.counts(one.code)[0] for one in bgp.config.families}
        told = [Counted(Statistic.LOC_RIB, sum(counts.values()))]
        told += [
            Counted(Statistic.LOC_RIB_OF_FAMILY, n, (one.afi, one.safi))
            for one, n in counts.items()
        ]
        out.append(Statistics(heads.of_loc_rib(bgp), tuple(told)).encode())
    return b"".join(out)


def _of_peer(bgp: Bgp, peer: Peer) -> Iterator[Counted]:
    assert peer.agreed is not None  # it is Established
    held = refused = told = 0
    for one in peer.agreed.families:
        family = (one.family.afi, one.family.safi)
        received, accepted = bgp.table.peer_counts(peer.number, one.family.code)
        sent, _ = bgp.table.told_counts(peer.number, one.family.code)
        held, refused, told = held + received, refused + received - accepted, told + sent
        yield Counted(Statistic.ADJ_RIB_IN_OF_FAMILY, received, family)
        yield Counted(Statistic.ADJ_RIB_OUT_POST_OF_FAMILY, sent, family)
    yield Counted(Statistic.REJECTED, refused)
    yield Counted(Statistic.ADJ_RIB_IN, held)
    yield Counted(Statistic.ADJ_RIB_OUT_POST, told)
    yield Counted(Statistic.UPDATES_WITHDRAWN, peer.tally.faults)
