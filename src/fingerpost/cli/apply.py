"""`fingerpost apply`: let another configuration run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import emit, json_option
from fingerpost.cli.plans import asks, has_errors, print_done, print_plan
from fingerpost.cli.router_asked import router_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client

SECOND = 1_000_000_000


def _duration(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """Seconds of "60s", "5min" or a bare number."""
    if text is None:
        return None
    from fingerpost.config.units import duration_ns

    try:
        return float(text) if text.replace(".", "", 1).isdigit() else duration_ns(text) / SECOND
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@click.option(
    "--confirm",
    "confirm_s",
    metavar="DURATION",
    callback=_duration,
    help="Take it back after this time (60s, 5min) unless it is confirmed.",
)
@click.option("--confirmed", is_flag=True, help="Confirm what was applied; as `confirm` does.")
@click.option("--comment", default="", metavar="TEXT", help="Kept in the history.")
@click.option("--force", is_flag=True, help="In spite of findings that are errors.")
@router_options
@json_option
def command(
    client: Client,
    file: Path | None,
    yes: bool,
    dry_run: bool,
    confirm_s: float | None,
    confirmed: bool,
    comment: str,
    force: bool,
    as_json: bool,
) -> int:
    """Let the router that runs be the one that FILE describes.

    Shows what differs and what that costs, asks, and changes no more than that. Exit code 1 where
    it was not done, and with --dry-run where FILE would be refused.
    """
    if confirmed:
        from fingerpost.cli.confirm import confirm

        confirm(client, as_json=as_json)
        return DONE
    if file is None:
        raise click.UsageError("which FILE? or --confirmed, for what was applied before")
    body = {
        "text": file.read_text(encoding="utf-8-sig"),
        "source": str(file.absolute()),
        "comment": comment,
        "confirm_s": confirm_s,
        "force": force,
    }
    if not (as_json and yes):
        plan = client.post("/v1/config/apply", {**body, "dry_run": True})
        if dry_run:
            emit(plan, print_plan, as_json=as_json)
            return FAILED if has_errors(plan) and not force else DONE
        if not as_json:
            print_plan(plan)
            if not plan["difference"]["changes"] and confirm_s is None:
                return DONE
        if has_errors(plan) and not force:
            click.echo(
                "not applied: some of it cannot be meant; --force does it nevertheless", err=True
            )
            return FAILED
        if not asks("apply this?", is_agreed=yes):
            return FAILED
    emit(client.post("/v1/config/apply", body), print_done, as_json=as_json)
    return DONE
