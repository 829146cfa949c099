"""What is configured about telling has an effect on what a neighbor hears, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import (
    AddPath,
    Aggregate,
    Decision,
    Neighbor,
    PeerFamily,
    PrivateAs,
    Role,
    Timers,
)
from fingerpost.bgp.family import IPV4
from fingerpost.forwarding.durations import SECOND
from fingerpost.policy import load
from fingerpost.protocol.events import ConfigurationChanged, GatewayChanged, TimePassed
from fingerpost.rib.verdict import Filter

P = Prefix("192.0.2.0/24")
DEFAULT = Prefix("0.0.0.0/0")
US, SOURCE, RECEIVER = 65002, 65001, 65003
SAID = AttributeSet.of(
    attr.Origin(attr.OriginCode.IGP),
    attr.AsPath.of(64_999, RECEIVER, 70_000),
    attr.Communities((5,)),
    attr.Aigp.of(5),
)


@dataclass
class Line:
    """One who says something, we, and one who hears it of us."""

    net: Net
    source: Node
    us: Node
    receiver: Node

    def say(self, prefix: Prefix = P, said: AttributeSet = SAID) -> None:
        """Have the source say a prefix."""
        self.source.bgp.originate(IPV4, (prefix,), said.encode(), 1)
        self.source.give(TimePassed())

    def unsay(self, prefix: Prefix = P) -> None:
        """Have it say it no more."""
        self.source.bgp.retract(IPV4, (prefix,), 1)
        self.source.give(TimePassed())

    def heard(self, prefix: Prefix = P) -> AttributeSet | None:
        """What the receiver was told, as it came."""
        rows = self.receiver.bgp.table.paths(IPV4.code, prefix)
        return AttributeSet.decode(rows[0][2]) if rows else None


def line(
    family: PeerFamily | None = None,
    *,
    source_asn: int = SOURCE,
    hears_of: int = US,
    asn: int = RECEIVER,
    from_source: dict[str, object] | None = None,
    **ours: object,
) -> Line:
    """Let `family` and `ours`, which are of the receiver with us, be told by."""
    families = (family or PeerFamily(),)
    net = Net()
    taken = PeerFamily(aigp=True, allow_own_as=9)
    more = {name: ours.pop(name) for name in ("decision", "aggregates") if name in ours}
    source = net.add(
        "10.0.0.1",
        config(source_asn, 1, towards(US, "10.0.0.2", families=(PeerFamily(aigp=True),))),
    )
    us = net.add(
        "10.0.0.2",
        config(
            US,
            2,
            towards(source_asn, "10.0.0.1", families=(taken,), **(from_source or {})),
            towards(asn, "10.0.0.3", families=families, **ours),
            **more,
        ),
    )
    receiver = net.add("10.0.0.3", config(asn, 3, towards(hears_of, "10.0.0.2", families=(taken,))))
    net.begin()
    net.run(5)
    made = Line(net, source, us, receiver)
    made.say()
    net.run(1)
    return made


def heard(family: PeerFamily | None = None, **ours: object) -> AttributeSet:
    """What is told of the prefix."""
    found = line(family, **ours).heard()  # type: ignore[arg-type]
    assert found is not None
    return found


def path(made: AttributeSet) -> str:
    """The AS path as text."""
    return str(made.as_path)


def hop(made: AttributeSet) -> str:
    """The next hop as text."""
    return str(made.get(attr.NextHop))


PLAIN = "65002 65001 64999 65003 70000"


def test_without_anything_said_a_path_goes_on_as_the_rfc_has_it() -> None:
    made = heard()
    assert (path(made), hop(made), made.communities) == (PLAIN, "10.0.0.2", (5,))
    assert made.get(attr.Aigp) is None


def test_next_hop_self() -> None:
    inside: dict[str, Any] = {"asn": US}
    assert hop(heard(**inside)) == "10.0.0.1"
    assert hop(heard(PeerFamily(next_hop_self=True), **inside)) == "10.0.0.2"


def test_next_hop_self_is_not_for_what_is_reflected_unless_that_is_said() -> None:
    """RFC 4456 10."""
    reflected: dict[str, Any] = {"asn": US, "source_asn": US, "is_client": True}
    plain = PeerFamily(next_hop_self=True)
    assert hop(heard(plain, **reflected)) == "10.0.0.1"
    assert hop(heard(replace(plain, reflects_as_self=True), **reflected)) == "10.0.0.2"


def test_next_hop_unchanged() -> None:
    assert hop(heard(PeerFamily(next_hop_unchanged=True))) == "10.0.0.1"


def test_as_override() -> None:
    assert path(heard(PeerFamily(as_override=True))) == "65002 65001 64999 65002 70000"


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (PrivateAs.REMOVED, PLAIN),
        (PrivateAs.REMOVED_ALL, "65002 65003 70000"),
        (PrivateAs.REPLACED, "65002 65002 65002 65003 70000"),
    ],
)
def test_private_as(what: PrivateAs, wanted: str) -> None:
    """The receiver's own, 65003, stays, so that it sees that the path has come by it."""
    assert path(heard(PeerFamily(private_as=what))) == wanted


