"""The HTTP application of a daemon: every path, refusals as problem documents, bounded bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from fingerpost.api import problem
from fingerpost.api.bounds import Bounds
from fingerpost.api.endpoints import (
    bfd,
    bgp,
    bgp_routes,
    bird,
    config,
    interfaces,
    journal,
    metrics,
    neighbors,
    ospf,
    policies,
    policy_routes,
    rip,
    routes,
    system,
    why,
)
from fingerpost.api.problem import RefusalError

if TYPE_CHECKING:
    from fingerpost.api.daemon import Daemon

PREFIX = "/v1"
BIRD = "/bird"
_SUBJECTS = (
    *(system, interfaces, routes, neighbors, rip, ospf, bfd, bgp, bgp_routes),
    *(policies, policy_routes, config, journal, why),
)


def application(daemon: Daemon) -> FastAPI:
    """Everything that can be asked of a daemon; `/openapi.json` describes it."""
    app = FastAPI(
        title="fingerpost",
        description="A router that runs: its state, its configuration, its reasons.",
        version="1",
        docs_url=None,  # they fetch scripts from elsewhere
        redoc_url=None,
        responses=problem.RESPONSES,
    )
    app.state.daemon = daemon
    for subject in _SUBJECTS:
        app.include_router(subject.router, prefix=PREFIX)
    app.include_router(bird.router, prefix=BIRD)
    app.include_router(metrics.router)
    for kind, answer in problem.HANDLERS.items():
        app.add_exception_handler(kind, answer)
    app.add_middleware(Bounds, daemon=daemon)
    return app


def glass(daemon: Daemon) -> FastAPI:
    """What looking glasses ask of birdwatcher, at its own paths and nothing else."""
    app = FastAPI(title="birdwatcher", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.daemon = daemon
    app.include_router(bird.router)
    app.add_exception_handler(RefusalError, _refused_glass)
    app.add_middleware(Bounds, daemon=daemon)
    return app


async def _refused_glass(_: Request, refusal: Exception) -> Response:
    """As birdwatcher refuses."""
    status = refusal.status if isinstance(refusal, RefusalError) else 500
    return JSONResponse({"error": str(refusal)}, status)
