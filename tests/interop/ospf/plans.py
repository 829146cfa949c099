"""The networks that routers of all makes are compared in."""

from __future__ import annotations

from types import MappingProxyType

from interop.ospf.plan import AreaPlan, Plan, Wire

_MIXED = ("fingerpost", "frr", "fingerpost", "bird")
_LINE = ("frr", "fingerpost", "bird", "fingerpost", "frr")
_AREAS = (Wire((0, 1), area=1), Wire((1, 2)), Wire((2, 3), area=2), Wire((3, 4), area=2))
_SQUARE = ((0, 1), (1, 2), (2, 3), (3, 0))

PLANS = MappingProxyType(
    {
        "pairs": Plan(
            _MIXED,
            tuple(Wire(pair, is_point_to_point=True) for pair in _SQUARE),
            externals={0: 2, 1: 1, 3: 2},
        ),
        "lan": Plan(_MIXED, (Wire((0, 1, 2, 3)), Wire((0, 1), costs={0: 5, 1: 5}))),
        "areas": Plan(
            _LINE,
            _AREAS,
            areas={
                1: AreaPlan("stub"),
                2: AreaPlan("nssa", has_summaries=False, ranges=("10.0.2.0/23",)),
            },
            externals={4: 1},
            versions=(2,),
        ),
        # ospf6d 8.4 does not find externals of an NSSA
        "areas of version 3": Plan(
            _LINE,
            _AREAS,
            areas={
                1: AreaPlan("stub"),
                2: AreaPlan("stub", has_summaries=False, ranges=("fd00:2::/31",)),
            },
            externals={2: 1},
            versions=(3,),
        ),
    }
)
