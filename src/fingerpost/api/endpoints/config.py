"""The configuration: what runs, what another would change, applying, confirming, going back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from fingerpost.api.configuration import Applying, Configuration
from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.examined import Examined
from fingerpost.api.masked import as_yaml, masked

router = APIRouter(tags=["configuration"], prefix="/config")
SECOND = 1_000_000_000
LONGEST_S = 24 * 3600

Cost = Literal["none", "refeed", "reset"]


class ChangeRow(BaseModel):
    """One field that differs and what changing it costs; secrets are masked."""

    path: list[str | int]
    field: str
    before: str | None
    after: str | None
    cost: Cost
    subjects: list[str]


class Difference(BaseModel):
    """Every change; `text` is the same for people."""

    cost: Cost
    summary: str
    changes: list[ChangeRow]
    text: str


class FindingRow(BaseModel):
    """What would not work, with its place in the text."""

    severity: Literal["error", "warning", "note"]
    kind: str
    file: str
    line: int
    column: int
    field: str
    message: str


class Plan(BaseModel):
    """What a configuration changes and what of it would not work. `applied`: it runs now.

    `differs_from_file`: the daemon's own file says something else than what runs now.
    """

    applied: bool
    source: str
    difference: Difference
    findings: list[FindingRow]
    unconfirmed_s: float | None = None
    daemon_file: str | None = None
    differs_from_file: bool = False


class HistoryRow(BaseModel):
    """A configuration that is kept. `steps`: how far a rollback goes back to it."""

    number: int
    time: str
    source: str
    comment: str
    state: Literal["running", "unconfirmed", "confirmed", "kept"]
    steps: int | None


class Running(BaseModel):
    """The configuration that runs, secrets masked, and those before it, the last first."""

    source: str
    text: str
    tree: dict[str, Any]
    unconfirmed_s: float | None
    history: list[HistoryRow]


class Text(BaseModel):
    """A configuration. `source` is how messages call it; relative paths in it start there."""

    text: str
    source: Annotated[str, Field(max_length=4096)] = "request"


class ToApply(Text):
    """A configuration that is to run; with `confirm_s`, until then unless it is confirmed.

    `force`: in spite of findings that are errors.
    """

    comment: Annotated[str, Field(max_length=500)] = ""
    confirm_s: Annotated[float | None, Field(gt=0, le=LONGEST_S, allow_inf_nan=False)] = None
    force: bool = False
    dry_run: bool = False


class Back(BaseModel):
    """How far to go back."""

    steps: Annotated[int, Field(ge=1, le=10_000)] = 1
    dry_run: bool = False


class Confirmed(BaseModel):
    """The configuration that is kept from now on."""

    number: int
    source: str


async def _written(make: Callable[[], BaseModel]) -> Response:
    """An answer that is made and written in a thread: a configuration may be very long."""
    text = await asyncio.to_thread(lambda: make().model_dump_json())
    return Response(text, media_type="application/json")


async def _plan(found: Examined, configuration: Configuration, *, applied: bool) -> Response:
    """What was examined, and perhaps applied."""
    unconfirmed_s = configuration.unconfirmed_s

    def made() -> Plan:
        return Plan(
            applied=applied,
            source=found.file.source,
            difference=Difference.model_validate(
                {**found.difference.as_dict(), "text": str(found.difference)}
            ),
            findings=[FindingRow.model_validate(one.as_dict()) for one in found.findings],
            unconfirmed_s=unconfirmed_s,
            daemon_file=configuration.file,
            differs_from_file=applied and configuration.differs_from_file(),
        )

    return await _written(made)


def _history(configuration: Configuration) -> list[HistoryRow]:
    index = configuration.history.index()
    entries = {one.number: one for one in index.entries}
    steps: dict[int, int] = {}
    at = index.entry(index.running)
    while at is not None and at.number not in steps:
        steps[at.number] = len(steps)
        at = None if at.before is None else entries.get(at.before)

    def state(number: int) -> Literal["running", "unconfirmed", "confirmed", "kept"]:
        if number == index.running:
            return "running" if index.confirm_by is None else "unconfirmed"
        return "confirmed" if number == index.confirmed else "kept"

    return [
        HistoryRow(
            number=one.number,
            time=f"{datetime.fromtimestamp(one.applied // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}",
            source=one.source,
            comment=one.comment,
            state=state(one.number),
            steps=steps.get(one.number),
        )
        for one in reversed(index.entries)
    ]


@router.get("", response_model=Running)
async def running(daemon: Asked) -> Response:
    """What runs, and what can be gone back to."""
    configuration = daemon.configuration
    file, unconfirmed_s = configuration.running, configuration.unconfirmed_s

    def made() -> Running:
        tree = masked(file)
        return Running(
            source=file.source,
            text=as_yaml(tree),
            tree=tree,
            unconfirmed_s=unconfirmed_s,
            history=_history(configuration),
        )

    return await _written(made)


@router.post("/diff", response_model=Plan)
async def diff(daemon: Asked, body: Text) -> Response:
    """What a configuration would change, and what of it would not work; changes nothing."""
    found = await daemon.configuration.examine(body.text, body.source)
    return await _plan(found, daemon.configuration, applied=False)


@router.post("/apply", response_model=Plan)
async def apply(daemon: Asked, body: ToApply) -> Response:
    """Let a configuration run. What it does not change goes on undisturbed."""
    if body.dry_run:
        return await diff(daemon, body)
    confirm_ns = None if body.confirm_s is None else int(body.confirm_s * SECOND)
    asked = Applying(body.source, body.comment, confirm_ns, body.force)
    found = await daemon.configuration.apply(body.text, asked)
    return await _plan(found, daemon.configuration, applied=True)


@router.post("/confirm")
async def confirm(daemon: Asked) -> Confirmed:
    """Keep what was applied to be confirmed."""
    entry = await daemon.configuration.confirm()
    return Confirmed(number=entry.number, source=entry.source)


@router.post("/rollback", response_model=Plan)
async def rollback(daemon: Asked, body: Back) -> Response:
    """Let an earlier configuration run."""
    configuration = daemon.configuration
    if body.dry_run:
        return await _plan(
            await configuration.plan_rollback(body.steps), configuration, applied=False
        )
    return await _plan(await configuration.rollback(body.steps), configuration, applied=True)


@router.post("/reload", response_model=Plan)
async def reload(daemon: Asked) -> Response:
    """Read the daemon's own file again, as SIGHUP does."""
    return await _plan(await daemon.configuration.reload(), daemon.configuration, applied=True)
