"""Small labs whose policies settle, settle by chance, or never: Griffin and Wilfong's gadgets.

A stable paths problem says for each node which paths to one destination it takes, the best first.
`stable_paths` makes a lab of any such problem: each node an AS whose import policies take those
paths and no others, with local preferences in their order. T. G. Griffin, F. B. Shepherd,
G. Wilfong: "The stable paths problem and interdomain routing", 2002.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Rankings = Mapping[int, Sequence[Sequence[int]]]

BASE: Final = 65_000
"""The destination, node 0, is this AS; node n is the n-th after it."""
_DELAY = "1ms"


def stable_paths(name: str, rankings: Rankings, delay: str = _DELAY) -> dict[str, Any]:
    """A lab description: nodes `n0` to `nN`; only `n0` announces a prefix, its loopback.

    `rankings`: by node, the paths that it takes, itself left out, the best first; each ends in 0.
    Links are between nodes that follow each other on some path.
    """
    nodes: dict[str, Any] = {"n0": {"as": BASE}}
    links: dict[tuple[int, int], None] = {}
    for node, paths in rankings.items():
        policies: dict[str, Any] = {}
        for first in dict.fromkeys(path[0] for path in paths):
            links[min(node, first), max(node, first)] = None
            mine = [path for path in paths if path[0] == first]
            policies[f"from-n{first}"] = {
                "otherwise": "reject",
                "statements": [
                    {
                        "match": {"as-path": f"^{' '.join(str(BASE + one) for one in path)}$"},
                        "set": {"local-preference": 200 - list(paths).index(path)},
                    }
                    for path in mine
                ],
            }
        nodes[f"n{node}"] = {
            "as": BASE + node,
            "loopback": False,
            "router": {"policies": policies},
        }
    return {
        "name": name,
        "routing": "bgp",
        "topology": {"nodes": nodes, "links": [_link(one, rankings, delay) for one in links]},
    }


def _link(pair: tuple[int, int], rankings: Rankings, delay: str) -> dict[str, Any]:
    """Each end takes by the policy that it has for the other; nothing where it has none."""
    ends = []
    for own, other in (pair, pair[::-1]):
        takes = any(path[0] == other for path in rankings.get(own, ()))
        end: dict[str, Any] = {"node": f"n{own}"}
        if takes:
            end["bgp"] = {"import": f"from-n{other}"}
        ends.append(end)
    return {"endpoints": ends, "delay": delay}


GADGETS: Final[Mapping[str, Rankings]] = {
    # one solution, and every order of messages ends in it
    "good": {1: ((3, 0), (0,)), 2: ((1, 0), (0,)), 3: ((0,),)},
    # two solutions: who is first wins, and who is as fast as the other may go on for a while
    "disagree": {1: ((2, 0), (0,)), 2: ((1, 0), (0,))},
    # no solution: each would rather go by the next one
    "bad": {1: ((2, 0), (0,)), 2: ((3, 0), (0,)), 3: ((1, 0), (0,))},
    # one solution in the beginning; none when the link between 0 and 4 is gone
    "surprise": {
        1: ((2, 0), (0,)),
        2: ((3, 0), (0,)),
        3: ((4, 0), (1, 0), (0,)),
        4: ((0,),),
    },
}
"""The rankings of those that have names."""


def gadget(name: str, delay: str = _DELAY) -> dict[str, Any]:
    """The lab of one of `GADGETS`."""
    return stable_paths(f"{name}-gadget", GADGETS[name], delay)
