"""How often Python looks for cyclic garbage while a network works.

What a network of a thousand routers makes either goes at once, by its reference count, or stays.
To go through what is new every few hundred objects, as Python does, finds next to nothing there and
takes a tenth of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000  # made between two looks; what little garbage they are waits for that long


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look seldom, until the end of the block; who has switched that off, or looks more seldom, is
    left alone.
    """
    before = gc.get_threshold()
    if not 0 < before[0] < OBJECTS:
        yield
        return
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
