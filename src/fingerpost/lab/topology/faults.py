"""What is wrong with a topology file: every fault at once, each with line, field and value."""

from __future__ import annotations

from dataclasses import dataclass
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
    """One fault: the line (from 1; 0 if the format has none), the field, what is wrong with it."""

    line: int
    field: str
    message: str

    def in_file(self, file: str) -> str:
        """As one line: FILE:LINE: field: message."""
        place = f"{file}:{self.line}" if self.line else file
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


class TopologyError(LoadError):
    """A file does not describe a network; `faults` has every reason, the message lists them."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        """Sort the faults by their place in the file."""
        self.file = file
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.field)))
        lines = [fault.in_file(file) for fault in self.faults[:_LISTED]]
        if len(self.faults) > _LISTED:
            lines.append(f"and {len(self.faults) - _LISTED:,} more")
        super().__init__("\n".join(lines))
