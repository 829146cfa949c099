"""The machine's interfaces as the messages so far make them, and what changed since last asked.

Messages come in any number between two questions. A change that was taken back between them is
no news, unless something was lost meanwhile: an interface that went down and up again, an address
that was taken away and given again. The kernel dropped routes then, and neighbours may have; so the
lowest that each interface was is kept, and told in between.

After messages were lost, or at the beginning, everything is asked for: what is not told before the
answer is complete is not there any more (`begin_sweep`, `end_sweep`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.host.linux.kernel_interface import InterfaceChange, KernelInterface, interface_of
from fingerpost.host.linux.watch.told import AddressGone, AddressTold, LinkGone, LinkTold

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fingerpost.host.linux.watch.told import Told


class View:
    """Interfaces by index. No I/O; `apply` takes messages, `take_changes` gives what they did."""

    def __init__(self) -> None:
        """Begin with none."""
        self._links: dict[int, LinkTold] = {}
        self._addresses: dict[int, dict[Hashable, AddressTold]] = {}
        self._told: dict[int, KernelInterface] = {}
        # by index, what it was at its lowest since it was told; None: it was not there
        self._lowest: dict[int, KernelInterface | None] = {}
        self._unseen: set[tuple[int, Hashable]] = set()

    @property
    def has_changes(self) -> bool:
        """Whether `take_changes` may have something to give."""
        return bool(self._lowest)

    @property
    def told(self) -> tuple[KernelInterface, ...]:
        """The interfaces as they were last told, by index."""
        return tuple(self._told[index] for index in sorted(self._told))

    # -- what the kernel says ------------------------------------------------------------------

    def apply(self, told: Told) -> None:
        """Take what one message says; anything about no interface is passed over."""
        match told:
            case LinkTold(index):
                self._unseen.discard((index, None))
                self._links[index] = told
                self._note(index)
            case LinkGone(index):
                self._links.pop(index, None)
                self._addresses.pop(index, None)
                self._note(index)
            case AddressTold(index):
                self._unseen.discard((index, told.key))
                self._addresses.setdefault(index, {})[told.key] = told
                self._note(index)
            case AddressGone(gone):
                self._addresses.get(gone.index, {}).pop(gone.key, None)
                self._note(gone.index)

    def begin_sweep(self) -> None:
        """Everything is going to be told anew."""
        self._unseen = {(index, None) for index in self._links}
        for index, held in self._addresses.items():
            self._unseen.update((index, key) for key in held)

    def end_sweep(self) -> None:
        """Everything was told; what was not is gone."""
        links = sorted(index for index, key in self._unseen if key is None)
        addresses = [one for one in self._unseen if one[1] is not None]
        self._unseen = set()
        for index, key in addresses:
            self._addresses.get(index, {}).pop(key, None)
        for index in links:
            self.apply(LinkGone(index))
        for index in sorted({index for index, _ in addresses}):
            self._note(index)

    def _note(self, index: int) -> None:
        """Lower what is remembered of an interface to what it is now."""
        now, before = self._current(index), self._told.get(index)
        if before is None or now is None or now.name != before.name:
            self._lowest[index] = None
            return
        lowest = self._lowest.get(index, before)
        if lowest is not None:
            self._lowest[index] = lowest.lowered(now)

    def _current(self, index: int) -> KernelInterface | None:
        link = self._links.get(index)
        if link is None:
            return None
        held = [one for one in self._addresses.get(index, {}).values() if one.is_usable]
        # the kernel gives primary addresses first, and so its choice of a source
        held.sort(key=lambda one: (one.address.version, one.is_secondary))
        peers = (one.peer for one in held if one.peer is not None)
        return interface_of(
            link, tuple(dict.fromkeys(one.address for one in held)), tuple(dict.fromkeys(peers))
        )

    # -- what changed --------------------------------------------------------------------------

    def take_changes(self) -> list[InterfaceChange]:
        """Give what changed since the last time: first what went, then the rest by index."""
        went: list[InterfaceChange] = []
        rest: list[InterfaceChange] = []
        for index in sorted(self._lowest):
            before, now = self._told.pop(index, None), self._current(index)
            lowest = self._lowest[index]
            if now is not None:
                self._told[index] = now
            if before is not None and lowest is None:
                went.append(InterfaceChange(before, None))
                before = None
            if now is not None:
                rest += _steps(before, lowest, now)
        self._lowest = {}
        return went + rest


def _steps(
    before: KernelInterface | None, lowest: KernelInterface | None, now: KernelInterface
) -> list[InterfaceChange]:
    """From `before` to `now`, by way of `lowest` if that was lower than both."""
    if before is None or lowest is None:
        return [InterfaceChange(None, now)]
    if lowest not in (before, before.lowered(now)):
        return [InterfaceChange(before, lowest), InterfaceChange(lowest, now)]
    return [InterfaceChange(before, now)] if before != now else []
