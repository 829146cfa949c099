"""One of ours between FRR and BIRD: what is redistributed, loss of links, restarts of anybody.

    FRR 0 --e0, e2-- 1 ours --e1, e3-- 2 BIRD

e0 and e1 are signed, watched by BFD, and preferred; they can fall silent while everybody keeps the
carrier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
import yaml

from fingerpost.api.client import Client
from foreign import require_frr
from interop.ospf import written_bird, written_ours
from interop.ospf.network import Routers, Table, network, wait_slowly
from interop.ospf.plan import DEAD_S, HELLO_S, Plan, Wire, external, loopbacks
from interop.ospf.views import birdc, full, vtysh
from netns import require_root

pytestmark = pytest.mark.slow

FRR, OURS, BIRD = range(3)
SITES = (FRR, OURS, BIRD)
VERSIONS = (2, 3)
NETWORKS = ("10.0.", "fd00::", *(f"fd00:{number}::" for number in range(4)))
MANY = 2000
MANY_S = 5.0  # until all of them are in the kernels of both others, for a machine that is busy
KEY = "a-key-of-us"

OUR_SIGNING = {
    (FRR, 2): "authentication: {key-chain: MD5}",
    (BIRD, 2): "authentication: {key-chain: SHA}",
    (BIRD, 3): "authentication: {key-chain: SHA}",
    (FRR, 3): "authentication: {key-chain: SHA, swapped-protocol-id: true}",
}
BIRD_WORDS = (
    f'bfd yes; authentication cryptographic; password "{KEY}" {{ id 1; algorithm hmac sha256; }};'
)
FRR_WORDS = {
    2: " ip ospf bfd\n ip ospf bfd profile QUICK\n ip ospf authentication message-digest\n"
    f" ip ospf message-digest-key 1 md5 {KEY}",
    3: " ipv6 ospf6 bfd profile QUICK\n"
    f" ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key {KEY}",
}
OUR_ROUTER = f"""
bfd: {{min-transmit: 100ms, min-receive: 100ms, multiplier: 3}}
key-chains:
  MD5: {{keys: [{{id: 1, secret: {KEY}, algorithm: keyed-md5}}]}}
  SHA: {{keys: [{{id: 1, secret: {KEY}, algorithm: hmac-sha-256}}]}}
"""
FRR_BFD = """
bfd
 profile QUICK
  transmit-interval 100
  receive-interval 100
 exit
exit
"""
BIRD_BFD = (
    'protocol bfd { interface "*" { min rx interval 100 ms; min tx interval 100 ms; '
    "multiplier 3; }; }"
)


def preferred(peer: int) -> Wire:
    """A wire that is signed and watched."""
    theirs = FRR_WORDS if peer == FRR else dict.fromkeys(VERSIONS, BIRD_WORDS)
    words = {(peer, version): theirs[version] for version in VERSIONS}
    for version in VERSIONS:
        words[OURS, version] = f"{{bfd: true, {OUR_SIGNING[peer, version]}}}"
    return Wire((peer, OURS), is_point_to_point=True, words=words, is_switched=True)


def spare(peer: int) -> Wire:
    """A wire that is used when the other one is lost."""
    return Wire((peer, OURS), is_point_to_point=True, costs={peer: 50, OURS: 50})


PLAN = Plan(
    ("frr", "fingerpost", "bird"),
    (preferred(FRR), preferred(BIRD), spare(FRR), spare(BIRD)),
    externals={FRR: 1, OURS: 2, BIRD: 1},
    tags={FRR: 71, OURS: 72, BIRD: 73},
    words={(FRR, 0): FRR_BFD, (OURS, 0): OUR_ROUTER, (BIRD, 2): BIRD_BFD},
)


def wanted(lost: tuple[int, ...] = ()) -> list[Table]:
    """What the kernels have of loopbacks and externals, by the wires that are not lost."""
    to_frr, to_bird = ("e2" if 0 in lost else "e0"), ("e3" if 1 in lost else "e1")
    tables: list[Table] = [{}, {}, {}]
    for at in SITES:
        for to in SITES:
            if to == at:
                continue
            wire = to_bird if BIRD in (at, to) and (at in (BIRD, OURS)) else to_frr
            hop = frozenset({f"s{OURS if at != OURS else to} {wire}"})
            for prefix in (*loopbacks(to), *(external(to, version) for version in VERSIONS)):
                tables[at][prefix] = hop
    return tables


def settle(three: Routers, lost: tuple[int, ...] = ()) -> None:
    """Until the kernels have that. Wires' own networks are told for as long as an end is up."""
    three.settle(wanted(lost), ignored=NETWORKS)


