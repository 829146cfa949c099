"""Who translates type 7 LSAs of an NSSA for the others (RFC 3101 3.1).

1. One that is configured to always does, one that shall never does not.
2. A candidate does not while a border router can be reached in the NSSA that always does: that one
   says so by the Nt bit of its router-LSA.
3. Of candidates the one with the highest router id does, among the border routers (bits B and E)
   that can be reached in the NSSA.

Who can be reached in the NSSA alone does not count: what it translates would not arrive.

One that loses goes on for TranslatorStabilityInterval, until the other one's LSAs are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import TranslatorRole
from fingerpost.ospf.lsa.options import RouterFlags

if TYPE_CHECKING:
    from collections.abc import Iterable

BOTH = RouterFlags.B | RouterFlags.E


def is_elected(role: TranslatorRole, router_id: int, others: Iterable[tuple[int, int]]) -> bool:
    """Tell whether we are elected; `others` are the routers that count, with their flags."""
    if role is not TranslatorRole.CANDIDATE:
        return role is TranslatorRole.ALWAYS
    for other, flags in others:
        if flags & RouterFlags.B and flags & RouterFlags.NT:
            return False
        if flags & BOTH == BOTH and other > router_id:
            return False
    return True


class Translator:
    """Whether we translate for one NSSA, with the time that one who loses has left."""

    def __init__(self) -> None:
        """We do not."""
        self.is_active = False
        self.is_elected = False
        self.ends: int | None = None

    def elect(self, elected: bool, now: int, stability_ns: int) -> bool:
        """Take the outcome of an election; whether we begin or stop to translate now."""
        was = self.is_active
        self.is_elected = elected
        if elected:
            self.is_active, self.ends = True, None
        elif was and self.ends is None:
            self.ends = now + stability_ns
        return self.pass_time(now) or was != self.is_active

    def pass_time(self, now: int) -> bool:
        """Whether the time that was left is over now."""
        if self.ends is None or now < self.ends:
            return False
        self.is_active, self.ends = False, None
        return True

    def stop(self) -> bool:
        """We are no border router of the NSSA any more; whether we translated."""
        was, self.is_active, self.is_elected, self.ends = self.is_active, False, False, None
        return was
