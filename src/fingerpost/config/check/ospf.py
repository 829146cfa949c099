"""OSPF where it cannot work: areas that hang in the air, kinds of networks without neighbours."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from fingerpost.config.check.interfaces import LOOPBACK
from fingerpost.config.check.redistribution import check_redistribution
from fingerpost.config.tree.ospf import OspfEntry, SpfEntry
from fingerpost.config.tree.ospf_interface import OspfInterfaceEntry, TypeName
from fingerpost.config.units import duration
from fingerpost.ospf.config import AreaKind
from fingerpost.ospf.constants import BACKBONE
from fingerpost.ospf.text import dotted
from fingerpost.router.config import FAMILIES

if TYPE_CHECKING:
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.root import Instance

_LISTED = (TypeName.NON_BROADCAST, TypeName.POINT_TO_MULTIPOINT)


def check(scene: Scene) -> None:
    """Look at every instance."""
    for instance in scene.file.tree.instances():
        entry = instance.entry
        if isinstance(entry, OspfEntry):
            _check_instance(scene, instance, entry)
    _check_shared_links(scene)


def _check_shared_links(scene: Scene) -> None:
    """Two instances on a link are told apart by their version and instance id alone."""
    owners: dict[tuple[str, int, int], str] = {}
    for instance in scene.file.tree.instances():
        entry = instance.entry
        if not isinstance(entry, OspfEntry):
            continue
        family = FAMILIES[instance.kind]
        for name, one in entry.interfaces.items():
            if one.announce_only or one.passive or name == LOOPBACK:  # nobody speaks there
                continue
            number = entry.instance_id if one.instance_id is None else one.instance_id
            first = owners.setdefault((name, family, number), instance.name)
            if first != instance.name:
                said = (
                    f"{first} has instance id {number} on {name} too, and packets would be taken "
                    "by both; give one of them another instance-id, or leave it out there"
                )
                scene.error("shared-link", (*instance.path, "interfaces", name), said)


def _check_instance(scene: Scene, instance: Instance, entry: OspfEntry) -> None:
    name, path = instance.name, instance.path
    if not entry.interfaces:
        scene.warn("no-interface", path, f"{name} has no interfaces, so it does nothing")
    for interface, one in entry.interfaces.items():
        _check_interface(scene, instance, interface, one)
    _check_areas(scene, entry, path)
    _check_spf(scene, entry.spf, (*path, "spf"))
    check_redistribution(scene, instance)


def _check_areas(scene: Scene, entry: OspfEntry, path: Path) -> None:
    used = {one.area for one in entry.interfaces.values()}
    linked = {area for area, one in entry.areas.items() if one.virtual_links}
    for area in entry.areas:
        if area not in used:
            said = f"no interface is in area {dotted(area)}"
            place = scene.file.places.spelled((*path, "areas"), (str(area), dotted(area)))
            scene.warn("empty-area", place, said)
    if len(used) > 1 and BACKBONE not in used and not linked:
        names = ", ".join(dotted(area) for area in sorted(used))
        said = (
            f"areas {names} meet here without the backbone: no routes pass between them; put an "
            "interface into area 0 or give one of them a virtual link"
        )
        scene.warn("no-backbone", path, said)
    own = entry.router_id or scene.file.tree.router.id
    for area, one in entry.areas.items():
        if own in one.virtual_links:
            place = scene.file.places.spelled((*path, "areas"), (str(area), dotted(area)))
            told = f"{own} is our own router id; write that of the other end"
            scene.error("own-virtual-link", (*place, "virtual-links", str(own)), told)
    stubs = {area for area, one in entry.areas.items() if one.kind is AreaKind.STUB}
    if used and used <= stubs and (entry.redistribute or entry.default_route):
        said = "every area is a stub, which takes no external routes; make it an nssa"
        scene.warn("stub-externals", (*path, "redistribute"), said)


def _check_spf(scene: Scene, entry: SpfEntry, path: Path) -> None:
    """The less quiet it is, the longer one waits (RFC 8405 4)."""
    said = [("initial", entry.initial), ("short", entry.short), ("long", entry.long)]
    for (less, shorter), (more, longer) in pairwise(said):
        if shorter > longer:
            told = (
                f"{duration(longer)} is less than {less}, {duration(shorter)}; "
                "what waits longer in a restless network is no shorter"
            )
            scene.warn("spf-order", (*path, more), told)


def _check_interface(
    scene: Scene, instance: Instance, name: str, entry: OspfInterfaceEntry
) -> None:
    path = (*instance.path, "interfaces", name)
    family = FAMILIES[instance.kind]
    known = scene.addresses.get(name)
    if known and family == 4 and not any(one.version == 4 for one in known):
        has = ", ".join(map(str, known))
        if entry.type is not TypeName.POINT_TO_POINT:
            said = f"{name} has no IPv4 address for {instance.name}; it has {has}"
            scene.warn("no-address", path, said)
    if entry.type is TypeName.NON_BROADCAST and not entry.neighbors:
        scene.error("no-neighbor", path, "no multicast on this type: name neighbors")
    if entry.neighbors and entry.type not in _LISTED:
        said = "neighbors are for type: non-broadcast and type: point-to-multipoint"
        scene.error("idle-neighbors", (*path, "neighbors"), said)
    for neighbor in entry.neighbors:
        if neighbor is not None and neighbor.address.version != family:
            said = f"{neighbor.address}: {instance.name} speaks IPv{family}"
            scene.error("wrong-family", (*path, "neighbors"), said)
    _check_authentication(scene, entry, path)


def _check_authentication(scene: Scene, entry: OspfInterfaceEntry, path: Path) -> None:
    said = entry.authentication
    if said is None:
        return
    place = (*path, "authentication")
    if entry.announce_only or entry.passive:
        scene.warn("idle-authentication", place, "nothing is sent or heard here")
    if said.password is not None:
        told = "a password goes in the clear over the link (RFC 2328 D.2); a key-chain does not"
        scene.note("clear-password", place, told)
