"""How far the route of each source came on its way into a table, and why no further."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.rib.admission import Stage
from fingerpost.rib.tables import leak_verdict
from fingerpost.router.asking import instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Prefix
    from fingerpost.protocol.instance import Answer
    from fingerpost.rib.admission import Admission
    from fingerpost.rib.explain import Candidate, RibTrace
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.tables import Leak
    from fingerpost.rib.verdict import Line, Verdict
    from fingerpost.router.routing import Routing
    from fingerpost.router.running import Running


class End(Enum):
    """How far a route came."""

    USED = "used"
    LOST = "lost"
    UNUSABLE = "unusable"
    LIMITED = "held back"  # by the limit of its channel
    REFUSED = "refused"  # by the import policy, or by that of a leak
    DISABLED = "disabled"  # the limit ended the channel
    ABSENT = "not announced"


_ENDS = {
    Stage.NOT_SAID: End.ABSENT,
    Stage.REFUSED: End.REFUSED,
    Stage.LIMITED: End.LIMITED,
    Stage.ENDED: End.DISABLED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """One source. `candidate` is its route in the table, if it came so far; `lost_to` the source
    of the winner; `admission` what became of it on its way in; `verdict` the one that refused it;
    `answer` what the protocol itself knows.
    """

    source: str
    end: End
    reason: str
    candidate: Candidate | None = None
    lost_to: str | None = None
    admission: Admission | None = None
    verdict: Verdict | None = None
    answer: Answer | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The policy lines that had a say."""
        if self.candidate is None:
            return () if self.verdict is None else self.verdict.trace
        judged = None if self.admission is None else self.admission.verdict
        return self.candidate.route.lines if judged is None else judged.trace

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        candidate, admission = self.candidate, self.admission
        route = None if candidate is None else candidate.route
        said = None if admission is None else admission.said
        decision = None if candidate is None else candidate.decision
        return {
            "source": self.source,
            "ending": self.end.value,
            "reason": self.reason,
            "route": None if route is None else route.as_dict(),
            "text": None if route is said is None else str(said if route is None else route),
            "said": None if said is None else said.as_dict(),
            "decision": None if decision is None else decision.as_dict(),
            "lost_to": None if decision is None else self.lost_to,
            "policy": [line.as_dict() for line in self.lines],
            "changes": [] if admission is None else [one.as_dict() for one in admission.changes],
            "protocol": None if self.answer is None else self.answer.as_dict(),
        }


def endings(routing: Routing, prefix: Prefix, table: str, trace: RibTrace) -> dict[str, Ending]:
    """Every source that has, or could have, a route for a prefix, winners first."""
    winner = next((one.route.source for one in trace.candidates if one.wins), None)
    found = {one.route.source: _in_table(one, winner) for one in trace.candidates}
    for one in instances(routing, table):
        found[one.name] = _of_protocol(one, prefix, found.get(one.name))
    for source, reason in routing.statics_kept_out(table, prefix):
        found.setdefault(source, Ending(source, End.UNUSABLE, f"not announced: {reason}"))
    for ending in _of_leaks(routing, prefix, table):
        found.setdefault(ending.source, ending)
    return found


def _in_table(candidate: Candidate, winner: str | None) -> Ending:
    source = candidate.route.source
    if candidate.wins:
        return Ending(source, End.USED, "used", candidate)
    if candidate.why_not is not None:
        return Ending(source, End.UNUSABLE, candidate.why_not, candidate)
    return Ending(source, End.LOST, str(candidate.decision), candidate, winner)


def _of_protocol(one: Running, prefix: Prefix, held: Ending | None) -> Ending:
    admission = one.channel.admission(prefix)
    answer = one.machine.explain(prefix)
    if held is not None:
        return replace(held, admission=admission, answer=answer)
    verdict = admission.verdict if admission.stage is Stage.REFUSED else None
    end, reason = _ENDS[admission.stage], admission.reason
    return Ending(one.name, end, reason, admission=admission, verdict=verdict, answer=answer)


def _of_leaks(routing: Routing, prefix: Prefix, table: str) -> Iterator[Ending]:
    """What other tables leak, or do not."""
    for leak in routing.tables.leaks:
        if leak.target == table:
            yield _of_leak(leak, routing.tables[leak.origin].best(prefix), prefix)


def _of_leak(leak: Leak, best: RibRoute | None, prefix: Prefix) -> Ending:
    source = f"table:{leak.origin}"
    if best is None:
        return Ending(source, End.ABSENT, f"table {leak.origin} uses nothing for {prefix}")
    verdict = leak_verdict(leak, best)
    if verdict.accepted:  # then it is a candidate, whose ending is known
        return Ending(verdict.route.source, End.ABSENT, f"table {leak.origin} has not told it")
    reason = f"{best} was refused on its way from table {leak.origin}"
    return Ending(source, End.REFUSED, reason, verdict=verdict)
