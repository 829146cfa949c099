"""BFD where it cannot work: neighbours that are nowhere near, keys that say too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.tree.bfd import AuthenticationWord

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.bfd import BfdAuthenticationEntry, BfdEntry

_SLOWEST_NS = 50_000_000  # below this a busy machine is late now and then


def check(scene: Scene) -> None:
    """Look at the section, and at static routes that ask for sessions."""
    entry = scene.file.tree.bfd
    if entry is not None:
        _check_interfaces(scene, entry)
        _check_peers(scene, entry)
    for at, static in enumerate(scene.file.tree.static):
        for hop in static.route.watched if static is not None else ():
            if hop.gateway is not None:
                _look_for(scene, hop.gateway, hop.interface, ("static", at))


def _check_interfaces(scene: Scene, entry: BfdEntry) -> None:
    for name, one in entry.interfaces.items():
        path: Path = ("bfd", "interfaces", name)
        _check_times(scene, one.min_transmit, (*path, "min-transmit"))
        _check_authentication(scene, one.authentication, (*path, "authentication"))
    _check_times(scene, entry.min_transmit, ("bfd", "min-transmit"))


def _check_peers(scene: Scene, entry: BfdEntry) -> None:
    first: dict[tuple[Address, str | None], int] = {}
    for at, one in enumerate(entry.peers):
        if one is None:
            continue
        path: Path = ("bfd", "peers", at)
        before = first.setdefault((one.address, one.interface), at)
        if before != at:
            said = f"{one.address} stands at peers[{before}] already; keep one of them"
            scene.error("duplicate-peer", path, said)
        _check_times(scene, one.min_transmit, (*path, "min-transmit"))
        _check_authentication(scene, one.authentication, (*path, "authentication"))
        if one.hops == 1:
            _look_for(scene, one.address, one.interface, path)


def _check_times(scene: Scene, transmit_ns: int | None, path: Path) -> None:
    if transmit_ns is not None and transmit_ns < _SLOWEST_NS:
        said = "a machine that is busy may send later than this, which takes sessions down"
        scene.warn("fast-bfd", path, said)


def _check_authentication(scene: Scene, entry: BfdAuthenticationEntry | None, path: Path) -> None:
    if entry is None:
        return
    if entry.type is AuthenticationWord.SIMPLE:
        said = "a password goes in the clear over the link (RFC 5880 6.7.2); a digest does not"
        scene.note("clear-password", (*path, "type"), said)
    first: dict[int, int] = {}
    for at, key in enumerate(entry.keys):
        if key is None:
            continue
        before = first.setdefault(key.id, at)
        if before != at:
            said = f"key {key.id} stands at keys[{before}] already; give it another id"
            scene.error("duplicate-key", (*path, "keys", at), said)


def _look_for(scene: Scene, address: Address, interface: str | None, path: Path) -> None:
    """Find a neighbour on the networks that there are."""
    known = {
        name: [own for own in held if own.version == address.version]
        for name, held in scene.addresses.items()
        if interface in (None, name)
    }
    own = [one for held in known.values() for one in held]
    if any(one.address == address for one in own):
        scene.error("own-neighbor", path, f"{address} is an address of this router itself")
    elif own and not address.is_link_local and not any(address in one.prefix for one in own):
        where = f"no network of {interface}" if interface is not None else "no connected network"
        said = f"{address} is on {where}; BFD watches neighbors one hop away (RFC 5881)"
        scene.warn("far-neighbor", path, said)
