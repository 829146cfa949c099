"""`fingerpost table`: make tables to work with."""

from __future__ import annotations

from typing import Any

import click

from fingerpost.cli.output import emit, json_option
from fingerpost.cli.routes import open_table, report_bad, table_options
from fingerpost.errors import UsageError


@click.group()
def command() -> None:
    """Make tables to work with."""


@command.command()
@click.argument("output", type=click.Path(dir_okay=False, writable=True))
@table_options()
@json_option
def save(output: str, as_json: bool, **table: Any) -> None:  # noqa: ANN401 - click's options
    """Write a table as OUTPUT in the form that is mapped, not parsed.

    From --table FILE, or without one from this machine's own routes. What reads OUTPUT:
    `--table` of every command, `Fib.load` and `FrozenFib.open` in Python.
    """
    fib, described = open_table(**table)
    report_bad(described)
    fib.save(output)

    def render(model: dict[str, Any]) -> None:
        click.echo(f"{model['file']}: {model['v4']:,} IPv4 and {model['v6']:,} IPv6 prefixes")

    v4, v6 = fib.counts()
    emit({"file": output, "v4": v4, "v6": v6, "table": described}, render, as_json=as_json)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True))
@click.option("--seed", default=1, show_default=True, help="Same seed, same table.")
@click.option("--v4", type=int, help="IPv4 prefixes.  [default: all 901,899]")
@click.option("--v6", type=int, help="IPv6 prefixes.  [default: all 160,147]")
@json_option
def synth(file: str, seed: int, v4: int | None, v6: int | None, as_json: bool) -> None:
    """Write a generated table of the Internet's shape to FILE (.gz: packed, -: stdout).

    One line a prefix, with its origin AS: `192.0.2.0/24 4200000017`. Every origin is an AS number
    for private use (RFC 6996): the table claims nothing about anybody's network.
    """
    from fingerpost.fib.synthetic import FULL_V4, FULL_V6, full_table

    if as_json and file == "-":
        raise UsageError("--json prints about the table: name a FILE for the table itself, not '-'")
    table = full_table(seed, FULL_V4 if v4 is None else v4, FULL_V6 if v6 is None else v6)
    table.write(file)
    if file == "-":
        return

    def render(model: dict[str, Any]) -> None:
        click.echo(
            f"{model['file']}: {model['v4']:,} IPv4 and {model['v6']:,} IPv6 prefixes,"
            f" seed {model['seed']}"
        )

    model = {"file": file, "seed": seed, "v4": table.v4.count, "v6": table.v6.count}
    emit(model, render, as_json=as_json)