def test_communities_off() -> None:
    assert heard(PeerFamily(sends_communities=False)).communities == ()


def test_aigp() -> None:
    assert heard(PeerFamily(aigp=True)).get(attr.Aigp) is not None


def test_the_way_to_the_next_hop_is_added_to_aigp_where_we_are_that() -> None:
    """RFC 7311 3.4.3: also where nothing but the way has changed."""
    made = line(PeerFamily(aigp=True))

    def metric(cost: int) -> int | None:
        made.us.give(GatewayChanged(Address("10.0.0.1"), cost))
        made.net.run(1)
        found = made.heard()
        assert found is not None
        held = found.get(attr.Aigp)
        assert held is not None
        return held.metric

    assert [metric(cost) for cost in (0, 7, 9)] == [5, 12, 14]
    before = made.receiver.peer().tally.updates_in
    assert metric(9) == 14
    assert made.receiver.peer().tally.updates_in == before


def test_nothing_is_added_to_aigp_where_the_next_hop_stays() -> None:
    made = line(PeerFamily(aigp=True), asn=US)
    made.us.give(GatewayChanged(Address("10.0.0.1"), 7))
    made.receiver.give(GatewayChanged(Address("10.0.0.1"), 7))
    made.net.run(1)
    found = made.heard()
    assert found is not None
    assert hop(found) == "10.0.0.1"
    assert found.get(attr.Aigp) == attr.Aigp.of(5)


def test_own_only() -> None:
    assert line(PeerFamily(own_only=True)).heard() is None


def test_role() -> None:
    """RFC 9234 5: a customer is told that it is for customers only."""
    assert heard(role=Role.PROVIDER).get(attr.OnlyToCustomer) == attr.OnlyToCustomer(US)


def test_client() -> None:
    """RFC 4456 8."""
    made = line(asn=US, is_client=True, from_source={})
    assert made.heard() is not None
    assert made.us.peer(2).relation.name == "CLIENT"


def test_local_as_and_our_own_behind_it_unless_replaced() -> None:
    """RFC 7705 3.3."""
    behind = heard(local_as=65009, hears_of=65009)
    assert path(behind) == f"65009 {PLAIN}"
    replaced = heard(local_as=65009, replaces_as=True, hears_of=65009)
    assert path(replaced) == PLAIN.replace("65002", "65009", 1)


def test_local_as_in_front_of_what_comes_unless_not_prepended() -> None:
    """RFC 7705 3.1."""
    for prepends, wanted in ((True, f"65002 65009{PLAIN[5:]}"), (False, PLAIN)):
        net = Net()
        source = net.add("10.0.0.1", config(SOURCE, 1, towards(65009, "10.0.0.2")))
        came = towards(SOURCE, "10.0.0.1", local_as=65009)
        came = replace(came, prepends_local_as=prepends)
        us = net.add("10.0.0.2", config(US, 2, came, towards(RECEIVER, "10.0.0.3")))
        takes = PeerFamily(allow_own_as=1)
        receiver = net.add(
            "10.0.0.3", config(RECEIVER, 3, towards(US, "10.0.0.2", families=(takes,)))
        )
        net.begin()
        net.run(5)
        made = Line(net, source, us, receiver)
        made.say()
        net.run(1)
        found = made.heard()
        assert found is not None
        assert path(found) == wanted


def test_default_local_preference() -> None:
    decision = Decision(default_local_preference=77)
    made = line(asn=US, decision=decision)
    found = made.heard()
    assert found is not None
    assert found.local_preference == 77
    made.us.give(ConfigurationChanged(replace(made.us.bgp.config, decision=Decision())))
    made.net.run(1)
    found = made.heard()
    assert found is not None
    assert found.local_preference == 100


def test_a_default_is_told_whether_we_have_one_or_not_and_in_its_place() -> None:
    made = line(PeerFamily(default_route=True))
    told = made.heard(DEFAULT)
    assert told is not None
    assert (path(told), hop(told)) == ("65002", "10.0.0.2")
    assert DEFAULT not in made.us.routes
    made.say(DEFAULT)
    made.net.run(1)
    assert made.heard(DEFAULT) == told
    us = made.us.bgp.config
    other = replace(us.neighbors[1], families=(PeerFamily(),))
    made.us.give(ConfigurationChanged(replace(us, neighbors=(us.neighbors[0], other))))
    made.net.run(1)
    ours = made.heard(DEFAULT)
    assert ours is not None
    assert path(ours) == PLAIN
    made.us.give(ConfigurationChanged(us))
    made.unsay(DEFAULT)
    made.net.run(1)
    assert made.heard(DEFAULT) == told


