"""RIP where it cannot work: no address, no neighbour, routes that come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.check.redistribution import check_redistribution
from fingerpost.config.tree.rip import RipngEntry
from fingerpost.config.tree.rip_interface import RipInterfaceEntry, Versions
from fingerpost.router.config import FAMILIES

if TYPE_CHECKING:
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.rip_interface import RipngInterfaceEntry


def check(scene: Scene) -> None:
    """Look at both instances."""
    for instance in scene.file.tree.instances():
        name, entry = instance.name, instance.entry
        if not isinstance(entry, RipngEntry):
            continue
        if not entry.interfaces:
            scene.warn("no-interface", (name,), f"{name} has no interfaces, so it does nothing")
        for interface, one in entry.interfaces.items():
            _check_interface(scene, name, interface, one)
        check_redistribution(scene, instance)


def _check_interface(scene: Scene, name: str, interface: str, entry: RipngInterfaceEntry) -> None:
    path: Path = (name, "interfaces", interface)
    family = FAMILIES[name]
    known = scene.addresses.get(interface)
    own = [one for one in known or () if one.version == family]
    if known and not own and family == 4:
        has = ", ".join(map(str, known or ()))
        scene.warn("no-address", path, f"{interface} has no IPv4 address for {name}; it has {has}")
    elif scene.machine is not None and known == ():
        scene.warn("no-address", path, f"{interface} has no address yet")
    for neighbor in entry.neighbors:
        place = (*path, "neighbors")
        if neighbor.version != family:
            scene.error("wrong-family", place, f"{neighbor}: {name} speaks IPv{family}")
        elif any(one.address == neighbor for one in own):
            scene.error("own-neighbor", place, f"{neighbor} is an address of {interface} itself")
        elif own and not neighbor.is_link_local and not any(neighbor in o.prefix for o in own):
            scene.warn("far-neighbor", place, f"{neighbor} is on no network of {interface}")
    if entry.bfd is not None and entry.announce_only:
        scene.warn("idle-bfd", (*path, "bfd"), "announce-only: nobody is heard here to watch")
    if isinstance(entry, RipInterfaceEntry):
        _check_authentication(scene, interface, entry, path)


def _check_authentication(
    scene: Scene, interface: str, entry: RipInterfaceEntry, path: Path
) -> None:
    if entry.authentication is None:
        return
    place = (*path, "authentication")
    common = scene.file.tree.interfaces.get(interface)
    is_passive = entry.passive or (entry.passive is None and common is not None and common.passive)
    if entry.announce_only:
        scene.warn("idle-authentication", place, "announce-only: nothing is sent or heard here")
    elif is_passive and not entry.neighbors:
        said = f"{interface} is passive: the key checks what comes, and signs nothing"
        scene.note("passive-authentication", place, said)
    if entry.send is Versions.ONE:
        scene.error("no-authentication", place, "RIP version 1 has no authentication (RFC 1058)")
    if entry.authentication.password is not None:
        said = "a password goes in the clear over the link (RFC 2453 4.1); a key-chain does not"
        scene.note("clear-password", place, said)
