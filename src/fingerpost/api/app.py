"""The HTTP application of a daemon: every path, refusals as problem documents, bounded bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from fingerpost.api import problem
from fingerpost.api.bounds import Bounds
from fingerpost.api.endpoints import (
    bfd,
    bgp,
    bgp_routes,
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

if TYPE_CHECKING:
    from fingerpost.api.daemon import Daemon

PREFIX = "/v1"
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
    app.include_router(metrics.router)
    for kind, answer in problem.HANDLERS.items():
        app.add_exception_handler(kind, answer)
    app.add_middleware(Bounds, daemon=daemon)
    return app
