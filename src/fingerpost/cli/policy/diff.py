"""`fingerpost policy diff`: what a policy would change in a router that runs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.cli.policy.test import policy_of
from fingerpost.cli.router_asked import router_options
from fingerpost.rib import explain_text

if TYPE_CHECKING:
    from fingerpost.api.client import Client

_SIGNS = {"accepted from then on": "+", "refused from then on": "-", "changed otherwise": "~"}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("policy")
@click.option("--at", "place", metavar="PLACE", help='Where it would stand: "rip import".')
@click.option("--limit", default=50, show_default=True, help="Routes to list; counts are of all.")
@router_options
@json_option
def command(
    client: Client, file: Path, policy: str, place: str | None, limit: int, as_json: bool
) -> int:
    """Say what would change in a router that runs if POLICY were as FILE has it.

    Each route that comes to the policy now is judged anew: + would be accepted from then on,
    - would be refused, ~ would be changed otherwise. Nothing is changed, nothing is counted. With
    --at the routes of a place where another policy stands, or none.

    Exit code 0 where nothing would change, 1 where something would, 2 for wrong use.
    """
    from fingerpost.config.policy_change import Comparison
    from fingerpost.config.policy_file import load_policies

    judge = policy_of(load_policies(file), policy)
    asked = {"place": place} if place is not None else {"name": policy}
    compared = Comparison()
    found = compared.routes(client.lines("/v1/policies/routes", endless=False, **asked), judge)
    listed = [one.as_dict() for one in islice(found, limit)]
    rest = sum(1 for _ in found)
    counts = {name: dict(held) for name, held in compared.counts.items()}
    emit(
        {"policy": policy, "places": counts, "routes": listed, "not_listed": rest},
        _render,
        as_json=as_json,
    )
    return FAILED if listed or rest else DONE


def _render(model: Model) -> None:
    for one in model["routes"]:
        for line in _lines(one):
            click.echo(line)
    if model["not_listed"]:
        click.echo(f"and {model['not_listed']:,} more; --limit lists them")
    for place, counts in model["places"].items():
        said = ", ".join(f"{count:,} {fate}" for fate, count in sorted(counts.items()))
        click.echo(f"{place}: {said}")
    if not model["places"]:
        click.echo("no route comes to it")


def _lines(one: Model) -> Iterator[str]:
    yield f"{_SIGNS[one['fate']]} {one['text']}"
    for line in one["policy"]:
        yield f"    {explain_text.policy_line(line)}"
    if one["changes"]:
        yield f"    {', '.join(map(explain_text.change, one['changes']))}"
