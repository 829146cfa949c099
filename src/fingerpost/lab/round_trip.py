"""Round-trip times: their statistics, and their text as the tools that users know print it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fingerpost.addr import Address

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND


class RoundTrips(NamedTuple):
    """Minimum, mean, maximum and mean deviation, in nanoseconds; all 0 where nothing came back."""

    least: int
    mean: int
    most: int
    deviation: int

    @classmethod
    def of(cls, times: Sequence[int]) -> RoundTrips:
        """The statistics of some times, with the deviation as ping computes it: the root of the
        mean square less the squared mean.
        """
        if not times:
            return cls(0, 0, 0, 0)
        mean = sum(times) // len(times)
        square = sum(time * time for time in times) // len(times)
        return cls(min(times), mean, max(times), isqrt(max(square - mean * mean, 0)))

    def __str__(self) -> str:
        """As the last line of ping."""
        numbers = "/".join(f"{value / MILLISECOND:.3f}" for value in self)
        return f"rtt min/avg/max/mdev = {numbers} ms"


def ping_time(time_ns: int) -> str:
    """A time with the digits that iputils gives it: "0.043", "2.00", "20.4", "102"."""
    value = time_ns / MILLISECOND
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"


def named(address: Address, names: Mapping[Address, str]) -> str:
    """An address with the name of its owner: "r1 (10.0.0.1)", or alone where nobody has it."""
    name = names.get(address)
    return f"{name} ({address})" if name else str(address)
