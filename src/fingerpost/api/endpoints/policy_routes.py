"""The routes that come to a policy, as they are before it, with what becomes of them now.

For those who want to know what another policy would do in its place (`fingerpost policy test`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from fingerpost.api.endpoints.asked import LINES, Asked
from fingerpost.api.problem import RefusalError
from fingerpost.router.policies import PolicyPlace, policy_places

router = APIRouter(tags=["policies"])
CHUNK = 256  # routes between two turns of the router


@router.get("/policies/routes")
async def policy_routes(
    daemon: Asked,
    name: str | None = Query(None, max_length=128, description="Where this policy is in use."),
    place: str | None = Query(None, max_length=192, description='Or at a place: "rip import".'),
) -> StreamingResponse:
    """A line for each: `place`, `route`, and `after`, which is null where it is refused."""
    all_places = list(policy_places(daemon.routing))
    held = [
        one
        for one in all_places
        if one.place == place or (one.policy is not None and one.policy.name == name)
    ]
    if not held:
        known = ", ".join(one.place for one in all_places)
        raise RefusalError(404, f"no policy {name!r} is in use; name a place of {known}")
    found = [one for one in held if one.routes is not None]
    if not found:
        where = ", ".join(one.place for one in held)
        raise RefusalError(404, f"no routes are kept of those that come to {where}")
    return StreamingResponse(_lines(found), media_type=LINES)


async def _lines(places: list[PolicyPlace]) -> AsyncIterator[bytes]:
    for one in places:
        rows = _rows(one)
        while chunk := "".join(islice(rows, CHUNK)):
            yield chunk.encode()
            await asyncio.sleep(0)


def _rows(one: PolicyPlace) -> Iterator[str]:
    judged = one.routes
    for route, verdict in judged() if judged is not None else ():
        after = verdict.route.as_dict() if verdict.accepted else None
        model = {
            "place": one.place,
            "direction": one.direction.value,
            "table": one.table,
            "route": route.as_dict(),
            "after": after,
        }
        yield json.dumps(model) + "\n"
