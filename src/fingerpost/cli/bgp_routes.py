"""What `show bgp routes` asks and prints: a line a path, with how it fares and where it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli.columns import age
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.api.client import Client
    from fingerpost.cli.output import Model

LEGEND = """Codes: > best, = used beside it, * valid, # next hop not reached, r refused
       S stale, L stale for long; i internal, o our own; origin i IGP, e EGP, ? incomplete"""
STATES = {"best": "*>", "beside": "*=", "valid": "* ", "unreachable": "# ", "refused": "r "}
SOURCES = {"external": " ", "confederation": "c", "internal": "i", "client": "i"}
ORIGINS = {"igp": "i", "egp": "e", "incomplete": "?", None: ""}
WIDTHS = (18, 16, 16, 10, 10, 7)  # prefix, neighbor, next hop, local preference, MED, weight
HEADS = ("prefix", "neighbor", "next hop", "local pref", "MED", "weight", "AS path")
ONE = 3  # paths that are shown in full where one prefix is asked for


def route_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what chooses routes; `query_of` takes it all but `limit`."""
    options = (
        click.option("--longer", is_flag=True, help="PREFIX and all that are inside of it."),
        click.option("--shorter", is_flag=True, help="PREFIX and all that it is inside of."),
        click.option("--family", metavar="FAMILY", help="ipv4, ipv6, ipv4-vpn, l2vpn-evpn, ..."),
        click.option("-6", "is_6", is_flag=True, help="The same as --family ipv6."),
        click.option("--neighbor", metavar="NAME", help="Only what this neighbor says."),
        click.option("--received", is_flag=True, help="As it came, before the import policy."),
        click.option("--rejected", is_flag=True, help="Only what is refused, and why."),
        click.option("--advertised", is_flag=True, help="What the neighbor is told."),
        click.option("--state", metavar="STATE", help="best, used, accepted, stale or damped."),
        click.option("--origin-as", metavar="AS", help="Only paths that begin in this AS."),
        click.option("--through-as", metavar="AS", help="Only paths that go through this AS."),
        click.option("--community", metavar="COMMUNITY", help="65000:1, 65000:1:2, rt:65000:1."),
        click.option("--as-path", metavar="REGEXP", help="Only AS paths that match: '_65001$'."),
        click.option("--limit", type=click.IntRange(1), help="At most so many lines."),
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


def query_of(
    target: str | None,
    *,
    is_6: bool,
    rejected: bool,
    advertised: bool,
    **chosen: Any,  # noqa: ANN401 - click's options
) -> dict[str, object]:
    """The query of the API. A target with a slash is a prefix, one without an address."""
    is_prefix = target is not None and "/" in target
    if (chosen["longer"] or chosen["shorter"]) and not is_prefix:
        raise UsageError(
            "--longer and --shorter need a PREFIX: show bgp routes 10.0.0.0/8 --longer"
        )
    if advertised and chosen["neighbor"] is None:
        raise UsageError("--advertised needs --neighbor: who is told it")
    if rejected:
        chosen["state"] = "refused"
    if is_6:
        chosen["family"] = "ipv6"
    asked = {name: value or None for name, value in chosen.items()}
    return {**asked, "told": advertised or None, "prefix" if is_prefix else "address": target}


def show_routes(
    client: Client,
    names: list[str],
    query: dict[str, object],
    limit: int | None,
    *,
    as_json: bool,
) -> int:
    """Print rows as they come, as lines or as one document of JSON; gives how many."""
    if not names and not as_json:
        click.echo("BGP does not run")
        return 0
    rows = ((name, client.lines(f"/v1/bgp/{name}/routes", **query)) for name in names)
    return print_routes(rows, query, limit, as_json=as_json)


def print_routes(
    rows: Iterable[tuple[str, Iterator[Model]]],
    query: dict[str, object],
    limit: int | None,
    *,
    as_json: bool,
) -> int:
    """Print the rows of each instance; gives how many."""
    return _as_document(rows, limit) if as_json else _as_lines(rows, limit, query)


def _as_document(rows: Iterable[tuple[str, Iterator[Model]]], limit: int | None) -> int:
    """One document, written in parts: a full table is not gathered first."""
    count = 0
    click.echo('{"instances": [', nl=False)
    for at, (name, found) in enumerate(rows):
        click.echo(f'{", " if at else ""}{{"name": {json.dumps(name)}, "routes": [', nl=False)
        for number, row in enumerate(islice(found, limit)):
            click.echo(f"{', ' if number else ''}{json.dumps(row)}", nl=False)
            count += 1
        click.echo("]}", nl=False)
    click.echo("]}")
    return count


def _as_lines(
    rows: Iterable[tuple[str, Iterator[Model]]], limit: int | None, query: dict[str, object]
) -> int:
    count = 0
    for name, found in rows:
        last = None
        for number, row in enumerate(islice(found, limit)):
            if not number:
                click.echo(f"{LEGEND}\n\n{_line('  ', HEADS)}" if not count else f"\n{name}")
            click.echo("\n".join(lines_of(row, is_first=row["prefix"] != last)))
            last = row["prefix"]
            count += 1
    if not count:
        about = query.get("prefix") or query.get("address")
        click.echo("no route" if about is None else f"no route to {about}")
    return count


def lines_of(row: Model, *, is_first: bool = True) -> list[str]:
    """One path: a line, and one more where it is refused."""
    prefix = row["prefix"] if is_first else ""
    path = f"{row['as_path']} {ORIGINS[row['origin']]}".strip()
    tail = [_text(row[one]) for one in ("local_preference", "med", "weight")]
    if "to" in row:
        return [_line("    ", (prefix, row["to"], row["next_hop"] or "", *tail, path))]
    flags = STATES[row["state"]] + SOURCES.get(row["source"], "o") + _stale(row)
    who = row["neighbor"] or row["source"]
    line = _line(flags, (prefix, who, row["next_hop"] or "", *tail, path))
    return [line] if row["refused"] is None else [line, f"{'':6}{row['refused']}"]


def _line(flags: str, cells: Iterable[str]) -> str:
    *first, last = cells
    right = len(first) - 3
    parts = [
        cell.rjust(width) if at >= right else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(first, WIDTHS, strict=True))
    ]
    return f"{flags:4}{' '.join(parts)}  {last}".rstrip()


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _stale(row: Model) -> str:
    return {None: " ", "for now": "S", "for long": "L"}[row["stale"]]


def details(row: Model) -> list[str]:
    """What does not fit into the line of a path."""
    told = [("since", age(row["age_s"]))] if "age_s" in row else []
    told += [(name.replace("_", " "), " ".join(row[name])) for name in _LISTS if row[name]]
    told += [(one["name"], one["text"]) for one in row["other"]]
    return [f"      {name} {text}".rstrip() for name, text in told]


_LISTS = ("communities", "large_communities", "extended_communities")
