"""`fingerpost` as it is, with the model of BGP to be asked for beside what its API has.

    python exposed.py run FILE ...

`GET /v1/testing/bgp` gives the snapshot, `POST /v1/testing/paths` the paths to prefixes with their
attributes in words.
"""

from __future__ import annotations

import sys
from typing import Any

from fastapi import APIRouter

from fingerpost.addr import Prefix
from fingerpost.api import app
from fingerpost.api.endpoints.asked import Asked
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.machine import Bgp
from fingerpost.cli import main

router = APIRouter()


def _machine(daemon: Asked) -> Bgp:
    for one in daemon.routing.protocols.values():
        if isinstance(one.machine, Bgp):
            return one.machine
    raise LookupError("no instance of BGP runs")


@router.get("/testing/bgp")
async def model(daemon: Asked) -> dict[str, Any]:
    """The snapshot of the instance."""
    return dict(_machine(daemon).snapshot(daemon.host.now()))


@router.post("/testing/paths")
async def paths(daemon: Asked, body: dict[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """By prefix, its paths, the best one first."""
    bgp = _machine(daemon)
    return {
        text: sorted(_paths(bgp, text), key=lambda one: not one["is_best"])
        for text in body["prefixes"]
    }


def _paths(bgp: Bgp, text: str) -> list[dict[str, Any]]:
    prefix = Prefix(text)
    family = IPV4 if prefix.version == 4 else IPV6
    found = []
    for peer, path_id, came, _, flags, _, metric, _, is_best in bgp.table.paths(
        family.code, prefix
    ):
        found.append(
            {
                "from": bgp.peers[peer].name if peer else "",
                "path_id": path_id,
                "attributes": {type(one).__name__: str(one) for one in AttributeSet.decode(came)},
                "flags": flags,
                "metric": metric,
                "is_best": is_best,
            }
        )
    return found


if __name__ == "__main__":  # whoever imports this has an API without it
    vars(app)["_SUBJECTS"] += (sys.modules[__name__],)
    main()
