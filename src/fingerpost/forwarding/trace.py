"""What happened to one packet, stage by stage: the normal result of the pipeline, and `why`.

Steps keep values and a pattern; text is made when somebody reads it, since most traces are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.reason import Reason
    from fingerpost.forwarding.route import Route


class Step(NamedTuple):
    """One stage: its name, what it saw and decided, and where the rule stands."""

    stage: str
    pattern: str
    values: tuple[object, ...] = ()
    section: str = ""

    def __str__(self) -> str:
        """One line, as `why` prints it."""
        said = self.pattern.format(*self.values)
        return f"{said} ({self.section})" if self.section else said


class Candidate(NamedTuple):
    """An entry of the table that matched; `reason` says why it lost, empty for the winner."""

    prefix: Prefix
    route: Route
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one packet through one router.

    `interface` is where it came in (None: our own), `egress` and `gateway` where it left.
    `candidates` are the matching entries of the table, the winner first. `answers` are the traces
    of packets that this one made us send, such as ICMP errors.
    """

    instant: int
    router: str
    interface: str | None
    packet: Packet | None
    steps: tuple[Step, ...]
    end: Reason
    egress: str | None = None
    gateway: Address | None = None
    candidates: tuple[Candidate, ...] = ()
    answers: tuple[Trace, ...] = ()

    def __str__(self) -> str:
        """Every stage in a line, then what was sent because of it."""
        return "\n".join(self.lines())

    def lines(self, indent: str = "") -> list[str]:
        """The lines of `str`, each after `indent`."""
        what = "a frame"
        if self.packet is not None:
            what = f"{self.packet.source} -> {self.packet.destination}"
        came = f"in on {self.interface}" if self.interface is not None else "sent from here"
        lines = [f"{indent}{self.router}: {what}, {came}: {self.end.value}"]
        width = max((len(step.stage) for step in self.steps), default=0)
        for step in self.steps:
            lines.append(f"{indent}  {step.stage:{width}}  {step}")
            if step.stage == "longest match":
                lines += [
                    f"{indent}  {'':{width}}  {lost.prefix} {lost.route} {lost.reason}"
                    for lost in self.candidates[1:]
                ]
        for answer in self.answers:
            lines += answer.lines(indent + "  ")
        return lines

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        packet = self.packet
        return {
            "instant_ns": self.instant,
            "router": self.router,
            "in": self.interface,
            "source": str(packet.source) if packet else None,
            "destination": str(packet.destination) if packet else None,
            "hop_limit": packet.hop_limit if packet else None,
            "end": self.end.value,
            "out": self.egress,
            "gateway": str(self.gateway) if self.gateway is not None else None,
            "steps": [
                {"stage": step.stage, "said": str(step), "section": step.section or None}
                for step in self.steps
            ],
            "candidates": [
                {"prefix": str(c.prefix), "route": str(c.route), "lost": c.reason or None}
                for c in self.candidates
            ],
            "answers": [answer.as_dict() for answer in self.answers],
        }
