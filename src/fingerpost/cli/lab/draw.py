"""`fingerpost lab draw`: the network as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from fingerpost.cli.output import Model, emit, json_option


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Where to write; else standard output."
)
@click.option("--path", "path", metavar="A,B,C", default="", help="Highlight the way over these.")
@click.option("--fail", "failed", metavar="A-B", multiple=True, help="Cross out a link or node.")
@click.option("--legend/--no-legend", default=True, show_default=True, help="Explain the marks.")
@json_option
def command(
    file: str, output: str | None, path: str, failed: tuple[str, ...], legend: bool, as_json: bool
) -> None:
    """Draw the network of FILE as SVG, light or dark as the reader prefers.

    Nodes stand where the file says (places on a map, or x and y), else where the graph puts them.
    """
    from fingerpost.lab.draw import draw
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.topology import load

    lab = load(file)
    nodes = [name.strip() for name in path.split(",") if name.strip()]
    picture = draw(lab, path=nodes, failures=Failures.named(lab, failed), legend=legend)
    if output is not None:
        Path(output).write_text(picture.svg, encoding="utf-8")

    def render(model: Model) -> None:
        if output is None:
            click.echo(picture.svg, nl=False)
        else:
            click.echo(f"{output}: {len(model['nodes']):,} nodes, {model['links']:,} links")

    model = {
        "file": output,
        "width": picture.width,
        "height": picture.height,
        "nodes": {name: list(place) for name, place in picture.places.items()},
        "links": len(lab.links),
    }
    emit(model, render, as_json=as_json)