@pytest.fixture(scope="module")
def three() -> Iterator[Routers]:
    require_root("bird")
    require_frr("ospfd", "ospf6d", "bfdd")
    with network(PLAN) as found:
        yield found


@pytest.fixture
def settled(three: Routers) -> Routers:
    """Everything as it was at first."""
    settle(three)
    return three


def test_kernels_use_the_preferred_wires(settled: Routers) -> None:
    peers = {"e0": ["10.255.0.1"], "e1": ["10.255.0.3"], "e2": ["10.255.0.1"], "e3": ["10.255.0.3"]}
    for version in VERSIONS:
        assert full(settled.sites[OURS], version) == peers


# type, cost of the way to the sender (its metric is 20) and tag
TOLD = {FRR: ("E1", 71), OURS: ("E2", 72), BIRD: ("E1", 73)}


@pytest.mark.parametrize("version", VERSIONS)
def test_externals_keep_their_type_and_tag_in_the_tables_of_others(
    settled: Routers, version: int
) -> None:
    frr, ours, bird = settled.sites
    table = " ".join(birdc(bird, "show", "route", "all").split())
    for site in (FRR, OURS):
        kind, tag = TOLD[site]
        said = table.split(f"{external(site, version)} unicast")[1].split("OSPF.router_id")[0]
        assert f"Type: OSPF-{kind}" in said
        assert f"OSPF.tag: 0x{tag:08x}" in said
    for site in (OURS, BIRD):
        kind, tag = TOLD[site]
        prefix = external(site, version)
        family = "ip" if version == 2 else "ipv6"
        (route,) = json.loads(vtysh(frr, f"show {family} route {prefix} json"))[prefix]
        # E1 with the way to it, E2 without
        cost = {"E1": 40, "E2": 20}[kind]
        assert (route["protocol"], route["metric"]) == ("ospf" if version == 2 else "ospf6", cost)
        if version == 2:  # ospf6d 8.4 hands no tags on
            assert route["tag"] == tag
    routes = Client(str(ours.folder / "api.sock"), timeout=10).get("/v1/routes")["routes"]
    for site in (FRR, BIRD):
        kind, tag = TOLD[site]
        (held,) = [one for one in routes if one["prefix"] == external(site, version)]
        assert (held["metric"], held["tag"]) == ({"E1": 30, "E2": 20}[kind], tag)


def elapsed_until(three: Routers, site: int, prefix: str, hop: str) -> float:
    """Seconds until a kernel uses a hop."""
    start = monotonic()
    while three.sites[site].table().get(prefix) != frozenset({hop}):
        assert monotonic() - start < 20, three.sites[site].table().get(prefix)
        sleep(0.02)
    return monotonic() - start


@pytest.mark.parametrize("peer", [FRR, BIRD])
def test_a_silent_wire_is_seen_by_bfd_long_before_the_dead_interval(
    settled: Routers, peer: int
) -> None:
    wire = 0 if peer == FRR else 1
    wait_slowly(lambda: bfd_is_up(settled, f"e{wire}"), "BFD is up")
    settled.silence(wire, peer)
    try:
        way = f"s{peer} e{wire + 2}"
        took = sum(elapsed_until(settled, OURS, prefix, way) for prefix in loopbacks(peer))
        settle(settled, (wire,))
    finally:
        settled.silence(wire, peer, is_silent=False)
    settle(settled)
    assert took < DEAD_S - HELLO_S  # the soonest that a lost Hello is noticed


