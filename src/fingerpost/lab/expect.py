"""Are the expectations of a lab met? A judge watches a run and says, each with its reason.

Where an expectation speaks of packets, packets are sent (`trial`): reachable, unreachable, path and
lost. `no loop` and `route` speak of tables, and are judged on those of the running routers. What is
sent to judge is real traffic: it stands in captures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.lab.expect_route import judge_route
from fingerpost.lab.expectation import (
    LostAtMost,
    NoLoop,
    PathTaken,
    Reachable,
    RouteHeld,
    RouteMissing,
    Unreachable,
)
from fingerpost.lab.instant import shown
from fingerpost.lab.trial import Trial
from fingerpost.lab.verdict import Judgement, Verdict

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.lab.expectation import Expectation
    from fingerpost.lab.network import Network
    from fingerpost.lab.node import LabNode

__all__ = ["Judge", "Judgement", "Verdict"]

PATIENCE_NS = 5 * SECOND  # a packet that takes longer is lost
FOREVER = 2**63
PACKETS = 3  # one of them may be lost by chance
SPACING_NS = 50 * MILLISECOND


class Judge:
    """Watches a network that has not run yet; `judgement` is there once `is_done`.

    Whoever runs the network says `end()` when the run is over.
    """

    def __init__(self, network: Network, end: int | None) -> None:
        """`end`: the instant at which the run ends, nothing of the timeline happens after it; None:
        nobody knows yet.
        """
        self._network = network
        self._verdicts: list[Verdict] = []
        self._unreached: list[Expectation] = []
        self._at_end: list[Expectation] = []
        self._open = 0
        self.end_ns = end
        self._plan()
        if end is not None:
            network.end_timeline(end)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be judged."""
        return self._open == 0

    @property
    def judgement(self) -> Judgement:
        """The verdicts so far."""
        return Judgement(self._verdicts, tuple(self._unreached))

    def end(self) -> None:
        """Judge what is to be judged at the end, which is now."""
        if self.end_ns is None:
            self.end_ns = self._network.now
            self._network.end_timeline(self.end_ns)
        for one in self._at_end:
            self._judge(one)
        self._at_end.clear()

    def _plan(self) -> None:
        end = FOREVER if self.end_ns is None else self.end_ns
        for one in self._network.lab.expectations:
            moments = self._moments(one, end)
            if max([*moments, one.moment.after_ns or 0, one.moment.at_ns or 0]) > end:
                self._unreached.append(one)
                continue
            if not isinstance(one, LostAtMost) and one.moment.at_ns is None:
                self._open += 1
                if end < self._network.now:
                    self._is_over(one, end)
                else:
                    self._at_end.append(one)
            for instant in moments:
                self._open += 1
                if instant < self._network.now:
                    self._is_over(one, instant)
                else:
                    self._network.scheduler.post(instant, self._judge, one)

    def _is_over(self, one: Expectation, instant: int) -> None:
        now = shown(self._network.now)
        self._say(one, instant, False, f"it is {now} already: not judged")

    def _moments(self, one: Expectation, end: int) -> list[int]:
        """When to begin to judge, beside the end."""
        after = one.moment.after_ns
        if isinstance(one, LostAtMost):
            return [self._network.settled if after is None else after]
        if one.moment.at_ns is not None:
            return [one.moment.at_ns]
        if after is None:
            return []
        changes = [c.at_ns for c in self._network.lab.timeline if after < c.at_ns < end]
        return [one for one in sorted({after, *changes}) if one != end]

    def _say(self, one: Expectation, instant: int, is_met: bool, reason: str) -> None:
        self._open -= 1
        self._verdicts.append(Verdict(one, instant, is_met, reason))

    # -- one expectation -----------------------------------------------------------------------

    def _judge(self, one: Expectation) -> None:
        now = self._network.now
        try:
            match one:
                case NoLoop():
                    self._no_loop(one, now)
                case RouteHeld() | RouteMissing():
                    self._say(one, now, *judge_route(self._network, one))
                case LostAtMost(_, source, destination):
                    self._count(one, self._trials(source, destination, False))
                case Reachable(source, destination) | Unreachable(source, destination):
                    self._try(one, self._trials(source, destination, True), now)
                case PathTaken(nodes):
                    self._try(one, self._trials(nodes[0], nodes[-1], True), now)
        except UsageError as error:
            self._say(one, now, False, str(error))

    def _trials(self, source: str, destination: str, watches: bool) -> list[Trial]:
        """One for each family that both ends speak."""
        addresses = self._addresses(source, destination)
        return [Trial(self._network, source, one, watches=watches) for one in addresses]

    def _addresses(self, source: str, destination: str) -> list[Address]:
        network = self._network
        ours = {one.version for one in _made(network[source])}
        found = {one.version: one for one in network.lab.targets(destination)}
        if destination in network:  # beside those of the file, those that it has made itself
            for one in _made(network[destination]):
                found.setdefault(one.version, one)
        common = [one for version, one in found.items() if version in ours]
        if not common:
            yet = " yet" if network.now < network.settled else ""
            raise UsageError(
                f"{source} and {destination} have no family of addresses in common{yet}"
            )
        return common

    def _try(self, one: Expectation, trials: list[Trial], now: int) -> None:
        def send(_: object) -> None:
            for trial in trials:
                trial.send()

        def finish(_: object) -> None:
            for trial in trials:
                trial.close()
            faults = [fault for trial in trials if (fault := _fault(one, trial))]
            ways = dict.fromkeys(_way(trial) for trial in trials)
            self._say(one, now, not faults, "; ".join(dict.fromkeys(faults) if faults else ways))

        for at in range(PACKETS):
            self._network.scheduler.post(now + at * SPACING_NS, send, None)
        last = now + (PACKETS - 1) * SPACING_NS
        self._network.scheduler.post(last + PATIENCE_NS, finish, None)

    def _count(self, one: LostAtMost, trials: list[Trial]) -> None:
        def end() -> int:
            bounds = (one.moment.at_ns, self.end_ns)
            return min((bound for bound in bounds if bound is not None), default=FOREVER)

        def send(_: object) -> None:
            if self._network.now > end():
                self._network.scheduler.post(end() + PATIENCE_NS, finish, None)
                return
            for trial in trials:
                trial.send()
            self._network.scheduler.post(self._network.now + one.every_ns, send, None)

        def finish(_: object) -> None:
            for trial in trials:
                trial.close()
            counts = [(trial.sent - len(trial.arrived), trial.sent) for trial in trials]
            said = ", ".join(
                f"{lost:,} of {sent:,} lost over IPv{trial.destination.version}"
                for trial, (lost, sent) in zip(trials, counts, strict=True)
            )
            self._say(one, end(), all(lost <= one.packets for lost, _ in counts), said)

        send(None)

    def _no_loop(self, one: NoLoop, now: int) -> None:
        loops = self._network.reachability().loops
        self._say(one, now, not loops, "; ".join(map(str, loops)) or "the tables hold no circle")