def test_changes_are_told_so_far_apart_at_least() -> None:
    """RFC 4271 9.2.1.1: what was told is not told otherwise, nor taken back, before that time."""
    made = line(timers=Timers(advertisement_ns=10 * SECOND))
    made.net.run(10)
    made.say(said=SAID.having(attr.Communities((6,))))
    made.net.run(1)
    first = made.heard()
    assert first is not None
    assert first.communities == (6,)
    made.say(said=SAID.having(attr.Communities((7,))))
    made.net.run(5)
    made.say(said=SAID.having(attr.Communities((8,))))
    made.net.run(1)
    assert made.heard() == first
    before = made.receiver.peer().tally.updates_in
    made.net.run(10)
    second = made.heard()
    assert second is not None
    assert second.communities == (8,)
    assert made.receiver.peer().tally.updates_in == before + 1, "the one between was left out"
    made.unsay()
    made.net.run(1)
    assert made.heard() == second
    made.net.run(10)
    assert made.heard() is None


def test_what_is_inside_of_an_aggregate_is_told_no_more_when_that_is_told() -> None:
    """RFC 4271 9.2.2.2."""
    whole = Prefix("192.0.0.0/16")
    both = line(aggregates=(Aggregate(whole),))
    both.net.run(1)
    assert both.heard() is not None
    assert both.heard(whole) is not None
    alone = line(aggregates=(Aggregate(whole, summary_only=True),))
    alone.net.run(1)
    assert alone.heard() is None
    assert alone.heard(whole) is not None
    places = alone.us.bgp.explain_told(P, None).as_dict()["places"]
    assert isinstance(places, list)
    assert "an aggregate around it is told" in places[1]["reason"]
    alone.us.give(ConfigurationChanged(replace(alone.us.bgp.config, aggregates=())))
    alone.net.run(1)
    assert alone.heard() is not None
    assert alone.heard(whole) is None


def several(sends: int, export: Filter | None = None) -> tuple[Net, list[Node], Node, Node]:
    """Three who say the same prefix, and one who hears of several paths (RFC 7911)."""
    net = Net()
    sources = [
        net.add(f"10.0.0.{at}", config(65010 + at, at, towards(US, "10.0.0.2"))) for at in (4, 5, 6)
    ]
    tells = PeerFamily(export_policy=export, add_path=AddPath(sends=sends))
    hears = PeerFamily(add_path=AddPath(receives=True))
    ours = [towards(65010 + at, f"10.0.0.{at}") for at in (4, 5, 6)]
    us = net.add("10.0.0.2", config(US, 2, towards(RECEIVER, "10.0.0.3", families=(tells,)), *ours))
    receiver = net.add("10.0.0.3", config(RECEIVER, 3, towards(US, "10.0.0.2", families=(hears,))))
    net.begin()
    net.run(5)
    for length, source in enumerate(sources):
        numbers = attr.AsPath.of(*[7] * length)
        said = AttributeSet.of(attr.Origin(attr.OriginCode.IGP), numbers)
        source.bgp.originate(IPV4, (P,), said.encode(), 1)
        source.give(TimePassed())
    net.run(1)
    return net, sources, us, receiver


def heard_paths(receiver: Node) -> dict[str, int]:
    """Path texts with their identifiers."""
    rows = receiver.bgp.table.paths(IPV4.code, P)
    return {path(AttributeSet.decode(row[2])): row[1] for row in rows}


@pytest.mark.parametrize("sends", [1, 2, 9])
def test_the_best_paths_are_told_by_identifiers_that_stay(sends: int) -> None:
    net, sources, _, receiver = several(sends)
    all_paths = ["65002 65014", "65002 65015 7", "65002 65016 7 7"]
    held = heard_paths(receiver)
    assert sorted(held) == all_paths[:sends]
    assert len(set(held.values())) == len(held)
    sources[0].bgp.retract(IPV4, (P,), 1)
    sources[0].give(TimePassed())
    net.run(1)
    after = heard_paths(receiver)
    assert sorted(after) == all_paths[1 : 1 + sends]
    assert {one: held[one] for one in after if one in held} == {
        one: number for one, number in after.items() if one in held
    }
    for source in sources[1:]:
        source.bgp.retract(IPV4, (P,), 1)
        source.give(TimePassed())
    net.run(1)
    assert heard_paths(receiver) == {}


