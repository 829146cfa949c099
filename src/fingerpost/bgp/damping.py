"""Damping of a path that flaps (RFC 2439, with the thresholds of RFC 7196), written to be read.

A path has a penalty that grows when it is withdrawn or changes, and halves each half life. Above
`suppress` the path is not used; when it has come down to `reuse` it is used again. It is forgotten
when it is less than half of that. The core does the same with whole tables
(rust/core/src/bgp/damping.rs), by the same arithmetic: seconds, and numbers with 32 binary digits
behind the point, so that both agree to the last digit. Tests hold them to each other.

Unlike RFC 2439 there is one half life for paths that are there and that are not, and what goes with
a session is not punished (4.8.5 leaves that open). Paths of our own AS are not damped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND

_BITS: Final = 32
_ONE: Final = 1 << _BITS


class Flap(IntEnum):
    """What happens to a path, and what it costs."""

    WITHDRAWN = 1000
    CHANGED = 500
    SAID_AGAIN = 0


@dataclass(frozen=True, slots=True)
class Damping:
    """How hard paths that flap are punished (RFC 2439 4.2).

    `suppress` is the least that RFC 7196 recommends, the others are what everybody has.
    `longest_ns` is how long a path may be suppressed that flaps no more. Raises `UsageError` for
    times below a second, and for thresholds that are never reached.
    """

    half_life_ns: int = 900 * SECOND
    suppress: int = 6000
    reuse: int = 750
    longest_ns: int = 3600 * SECOND

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        for name, value in (("half_life_ns", self.half_life_ns), ("longest_ns", self.longest_ns)):
            if not SECOND <= value <= 86_400 * SECOND:
                raise UsageError(f"{name} {value}, expected a second to a day")
        if not 1 <= self.reuse < self.suppress:
            raise UsageError(
                f"reuse {self.reuse}, expected 1 to {self.suppress - 1}, below suppress"
            )
        if self.suppress >= self.ceiling:
            raise UsageError(
                f"suppress {self.suppress} is never reached: {self.ceiling} is the most, from which"
                f" it takes {self.longest_s} s to {self.reuse}; raise longest or lower half_life"
            )

    @property
    def half_life_s(self) -> int:
        """In seconds."""
        return self.half_life_ns // SECOND

    @property
    def longest_s(self) -> int:
        """In seconds."""
        return self.longest_ns // SECOND

    @property
    def factor(self) -> int:
        """What is left of a penalty after a second: the most that leaves half after a half life."""
        low, high = 0, _ONE - 1
        while low < high:
            middle = (low + high + 1) // 2
            if _power(middle, self.half_life_s) <= _ONE // 2:
                low = middle
            else:
                high = middle - 1
        return low

    @property
    def ceiling(self) -> int:
        """No penalty is above this (RFC 2439 4.2): from here `longest_ns` leads to `reuse`."""
        left = max(_power(self.factor, self.longest_s), 1)
        return min(self.reuse * _ONE // left, 0xFFFF_FFFF)

    def decayed(self, penalty: int, seconds: int) -> int:
        """What is left of a penalty after some seconds."""
        return penalty * _power(self.factor, seconds) >> _BITS

    def wait(self, penalty: int, target: int) -> int:
        """How many seconds a penalty takes to come down to this."""
        low, high = 0, self.half_life_s * (_BITS + 1)
        factor = self.factor
        while low < high:
            middle = (low + high) // 2
            if penalty * _power(factor, middle) >> _BITS <= target:
                high = middle
            else:
                low = middle + 1
        return low


def _power(base: int, exponent: int) -> int:
    made = _ONE
    while exponent:
        if exponent & 1:
            made = made * base >> _BITS
        base = base * base >> _BITS
        exponent >>= 1
    return made


@dataclass(frozen=True, slots=True)
class Merit:
    """What is known of a path that flaps: its penalty at a second, and whether it is suppressed."""

    terms: Damping
    penalty: int = 0
    at_s: int = 0
    is_suppressed: bool = False

    def now(self, now_s: int) -> int:
        """Its penalty at a later second."""
        return self.terms.decayed(self.penalty, now_s - self.at_s)

    def after(self, flap: Flap, now_s: int) -> Merit:
        """Something has happened (RFC 2439 4.8.2 to 4.8.4)."""
        penalty = min(self.now(now_s) + flap, self.terms.ceiling)
        bound = self.terms.reuse if self.is_suppressed else self.terms.suppress
        return replace(self, penalty=penalty, at_s=now_s, is_suppressed=penalty > bound)

    @property
    def due_s(self) -> int:
        """The second at which it is used again or forgotten (RFC 2439 4.8.7)."""
        target = self.terms.reuse if self.is_suppressed else self.terms.reuse // 2
        return self.at_s + max(self.terms.wait(self.penalty, target), 1)
