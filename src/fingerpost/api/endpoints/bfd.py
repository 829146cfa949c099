"""BFD: its sessions, in the model that `docs/bfd.md` describes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from fingerpost.api.endpoints.asked import Asked
from fingerpost.router.exchange import BFD

router = APIRouter(tags=["bfd"])


class BfdStatus(BaseModel):
    """What the instance knows; its instants are of `status.now`. None where none runs."""

    status: dict[str, Any] | None


@router.get("/bfd")
async def bfd(daemon: Asked) -> BfdStatus:
    """Sessions, who waits for one, who speaks without one, and what was not taken."""
    now = daemon.host.now()
    for one in daemon.routing.protocols.values():
        if one.config.kind == BFD:
            return BfdStatus(status=dict(one.machine.snapshot(now)))
    return BfdStatus(status=None)
