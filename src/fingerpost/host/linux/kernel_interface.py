"""An interface of the machine as its kernel tells it, and a change of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.forwarding.interface import Interface
from fingerpost.wire.mac import LENGTH, Mac

if TYPE_CHECKING:
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.addr import Prefix
    from fingerpost.host.linux.watch.told import LinkTold

# IFF_*, linux/if.h
_UP, _LOOPBACK, _POINT_TO_POINT = 0x1, 0x8, 0x10
_RUNNING, _MULTICAST, _LOWER_UP = 0x40, 0x1000, 0x10000
NO_MAC = Mac(bytes(LENGTH))


@dataclass(frozen=True, slots=True)
class KernelInterface:
    """One interface. `interface` is what a `Router` takes: it is up when it carries packets, and
    has the addresses that can be used; duplicate address detection is the kernel's.

    `is_enabled`: the administrator wants it up. `has_carrier`: the link works. `peers` are the
    networks at the other end where the kernel has them apart from the own address. An interface
    whose hardware address has not six octets has a MAC of zeros.
    """

    interface: Interface
    is_enabled: bool = True
    has_carrier: bool = True
    is_point_to_point: bool = False
    is_multicast: bool = True
    kind: str | None = None
    peers: tuple[Prefix, ...] = ()

    @property
    def name(self) -> str:
        """The name, which may change; `index` does not."""
        return self.interface.name

    @property
    def index(self) -> int:
        """The kernel's number."""
        return self.interface.index

    @property
    def is_up(self) -> bool:
        """Whether it carries packets."""
        return self.interface.is_up

    @property
    def addresses(self) -> tuple[InterfaceAddress, ...]:
        """The addresses that can be used."""
        return self.interface.addresses

    def reduced(self, *, is_up: bool, addresses: tuple[InterfaceAddress, ...]) -> KernelInterface:
        """The same with less."""
        return replace(self, interface=replace(self.interface, addresses=addresses, is_up=is_up))


@dataclass(frozen=True, slots=True)
class InterfaceChange:
    """An interface was like `before` and is like `after`; None: it is not there."""

    before: KernelInterface | None
    after: KernelInterface | None

    @property
    def happened(self) -> str | None:
        """`up`, `down` or `gone`, where it did not carry packets before, or does not any more."""
        if self.after is None:
            return "gone"
        was_up = self.before is not None and self.before.is_up
        if self.after.is_up == was_up:
            return None
        return "up" if self.after.is_up else "down"

    @property
    def detail(self) -> str:
        """What there is to say of it: why it carries nothing, or its addresses."""
        one = self.after
        if one is None:
            return "the machine has it no more"
        if not one.is_up:
            if not one.is_enabled:
                return "disabled by the administrator"
            return "no carrier" if not one.has_carrier else "not operational (RFC 2863)"
        return " ".join(map(str, one.addresses)) or "without addresses"

    @property
    def name(self) -> str:
        """The name; a new name is told as an interface that goes and another that comes."""
        known = self.after or self.before
        return known.name if known is not None else ""


def carries(link: LinkTold) -> bool:
    """Whether it is enabled, its carrier is there, and its state lets packets through.

    The state (RFC 2863 3.1.14) alone is not enough: of a link that was just made it is unknown,
    which passes for up.
    """
    wanted = _UP | _RUNNING | _LOWER_UP
    return link.flags & wanted == wanted


def interface_of(
    link: LinkTold, addresses: tuple[InterfaceAddress, ...], peers: tuple[Prefix, ...]
) -> KernelInterface:
    """Make one of what the kernel said."""
    flags = link.flags
    interface = Interface(
        link.name,
        link.index,
        Mac(link.hardware) if len(link.hardware) == LENGTH else NO_MAC,
        mtu=link.mtu,
        addresses=addresses,
        is_up=carries(link),
        is_loopback=bool(flags & _LOOPBACK),
        dad_transmits=0,
        speed=link.speed,
        is_point_to_point=bool(flags & _POINT_TO_POINT),
    )
    return KernelInterface(
        interface,
        is_enabled=bool(flags & _UP),
        has_carrier=bool(flags & _LOWER_UP),
        is_point_to_point=bool(flags & _POINT_TO_POINT),
        is_multicast=bool(flags & _MULTICAST),
        kind=link.kind,
        peers=peers,
    )
