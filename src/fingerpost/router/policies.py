"""Where the policies of a router stand, and which routes pass each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from fingerpost.rib.channel import is_return
from fingerpost.rib.tables import leak_verdict
from fingerpost.rib.verdict import Direction

if TYPE_CHECKING:
    from fingerpost.rib.channel import Channel
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Filter, Verdict
    from fingerpost.router.routing import Routing
    from fingerpost.router.running import Running


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """One place, such as "rip import", and the policy there; None if all pass.

    `routes` gives those that come there, as they are before the policy, each with what becomes of
    it now; None where a protocol asks the policy by itself and keeps no routes.
    """

    place: str
    policy: Filter | None
    direction: Direction
    table: str
    routes: Callable[[], Iterator[tuple[RibRoute, Verdict]]] | None = None


def policy_places(routing: Routing) -> Iterator[PolicyPlace]:
    """Every place where a policy stands or could stand, in a stable order."""
    for table, channel in routing.forwarding.items():
        judged = partial(_leaving, routing.tables[table], channel.export_verdict)
        yield PolicyPlace(
            f"forwarding of {table}", channel.export_policy, Direction.EXPORT, table, judged
        )
    for leak in routing.config.leaks:
        judged = partial(_leaving, routing.tables[leak.origin], partial(leak_verdict, leak))
        name = f"leak from {leak.origin} to {leak.target}"
        yield PolicyPlace(name, leak.policy, Direction.EXPORT, leak.origin, judged)
    for one in routing.protocols.values():
        yield from _of_protocol(routing, one)


def _of_protocol(routing: Routing, one: Running) -> Iterator[PolicyPlace]:
    table, channel = one.config.table, one.channel
    came = partial(_entering, channel)
    yield PolicyPlace(f"{one.name} import", channel.import_policy, Direction.IMPORT, table, came)
    told = partial(_leaving, routing.tables[table], channel.export_verdict)
    yield PolicyPlace(f"{one.name} export", channel.export_policy, Direction.EXPORT, table, told)
    for name, policy in one.machine.policies():
        yield PolicyPlace(f"{one.name} {name}", policy, Direction.IMPORT, table)


def _entering(channel: Channel) -> Iterator[tuple[RibRoute, Verdict]]:
    """What the source of a channel said, with the verdict of the import policy."""
    for prefix in chain(channel.rib.prefixes(), channel.kept_out()):
        said = channel.said(prefix)
        if said is not None:
            yield said, channel.verdict(said)


def _leaving(rib: Rib, judge: Callable[[RibRoute], Verdict]) -> Iterator[tuple[RibRoute, Verdict]]:
    """What a table uses, with a verdict, without what no policy is asked about."""
    for prefix in rib.prefixes():
        best = rib.best(prefix)
        if best is not None and not is_return(verdict := judge(best)):
            yield best, verdict
