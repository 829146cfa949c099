"""Finding what a name means, and saying what may have been meant where it means nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fingerpost.lab.model import LinkSpec

LONGEST_NAME = 64  # characters of the name of a node, an interface or a link
_SHOWN = 6  # names listed in a message


def meant(name: str, known: Iterable[str]) -> str:
    """A tail for a message: "; did you mean 'x'?", or the names there are, or nothing."""
    names = list(known)
    close = get_close_matches(name, names[:5000], n=3, cutoff=0.6)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    if not names:
        return ""
    more = ", ..." if len(names) > _SHOWN else ""
    return f"; there is {', '.join(names[:_SHOWN])}{more}"


def names_of(link: LinkSpec) -> list[str]:
    """Every text that means this link: its name, its nodes in either order, each of its ends."""
    found = [link.name, *map(str, link.endpoints)]
    nodes = [end.node or end.interface for end in link.endpoints]
    if len(nodes) == 2:
        found += [f"{nodes[0]}-{nodes[1]}", f"{nodes[1]}-{nodes[0]}"]
    return found


def find_link(links: Sequence[LinkSpec], text: str) -> LinkSpec:
    """The one link that `text` names; `UsageError` where it names none or several.

    A text that is the name of a link means that link, whatever else it could mean.
    """
    found = [link for link in links if link.name == text]
    found = found or [link for link in links if text in names_of(link)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(link.name for link in found)
        raise UsageError(f"{text!r} means {len(found)} links; name one: {names}")
    raise UsageError(f"no link {text!r}{meant(text, (link.name for link in links))}")
