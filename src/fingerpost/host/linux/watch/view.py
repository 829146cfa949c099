"""The machine's interfaces as the messages so far make them, and what changed since last asked.

Messages come in any number between two questions. A change that was taken back between them is
no news, unless something was lost meanwhile: an interface that went down and up again, an address
that was taken away and given again. The kernel dropped routes then, and neighbours may have; so
what each interface lost is kept (`Losses`), and told in between.

After messages were lost, or at the beginning, everything is asked for: what is not told before the
answer is complete is not there any more (`begin_sweep`, `end_sweep`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.host.linux.kernel_interface import (
    InterfaceChange,
    KernelInterface,
    carries,
    interface_of,
)
from fingerpost.host.linux.watch.told import AddressGone, AddressTold, LinkGone, LinkTold

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.host.linux.watch.told import Told


@dataclass(slots=True)
class Losses:
    """What an interface lost since it was told, whether it got it back or not."""

    itself: bool = False  # it was not there, or had another name
    carriage: bool = False  # it was down
    addresses: set[InterfaceAddress] = field(default_factory=set)


class View:
    """Interfaces by index. No I/O; `apply` takes messages, `take_changes` gives what they did."""

    def __init__(self) -> None:
        """Begin with none."""
        self._links: dict[int, LinkTold] = {}
        self._addresses: dict[int, dict[Hashable, AddressTold]] = {}
        self._told: dict[int, KernelInterface] = {}
        self._losses: dict[int, Losses] = {}  # of those that anything was said about
        self._unseen: set[tuple[int, Hashable]] = set()

    @property
    def has_changes(self) -> bool:
        """Whether `take_changes` may have something to give."""
        return bool(self._losses)

    @property
    def has_losses(self) -> bool:
        """Whether something was lost, of which others should hear soon."""
        return any(one.itself or one.carriage or one.addresses for one in self._losses.values())

    @property
    def told(self) -> tuple[KernelInterface, ...]:
        """The interfaces as they were last told, by index."""
        return tuple(self._told[index] for index in sorted(self._told))

    # -- what the kernel says ------------------------------------------------------------------

    def apply(self, told: Told) -> None:
        """Take what one message says; what names no interface is passed over."""
        match told:
            case LinkTold(index):
                self._unseen.discard((index, None))
                self._links[index] = told
                losses, before = self._noted(index), self._told.get(index)
                losses.itself |= before is not None and before.name != told.name
                losses.carriage |= not carries(told)
            case LinkGone(index):
                self._links.pop(index, None)
                self._addresses.pop(index, None)
                self._noted(index).itself = True
            case AddressTold(index):
                self._unseen.discard((index, told.key))
                self._addresses.setdefault(index, {})[told.key] = told
                if not told.is_usable:
                    self._noted(index).addresses.add(told.address)
                self._noted(index)
            case AddressGone(gone):
                self._lose_address(gone.index, gone.key)

    def _lose_address(self, index: int, key: Hashable) -> None:
        gone = self._addresses.get(index, {}).pop(key, None)
        if gone is not None:
            self._noted(index).addresses.add(gone.address)

    def _noted(self, index: int) -> Losses:
        """The losses of an interface that something was said about."""
        return self._losses.setdefault(index, Losses())

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
            self._lose_address(index, key)
        for index in links:
            self.apply(LinkGone(index))

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
        for index in sorted(self._losses):
            losses = self._losses[index]
            before, now = self._told.pop(index, None), self._current(index)
            if now is not None:
                self._told[index] = now
            if before is not None and (losses.itself or now is None):
                went.append(InterfaceChange(before, None))
                before = None
            if now is not None:
                rest += _steps(before, losses, now)
        self._losses = {}
        return went + rest


def _steps(
    before: KernelInterface | None, losses: Losses, now: KernelInterface
) -> list[InterfaceChange]:
    """From `before` to `now`, by way of what was left when something was lost that is back."""
    if before is None:
        return [InterfaceChange(None, now)]
    held = set(now.addresses)
    was_down = losses.carriage and before.is_up and now.is_up
    if was_down or any(one in held and one in losses.addresses for one in before.addresses):
        kept = (one for one in before.addresses if one in held and one not in losses.addresses)
        left = before.reduced(is_up=before.is_up and not losses.carriage, addresses=tuple(kept))
        return [InterfaceChange(before, left), InterfaceChange(left, now)]
    return [InterfaceChange(before, now)] if before != now else []
