"""Messages with a checksum: a wrong one is a fault, but does not hide what the message says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from fingerpost.wire.dissect.span import Span

T_co = TypeVar("T_co", covariant=True)


class Decode(Protocol[T_co]):
    """A decoder that can leave the checksum unchecked."""

    def __call__(self, *, verify: bool) -> T_co:
        """Decode the message."""


def judged(span: Span, decode: Decode[T_co]) -> tuple[T_co | None, DecodeError | None]:
    """Give the message if it reads at all, and its fault, which may be the checksum only."""
    message, fault = span.try_(lambda: decode(verify=not span.is_cut))
    if fault is not None and fault.field == "checksum":
        message, worse = span.try_(lambda: decode(verify=False))
        fault = worse or fault
    return message, fault
