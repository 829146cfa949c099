"""Why a prefix is routed and told as it is: who won, who lost, and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.rip.route import Origin
from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.route import Entry, Local, Path


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to a prefix; `neighbor` and `interface` are None for what we tell of our own."""

    origin: str
    metric: int
    tag: int
    neighbor: Address | None = None
    gateway: Address | None = None
    interface: str | None = None
    instant: int | None = None

    def as_dict(self, rule: str | None) -> dict[str, object]:
        """As plain data, for JSON; `rule` is why it lost, None if it won."""
        return {
            "wins": rule is None,
            "origin": self.origin,
            "metric": self.metric,
            "tag": self.tag,
            "neighbor": None if self.neighbor is None else str(self.neighbor),
            "gateway": None if self.gateway is None else str(self.gateway),
            "interface": self.interface,
            "rule": rule,
            "message": None,
        }

    def __str__(self) -> str:
        """In words."""
        who = f"{self.neighbor} on {self.interface}" if self.neighbor is not None else self.origin
        return f"metric {self.metric} from {who}"


@dataclass(frozen=True, slots=True)
class Loser:
    """A way that was not taken, and the rule that decided against it, with both values."""

    candidate: Candidate
    rule: str


@dataclass(frozen=True, slots=True)
class RipTrace:
    """The answer for one prefix. No winners: `rule` says why there are none."""

    prefix: Prefix
    state: str
    winners: tuple[Candidate, ...]
    losers: tuple[Loser, ...]
    rule: str
    since: int | None = None

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON; the keys are those of `protocol.instance.Instance.explain`."""
        return {
            "protocol": "rip",
            "prefix": str(self.prefix),
            "state": self.state,
            "rule": self.rule,
            "since": self.since,
            "ways": [
                *(one.as_dict(None) for one in self.winners),
                *(one.candidate.as_dict(one.rule) for one in self.losers),
            ],
        }

    def __str__(self) -> str:
        """One line a candidate."""
        lines = [f"{self.prefix}: {self.state}; {self.rule}"]
        lines += [f"  won:  {one}" for one in self.winners]
        lines += [f"  lost: {one.candidate}: {one.rule}" for one in self.losers]
        return "\n".join(lines)


def trace(prefix: Prefix, entry: Entry | None) -> RipTrace:
    """Give the reasons as they stand."""
    if entry is None:
        return RipTrace(prefix, str(State.ABSENT), (), (), "no router has offered it")
    learned = tuple(_candidate(path) for path in entry.paths)
    local = entry.local
    losers = _refused(entry)
    if local is not None and entry.is_ours:
        ours = _ours(local)
        rule = f"our own {local.origin.value} route: a neighbour must offer less than {ours.metric}"
        beaten = f"metric {entry.metric} is not less than our own {ours.metric}"
        if local.origin is Origin.CONNECTED:
            rule = beaten = "the network of a link of ours is not learned from others"
        losers = [Loser(one, beaten) for one in learned] + losers
        return RipTrace(prefix, "ours", (ours,), tuple(losers), rule, entry.since)
    if local is not None:
        beaten = f"our own metric {local.metric} is more than {entry.metric}"
        losers = [Loser(_ours(local), beaten), *losers]
    state = str(entry.state) if not entry.lost_local else str(State.DELETED)
    if entry.state is not State.VALID:
        lost = [Loser(one, "unreachable: metric 16, or silent for the timeout") for one in learned]
        rule = "told as unreachable until the garbage time ends (RFC 2453 3.8)"
        return RipTrace(prefix, state, (), tuple(lost + losers), rule, entry.since)
    rule = "the lowest metric that is offered (RFC 2453 3.9.2)"
    if len(learned) > 1:
        rule = f"{len(learned)} routers share the lowest metric {entry.metric}"
    return RipTrace(prefix, state, learned, tuple(losers), rule, entry.since)


def _candidate(path: Path) -> Candidate:
    return Candidate(
        "rip", path.metric, path.tag, path.neighbor, path.gateway, path.interface, path.heard
    )


def _ours(local: Local) -> Candidate:
    return Candidate(local.source, local.metric, local.tag)


def _refused(entry: Entry) -> list[Loser]:
    return [
        Loser(
            Candidate("rip", one.metric, 0, one.neighbor, None, one.interface, one.instant),
            f"{one.rule}: {one.metric} against {one.best}",
        )
        for one in entry.refused.values()
    ]
