"""Who is Designated Router of a network, and who its Backup (RFC 2328 9.4).

`elect` is a function of what the routers say in their Hellos. It gives the numbered steps that led
to the answer, for whoever asks why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fingerpost.ospf.text import dotted


class Candidate(NamedTuple):
    """A router that may be elected: its priority is more than 0, and it hears us.

    `designation` is what names it in a Hello: its address in version 2, its router id in version 3.
    `designated` and `backup` are those that it names itself.
    """

    priority: int
    router_id: int
    designation: int
    designated: int
    backup: int

    @property
    def says_designated(self) -> bool:
        """Whether it declares itself Designated Router."""
        return self.designated == self.designation

    @property
    def says_backup(self) -> bool:
        """Whether it declares itself Backup, and not Designated Router."""
        return self.backup == self.designation and not self.says_designated


@dataclass(frozen=True, slots=True)
class Election:
    """The outcome by designation, 0 for none, and why."""

    designated: int
    backup: int
    steps: tuple[str, ...]


def elect(ourselves: Candidate, others: Sequence[Candidate]) -> Election:
    """Elect (RFC 2328 9.4). `ourselves` have what is so far; with priority 0 we are not elected.

    The order of `others` means nothing.
    """
    steps: list[str] = []
    backup, designated = _round(ourselves, others, steps)
    # step 4: if our own part changed, we say so and choose once more, so that nobody is both
    own = ourselves.designation
    was = (ourselves.says_designated, ourselves.backup == own and not ourselves.says_designated)
    if was != (designated == own, backup == own and designated != own):
        steps.append("4: our own part has changed, so 2 and 3 are repeated")
        again = ourselves._replace(designated=designated, backup=backup)
        backup, designated = _round(again, others, steps)
    return Election(designated, backup, tuple(steps))


def _round(ourselves: Candidate, others: Sequence[Candidate], steps: list[str]) -> tuple[int, int]:
    """Steps 1 to 3; gives Backup and Designated Router."""
    eligible = [one for one in (ourselves, *others) if one.priority > 0]
    steps.append(f"1: {len(eligible)} may be elected: {_names(eligible)}")
    backup = _backup(eligible, steps)
    declared = [one for one in eligible if one.says_designated]
    if declared:
        best = max(declared, key=_rank)
        steps.append(f"3: Designated Router is {_why(best, declared, 'declare themselves')}")
        return backup, best.designation
    # who takes the place of a Designated Router that is gone is the Backup just chosen
    found = "the Backup of step 2" if backup else "nobody"
    steps.append(f"3: nobody declares itself Designated Router: it is {found}")
    return backup, backup


def _backup(eligible: Sequence[Candidate], steps: list[str]) -> int:
    """Step 2: who does not declare itself Designated Router, those first who say Backup."""
    possible = [one for one in eligible if not one.says_designated]
    declared = [one for one in possible if one.says_backup]
    if not possible:
        steps.append("2: all of them declare themselves Designated Router, so there is no Backup")
        return 0
    best = max(declared or possible, key=_rank)
    what = "declare themselves Backup" if declared else "do not declare themselves"
    steps.append(f"2: Backup is {_why(best, declared or possible, what)}")
    return best.designation


def _rank(one: Candidate) -> tuple[int, int]:
    return one.priority, one.router_id


def _names(candidates: Sequence[Candidate]) -> str:
    return ", ".join(dotted(one.router_id) for one in candidates) or "none"


def _why(best: Candidate, among: Sequence[Candidate], what: str) -> str:
    return (
        f"{dotted(best.router_id)} (priority {best.priority}), the first by priority and router id "
        f"of {len(among)} that {what}"
    )
