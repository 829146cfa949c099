"""OSPF: what each instance knows, in the model that `docs/ospf.md` describes.

What makes the model is loaded when somebody asks: most routers run few of all protocols.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from fingerpost.api.endpoints.asked import Asked, InstanceName, instances
from fingerpost.api.machines import OSPF
from fingerpost.api.problem import RefusalError
from fingerpost.ospf.text import undotted

router = APIRouter(tags=["ospf"])


class OspfStatus(BaseModel):
    """An instance. `status` is the model; its instants are of `status.now`."""

    name: str
    status: dict[str, Any]


class OspfInstances(BaseModel):
    """Every instance of OSPF, of either version."""

    instances: list[OspfStatus]


class OspfLsas(BaseModel):
    """LSAs of one instance, sorted by scope and key."""

    name: str
    version: int
    lsas: list[dict[str, Any]]


class OspfRoutes(BaseModel):
    """What one instance can reach: prefixes, and border and boundary routers."""

    name: str
    routes: list[dict[str, Any]]
    routers: list[dict[str, Any]]


class OspfCalculations(BaseModel):
    """The calculations of one instance; their instants are of `now`."""

    name: str
    now: int
    by_kind: dict[str, int]
    runs: list[dict[str, Any]]


@router.get("/ospf")
async def ospf(daemon: Asked, instance: InstanceName = None) -> OspfInstances:
    """Areas, interfaces, neighbours, who is refused and why, counters and events."""
    now = daemon.host.now()
    return OspfInstances(
        instances=[
            OspfStatus(name=name, status=machine.snapshot(now))
            for name, machine in instances(daemon, OSPF, instance)
        ]
    )


@router.get("/ospf/{instance}/database")
async def ospf_database(
    daemon: Asked,
    instance: str,
    type: Annotated[str | None, Query(max_length=64, description="As shown: router.")] = None,
    id: Annotated[str | None, Query(max_length=64, description="Link state id.")] = None,
    router: Annotated[str | None, Query(max_length=64, description="Who tells it.")] = None,
    whole: Annotated[bool, Query(description="With what they say.")] = False,
) -> OspfLsas:
    """The link state database, or those LSAs of it that are asked for."""
    from fingerpost.ospf.listing import database_rows

    ((name, machine),) = instances(daemon, OSPF, instance)
    found = database_rows(
        machine,
        daemon.host.now(),
        kind=type,
        link_id=_id(id),
        router=_id(router),
        is_whole=whole,
    )
    return OspfLsas(name=name, version=machine.version, lsas=list(found))


@router.get("/ospf/{instance}/routes")
async def ospf_routes(daemon: Asked, instance: str) -> OspfRoutes:
    """Prefixes, and the routers that lead out of areas."""
    from fingerpost.ospf.listing import route_rows, router_rows

    ((name, machine),) = instances(daemon, OSPF, instance)
    return OspfRoutes(
        name=name, routes=list(route_rows(machine)), routers=list(router_rows(machine))
    )


@router.get("/ospf/{instance}/spf")
async def ospf_spf(daemon: Asked, instance: str) -> OspfCalculations:
    """When routes were calculated, how much of them, and why."""
    from fingerpost.ospf.listing import spf_model

    ((name, machine),) = instances(daemon, OSPF, instance)
    return OspfCalculations(name=name, **spf_model(machine, daemon.host.now()))


def _id(text: str | None) -> int | None:
    try:
        return None if text is None else undotted(text)
    except ValueError as error:
        raise RefusalError(422, str(error)) from None
