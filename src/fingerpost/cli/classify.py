"""`fingerpost classify`: what addresses are, by the IANA registries, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from fingerpost.cli import FAILED
from fingerpost.cli.asked import asked_on
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.errors import AddressError

if TYPE_CHECKING:
    from fingerpost.addr.classification import Classification
    from fingerpost.addr.registry import Entry

COLUMNS = ("source", "destination", "forwardable", "globally_reachable", "reserved_by_protocol")


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDR...")
@json_option
@click.pass_context
def command(ctx: click.Context, addresses: tuple[str, ...], as_json: bool) -> None:
    """Say what each ADDR is: its most specific registry entry, and those that lost to it.

    ADDR is an IPv4 or IPv6 address, or a prefix, which is answered with every entry that it
    spans. A single - reads one a line from standard input; empty lines and # comments are
    skipped, bad lines are reported and make the exit code 1.
    """
    results: list[Model] = []
    bad: list[Model] = []
    for place, text in asked_on(addresses):
        try:
            results.append(model_of(text))
        except AddressError as error:
            if place is None:
                raise
            bad.append({"line": place, "text": text, "message": str(error)})
    emit({"results": results, "bad_lines": bad}, _render, as_json=as_json)
    if bad:
        ctx.exit(FAILED)


def model_of(text: str) -> Model:
    """Model of one address, or of one prefix where `text` has a slash."""
    from fingerpost.addr.classification import classify, classify_prefix

    if "/" not in text:
        return _address_model(classify(text))
    found = classify_prefix(text)
    return {
        "asked": str(found.prefix),
        "within_one_entry": found.entry is not None,
        "entries": [_entry_model(entry) for entry in found.entries],
    }


def _address_model(found: Classification) -> Model:
    model: Model = {"asked": str(found.address), **_entry_model(found.entry)}
    if found.flags is not None:
        model["flags"] = str(found.flags)
    model["losers"] = [
        {"prefix": str(loser.entry.prefix), "name": loser.entry.name, "reason": loser.reason}
        for loser in found.losers
    ]
    model["embedded"] = [
        {"role": inner.role, **_address_model(inner.classification)} for inner in found.embedded
    ]
    return model


def _entry_model(entry: Entry) -> Model:
    return {
        "prefix": str(entry.prefix),
        "name": entry.name,
        "kind": entry.kind.value,
        "rfcs": list(entry.rfcs),
        "registry": entry.registry.value,
        "allocated": entry.allocated,
        "terminated": entry.terminated,
        **{column: getattr(entry, column) for column in COLUMNS},
        "scope": None if entry.scope is None else str(entry.scope),
        "note": entry.note,
    }


def _render(model: Model) -> None:
    results = model["results"]
    if len(results) == 1 and "entries" not in results[0]:
        lines = _details(results[0])
    else:
        lines = _table(results)
    for line in lines:
        click.echo(line)
    for bad in model["bad_lines"]:
        click.echo(f"standard input, line {bad['line']}: {bad['message']}", err=True)


def _details(result: Model, indent: str = "") -> Iterator[str]:
    """Everything about one address, a fact a line."""
    facts = {
        "entry": f"{result['name']}  {result['prefix']}",
        "kind": result["kind"],
        "defined by": f"{', '.join(result['rfcs'])}  [{result['registry']}]",
        "allocated": result["allocated"],
        "terminated": result["terminated"],
        **{column.replace("_", " "): _word(result[column]) for column in COLUMNS},
        "scope": result["scope"],
        "flags": result.get("flags"),
        "note": result["note"],
    }
    yield f"{indent}{result['asked']}"
    for fact, value in facts.items():
        if value is not None:
            yield f"{indent}  {fact:<21}{value}"
    for loser in result["losers"]:
        yield f"{indent}  {'also matched':<21}{loser['prefix']} {loser['name']}: {loser['reason']}"
    for inner in result["embedded"]:
        yield f"{indent}  {inner['role']}:"
        yield from _details(inner, indent + "    ")


def _table(results: list[Model]) -> Iterator[str]:
    """One line for each address, and one for each entry that a prefix spans."""
    rows = [["asked", "source", "dest", "forward", "global", "protocol", "entry", "name"]]
    for result in results:
        for number, entry in enumerate(result.get("entries", [result])):
            words = [_word(entry[column]) for column in COLUMNS]
            rows.append(["" if number else result["asked"], *words, entry["prefix"], entry["name"]])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _word(value: Any) -> str:  # noqa: ANN401 - a column of the model: true, false or null
    return {True: "yes", False: "no", None: "n/a"}[value]
