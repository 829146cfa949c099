"""What the machine asks of its other parts: who tells our LSAs, and who calculates routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from fingerpost._core import RouteCalculator
    from fingerpost.addr import Prefix
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.lsa.header import LsaKey
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.origination.external import External
    from fingerpost.ospf.spf_log import SpfLog
    from fingerpost.rib.events import RoutesChanged


class OriginatorPart(Protocol):
    """Tells our LSAs (RFC 2328 12.4)."""

    def told_of(self, prefix: Prefix) -> Iterable[tuple[int, LsaKey]]:
        """Scope and key of the summaries and externals of ours that name a prefix."""
        ...

    @property
    def externals(self) -> Mapping[Prefix, External]:
        """What is told of routes of other sources."""
        ...

    def router_changed(self, area: Area, now: int) -> None:
        """Something that our router-LSA of an area says may have changed."""
        ...

    def network_changed(self, interface: Interface, now: int) -> None:
        """Whether we are Designated Router there, or who is adjacent, may have changed."""
        ...

    def link_changed(self, interface: Interface, now: int) -> None:
        """Something that our link-LSA says may have changed (RFC 5340 4.4.3.8)."""
        ...

    def recall(self, now: int) -> None:
        """Our LSAs in the database are from before a restart: what they are named by stays so."""
        ...

    def received_own(self, scope: int, lsa: bytes, now: int) -> None:
        """An LSA of ours came that is newer than what we know (RFC 2328 13.4)."""
        ...

    def next_deadline(self) -> int | None:
        """When there is something to do."""
        ...

    def pass_time(self, now: int) -> None:
        """Do what is due."""
        ...

    def give_way(self, now: int) -> None:
        """We end soon: nobody shall go through us from now on (RFC 6987 2)."""
        ...

    def configuration_changed(self, before: OspfConfig, now: int) -> None:
        """`Ospf.config` and the areas hold another configuration; interfaces tell themselves."""
        ...

    def shut_down(self, now: int) -> None:
        """Take all our LSAs back."""
        ...

    def snapshot(self) -> dict[str, object]:
        """What we are and how much we tell, as plain data for JSON."""
        ...


class RoutingPart(Protocol):
    """Makes routes of the database (RFC 2328 16)."""

    @property
    def calculator(self) -> RouteCalculator:
        """What calculated them, for those who ask why."""
        ...

    @property
    def family(self) -> int:
        """That of the routes, 4 or 6."""
        ...

    @property
    def log(self) -> SpfLog:
        """The calculations that were done."""
        ...

    def database_changed(self, now: int) -> None:
        """The database may hold something that was not looked at."""
        ...

    def neighbors_changed(self, now: int) -> None:
        """The first hops may have changed."""
        ...

    def configuration_changed(self, before: OspfConfig, now: int) -> None:
        """`Ospf.config` holds another configuration."""
        ...

    def standing_changed(self, now: int) -> None:
        """We are an area border router now or no more, or are attached to other areas."""
        ...

    def shut_down(self, now: int) -> None:
        """Take all our routes out of the routing table."""
        ...

    def routes_changed(self, event: RoutesChanged, now: int) -> None:
        """The routing table tells us of routes of others."""
        ...

    def next_deadline(self) -> int | None:
        """When there is something to do."""
        ...

    def pass_time(self, now: int) -> None:
        """Do what is due."""
        ...


class Parts(NamedTuple):
    """The parts of an instance that the machine does not make itself."""

    originator: OriginatorPart
    routing: RoutingPart


MakeParts = Callable[["Ospf"], Parts]
