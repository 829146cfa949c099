"""From the entry of BFD to the values that its machine takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd import (
    Authentication,
    AuthenticationType,
    BfdConfig,
    BfdInterface,
    BfdLimits,
    BfdPeer,
    BfdTimers,
    Key,
)
from fingerpost.config.build_keys import lifetime_of
from fingerpost.config.tree.bfd import AuthenticationWord, BfdEntry
from fingerpost.config.tree.bgp import BgpEntry

if TYPE_CHECKING:
    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree import RouterTree
    from fingerpost.config.tree.bfd import (
        BfdAuthenticationEntry,
        BfdInterfaceEntry,
        BfdKeyEntry,
        BfdPeerEntry,
        BfdTimersEntry,
    )

_TYPES = {
    AuthenticationWord.SIMPLE: AuthenticationType.SIMPLE_PASSWORD,
    AuthenticationWord.KEYED_MD5: AuthenticationType.KEYED_MD5,
    AuthenticationWord.METICULOUS_KEYED_MD5: AuthenticationType.METICULOUS_KEYED_MD5,
    AuthenticationWord.KEYED_SHA1: AuthenticationType.KEYED_SHA1,
    AuthenticationWord.METICULOUS_KEYED_SHA1: AuthenticationType.METICULOUS_KEYED_SHA1,
}


def is_wanted(tree: RouterTree) -> bool:
    """Whether the router runs BFD: it has a section, or somebody asks for a session."""
    if tree.bfd is not None or any(one.route.watched for one in tree.static if one is not None):
        return True
    places: list[object] = [] if tree.bgp is None else [*tree.bgp.neighbors.values()]
    places += [] if tree.bgp is None else [*tree.bgp.templates.values()]
    for one in tree.instances():
        if not isinstance(one.entry, BgpEntry):
            places += one.entry.interfaces.values()
    return any(getattr(one, "bfd", None) is not None for one in places)


def bfd_config(shop: Workshop, entry: BfdEntry, path: Path) -> BfdConfig | None:
    """What the machine is told; None if something in it is faulty, which is noted then."""
    common = BfdTimers(entry.min_transmit, entry.min_receive, entry.multiplier)
    interfaces = [
        _interface(shop, name, one, common, (*path, "interfaces", name))
        for name, one in entry.interfaces.items()
    ]
    peers = [
        _peer(shop, one, entry, common, (*path, "peers", at))
        for at, one in enumerate(entry.peers)
        if one is not None
    ]
    return shop.made(
        path,
        lambda: BfdConfig(
            tuple(one for one in interfaces if one is not None),
            tuple(one for one in peers if one is not None),
            common,
            BfdLimits(entry.limits.sessions),
            shop.epoch_ns,
        ),
    )


def _interface(
    shop: Workshop, name: str, entry: BfdInterfaceEntry, common: BfdTimers, path: Path
) -> BfdInterface | None:
    asked = _authentication(shop, entry.authentication, (*path, "authentication"))
    timers = _timers(entry, common)
    return shop.made(path, lambda: BfdInterface(name, timers, entry.passive, asked))


def _peer(
    shop: Workshop, entry: BfdPeerEntry, whole: BfdEntry, common: BfdTimers, path: Path
) -> BfdPeer | None:
    asked = _authentication(shop, entry.authentication, (*path, "authentication"))
    there = whole.interfaces.get(entry.interface or "")
    timers = None
    if (entry.min_transmit, entry.min_receive, entry.multiplier) != (None, None, None):
        timers = _timers(entry, common if there is None else _timers(there, common))
    return shop.made(
        path,
        lambda: BfdPeer(
            entry.address,
            entry.interface,
            entry.local,
            timers,
            entry.passive,
            asked,
            entry.shutdown,
            entry.hops,
        ),
    )


def _timers(entry: BfdTimersEntry, common: BfdTimers) -> BfdTimers:
    """What is said, and for the rest what holds around it."""
    return BfdTimers(
        common.min_transmit_ns if entry.min_transmit is None else entry.min_transmit,
        common.min_receive_ns if entry.min_receive is None else entry.min_receive,
        common.multiplier if entry.multiplier is None else entry.multiplier,
    )


def _authentication(
    shop: Workshop, entry: BfdAuthenticationEntry | None, path: Path
) -> Authentication | None:
    if entry is None:
        return None
    keys = [
        _key(shop, one, (*path, "keys", at)) for at, one in enumerate(entry.keys) if one is not None
    ]
    good = tuple(key for key in keys if key is not None)
    if not good:
        return None
    return shop.made(path, lambda: Authentication(_TYPES[entry.type], good))


def _key(shop: Workshop, entry: BfdKeyEntry, path: Path) -> Key | None:
    place = (*path, "secret")
    secret = shop.secret(entry.secret, place)
    if secret is None:
        return None
    return shop.made(
        place, lambda: Key(entry.id, secret, lifetime_of(entry.send), lifetime_of(entry.accepts))
    )
