"""The timeline and the expectations of a lab file: texts become values, names are checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.config.names import meant
from fingerpost.errors import AddressError, UsageError
from fingerpost.lab.expectation import (
    LostAtMost,
    Moment,
    NoLoop,
    PathTaken,
    Reachable,
    RouteHeld,
    RouteMissing,
    Unreachable,
)
from fingerpost.lab.names import find_link
from fingerpost.lab.timeline import Change, Fail, LinkTarget, NodeTarget, Restore, SetQuality
from fingerpost.lab.topology.quality import quality_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.config.faults import Path
    from fingerpost.lab.expectation import Expectation
    from fingerpost.lab.model import LinkSpec
    from fingerpost.lab.topology.draft import Draft
    from fingerpost.lab.topology.expect_schema import ExpectEntry
    from fingerpost.lab.topology.schema import SetEntry, TimelineEntry

_ARROW = re.compile(r"\s*(?:->|→)\s*")
_LOST = re.compile(r"at most ([0-9]{1,9}) packets? from (\S+) to (\S+)", re.ASCII)
_WANTED = ("reachable", "unreachable", "path", "lost", "no_loop", "route", "no_route")


class Happenings:
    """Resolves what a file says about time against the links that were built from it."""

    def __init__(self, draft: Draft, links: Sequence[LinkSpec]) -> None:
        """`draft` takes the faults."""
        self._draft, self._links = draft, links

    # -- timeline ------------------------------------------------------------------------------

    def timeline(self) -> tuple[Change, ...]:
        """Every change, by time; those of one instant in the order of the file."""
        found: list[Change] = []
        for at, entry in enumerate(self._draft.timeline):
            if entry is not None:
                found += self._changes(entry, ("timeline", at))
        return tuple(sorted(found, key=lambda change: change.at_ns))

    def _changes(self, entry: TimelineEntry, path: Path) -> list[Change]:
        if not (entry.fail or entry.restore or entry.set):
            self._draft.fault(path, "nothing happens here; write fail:, restore: or set:")
        found: list[Change] = []
        for kind, texts, field in ((Fail, entry.fail, "fail"), (Restore, entry.restore, "restore")):
            for text in texts:
                target = self._target(text, (*path, field))
                if target is not None:
                    found.append(kind(entry.at, target))
        if entry.set is not None and (change := self._set(entry.at, entry.set, (*path, "set"))):
            found.append(change)
        return found

    def _target(self, text: str, path: Path) -> LinkTarget | NodeTarget | None:
        if text in self._draft.nodes and not self._draft.nodes[text].is_bridge:
            return NodeTarget(text)
        ends = _ARROW.split(text)
        if len(ends) == 2:
            link = self._link(f"{ends[0]}-{ends[1]}", path)
            return LinkTarget(link.name, ends[0]) if link is not None else None
        link = self._link(text, path, or_node=True)
        return LinkTarget(link.name) if link is not None else None

    def _link(self, text: str, path: Path, *, or_node: bool = False) -> LinkSpec | None:
        try:
            return find_link(self._links, text)
        except UsageError as error:
            hint = meant(text, self._draft.nodes)
            if not self._draft.lost_links:
                is_close = or_node and "did you mean" in hint
                self._draft.fault(
                    path, f"no node or link {text!r}{hint}" if is_close else str(error)
                )
            return None

    def _set(self, at_ns: int, entry: SetEntry, path: Path) -> SetQuality | None:
        link = self._link(entry.link, (*path, "link"))
        changes = quality_changes(entry)
        if not changes:
            self._draft.fault(path, "nothing changes; write delay:, loss:, bandwidth: or another")
        if link is None:
            return None
        if entry.from_ is not None and entry.from_ not in link.nodes:
            said = f"{entry.from_} is no end of {link.name}{meant(entry.from_, link.nodes)}"
            self._draft.fault((*path, "from"), said)
            return None
        return SetQuality(at_ns, LinkTarget(link.name, entry.from_), changes)

    # -- expectations --------------------------------------------------------------------------

    def expectations(self) -> tuple[Expectation, ...]:
        """Every expectation, in the order of the file."""
        found = [
            self._expectation(entry, ("expect", at))
            for at, entry in enumerate(self._draft.expectations)
            if entry is not None
        ]
        return tuple(one for one in found if one is not None)

    def _expectation(self, entry: ExpectEntry, path: Path) -> Expectation | None:
        given = [name for name in _WANTED if getattr(entry, name) not in (None, False)]
        if len(given) != 1:
            names = ", ".join(name.replace("_", " ") for name in _WANTED)
            self._draft.fault(path, f"expects {len(given) or 'no'} things; write one of {names}")
            return None
        if entry.every is not None and given[0] != "lost":
            self._draft.fault((*path, "every"), "goes with lost: only")
        if entry.at is not None and entry.after is not None and given[0] != "lost":
            said = "goes with lost: only where there is after: too; keep at: or after:"
            self._draft.fault((*path, "at"), said)
        moment = Moment(entry.at, entry.after, self._draft.line(path))
        if given[0] == "no_loop":
            return NoLoop(moment)
        place = (*path, given[0].replace("_", " "))
        if given[0] == "lost":
            return self._lost(entry, place, moment)
        if given[0] in ("route", "no_route"):
            return self._route(entry, place, moment)
        nodes = tuple(_ARROW.split(str(getattr(entry, given[0])).strip()))
        if given[0] == "path":
            return self._path(nodes, place, moment)
        if len(nodes) != 2:
            self._draft.fault(place, f"{nodes[0] if len(nodes) == 1 else nodes!r}: write a -> z")
            return None
        if not self._are_ends(nodes[0], nodes[1], place):
            return None
        kind = Reachable if given[0] == "reachable" else Unreachable
        return kind(nodes[0], nodes[1], moment)

    def _path(self, nodes: tuple[str, ...], path: Path, moment: Moment) -> PathTaken | None:
        if len(nodes) < 2:
            self._draft.fault(path, f"{nodes[0]!r}: write a -> b -> z")
            return None
        unknown = [name for name in nodes if not self._is_node(name, path)]
        return None if unknown else PathTaken(nodes, moment)

    def _lost(self, entry: ExpectEntry, path: Path, moment: Moment) -> LostAtMost | None:
        match = _LOST.fullmatch(" ".join(str(entry.lost).split()))
        if match is None:
            self._draft.fault(path, f"{entry.lost!r}: write at most 5 packets from a to z")
            return None
        if not self._are_ends(match[2], match[3], path):
            return None
        every = {} if entry.every is None else {"every_ns": entry.every}
        if entry.every == 0:
            self._draft.fault((*path[:-1], "every"), "packets need time between them; write 100ms")
        return LostAtMost(int(match[1]), match[2], match[3], **every, moment=moment)

    def _route(
        self, entry: ExpectEntry, path: Path, moment: Moment
    ) -> RouteHeld | RouteMissing | None:
        route = entry.route if entry.no_route is None else entry.no_route
        assert route is not None  # one of them was given
        target = route.prefix if route.to is None else route.to
        if target is None or (route.to is not None and route.prefix is not None):
            self._draft.fault(path, "where to? write one of to: and prefix:")
            return None
        places = [self._is_node(route.node, path), self._is_place(target, path)]
        places += [self._is_node_or_address(one, path) for one in route.via or ()]
        if not all(places):
            return None
        if entry.no_route is None:
            via = None if route.via is None else tuple(route.via)
            return RouteHeld(route.node, target, via, route.metric, route.protocol, moment)
        if (route.via, route.metric, route.protocol) != (None, None, None):
            self._draft.fault(path, f"there is to be none; write {route.node} -> {target}")
        return RouteMissing(route.node, target, moment)

    def _is_place(self, text: str, path: Path) -> bool:
        """Whether a text is a prefix, an address or a node; a fault says why not."""
        if "/" not in text:
            return self._is_node_or_address(text, path)
        try:
            Prefix(text, strict=True)
        except AddressError as error:
            self._draft.fault(path, str(error))
            return False
        return True

    def _is_node_or_address(self, text: str, path: Path) -> bool:
        try:
            Address(text)
        except AddressError:
            return self._is_node(text, path)
        return True

    def _are_ends(self, source: str, destination: str, path: Path) -> bool:
        is_source = self._is_node(source, path)
        return self._is_node_or_address(destination, path) and is_source

    def _is_node(self, name: str, path: Path) -> bool:
        node = self._draft.nodes.get(name)
        if node is None or node.is_bridge:
            self._draft.fault(path, f"no node {name!r}{meant(name, self._draft.nodes)}")
        return node is not None and not node.is_bridge
