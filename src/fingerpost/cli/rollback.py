"""`fingerpost rollback`: let an earlier configuration run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import emit, json_option
from fingerpost.cli.plans import asks, print_done, print_plan
from fingerpost.cli.router_asked import router_options

if TYPE_CHECKING:
    from fingerpost.api.client import Client


@click.command()
@click.argument("steps", type=click.IntRange(1), default=1)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@router_options
@json_option
def command(client: Client, steps: int, yes: bool, dry_run: bool, as_json: bool) -> int:
    """Let the configuration run that ran STEPS (1) before this one.

    `fingerpost show config --history` lists them. Exit code 1 where it was not done.
    """
    if not (as_json and yes):
        plan = client.post("/v1/config/rollback", {"steps": steps, "dry_run": True})
        if dry_run:
            emit(plan, print_plan, as_json=as_json)
            return DONE
        if not as_json:
            print_plan(plan)
        if not asks("go back to this?", is_agreed=yes):
            return FAILED
    emit(client.post("/v1/config/rollback", {"steps": steps}), print_done, as_json=as_json)
    return DONE
