"""`fingerpost lab why-route`: why a router of a lab uses a route, or does not."""

from __future__ import annotations

from typing import Any

import click

from fingerpost.cli import DONE, FAILED
from fingerpost.cli.lab.options import before, network_at
from fingerpost.cli.output import emit, json_option
from fingerpost.errors import UsageError


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("name", metavar="NODE")
@click.argument("asked", metavar="PREFIX|ADDRESS")
@click.option("--not", "is_not", is_flag=True, help="Why it is not used, source by source.")
@click.option("--source", metavar="SOURCE", help='With --not: only its route ("rip", "static").')
@click.option("--to", metavar="PROTOCOL", help="Why its neighbours are not told of the prefix.")
@before
@json_option
def command(
    file: str,
    name: str,
    asked: str,
    is_not: bool,
    source: str | None,
    to: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401 - click's options
) -> int:
    """Say why NODE of the lab FILE uses what it uses for PREFIX or ADDRESS.

    As `fingerpost why` and `fingerpost why-not` say it of a router that runs: candidates with the
    deciding rule, policies, next hops, and the message that brought each route. Exit code 1 when
    there is no route that can be used.
    """
    from fingerpost.rib.instant_text import Clock
    from fingerpost.router.why_not_text import why_not_lines
    from fingerpost.router.why_text import why_lines

    network = network_at(file, **options)
    routing = network.node(name).router.routing
    if routing is None:
        raise UsageError(f"{name} runs no protocol: its table is static; ask lab why for packets")
    clock = Clock(network.now)
    if is_not or source is not None or to is not None:
        missing = routing.explain_not(asked, source, to=to).as_dict(clock)
        emit(missing, lambda one: click.echo("\n".join(why_not_lines(one))), as_json=as_json)
        return DONE
    why = routing.explain(asked)
    emit(why.as_dict(clock), lambda one: click.echo("\n".join(why_lines(one))), as_json=as_json)
    return DONE if why.rib.winner is not None else FAILED
