"""`fingerpost mrt show`: tables and updates, a line for each peer and prefix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import json_option
from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from fingerpost.bgp.records import Heard


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--strict", is_flag=True, help="End at the first record that does not decode.")
@click.option("--count", "-n", type=click.IntRange(min=1), help="Stop after so many lines.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, files: tuple[str, ...], strict: bool, count: int | None, as_json: bool
) -> None:
    """Print each entry of RIB dumps and each prefix of updates as `bgpdump -m` does.

    FILE is an MRT file or - for standard input, plain or compressed by gzip, bzip2 or xz. What does
    not decode is told on standard error with its offset, the rest is printed all the same, and the
    exit code is 1. With --json each line is an object, with all attributes.

    \b
    fingerpost mrt show rib.20260101.0000.bz2
    fingerpost mrt show updates.20260101.0000.gz --count 10 --json
    """
    from fingerpost.bgp.records import heard_in, line_of
    from fingerpost.mrt import MrtFile

    shown = faults = 0
    for name in files:
        file = MrtFile(name, is_strict=strict)
        for entry in file:
            try:
                for one in heard_in(entry, file.peers):
                    click.echo(_json(one) if as_json else line_of(one))
                    shown += 1
                    if shown == count:
                        return
            except DecodeError as error:
                if strict:
                    raise
                faults += 1
                click.echo(f"{name}: {error}", err=True)
        for fault in file.faults:
            click.echo(str(fault), err=True)
        faults += file.fault_count
    if faults:
        ctx.exit(FAILED)


def _json(heard: Heard) -> str:
    from fingerpost.bgp.records.model import model_of

    return json.dumps(model_of(heard))
