"""Numbers with units, as lab files and options write them: "10ms", "1Gbps", "2%", "64KB".

Arithmetic is exact: "0.1ms" is 100,000 ns. Each function raises `ValueError` with a message that
says what would be right; whoever reads a file adds the place.
"""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) *([a-zA-Zµμ%/]*)", re.ASCII)
_LONGEST = 40  # characters; a longer text is no number that anybody wrote

_DURATIONS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9,
    "min": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_BIT_RATES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BIT_RATE_TAILS = ("bit/s", "bits/s", "bps", "bit", "b/s", "b", "")
_SIZES = {
    "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30,
}  # fmt: skip


def _split(value: object, right: str) -> tuple[Fraction, str]:
    text = str(value).strip()
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or isinstance(value, bool):
        raise ValueError(f"write {right}")
    return Fraction(match[1]), match[2]


def _whole(number: Fraction, right: str) -> int:
    if number.denominator != 1:
        raise ValueError(f"finer than can be told apart; write {right}")
    return int(number)


def duration_ns(value: object) -> int:
    """Nanoseconds of "10ms", "1.5 s", "2min"; 0 needs no unit."""
    right = "a time with its unit: 10ms, 1.5s, 250us, 2min"
    number, unit = _split(value, right)
    if not unit and not number:
        return 0
    if unit not in _DURATIONS:
        raise ValueError(f"write {right}")
    return _whole(number * _DURATIONS[unit], right)


def duration(nanoseconds: int) -> str:
    """The text of a duration, as `duration_ns` reads it: "1.5s", "250us"."""
    for unit in ("h", "min", "s", "ms", "us"):
        if nanoseconds >= _DURATIONS[unit] and not nanoseconds * 10 % _DURATIONS[unit]:
            number = f"{nanoseconds / _DURATIONS[unit]:.1f}".removesuffix(".0")
            if unit in ("h", "min") and "." in number:
                continue
            return f"{number}{unit}"
    return f"{nanoseconds}ns" if nanoseconds else "0"


def bandwidth(value: object) -> int:
    """Bits a second of "1Gbps", "100 Mbit/s", "10G"; a bare number counts bit/s. Never 0."""
    right = "a rate in bits: 1Gbps, 100Mbit, 64kbps"
    number, unit = _split(value, right)
    low = unit.lower()
    tail = next(tail for tail in _BIT_RATE_TAILS if low.endswith(tail))
    if "B" in unit and low not in _BIT_RATES and not low.startswith(("bps", "bit")):
        raise ValueError(f"B counts bytes; write {right}")
    factor = _BIT_RATES.get(low.removesuffix(tail))
    if factor is None:
        raise ValueError(f"write {right}")
    rate = _whole(number * factor, right)
    if rate == 0:
        raise ValueError(f"nothing would ever arrive; write {right}, or fail the link")
    return rate


def probability(value: object) -> float:
    """From 0 to 1, of "2%" or "0.05%"; 0 needs no sign."""
    right = "a share in percent: 2%, 0.05%"
    number, unit = _split(value, right)
    if unit != "%" and number:
        raise ValueError(f"write {right}")
    if number > 100:
        raise ValueError("more than all of them; write at most 100%")
    return float(number / 100)


def size_bytes(value: object) -> int:
    """Bytes of "64KB" (1000), "64KiB" (1024), "1500 B"."""
    right = "a size with its unit: 64KB, 1MiB, 1500B"
    number, unit = _split(value, right)
    if unit.lower() not in _SIZES:
        raise ValueError(f"write {right}")
    return _whole(number * _SIZES[unit.lower()], right)


def queue(value: object) -> tuple[int | None, int | None]:
    """Packets and bytes of a queue: "100" and "100 packets" count packets, "64KB" bytes."""
    right = "how many packets or bytes: 100, 64KB"
    number, unit = _split(value, right)
    if unit in ("", "p", "packet", "packets"):
        return _whole(number, right), None
    if unit.lower() in _SIZES:
        return None, size_bytes(value)
    raise ValueError(f"write {right}")
