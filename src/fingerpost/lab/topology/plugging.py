"""Which interface each end of a link is plugged into; bridges become LANs; links get names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.names import meant
from fingerpost.lab.model import EndKind
from fingerpost.lab.topology.draft import Draft, DraftEnd, DraftInterface, DraftLink

if TYPE_CHECKING:
    from fingerpost.lab.topology.draft import DraftNode

MACHINE = {"tap": EndKind.TAP, "host": EndKind.DEVICE}  # words before the name of a device


def plug(draft: Draft) -> None:
    """Check and name every end of every link, and make the interfaces that are missing."""
    _drop_lost_ends(draft)
    _refuse_loops(draft)
    _join_bridges(draft)
    taken = _take_named(draft)
    for at, link in enumerate(draft.links):
        for end in link.ends:
            if end.kind is EndKind.NODE:
                _plug_end(draft.nodes[end.node], end, at, taken[end.node])
    _name_links(draft)


def _drop_lost_ends(draft: Draft) -> None:
    kept = []
    for link in draft.links:
        lost = [
            end for end in link.ends if end.kind is EndKind.NODE and end.node not in draft.nodes
        ]
        for end in lost:
            said = f"no node {end.node!r}{meant(end.node, draft.nodes)}"
            draft.fault(end.path or link.path, said)
        if lost:
            draft.lost_links = True
        else:
            kept.append(link)
    draft.links = kept


def _refuse_loops(draft: Draft) -> None:
    for link in draft.links:
        ends = [end.node for end in link.ends if end.kind is EndKind.NODE]
        if len(link.ends) == 2 and len(ends) == 2 and ends[0] == ends[1]:
            draft.fault(link.path, f"links {ends[0]} to itself; a link has two nodes")


def _join_bridges(draft: Draft) -> None:
    bridges = [name for name, node in draft.nodes.items() if node.is_bridge]
    for name in bridges:
        arms = [link for link in draft.links if any(end.node == name for end in link.ends)]
        joined = DraftLink([], draft.nodes[name].path, name, mtu=_least_mtu(arms))
        for arm in arms:
            far = [end for end in arm.ends if end.node != name]
            if len(arm.ends) != 2 or len(far) != 1 or draft.nodes.get(far[0].node, _NONE).is_bridge:
                draft.fault(
                    arm.path, f"links bridge {name} to what is no single node; join it here"
                )
                continue
            far[0].quality = {**arm.quality, **far[0].quality}
            far[0].options = {**arm.options, **far[0].options}
            joined.ends.append(far[0])
            joined.prefixes += arm.prefixes
            joined.cost = max(joined.cost, arm.cost)
        draft.links = [link for link in draft.links if link not in arms]
        if len(joined.ends) > 1:
            draft.links.append(joined)
        elif not arms or joined.ends:
            draft.warn(joined.path, f"bridge {name} joins fewer than two nodes")


class _None:
    is_bridge = False


_NONE = _None()


def _least_mtu(arms: list[DraftLink]) -> int | None:
    return min((arm.mtu for arm in arms if arm.mtu is not None), default=None)


def _take_named(draft: Draft) -> dict[str, dict[str, int]]:
    """By node the interfaces that links name themselves; two links in one are a fault."""
    taken: dict[str, dict[str, int]] = {name: {} for name in draft.nodes}
    for at, link in enumerate(draft.links):
        for end in link.ends:
            if end.kind is not EndKind.NODE or end.interface is None:
                continue
            first = taken[end.node].setdefault(end.interface, at)
            is_twice = sum(e.node == end.node and e.interface == end.interface for e in link.ends)
            if first != at or is_twice > 1:
                place = (
                    f"line {draft.line(draft.links[first].path)}" if link.path else "another link"
                )
                said = f"{end.node}:{end.interface} is plugged into {place} already"
                draft.fault(end.path or link.path, said)
    return taken


def _plug_end(node: DraftNode, end: DraftEnd, link: int, taken: dict[str, int]) -> None:
    if end.interface is None:
        number = node.next_port
        while f"eth{number}" in taken:
            number += 1
        node.next_port = number + 1
        end.interface = f"eth{number}"
        taken[end.interface] = link
    interface = node.interfaces.get(end.interface)
    if interface is None:
        interface = DraftInterface(end.interface, end.path)
        interface.role, interface.reverse_path = node.role, node.reverse_path
        node.interfaces[end.interface] = interface
    interface.link = link
    interface.mac = end.mac or interface.mac
    interface.addresses += [one for one in end.addresses if one not in interface.addresses]


def _name_links(draft: Draft) -> None:
    """Give every link a name of its own: a-b, and a-b#1, a-b#2 where there are several."""
    given: dict[str, DraftLink] = {}
    wanted: dict[str, list[DraftLink]] = {}
    for link in draft.links:
        if link.name is None:
            nodes = [end.node or end.interface or "" for end in link.ends]
            pair = "-".join(nodes)
            back = "-".join(reversed(nodes))
            wanted.setdefault(back if back in wanted else pair, []).append(link)
        elif link.name in given:
            draft.fault(link.path, f"another link is named {link.name!r} already")
        else:
            given[link.name] = link
    for pair, links in wanted.items():
        if len(links) == 1 and pair not in given:
            links[0].name = pair
            given[pair] = links[0]
            continue
        number = 0
        for link in links:
            number += 1
            while f"{pair}#{number}" in given:
                number += 1
            link.name = f"{pair}#{number}"
            given[link.name] = link
