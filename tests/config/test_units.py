"""Numbers with units: exact, both ways of writing, and a message that says what would be right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.config import units


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10ms", 10_000_000), ("1.5s", 1_500_000_000), ("250us", 250_000), ("250 µs", 250_000),
        ("0.1ms", 100_000), ("2min", 120 * 10**9), ("1h", 3600 * 10**9), ("7ns", 7), (0, 0),
        ("0.001us", 1),
    ],
)  # fmt: skip
def test_times(text: object, value: int) -> None:
    assert units.duration_ns(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1Gbps", 10**9), ("100Mbit", 10**8), ("100 Mbit/s", 10**8), ("64kbps", 64_000),
        ("10G", 10**10), ("9600", 9600), (9600, 9600), ("2.5 Gb/s", 2_500_000_000), ("8b", 8),
    ],
)  # fmt: skip
def test_rates(text: object, value: int) -> None:
    assert units.bandwidth(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("2%", 0.02), ("0.05%", 0.0005), (0, 0.0), ("100 %", 1.0)]
)
def test_shares(text: object, value: float) -> None:
    assert units.probability(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [(100, (100, None)), ("100 packets", (100, None)), ("64KB", (None, 64_000)),
     ("64KiB", (None, 65_536)), ("1500B", (None, 1500))],
)  # fmt: skip
def test_queues(text: object, value: tuple[int | None, int | None]) -> None:
    assert units.queue(text) == value


@pytest.mark.parametrize(
    ("read", "text", "right"),
    [
        (units.duration_ns, "10", "with its unit"),
        (units.duration_ns, "-1s", "with its unit"),
        (units.duration_ns, "0.1ns", "finer than can be told apart"),
        (units.duration_ns, True, "with its unit"),
        (units.duration_ns, "1" * 50 + "s", "with its unit"),
        (units.duration_ns, "1M", "with its unit"),
        (units.bandwidth, "10MB", "B counts bytes"),
        (units.bandwidth, "0", "nothing would ever arrive"),
        (units.bandwidth, "fast", "a rate in bits"),
        (units.probability, "2", "in percent"),
        (units.probability, "101%", "at most 100%"),
        (units.queue, "64x", "packets or bytes"),
        (units.size_bytes, "12", "with its unit"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right(
    read: Callable[[object], object], text: object, right: str
) -> None:
    with pytest.raises(ValueError, match=right):
        read(text)


@given(st.text(max_size=12) | st.integers() | st.floats() | st.none() | st.lists(st.text()))
def test_whatever_is_given_is_read_or_refused_with_a_value_error(value: object) -> None:
    for read in (units.duration_ns, units.bandwidth, units.probability, units.queue):
        try:
            read(value)
        except ValueError as error:
            assert "write" in str(error)  # noqa: PT017 - any value may also be right


@given(st.integers(0, 10**18))
def test_nanoseconds_are_exact(value: int) -> None:
    assert units.duration_ns(f"{value}ns") == value
    assert units.duration_ns(f"{value // 1000}.{value % 1000:03}us") == value
