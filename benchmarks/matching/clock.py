"""How long, and how the time is taken."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """How long (seconds a repeat), how often, and how many questions one by one."""

    budget_s: float
    repeat: int
    singles: int


def timed(call: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    gc.disable()
    begin = perf_counter()
    result = call(*arguments)
    spent = perf_counter() - begin
    gc.enable()
    return spent, result
