"""`fingerpost lab schema`: what an editor needs to check lab.yaml while one types."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="On one line.")
def command(as_json: bool) -> None:
    """Print the JSON Schema of lab.yaml.

    \b
    # yaml-language-server: $schema=lab.schema.json
    as the first line of a lab makes editors complete and check it.
    """
    from fingerpost.lab.topology.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=None if as_json else 2, ensure_ascii=False))
