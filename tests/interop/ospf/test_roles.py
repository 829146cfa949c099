"""Designated Router and Backup, taken in turn by each make (RFC 2328 9.4, RFC 5340 4.2.1).

Three LANs join the same three routers, with other priorities on each. The switch gives them their
carriers when all routers run, so that everybody waits for as long (RFC 2328 9.2).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interop.ospf.network import Routers, network, wait_slowly
from interop.ospf.plan import Plan, Signing, Wire, loopbacks, router_id
from interop.ospf.views import Roles, full, roles

pytestmark = pytest.mark.slow

MAKES = ("fingerpost", "frr", "bird")
SITES = range(len(MAKES))
VERSIONS = (2, 3)
# LAN i has site i as its Designated Router, the next one as its Backup
PLAN = Plan(
    MAKES,
    tuple(Wire((0, 1, 2), priorities={at: 30, (at + 1) % 3: 20, (at + 2) % 3: 10}) for at in SITES),
    signing=Signing("md5"),
)


@pytest.fixture(scope="module")
def lans() -> Iterator[Routers]:
    with network(PLAN, starts=False) as found:
        for lan in SITES:
            for site in SITES:
                found.carrier(lan, site, "down")
        found.start()
        for lan in SITES:
            for site in SITES:
                found.carrier(lan, site, "up")
        yield found


def seen(lans: Routers, lan: int, *sites: int) -> dict[tuple[str, int], Roles]:
    """Who is what in a LAN, as sites see it."""
    nobody = Roles("0.0.0.0", "0.0.0.0")
    return {
        (MAKES[site], version): roles(lans.sites[site], version).get(f"e{lan}", nobody)
        for site in sites
        for version in VERSIONS
    }


def wait_for(lans: Routers, wanted: dict[int, tuple[int, int, tuple[int, ...]]]) -> None:
    """Until every LAN has a Designated Router and a Backup, in the eyes of these sites."""

    def is_so() -> bool:
        return all(
            set(seen(lans, lan, *sites).values()) == {Roles(router_id(dr), router_id(backup))}
            for lan, (dr, backup, sites) in wanted.items()
        )

    try:
        wait_slowly(is_so, "every LAN has its roles")
    except AssertionError:
        views = {lan: seen(lans, lan, *SITES) for lan in wanted}
        raise AssertionError(f"wanted {wanted}, they see {views}") from None


def are_full(lans: Routers) -> bool:
    """Whether everybody is full with everybody: one of any two is Designated Router or Backup."""
    return all(
        full(lans.sites[site], version)
        == {f"e{lan}": [router_id(one) for one in SITES if one != site] for lan in SITES}
        for site in SITES
        for version in VERSIONS
    )


def test_each_make_is_designated_router_backup_and_other(lans: Routers) -> None:
    wait_for(lans, {lan: (lan, (lan + 1) % 3, tuple(SITES)) for lan in SITES})
    settle(lans)


def settle(lans: Routers, lost: tuple[str, ...] = ()) -> None:
    """Until each kernel reaches the loopbacks of the others by every LAN but those `lost` to it."""
    lans.settle(
        [
            {
                prefix: frozenset(hop for lan in SITES if (hop := f"s{other} e{lan}") not in gone)
                for other in SITES
                if other != site
                for prefix in loopbacks(other)
            }
            for site, gone in zip(SITES, ((), lost, ()), strict=True)
        ]
    )


def test_the_backup_takes_over_and_who_comes_back_does_not_take_it_away(lans: Routers) -> None:
    for lan in SITES:
        lans.link(lan, lan, "down")
    after = {lan: ((lan + 1) % 3, (lan + 2) % 3) for lan in SITES}
    others = {lan: tuple(site for site in SITES if site != lan) for lan in SITES}
    wait_for(lans, {lan: (*after[lan], others[lan]) for lan in SITES})
    for lan in SITES:
        lans.link(lan, lan, "up")
    wait_for(lans, {lan: (*after[lan], tuple(SITES)) for lan in SITES})
    wait_slowly(lambda: are_full(lans), "everybody is full with everybody")
    # zebra 8.4 has all three again, and leaves out of the kernel's what had gone down here
    settle(lans, ("s0 e1", "s2 e1"))
    wait_for(lans, {lan: (*after[lan], tuple(SITES)) for lan in SITES})