def test_nobody_hears_of_a_path_of_its_own() -> None:
    net, sources, us, receiver = several(3)
    assert sources[0].bgp.table.paths(IPV4.code, P)[0][0] == 0
    assert len(heard_paths(receiver)) == 3
    assert us.bgp.table.told_counts(us.peer(1).number, IPV4.code)[0] == 1
    net.run(1)


def places_of(us: Node, name: str) -> list[dict[str, Any]]:
    """What `why-not` says of a neighbour."""
    places = us.bgp.explain_told(P, None).as_dict()["places"]
    assert isinstance(places, list)
    return [one for one in places if one["place"] == name]


def test_why_not_says_of_each_path_whether_it_is_told() -> None:
    """RFC 7911."""
    _, _, us, receiver = several(2)
    first, second, beyond = places_of(us, "to 10.0.0.3")
    held = heard_paths(receiver)
    for place in (first, second):
        assert place["is_told"]
        assert held[place["fields"]["as_path"]] == place["fields"]["path_id"]
    assert not beyond["is_told"]
    assert beyond["reason"].startswith("path 65016 7 7: as many better ones may be told")
    # without identifiers it is the best path alone
    (own,) = places_of(us, "to 10.0.0.4")
    assert own["reason"] == "it came from there (RFC 4271 9.2)"
    (other,) = places_of(us, "to 10.0.0.5")
    assert other["fields"] == {"as_path": "65002 65014", "next_hop": "10.0.0.2"}


def test_the_places_of_paths_that_are_refused_are_for_those_behind() -> None:
    """`sends` counts what is told: the export policy refuses the best."""
    refuses = load(
        {"policies": {"few": [{"match": {"as-path": "^65014$"}, "then": "reject"}, {}]}}
    )["few"]
    net, sources, us, receiver = several(2, refuses)
    assert sorted(heard_paths(receiver)) == ["65002 65015 7", "65002 65016 7 7"]
    refused, second, third = places_of(us, "to 10.0.0.3")
    assert refused["reason"].startswith("path 65014: the export policy refuses it; few")
    assert second["is_told"]
    assert third["is_told"]
    sources[1].bgp.retract(IPV4, (P,), 1)
    sources[1].give(TimePassed())
    net.run(1)
    assert sorted(heard_paths(receiver)) == ["65002 65016 7 7"]


def test_every_reason_of_why_not_is_told_in_words() -> None:
    made = line(PeerFamily(own_only=True))
    answer = made.us.bgp.explain_told(P, None).as_dict()
    places = answer["places"]
    assert isinstance(places, list)
    source, receiver = places
    assert source["reason"] == "it came from there (RFC 4271 9.2)"
    assert "own_only" in receiver["reason"]
    told = line().us.bgp.explain_told(P, None).as_dict()["places"]
    assert isinstance(told, list)
    assert told[1]["is_told"]
    assert told[1]["fields"]["as_path"] == PLAIN


SHOWN = {
    "families": "each below",
    "local_as": test_local_as_and_our_own_behind_it_unless_replaced,
    "replaces_as": test_local_as_and_our_own_behind_it_unless_replaced,
    "prepends_local_as": test_local_as_in_front_of_what_comes_unless_not_prepended,
    "timers": test_changes_are_told_so_far_apart_at_least,
    "is_client": test_client,
    "role": test_role,
    "next_hop_self": test_next_hop_self,
    "reflects_as_self": test_next_hop_self_is_not_for_what_is_reflected_unless_that_is_said,
    "next_hop_unchanged": test_next_hop_unchanged,
    "add_path": test_the_best_paths_are_told_by_identifiers_that_stay,
    "as_override": test_as_override,
    "private_as": test_private_as,
    "sends_communities": test_communities_off,
    "default_route": test_a_default_is_told_whether_we_have_one_or_not_and_in_its_place,
    "default_condition": "test_conditions.py",
    "aigp": test_aigp,
    "own_only": test_own_only,
}
OF_SESSIONS = """
    name remote_as address interface prefix most local_address port is_passive hops security
    graceful_restart is_role_strict checks_first_as extended_message sends_hostname bfd is_enabled
    shutdown_text description family extended_next_hop
"""
OF_WHAT_COMES = ["import_policy", "limit", "allow_own_as", "weight", "damping"]
OF_POLICIES = ["export_policy"]


def test_what_of_a_neighbor_is_about_telling_is_shown_above() -> None:
    """A field that is added has to be named here, with the test that shows what it does."""
    named = {one.name for kind in (Neighbor, PeerFamily) for one in fields(kind)}
    assert named == {*SHOWN, *OF_SESSIONS.split(), *OF_WHAT_COMES, *OF_POLICIES}
