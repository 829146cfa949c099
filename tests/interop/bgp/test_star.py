"""Five routers of others around one of ours, each with options that it has: all at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interop.bgp import written
from interop.bgp.daemons import exabgp
from interop.bgp.star import RUNS, Run, Star, star

pytestmark = pytest.mark.slow

OURS = """
kernel: {enabled: false}
bgp:
  as: 65000
  router-id: 10.0.0.1
  requires-policy: false
  families: [ipv4, ipv6]
  neighbors:
    10.0.1.2: {as: 65001}
    10.0.2.2: {as: 65002}
    10.0.3.2: {as: 65003}
    10.0.4.2: {as: 65004, families: ipv4}
    fd00:4::2: {as: 65004, families: ipv6}
    10.0.5.2: {as: 65005}
"""


def exa(number: int) -> Run:
    """ExaBGP with its routes."""
    lines, said = written.exabgp(number)
    return lambda space, folder: exabgp(space, folder, lines, said)


@pytest.fixture(scope="module")
def five() -> Iterator[Star]:
    """The network, sessions Established."""
    others = [
        ("bird", RUNS["bird"](written.bird(1))),
        ("frr", RUNS["frr"](written.frr(2))),
        ("gobgp", RUNS["gobgp"](written.gobgp(3))),
        ("openbgpd", RUNS["openbgpd"](written.openbgpd(4))),
        ("exabgp", exa(5)),
    ]
    with star(OURS, others) as found:
        found.wait_established()
        if "gobgp" in found.rays:
            for line in written.gobgp_routes(3):
                found.rays["gobgp"].ask(*line.split())
        yield found


@pytest.mark.parametrize("family", [4, 6])
def test_what_each_tells_the_others_have_attribute_by_attribute(five: Star, family: int) -> None:
    cables = {make: ray.number for make, ray in five.rays.items()}
    five.settle({make: written.expected(cables, make, family) for make in cables}, family)
