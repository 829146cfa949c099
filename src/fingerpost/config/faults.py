"""What is wrong with a file: every fault at once, each with line, column, field and value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterable

Path = tuple[str | int, ...]
_LISTED = 50  # faults printed; a file of the wrong kind may have thousands
_VALUE_LIMIT = 60  # characters of a value that a message repeats


def dotted(path: Path) -> str:
    """A path as people write it: topology.links[3].delay."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: object) -> str:
    """A value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _VALUE_LIMIT else f"{text[: _VALUE_LIMIT - 3]}..."


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: line and column (from 1; 0 if there is none), the field, what is wrong with it."""

    line: int
    field: str
    message: str
    column: int = 0

    def in_file(self, file: str) -> str:
        """As one line: FILE:LINE:COLUMN: field: message."""
        place = ":".join([file, *(str(part) for part in (self.line, self.column) if part)])
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


class FileError(LoadError):
    """A file does not say what it should; `faults` has every reason, the message lists them."""

    tells_columns = True

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        """Sort the faults by their place in the file."""
        if not self.tells_columns:
            faults = [replace(fault, column=0) for fault in faults]
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda one: (one.line, one.column, one.field)))
        lines = [fault.in_file(file) for fault in self.faults[:_LISTED]]
        if len(self.faults) > _LISTED:
            lines.append(f"and {len(self.faults) - _LISTED:,} more")
        super().__init__("\n".join(lines))
