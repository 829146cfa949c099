"""Which links and nodes of a lab do not work at some moment, and what that does to interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.lab.model import EndKind
from fingerpost.lab.target import target_of
from fingerpost.lab.timeline import Fail, LinkTarget, NodeTarget, SetQuality

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab, LinkSpec


@dataclass(frozen=True, slots=True)
class Failures:
    """What is out of order: links, single directions of links as (link, node that sends), nodes.

    An interface is down when its link has failed, or the only other end of it belongs to a node
    that has. A direction that fails takes no interface down: nobody notices.
    """

    links: frozenset[str] = frozenset()
    directions: frozenset[tuple[str, str]] = frozenset()
    nodes: frozenset[str] = frozenset()

    @classmethod
    def named(cls, lab: Lab, texts: tuple[str, ...]) -> Failures:
        """Of links ("a-b", "a:eth1"), directions ("a->b") and nodes, as people name them.

        Raises `UsageError` for a name that means nothing, or several links.
        """
        failed = cls()
        for text in texts:
            failed = failed.with_change(Fail(0, target_of(lab, text)))
        return failed

    @classmethod
    def at(cls, lab: Lab, instant_ns: int) -> Failures:
        """What the timeline of a lab has made of it when everything up to `instant_ns` is done."""
        failed = cls()
        for change in lab.timeline:
            if change.at_ns <= instant_ns and not isinstance(change, SetQuality):
                failed = failed.with_change(change)
        return failed

    def with_change(self, change: object) -> Failures:
        """After one `Fail` or `Restore`; restoring a link restores both of its directions."""
        links, directions, nodes = set(self.links), set(self.directions), set(self.nodes)
        fails = isinstance(change, Fail)
        match getattr(change, "target", None):
            case NodeTarget(node):
                (nodes.add if fails else nodes.discard)(node)
            case LinkTarget(link, None):
                (links.add if fails else links.discard)(link)
                if not fails:
                    directions = {one for one in directions if one[0] != link}
            case LinkTarget(link, leaving):
                (directions.add if fails else directions.discard)((link, str(leaving)))
        return Failures(frozenset(links), frozenset(directions), frozenset(nodes))

    def __bool__(self) -> bool:
        """Whether anything is out of order."""
        return bool(self.links or self.directions or self.nodes)

    def is_dead(self, link: LinkSpec, node: str) -> bool:
        """Whether the interface of `node` on `link` is down."""
        if link.name in self.links or node in self.nodes:
            return True
        others = [end for end in link.endpoints if end.node != node or end.kind is not EndKind.NODE]
        return len(others) == 1 and others[0].node in self.nodes

    def carries(self, link: LinkSpec, sender: str, receiver: str) -> bool:
        """Whether a frame gets from one node to another over a link."""
        return not (
            self.is_dead(link, sender)
            or self.is_dead(link, receiver)
            or (link.name, sender) in self.directions
        )


NONE = Failures()
