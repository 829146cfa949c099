"""What an adapter must offer so that its peer can be measured and its answers checked.

Conversions of questions into the peer's input type and of its answers into ids are not timed.
An id is the number of the prefix in the table, from 1; 0 says that nothing matches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, ClassVar

from golden.columns import U32, Addresses, Prefixes


@dataclass(frozen=True, slots=True)
class Table:
    """The routes of one family as an adapter gets them; `ids[i]` is the value of prefix i."""

    prefixes: Prefixes
    texts: list[str]
    ids: list[int]

    @property
    def version(self) -> int:
        return self.prefixes.version


@dataclass(frozen=True, slots=True)
class Single:
    """One way to ask for one address a call; only `lookup` is timed."""

    takes: str
    prepare: Callable[[Addresses], Sequence[Any]]
    lookup: Callable[[Any], Any]
    id_of: Callable[[Any], int]
    may_miss: bool = True
    """False where a miss raises: then it is asked only what surely hits."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One way to ask for many addresses a call; only `lookup` is timed."""

    takes: str
    prepare: Callable[[Addresses], Any]
    lookup: Callable[[Any], Any]
    ids_of: Callable[[Any], U32]
    threads: int = 1
    batch: int = 0
    """Addresses a call; 0: all in one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One update: put the id at the prefix, or drop the prefix where `id` is 0."""

    prefix: str
    id: int


class Peer(ABC):
    """A table of one family in some library."""

    name: ClassVar[str]
    distribution: ClassVar[str | None] = None
    """Its name on PyPI; None for what Python brings along."""
    families: ClassVar[tuple[int, ...]] = (4, 6)
    change_forms: ClassVar[tuple[str, ...]] = ()
    """The input types for changes; none: the table cannot be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Scratch space for peers that load files."""

    @classmethod
    def release(cls) -> str:
        """The installed version; PackageNotFoundError where there is none."""
        return version_of(cls.distribution) if cls.distribution else "stdlib"

    def prepare(self, table: Table) -> Any:
        """Give what `build` needs in the form the peer likes best; not timed."""
        return table

    @abstractmethod
    def build(self, prepared: Any) -> None:
        """Make the table; timed, and its memory counted."""

    def singles(self) -> list[Single]:
        return []

    def bulks(self) -> list[Bulk]:
        return []

    def changes(self, batch: list[Change], form: str) -> Any:  # noqa: ARG002 - for those with several
        """Give the batch in the form of that name for `change`; not timed."""
        return batch

    def change(self, prepared: Any) -> None:
        """Carry out one batch; timed."""
        raise NotImplementedError(f"{self.name} cannot change its table")

    def reader(self, asked: Addresses) -> Callable[[], int] | None:  # noqa: ARG002 - mostly none
        """A call that looks up the addresses while another thread changes the table; says how many.

        None where the peer does not allow that, or never lets two threads run.
        """
        return None

    def other_builds(self) -> dict[str, Callable[[], object]]:
        """Further ways to make the same table, by what they take; timed once."""
        return {}

    def memory(self) -> dict[str, int]:
        """Bytes by part as the peer itself counts them; empty where it cannot say."""
        return {}


def texts(addresses: Addresses) -> list[str]:
    return addresses.as_texts()


def integers(addresses: Addresses) -> list[int]:
    return addresses.as_ints()


def packed(addresses: Addresses) -> list[bytes]:
    return addresses.as_packed()


def or_zero(answer: int | None) -> int:
    """The id itself, 0 for None."""
    return answer or 0
