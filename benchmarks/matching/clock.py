"""How long, and how the time is taken."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any

CLOCK = "LPM_CLOCK"  # in the environment of a child: wall or cpu


@dataclass(frozen=True, slots=True)
class Limits:
    """How long (seconds a repeat), how often, and how many questions one by one."""

    budget_s: float
    repeat: int
    singles: int
    clock: str = "wall"


def timed(call: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """The seconds that the call took and what it gave; the garbage collector is off meanwhile."""
    clock = process_time if os.environ.get(CLOCK) == "cpu" else perf_counter
    gc.disable()
    begin = clock()
    result = call(*arguments)
    spent = clock() - begin
    gc.enable()
    return spent, result
