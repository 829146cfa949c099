"""Instances that share a wire with BIRD: IPv4 and IPv6 by version 3 (RFC 5838), and one of version
2 with an instance id (RFC 6549)."""

from __future__ import annotations

import pytest

from interop.ospf.network import network, wait_slowly
from interop.ospf.plan import Plan, Wire, loopbacks

pytestmark = pytest.mark.slow

OURS, BIRD = range(2)
OURS_OUTSIDE, BIRD_BESIDE = "198.51.100.0/24", "203.0.113.0/24"
ID = 64  # the first of unicast IPv4 (RFC 5838 2.1)
_OURS = f"""
ospf-instances:
  four:
    version: 3
    instance-id: {ID}
    interfaces:
      lo: {{area: 0}}
      e0: {{area: 0, type: point-to-point, hello: 1s, dead: 4s}}
  five:
    version: 2
    instance-id: 5
    redistribute: {{static: {{metric: 20}}}}
    interfaces:
      e0: {{area: 0, type: point-to-point, hello: 1s, dead: 4s}}
static: [{OURS_OUTSIDE} blackhole]
"""
_BIRD = f"""
protocol ospf v3 four {{
  ipv4 {{ import all; export none; }};
  instance id {ID};
  tick 1;
  area 0 {{
    stubnet {loopbacks(BIRD)[0]};
    interface "e0" {{ type ptp; hello 1; dead 4; retransmit 2; }};
  }};
}}
protocol ospf v2 five {{
  ipv4 {{ import all; export none; }};
  instance id 5;
  tick 1;
  area 0 {{
    stubnet {BIRD_BESIDE};
    interface "e0" {{ type ptp; hello 1; dead 4; retransmit 2; }};
  }};
}}
"""
PLAN = Plan(
    ("fingerpost", "bird"),
    (Wire((OURS, BIRD), is_point_to_point=True),),
    versions=(3,),
    words={(OURS, 0): _OURS, (BIRD, 3): _BIRD},
)


TOLD = {OURS: (*loopbacks(OURS), OURS_OUTSIDE), BIRD: (*loopbacks(BIRD), BIRD_BESIDE)}


def test_instances_share_a_wire() -> None:
    """Each kernel has what the other tells by each instance, by gateways on the wire."""
    with network(PLAN) as joined:

        def missing() -> list[tuple[str, str]]:
            tables = joined.tables()
            return [
                (PLAN.makes[at], prefix)
                for at, to in ((OURS, BIRD), (BIRD, OURS))
                for prefix in TOLD[to]
                if tables[at].get(prefix) != frozenset({f"s{to} e0"})
            ]

        wait_slowly(lambda: not missing())
