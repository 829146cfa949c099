"""Interfaces that are not there, and addresses that are not as the file expects them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.config.build_bgp import is_interface
from fingerpost.config.names import alike, meant
from fingerpost.config.tree.bgp import BgpEntry

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path

LOOPBACK = "lo"


def check(scene: Scene) -> None:
    """Look at every name of an interface, and at every address."""
    for name, path in _named(scene):
        _look_for(scene, name, path)
    _compare_addresses(scene)
    _find_duplicates(scene)


def _named(scene: Scene) -> Iterator[tuple[str, Path]]:
    """Every place where the name of an interface stands."""
    tree = scene.file.tree
    for name in tree.interfaces:
        yield name, ("interfaces", name)
    for instance in tree.instances():
        if isinstance(instance.entry, BgpEntry):
            for place in filter(is_interface, instance.entry.neighbors):
                yield place, (*instance.path, "neighbors", place)
            continue
        for name in instance.entry.interfaces:
            yield name, (*instance.path, "interfaces", name)
    if tree.bfd is not None:
        for name in tree.bfd.interfaces:
            yield name, ("bfd", "interfaces", name)
        for at, peer in enumerate(tree.bfd.peers):
            if peer is not None and peer.interface is not None:
                yield peer.interface, ("bfd", "peers", at, "interface")
    for at, static in enumerate(tree.static):
        for hop in static.route.next_hops if static is not None else ():
            if hop.interface is not None:
                yield hop.interface, ("static", at)


def _look_for(scene: Scene, name: str, path: Path) -> None:
    others = scene.file.tree.interfaces
    entry = others.get(name)
    if entry is not None and entry.optional:
        return
    if scene.machine is not None and name not in scene.machine:
        hint = meant(name, scene.machine)
        said = f"this machine has no interface {name!r}{hint}"
        if not alike(name, scene.machine):
            said += f"; where it comes later, say interfaces: {{{name}: {{optional: true}}}}"
        scene.error("unknown-interface", path, said)
    elif scene.machine is None and entry is None and name != LOOPBACK and others:
        hint = meant(name, others)
        scene.warn("unlisted-interface", path, f"{name!r} is not among interfaces{hint}")


def _compare_addresses(scene: Scene) -> None:
    if scene.machine is None:
        return
    for name, entry in scene.file.tree.interfaces.items():
        there = scene.machine.get(name)
        for wanted in entry.addresses if there is not None else ():
            if there is not None and wanted not in there:
                has = ", ".join(map(str, there)) or "no address"
                path = ("interfaces", name, "addresses")
                scene.warn("missing-address", path, f"{name} has not {wanted}; it has {has}")


def _find_duplicates(scene: Scene) -> None:
    owners: dict[Address, tuple[str, bool]] = {}
    for name, entry in scene.file.tree.interfaces.items():
        path = ("interfaces", name, "addresses")
        for own in entry.addresses:
            # an unnumbered interface has the address of another, without a network
            is_lent = own.version == 4 and own.length == own.bits
            first, lends = owners.setdefault(own.address, (name, is_lent))
            if first != name and not (own.address.is_link_local or is_lent or lends):
                scene.error("duplicate-address", path, f"{own.address} is expected on {first} too")
