"""The questions that looking glasses ask of birdwatcher, answered as it does (`bird_models`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from fingerpost.api import bird_models as models
from fingerpost.api.endpoints.asked import Asked, address_asked, instances, prefix_asked
from fingerpost.api.endpoints.bgp_asked import LONG, SHORT, neighbor_named
from fingerpost.api.machines import BGP
from fingerpost.api.problem import RefusalError
from fingerpost.api.turns import in_turns
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.listing.asked import Extent, PathsAsked, PathState, RoutesAsked
from fingerpost.bgp.listing.walking import Rows, routes
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer

router = APIRouter(tags=["birdwatcher"])
UNICAST: Final = (IPV4, IPV6)
Model = dict[str, Any]


async def _machines(daemon: Asked) -> list[Bgp]:
    return [machine for _, machine in instances(daemon, BGP)]


Machines = Annotated[list[Bgp], Depends(_machines)]
PrefixAsked = Annotated[str, Query(max_length=SHORT)]
PeerAsked = Annotated[str, Query(max_length=LONG)]


@router.get("/version")
async def version() -> str:
    """What answers."""
    return str(models.envelope()["api"]["Version"])


@router.get("/status")
async def status(daemon: Asked) -> Model:
    """Who answers, since when."""
    return {**models.envelope(), "status": models.status(daemon)}


@router.get("/protocols")
@router.get("/protocols/bgp")
async def protocols(daemon: Asked, machines: Machines) -> Model:
    """Every neighbour of BGP."""
    return {**models.envelope(), "protocols": _each(daemon, machines, models.protocol)}


@router.get("/protocols/short")
async def protocols_short(daemon: Asked, machines: Machines) -> Model:
    """Every neighbour of BGP, in a line."""
    return {**models.envelope(), "protocols": _each(daemon, machines, models.short)}


def _each(
    daemon: Asked, machines: list[Bgp], model: Callable[[Any, Bgp, Peer], Model]
) -> dict[str, Model]:
    return {
        peer.name: model(daemon, machine, peer)
        for machine in machines
        for peer in machine.peers.values()
    }


@router.get("/symbols")
async def symbols(machines: Machines) -> Model:
    """What has a name."""
    return {**models.envelope(), "symbols": _symbols(machines)}


@router.get("/symbols/tables")
async def symbols_tables() -> Model:
    """The tables."""
    return {**models.envelope(), "symbols": list(models.TABLES)}


@router.get("/symbols/protocols")
async def symbols_protocols(machines: Machines) -> Model:
    """The neighbours."""
    return {**models.envelope(), "symbols": _symbols(machines)["protocol"]}


def _symbols(machines: list[Bgp]) -> dict[str, list[str]]:
    names = [peer.name for machine in machines for peer in machine.peers.values()]
    return {"routing table": list(models.TABLES), "protocol": names}


# ---- routes


@router.get("/routes/protocol/{name:path}")
async def routes_protocol(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """What a neighbour says and is taken."""
    machine, peer = _named(machines, name)
    return _streamed(daemon, machine, PathsAsked(peer.number, PathState.ACCEPTED))


@router.get("/routes/peer")
async def routes_peer(daemon: Asked, machines: Machines, peer: PeerAsked) -> StreamingResponse:
    """The same by its address."""
    return await routes_protocol(daemon, machines, peer)


@router.get("/routes/filtered/{name:path}")
async def routes_filtered(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """What a neighbour says and is refused."""
    machine, peer = _named(machines, name)
    return _streamed(daemon, machine, PathsAsked(peer.number, PathState.REFUSED))


@router.get("/routes/export/{name:path}")
async def routes_export(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """What a neighbour is told."""
    machine, peer = _named(machines, name)
    return _streamed(daemon, machine, PathsAsked(state=PathState.BEST, told_to=peer.number))


@router.get("/routes/noexport/{name:path}")
async def routes_noexport(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """What a neighbour is not told, though it is used here and did not come from there."""
    machine, peer = _named(machines, name)
    return _streamed(daemon, machine, PathsAsked(state=PathState.BEST, untold_to=peer.number))


@router.get("/routes/prefix")
async def routes_prefix(
    daemon: Asked, machines: Machines, prefix: PrefixAsked
) -> StreamingResponse:
    """A prefix and all that are inside of it; of an address, its longest match."""
    return _at(daemon, machines, prefix, Extent.LONGER)


@router.get("/route/net/{net:path}")
async def route_net(daemon: Asked, machines: Machines, net: str) -> StreamingResponse:
    """The longest match of an address or prefix."""
    return _at(daemon, machines, net, Extent.MATCH)


def _at(daemon: Asked, machines: list[Bgp], text: str, extent: Extent) -> StreamingResponse:
    if "/" not in text:
        text, extent = str(address_asked(text)), Extent.MATCH
    prefix = prefix_asked(text)
    family = UNICAST[prefix.version == 6]
    return _answer(daemon, _only(machines), [RoutesAsked(family, prefix, extent)])


@router.get("/routes/table/{name}")
async def routes_table(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """Everything that is taken."""
    return _of_table(daemon, machines, name, PathState.ACCEPTED)


@router.get("/routes/table/{name}/filtered")
async def routes_table_filtered(daemon: Asked, machines: Machines, name: str) -> StreamingResponse:
    """Everything that is refused."""
    return _of_table(daemon, machines, name, PathState.REFUSED)


def _of_table(daemon: Asked, machines: list[Bgp], name: str, state: PathState) -> StreamingResponse:
    asked = [RoutesAsked(family, paths=PathsAsked(state=state)) for family in _families(name)]
    return _answer(daemon, _only(machines), asked)


@router.get("/routes/count/protocol/{name:path}")
async def count_protocol(machines: Machines, name: str) -> Model:
    """How much of what a neighbour says is taken."""
    machine, peer = _named(machines, name)
    counts = (machine.table.peer_counts(peer.number, one.code)[1] for one in UNICAST)
    return {**models.envelope(), "routes": sum(counts)}


@router.get("/routes/count/table/{name}")
async def count_table(machines: Machines, name: str) -> Model:
    """How many paths there are."""
    machine = _only(machines)
    counts = (machine.table.counts(one.code)[1] for one in _families(name))
    return {**models.envelope(), "routes": sum(counts)}


def _families(table: str) -> tuple[Family, ...]:
    """Of a table by BIRD's name; `master` is both."""
    known = {"master": UNICAST, "master4": (IPV4,), "master6": (IPV6,)}
    if table not in known:
        raise RefusalError(404, f"there is no table {table!r}; there is {', '.join(known)}")
    return known[table]