def _made(node: LabNode) -> list[Address]:
    """The addresses that a node has now, beyond its links."""
    return [own.address for own in node.addresses if not own.address.is_unicast_link_local]


def _way(trial: Trial) -> str:
    """The way of the first packet that arrived, else of the one that came farthest."""
    numbers = sorted(trial.arrived) or sorted(trial.ways, key=lambda n: -len(trial.ways[n]))
    nodes = trial.way(numbers[0]) if numbers else ()
    if trial.arrived:
        return " > ".join(nodes)
    return f"{' > '.join(_short(nodes))} and no further" if nodes else f"not past {trial.source}"


def _short(nodes: tuple[str, ...]) -> list[str]:
    """The nodes of a way, with its end left out where it goes round and round."""
    shown_nodes = list(nodes[:8])
    return [*shown_nodes, "..."] if len(nodes) > len(shown_nodes) else shown_nodes


def _fault(one: Expectation, trial: Trial) -> str:
    """Why a trial does not meet an expectation; "" if it does."""
    over = f"over IPv{trial.destination.version} "
    said = trial.refused or _way(trial)
    match one:
        case Unreachable():
            return f"{over}{said}" if trial.arrived else ""
        case PathTaken(nodes):
            if not trial.arrived:
                return f"{over}{said}"
            way = trial.way(min(trial.arrived))
            return "" if way == nodes else f"{over}it is {' > '.join(way)}"
        case _:
            return "" if trial.arrived else f"{over}{said}"
