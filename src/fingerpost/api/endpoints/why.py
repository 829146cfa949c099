"""Why something is forwarded as it is (`/why`), and why something is not (`/why-not`)."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Query

from fingerpost.addr import Prefix
from fingerpost.api.answers import Why, WhyNot
from fingerpost.api.daemon import Daemon
from fingerpost.api.endpoints.asked import (
    MAIN,
    Asked,
    TableName,
    address_asked,
    instances,
    prefix_asked,
    table_of,
)
from fingerpost.api.endpoints.bgp_asked import NeighborName, neighbor_named
from fingerpost.api.machines import BGP
from fingerpost.api.problem import RefusalError
from fingerpost.bgp.explain import explain_neighbor
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer
from fingerpost.errors import UsageError
from fingerpost.rib.distance import kind_of
from fingerpost.rib.instant_text import Clock

router = APIRouter(tags=["why"])

CONNECTED = "connected"
Target = Annotated[str, Query(max_length=64, description="A prefix, or an address.")]
Missing = Annotated[str, Query(max_length=64, description="A prefix.")]
Source = Annotated[
    str | None,
    Query(max_length=64, description="Only routes of this source, or of all of its kind."),
]
To = Annotated[
    str | None, Query(max_length=64, description="Why this protocol does not tell its neighbours.")
]


@router.get("/why", response_model=Why)
async def why(daemon: Asked, asked: Target, table: TableName = MAIN) -> dict[str, Any]:
    """The winner, the losers with the deciding rule, policy lines, next hops, who said it."""
    table_of(daemon, table)
    target = prefix_asked(asked) if "/" in asked else address_asked(asked)
    model: dict[str, Any] = daemon.routing.explain(target, table).as_dict(_clock(daemon))
    model["kernel"] = await _kernel(daemon, table, model)
    return model


@router.get("/why-not", response_model=WhyNot)
async def why_not(
    daemon: Asked,
    prefix: Missing,
    source: Source = None,
    to: To = None,
    neighbor: NeighborName = None,
    table: TableName = MAIN,
) -> dict[str, Any]:
    """Why a prefix, or one source's route for it, is not used; or not told to neighbours."""
    table_of(daemon, table)
    missing = prefix_asked(prefix)
    found = None if neighbor is None else _neighbor(daemon, neighbor, to)
    to = to if found is None else found[0]
    try:
        answer = daemon.routing.explain_not(missing, source, table, to=to)
    except UsageError as error:
        raise RefusalError(404, str(error)) from None
    model: dict[str, Any] = answer.as_dict(_clock(daemon))
    if found is not None:
        _only_of(model, missing, *found)
    model["kernel"] = kernel = await _kernel(daemon, table, model)
    if model["outcome"] == "used" and kernel is not None and not kernel["is_installed"]:
        model["outcome"] = "not in the kernel"
    return model


def _neighbor(daemon: Daemon, name: str, to: str | None) -> tuple[str, Bgp, Peer]:
    """The instance of BGP that has a neighbour. Raises `RefusalError` where none has."""
    running = instances(daemon, BGP, to)
    refusal = RefusalError(404, f"there is no neighbor {name!r}, for BGP does not run")
    for instance, machine in running:
        try:
            return instance, machine, neighbor_named(machine, name)
        except RefusalError as error:
            refusal = error
    raise refusal


def _only_of(
    model: dict[str, Any], prefix: Prefix, instance: str, machine: Bgp, peer: Peer
) -> None:
    """Leave what concerns one neighbour of BGP: what it says, and what it is told."""
    model["neighbor"] = {"instance": instance, **explain_neighbor(machine, prefix, peer)}
    for told in model["told"]:
        told["places"] = [one for one in told["places"] if one["place"] == peer.name]
        is_told = any(one["is_told"] for one in told["places"])
        model["told_outcome"] = "told" if is_told else "not told"


def _clock(daemon: Daemon) -> Clock:
    """What ties the router's clock to the time of day."""
    return Clock(daemon.host.now(), time.time_ns())


async def _kernel(daemon: Daemon, table: str, model: dict[str, Any]) -> dict[str, Any] | None:
    """What the kernel has for the winner of an answer; None where that is not its affair."""
    winner = model["winner"]
    if winner is None:
        return None
    found = await daemon.host.kernel_why(table, Prefix(winner["prefix"]))
    if found is None:
        return None
    if kind_of(winner["source"]) == CONNECTED:
        said = "connected networks are the kernel's own"
        return {"is_installed": True, "want": None, "held": None, "reason": said}
    return {
        "is_installed": found.is_installed,
        "want": found.want,
        "held": found.held,
        "reason": str(found),
    }