def _only(machines: list[Bgp]) -> Bgp:
    if not machines:
        raise RefusalError(404, "BGP does not run")
    return machines[0]


def _named(machines: list[Bgp], name: str) -> tuple[Bgp, Peer]:
    refusal = RefusalError(404, "BGP does not run")
    for machine in machines:
        try:
            return machine, neighbor_named(machine, name)
        except RefusalError as error:
            refusal = error
    raise refusal


def _streamed(daemon: Asked, machine: Bgp, paths: PathsAsked) -> StreamingResponse:
    return _answer(daemon, machine, [RoutesAsked(family, paths=paths) for family in UNICAST])


def _answer(daemon: Asked, machine: Bgp, asked: list[RoutesAsked]) -> StreamingResponse:
    """Routes as they are found: a full table is not gathered first."""

    def found() -> Iterator[Rows | None]:
        for one in asked:
            yield from routes(machine, one, daemon.host.now())

    return StreamingResponse(_text(found()), media_type="application/json")


async def _text(found: Iterator[Rows | None]) -> AsyncIterator[str]:
    yield f'{json.dumps(models.envelope())[:-1]}, "routes": ['
    is_first = True
    async for _, rows in in_turns(found):
        lines = ",".join(json.dumps(models.route(row)) for row in rows)
        yield lines if is_first else f",{lines}"
        is_first = False
    yield "]}"
