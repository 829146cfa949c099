"""What a program sees: paths that come and go, sessions that begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.speaker.path import Path

    Named: TypeAlias = Prefix | bytes  # bytes: NLRI of a family that is carried only


@dataclass(frozen=True, slots=True)
class Update:
    """One prefix as `peer` says it now; `path` None: it says it no more.

    `path_id` is 0 without RFC 7911. `is_accepted`: the import policy and the checks of the RFCs
    took it. With `is_anew` the reader was too slow: it forgets all it knew, for everything follows.
    """

    prefix: Named
    path: Path | None
    peer: str
    family: Family
    path_id: int = 0
    is_accepted: bool = True
    is_anew: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Prefixes of which a neighbour says the same; the fields are those of `Update`."""

    prefixes: PrefixColumn | Sequence[Named]
    path: Path | None
    peer: str
    family: Family
    path_id: int = 0
    is_accepted: bool = True
    is_anew: bool = False

    def __iter__(self) -> Iterator[Update]:
        """One by one."""
        is_anew = self.is_anew
        for prefix in self.prefixes:
            yield Update(
                prefix,
                self.path,
                self.peer,
                self.family,
                self.path_id,
                self.is_accepted,
                is_anew,
            )
            is_anew = False

    def __len__(self) -> int:
        """How many prefixes."""
        return len(self.prefixes)


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """The session with a neighbour is Established, or is so no more, and why."""

    peer: str
    is_established: bool
    reason: str
