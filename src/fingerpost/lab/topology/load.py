"""Reading a description of a network, whatever its format: the content decides, never the name."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fingerpost.config.faults import Fault
from fingerpost.errors import UsageError
from fingerpost.lab.topology.build import build
from fingerpost.lab.topology.faults import TopologyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.lab.model import Lab
    from fingerpost.lab.topology.draft import Draft

LARGEST = 64 * 1024 * 1024  # bytes; the largest data sets have a few
TOPOHUB = "topohub:"


def load(source: str | os.PathLike[str], *, routing: str | Sequence[str] | None = None) -> Lab:
    """The network that a file describes, or a topology of the package topohub by its name.

    Files: lab.yaml, containerlab, netlab, GraphML (Topology Zoo, yEd), NetJSON, node-link JSON, AS
    relationships, link weights. "topohub:sndlib/germany50" needs `pip install topohub`. `routing`:
    in place of what the file says for all: "shortest", "none", or protocols.

    Raises `TopologyError` with every fault of the file, `OSError` where it cannot be read,
    `UsageError` where topohub is missing or has no such topology.
    """
    name = os.fspath(source)
    if name.startswith(TOPOHUB):
        return build(_routed(_from_topohub(name), routing))
    path = Path(source)
    if path.stat().st_size > LARGEST:
        raise TopologyError(name, [Fault(0, "", f"larger than {LARGEST:,} bytes")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"byte {error.start:,} is no UTF-8; a description is text"
        raise TopologyError(name, [Fault(0, "", said)]) from None
    return loads(text, name, routing=routing)


def loads(
    text: str, source: str = "lab.yaml", *, routing: str | Sequence[str] | None = None
) -> Lab:
    """The network that a text describes; `source` is what messages call it."""
    return build(_routed(_draft(text, source), routing))


def _routed(draft: Draft, routing: str | Sequence[str] | None) -> Draft:
    if routing is None:
        return draft
    from fingerpost.lab.topology.fields import routing as read

    words = routing if isinstance(routing, str) else list(routing)
    try:
        draft.routing = read(words)
    except ValueError as error:
        raise UsageError(f"routing {routing!r}: {error}") from None
    return draft


def _draft(text: str, source: str) -> Draft:
    start = text.lstrip()[:1]
    if start == "<":
        from fingerpost.lab.topology.formats import graphml

        return graphml.read(text, source).draft(source)
    if start == "{":
        from fingerpost.lab.topology.formats import json_graphs

        if (graph := json_graphs.read(text, source)) is not None:
            return graph.draft(source)
    from fingerpost.lab.topology.formats import lines

    if lines.is_relations(text):
        return lines.relations(text, source).draft(source)
    if lines.is_weights(text):
        return lines.weights(text, source).draft(source)
    return _from_yaml(text, source)


def _from_yaml(text: str, source: str) -> Draft:
    from fingerpost.config import yaml_tree
    from fingerpost.lab.topology import lab_file
    from fingerpost.lab.topology.formats import netlab

    tree = yaml_tree.read(text, source, TopologyError)
    if netlab.is_netlab(tree.value):
        return netlab.read(tree, source).draft(source)
    return lab_file.draft_of(tree, source)


def _from_topohub(name: str) -> Draft:
    from fingerpost.lab.topology.formats import json_graphs

    try:
        topohub = importlib.import_module("topohub")  # no stubs
    except ImportError:
        raise UsageError(f"{name} comes with the package topohub: pip install topohub") from None
    key = name.removeprefix(TOPOHUB)
    try:
        value = topohub.get(key)
    except (KeyError, OSError, ValueError):
        said = "names are like sndlib/germany50, topozoo/Abilene, gabriel/25/0"
        raise UsageError(f"topohub has no topology {key!r}; {said}") from None
    return json_graphs.node_link(value, name).draft(name)
