"""The interfaces of an instance: which are up, what they are told, which networks stand on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop
from fingerpost.protocol.events import InterfaceWentUp, JoinGroup, LeaveGroup, Output
from fingerpost.rip.interface import Link
from fingerpost.rip.route import Local, Origin
from fingerpost.rip.sequence import SequenceNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.protocol.events import AddressesChanged
    from fingerpost.rip.announcer import Announcer
    from fingerpost.rip.config import RipConfig, RipInterface
    from fingerpost.rip.dialect import Dialect
    from fingerpost.rip.table import RouteTable


class Links:
    """Interfaces by name. What the configuration does not name is remembered, and not spoken on."""

    def __init__(
        self,
        dialect: Dialect,
        table: RouteTable,
        announcer: Announcer,
        leave: Callable[[str], None],
        put: Callable[[Output], None],
    ) -> None:
        """None is up. `leave` hears of interfaces on which nobody is heard any more."""
        self.by_name: dict[str, Link] = {}
        self._dialect = dialect
        self._table = table
        self._announcer = announcer
        self._leave = leave
        self._put = put
        self._sequences = SequenceNumbers()
        self._known: dict[str, InterfaceWentUp] = {}
        self._own: frozenset[Address] = frozenset()

    def is_own(self, address: Address, link: Link) -> bool:
        """Whether a sender on a link is ourselves; a link-local address is of one link only."""
        return link.is_own(address) if address.is_link_local else address in self._own

    # ---- what happens to interfaces

    def went_up(self, event: InterfaceWentUp, now: int) -> None:
        """One carries packets, or what it is has changed."""
        self._known[event.name] = event
        config = self._table.config.interface(event.name)
        if config is not None:
            self._start(config, now)

    def went_down(self, name: str, now: int) -> None:
        """One carries nothing any more."""
        self._known.pop(name, None)
        self._stop(name, now)

    def addresses_changed(self, event: AddressesChanged, now: int) -> None:
        """One has other addresses."""
        known = self._known.get(event.name)
        if known is None:
            return
        self._known[event.name] = InterfaceWentUp(
            known.name, event.addresses, known.mtu, known.is_loopback
        )
        link = self.by_name.get(event.name)
        if link is not None and link.is_up:
            self._configure(link, link.config, now, had_source=link.has_source)

    def configure(self, config: RipConfig, now: int) -> None:
        """Leave the interfaces that a configuration does not name, begin on those that it does."""
        for name in [name for name in self.by_name if config.interface(name) is None]:
            if self._stop(name, now):
                self._put(LeaveGroup(name, self._dialect.group))
            del self.by_name[name]
        for interface in config.interfaces:
            if interface.name in self._known:
                link = self.by_name.get(interface.name)
                if link is not None and link.config.is_loopback != interface.is_loopback:
                    self._stop(interface.name, now)
                self._start(interface, now)

    # ---- what that means

    def _start(self, config: RipInterface, now: int) -> None:
        """Bring RIP up on an interface, or tell it what changed there."""
        link = self.by_name.get(config.name)
        if link is None:
            link = Link(config, self._dialect.family, sequences=self._sequences)
            self.by_name[config.name] = link
        was_up, link.is_up = link.is_up, True
        if not was_up and not (config.is_loopback or self._known[link.name].is_loopback):
            self._put(JoinGroup(link.name, self._dialect.group))
        self._configure(link, config, now, had_source=was_up and link.has_source)

    def _configure(self, link: Link, config: RipInterface, now: int, *, had_source: bool) -> None:
        """Take what is known of an interface, and begin to speak once there is a source."""
        known = self._known[link.name]
        link.config, link.mtu, link.addresses = config, known.mtu, known.addresses
        link.has_no_link = known.is_loopback
        self._tell_networks(link, now)
        if link.speaks and link.has_source and not had_source:
            self._announcer.start(link, now)

    def _stop(self, name: str, now: int) -> bool:
        """Take an interface down; whether it was up."""
        link = self.by_name.get(name)
        if link is None or not link.is_up:
            return False
        link.is_up = False
        link.addresses = ()
        self._announcer.stop(link)
        self._tell_networks(link, now)
        self._table.learned.lose(name, now)
        self._leave(name)
        return True

    def _tell_networks(self, link: Link, now: int) -> None:
        """Tell the networks of a link with its cost, and no others of it (RFC 2453 3.5)."""
        link.told = None
        self._own = frozenset(a.address for one in self.by_name.values() for a in one.addresses)
        key = f"connected {link.name}"
        networks = link.networks if link.is_up else []
        for prefix in self._table.own.said(key):
            if prefix not in networks:
                self._table.own.unsay(prefix, key, now)
        local = Local(Origin.CONNECTED, link.config.cost, next_hops=(NextHop(link.name),))
        for prefix in networks:
            self._table.own.say(prefix, key, local)
