"""Policies of neighbours by the numbers that the core knows them by.

A policy that means the same at two places has one number there, so that what the core made of a set
of attributes serves both, and neighbours are told the same by one group. One that says something
else gets another number: wherever the number of a neighbour changes, what came is judged anew, and
what goes is told where it differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.policy_place import expected_place, place_of
from fingerpost.bgp.program import Program, faults, program
from fingerpost.bgp.relation import lacks_policy
from fingerpost.errors import UsageError
from fingerpost.policy.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost._core import BgpTable
    from fingerpost.bgp.config import BgpConfig, Neighbor
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.policy_place import PolicyPlace
    from fingerpost.rib.verdict import Filter

_WAYS: Final = (True, False)
NONE: Final = 0
REFUSES_ALL: Final = -1


def faults_of(config: BgpConfig) -> Iterator[tuple[Neighbor, Filter, UsageError]]:
    """The policies of neighbours that paths cannot be judged by: who asks, which, and why."""
    for neighbor in config.neighbors:
        for one in neighbor.families:
            for is_import in _WAYS:
                policy = one.import_policy if is_import else one.export_policy
                if policy is None:
                    continue
                place = expected_place(config, neighbor, one.family, is_import=is_import)
                for fault in faults(policy, place):
                    yield neighbor, policy, fault


class Policing:
    """Numbers for policies, and what the core counted by them."""

    def __init__(self, config: BgpConfig, table: BgpTable) -> None:
        """None has a number yet."""
        self.config = config
        self._table = table
        self._numbers: dict[tuple[Policy, Program], int] = {}
        self._policies: dict[int, Policy] = {}
        self._last = 0

    def number(self, policy: Filter | None, place: PolicyPlace) -> int:
        """The number of a policy at a place; an external neighbour needs one (RFC 8212).

        One that paths cannot be judged by refuses all.
        """
        if lacks_policy(self.config, place.relation, policy):
            return REFUSES_ALL
        if policy is None:
            return NONE
        try:
            made = program(policy, place)
        except UsageError:
            return REFUSES_ALL  # `faults_of` told of it before
        assert isinstance(policy, Policy)  # `program` takes no others
        number = self._numbers.get((policy, made))
        if number is None:
            number = self._last = self._last + 1
            self._numbers[policy, made] = number
            self._table.set_policy(number, made.statements, made.accepts, made.written)
        self._policies[number] = policy
        return number

    def collect(self) -> None:
        """Add what the core counted since to the counters of the policies."""
        for number, policy in self._policies.items():
            *hits, defaulted = self._table.take_policy_hits(number)
            policy.defaulted += defaulted
            for at, count in enumerate(hits):
                policy.hits[at] += count

    def keep(self, peers: Iterable[Peer]) -> None:
        """Forget the policies that nobody of these asks."""
        self.collect()
        used = {
            self.number(policy, place_of(self.config, peer, one.family, is_import=is_import))
            for peer in peers
            for one in peer.config.families
            for policy, is_import in ((one.import_policy, True), (one.export_policy, False))
        }
        for key, number in list(self._numbers.items()):
            if number not in used:
                self._table.remove_policy(number)
                del self._numbers[key], self._policies[number]
