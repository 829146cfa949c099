"""Another configuration while it runs: sessions go on wherever what they rest on is the same."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from fingerpost.bgp import peer_tables
from fingerpost.bgp.constants import CeaseError

if TYPE_CHECKING:
    from fingerpost.bgp.config import BgpConfig, Neighbor
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

# what of a neighbour changes nothing that its session rests on
_LIGHT = ("families", "description", "shutdown_text", "is_enabled", "bfd", "most")
# what of a family was said in the OPEN
_SAID = ("add_path", "extended_next_hop", "graceful_restart", "family")


class Reconfiguration:
    """Takes what differs."""

    def __init__(self, bgp: Bgp) -> None:
        """Of an instance."""
        self._bgp = bgp

    def apply_rules(self) -> None:
        """Tell the core how the best path is found."""
        rules = self._bgp.config.decision
        self._bgp.table.set_rules(**{one.name: getattr(rules, one.name) for one in fields(rules)})

    def take(self, config: BgpConfig) -> None:
        """Go on by another configuration."""
        bgp, before = self._bgp, self._bgp.config
        is_other = _identity(before) != _identity(config)
        if before.listens and (before.port, before.listen_addresses, before.listens) != (
            config.port,
            config.listen_addresses,
            config.listens,
        ):
            bgp.stop_listening()
        bgp.config = bgp.policing.config = config
        bgp.listen()
        self.apply_rules()
        wanted = {one.name: one for one in config.neighbors}
        for peer in list(bgp.peers.values()):
            name = peer.name.partition(":")[0] if peer.is_dynamic else peer.name
            self._take_peer(peer, wanted.get(name), is_other=is_other)
        known = {peer.name for peer in bgp.peers.values()}
        for neighbor in config.neighbors:
            if neighbor.prefix is None and neighbor.name not in known:
                peer_made = bgp.neighbors.add(neighbor)
                if peer_made is not None:
                    peer_made.start()
        bgp.policing.keep(bgp.peers.values())
        bgp.origination.configure()
        bgp.aggregation.configure(config.aggregates)
        bgp.validating.configure()
        bgp.monitoring.configure()
        bgp.is_dirty = True

    def _take_peer(self, peer: Peer, wanted: Neighbor | None, *, is_other: bool) -> None:
        if wanted is None:
            peer.stop(CeaseError.PEER_DECONFIGURED)
            self._bgp.neighbors.remove(peer)
            return
        if peer.is_dynamic:
            wanted = replace(wanted, name=peer.name, prefix=None, address=peer.address)
        before, peer.config = peer.config, wanted
        if is_other or _place(before) != _place(wanted):
            peer.stop(CeaseError.OTHER_CONFIGURATION_CHANGE)
            self._bgp.neighbors.remove(peer)
            made = self._bgp.neighbors.add(wanted, is_dynamic=False)
            if made is not None:
                made.start()
            return
        if before.is_enabled and not wanted.is_enabled:
            peer.stop(CeaseError.ADMINISTRATIVE_SHUTDOWN, wanted.shutdown_text)
        elif wanted.is_enabled and not before.is_enabled:
            peer.enable()
        elif _said(before) != _said(wanted):
            peer.reset(CeaseError.OTHER_CONFIGURATION_CHANGE)
        elif before != wanted:
            self._retell(peer, before, wanted)

    def _retell(self, peer: Peer, before: Neighbor, wanted: Neighbor) -> None:
        """The session goes on; what comes is judged anew, what goes is told where it differs."""
        bgp = self._bgp
        peer_tables.set_peer(bgp, peer)
        session, agreed = peer.established, peer.agreed
        if session is None or agreed is None:
            return
        if before.bfd != wanted.bfd:
            bgp.liveliness.watch(peer, session)
        if before.families != wanted.families:
            peer_tables.tell_all(bgp, peer, session, agreed, again=True)
            for one in agreed.families:
                bgp.table.refeed(one.family.code, peer.number)


def _identity(config: BgpConfig) -> tuple[object, ...]:
    return config.asn, config.router_id, config.confederation, config.cluster_id


def _place(one: Neighbor) -> tuple[object, ...]:
    return one.address, one.interface, one.prefix


def _said(one: Neighbor) -> tuple[object, ...]:
    heavy = tuple(getattr(one, field.name) for field in fields(one) if field.name not in _LIGHT)
    families = tuple(tuple(getattr(held, name) for name in _SAID) for held in one.families)
    return heavy, families
