"""A packet that has been taken apart, as a tree for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fingerpost.cli.output import Model

SHOWN_DIGITS = 64


def text_of(model: Model) -> str:
    """Give the lines: where and when, then layers with the offsets of their fields."""
    return "\n".join(_lines(model))


def _lines(model: Model) -> Iterator[str]:
    head = [f"packet {model['packet']}", f"{model['length']} bytes"]
    if model["original_length"] != model["length"]:
        head.append(f"cut from {model['original_length']}")
    head += [str(model[key]) for key in ("time", "interface", "comment") if model[key] is not None]
    yield click.style(", ".join(head), bold=True)
    for layer in model["layers"]:
        protocol = click.style(layer["protocol"], fg="cyan", bold=True)
        yield f"{layer['offset']:>6}  {protocol}: {layer['summary']}"
        yield from _fields(layer["fields"], 4)
        if layer["fault"] is not None:
            word = click.style("fault", fg="red", bold=True)
            yield f"{'':10}{word}: {layer['fault']['message']}"
    for joined in model.get("joined", ()):
        protocol = click.style(joined["protocol"], fg="cyan", bold=True)
        yield f"{'':6}  {protocol} of {joined['pieces']} segments: {joined['summary']}"
        yield from _fields(joined["fields"], 4)
    if "reencoded" in model:
        yield from _reencoded(model["reencoded"])


def _fields(fields: list[Model], indent: int) -> Iterator[str]:
    width = max((len(field["name"]) for field in fields), default=0)
    for field in fields:
        name = field["name"].replace("_", " ")
        yield f"{field['offset']:>6}{'':{indent}}{name:<{width}}  {field['text']}".rstrip()
        yield from _fields(field["fields"], indent + 2)


def _reencoded(model: Model) -> Iterator[str]:
    if model["error"] is not None:
        yield f"{'':8}not re-encoded: {model['error']}"
    elif model["equal"]:
        yield f"{'':8}re-encoded: equal to the original"
    else:
        yield f"{'':8}re-encoded: differs from byte {model['differs_at']} on"
    digits = model["bytes"] or ""
    for at in range(0, len(digits), SHOWN_DIGITS):
        yield f"{at // 2:>6}    {digits[at : at + SHOWN_DIGITS]}"
