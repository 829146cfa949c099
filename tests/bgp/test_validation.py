"""What the RPKI says in policies: caches and files made one, and judged anew when they change."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
import yaml

from bgp.joined import End, Net, Node, config, towards
from fingerpost._core import VrpTable
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import (
    BgpConfig,
    Neighbor,
    Network,
    PeerFamily,
    Role,
    RpkiServer,
    VrpFile,
)
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.path_view import PathFlags
from fingerpost.bgp.policy_place import PolicyPlace
from fingerpost.bgp.program import program
from fingerpost.bgp.relation import Relation
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.policy import Policy, load
from fingerpost.protocol.events import ConfigurationChanged
from fingerpost.rpki.files import Exceptions, Payloads
from fingerpost.rpki.pdu import (
    HEADER,
    CacheResponse,
    EndOfData,
    Pdu,
    PrefixPdu,
    ResetQuery,
    SerialNotify,
    decode,
    encode,
)
from fingerpost.rpki.validity import Vrp

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"
CACHE, OTHER_CACHE = "10.0.0.9", "10.0.0.10"
ONE, TWO, THREE = (Prefix(f"192.0.{place}.0/24") for place in (1, 2, 3))
WIDE = Prefix("192.0.0.0/16")
ROV = """
    policies:
      rov:
        - match: {rpki: invalid}
          then: reject
        - match: {rpki: valid}
          set: {local-preference: 200}
          then: accept
        - {then: accept}
    """


def policy(text: str = ROV) -> Policy:
    """The one policy of a text."""
    (found,) = load(yaml.safe_load(dedent(text))).values()
    return found


class Cache:
    """A cache at an address, that tells what it holds and what comes."""

    def __init__(self, net: Net, address: str, *vrps: Vrp) -> None:
        self.net, self.address = net, Address(address)
        self.listening = True
        self.end: End | None = None
        self.ends: dict[int, End] = {}
        self.serial = 1
        self.vrps = list(vrps)
        self.asked: list[Pdu] = []
        net.nodes[self.address] = self

    def accept(self, end: End, _remote: Address) -> End:
        """A router connects."""
        self.end = End(self, -1, end)
        end.other = self.end
        return self.end

    def got(self, _end: End, data: bytes) -> None:
        """A router asks: it is told all, or what came since."""
        while data:
            length = int.from_bytes(data[4:HEADER])
            pdu, data = decode(data[:length])[1], data[length:]
            self.asked.append(pdu)
            told = [PrefixPdu(one) for one in self.vrps] if isinstance(pdu, ResetQuery) else []
            self.tell(CacheResponse(7), *told, EndOfData(7, self.serial, 3600, 600, 7200))

    def tell(self, *pdus: Pdu) -> None:
        """Say something."""
        assert self.end is not None
        self.net.carry(self.end, b"".join(encode(one, 1) for one in pdus))

    def change(self, *changes: PrefixPdu) -> None:
        """Something is new: unasked, as an answer to its own notify."""
        assert self.end is not None
        self.serial += 1
        self.tell(SerialNotify(7, self.serial))
        answer: tuple[Pdu, ...] = (
            CacheResponse(7),
            *changes,
            EndOfData(7, self.serial, 3600, 600, 7200),
        )
        self.got_once(answer)

    def got_once(self, answer: tuple[Pdu, ...]) -> None:
        """The next question has this answer."""

        def got(_end: End, data: bytes) -> None:
            self.asked.append(decode(data)[1])
            del self.got
            self.tell(*answer)

        self.got = got  # type: ignore[method-assign]

    def ended(self, _end: End, _reason: str | None) -> None:
        """The router is gone."""
        self.end = None


def flags(node: Node, prefix: Prefix) -> PathFlags:
    """What is known of the one path to a prefix."""
    (row,) = node.bgp.table.paths(IPV4.code, prefix)
    return PathFlags(row[4] & sum(PathFlags)) & PathFlags.POLICY


def refused(node: Node) -> list[Prefix]:
    """The prefixes that the import policy refuses."""
    return [one for one in (ONE, TWO, THREE) if flags(node, one)]


def way_of(node: Node, prefix: Prefix) -> dict[str, Any]:
    """The one path to a prefix, as `why` has it."""
    ways = node.bgp.explain(prefix).as_dict()["ways"]
    assert isinstance(ways, list)
    (way,) = ways
    assert isinstance(way, dict)
    return way


def network(
    into: Policy | None = None, out: Policy | None = None, **more: object
) -> tuple[Net, Node, Node, Node]:
    """A says three networks to B, which tells them to C; B goes by the RPKI."""
    net = Net()
    networks = tuple(Network(one, needs_route=False) for one in (ONE, TWO, THREE))
    a = net.add(A, config(65001, 1, towards(65002, B), networks=networks), 1)
    to_a = towards(65001, A, families=(PeerFamily(IPV4, into),))
    to_c = towards(65003, C, families=(PeerFamily(IPV4, None, out),))
    b = net.add(B, config(65002, 2, to_a, to_c, **more), 2)
    c = net.add(C, config(65003, 3, towards(65002, B)), 3)
    return net, a, b, c


def server(address: str = CACHE, preference: int = 100) -> RpkiServer:
    """A cache that is configured."""
    return RpkiServer(address, Address(address), preference=preference)


def file(*vrps: Vrp) -> VrpFile:
    """A file that says these."""
    return VrpFile("vrps.json", Payloads(VrpTable(vrps)))


def test_a_change_of_vrps_judges_again_what_came_in() -> None:
    net, _, b, c = network(policy(), rpki=(server(),))
    cache = Cache(net, CACHE, Vrp(ONE, 24, 65001), Vrp(TWO, 24, 65009))
    net.begin()
    net.run(10)
    assert refused(b) == [TWO]
    assert sorted(c.routes) == [ONE, THREE]
    hits = b.bgp.config.neighbors[0].families[0].import_policy
    assert isinstance(hits, Policy)
    b.bgp.policing.collect()
    before = sum(hits.hits)
    cache.change(PrefixPdu(Vrp(TWO, 24, 65009), announces=False), PrefixPdu(Vrp(THREE, 24, 1)))
    net.run(5)
    assert refused(b) == [THREE]
    assert sorted(c.routes) == [ONE, TWO]
    b.bgp.policing.collect()
    assert sum(hits.hits) == before + 2  # what nothing changed for was not judged again


def test_a_change_of_vrps_judges_again_what_goes_out() -> None:
    net, _, b, c = network(out=policy(), rpki=(server(),))
    cache = Cache(net, CACHE, Vrp(WIDE, 24, 65001))
    net.begin()
    net.run(10)
    assert sorted(c.routes) == [ONE, TWO, THREE]
    cache.change(PrefixPdu(Vrp(WIDE, 24, 65001), announces=False), PrefixPdu(Vrp(WIDE, 16, 65001)))
    net.run(5)
    assert sorted(c.routes) == []
    cache.change(PrefixPdu(Vrp(TWO, 24, 65001)))
    net.run(5)
    assert sorted(c.routes) == [TWO]
    assert refused(b) == []


def test_the_caches_of_the_best_preference_that_have_data_count_together_with_files() -> None:
    caches = (server(), server(OTHER_CACHE, preference=200))
    net, _, b, _ = network(policy(), rpki=caches, vrp_files=(file(Vrp(THREE, 24, 9)),))
    Cache(net, OTHER_CACHE, Vrp(ONE, 24, 9))
    net.begin()
    net.run(10)  # the first cannot be reached yet
    assert refused(b) == [ONE, THREE]
    assert b.bgp.validating.used() == [OTHER_CACHE]
    Cache(net, CACHE, Vrp(TWO, 24, 9))
    net.run(70)
    assert refused(b) == [TWO, THREE]
    assert b.bgp.validating.used() == [CACHE]
    snapshot = b.bgp.snapshot()["rpki"]
    assert snapshot is not None
    rows = snapshot["caches"]
    assert isinstance(rows, list)
    assert [(one["state"], one["is_used"], one["vrps_ipv4"]) for one in rows] == [
        ("Synchronized", True, 1),
        ("Synchronized", False, 1),
    ]
    assert snapshot["vrps_ipv4"] == 2


def test_what_a_cache_told_expires_when_it_is_gone() -> None:
    net, _, b, _ = network(policy(), rpki=(server(),))
    cache = Cache(net, CACHE, Vrp(ONE, 24, 9))
    net.begin()
    net.run(10)
    assert refused(b) == [ONE]
    cache.listening = False
    assert cache.end is not None
    net.close(cache.end, "reset")
    del net.nodes[cache.address]
    net.run(7000)
    assert refused(b) == [ONE]
    net.run(300)
    assert refused(b) == []
    assert b.bgp.validating.used() == []


def test_a_configuration_that_changes_is_gone_by() -> None:
    net, _, b, _ = network(policy(), vrp_files=(file(Vrp(WIDE, 24, 9)),))
    net.begin()
    net.run(10)
    assert refused(b) == [ONE, TWO, THREE]
    exceptions = Exceptions(((None, 9),), VrpTable([Vrp(TWO, 24, 8)]))

    def go_by(**changes: object) -> None:
        after: BgpConfig = replace(b.bgp.config, **changes)  # type: ignore[arg-type]
        b.give(ConfigurationChanged(after))
        net.run(2)

    go_by(rpki_exceptions=exceptions)
    assert refused(b) == [TWO]
    go_by(vrp_files=(), rpki_exceptions=None)
    assert refused(b) == []
    assert b.bgp.snapshot()["rpki"] is None
    Cache(net, CACHE, Vrp(ONE, 24, 9))
    go_by(rpki=(server(),))
    assert refused(b) == [ONE]
    go_by(rpki=())
    assert refused(b) == []


def test_why_names_the_vrps_that_cover_a_prefix() -> None:
    vrps = (Vrp(WIDE, 20, 65001), Vrp(ONE, 24, 9))
    net, _, b, _ = network(policy(), vrp_files=(file(*vrps),))
    net.begin()
    net.run(10)
    answer = b.bgp.explain(ONE)
    said = "rpki invalid: 192.0.1.0/24 AS9: AS9 may, not AS65001"
    assert said in str(answer)
    assert "192.0.0.0/16-20 AS65001: /24 is longer than /20" in str(answer)
    way = way_of(b, ONE)
    assert way["validity"]["origin"] == 65001
    assert way["validity"]["aspa"] == "unknown"  # nobody said what A is to us
    assert way_of(b, TWO)["validity"]["covering"] == [
        {"vrp": "192.0.0.0/16-20 AS65001", "verdict": "/24 is longer than /20"}
    ]


ASPA = """
    policies:
      aspa:
        - match: {aspa: STATE}
          then: accept
        - {then: reject}
    """


@pytest.mark.parametrize(
    ("role", "providers", "state"),
    [
        (Role.PROVIDER, {}, "unknown"),
        (Role.PROVIDER, {65000: (65001,)}, "valid"),
        (Role.PROVIDER, {65000: (7,)}, "invalid"),
        (Role.CUSTOMER, {65000: (7,)}, "valid"),  # up is not certain, down is
        (None, {65000: (7,)}, "unknown"),
    ],
)
def test_paths_are_judged_by_aspa_and_role(
    role: Role | None, providers: dict[int, tuple[int, ...]], state: str
) -> None:
    """65000 tells 65001, which tells us."""
    net = Net()
    origin = Network(ONE, needs_route=False)
    net.add(C, config(65000, 3, towards(65001, A), networks=(origin,)), 3)
    net.add(A, config(65001, 1, towards(65000, C), towards(65002, B)), 1)
    own = Neighbor(
        "to A", 65001, Address(A), role=role,
        families=(PeerFamily(IPV4, policy(ASPA.replace("STATE", state))),),
    )  # fmt: skip
    payloads = Payloads(VrpTable(), {1: (2,)})
    b = net.add(B, config(65002, 2, own, vrp_files=(VrpFile("one", payloads),)), 2)
    net.begin()
    net.run(10)
    after = replace(b.bgp.config, vrp_files=(VrpFile("two", Payloads(VrpTable(), providers)),))
    b.give(ConfigurationChanged(after))
    net.run(SECOND / 1e9)
    assert not flags(b, ONE)
    way = way_of(b, ONE)
    assert way["validity"]["aspa"] == state
    if state == "invalid":  # the cause is named (6.6)
        assert "aspa invalid: AS65001 is no provider of AS65000" in str(b.bgp.explain(ONE))


@pytest.mark.parametrize(
    ("relation", "family", "is_judged"),
    [
        (Relation.EXTERNAL, "ipv6", True),
        (Relation.EXTERNAL, "ipv4-vpn", False),
        (Relation.CONFEDERATION, "ipv4", False),
        (Relation.INTERNAL, "ipv4", False),
    ],
)
def test_aspa_judges_unicast_from_outside(relation: Relation, family: str, is_judged: bool) -> None:
    """draft-ietf-sidrops-aspa-verification-28 6.2; the rest is unknown, which a policy may ask."""
    place = PolicyPlace(True, ("to C",), family, relation, 65003, 65002, role="customer")
    valid, unknown = (
        program(policy(ASPA.replace("STATE", state)), place) for state in ("valid", "unknown")
    )
    assert ("verified" in repr(valid)) is is_judged
    assert ("verified" in repr(unknown)) is is_judged
    assert valid != unknown


def test_aspa_is_asked_on_import_only() -> None:
    asked = policy(ASPA.replace("STATE", "valid"))
    place = PolicyPlace(False, ("to C",), "ipv4", Relation.EXTERNAL, 65003, 65002)
    with pytest.raises(UsageError, match="aspa is asked of what a neighbour tells"):
        program(asked, place)
    assert len(program(asked, replace(place, is_import=True, role="peer")).statements) == 2
