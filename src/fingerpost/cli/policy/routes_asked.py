"""The routes that a command line names: as words, in a file of lines or JSON, or by a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.rib.route import RibRoute


def routes_asked(words: Iterable[str], file: str | None) -> Iterator[RibRoute]:
    """Each route; raises `UsageError` with its place for one that cannot be read."""
    for place, data in _given(words, file):
        yield _route(place, data)


def _given(words: Iterable[str], file: str | None) -> Iterator[tuple[str, Any]]:
    for word in words:
        yield "route", word
    if file is None:
        return
    name = "standard input" if file == "-" else file
    text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    if text.lstrip().startswith("["):
        for at, one in enumerate(_document(name, text)):
            yield f"{name}[{at}]", one
        return
    whole = _whole(text)
    if whole is not None:  # a page of routes as the API and `show rib --json` give it
        for at, one in enumerate(whole):
            yield f"{name}[{at}]", one
        return
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            place = f"{name}, line {number}"
            yield place, _document(place, stripped) if stripped.startswith("{") else stripped


def _whole(text: str) -> list[Any] | None:
    """The routes of one JSON document that holds a list of them."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        held = json.loads(text)
    except ValueError:
        return None  # several documents, a line each
    found = held.get("routes")
    return found if isinstance(found, list) else [held]


def _document(place: str, text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{place}: no JSON: {error}") from None


def _route(place: str, data: object) -> RibRoute:
    from fingerpost.config.route_asked import from_data

    try:
        return from_data(data)
    except ValueError as error:
        shown = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        raise UsageError(f"{place} {shown}: {error}") from None
