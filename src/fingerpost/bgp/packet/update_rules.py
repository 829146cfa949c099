"""What each attribute of an UPDATE has to be, and what it costs if it is not: RFC 7606 as a table.

The core does the same in rust/core/src/bgp/update; tests hold both to each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.attributes.attribute import NOT_PASSED_ON, PASSED_ON, WELL_KNOWN, Flags, Type

if TYPE_CHECKING:
    from collections.abc import Callable


class Cost(IntEnum):
    """What a fault costs, the least first (RFC 7606 2)."""

    DISCARD = 1  # the attribute is dropped
    WITHDRAW = 2  # the prefixes are taken as withdrawn
    RESET = 3  # the session ends


class Relation(Enum):
    """What a neighbour is to us; the values of the core."""

    EXTERNAL = 0
    CONFEDERATION = 1
    INTERNAL = 2
    CLIENT = 3

    @property
    def is_internal(self) -> bool:
        """Whether it is of our AS."""
        return self in (Relation.INTERNAL, Relation.CLIENT)


_EVERYBODY: Final = frozenset(Relation)
_INSIDE: Final = _EVERYBODY - {Relation.EXTERNAL}
_OUR_AS: Final = _INSIDE - {Relation.CONFEDERATION}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: flags it must have, what a wrong one costs, lengths that it may have, who may tell
    it. From anybody else it is dropped, whatever it says.
    """

    flags: Flags
    cost: Cost
    fits: Callable[[int], bool]
    section: str
    senders: frozenset[Relation] = _EVERYBODY


def _exactly(length: int) -> Callable[[int], bool]:
    return lambda given: given == length


def _rows(size: int) -> Callable[[int], bool]:
    return lambda given: given > 0 and given % size == 0


def _at_least(length: int) -> Callable[[int], bool]:
    return lambda given: given >= length


_C = Cost
_KNOWN: Final[dict[int, Rule]] = {
    Type.ORIGIN: Rule(WELL_KNOWN, _C.WITHDRAW, _exactly(1), "RFC 7606 7.1"),
    Type.AS_PATH: Rule(WELL_KNOWN, _C.WITHDRAW, _at_least(0), "RFC 7606 7.2"),
    Type.NEXT_HOP: Rule(WELL_KNOWN, _C.WITHDRAW, _exactly(4), "RFC 7606 7.3"),
    Type.MULTI_EXIT_DISC: Rule(NOT_PASSED_ON, _C.WITHDRAW, _exactly(4), "RFC 7606 7.4"),
    Type.LOCAL_PREF: Rule(WELL_KNOWN, _C.WITHDRAW, _exactly(4), "RFC 7606 7.5", _INSIDE),
    Type.ATOMIC_AGGREGATE: Rule(WELL_KNOWN, _C.DISCARD, _exactly(0), "RFC 7606 7.6"),
    Type.AGGREGATOR: Rule(PASSED_ON, _C.DISCARD, _exactly(8), "RFC 7606 7.7"),
    Type.COMMUNITIES: Rule(PASSED_ON, _C.WITHDRAW, _rows(4), "RFC 7606 7.8"),
    Type.ORIGINATOR_ID: Rule(NOT_PASSED_ON, _C.WITHDRAW, _exactly(4), "RFC 7606 7.9", _OUR_AS),
    Type.CLUSTER_LIST: Rule(NOT_PASSED_ON, _C.WITHDRAW, _rows(4), "RFC 7606 7.10", _OUR_AS),
    Type.MP_REACH_NLRI: Rule(NOT_PASSED_ON, _C.RESET, _at_least(5), "RFC 7606 5.3"),
    Type.MP_UNREACH_NLRI: Rule(NOT_PASSED_ON, _C.RESET, _at_least(3), "RFC 7606 5.3"),
    Type.EXTENDED_COMMUNITIES: Rule(PASSED_ON, _C.WITHDRAW, _rows(8), "RFC 7606 7.14"),
    Type.AS4_PATH: Rule(PASSED_ON, _C.DISCARD, _at_least(0), "RFC 6793 6"),
    Type.AS4_AGGREGATOR: Rule(PASSED_ON, _C.DISCARD, _exactly(8), "RFC 6793 6"),
    Type.IPV6_EXTENDED_COMMUNITIES: Rule(PASSED_ON, _C.WITHDRAW, _rows(20), "RFC 7606 7.15"),
    Type.AIGP: Rule(NOT_PASSED_ON, _C.DISCARD, _at_least(3), "RFC 7311 3.2"),
    Type.LARGE_COMMUNITIES: Rule(PASSED_ON, _C.WITHDRAW, _rows(12), "RFC 8092 5"),
    Type.ONLY_TO_CUSTOMER: Rule(PASSED_ON, _C.WITHDRAW, _exactly(4), "RFC 9234 5"),
}
_NARROW_AGGREGATOR: Final = Rule(PASSED_ON, _C.DISCARD, _exactly(6), "RFC 7606 7.7")

# Passed on without the Partial bit: we know what they are, and what they say is not for us.
CARRIED: Final = frozenset(
    (Type.PMSI_TUNNEL, Type.TUNNEL_ENCAPSULATION, Type.PREFIX_SID, Type.ATTR_SET)
)


def rule_for(code: int, *, as4: bool) -> Rule | None:
    """The row of an attribute on a session with AS numbers of four octets or of two."""
    if code == Type.AGGREGATOR and not as4:
        return _NARROW_AGGREGATOR
    return _KNOWN.get(code)


def needed(relation: Relation, *, is_classic: bool) -> tuple[int, ...]:
    """What must be there where prefixes are announced; `is_classic`: outside of MP_REACH_NLRI."""
    found = [int(Type.ORIGIN), int(Type.AS_PATH)]
    if is_classic:
        found.append(Type.NEXT_HOP)
    if relation.is_internal:
        found.append(Type.LOCAL_PREF)
    return tuple(found)
