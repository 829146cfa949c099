"""What goes into a routing table and what comes out: batches of routes.

`AnnounceRoutes` and `WithdrawRoutes` are outputs of protocols and inputs of the table;
`RoutesChanged` is what the table tells those who export from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Prefix
    from fingerpost.rib.route import RibRoute


@dataclass(frozen=True, slots=True)
class AnnounceRoutes:
    """Each route takes the place of the one its source had for the prefix, if it had one."""

    routes: tuple[RibRoute, ...]


@dataclass(frozen=True, slots=True)
class AnnounceAlike:
    """Routes that differ in their prefix only: `like`, at each of `prefixes` and not at its own.

    To a table it is the same as an `AnnounceRoutes` of all these routes, which need not be made.
    """

    like: RibRoute
    prefixes: tuple[Prefix, ...] | PrefixColumn


@dataclass(frozen=True, slots=True)
class WithdrawRoutes:
    """The source has no route for these prefixes any more; one it never had is no error."""

    source: str
    prefixes: tuple[Prefix, ...] | PrefixColumn


@dataclass(frozen=True, slots=True)
class Change:
    """The best route of a prefix before and after; None where there is none."""

    prefix: Prefix
    before: RibRoute | None
    after: RibRoute | None


@dataclass(frozen=True, slots=True)
class RoutesChanged:
    """The best routes that one batch changed, at most one `Change` for a prefix."""

    changes: Sequence[Change]


RibEvent = AnnounceRoutes | AnnounceAlike | WithdrawRoutes | InterfaceWentUp | InterfaceWentDown
