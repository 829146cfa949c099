"""Calling a function so that the line of the `return` that ended it is known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from types import CodeType, FrameType

A = TypeVar("A")
R = TypeVar("R")


class Watched:
    """Calls `function`; `place` is then the file and the line where it returned.

    It costs some microseconds. Under a debugger or a measure of coverage, which watch by the same
    means, and for what is no Python function, the place is "function".
    """

    def __init__(self, function: Callable[[A], R]) -> None:
        """Nothing is called yet."""
        self._function: Callable[[Any], Any] = function
        self._code: CodeType | None = getattr(function, "__code__", None)
        self.place = "function"

    def __call__(self, argument: object) -> Any:  # noqa: ANN401 - what the function gives
        """Call it."""
        self.place = "function"
        if self._code is None or sys.gettrace() is not None:
            return self._function(argument)
        sys.settrace(self._entered)
        try:
            return self._function(argument)
        finally:
            sys.settrace(None)

    def _entered(self, frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - of `sys`
        if event != "call" or frame.f_code is not self._code:
            return None
        frame.f_trace_lines = False
        return self._left

    def _left(self, frame: FrameType, event: str, _: object) -> Any:  # noqa: ANN401 - of `sys`
        if event == "return":
            file = frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
            self.place = f"{file}:{frame.f_lineno}"
        return self._left
