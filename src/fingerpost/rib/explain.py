"""Why a prefix uses what it uses, and why it does not use something else.

The choice is made again by the code that made it; nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.rib import explain_text as words
from fingerpost.rib.instant_text import NO_CLOCK

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.forwarding.route import NextHop
    from fingerpost.rib.best import Decision
    from fingerpost.rib.gateway import Resolution
    from fingerpost.rib.resolution import Resolver
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.store import Store


@dataclass(frozen=True, slots=True)
class Candidate:
    """One route of the prefix as its source said it, and how it came out.

    `decision` has the rule and both values where it lost by rank, `why_not` says why it could not
    be used at all.
    """

    route: RibRoute
    wins: bool
    decision: Decision | None
    why_not: str | None

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "route": self.route.as_dict(),
            "text": str(self.route),
            "wins": self.wins,
            "decision": None if self.decision is None else self.decision.as_dict(),
            "unusable": self.why_not,
            "policy": [line.as_dict() for line in self.route.lines],
        }

    def __str__(self) -> str:
        """One line, as `why` prints it."""
        return words.standing(self.as_dict())


@dataclass(frozen=True, slots=True)
class Rest:
    """One step of a next-hop chain: where a gateway was found, or what is wrong with it.

    `gateway` is None for an interface that is down and needs no gateway.
    """

    gateway: Address | None
    rests_on: Prefix | None
    next_hops: tuple[NextHop, ...]
    reason: str

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON; `reason` is None where it was found."""
        return {
            "gateway": None if self.gateway is None else str(self.gateway),
            "rests_on": None if self.rests_on is None else str(self.rests_on),
            "next_hops": [hop.as_dict() for hop in self.next_hops],
            "reason": None if self.next_hops else self.reason,
        }

    def __str__(self) -> str:
        """One line, as `why` prints it."""
        return words.rest(self.as_dict())


@dataclass(frozen=True, slots=True)
class RibTrace:
    """The answer for one prefix, winner first; `skipped` are longer ones that cannot be used."""

    asked: str
    prefix: Prefix | None
    winner: RibRoute | None
    candidates: tuple[Candidate, ...] = ()
    chain: tuple[Rest, ...] = ()
    skipped: tuple[Prefix, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "asked": self.asked,
            "prefix": None if self.prefix is None else str(self.prefix),
            "winner": None if self.winner is None else self.winner.as_dict(),
            "text": None if self.winner is None else str(self.winner),
            "skipped": [str(prefix) for prefix in self.skipped],
            "candidates": [one.as_dict() for one in self.candidates],
            "chain": [one.as_dict() for one in self.chain],
        }

    def __str__(self) -> str:
        """As `why` prints it: outcome, candidates with their policy lines, next-hop chain."""
        return "\n".join(words.why_lines(self.as_dict(), NO_CLOCK))


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why something is not used, one reason a line; `used` is true where the question errs."""

    asked: str
    used: bool
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """As `why-not` prints it."""
        return "\n".join([f"{self.asked}: {'used' if self.used else 'not used'}", *self._indented])

    @property
    def _indented(self) -> list[str]:
        return [f"  {reason}" for reason in self.reasons]


def explain(store: Store, resolver: Resolver, asked: PrefixLike | AddressLike) -> RibTrace:
    """Answer for a prefix as it stands, or for the longest usable one around an address.

    A text without a slash is an address.
    """
    if isinstance(asked, Address) or (isinstance(asked, str) and "/" not in asked):
        return _of_address(store, resolver, Address(asked))
    prefix = Prefix(asked)
    group = store.get(prefix)
    if not group:
        return RibTrace(str(prefix), None, None)
    return _of_prefix(str(prefix), prefix, group, store, resolver, ())


def explain_not(store: Store, resolver: Resolver, prefix: Prefix, source: str | None) -> WhyNot:
    """Say why a prefix, or one source's route for it, is not used."""
    asked = str(prefix) if source is None else f"{prefix} of {source}"
    trace = explain(store, resolver, prefix)
    meant = [one for one in trace.candidates if source is None or one.route.source == source]
    if any(one.wins for one in meant):
        return WhyNot(asked, used=True, reasons=(str(trace.winner),))
    if not meant:
        who = "no source has" if source is None else f"{source} has not"
        return WhyNot(asked, used=False, reasons=(f"{who} announced it, or a policy refused it",))
    reasons = [str(one) for one in meant]
    steps = [step for one in meant for step in _chain(one.route, prefix, resolver)]
    reasons += [str(step) for step in steps if not step.next_hops]
    return WhyNot(asked, used=False, reasons=tuple(dict.fromkeys(reasons)))


def _of_address(store: Store, resolver: Resolver, address: Address) -> RibTrace:
    skipped: list[Prefix] = []
    for prefix, group in store.covering(address):
        if resolver.best(prefix, group) is not None:
            return _of_prefix(str(address), prefix, group, store, resolver, tuple(skipped))
        skipped.append(prefix)
    return RibTrace(str(address), None, None, skipped=tuple(skipped))


def _of_prefix(
    asked: str,
    prefix: Prefix,
    group: int,
    store: Store,
    resolver: Resolver,
    skipped: tuple[Prefix, ...],
) -> RibTrace:
    choice = resolver.choice(prefix, group)
    candidates = tuple(
        Candidate(store.route(prefix, one.path), one.wins, one.decision, one.why_not)
        for one in choice.standings
    )
    concerned = [one.route for one in candidates if one.wins] or [
        one.route for one in candidates if one.why_not is not None
    ]
    chain = dict.fromkeys(step for route in concerned for step in _chain(route, prefix, resolver))
    winner = None if choice.best is None else store.route(prefix, choice.best)
    return RibTrace(asked, prefix, winner, candidates, tuple(chain), skipped)


def _chain(route: RibRoute, prefix: Prefix, resolver: Resolver) -> list[Rest]:
    """Each recursive next hop of a route, and what each of those rests on, to the end."""
    steps: list[Rest] = []
    for hop in route.next_hops:
        if hop.interface is not None:
            if resolver.is_down(hop.interface):
                gone = f"interface {hop.interface} is down"
                steps.append(Rest(hop.gateway, None, (), gone))
        elif hop.gateway is not None:
            steps += _below(hop.gateway, prefix, resolver)
    return steps


def _below(gateway: Address, prefix: Prefix, resolver: Resolver) -> list[Rest]:
    if resolver.is_in_circle(prefix, gateway):
        reason = f"it would be found by {prefix} again, whose next hop it is"
        return [Rest(gateway, None, (), reason)]
    found: Resolution | None = resolver.gateway(gateway)
    if found is None:
        return []
    steps = [Rest(gateway, found.rests_on, found.next_hops, found.reason)]
    if found.rests_on is not None:
        for further in resolver.named_by(found.rests_on):
            steps += _below(further, found.rests_on, resolver)
    return steps
