"""How every command speaks: one model, printed as JSON or rendered for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

Model = dict[str, Any]

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def emit(model: Model, render: Callable[[Model], None], *, as_json: bool) -> None:
    """Print `model` as one line of JSON, or hand it to `render`, which prints it for people."""
    if as_json:
        click.echo(json.dumps(model, ensure_ascii=False))
    else:
        render(model)
