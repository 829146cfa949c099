"""Offers that lost against a better one, kept with the reason for those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rip.route import Entry, Path, RefusedOffer
from fingerpost.rip.route_state import Event

if TYPE_CHECKING:
    from fingerpost.rip.dialect import Offer


def refuse(entry: Entry, path: Path, event: Event, most: int) -> None:
    """Remember a loser; the oldest makes room. What cannot be reached is nobody's offer."""
    key = (path.interface, path.neighbor)
    loser = entry.refused.get(key)
    if event is Event.UNREACHABLE:
        entry.refused.pop(key, None)
        return
    if loser is None and len(entry.refused) >= most:
        entry.refused.pop(next(iter(entry.refused), key), None)
    if most:
        remember(entry, loser or RefusedOffer(*key), path.metric, event, path.heard, path.said)


def remember(
    entry: Entry, loser: RefusedOffer, metric: int, event: Event, now: int, said: Offer | None
) -> None:
    """Note what a loser offered last, and why that is not taken."""
    key = (loser.interface, loser.neighbor)
    entry.refused.pop(key, None)
    loser.metric, loser.best, loser.rule = metric, entry.metric, event.value
    loser.instant, loser.said = now, said
    entry.refused[key] = loser