def bfd_is_up(three: Routers, interface: str) -> bool:
    """Whether we have sessions of both families there."""
    sessions = Client(str(three.sites[OURS].folder / "api.sock"), timeout=10).get("/v1/bfd")
    states = [
        one["status"] for one in sessions["status"]["sessions"] if one["interface"] == interface
    ]
    return states == ["Up", "Up"]


def test_lost_wires_are_gone_around_and_used_again(settled: Routers) -> None:
    settled.link(0, OURS, "down")
    settled.link(1, BIRD, "down")
    settle(settled, (0, 1))
    settled.link(0, OURS, "up")
    settled.link(1, BIRD, "up")
    # zebra 8.4 may leave out what had gone down; here it replaces the whole route
    settle(settled)


@pytest.mark.parametrize("at_once", [False, True], ids=["asked to end", "killed"])
@pytest.mark.parametrize("gone", [(FRR, BIRD), (OURS,)], ids=["they", "we"])
def test_a_restart_of_either_side_comes_to_the_same_tables(
    settled: Routers, gone: tuple[int, ...], at_once: bool
) -> None:
    # ospfd 8.4 may go on using the spare wire for externals where that comes first
    for wire in (2, 3):
        settled.link(wire, OURS, "down")
    left = [site for site in SITES if site not in gone]
    for site in gone:
        settled.sites[site].end(at_once=at_once)

    def is_noticed() -> bool:
        return not any(
            loopbacks(site)[version - 2] in settled.sites[other].table()
            for site in gone
            for other in left
            for version in VERSIONS
        )

    wait_slowly(is_noticed, "the others have noticed")
    for site in gone:
        settled.sites[site].start()
    settle(settled)
    for wire in (2, 3):
        settled.link(wire, OURS, "up")


def many() -> list[str]:
    """Prefixes that nobody has."""
    return [f"172.{16 + number // 256}.{number % 256}.0/24" for number in range(MANY)]


def tell(routers: Routers, site: int, prefixes: list[str]) -> None:
    """Let a site have static routes to all of these, and to no others."""
    place = routers.sites[site]
    match place.make:
        case "frr":
            verb = "add" if prefixes else "delete"
            lines = [f"route {verb} blackhole {prefix}" for prefix in prefixes or many()]
            batch = place.folder / "batch"
            batch.write_text("\n".join([*lines, ""]))
            place.space.run("ip", "-batch", str(batch))
        case "bird":
            lines = [f"route {prefix} blackhole;" for prefix in prefixes]
            more = "\n".join(["protocol static many { ipv4;", *lines, "}", ""])
            text = written_bird.written(routers.plan, site) + (more if prefixes else "")
            (place.folder / "bird.conf").write_text(text)
            assert "Reconfigur" in birdc(place, "configure")
        case _:
            tree = yaml.safe_load(written_ours.written(routers.plan, site, place.folder))
            tree["static"] += [f"{prefix} blackhole" for prefix in prefixes]
            (place.folder / "router.yaml").write_text(yaml.safe_dump(tree))
            Client(str(place.folder / "api.sock"), timeout=10).post("/v1/config/reload", {})


@pytest.mark.parametrize("site", SITES, ids=PLAN.makes)
def test_two_thousand_externals_are_in_the_kernels_of_others_within_seconds(
    settled: Routers, site: int
) -> None:
    def have(count: int) -> bool:
        return all(
            len(one.space.ip("route show root 172.16.0.0/12").splitlines()) == count
            for one in settled.sites
            if one.number != site
        )

    begun = monotonic()
    tell(settled, site, many())
    wait_slowly(lambda: have(MANY), f"{MANY} externals of {PLAN.makes[site]}")
    took = monotonic() - begun
    tell(settled, site, [])
    wait_slowly(lambda: have(0), "they are gone")
    assert took < MANY_S
