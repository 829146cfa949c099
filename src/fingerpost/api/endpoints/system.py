"""Whether the daemon is well, what it is, and which protocols it runs."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.problem import RefusalError

router = APIRouter(tags=["system"])
SECOND = 1_000_000_000


class Health(BaseModel):
    """How the daemon is. "starting" until the first configuration has taken effect; "degraded"
    where it does less than it is told to, for the reasons in `problems`.
    """

    status: Literal["ok", "degraded", "starting", "stopping"]
    problems: list[str]
    name: str
    uptime_s: float
    unconfirmed_s: float | None
    """Seconds until the configuration is rolled back unless it is confirmed."""


class Version(BaseModel):
    """What runs here."""

    fingerpost: str
    python: str
    kernel: str
    pid: int
    name: str


class ProtocolRow(BaseModel):
    """One instance. `channel` is what went between it and its table."""

    name: str
    kind: str
    table: str
    channel: dict[str, Any]


class Protocols(BaseModel):
    """Every instance that runs."""

    protocols: list[ProtocolRow]


@cache
def installed_version() -> str:
    """The version of the package; a source tree that is not installed has none."""
    try:
        return version("fingerpost")
    except PackageNotFoundError:
        return "unknown"


@router.get("/health")
async def health(daemon: Asked) -> Health:
    """Whether it runs and takes questions."""
    problems = [
        f"{one.name}: its limit of {one.channel.limit.prefixes:,} prefixes ended it"
        for one in daemon.routing.protocols.values()
        if one.channel.limit is not None and not one.channel.is_enabled
    ]
    running: Literal["ok", "degraded"] = "degraded" if problems else "ok"
    stopped = daemon.routing.is_stopped
    return Health(
        status="stopping" if stopped else running if daemon.is_ready else "starting",
        problems=problems,
        name=daemon.name,
        uptime_s=(daemon.host.now() - daemon.started) / SECOND,
        unconfirmed_s=daemon.configuration.unconfirmed_s,
    )


@router.get("/version")
async def version_of(daemon: Asked) -> Version:
    """Versions of what runs."""
    return Version(
        fingerpost=installed_version(),
        python=platform.python_version(),
        kernel=platform.release(),
        pid=os.getpid(),
        name=daemon.name,
    )


class Restart(BaseModel):
    """The router ends; the neighbours of these instances are asked to wait for the next one."""

    name: str
    instances: list[str]


@router.post("/restart")
async def restart(daemon: Asked) -> Restart:
    """End, so that the next one goes on without a gap (RFC 3623 2.1)."""
    names = list(daemon.routing.restartable)
    if daemon.restart is None or daemon.is_closing or not daemon.is_ready:
        raise RefusalError(409, "the router starts or ends: ask again when it runs")
    if not names:
        raise RefusalError(
            409,
            "no instance asks its neighbours to wait: "
            "write graceful-restart: {enabled: true} under ospf or ospf3",
        )
    daemon.restart()
    return Restart(name=daemon.name, instances=names)


@router.get("/protocols")
async def protocols(daemon: Asked) -> Protocols:
    """The protocol instances with their tables and channels."""
    rows = [
        ProtocolRow(
            name=one.name,
            kind=one.config.kind,
            table=one.config.table,
            channel=one.channel.snapshot(),
        )
        for one in daemon.routing.protocols.values()
    ]
    return Protocols(protocols=rows)
