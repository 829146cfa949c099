"""`Examined`: a text that was read beside what runs, and what speaks against letting it run."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from fingerpost.api.kernel_tables import identity
from fingerpost.config.build import build, continued
from fingerpost.config.check import Severity, check
from fingerpost.config.diff import compare
from fingerpost.config.load import loads
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Interface
    from fingerpost.config.check import Finding
    from fingerpost.config.diff import Difference
    from fingerpost.config.load import RouterFile
    from fingerpost.router.config import RouterConfig

FIXED = (("router", "name"), ("api", "socket"), ("api", "group"), ("rollback", "directory"))


class NotNowError(UsageError):
    """It cannot be done as things stand, though it may be right as such."""

    status = HTTPStatus.CONFLICT


@dataclass(frozen=True, slots=True)
class Examined:
    """A text that was read: what it would change, and what of it would not work."""

    file: RouterFile
    config: RouterConfig
    difference: Difference
    findings: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        text: str,
        source: str,
        running: RouterFile,
        machine: Mapping[str, tuple[Interface, ...]],
        wall_ns: int,
    ) -> Examined:
        """Read a text beside what runs. Raises `FileError` with every fault in it."""
        file = continued(running, loads(text, source))
        difference = compare(running.tree, file.tree)
        return cls(file, build(file), difference, tuple(check(file, machine, wall_ns)))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that cannot be meant."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    def refuse_fixed(self, running: RouterFile) -> None:
        """Raise `NotNowError` for what changes only when the router is started anew."""
        if identity(self.file.tree) != identity(running.tree):
            said = "the numbers by which routes are in the kernel (protocol, table, metric)"
            raise NotNowError(f"{said} change only when the router is started anew")
        for change in self.difference.changes:
            if any(change.path[: len(one)] == one for one in FIXED):
                field = ".".join(map(str, change.path))
                raise NotNowError(f"{field} takes effect only when the router is started anew")
