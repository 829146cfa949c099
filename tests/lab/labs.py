"""Small labs that several tests of the runtime use."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from fingerpost.lab.network import Network

Description = dict[str, Any]


def chain(routers: int = 2, **more: Any) -> Description:  # noqa: ANN401 - whatever a lab file takes
    """a - r1 - ... - rN - z; a and z are hosts, links delay a millisecond."""
    names = ["a", *(f"r{n}" for n in range(1, routers + 1)), "z"]
    nodes: dict[str, Any] = {name: {} for name in names}
    nodes["a"] = nodes["z"] = {"kind": "host"}
    links = [{"endpoints": [one, two], "delay": "1ms"} for one, two in pairwise(names)]
    return {"name": "chain", "topology": {"nodes": nodes, "links": links}, **more}


def network(description: Description, seed: int | None = None) -> Network:
    """The network of a description."""
    return Network.of(description, seed=seed)
