"""Router discovery of a host: it asks for routers, and heeds what they say (RFC 4861 6.3).

It runs on interfaces that are told to configure themselves, of nodes that do not forward. Asking
begins when the link-local address is ours; the random delay that 6.3.7 wants before it has then
passed already, unless addresses are not checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.forwarding.durations import HOUR, MILLISECOND, SECOND
from fingerpost.forwarding.neighbor.autoconf import Autoconf
from fingerpost.forwarding.neighbor.cache import SUSPECT
from fingerpost.forwarding.neighbor.learned_routes import LearnedRoutes, Offer
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.neighbor.timers import Timers, earliest
from fingerpost.forwarding.own import ALL_ROUTERS
from fingerpost.wire.nd import (
    Mtu,
    Preference,
    PrefixInformation,
    RouteInformation,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
)
from fingerpost.wire.nd.options import FOREVER

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.sources import Sources

# RFC 4861 10
MAX_RTR_SOLICITATION_DELAY_NS = SECOND
RTR_SOLICITATION_INTERVAL_NS = 4 * SECOND
MAX_RTR_SOLICITATIONS = 3
LEAST_MTU = 1280  # RFC 8200 5
LEAST_TIME_NS = 10 * MILLISECOND  # a router's word does not make us flood the link
EVERYWHERE = Prefix("::/0")


class RouterDiscovery:
    """What a host has learned from routers; `mtus` and `hop_limits` are by interface."""

    def __init__(
        self,
        plane: Forwarder,
        cache: Cache,
        sources: Sources,
        rng: Random,
    ) -> None:
        """Nothing is known yet."""
        self._plane = plane
        self._cache = cache
        self._sources = sources
        self._rng = rng
        self._asked: dict[str, int] = {}
        self._timers: Timers[str] = Timers()
        self.autoconf = Autoconf()
        self.routes = LearnedRoutes(self._is_reachable)
        self.mtus: dict[str, int] = {}
        self.hop_limits: dict[str, int] = {}

    def heeds(self, interface: Interface) -> bool:
        """Whether routers are listened to there."""
        return interface.autoconfigures and not self._plane.forwards

    # -- asking (6.3.7) ------------------------------------------------------------------------

    def begin(self, interface: Interface, now: int) -> None:
        """Ask for routers on a link that has just come up."""
        delay = 0
        if not interface.dad_transmits:
            delay = self._rng.randint(0, MAX_RTR_SOLICITATION_DELAY_NS)
        self._asked[interface.name] = 0
        self._timers.start(interface.name, now + delay)

    def went_down(self, interface: str) -> None:
        """Ask no more; what routers said holds as long as they said."""
        self._timers.stop(interface)

    def _ask(self, name: str, now: int, out: list[Output]) -> None:
        interface = self._plane.interfaces.get(name)
        own = self._sources.link_local(interface) if interface is not None else None
        if interface is None or own is None:
            return
        message = RouterSolicitation((SourceLinkLayerAddress(interface.mac),))
        out.append(nd_frame(interface, own.address, ALL_ROUTERS, message))
        self._asked[name] += 1
        if self._asked[name] < MAX_RTR_SOLICITATIONS:
            self._timers.start(name, now + RTR_SOLICITATION_INTERVAL_NS)

    # -- what routers say (6.3.4) --------------------------------------------------------------

    def receive(
        self,
        interface: Interface,
        router: Address,
        message: RouterAdvertisement,
        now: int,
        out: list[Output],
    ) -> None:
        """Take a valid advertisement; its sender's station has been learned already."""
        if message.lifetime_s and self._asked.get(interface.name):
            self._timers.stop(interface.name)
        self._fixed_part(interface, message)
        is_reserved = message.preference is Preference.RESERVED
        preference = Preference.MEDIUM if is_reserved else message.preference  # RFC 4191 2.2
        default = Offer(EVERYWHERE, interface.name, router)
        self._offer(default, preference, message.lifetime_s, now, out, is_router=True)
        for option in message.options:
            match option:
                case Mtu(mtu):
                    if LEAST_MTU <= mtu <= interface.mtu:
                        self.mtus[interface.name] = mtu
                case PrefixInformation():
                    self._prefix(interface, option, now, out)
                case RouteInformation():
                    if option.preference is not Preference.RESERVED:  # RFC 4191 2.3
                        offer = Offer(option.prefix, interface.name, router)
                        self._offer(offer, option.preference, option.lifetime_s, now, out)

    def _fixed_part(self, interface: Interface, message: RouterAdvertisement) -> None:
        if message.hop_limit:
            self.hop_limits[interface.name] = message.hop_limit
        link = self._cache.links.of(interface)
        if message.reachable_time_ms:
            link.set_reachable(_bounded(message.reachable_time_ms))
        if message.retransmit_timer_ms:
            link.retrans_ns = _bounded(message.retransmit_timer_ms)

    def _prefix(
        self, interface: Interface, option: PrefixInformation, now: int, out: list[Output]
    ) -> None:
        if option.on_link and not option.prefix.network.is_link_local:
            offer = Offer(option.prefix, interface.name, None)
            self._offer(offer, Preference.MEDIUM, option.valid_s, now, out)
        self.autoconf.receive(interface, option, now, out)

    def _offer(
        self,
        offer: Offer,
        preference: Preference,
        lifetime_s: int,
        now: int,
        out: list[Output],
        *,
        is_router: bool = False,
    ) -> None:
        if lifetime_s == 0:
            self.routes.end(offer, out)
            return
        is_endless = lifetime_s == FOREVER and not is_router
        until = None if is_endless else now + lifetime_s * SECOND
        self.routes.offer(offer, preference, until, out)

    def _is_reachable(self, interface: str, router: Address) -> bool:
        entry = self._cache.find(interface, router)
        return entry is not None and entry.state not in SUSPECT

    # -- time ----------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """When something is to be asked, or what was learned ends."""
        return earliest(self._timers, self.routes, self.autoconf)

    def advance(self, now: int, out: list[Output]) -> None:
        """Do what is due."""
        while (name := self._timers.take(now)) is not None:
            self._ask(name, now, out)
        self.autoconf.advance(now, out)
        self.routes.advance(now, out)


def _bounded(time_ms: int) -> int:
    return min(max(time_ms * MILLISECOND, LEAST_TIME_NS), HOUR)
