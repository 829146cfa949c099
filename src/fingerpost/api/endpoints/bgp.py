"""BGP: who is there and what was agreed, what is held, and what operators ask of sessions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from fingerpost.api.endpoints.asked import Asked, InstanceName, instances
from fingerpost.api.endpoints.bgp_asked import LONG, NeighborName, neighbor_named
from fingerpost.api.machines import BGP
from fingerpost.bgp.listing.neighbor_row import neighbor_row
from fingerpost.bgp.listing.summary import neighbor as in_short
from fingerpost.bgp.listing.summary import summary
from fingerpost.bgp.listing.tables import common_sets, groups, held
from fingerpost.protocol.events import NeighborAsked
from fingerpost.router.events import ToProtocol

router = APIRouter(tags=["bgp"])
ATTRIBUTES_MOST = 500


class BgpStatus(BaseModel):
    """An instance in short. `status` is the model."""

    name: str
    status: dict[str, Any]


class BgpInstances(BaseModel):
    """Every instance of BGP."""

    instances: list[BgpStatus]


class BgpNeighbors(BaseModel):
    """Neighbours of one instance with all that is known of them; instants are of `now`."""

    name: str
    now: int
    neighbors: list[dict[str, Any]]


class BgpRpki(BaseModel):
    """Caches and files of one instance, None if it has none; instants are of `now`."""

    name: str
    now: int
    rpki: dict[str, Any] | None


class BgpRecords(BaseModel):
    """Stations that one instance tells by BMP, and the files that it writes; instants of `now`."""

    name: str
    now: int
    bmp: list[dict[str, Any]]
    mrt: dict[str, Any] | None


class BgpAttributes(BaseModel):
    """What memory holds, by what it is for; the sets of attributes that most paths share."""

    name: str
    held: list[dict[str, Any]]
    sets: list[dict[str, Any]]


class BgpGroups(BaseModel):
    """Neighbours that are told the same, by family."""

    name: str
    groups: list[dict[str, Any]]


class AskedOf(BaseModel):
    """What is asked of a neighbour; `text` is told to it where the protocol has room (RFC 9003).

    `direction` of a refresh: that it tells all again ("in"), that we do ("out"), or both.
    """

    model_config = ConfigDict(extra="forbid")
    action: Literal["shut", "reset", "enable", "refresh"]
    text: str = Field(default="", max_length=LONG)
    direction: Literal["in", "out", "both"] = "in"


@router.get("/bgp")
async def bgp(daemon: Asked, instance: InstanceName = None) -> BgpInstances:
    """Each instance with its neighbours, a line each."""
    now = daemon.host.now()
    return BgpInstances(
        instances=[
            BgpStatus(name=name, status=summary(machine, now))
            for name, machine in instances(daemon, BGP, instance)
        ]
    )


@router.get("/bgp/{instance}/neighbors")
async def bgp_neighbors(
    daemon: Asked, instance: str, neighbor: NeighborName = None
) -> BgpNeighbors:
    """All that is known of each neighbour, or of one by its name or address."""
    ((name, machine),) = instances(daemon, BGP, instance)
    now = daemon.host.now()
    peers = machine.peers.values() if neighbor is None else [neighbor_named(machine, neighbor)]
    found = [neighbor_row(machine, peer, now) for peer in peers]
    return BgpNeighbors(name=name, now=now, neighbors=found)


@router.post("/bgp/{instance}/neighbors/{neighbor}")
async def bgp_ask_neighbor(
    daemon: Asked, instance: str, neighbor: str, asked: AskedOf
) -> dict[str, Any]:
    """End its session for good, or to begin anew; take that back; have all told again."""
    ((name, machine),) = instances(daemon, BGP, instance)
    peer = neighbor_named(machine, neighbor)
    event = NeighborAsked(peer.name, asked.action, asked.text, asked.direction)
    daemon.host.receive(ToProtocol(name, event))
    return in_short(machine, peer, daemon.host.now())


@router.get("/bgp/{instance}/attributes")
async def bgp_attributes(
    daemon: Asked,
    instance: str,
    limit: Annotated[int, Query(ge=0, le=ATTRIBUTES_MOST, description="Sets of them.")] = 20,
) -> BgpAttributes:
    """How much is held, and the sets of attributes that most paths share."""
    ((name, machine),) = instances(daemon, BGP, instance)
    return BgpAttributes(name=name, held=held(machine), sets=common_sets(machine, limit))


@router.get("/bgp/{instance}/rpki")
async def bgp_rpki(daemon: Asked, instance: str) -> BgpRpki:
    """What an instance knows of the RPKI: caches and how they are, files, counts."""
    ((name, machine),) = instances(daemon, BGP, instance)
    return BgpRpki(name=name, now=daemon.host.now(), rpki=machine.validating.snapshot())


@router.get("/bgp/{instance}/bmp")
async def bgp_bmp(daemon: Asked, instance: str) -> BgpRecords:
    """Who watches an instance by BMP, and how far they are; what it writes of MRT."""
    ((name, machine),) = instances(daemon, BGP, instance)
    return BgpRecords(
        name=name,
        now=daemon.host.now(),
        bmp=machine.monitoring.snapshot(),
        mrt=machine.recording.snapshot(),
    )


@router.get("/bgp/{instance}/groups")
async def bgp_groups(daemon: Asked, instance: str) -> BgpGroups:
    """Who is told the same: what is worked out and written once for all of them."""
    ((name, machine),) = instances(daemon, BGP, instance)
    return BgpGroups(name=name, groups=groups(machine))
