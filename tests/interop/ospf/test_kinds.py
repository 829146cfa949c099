"""Networks of every type with FRR and BIRD, and the ways in which two ends can disagree.

One of ours has a wire of each kind to FRR and to BIRD. Where both ends agree they are full and the
kernels use the wire; where they do not, `show ospf neighbors` says what differs.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from interop.ospf.network import Routers, network, wait_slowly
from interop.ospf.plan import Plan, Wire, addresses, loopbacks, router_id
from interop.ospf.views import full, model

pytestmark = pytest.mark.slow

OURS, FRR, BIRD = range(3)
MAKES = ("fingerpost", "frr", "bird")
BOTH = (FRR, BIRD)
VERSIONS = (2, 3)


@dataclass(frozen=True)
class Kind:
    """One way to be joined: what our end and each of theirs is told, and what we say about it.

    The words of theirs get the version's `ip` of FRR and our address. Nothing is said of what
    becomes full.
    """

    ours: str = "type: point-to-point"
    frr: str = "{ip} network point-to-point"
    bird: str = "type ptp;"
    said: tuple[str, ...] = ()
    peers: tuple[int, ...] = BOTH
    versions: tuple[int, ...] = VERSIONS
    is_unnumbered: bool = False
    mtu: tuple[int, int] = (1500, 1500)  # ours and theirs
    has_other_mask: bool = False


KINDS = MappingProxyType(
    {
        "point-to-point": Kind(),
        "broadcast": Kind("type: broadcast", "", "type bcast;"),
        "point-to-multipoint of FRR": Kind(
            "type: point-to-multipoint", "{ip} network point-to-multipoint", "", (), (FRR,), (2,)
        ),
        "point-to-multipoint of BIRD": Kind(
            "{{type: point-to-multipoint, neighbors: [{peer}]}}",
            "",
            "type ptmp; neighbors {{ {us}; }};",
            (),
            (BIRD,),
        ),
        "NBMA of FRR": Kind(
            "{{type: non-broadcast, neighbors: [{peer}], poll: 2s}}",
            "{ip} network non-broadcast",
            "",
            (),
            (FRR,),
            (2,),
        ),
        "NBMA of BIRD": Kind(
            "{{type: non-broadcast, neighbors: [{peer}], poll: 2s}}",
            "",
            "type nbma; neighbors {{ {us} eligible; }};",
            (),
            (BIRD,),
        ),
        "unnumbered": Kind(is_unnumbered=True),
        "instance of FRR": Kind(
            "{{type: point-to-point, instance-id: 5}}",
            "{ip} network point-to-point\n {ip} instance-id 5",
            "",
            (),
            (FRR,),
            (3,),
        ),
        "our MTU is smaller": Kind(
            mtu=(1400, 1500), said=("has a larger MTU: 1500, ours is 1400",)
        ),
        "our MTU is larger": Kind(
            mtu=(1500, 1400), said=("its MTU is 1400 and ours 1500: it refuses our descriptions",)
        ),
        "area": Kind(
            "{{type: point-to-point, area: 7}}",
            said=("is of another area: 0.0.0.0, ours is 0.0.0.7",),
        ),
        "Hello interval": Kind(
            "{{type: point-to-point, hello: 2s}}",
            said=("has another Hello interval: 1 s, ours is 2 s",),
        ),
        "dead interval": Kind(
            "{{type: point-to-point, dead: 9s}}",
            said=("has another dead interval: 4 s, ours is 9 s",),
        ),
        "mask": Kind(
            "type: broadcast",
            "",
            "type bcast;",
            ("another network mask",),
            has_other_mask=True,
            versions=(2,),
        ),
        "ours is point-to-point": Kind(
            "type: point-to-point",
            "",
            "type bcast;",
            ("seems to have another network type: broadcast, ours is point-to-point",),
        ),
        "ours is broadcast": Kind(
            "type: broadcast",
            said=("seems to have another network type: point-to-point, ours is broadcast",),
        ),
    }
)
PLACES = [(name, kind, peer) for name, kind in KINDS.items() for peer in kind.peers]


def wire(number: int, kind: Kind, peer: int) -> Wire:
    """A wire with what each end is told of it."""
    words = {}
    for version in VERSIONS:
        us, them = (_address(number, site, version) for site in (OURS, peer))
        ip = "ip ospf" if version == 2 else "ipv6 ospf6"
        ours, theirs = kind.ours, kind.frr if peer == FRR else kind.bird
        if version not in kind.versions:  # it can do without
            ours, theirs = (
                ("type: point-to-point", f"{ip} network point-to-point")
                if peer == FRR
                else ("type: point-to-point", "type ptp;")
            )
        words[OURS, version] = ours.format(peer=them)
        words[peer, version] = theirs.format(ip=ip, us=us)
    # where types differ each end may be full and use its way, for another one leads back (16.1)
    costs = dict.fromkeys((OURS, peer), 100) if kind.said else {}
    return Wire((OURS, peer), costs=costs, words=words, is_unnumbered=kind.is_unnumbered)


def _address(number: int, site: int, version: int) -> str:
    if version == 3:
        return f"fe80::{number + 1:x}:{site + 1}"
    return addresses(number, site)[0].split("/")[0]


def nbma() -> str:
    """The neighbours that ospfd is told of."""
    found = [
        f" neighbor {_address(number, OURS, 2)} poll-interval 2"
        for number, (name, _, _) in enumerate(PLACES)
        if name == "NBMA of FRR"
    ]
    return "\n".join(found)


PLAN = Plan(
    MAKES,
    tuple(wire(number, kind, peer) for number, (_, kind, peer) in enumerate(PLACES)),
    words={(FRR, 2): nbma()},
)


@pytest.fixture(scope="module")
def joined() -> Iterator[Routers]:
    with network(PLAN, starts=False) as found:
        for number, (_, kind, peer) in enumerate(PLACES):
            _prepare(found, number, kind, peer)
        found.start()
        yield found


def _prepare(found: Routers, number: int, kind: Kind, peer: int) -> None:
    """Addresses and MTUs that are not as those of other wires."""
    for site, mtu in zip((OURS, peer), kind.mtu, strict=True):
        space = found.sites[site].space
        space.ip(f"link set e{number} mtu {mtu}")
        local = _address(number, site, 3)
        space.ip(f"-6 address flush dev e{number} scope link")
        space.ip(f"address add {local}/64 dev e{number} nodad")
        found.sites[site].names[local] = f"s{site}"
    if kind.has_other_mask:
        space = found.sites[peer].space
        address = addresses(number, peer)[0]
        space.ip(f"address delete {address} dev e{number}")
        space.ip(f"address add {address.replace('/24', '/25')} dev e{number}")


def good(version: int, peer: int) -> list[int]:
    """The wires to a peer that are used."""
    return [
        number
        for number, (_, kind, other) in enumerate(PLACES)
        if other == peer and (not kind.said or version not in kind.versions)
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_neighbors_are_full_on_networks_of_every_type(joined: Routers, version: int) -> None:
    wanted = {f"e{number}": [router_id(peer)] for peer in BOTH for number in good(version, peer)}

    def missing() -> dict[str, list[str]]:
        found = full(joined.sites[OURS], version)
        return {name: found.get(name, []) for name in wanted if found.get(name) != wanted[name]}

    try:
        wait_slowly(lambda: not missing())
    except AssertionError:
        kinds = {name: PLACES[int(name[1:])][0] for name in missing()}
        why = [
            one
            for one in model(joined.sites[OURS], version)["neighbors"]
            if one["interface"] in kinds
        ]
        raise AssertionError(f"not full: {kinds}: {why}") from None


@pytest.mark.parametrize("version", VERSIONS)
def test_kernels_of_all_makes_use_every_wire_whose_ends_agree(
    joined: Routers, version: int
) -> None:
    # what FRR itself tells of a point-to-multipoint network keeps zebra 8.4 from its gateway
    names = [name for name, _, _ in PLACES]
    unresolved = [(FRR, names.index("point-to-multipoint of FRR"))] if version == 2 else []

    def wrong() -> list[tuple[str, str, set[str]]]:
        tables = joined.tables()
        found = []
        for peer in BOTH:
            for at, to in ((OURS, peer), (peer, OURS)):
                prefix = loopbacks(to)[version - 2]
                used = {
                    f"s{to} e{number}"
                    for number in good(version, peer)
                    if not PLAN.wires[number].costs and (at, number) not in unresolved
                }
                has = set(tables[at].get(prefix, ()))
                if has != used:
                    found.append((MAKES[at], prefix, has ^ used))
        return found

    try:
        wait_slowly(lambda: not wrong())
    except AssertionError:
        raise AssertionError(wrong()) from None


@pytest.mark.parametrize("version", VERSIONS)
def test_what_differs_is_named(joined: Routers, version: int) -> None:
    def shown() -> list[str]:
        words = (
            "show",
            "ospf",
            "neighbors",
            "--socket",
            str(joined.sites[OURS].folder / "api.sock"),
        )
        command = [sys.executable, "-m", "fingerpost", *words]
        name = "ospf" if version == 2 else "ospf3"
        done = subprocess.run(
            [*command, "--instance", name], capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout.splitlines()

    def unnamed() -> list[tuple[str, str]]:
        lines = shown()
        return [
            (f"e{number}", text)
            for number, (_, kind, _) in enumerate(PLACES)
            if version in kind.versions
            for text in kind.said
            if not any(
                text in line and f"e{number}" in line.replace(":", " ").split() for line in lines
            )
        ]

    try:
        wait_slowly(lambda: not unnamed())
    except AssertionError:
        raise AssertionError("\n".join([*map(str, unnamed()), *shown()])) from None
