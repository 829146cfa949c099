"""When a key may be used: from one instant to just before another (RFC 4822 2.2 and 3).

Instants are nanoseconds of one clock, the time of day that a protocol's `epoch_ns` makes of `now`.
When the last of several keys has expired it stays in use: RFC 2328 D.3, RFC 4822 3.3 and RFC 5709
3.2 prefer that to a silent end of routing, and to a fall back to no authentication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From `start` to just before `end`, in nanoseconds; None is no bound."""

    start: int | None = None
    end: int | None = None

    def __contains__(self, now: int) -> bool:
        """Tell whether an instant is in it."""
        return (self.start is None or self.start <= now) and not self.is_over(now)

    def is_over(self, now: int) -> bool:
        """Tell whether it has ended."""
        return self.end is not None and self.end <= now


ALWAYS = Lifetime()


class Timed(Protocol):
    """A key with a time to send and a time to be accepted."""

    @property
    def sends(self) -> Lifetime:
        """When it signs."""
        ...

    @property
    def accepts(self) -> Lifetime:
        """When it is believed."""
        ...


KeyType = TypeVar("KeyType", bound=Timed)


def sending(keys: Sequence[KeyType], now: int) -> KeyType:
    """Give the one that signs: of those whose time it is, the one that began last.

    Where none may send, the one that ended last, else the first to come. Of two that are alike the
    later in `keys`.
    """
    last = len(keys) - 1
    live = [at for at, key in enumerate(keys) if now in key.sends]
    if live:
        return keys[max(live, key=lambda at: (keys[at].sends.start or 0, at))]
    over = [at for at, key in enumerate(keys) if key.sends.is_over(now)]
    if over:
        return keys[max(over, key=lambda at: (keys[at].sends.end or 0, at))]
    return keys[min(range(last + 1), key=lambda at: (keys[at].sends.start or 0, -at))]


def is_accepted(key: Timed, keys: Sequence[Timed], now: int) -> bool:
    """Tell whether it is a key's time to be believed, or whether it is the last that was."""
    if now in key.accepts:
        return True
    if not key.accepts.is_over(now) or any(now in other.accepts for other in keys):
        return False
    ends = [other.accepts.end or 0 for other in keys if other.accepts.is_over(now)]
    return key.accepts.end == max(ends)


def has_expired(keys: Sequence[Timed], now: int) -> bool:
    """Tell whether no key may send any more; somebody should be told."""
    return all(key.sends.is_over(now) for key in keys)
