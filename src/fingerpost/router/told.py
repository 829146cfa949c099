"""What a protocol tells its neighbours of a prefix, and why not more: channel first, then itself.

A protocol tells what it learned itself without the table's help, so that a channel gives it
nothing does not mean that nobody is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fingerpost.router.asking import export_model

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.protocol.instance import Answer
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Verdict
    from fingerpost.router.running import Running


@dataclass(frozen=True, slots=True)
class Told:
    """One instance. `best` is what the table uses, `verdict` what became of it in the channel; both
    None if it uses nothing. `answer` is what the instance itself says.
    """

    name: str
    best: RibRoute | None
    verdict: Verdict | None
    answer: Answer

    @property
    def places(self) -> list[dict[str, object]]:
        """What each interface or neighbour is told; see `Instance.explain_told`."""
        places: Any = self.answer.as_dict()["places"]
        return list(places)

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "name": self.name,
            "channel": export_model(self.best, self.verdict),
            **self.answer.as_dict(),
        }


def told_by(one: Running, prefix: Prefix, best: RibRoute | None) -> Told:
    """Ask the channel of an instance, and the instance."""
    verdict = None if best is None else one.channel.export_verdict(best)
    offered = verdict.route if verdict is not None and verdict.accepted else None
    return Told(one.name, best, verdict, one.machine.explain_told(prefix, offered))
