"""OpenMetrics, for whoever gathers them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from fingerpost.api.endpoints.asked import Asked
from fingerpost.api.metrics import families
from fingerpost.api.openmetrics import MEDIA, text

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=PlainTextResponse, responses={200: {"content": {MEDIA: {}}}})
async def metrics(daemon: Asked) -> PlainTextResponse:
    """Everything that is counted, in the text form of OpenMetrics."""
    return PlainTextResponse(text(families(daemon)), media_type=MEDIA)
