"""What others have not heard of yet: neighbours by serial number, the routing table by prefix.

Each change that neighbours must hear of has a number; an interface that has told all up to a number
asks for what came after. `version` moves with every change of what could be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Prefix


class ChangeLog:
    """Prefixes in the order of their last change."""

    def __init__(self) -> None:
        """Nothing has changed."""
        self.serial = 0
        self.version = 0
        self._recent: dict[Prefix, int] = {}
        self._dirty: dict[Prefix, None] = {}

    def changed(self, prefix: Prefix) -> None:
        """Neighbours must hear of it, and so must the routing table."""
        self.serial += 1
        self._recent.pop(prefix, None)
        self._recent[prefix] = self.serial
        self.moved(prefix)

    def moved(self, prefix: Prefix) -> None:
        """The routing table must hear of it; what neighbours have heard still holds."""
        self.version += 1
        self._dirty[prefix] = None

    def dropped(self, prefix: Prefix) -> None:
        """Nothing is left that one could hear of."""
        self.version += 1
        self._recent.pop(prefix, None)

    def since(self, serial: int) -> Iterator[Prefix]:
        """Give the prefixes that changed after a serial, the last first."""
        for prefix in reversed(self._recent):
            if self._recent[prefix] <= serial:
                return
            yield prefix

    def forget(self, serial: int) -> None:
        """Forget the changes up to a serial, which all have told."""
        old = []
        for prefix, at in self._recent.items():
            if at > serial:
                break
            old.append(prefix)
        if len(old) == len(self._recent):
            self._recent.clear()
            return
        for prefix in old:
            del self._recent[prefix]

    def take_dirty(self) -> tuple[Prefix, ...]:
        """Give what the routing table has to look at, once."""
        dirty = tuple(self._dirty)
        self._dirty.clear()
        return dirty
