"""Plans: what a configuration changes, as the router says it, and the question about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fingerpost.cli.output import Model


def print_plan(plan: Model) -> None:
    """The difference with its cost, and what would not work."""
    click.echo(plan["difference"]["text"])
    for one in plan["findings"]:
        place = f"{one['file']}:{one['line']}:{one['column']}"
        click.echo(f"{place}: {one['severity']}: {one['field']}: {one['message']}")


def print_done(plan: Model) -> None:
    """What is the case now, and what it asks for."""
    if plan["unconfirmed_s"] is not None:
        click.echo(
            f"applied; it is taken back in {plan['unconfirmed_s']:.0f} s unless you say"
            " `fingerpost confirm`"
        )
    else:
        click.echo("applied")
    if plan["differs_from_file"]:
        click.echo(
            f"note: {plan['daemon_file']} says something else; once that is written anew, a"
            " restart begins with it"
        )


def has_errors(plan: Model) -> bool:
    """Whether anything in it cannot be meant."""
    return any(one["severity"] == "error" for one in plan["findings"])


def asks(question: str, *, is_agreed: bool) -> bool:
    """Whether the operator wants it: said before, or asked on a terminal."""
    if is_agreed:
        return True
    if not _is_somebody_there():
        raise click.UsageError("nobody is there to be asked: say --yes")
    return click.confirm(question)


def _is_somebody_there() -> bool:
    return sys.stdin.isatty()
