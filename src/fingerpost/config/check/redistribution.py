"""Routes of other sources that a protocol tells: ones that never come, ones that come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.names import meant
from fingerpost.rib.distance import kind_of
from fingerpost.router.config import FAMILIES

if TYPE_CHECKING:
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.tree.root import Instance

_KINDS = ("static", "connected", "table", "bgp", *FAMILIES)


def check_redistribution(scene: Scene, instance: Instance) -> None:
    """Look at every source that an instance tells of."""
    name, entry = instance.name, instance.entry
    family = FAMILIES.get(instance.kind)  # None: both
    for source, rule in entry.redistribute.items():
        path = (*instance.path, "redistribute", source)
        kind = kind_of(source)
        if kind not in _KINDS:
            scene.error(
                "unknown-source", path, f"no routes come from {source!r}{meant(kind, _KINDS)}"
            )
        elif source == name:
            scene.warn("own-source", path, f"{name} tells its own routes anyway")
        elif family is not None and FAMILIES.get(kind, family) != family:
            said = f"{kind} has routes of IPv{FAMILIES[kind]}, {name} of IPv{family}"
            scene.warn("wrong-family", path, said)
        elif kind == "table" and not getattr(rule, "tag", 0) and not entry.channel.tag:
            said = "routes that come back by another router cannot be told from others; give a tag"
            scene.warn("redistribution-loop", path, said)
