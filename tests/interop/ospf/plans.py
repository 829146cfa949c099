"""The networks that routers of all makes are compared in."""

from __future__ import annotations

from types import MappingProxyType

from interop.ospf.plan import AreaPlan, Plan, Signing, Wire

_MIXED = ("fingerpost", "frr", "fingerpost", "bird")
_LINE = ("frr", "fingerpost", "bird", "fingerpost", "frr")
_AREAS = (Wire((0, 1), area=1), Wire((1, 2)), Wire((2, 3), area=2), Wire((3, 4), area=2))
_SQUARE = ((0, 1), (1, 2), (2, 3), (3, 0))

_BORDERS = ("fingerpost", "frr", "bird")

# what FRR 8.4 cannot do alone: BIRD's tables are the ones to have
BIRD_PLANS = MappingProxyType(
    {
        "NSSA and virtual link": Plan(
            ("fingerpost", "bird", "fingerpost", "bird", "fingerpost", "bird"),
            (
                Wire((0, 1), area=1),
                Wire((1, 2)),
                Wire((2, 3), area=2),
                Wire((1, 4), area=3, is_point_to_point=True),
                Wire((4, 5), area=4),
            ),
            areas={1: AreaPlan("nssa"), 2: AreaPlan("nssa", has_summaries=False)},
            externals={0: 2, 3: 1},
            virtual_links=((1, 4, 3),),
            versions=(3,),
        ),
    }
)
PLANS = MappingProxyType(
    {
        "pairs": Plan(
            _MIXED,
            tuple(Wire(pair, is_point_to_point=True) for pair in _SQUARE),
            externals={0: 2, 1: 1, 3: 2},
        ),
        # every gateway is a loopback's address
        "unnumbered": Plan(
            ("fingerpost", "fingerpost", "frr", "fingerpost", "bird"),
            tuple(
                Wire((at, at + 1), is_point_to_point=True, is_unnumbered=True) for at in range(4)
            ),
            externals={0: 2, 4: 1},
            versions=(2,),
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
        # each make is a border router; so is ours at both ends of what FRR and BIRD are inside
        "borders": Plan(
            (*_BORDERS, "frr", "fingerpost", "fingerpost", "bird"),
            (
                Wire((0, 1, 2)),
                Wire((0, 3), area=1),
                Wire((1, 4), area=2),
                Wire((2, 5), area=3),
                Wire((0, 6), area=4),
            ),
            areas={
                1: AreaPlan("nssa"),
                2: AreaPlan("nssa", ranges=("10.0.2.0/24",)),
                3: AreaPlan("stub", has_summaries=False),
                4: AreaPlan("stub", has_summaries=False, ranges=("10.0.4.0/22",)),
            },
            externals={3: 1, 4: 2},
            versions=(2,),
        ),
        # Each make is at both ends, opposite each other make. The far ends have their loopbacks in
        # the backbone, for ospfd 8.4 may crash while that has nothing but a virtual link; they tell
        # of no boundary router behind them, for it does not describe such LSAs to a virtual
        # neighbour (RFC 2328 10.3 has it leave out those of type 5 alone).
        "virtual links": Plan(
            (*_BORDERS, "frr", "bird", "fingerpost"),
            (
                Wire((0, 1, 2)),
                Wire((0, 3), area=1),
                Wire((1, 4), area=2),
                Wire((2, 5), area=3),
                # no way by here costs as much as one by the backbone: BIRD 2.0 leaves such ways of
                # RFC 2328 16.3 out
                Wire((3, 4, 5), area=4, costs={3: 20, 4: 20, 5: 20}),
            ),
            externals={0: 2, 4: 1},
            signing=Signing("md5"),
            versions=(2,),
            virtual_links=((0, 3, 1), (1, 4, 2), (2, 5, 3)),
            homes={3: 0, 4: 0, 5: 0},
        ),
    }
)
