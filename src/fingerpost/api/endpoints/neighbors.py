"""Neighbours of all protocols, and who would be one if it were heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.machines import BGP, OSPF, RIP
from fingerpost.api.problem import RefusalError
from fingerpost.bgp.listing.summary import neighbor as in_short
from fingerpost.bgp.snapshot import dotted

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.ospf.machine import Ospf
    from fingerpost.rip.machine import Rip

router = APIRouter(tags=["neighbors"])

InstanceName = Annotated[str | None, Query(max_length=64, description="Only this instance.")]
SECOND = 1e9


class NeighborRow(BaseModel):
    """A router that is heard, or that BGP is to speak with. `age_s`: since it was first heard, of
    OSPF since it came to its `state`, of BGP since its session came or the last one ended, None
    where none was; `silent_s`: since it was last heard. `why_not_full` says of OSPF and BGP what it
    waits for. `bfd`: whether BFD reaches it, None where it was not asked or does not know yet. What
    a protocol does not count is None.
    """

    protocol: str
    interface: str
    address: str
    version: int | str
    age_s: float | None
    silent_s: float | None
    router_id: str | None = None
    state: str | None = None
    why_not_full: str | None = None
    responses: int | None = None
    entries: int | None = None
    bad_messages: int | None = None
    bad_entries: int | None = None
    bfd: bool | None = None


class IgnoredRow(BaseModel):
    """A router that speaks and is not heard: its last message was refused for `reason`."""

    protocol: str
    interface: str
    address: str
    reason: str
    messages: int
    silent_s: float


class Neighbors(BaseModel):
    """All neighbours of all protocols, and who would be one if it were heard."""

    neighbors: list[NeighborRow]
    ignored: list[IgnoredRow]


@router.get("/neighbors")
async def neighbors(daemon: Asked, protocol: InstanceName = None) -> Neighbors:
    """Routers that are heard, of every protocol; and those that speak and are not, with why."""
    now = daemon.host.now()
    found = Neighbors(neighbors=[], ignored=[])
    protocols = daemon.routing.protocols
    if protocol is not None and protocol not in protocols:
        raise RefusalError(404, f"there is no instance {protocol!r}")
    for one in protocols.values():
        if protocol not in (None, one.name):
            continue
        kind, machine = one.config.kind, one.machine
        if (rip := RIP.of(kind, machine)) is not None:
            found.neighbors += _of_rip(one.name, rip, now)
            found.ignored += _ignored_by_rip(one.name, rip, now)
        elif (ospf := OSPF.of(kind, machine)) is not None:
            found.neighbors += _of_ospf(one.name, ospf, now)
            found.ignored += _refused_by_ospf(one.name, ospf, now)
        elif (bgp := BGP.of(kind, machine)) is not None:
            found.neighbors += _of_bgp(one.name, bgp, now)
            found.ignored += _strangers_to_bgp(one.name, bgp, now)
    return found


def _of_rip(name: str, machine: Rip, now: int) -> Iterator[NeighborRow]:
    for one in machine.reception.neighbors.all(now, machine.config.timers.timeout_ns):
        yield NeighborRow(
            protocol=name,
            age_s=(now - one.since) / SECOND,
            silent_s=(now - one.heard) / SECOND,
            interface=one.interface,
            address=str(one.address),
            version=one.version,
            responses=one.responses,
            entries=one.entries,
            bad_messages=one.bad_messages,
            bad_entries=one.bad_entries,
            bfd=one.is_reached,
        )


def _ignored_by_rip(name: str, machine: Rip, now: int) -> Iterator[IgnoredRow]:
    for one in machine.reception.ignored.all(now, machine.config.timers.timeout_ns):
        yield IgnoredRow(
            protocol=name,
            interface=one.interface,
            address=str(one.address),
            reason=str(one.fault),
            messages=one.messages,
            silent_s=(now - one.heard) / SECOND,
        )


def _of_ospf(name: str, machine: Ospf, now: int) -> Iterator[NeighborRow]:
    from fingerpost.ospf.snapshot import in_order, neighbor_of

    for interface in machine.interfaces.values():
        for neighbor in in_order(interface):
            one = neighbor_of(machine, neighbor)
            role = "" if one["role"] is None else f"/{one['role']}"
            yield NeighborRow(
                protocol=name,
                age_s=(now - one["since"]) / SECOND,
                silent_s=None if one["heard"] is None else (now - one["heard"]) / SECOND,
                interface=one["interface"],
                address=one["address"],
                version=machine.version,
                router_id=one["router_id"],
                state=one["state"] + role,
                why_not_full=one["why_not_full"],
                bfd=one["bfd"],
            )


def _refused_by_ospf(name: str, machine: Ospf, now: int) -> Iterator[IgnoredRow]:
    for one in machine.refusals.all():
        yield IgnoredRow(
            protocol=name,
            interface=one.interface,
            address=str(one.address),
            reason=str(one.reason),
            messages=one.packets,
            silent_s=(now - one.heard) / SECOND,
        )


def _of_bgp(name: str, machine: Bgp, now: int) -> Iterator[NeighborRow]:
    for peer in machine.peers.values():
        one, agreed = in_short(machine, peer, now), peer.agreed
        yield NeighborRow(
            protocol=name,
            age_s=one["age_s"],
            silent_s=None,
            interface=one["interface"] or "",
            address=one["address"] or one["name"],
            version=4,
            router_id=None if agreed is None else dotted(agreed.router_id),
            state=one["state"],
            why_not_full="shut" if one["is_shut"] else one["why_down"],
            responses=one["updates_in"],
            entries=sum(held["received"] for held in one["families"]),
            bad_messages=one["faults"],
            bad_entries=0,
        )


def _strangers_to_bgp(name: str, machine: Bgp, now: int) -> Iterator[IgnoredRow]:
    for address, (count, last) in machine.streams.strangers.items():
        yield IgnoredRow(
            protocol=name,
            interface="",
            address=str(address),
            reason="no neighbor is configured there",
            messages=count,
            silent_s=(now - last) / SECOND,
        )
