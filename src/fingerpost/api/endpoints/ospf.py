"""OSPF: what each instance knows, in the model that `docs/ospf.md` describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from fingerpost.api.daemon import Daemon
from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.problem import RefusalError
from fingerpost.ospf.machine import Ospf

router = APIRouter(tags=["ospf"])

InstanceName = Annotated[str | None, Query(max_length=64, description="Only this instance.")]


class OspfStatus(BaseModel):
    """An instance. `status` is the model; its instants are of `status.now`."""

    name: str
    status: dict[str, Any]


class OspfInstances(BaseModel):
    """Every instance of OSPF, of either version."""

    instances: list[OspfStatus]


def instances(daemon: Daemon, name: str | None = None) -> Iterator[tuple[str, Ospf]]:
    """The running instances. Raises `RefusalError` where none is of the name that is asked for."""
    found = [
        (one.name, one.machine)
        for one in daemon.routing.protocols.values()
        if isinstance(one.machine, Ospf) and name in (None, one.name)
    ]
    if name is not None and not found:
        raise RefusalError(404, f"there is no instance {name!r} of OSPF")
    yield from found


@router.get("/ospf")
async def ospf(daemon: Asked, instance: InstanceName = None) -> OspfInstances:
    """Areas, interfaces, neighbours, who is refused and why, counters and events."""
    now = daemon.host.now()
    return OspfInstances(
        instances=[
            OspfStatus(name=name, status=machine.snapshot(now))
            for name, machine in instances(daemon, instance)
        ]
    )
