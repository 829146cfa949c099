"""The generation of a table: another number after every change, the same while nothing changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fingerpost.fib import Fib

CHANGES: list[Callable[[Fib[int]], object]] = [
    lambda fib: fib.__setitem__("10.0.0.0/8", 2),
    lambda fib: fib.__setitem__("10.9.0.0/16", 2),
    lambda fib: fib.__delitem__("10.0.0.0/8"),
    lambda fib: fib.update({"192.0.2.0/24": 3}),
    lambda fib: fib.apply({"192.0.2.0/24": 3}.items(), drop=["10.0.0.0/8"]),
    lambda fib: fib.clear(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_makes_it_another(change: Callable[[Fib[int]], object]) -> None:
    fib = Fib({"10.0.0.0/8": 1})
    before = fib.generation
    change(fib)
    assert fib.generation != before


def test_questions_leave_it_as_it_is() -> None:
    fib = Fib({"10.0.0.0/8": 1})
    before = fib.generation
    fib.lookup("10.0.0.1")
    fib.copy().freeze()
    list(fib.items())
    with pytest.raises(KeyError):
        fib["11.0.0.1"]
    assert fib.generation == before
