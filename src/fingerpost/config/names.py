"""Saying what may have been meant where a name means nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_NAME = 64  # characters of a name that people give: of a node, an interface, a policy
_SHOWN = 6  # names listed in a message


def alike(name: str, known: Iterable[str]) -> str:
    """A tail for a message: "; did you mean 'x'?", or nothing."""
    close = get_close_matches(name, list(known)[:5000], n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""


def one_word_of(words: Sequence[str]) -> str:
    """Words of which one is asked for: "a", "a or b", "a, b or c"."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def meant(name: str, known: Iterable[str]) -> str:
    """A tail for a message: what is `alike`, or the names there are, or nothing."""
    names = list(known)
    if close := alike(name, names):
        return close
    if not names:
        return ""
    more = ", ..." if len(names) > _SHOWN else ""
    return f"; there is {', '.join(names[:_SHOWN])}{more}"
