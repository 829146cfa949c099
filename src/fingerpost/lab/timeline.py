"""What happens to a lab while it runs: links and nodes fail and come back, qualities change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """A link, or the one direction of it that leaves the node `leaving`."""

    link: str
    leaving: str | None = None


@dataclass(frozen=True, slots=True)
class NodeTarget:
    """A node with all its interfaces."""

    node: str


@dataclass(frozen=True, slots=True)
class Fail:
    """At `at_ns` the target stops working: a link carries nothing, a node is switched off."""

    at_ns: int
    target: LinkTarget | NodeTarget


@dataclass(frozen=True, slots=True)
class Restore:
    """At `at_ns` the target works again."""

    at_ns: int
    target: LinkTarget | NodeTarget


@dataclass(frozen=True, slots=True)
class SetQuality:
    """At `at_ns` some fields of a link's `Quality` change; apply with `LinkSpec.with_quality`."""

    at_ns: int
    target: LinkTarget
    changes: Mapping[str, int | float | None] = field(default_factory=dict)


Change = Fail | Restore | SetQuality
