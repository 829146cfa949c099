"""How a layer is written again around what it carries: values, so that a dissection can be kept.

A layer that held a function made on the spot could be neither pickled nor copied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.wire.ethernet import Ethernet
    from fingerpost.wire.icmpv6 import Icmpv6Message
    from fingerpost.wire.ipv4 import Ipv4
    from fingerpost.wire.ipv6 import Ipv6
    from fingerpost.wire.tcp import Tcp
    from fingerpost.wire.udp import Udp


class Encodes(Protocol):
    """What writes itself."""

    def encode(self) -> bytes:
        """Give its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Around:
    """A header that holds its payload."""

    header: Ethernet | Ipv4 | Ipv6

    def __call__(self, inner: bytes) -> bytes:
        """Give the header with `inner` for its payload."""
        return replace(self.header, payload=inner).encode()


@dataclass(frozen=True, slots=True)
class AroundWithEnds:
    """A header that holds its payload, and whose checksum covers the addresses of the packet."""

    header: Tcp | Udp
    source: Address
    destination: Address

    def __call__(self, inner: bytes) -> bytes:
        """Give the header with `inner` for its payload."""
        return replace(self.header, payload=inner).encode(self.source, self.destination)


@dataclass(frozen=True, slots=True)
class InFront:
    """A header that knows nothing of what follows it."""

    header: Encodes

    def __call__(self, inner: bytes) -> bytes:
        """Give the header and `inner` behind it."""
        return self.header.encode() + inner


@dataclass(frozen=True, slots=True)
class Alone:
    """A message that holds all that it carries, a quoted packet too."""

    message: Encodes

    def __call__(self, _: bytes) -> bytes:
        """Give the message as it is."""
        return self.message.encode()


@dataclass(frozen=True, slots=True)
class AloneWithEnds:
    """A message whose checksum covers the addresses of the packet."""

    message: Icmpv6Message
    source: Address
    destination: Address

    def __call__(self, _: bytes) -> bytes:
        """Give the message as it is."""
        return self.message.encode(self.source, self.destination)
