"""`fingerpost lookup`: which prefix matches an address, which others matched, why they lost."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import FAILED
from fingerpost.cli.asked import asked_on
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.routes import open_table, report_bad, table_options
from fingerpost.errors import AddressError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib import Candidate, Lookup

_WIDEST_VALUE = 48  # columns kept in line; a longer value pushes its own reason only


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDR...")
@table_options()
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    addresses: tuple[str, ...],
    as_json: bool,
    **table: Any,  # noqa: ANN401 - what `table_options` adds
) -> None:
    """Find the longest match of each ADDR, and say why the other matches lost.

    Without --table the routes of this machine are asked, as `ip route` shows them. FILE holds
    lines of a prefix and a value, CSV, output of `ip route` or of FRR, or an MRT dump.

    ADDR of - reads one a line from standard input. The exit code is 1 when an address has no route.
    """
    if table["file"] == "-" and "-" in addresses:
        raise UsageError("standard input is either the table or the addresses, not both")
    fib, described = open_table(**table)
    results: list[Model] = []
    bad: list[Model] = []
    for line, text in asked_on(addresses):
        try:
            results.append(_model_of(fib.explain(text)))
        except AddressError as error:
            if line is None:
                raise
            bad.append({"line": line, "text": text, "message": str(error)})
    emit({"table": described, "results": results, "bad_lines": bad}, _render, as_json=as_json)
    if bad or any(result["winner"] is None for result in results):
        ctx.exit(FAILED)


def _model_of(found: Lookup[Any]) -> Model:
    return {
        "address": str(found.address),
        "winner": None if found.winner is None else _candidate(found.winner),
        "losers": [_candidate(loser) for loser in found.losers],
    }


def _candidate(candidate: Candidate[Any]) -> Model:
    value = candidate.value
    return {
        "prefix": str(candidate.prefix),
        "value": as_json_value(value),
        "shown": "" if value == candidate.prefix else _shown(value),
        "reason": candidate.reason,
    }


def as_json_value(value: object) -> object:
    """Turn the value of a prefix into what JSON has; text where JSON has nothing like it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {str(name): as_json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json_value(item) for item in value]
    if hasattr(value, "as_dict"):
        return value.as_dict()
    return str(value)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={item}" for name, item in value.items())
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def _render(model: Model) -> None:
    coloured = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    color = coloured and not os.environ.get("NO_COLOR")
    for at, result in enumerate(model["results"]):
        if at:
            click.echo()
        for line in _lines(result):
            click.echo(line, color=color)
    for bad in model["bad_lines"]:
        click.echo(f"standard input, line {bad['line']}: {bad['message']}", err=True)
    report_bad(model["table"])


def _lines(result: Model) -> Iterator[str]:
    """The address, then a line a match: prefix, value, and the verdict."""
    yield click.style(result["address"], bold=True)
    winner = result["winner"]
    if winner is None:
        yield "  " + click.style("no route: no prefix of the table contains it", fg="red")
        return
    matches = [winner, *result["losers"]]
    wide = max(len(match["prefix"]) for match in matches)
    column = max((len(m["shown"]) for m in matches if len(m["shown"]) <= _WIDEST_VALUE), default=0)
    for match in matches:
        won = match is winner
        verdict = f"wins: {match['reason']}" if won else f"also matches, but {match['reason']}"
        parts = [match["prefix"].ljust(wide), match["shown"].ljust(column), verdict]
        line = "  " + "  ".join(part for part in parts if part)
        yield click.style(line, fg="green", bold=True) if won else click.style(line, dim=True)
