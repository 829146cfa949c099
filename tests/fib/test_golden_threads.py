"""One thread changes the table while others look up: no answer is of what does not match."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from fib.golden_fib import FORMS
from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from golden.changes import after, flattened, random_changes
from golden.columns import U32, Addresses, Prefixes, host_bits, prefixes_from_lines
from golden.queries import queries
from golden.tables import with_strangers

FLIPS = 100
READERS = 2
LINES = {
    4: [f"10.{at % 97}.{at % 251}.0/{16 + at % 9}" for at in range(800)],
    6: [f"2001:db8:{at % 97:x}:{at % 251:x}::/{32 + at % 33}" for at in range(800)],
}


def pool(version: int) -> Prefixes:
    """Nested prefixes of one family, host bits cleared, each once."""
    texts = {str(Prefix(line)) for line in LINES[version]}
    return with_strangers(prefixes_from_lines(sorted(texts))[version], 200)


def while_reading(read: Callable[[], None], flip: Callable[[int], None]) -> int:
    """Call `flip` with 0, 1, 2, ... while other threads `read` over and over; give how often.

    It ends after `FLIPS`, or later, when there were as many reads; or when a reader fails.
    """
    stop = threading.Event()
    faults: list[BaseException] = []
    reads = [0] * READERS

    def loop(at: int) -> None:
        try:
            while not stop.is_set():
                read()
                reads[at] += 1
        except BaseException as fault:  # raised again where the test sees it
            faults.append(fault)

    threads = [threading.Thread(target=loop, args=[at]) for at in range(READERS)]
    for thread in threads:
        thread.start()
    flips = 0
    while not faults and min(flips, sum(reads)) < FLIPS:
        flip(flips)
        flips += 1
    stop.set()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return flips


def answers(fib: Fib[int], asked: Addresses) -> U32:
    column: npt.NDArray[np.generic] = asked.as_uint32() if asked.version == 4 else asked.as_bytes()
    indices, values = fib.lookup_many(column)
    ids = np.fromiter((value or 0 for value in values), np.uint32, len(values))
    found: U32 = ids[indices]
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", [4, 6])
def test_no_answer_is_of_a_prefix_that_does_not_match(version: int, form: str) -> None:
    """The table goes to and fro between two states that share a third of their entries.

    Where both states have the same answer, every reader gets it at every moment; elsewhere it gets
    an entry of one of the states that holds the address.
    """
    prefixes = pool(version)
    natives = [Prefix(text) for text in prefixes.as_texts()]
    first = np.arange(1, len(prefixes) + 1, dtype=np.uint32)
    first[::3] = 0
    changes = random_changes(len(prefixes), first > 0, seed=version)
    states = [first, after(changes, len(changes.which), first)]
    asked = queries("hit", prefixes, 5_000)
    right = [flattened(prefixes, ids).lookup(asked) for ids in states]
    is_same = right[0] == right[1]
    assert is_same.any()
    assert not is_same.all()
    owner = owners(states)
    steps = [changed(natives, *states), changed(natives, *reversed(states))]
    fib: Fib[int] = Fib(changed(natives, np.zeros_like(first), first)[0], form=form)

    def read() -> None:
        found = answers(fib, asked)
        assert np.array_equal(found[is_same], right[0][is_same])
        some = np.flatnonzero(found)
        assert np.all(holds(prefixes.take(owner[found[some]]), asked.take(some)))

    def flip(at: int) -> None:
        put, drop = steps[at % 2]
        fib.apply(put=put, drop=drop)

    flips = while_reading(read, flip)
    assert np.array_equal(answers(fib, asked), right[flips % 2])


def owners(states: list[U32]) -> npt.NDArray[np.intp]:
    """The prefix that each id of the states stands for."""
    owner = np.full(int(max(ids.max() for ids in states)) + 1, -1, dtype=np.intp)
    for ids in states:
        owner[ids] = np.arange(len(ids))
    return owner


def holds(prefixes: Prefixes, asked: Addresses) -> npt.NDArray[np.bool_]:
    """Whether each address is in the prefix beside it."""
    high, low = host_bits(prefixes.length)
    network = prefixes.network
    inside: npt.NDArray[np.bool_] = (asked.high & ~high == network.high) & (
        asked.low & ~low == network.low
    )
    return inside


def changed(
    natives: list[Prefix], old: U32, new: U32
) -> tuple[list[tuple[Prefix, int]], list[Prefix]]:
    """What to put and what to drop to come from the old ids to the new."""
    put = [(natives[at], int(new[at])) for at in np.flatnonzero((new != old) & (new > 0))]
    return put, [natives[at] for at in np.flatnonzero((new == 0) & (old > 0))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", [4, 6])
def test_each_answer_is_the_one_before_the_batch_or_after_it(version: int, form: str) -> None:
    """Also where one batch gives a prefix another value and adds or drops one inside it."""
    prefixes = pool(version)
    natives = [Prefix(text) for text in prefixes.as_texts()]
    first = np.arange(1, len(prefixes) + 1, dtype=np.uint32)
    first[::3] = 0
    changes = random_changes(2 * len(prefixes), first > 0, seed=version)
    states = [first, after(changes, len(changes.which), first)]
    asked = queries("hit", prefixes, 5_000)
    right = [flattened(prefixes, ids).lookup(asked) for ids in states]
    steps = [changed(natives, *states), changed(natives, *reversed(states))]
    fib: Fib[int] = Fib(changed(natives, np.zeros_like(first), first)[0], form=form)

    def read() -> None:
        found = answers(fib, asked)
        assert np.all((found == right[0]) | (found == right[1]))

    def flip(at: int) -> None:
        put, drop = steps[at % 2]
        fib.apply(put=put, drop=drop)

    while_reading(read, flip)
