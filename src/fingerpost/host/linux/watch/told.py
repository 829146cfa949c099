"""What one message of the kernel says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.addr import Interface as InterfaceAddress


@dataclass(frozen=True, slots=True)
class LinkTold:
    """An interface is there and is like this. `hardware` may have any length, none included.

    `speed` is not in the kernel's message: who reads it asks the driver.
    """

    index: int
    name: str
    flags: int  # IFF_*, netdevice(7)
    mtu: int
    hardware: bytes
    kind: str | None  # "veth", "bridge"; None for what no driver made on request
    speed: int | None = None  # bit/s


@dataclass(frozen=True, slots=True)
class LinkGone:
    """An interface is not there any more."""

    index: int


@dataclass(frozen=True, slots=True)
class AddressTold:
    """An interface has an address. `peer`: the network at the other end, where it is another."""

    index: int
    address: InterfaceAddress
    peer: Prefix | None
    is_secondary: bool
    is_usable: bool  # neither being checked for a duplicate nor found to be one (RFC 4862 5.4)

    @property
    def key(self) -> tuple[Address, int, Prefix | None]:
        """What the kernel tells addresses of one interface apart by."""
        return (self.address.address, self.address.length, self.peer)


@dataclass(frozen=True, slots=True)
class AddressGone:
    """An interface has not this address any more; what it was like does not matter."""

    told: AddressTold


@dataclass(frozen=True, slots=True)
class DumpDone:
    """The answer to a request for everything is complete. `is_torn`: it changed meanwhile."""

    sequence: int
    is_torn: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The kernel refused a request, with an error of errno(3)."""

    sequence: int
    error: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that could not be read, and why."""

    reason: str


Told: TypeAlias = LinkTold | LinkGone | AddressTold | AddressGone | DumpDone | Refused | Unread
