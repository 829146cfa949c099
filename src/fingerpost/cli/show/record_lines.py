"""Records of the journal as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fingerpost.cli.output import Model

LEVELS = click.Choice(("debug", "info", "warning", "error"))


def record_line(record: Model) -> str:
    """One line; a record about a reader itself has no time."""
    fields = record.get("fields") or {}
    told = " ".join(f"{name}={value}" for name, value in fields.items())
    text = f"{record['level']:7} {record['kind']}: {record['text']}"
    head = f"{record['time']} " if "time" in record else ""
    return f"{head}{text}{f' ({told})' if told else ''}"
