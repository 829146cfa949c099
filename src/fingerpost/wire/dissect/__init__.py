"""A packet as a tree: layers with named fields, their offsets, and a form for people.

`dissect(data, linktype)` never fails. The decoders of `fingerpost.wire` judge each layer; where one
refuses, the tree keeps the layers outside and what could be read of this one, and names the fault.
What a layer carries is found in the tables of a `Dissectors`, into which later protocols plug.
ICMP errors carry the packet that they quote, which may be cut anywhere.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.links import guess_link
from fingerpost.wire.dissect.registry import Dissectors, standard
from fingerpost.wire.dissect.span import Span, data_layer
from fingerpost.wire.dissect.tree import Dissection, Field, Layer

if TYPE_CHECKING:
    from typing_extensions import Buffer

_standard = cache(standard)


def dissect(
    data: Buffer,
    linktype: int = 1,
    *,
    is_cut: bool = False,
    dissectors: Dissectors | None = None,
) -> Dissection:
    """Take a packet apart from its link header on; the default link type is Ethernet.

    `is_cut` says that the capture ended before the packet did; then lengths and checksums are not
    judged. A link type that nobody knows gives a layer of data.
    """
    packet = data if type(data) is bytes else bytes(data)
    tables = _standard() if dissectors is None else dissectors
    span = Span(packet, 0, len(packet), tables, is_cut)
    return Dissection(packet, span.take(tables.link.get(linktype, data_layer)))


__all__ = [
    "Dissection",
    "Dissectors",
    "Field",
    "Layer",
    "Layout",
    "Span",
    "data_layer",
    "dissect",
    "guess_link",
    "standard",
]
