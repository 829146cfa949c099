"""Addresses that a host makes itself of advertised prefixes (RFC 4862 5.5.3, 5.5.4).

The interface identifier is that of RFC 4291 appendix A, made of the station's address, so it is the
same in every run. An address is added with the length 128: that it was made of a prefix says
nothing about what else is on the link (RFC 5942 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.durations import HOUR, SECOND
from fingerpost.forwarding.events import AddAddress, Happened, RemoveAddress
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.wire.nd.options import FOREVER

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.wire.nd import PrefixInformation

IDENTIFIER_BITS = 64  # RFC 2464 4
TWO_HOURS_NS = 2 * HOUR
_MOST = 16  # addresses of one interface


@dataclass(slots=True)
class Made:
    """An address that was made: until when it is preferred and valid; None for ever."""

    preferred_until: int | None
    valid_until: int | None
    is_deprecated: bool = False


class Autoconf:
    """The addresses that a host has made, by interface and address."""

    def __init__(self) -> None:
        """None yet."""
        self._made: dict[tuple[str, Address], Made] = {}
        self._timers: Timers[tuple[str, Address]] = Timers()

    def receive(
        self, interface: Interface, option: PrefixInformation, now: int, out: list[Output]
    ) -> None:
        """Take a prefix information option, by the letters of RFC 4862 5.5.3."""
        if not option.autonomous or option.prefix.network.is_link_local:  # a, b
            return
        if option.preferred_s > option.valid_s:  # c
            detail = f"{option.prefix} is preferred for longer than it is valid"
            out.append(Happened("bad router advertisement", interface.name, detail))
            return
        if option.length + IDENTIFIER_BITS != 128:  # d
            return
        address = Address.from_eui64(option.prefix, interface.mac)
        made = self._made.get((interface.name, address))
        if made is None:
            self._make(interface, address, option, now, out)
        else:
            self._renew(interface, address, made, option, now, out)

    def is_deprecated(self, interface: str, address: Address) -> bool:
        """Whether new connections should not use an address (5.5.4)."""
        made = self._made.get((interface, address))
        return made is not None and made.is_deprecated

    def next_deadline(self) -> int | None:
        """When the next lifetime ends."""
        return self._timers.next_deadline()

    def advance(self, now: int, out: list[Output]) -> None:
        """End the lifetimes that are over (5.5.4)."""
        while (key := self._timers.take(now)) is not None:
            self._age(key, now, out)

    def _make(
        self,
        interface: Interface,
        address: Address,
        option: PrefixInformation,
        now: int,
        out: list[Output],
    ) -> None:
        mine = sum(1 for name, _ in self._made if name == interface.name)
        is_configured = any(own.address == address for own in interface.addresses)
        if not option.valid_s or is_configured or mine >= _MOST:
            return
        key = (interface.name, address)
        self._made[key] = Made(_until(option.preferred_s, now), _until(option.valid_s, now))
        out.append(AddAddress(interface.name, InterfaceAddress(address, 128)))
        self._age(key, now, out)

    def _renew(
        self,
        interface: Interface,
        address: Address,
        made: Made,
        option: PrefixInformation,
        now: int,
        out: list[Output],
    ) -> None:
        """5.5.3 e: nobody ends an address of another in less than two hours."""
        made.preferred_until = _until(option.preferred_s, now)
        offered = _until(option.valid_s, now)
        left = made.valid_until
        if offered is None or offered - now > TWO_HOURS_NS or (left is not None and offered > left):
            made.valid_until = offered
        elif left is None or left - now > TWO_HOURS_NS:
            made.valid_until = now + TWO_HOURS_NS
        self._age((interface.name, address), now, out)

    def _age(self, key: tuple[str, Address], now: int, out: list[Output]) -> None:
        """Do what the lifetimes of an address ask for now, and wait for the next."""
        made = self._made[key]
        if made.valid_until is not None and made.valid_until <= now:
            del self._made[key]
            self._timers.stop(key)
            out.append(RemoveAddress(key[0], InterfaceAddress(key[1], 128)))
            return
        is_over = made.preferred_until is not None and made.preferred_until <= now
        if is_over and not made.is_deprecated:
            detail = f"{key[1]} is deprecated: new connections do not use it"
            out.append(Happened("address deprecated", key[0], detail, key[1]))
        made.is_deprecated = is_over
        ends = made.valid_until if is_over else made.preferred_until
        if ends is None:
            ends = made.valid_until
        if ends is None:
            self._timers.stop(key)
        else:
            self._timers.start(key, ends)


def _until(lifetime_s: int, now: int) -> int | None:
    return None if lifetime_s == FOREVER else now + lifetime_s * SECOND
