"""Fields that stand several times one behind the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field

if TYPE_CHECKING:
    from collections.abc import Callable


def rows(
    packet: bytes,
    start: int,
    end: int,
    layout: Layout,
    name: str,
    text: Callable[[dict[str, Field]], str],
) -> list[Field]:
    """Give one field a row of a fixed layout, as many as are there in full; `text` sums it up."""
    found = []
    for at in range(start, end - layout.size + 1, layout.size):
        inner = tuple(layout.read(packet, at, end))
        said = text({field.name: field for field in inner})
        found.append(Field(name, said, said, at, layout.size, inner))
    return found


def singles(packet: bytes, start: int, end: int, layout: Layout) -> list[Field]:
    """Give the fields of a layout over and over."""
    found = []
    for at in range(start, end - layout.size + 1, layout.size):
        found += layout.read(packet, at, end)
    return found


def left_over(packet: bytes, start: int, end: int, name: str = "bytes") -> list[Field]:
    """Give what is left as bytes, where something is."""
    return [octets_field(name, packet, start, end)] if start < end else []
