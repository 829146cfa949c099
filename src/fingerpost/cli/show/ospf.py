"""`fingerpost show ospf`: what each instance of OSPF knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli.ospf_lists import database, routes, spf
from fingerpost.cli.ospf_tables import TABLES
from fingerpost.cli.output import Model, emit
from fingerpost.cli.show.shown import echo_instances, show, show_options
from fingerpost.cli.words import Word, begun
from fingerpost.config.names import alike, one_word_of
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.api.client import Client

LISTS = {"database": database, "routes": routes, "spf": spf}
PARTS = ("status", "neighbors", "interfaces", "database", "routes", "spf", "faults", "events")


@click.command()
@click.argument("part", type=Word(PARTS), default="status")
@click.argument("kind", metavar="[TYPE]", required=False)
@click.option("--id", "link_id", metavar="ID", help="Of the database: only this link state id.")
@click.option("--router", metavar="ID", help="Of the database: only what this router tells.")
@click.option("--whole", is_flag=True, help="Of the database: with what the LSAs say.")
@click.option("--instance", metavar="NAME", help="ospf, ospf3 or ospf:NAME.  [default: all]")
@show_options
def command(
    client: Client,
    part: str,
    kind: str | None,
    link_id: str | None,
    router: str | None,
    whole: bool,
    instance: str | None,
    as_json: bool,
    watch: float | None,
) -> None:
    """OSPF of both versions: status, neighbors, interfaces, database, routes, spf, faults, events.

    A neighbour that is not full says why; so does one whose packets are refused. TYPE is one of the
    database as it is shown there: `show ospf database router --whole`. Words may be cut short:
    `show ospf nei`.
    """
    asked: dict[str, Any] = {"type": kind, "id": link_id, "router": router}
    if part != "database" and (whole or any(asked.values())):
        raise UsageError(f"TYPE, --id, --router and --whole are for database, not for {part}")

    if kind is not None:
        asked["type"] = _type(kind)

    def once() -> None:
        if part not in LISTS:
            model = client.get("/v1/ospf", instance=instance)
            emit(model, lambda found: _render(found, part), as_json=as_json)
            return
        names = [one["name"] for one in client.get("/v1/ospf", instance=instance)["instances"]]
        more = {**asked, "whole": whole or None} if part == "database" else {}
        found = [client.get(f"/v1/ospf/{name}/{part}", **more) for name in names]
        emit({"instances": found}, lambda model: _render(model, part), as_json=as_json)

    show(once, watch)


def _type(kind: str) -> str:
    """The name of a type of LSAs, of which the beginning is enough; names of neither are refused.

    A type that has no name is called by its number, as the database shows it: type-0x2777.
    """
    from fingerpost.ospf.lsa_line import TYPE_NAMES

    found = begun(kind, TYPE_NAMES)
    if len(found) == 1 or kind.startswith("type-"):
        return found[0] if found else kind
    if found:
        raise UsageError(f"{kind!r} may be {' or '.join(map(repr, found))}")
    raise UsageError(
        f"no LSAs of type {kind!r}{alike(kind, TYPE_NAMES) or f'; write {one_word_of(TYPE_NAMES)}'}"
    )


def _render(model: Model, part: str) -> None:
    if not model["instances"]:
        click.echo("OSPF does not run")
    echo_instances(
        model["instances"],
        lambda one: LISTS[part](one) if part in LISTS else TABLES[part](one["status"]),
    )
