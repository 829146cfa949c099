"""Routes as lines, with the codes that operators know, and the options that choose them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.columns import age
from fingerpost.cli.show.shown import show

if TYPE_CHECKING:
    from fingerpost.api.client import Client
    from fingerpost.cli.output import Model

CODES = {
    "kernel": "K",
    "connected": "C",
    "static": "S",
    "rip": "R",
    "ripng": "R",
    "ospf": "O",
    "ospf3": "O",
    "isis": "I",
    "bgp": "B",
    "table": "T",
    "manual": "M",
}
LEGEND = """Codes: C connected, S static, R RIP, O OSPF, I IS-IS, B BGP, K kernel, T other table
       > used; [distance/metric]"""


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what chooses routes; `show_routes` takes it all."""
    options = (
        click.argument("target", required=False, metavar="[PREFIX|ADDRESS]"),
        click.option("--longer", is_flag=True, help="PREFIX and all that are inside it."),
        click.option("--table", metavar="NAME", help="The routing table.  [default: main]"),
        click.option("--protocol", metavar="NAME", help="Only routes of this source."),
        click.option("-4", "family", flag_value=4, type=int, help="Only IPv4."),
        click.option("-6", "family", flag_value=6, type=int, help="Only IPv6."),
        click.option("--limit", type=click.IntRange(1), help="At most so many routes."),
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


def query_of(
    target: str | None,
    longer: bool,
    table: str | None,
    protocol: str | None,
    family: int | None,
) -> dict[str, object]:
    """The query of the API. A target with a slash is a prefix, one without an address."""
    if longer and (target is None or "/" not in target):
        raise click.UsageError("--longer needs a PREFIX: show routes 10.0.0.0/8 --longer")
    place = "prefix" if target is not None and "/" in target else "address"
    return {
        place: target,
        "longer": longer or None,
        "table": table,
        "protocol": protocol,
        "family": family,
    }


def show_routes(
    client: Client,
    where: str,
    limit: int | None,
    as_json: bool,
    watch: float | None,
    **chosen: Any,  # noqa: ANN401 - click's options
) -> int:
    """Show the rows of an endpoint; gives `FAILED` where what was named has none."""
    query = query_of(**chosen)
    shown = 0

    def once() -> None:
        nonlocal shown
        shown = show_rows(client, where, query, limit, as_json=as_json)
        if not shown and not as_json:
            click.echo(_nothing(**chosen))

    show(once, watch)
    return DONE if shown or chosen["target"] is None else FAILED


def _nothing(target: str | None, protocol: str | None, **_: object) -> str:
    """What is said where there is no line."""
    of_whom = f" of {protocol}" if protocol is not None else ""
    return f"no route{of_whom} to {target}" if target is not None else f"no routes{of_whom}"


def show_rows(
    client: Client, where: str, query: dict[str, object], limit: int | None, *, as_json: bool
) -> int:
    """Print rows as they come, as lines or as one document of JSON; gives how many."""
    rows = _first(client.lines(where, **query), limit)
    return _as_document(rows, query["table"] or "main") if as_json else _as_lines(rows)


def _first(rows: Iterator[Model], limit: int | None) -> Iterator[Model]:
    for count, row in enumerate(rows, 1):
        yield row
        if count == limit:
            return


def _as_document(rows: Iterable[Model], table: object) -> int:
    """One document, written in parts: a full table is not gathered first."""
    count = 0
    click.echo(f'{{"table": {json.dumps(table)}, "routes": [', nl=False)
    for row in rows:
        click.echo(f"{', ' if count else ''}{json.dumps(row)}", nl=False)
        count += 1
    click.echo("]}")
    return count


def _as_lines(rows: Iterable[Model]) -> int:
    count = 0
    last = None
    for row in rows:
        if not count:
            click.echo(f"{LEGEND}\n")
        click.echo("\n".join(lines_of(row, is_first=row["prefix"] != last)))
        last = row["prefix"]
        count += 1
    return count


def lines_of(row: Model, *, is_first: bool = True) -> list[str]:
    """One route: a line for each next hop, the fields of the route on the first."""
    code = CODES.get(row["protocol"].partition(":")[0], "?")
    mark = ">" if row["is_used"] else " "
    prefix = row["prefix"] if is_first else " " * len(row["prefix"])
    head = f"{code}{mark} {prefix} [{row['distance']}/{row['metric']}]"
    tag = f", tag {row['tag']}" if row["tag"] else ""
    tail = f"{tag}, {age(row['age_s'])}"
    if row["kind"] != "unicast":
        return [f"{head} {row['kind']}{tail}"]
    hops = [_hop(hop, is_only=len(row["next_hops"]) == 1) for hop in row["next_hops"]]
    hops = hops or ["nowhere"]
    return [f"{head} {hops[0]}{tail}", *(f"{' ' * len(head)} {hop}" for hop in hops[1:])]


def _hop(hop: Model, *, is_only: bool) -> str:
    if hop["gateway"] is None:
        text = f"is directly connected, {hop['interface']}"
    elif hop["interface"] is None:
        text = f"via {hop['gateway']} (recursive)"
    else:
        text = f"via {hop['gateway']}, {hop['interface']}{' onlink' if hop['onlink'] else ''}"
    return text if is_only and hop["weight"] == 1 else f"{text}, weight {hop['weight']}"
