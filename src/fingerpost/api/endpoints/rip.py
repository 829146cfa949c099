"""RIP and RIPng: what each instance knows, in the model that `docs/rip.md` describes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from heapq import nsmallest
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from fingerpost.addr import Prefix
from fingerpost.api.endpoints.asked import (
    LINES,
    Asked,
    InstanceName,
    Limit,
    WantsLines,
    instances,
    prefix_asked,
)
from fingerpost.api.machines import RIP
from fingerpost.rip.snapshot import route_of, status_of

if TYPE_CHECKING:
    from fingerpost.rip.machine import Rip

router = APIRouter(tags=["rip"])
CHUNK = 500


class RipStatus(BaseModel):
    """An instance without its routes. `status` is the model; its instants are of `status.now`."""

    name: str
    status: dict[str, Any]


class RipInstances(BaseModel):
    """Every instance of RIP and RIPng."""

    instances: list[RipStatus]


class RipRoutes(BaseModel):
    """A page of the routes of one instance; `next` is the `after` of the page behind it."""

    name: str
    now: int
    routes: list[dict[str, Any]]
    next: str | None = None


@router.get("/rip")
async def rip(daemon: Asked, instance: InstanceName = None) -> RipInstances:
    """Status, neighbours, interfaces and counters of each instance."""
    now = daemon.host.now()
    return RipInstances(
        instances=[
            RipStatus(name=name, status=status_of(machine, now))
            for name, machine in instances(daemon, RIP, instance)
        ]
    )


@router.get(
    "/rip/{instance}/routes",
    response_model=RipRoutes,
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
)
async def rip_routes(
    daemon: Asked,
    wants_lines: WantsLines,
    instance: str,
    after: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 1000,
) -> RipRoutes | StreamingResponse:
    """What an instance knows of each prefix, in order; as lines, all of it."""
    ((name, machine),) = instances(daemon, RIP, instance)
    if wants_lines:
        return StreamingResponse(_lines(machine), media_type=LINES)
    entries = machine.table.entries
    begin = None if after is None else prefix_asked(after)
    left: Any = entries if begin is None else (one for one in entries if begin < one)
    page = nsmallest(limit + 1, left)
    return RipRoutes(
        name=name,
        now=daemon.host.now(),
        routes=[route_of(entries[one]) for one in page[:limit]],
        next=str(page[limit - 1]) if len(page) > limit else None,
    )


async def _lines(machine: Rip) -> AsyncIterator[bytes]:
    prefixes: list[Prefix] = sorted(machine.table.entries)
    for start in range(0, len(prefixes), CHUNK):
        entries = machine.table.entries
        there = [one for one in prefixes[start : start + CHUNK] if one in entries]
        if there:
            yield "".join(f"{json.dumps(route_of(entries[one]))}\n" for one in there).encode()
        await asyncio.sleep(0)
