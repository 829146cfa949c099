"""Cyclic garbage is looked for seldom while a network works, and as before when it is done."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from labs import chain, network

from fingerpost.lab.garbage import OBJECTS, seldom_collected


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_run_looks_seldom_and_leaves_all_as_it_was() -> None:
    gc.set_threshold(500, 7, 8)
    net = network(chain())
    seen = []
    net.at("1s", lambda: seen.append(gc.get_threshold()))
    net.run("2s")
    net.wait(lambda: True)
    assert seen == [(OBJECTS, 7, 8)]
    assert gc.get_threshold() == (500, 7, 8)


def test_a_fault_leaves_all_as_it_was() -> None:
    gc.set_threshold(500, 7, 8)
    with pytest.raises(ValueError, match="a fault"), seldom_collected():
        raise ValueError("a fault")
    assert gc.get_threshold() == (500, 7, 8)


@pytest.mark.parametrize("chosen", [0, 2 * OBJECTS])
def test_who_looks_more_seldom_is_left_alone(chosen: int) -> None:
    gc.set_threshold(chosen, 7, 8)
    with seldom_collected():
        assert gc.get_threshold() == (chosen, 7, 8)
