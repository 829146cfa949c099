"""What happened: the last records (`/log`), and every one from now on (`/events`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from fingerpost.api.daemon import Daemon
from fingerpost.api.endpoints.asked import LINES, Asked, Limit
from fingerpost.api.journal import Level, Subscriber
from fingerpost.api.problem import RefusalError

router = APIRouter(tags=["log"])
SSE = "text/event-stream"
MOST_READERS = 32
SILENCE_S = 15.0  # then something is written, so that a reader that left is noticed

LevelWord = Literal["debug", "info", "warning", "error"]
LevelFilter = Annotated[LevelWord, Query(description="This level and all above it.")]


class RecordRow(BaseModel):
    """One thing that happened."""

    number: int
    time: str
    level: LevelWord
    kind: str
    text: str
    fields: dict[str, Any] = Field(default_factory=dict)


class Log(BaseModel):
    """Records, oldest first; `last` is the `after` of the next question.

    Numbers begin anew with the daemon, which is another one where `began` is another.
    """

    records: list[RecordRow]
    last: int
    began: str


@router.get("/log")
async def log(
    daemon: Asked,
    limit: Limit = 100,
    after: Annotated[int, Query(ge=0)] = 0,
    level: LevelFilter = "info",
) -> Log:
    """The last records that the daemon still has."""
    held = daemon.journal.since(after, Level[level.upper()], limit)
    last = held[-1].number if held else after
    return Log(
        records=[RecordRow.model_validate(one.as_dict()) for one in held],
        last=last,
        began=daemon.journal.began,
    )


@router.get("/events", responses={200: {"content": {SSE: {}, LINES: {}}}})
async def events(
    daemon: Asked,
    request: Request,
    level: LevelFilter = "info",
    routes: Annotated[bool, Query(description="And every change of a route.")] = False,
) -> StreamingResponse:
    """What happens from now on, a record a line; as server-sent events where those are asked for.

    A reader that is too slow loses records and gets one of the kind "gap" in their place.
    """
    if len(daemon.journal.subscribers) >= MOST_READERS:
        raise RefusalError(503, f"{MOST_READERS} readers hear the events already")
    is_sse = SSE in request.headers.get("accept", "")
    reader = Subscriber(Level[level.upper()], wants_routes=routes)
    return StreamingResponse(
        _stream(daemon, reader, is_sse=is_sse),
        media_type=SSE if is_sse else LINES,
        headers={"Cache-Control": "no-store"},
    )


async def _stream(daemon: Daemon, reader: Subscriber, *, is_sse: bool) -> AsyncIterator[bytes]:
    with daemon.journal.subscribed(reader):
        yield _hello(daemon, is_sse=is_sse)
        while not daemon.is_closing:
            records, lost = await reader.take(SILENCE_S)
            models = [record.as_dict() for record in records]
            if lost:
                models.append(_gap(lost))
            if models:
                yield "".join(_written(one, is_sse=is_sse) for one in models).encode()
            elif is_sse:
                yield b": nothing happens\n\n"
            else:
                yield b"\n"


def _hello(daemon: Daemon, *, is_sse: bool) -> bytes:
    """Tell a reader at once that it hears from now on."""
    text = f"events of {daemon.name} from now on"
    model = {"number": 0, "level": "info", "kind": "subscribed", "text": text}
    return _written(model, is_sse=is_sse).encode()


def _gap(lost: int) -> dict[str, object]:
    text = f"{lost:,} records were lost: you read too slowly"
    fields = {"lost": lost}
    return {"number": 0, "level": "warning", "kind": "gap", "text": text, "fields": fields}


def _written(model: dict[str, object], *, is_sse: bool) -> str:
    text = json.dumps(model, ensure_ascii=False, default=str)
    if not is_sse:
        return f"{text}\n"
    number = f"id: {model['number']}\n" if model["number"] else ""
    return f"{number}event: {model['kind']}\ndata: {text}\n\n"
