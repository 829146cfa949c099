"""Finding the link that a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.names import meant
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.lab.model import LinkSpec


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
