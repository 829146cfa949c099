"""Why a prefix is routed and told as it is: who won, who lost, and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.rip.route import Origin
from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.dialect import Offer
    from fingerpost.rip.filtered import FilteredOffer
    from fingerpost.rip.ignored import Ignored
    from fingerpost.rip.route import Entry, Local, Path

Refusal: TypeAlias = "tuple[FilteredOffer, str]"
"""An offer that was not taken, and why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to a prefix; `neighbor` and `interface` are None for what we tell of our own.

    `said` is what the neighbour's message had in it, which was heard last at `instant`.
    """

    origin: str
    metric: int
    tag: int
    neighbor: Address | None = None
    gateway: Address | None = None
    interface: str | None = None
    instant: int | None = None
    said: Offer | None = None

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
            "message": self._message(),
        }

    def _message(self) -> dict[str, object] | None:
        said = self.said
        if said is None:
            return None
        next_hop = None if said.next_hop is None else str(said.next_hop)
        return {
            "kind": f"{self.origin} response",
            "received": self.instant,
            "neighbor": str(self.neighbor),
            "interface": self.interface,
            "fields": {"metric": said.metric, "tag": said.tag, "next_hop": next_hop},
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
    """The answer of `protocol` for one prefix. No winners: `rule` says why there are none, and
    `ignored` who speaks without being heard.
    """

    prefix: Prefix
    state: str
    winners: tuple[Candidate, ...]
    losers: tuple[Loser, ...]
    rule: str
    since: int | None = None
    protocol: str = "rip"
    ignored: tuple[Ignored, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON; the keys are those of `protocol.instance.Instance.explain`."""
        return {
            "protocol": self.protocol,
            "prefix": str(self.prefix),
            "state": self.state,
            "rule": self.rule,
            "since": self.since,
            "ways": [
                *(one.as_dict(None) for one in self.winners),
                *(one.candidate.as_dict(one.rule) for one in self.losers),
            ],
            "ignored": [one.as_dict() for one in self.ignored],
        }

    def __str__(self) -> str:
        """One line a candidate."""
        lines = [f"{self.prefix}: {self.state}; {self.rule}"]
        lines += [f"  won:  {one}" for one in self.winners]
        lines += [f"  lost: {one.candidate}: {one.rule}" for one in self.losers]
        lines += [f"  {one}" for one in self.ignored]
        return "\n".join(lines)


def trace(
    prefix: Prefix, entry: Entry | None, protocol: str, refusals: Iterable[Refusal] = ()
) -> RipTrace:
    """Give the reasons as they stand; `refusals` are offers that never reached the table."""
    losers = [_refused(one, rule, protocol) for one, rule in refusals]
    if entry is None:
        said = "no router has offered it" if not losers else "no offer of it was taken"
        return RipTrace(prefix, str(State.ABSENT), (), tuple(losers), said, protocol=protocol)
    learned = tuple(_candidate(path, protocol) for path in entry.paths)
    losers = [*_losers(entry, protocol), *losers]
    if (ours := entry.ours) is not None:
        return _ours_wins(entry, ours, learned, losers, protocol)
    if (local := entry.local) is not None:
        beaten = f"our own metric {local.metric} is more than {entry.metric}"
        if local.yields:
            beaten = f"{local.source} is trusted less than {protocol}, which has a way"
        losers = [Loser(_ours(local), beaten), *losers]
    state = str(entry.state) if not entry.lost_local else str(State.DELETED)
    if entry.state is not State.VALID:
        lost = [Loser(one, "unreachable: metric 16, or silent for the timeout") for one in learned]
        rule = "told as unreachable until the garbage time ends (RFC 2453 3.8)"
        return RipTrace(prefix, state, (), (*lost, *losers), rule, entry.since, protocol)
    rule = "the lowest metric that is offered (RFC 2453 3.9.2)"
    if len(learned) > 1:
        rule = f"{len(learned)} routers share the lowest metric {entry.metric}"
    return RipTrace(prefix, state, learned, tuple(losers), rule, entry.since, protocol)


def _ours_wins(
    entry: Entry, local: Local, learned: tuple[Candidate, ...], losers: list[Loser], protocol: str
) -> RipTrace:
    ours = _ours(local)
    rule = f"our own {local.origin.value} route: a neighbour must offer less than {ours.metric}"
    beaten = f"metric {entry.metric} is not less than our own {ours.metric}"
    if local.origin is Origin.CONNECTED:
        rule = beaten = "the network of a link of ours is not learned from others"
    lost = (*(Loser(one, beaten) for one in learned), *losers)
    return RipTrace(entry.prefix, "ours", (ours,), lost, rule, entry.since, protocol)


def _candidate(path: Path, protocol: str) -> Candidate:
    return Candidate(
        protocol,
        path.metric,
        path.tag,
        path.neighbor,
        path.gateway,
        path.interface,
        path.heard,
        path.said,
    )


def _ours(local: Local) -> Candidate:
    return Candidate(local.source, local.metric, local.tag)


def _losers(entry: Entry, protocol: str) -> Iterator[Loser]:
    for one in entry.refused.values():
        tag = 0 if one.said is None else one.said.tag
        way = Candidate(
            protocol, one.metric, tag, one.neighbor, None, one.interface, one.instant, one.said
        )
        yield Loser(way, f"{one.rule}: {one.metric} against {one.best}")


def _refused(one: FilteredOffer, rule: str, protocol: str) -> Loser:
    said = one.said
    way = Candidate(
        protocol,
        one.metric,
        said.tag,
        one.neighbor,
        said.next_hop,
        one.interface,
        one.instant,
        said,
    )
    return Loser(way, rule)
