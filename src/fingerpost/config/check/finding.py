"""`Finding`: one thing that would not work, with its place; and `Scene`, what is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Interface
    from fingerpost.config.faults import Path
    from fingerpost.config.load import RouterFile


class Severity(StrEnum):
    """How bad. An `ERROR` cannot be meant, a `WARNING` hardly, a `NOTE` may be."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where. `kind` is a stable name of it ("unknown-interface")."""

    severity: Severity
    kind: str
    file: str
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        """As one line: FILE:LINE:COLUMN: severity: field: message."""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.severity.value}: {self.field}: {self.message}"

    def as_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {**asdict(self), "severity": self.severity.value}


@dataclass(slots=True)
class Scene:
    """The file, the machine where it is known (interfaces with their addresses), the instant.

    `addresses`: by interface, what the machine has, else what the file expects there.
    """

    file: RouterFile
    machine: Mapping[str, tuple[Interface, ...]] | None
    now: int | None
    findings: list[Finding] = field(default_factory=list)
    addresses: dict[str, tuple[Interface, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Gather what is known of addresses."""
        for name, entry in self.file.tree.interfaces.items():
            self.addresses[name] = entry.addresses
        if self.machine is not None:
            self.addresses |= self.machine

    def find(self, severity: Severity, kind: str, path: Path, message: str) -> None:
        """Note a finding at a field of the file."""
        fault = self.file.fault(path, message)
        self.findings.append(
            Finding(
                severity, kind, self.file.source, fault.line, fault.column, fault.field, message
            )
        )

    def error(self, kind: str, path: Path, message: str) -> None:
        """Note what cannot be meant."""
        self.find(Severity.ERROR, kind, path, message)

    def warn(self, kind: str, path: Path, message: str) -> None:
        """Note what is hardly meant."""
        self.find(Severity.WARNING, kind, path, message)

    def note(self, kind: str, path: Path, message: str) -> None:
        """Note what may be meant, and may surprise."""
        self.find(Severity.NOTE, kind, path, message)
