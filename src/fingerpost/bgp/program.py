"""From a policy to what the core runs: the same statements, with what is the same at a place known.

A condition on the neighbour or the family is decided here: a statement that can never be meant
there is left out. All others become words that the core knows (rust/py/src/bgp/policy.rs). What
paths of BGP do not have, such as a tag, is refused with the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from fingerpost._core import BgpAsSet, BgpAutomaton, BgpPrefixList
from fingerpost.addr import Address
from fingerpost.bgp import community_patterns
from fingerpost.bgp.validated import direction_of, heard_from
from fingerpost.errors import UsageError
from fingerpost.policy import action as act
from fingerpost.policy import attributes as named
from fingerpost.policy import match
from fingerpost.policy import path_action as change
from fingerpost.policy import path_match as ask
from fingerpost.policy.action import Outcome
from fingerpost.policy.as_numbers import AsIn, AsSet
from fingerpost.policy.as_path import AsPath
from fingerpost.policy.automaton import automaton
from fingerpost.policy.communities import Communities
from fingerpost.policy.policy import Policy
from fingerpost.policy.prefix_list import Entry, PrefixList
from fingerpost.rpki.aspa import PathState

if TYPE_CHECKING:
    from fingerpost.bgp.policy_place import PolicyPlace
    from fingerpost.policy.statement import Statement
    from fingerpost.rib.verdict import Filter

    Part = tuple[Any, ...]

_OUTCOMES: Final = {Outcome.ACCEPT: 0, Outcome.REJECT: 1, Outcome.CONTINUE: 2}
_FUNCTION: Final = (
    "policy {} is a Python function, which cannot judge the paths of BGP: write it as statements"
)
_HEADROOM: Final = 0xFFFF  # statements of a policy


class NotOfPathsError(UsageError):
    """A statement asks about, or sets, what no path of BGP has. `field` is that of the file."""

    def __init__(self, statement: int, field: str, said: str) -> None:
        """Say which statement by its place, and why."""
        super().__init__(said)
        self.statement, self.field = statement, field


@dataclass(frozen=True, slots=True)
class Program:
    """What `BgpTable.set_policy` takes: statements, what the end does, how many were written."""

    statements: tuple[tuple[int, tuple[Part, ...], tuple[Part, ...], tuple[Part, ...], int], ...]
    accepts: bool
    written: int


@dataclass(slots=True)
class _Compiling:
    """One statement on its way."""

    place: PolicyPlace
    terms: list[Part] = field(default_factory=list)
    asks: list[Part] = field(default_factory=list)
    actions: list[Part] = field(default_factory=list)
    is_never: bool = False


def program(policy: Filter, place: PolicyPlace) -> Program:
    """The program of a policy at a place. Raises `UsageError` for one that cannot be one."""
    if not isinstance(policy, Policy):
        raise UsageError(_FUNCTION.format(policy.name))
    if len(policy.statements) >= _HEADROOM:
        raise UsageError(f"policy {policy.name} has more than {_HEADROOM - 1} statements")
    found = []
    for at, statement in enumerate(policy.statements):
        made = _statement(at, statement, place)
        if not made.is_never:
            outcome = _OUTCOMES[statement.outcome]
            parts = tuple(made.terms), tuple(made.asks), tuple(made.actions)
            found.append((at, *parts, outcome))
    accepts = policy.otherwise is Outcome.ACCEPT
    return Program(tuple(found), accepts, len(policy.statements))


def faults(policy: Filter, place: PolicyPlace) -> list[NotOfPathsError]:
    """What of each statement a path of BGP does not have."""
    if not isinstance(policy, Policy):
        return [NotOfPathsError(0, "", _FUNCTION.format(policy.name))]
    found = []
    for at, statement in enumerate(policy.statements):
        try:
            _statement(at, statement, place)
        except NotOfPathsError as error:
            found.append(error)
    return found


def _statement(at: int, statement: Statement, place: PolicyPlace) -> _Compiling:
    made = _Compiling(place)
    for condition in statement.conditions:
        if (said := _said(_CONDITIONS, condition, made)) is not None:
            raise NotOfPathsError(at, f"match.{_field(condition)}", said)
    for action in statement.actions:
        if (said := _said(_ACTIONS, action, made)) is not None:
            raise NotOfPathsError(at, f"set.{_field(action)}", said)
    return made


def _said(
    known: Mapping[type, Callable[[Any, _Compiling], str | None]], part: object, made: _Compiling
) -> str | None:
    """Note a part; why it cannot be, if so."""
    note = known.get(type(part))
    if note is None:
        return f"a path of BGP has no {part}"
    try:
        return note(part, made)
    except UsageError as error:
        return str(error)


def _field(part: object) -> str:
    """What a condition or an action is called in a file."""
    match part:
        case match_type if isinstance(match_type, match.Is | act.Set):
            return match_type.field.replace("_", "-")
        case match.NextHopIn():
            return "interface" if part.interfaces else "next-hop"
        case change.SetToMetric() | change.SetNumber() | change.Drop():
            return part.name.replace("_", "-")
    return "next-hop"


# ---- conditions: each notes what it asks, and says why it cannot


_INSTEAD: Final = {
    "tag": "has no tag: tags are of the routing table; mark paths with communities, "
    "as in add-community: 65000:100",
    "metric": "has no metric: write med",
    "distance": "has no distance: the routing table gives it by bgp.distances; write "
    "local-preference or weight",
    "source": "is of bgp itself: write neighbor, remote-as or route-source",
    "protocol": "is of bgp itself: write neighbor, remote-as or route-source",
    "kind": "is unicast: a blackhole is marked by the community blackhole (RFC 7999)",
    "interface": "has no interface: write next-hop or neighbor",
}


def _is(one: match.Is, made: _Compiling) -> str | None:
    if one.field == "version":
        version = {"ipv4": 4, "ipv6": 6}.get(made.place.family.partition("-")[0])
        made.is_never |= not any(
            version in of if isinstance(of, range) else version == of for of in one.values
        )
        return None
    if one.field == "learned_from":
        made.asks.append(("told-by", tuple(Address(str(of)) for of in one.values)))
        return None
    return f"a path of BGP {_INSTEAD[one.field]}"


def _in_list(one: match.InPrefixList, made: _Compiling) -> str | None:
    made.asks.append(("prefix", _list(one.list)))
    return None


def _hop_in(one: match.NextHopIn, made: _Compiling) -> str | None:
    if one.interfaces:
        return f"a path of BGP {_INSTEAD['interface']}"
    inside = tuple(Entry(prefix, le=prefix.bits) for prefix in one.prefixes)
    made.terms.append(("next-hop", _list(PrefixList("", inside))))
    return None


def _hop_in_list(one: match.NextHopInList, made: _Compiling) -> str | None:
    made.terms.append(("next-hop", _list(one.list)))
    return None


def _number(one: ask.NumberIs, made: _Compiling) -> str | None:
    absent = _absent(one.name, made.place)
    made.terms.append(("number", one.name, _bounds(one.ranges), absent, one.or_none))
    return None


def _absent(name: str, place: PolicyPlace) -> int | None:
    if name == "local_preference":
        return place.default_local_preference
    return named.ABSENT.get(name)


def _bounds(ranges: tuple[range, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((one.start, one.stop - 1) for one in ranges if one)


def _path_length(one: ask.PathLength, made: _Compiling) -> str | None:
    made.terms.append(("path-length", _bounds(one.ranges)))
    return None


def _prefix_length(one: ask.PrefixLength, made: _Compiling) -> str | None:
    made.asks.append(("length", _bounds(one.ranges)))
    return None


def _word(one: ask.WordIs, made: _Compiling) -> str | None:
    words = ask.WORDS[one.name]
    mask = sum(1 << words.index(word) for word in set(one.values))
    match one.name:
        case "origin":
            made.terms.append(("origin", mask))
        case "rov":
            made.asks.append(("validity", mask))
        case "aspa":
            return _aspa(mask, made)
        case "route_source":
            made.asks.append(("source", mask))
    return None


def _aspa(mask: int, made: _Compiling) -> str | None:
    place = made.place
    if not place.is_import:
        return "aspa is asked of what a neighbour tells: ask it in an import policy, and mark paths"
    from_provider = direction_of(place.role, place.relation, place.family)
    if from_provider is None:  # nobody knows whence it came
        made.is_never |= not mask & 1 << PathState.UNKNOWN
    else:
        neighbor = heard_from(place.role, place.remote_as)
        made.asks.append(("verified", mask, neighbor, from_provider))
    return None


def _as_path(one: AsPath, made: _Compiling) -> str | None:
    made.terms.append(("as-path", tuple(map(automaton_of, one.expressions))))
    return None


def _as_in(one: AsIn, made: _Compiling) -> str | None:
    made.terms.append(("as-in", one.place, _as_set(one.numbers)))
    return None


def _communities(one: Communities, made: _Compiling) -> str | None:
    if not one.every:
        found = (binary for of in one.read for binary in community_patterns.binary(of))
        made.terms.append(("any-community", tuple(found)))
        return None
    for of in one.read:  # one may have several forms
        made.terms.append(("any-community", tuple(community_patterns.binary(of))))
    return None


def _at(one: ask.PlaceIs, made: _Compiling) -> str | None:
    made.is_never |= not one.is_at(made.place.named(one.name))
    return None


_CONDITIONS: Final[dict[type, Callable[[Any, _Compiling], str | None]]] = {
    match.Is: _is,
    match.InPrefixList: _in_list,
    match.NextHopIn: _hop_in,
    match.NextHopInList: _hop_in_list,
    ask.NumberIs: _number,
    ask.PathLength: _path_length,
    ask.PrefixLength: _prefix_length,
    ask.WordIs: _word,
    ask.PlaceIs: _at,
    AsPath: _as_path,
    AsIn: _as_in,
    Communities: _communities,
}


# ---- actions


def _set(one: act.Set, made: _Compiling) -> str | None:
    del made
    return f"a path of BGP {_INSTEAD[one.field]}"


def _set_hops(one: act.SetNextHops, made: _Compiling) -> str | None:
    if len(one.next_hops) != 1 or one.next_hops[0].gateway is None:
        return "a path of BGP has one next hop: write one address"
    gateway = one.next_hops[0].gateway
    if made.place.family == "ipv6" and gateway.version == 4:
        return f"{gateway} is no next hop of {made.place.family}; write an IPv6 address"
    made.actions.append(("next-hop", gateway.packed))
    return None


def _hop_told(one: change.NextHopTold, made: _Compiling) -> str | None:
    if one.which == "peer":
        address = made.place.address
        if address is None:
            return "peer: the address of this neighbour is not known before it comes"
        made.actions.append(("next-hop", address.without_zone.packed))
    elif made.place.is_import:
        return f"{one.which} is for export policies: on the way in nothing is told"
    elif one.which == "self":
        made.actions.append(("next-hop", b""))
    else:
        made.actions.append(("next-hop-stays",))
    return None


def _set_number(one: change.SetNumber, made: _Compiling) -> str | None:
    if one.by:
        default = _absent(one.name, made.place) or 0
        made.actions.append(("add-number", one.name, one.value, default))
    else:
        made.actions.append(("set", one.name, one.value))
    return None


def _set_metric(one: change.SetToMetric, made: _Compiling) -> str | None:
    if made.place.is_import:
        return "igp is for export policies: on the way in the metric is not known yet"
    made.actions.append(("set-metric", one.name))
    return None


def _drop(one: change.Drop, made: _Compiling) -> str | None:
    made.actions.append(("drop", one.name))
    return None


def _set_origin(one: change.SetOrigin, made: _Compiling) -> str | None:
    made.actions.append(("origin", named.ORIGINS.index(one.origin)))
    return None


def _prepend(one: act.Prepend, made: _Compiling) -> str | None:
    made.actions.append(("prepend", one.numbers))
    return None


def _prepend_own(one: change.PrependOwn, made: _Compiling) -> str | None:
    made.actions.append(("prepend", (made.place.local_as,) * one.times))
    return None


def _in_place(one: change.InPlaceOf, made: _Compiling) -> str | None:
    made.actions.append(("in-place", _as_set(one.numbers), one.other))
    return None


def _own_in_place(one: change.OwnInPlaceOf, made: _Compiling) -> str | None:
    made.actions.append(("in-place", _as_set(one.numbers), made.place.local_as))
    return None


def _set_communities(one: change.SetCommunities, made: _Compiling) -> str | None:
    made.actions += [("replace", *of) for of in community_patterns.octets(one.plain)]
    return None


def _append(one: change.Append, made: _Compiling) -> str | None:
    made.actions += [("add", *of) for of in community_patterns.octets(one.plain)]
    return None


def _remove(one: change.Remove, made: _Compiling) -> str | None:
    if not one.read:
        made.actions.append(("remove-all",))
        return None
    found = (binary for of in one.read for binary in community_patterns.binary(of))
    made.actions.append(("remove", tuple(found)))
    return None


_ACTIONS: Final[dict[type, Callable[[Any, _Compiling], str | None]]] = {
    act.Set: _set,
    act.SetNextHops: _set_hops,
    act.Prepend: _prepend,
    change.SetNumber: _set_number,
    change.SetToMetric: _set_metric,
    change.Drop: _drop,
    change.SetOrigin: _set_origin,
    change.PrependOwn: _prepend_own,
    change.InPlaceOf: _in_place,
    change.OwnInPlaceOf: _own_in_place,
    change.SetCommunities: _set_communities,
    change.Append: _append,
    change.Remove: _remove,
    change.NextHopTold: _hop_told,
}


# ---- what may be large is made once, whoever asks it


_lists: WeakKeyDictionary[PrefixList, BgpPrefixList] = WeakKeyDictionary()
_as_sets: WeakKeyDictionary[AsSet, BgpAsSet] = WeakKeyDictionary()


def _list(held: PrefixList) -> BgpPrefixList:
    found = _lists.get(held)
    if found is None:
        entries = ((one.prefix, *one.lengths, one.permits) for one in held.entries)
        found = _lists[held] = BgpPrefixList(entries)
    return found


def _as_set(held: AsSet) -> BgpAsSet:
    found = _as_sets.get(held)
    if found is None:
        found = _as_sets[held] = BgpAsSet(held.ranges)
    return found


@cache
def automaton_of(expression: str) -> BgpAutomaton:
    """An AS-path expression for the core; raises `UsageError` for what is none."""
    made = automaton(expression)
    return BgpAutomaton(made.groups, made.width, made.table, made.ends)
