"""What comes out of a table by copy, pickle, file or freezing answers like the scan too."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fib.golden_fib import FORMS, both, plain, tables
from fingerpost.fib import Fib, FrozenFib
from golden.networks import any_host, edges
from golden.scan import Host, Network

Twin = Callable[[Fib[int]], Fib[int]]
FrozenTwin = Callable[[Fib[int]], FrozenFib[int]]


def saved(fib: Fib[int]) -> Path:
    folder = tempfile.mkdtemp(prefix="fib-")
    path = Path(folder) / "table.fib"
    fib.save(path)
    return path


def opened(fib: Fib[int]) -> FrozenFib[int]:
    path = saved(fib)
    frozen: FrozenFib[int] = FrozenFib.open(path)
    path.unlink()  # what is mapped stays
    path.parent.rmdir()
    return frozen


def loaded(fib: Fib[int]) -> Fib[int]:
    path = saved(fib)
    again: Fib[int] = Fib.load(path)
    path.unlink()
    path.parent.rmdir()
    return again


def pickled(fib: Fib[int]) -> Fib[int]:
    again: Fib[int] = pickle.loads(pickle.dumps(fib))
    return again


def frozen_and_pickled(fib: Fib[int]) -> FrozenFib[int]:
    again: FrozenFib[int] = pickle.loads(pickle.dumps(fib.freeze(), protocol=5))
    return again


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("twin", [pickled, loaded, lambda fib: fib.copy(form="fast")])
@settings(deadline=None, max_examples=30)
@given(routes=tables(), more=st.lists(any_host(), max_size=5))
def test_a_twin_holds_and_answers_the_same(
    twin: Twin, form: str, routes: dict[Network, int], more: list[Host]
) -> None:
    fib, scan = both(routes, form)
    other = twin(fib)
    assert plain(other.items()) == list(scan.ordered())
    fib.clear()
    for host in edges(list(routes)) + more:
        found = other.match(host)
        assert (plain([found])[0] if found else None) == scan.longest_match(host), host


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("twin", [Fib.freeze, opened, frozen_and_pickled])
@settings(deadline=None, max_examples=30)
@given(routes=tables(), more=st.lists(any_host(), max_size=5))
def test_a_frozen_twin_answers_the_same(
    twin: FrozenTwin, form: str, routes: dict[Network, int], more: list[Host]
) -> None:
    fib, scan = both(routes, form)
    frozen = twin(fib)
    fib.clear()
    for host in edges(list(routes)) + more:
        found = frozen.match(host)
        assert (plain([found])[0] if found else None) == scan.longest_match(host), host


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=50)
@given(routes=tables(), more=st.lists(any_host(), max_size=5))
def test_a_table_frozen_for_one_answer_gives_that_of_the_longest_match(
    form: str, routes: dict[Network, int], more: list[Host]
) -> None:
    """Few different answers, so that neighbours and nested prefixes become one."""
    fib, scan = both(routes, form)
    frozen = fib.freeze(lambda value: value % 3)
    for host in edges(list(routes)) + more:
        expected = scan.longest_match(host)
        assert frozen.lookup(host) == (expected[1] % 3 if expected else None), host
