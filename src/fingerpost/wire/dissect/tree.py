"""What a dissection is made of: layers, one inside the other, and their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.errors import DecodeError

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layer: where it stands, what is there, and how people write it.

    `offset` and `size` are bytes of the whole packet; a field of a few bits names the bytes that
    hold them. `value` is what JSON can say: bytes are hex digits, addresses their text.
    """

    name: str
    value: Plain
    text: str
    offset: int
    size: int
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """One format of a packet, with its fields, and the layer that it carries.

    `offset` and `end` are bytes of the whole packet, what it carries included. `value` is what a
    decoder gave (an `Ipv4`, say), None where it gave nothing. With a `fault` value and fields are
    what could be read all the same. `rebuild` gives the layer's bytes around what it carries; None
    where they are only to be copied.
    """

    protocol: str
    summary: str
    offset: int
    end: int
    fields: tuple[Field, ...] = ()
    payload: Layer | None = None
    value: object = None
    fault: DecodeError | None = None
    rebuild: Callable[[bytes], bytes] | None = None

    def reencode(self, packet: bytes) -> bytes:
        """Give the bytes of this layer and all in it, as the encoders write them."""
        if self.payload is None:
            return packet[self.offset : self.end] if self.rebuild is None else self.rebuild(b"")
        inner = self.payload.reencode(packet) + packet[self.payload.end : self.end]
        if self.rebuild is None:
            return packet[self.offset : self.payload.offset] + inner
        return self.rebuild(inner)


@dataclass(frozen=True, slots=True)
class Dissection:
    """A packet taken apart: the outermost layer, and through it all others."""

    packet: bytes
    layer: Layer

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers from the outermost in, those of a quoted packet too."""
        return tuple(_chain(self.layer))

    @property
    def fault(self) -> DecodeError | None:
        """The outermost fault, None where there is none."""
        return next((layer.fault for layer in self.layers if layer.fault is not None), None)

    def reencode(self) -> bytes:
        """Give the packet as the encoders write what the decoders read.

        Checksums, lengths and reserved fields are made anew, also those that are at fault. What did
        not decode, what is cut and what nobody knows is copied. Raises `UsageError` for what
        decodes and may not be sent, such as UDP over IPv6 without checksum.
        """
        return self.layer.reencode(self.packet)


def _chain(layer: Layer | None) -> Iterator[Layer]:
    while layer is not None:
        yield layer
        layer = layer.payload
