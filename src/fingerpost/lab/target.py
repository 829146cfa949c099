"""What a text means that names something to fail: a link, one direction of it, or a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.names import meant
from fingerpost.errors import UsageError
from fingerpost.lab.names import find_link
from fingerpost.lab.timeline import LinkTarget, NodeTarget

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab


def target_of(lab: Lab, text: str) -> LinkTarget | NodeTarget:
    """The target that a lab file would mean by `text`: "a-b", "a->b" or "a".

    Raises `UsageError` where there is none, with the nearest names.
    """
    if text in lab.nodes:
        return NodeTarget(text)
    sender, arrow, receiver = text.replace("→", "->").partition("->")
    if arrow:
        link = find_link(lab.links, f"{sender.strip()}-{receiver.strip()}")
        return LinkTarget(link.name, sender.strip())
    try:
        return LinkTarget(find_link(lab.links, text).name)
    except UsageError as error:
        hint = meant(text, lab.nodes)
        if "did you mean" not in str(error) and "did you mean" in hint:
            raise UsageError(f"no link or node {text!r}{hint}") from None
        raise
