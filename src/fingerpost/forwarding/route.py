"""What the table says about a prefix: where its packets go, or why they go nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Address


class RouteKind(Enum):
    """What happens to a packet that matches."""

    UNICAST = "unicast"
    BLACKHOLE = "blackhole"  # silence
    UNREACHABLE = "unreachable"  # ICMP host unreachable
    PROHIBIT = "prohibit"  # ICMP administratively prohibited


@dataclass(frozen=True, slots=True)
class NextHop:
    """One way on.

    An interface without gateway: the destination itself is on that link. A gateway without
    interface is recursive: the table is asked again, for the gateway. A gateway may be IPv6 for
    IPv4 packets (RFC 8950). `weight` is the share among equal-cost next hops.

    `is_onlink`: the gateway is on the link of the interface although no network of ours there has
    it, as on a wire without addresses of its own. We ask for it there in any case; a kernel would
    refuse it otherwise.
    """

    interface: str | None = None
    gateway: Address | None = None
    weight: int = 1
    is_onlink: bool = False

    def __str__(self) -> str:
        """As `ip route` writes it."""
        parts = [f"via {self.gateway}"] if self.gateway is not None else []
        parts += [f"dev {self.interface}"] if self.interface is not None else []
        parts += [f"weight {self.weight}"] if self.weight != 1 else []
        parts += ["onlink"] if self.is_onlink else []
        return " ".join(parts) or "nowhere"

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        gateway = None if self.gateway is None else str(self.gateway)
        return {
            "interface": self.interface,
            "gateway": gateway,
            "weight": self.weight,
            "onlink": self.is_onlink,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """The value of a prefix in a forwarding table. `origin` names who put it there."""

    next_hops: tuple[NextHop, ...] = ()
    kind: RouteKind = RouteKind.UNICAST
    origin: str = "static"
    metric: int = 0

    def __str__(self) -> str:
        """As `ip route` writes it, several next hops in one line."""
        if self.kind is not RouteKind.UNICAST:
            return str(self.kind.value)
        return ", ".join(str(hop) for hop in self.next_hops) or "nowhere"


BLACKHOLE = Route(kind=RouteKind.BLACKHOLE)
UNREACHABLE = Route(kind=RouteKind.UNREACHABLE)
PROHIBIT = Route(kind=RouteKind.PROHIBIT)
