"""The nodes and links of a netlab topology (netlab.tools): names, LANs, costs; nothing else.

Links are `a-b`, `a-b-c`, a mapping with the nodes as keys, or one with `interfaces:`.
"""

from __future__ import annotations

from typing import Any

from fingerpost.config.faults import Fault, Path, dotted, shown
from fingerpost.config.yaml_tree import Tree
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.formats.graph import Graph, GraphEdge, GraphNode, finite

_SIGNS = ("provider", "module", "defaults.device", "defaults", "plugin", "addressing", "groups")


def is_netlab(value: object) -> bool:
    """Whether a YAML document is a netlab topology and not a lab with its `topology:` missing."""
    if not isinstance(value, dict) or "topology" in value or "nodes" not in value:
        return False
    links = value.get("links")
    has_texts = isinstance(links, list) and any(isinstance(link, str) for link in links)
    has_sign = any(sign in value for sign in _SIGNS)
    return isinstance(value["nodes"], list) or has_texts or has_sign


def read(tree: Tree, source: str) -> Graph:
    """The graph of a netlab topology; raises `TopologyError` for a link that cannot be read."""
    value: dict[str, Any] = tree.value
    graph = Graph(str(value.get("name") or "lab"))
    nodes = _several(tree, value["nodes"], "nodes", source)
    entries: dict[str, Any] = {}
    if isinstance(nodes, dict):
        entries = nodes
    else:
        for at, node in enumerate(nodes):
            entries[_name(tree, node, ("nodes", at), source)] = node
    for name, entry in entries.items():
        role = entry.get("role") if isinstance(entry, dict) else None
        graph.nodes.append(GraphNode(name, "", kind="host" if role == "host" else "router"))
    links = _several(tree, value.get("links"), "links", source)
    items = links.items() if isinstance(links, dict) else enumerate(links)
    for at, link in items:
        graph.edges.append(_edge(tree, link, entries, ("links", at), source))
    passed = sorted(set(value) - {"name", "nodes", "links"})
    if passed:
        graph.warnings.append(
            f"passed over, as it means something to netlab only: {', '.join(passed)}"
        )
    return graph


def _several(tree: Tree, value: object, field: str, source: str) -> Any:  # noqa: ANN401 - YAML
    if value is not None and not isinstance(value, dict | list):
        raise _refused(tree, (field,), f"{shown(value)}: write a list, or a mapping", source)
    return value or []


def _name(tree: Tree, node: object, path: Path, source: str) -> str:
    name = node.get("name") if isinstance(node, dict) else node
    if not isinstance(name, str | int):
        raise _refused(tree, path, f"{shown(node)}: write the name of a node", source)
    return str(name)


def _edge(tree: Tree, link: object, nodes: dict[str, Any], path: Path, source: str) -> GraphEdge:
    cost = 1.0
    if isinstance(link, str):
        ends = [part.strip() for part in link.split("-")]
    elif isinstance(link, dict):
        found = link.get("interfaces")
        if isinstance(found, list):
            ends = [str(one.get("node")) if isinstance(one, dict) else str(one) for one in found]
        else:
            ends = [name for name in link if name in nodes]
        ospf = link.get("ospf")
        given = ospf.get("cost") if isinstance(ospf, dict) else link.get("cost")
        cost = finite(given) or 1.0
    else:
        ends = []
    unknown = [end for end in ends if end not in nodes]
    if len(ends) < 2 or unknown:
        what = f"no node {unknown[0]!r}" if unknown else "write a-b"
        raise _refused(tree, path, f"{shown(link)}: {what}", source)
    return GraphEdge(tuple(ends), cost)


def _refused(tree: Tree, path: Path, message: str, source: str) -> TopologyError:
    return TopologyError(source, [Fault(tree.line(path), dotted(path), message)])
