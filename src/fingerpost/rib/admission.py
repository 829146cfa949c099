"""What became of a source's route for one prefix on its way through the channel to the table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.rib.difference import differences

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rib.difference import FieldChange
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Verdict


class Stage(Enum):
    """How far a route came."""

    HELD = "in the table"
    NOT_SAID = "not announced"
    REFUSED = "refused"  # by the import policy
    LIMITED = "held back"  # by the limit
    ENDED = "ended"  # the limit ended the whole channel


@dataclass(frozen=True, slots=True)
class Admission:
    """`said` is the route before the import policy, as far as it is remembered; `verdict` what the
    policy makes of it. `limit` is the most prefixes that the channel takes. `forgets` says that
    the channel refused more routes than it could remember.
    """

    prefix: Prefix
    source: str
    stage: Stage
    said: RibRoute | None = None
    verdict: Verdict | None = None
    limit: int | None = None
    forgets: bool = False

    @property
    def is_kept_out(self) -> bool:
        """Whether it was announced and is not in the table."""
        return self.stage in (Stage.REFUSED, Stage.LIMITED, Stage.ENDED)

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What the import policy changes in the route."""
        if self.said is None or self.verdict is None or not self.verdict.accepted:
            return ()
        return differences(self.said, self.verdict.route)

    @property
    def reason(self) -> str:
        """The stage in words, for a route that did not get in; empty for one that did."""
        match self.stage:
            case Stage.HELD:
                return ""
            case Stage.NOT_SAID if self.forgets:
                return (
                    f"{self.source} did not announce {self.prefix}, or it was refused when the "
                    "memory of the channel was full"
                )
            case Stage.NOT_SAID:
                return f"{self.source} did not announce {self.prefix}"
            case Stage.REFUSED:
                return f"{self.said} was refused by the import policy"
            case Stage.LIMITED:
                return f"{self.said} waits: the limit of {self.limit} prefixes is reached"
            case Stage.ENDED:
                return (
                    f"the channel of {self.source} was ended by its limit of {self.limit} prefixes"
                )

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason and the policy lines that refused it, a text a line."""
        lines = self.verdict.trace if self.stage is Stage.REFUSED and self.verdict else ()
        return (self.reason, *map(str, lines)) if self.reason else ()

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "source": self.source,
            "stage": self.stage.value,
            "said": None if self.said is None else self.said.as_dict(),
            "policy": [] if self.verdict is None else [one.as_dict() for one in self.verdict.trace],
            "changes": [one.as_dict() for one in self.changes],
            "reason": self.reason,
        }
