"""The part of a packet that one dissector takes apart, and what it must know of the outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import DecodeError
from fingerpost.wire.dissect.layout import Layout, octets_field
from fingerpost.wire.dissect.tree import Field, Layer

if TYPE_CHECKING:
    from typing import TypeVar

    from fingerpost.addr import Address
    from fingerpost.wire.dissect.registry import Dissectors

    T = TypeVar("T")

DEEPEST = 24  # layers; what is deeper is data. Tunnels in tunnels could go on to no end.


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end` of a packet.

    `is_cut`: the bytes may end before their format does, as in a quote or a short capture; then
    nothing is a fault. `source` and `destination` are those of the IP header
    outside, `carrier` the layer that this one stands in.
    """

    packet: bytes
    start: int
    end: int
    dissectors: Dissectors
    is_cut: bool = False
    source: Address | None = None
    destination: Address | None = None
    carrier: str = ""
    depth: int = 0

    @property
    def data(self) -> bytes:
        """The bytes."""
        return self.packet[self.start : self.end]

    def fields(self, layout: Layout) -> list[Field]:
        """Give the fields of a header at the beginning, as far as they are there."""
        return layout.read(self.packet, self.start, self.end)

    def try_(self, decode: Callable[[], T]) -> tuple[T | None, DecodeError | None]:
        """Give what a decoder makes of the bytes, or its fault; in a cut span neither."""
        try:
            return decode(), None
        except DecodeError as fault:
            return None, None if self.is_cut else fault

    def inside(
        self,
        start: int,
        end: int | None = None,
        *,
        carrier: str,
        is_cut: bool | None = None,
        source: Address | None = None,
        destination: Address | None = None,
    ) -> Span:
        """Give the span of what this layer carries; what is not said stays as it is."""
        return replace(
            self,
            start=min(start, self.end),
            end=self.end if end is None else min(end, self.end),
            carrier=carrier,
            is_cut=self.is_cut if is_cut is None else is_cut,
            source=source or self.source,
            destination=destination or self.destination,
            depth=self.depth + 1,
        )

    def by(self, table: Mapping[int, Dissector], key: int) -> Layer | None:
        """Let whoever has registered for `key` take this span apart; None for nothing to take."""
        if self.start >= self.end:
            return None
        return self.take(table.get(key, data_layer))

    def take(self, dissector: Dissector) -> Layer:
        """Let a dissector take this span apart; its fault stays in its layer."""
        if self.depth > DEEPEST:
            return data_layer(self)
        try:
            return dissector(self)
        except DecodeError as fault:
            seen = None if self.is_cut else fault
            return replace(data_layer(self), protocol=fault.layer or "data", fault=seen)


Dissector: TypeAlias = "Callable[[Span], Layer]"


def data_layer(span: Span) -> Layer:
    """Give bytes that nobody knows as a layer."""
    field = octets_field("bytes", span.packet, span.start, span.end)
    return Layer("data", f"{span.end - span.start} bytes", span.start, span.end, (field,))
