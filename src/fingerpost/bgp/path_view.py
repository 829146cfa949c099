"""A path as people look at it: what the core holds of it, with its attributes read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fingerpost.addr import Address

    Row = tuple[int, int, bytes, bytes | None, int, int, int | None, int | None, bool]


class PathFlags(IntFlag):
    """What else is known of a path, as the core numbers it."""

    STALE = 1 << 0  # RFC 4724 4.2, RFC 7313 4
    LONG_LIVED_STALE = 1 << 1  # RFC 9494 4.2
    AS_LOOP = 1 << 2
    CLUSTER_LOOP = 1 << 3
    FIRST_AS = 1 << 4
    LEAK = 1 << 5
    POLICY = 1 << 6
    NO_POLICY = 1 << 7
    DAMPED = 1 << 8
    MULTIPATH = 1 << 9
    AS_SET = 1 << 10
    LIMIT = 1 << 11
    UNDECIDED = 1 << 12
    NEXT_HOP = 1 << 13


NOTHING: Final = PathFlags(0)
REFUSED: Final = (
    PathFlags.AS_LOOP
    | PathFlags.CLUSTER_LOOP
    | PathFlags.FIRST_AS
    | PathFlags.LEAK
    | PathFlags.POLICY
    | PathFlags.NO_POLICY
    | PathFlags.DAMPED
    | PathFlags.AS_SET
    | PathFlags.LIMIT
    | PathFlags.UNDECIDED
    | PathFlags.NEXT_HOP
)
"""With any of these a path takes no part in the choice."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice asks of who told a path."""

    relation: Relation
    router_id: int
    address: Address


@dataclass(frozen=True, slots=True)
class PathView:
    """One path to a prefix. `peer` 0 is ourselves; `since_s` by the clock of the table.

    `imported`: the attributes after the import policy, None where it was refused. `metric`: the
    cost of the way to its next hop, None where there is none. `step` and `is_best` are what the
    core says of it: the number of the step that took it away.
    """

    peer: int
    path_id: int
    standing: Standing
    received: AttributeSet
    imported: AttributeSet | None
    flags: PathFlags = NOTHING
    since_s: int = 0
    metric: int | None = 0
    step: int | None = field(default=None, compare=False)
    is_best: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, row: Row, standings: Mapping[int, Standing]) -> PathView:
        """Read a row of `BgpTable.paths`; raises `DecodeError` for attributes that cannot be."""
        peer, path_id, received, imported, flags, since, metric, step, is_best = row
        return cls(
            peer=peer,
            path_id=path_id,
            standing=standings[peer],
            received=AttributeSet.decode(received),
            imported=None if imported is None else AttributeSet.decode(imported),
            flags=PathFlags(flags & sum(PathFlags)),
            since_s=since,
            metric=metric,
            step=step,
            is_best=is_best,
        )

    @property
    def is_usable(self) -> bool:
        """Whether it takes part in the choice (RFC 4271 9.1.2)."""
        return not self.flags & REFUSED and self.imported is not None and self.metric is not None

    @property
    def is_internal(self) -> bool:
        """Whether a neighbour of our AS told it."""
        return self.peer != 0 and self.standing.relation.is_internal

    @property
    def is_external(self) -> bool:
        """Whether another AS told it, none of our confederation."""
        return self.peer != 0 and self.standing.relation is Relation.EXTERNAL


def views(rows: Sequence[Row], standings: Mapping[int, Standing]) -> tuple[PathView, ...]:
    """Read all paths to a prefix."""
    return tuple(PathView.of(row, standings) for row in rows)
