"""Words of an argument: each may be cut short, as network engineers write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from fingerpost.config.names import alike


def begun(word: str, known: Iterable[str]) -> list[str]:
    """The words that `word` may stand for: itself, or all that begin with it."""
    names = list(known)
    return [word] if word in names else [name for name in names if word and name.startswith(word)]


class Word(click.Choice[str]):
    """One of several words, or the beginning of only one of them: `neighbor`, `int`."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """Give the whole word."""
        known = list(map(str, self.choices))
        found = begun(str(value), known)
        if len(found) > 1:
            self.fail(f"{value!r} may be {' or '.join(map(repr, found))}", param, ctx)
        if not found:
            hint = alike(str(value), known)
            self.fail(f"{value!r}, not one of {', '.join(known)}{hint}", param, ctx)
        return found[0]
