"""What the API says when it cannot do what was asked: a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from fingerpost.errors import LoadError, UsageError

MEDIA = "application/problem+json"


class Fault(BaseModel):
    """One place that is wrong: in a file with line and column, in a query with its name."""

    field: str
    message: str
    line: int | None = None
    column: int | None = None


class Problem(BaseModel):
    """Why something was not done (RFC 9457 3.1); `faults` has every reason there is."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    instance: str | None = None
    faults: list[Fault] = Field(default_factory=list)


class RefusalError(Exception):
    """Raised by an endpoint; becomes a problem document."""

    def __init__(self, status: int, detail: str, faults: list[Fault] | None = None) -> None:
        """`detail` says what would be right."""
        super().__init__(detail)
        self.status = status
        self.faults = faults or []


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "model": Problem,
        "description": "It was not done.",
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""What the OpenAPI document says about refusals."""


def _answer(request: Request, problem: Problem) -> JSONResponse:
    problem.instance = request.url.path
    return JSONResponse(problem.model_dump(exclude_none=True), problem.status, media_type=MEDIA)


def _of(status: int, detail: str, faults: list[Fault] | None = None) -> Problem:
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, faults=faults or [])


async def of_refusal(request: Request, error: Exception) -> JSONResponse:
    """An endpoint said no."""
    assert isinstance(error, RefusalError)
    return _answer(request, _of(error.status, str(error), error.faults))


async def of_usage(request: Request, error: Exception) -> JSONResponse:
    """The caller asked for something that cannot be."""
    faults = [
        Fault(field=one.field, message=one.message, line=one.line, column=one.column)
        for one in getattr(error, "faults", ())
    ]
    is_file = isinstance(error, LoadError)
    usual = HTTPStatus.UNPROCESSABLE_ENTITY if is_file else HTTPStatus.BAD_REQUEST
    status = int(getattr(error, "status", usual))
    return _answer(request, _of(status, str(error), faults))


async def of_validation(request: Request, error: Exception) -> JSONResponse:
    """A query or body is not of the form that the OpenAPI document says."""
    assert isinstance(error, RequestValidationError)
    faults = [
        Fault(field=".".join(str(step) for step in one["loc"][1:]), message=str(one["msg"]))
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.field}: {one.message}" for one in faults)
    return _answer(request, _of(HTTPStatus.UNPROCESSABLE_ENTITY, detail, faults))


async def of_system(request: Request, error: Exception) -> JSONResponse:
    """The system did not let us: a disk is full, a file may not be written."""
    return _answer(request, _of(HTTPStatus.INTERNAL_SERVER_ERROR, str(error)))


async def of_fault(request: Request, error: Exception) -> JSONResponse:
    """We are at fault."""
    detail = f"a fault of fingerpost ({type(error).__name__}); its log has more"
    return _answer(request, _of(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


async def of_http(request: Request, error: Exception) -> JSONResponse:
    """There is no such path or method."""
    assert isinstance(error, HTTPException)
    answer = _answer(request, _of(error.status_code, str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


HANDLERS = {
    RefusalError: of_refusal,
    UsageError: of_usage,
    RequestValidationError: of_validation,
    HTTPException: of_http,
    OSError: of_system,
    Exception: of_fault,
}
