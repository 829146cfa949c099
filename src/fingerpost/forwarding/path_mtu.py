"""How large a packet to a destination may be: what its path has said so far (RFC 1191, RFC 8201).

An estimate begins at the link's MTU, only ever falls by what ICMP says, and is forgotten after its
lifetime, so that a path that has widened is found again (RFC 1191 6.3, RFC 8201 4). What ICMP says
is believed if it quotes a packet that we could have sent and that its limit would have stopped.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.forwarding.events import Happened
from fingerpost.wire.icmp import UnreachableCode

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.icmp import DestinationUnreachable
    from fingerpost.wire.icmpv6 import PacketTooBig

LEAST_IPV4 = 68  # what every link carries (RFC 791 3.2, RFC 1191 3)
LEAST_IPV6 = 1280  # RFC 8200 5; a smaller report is dropped (RFC 8201 4)
# for old routers that report no MTU: the next lower one of these (RFC 1191 7)
PLATEAUS = (32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_IPV4)


class PathMtus:
    """The estimates of one router; those beyond the bound push out the oldest."""

    def __init__(self, most: int, lifetime_ns: int) -> None:
        """Begin with none."""
        self._most = max(most, 1)
        self._lifetime_ns = lifetime_ns
        self._known: OrderedDict[Address, tuple[int, int]] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept, those that nobody has asked for since they ended included."""
        return len(self._known)

    def of(self, destination: Address, now: int) -> int | None:
        """The estimate for a destination; None while its path has said nothing."""
        known = self._known.get(destination)
        if known is None or known[1] <= now:
            return None
        return known[0]

    def lower(self, destination: Address, mtu: int, now: int) -> bool:
        """Believe a smaller MTU; False where the estimate is no larger already."""
        known = self.of(destination, now)
        if known is not None and known <= mtu:
            return False
        self._known.pop(destination, None)
        if len(self._known) >= self._most:
            self._known.popitem(last=False)
        self._known[destination] = (mtu, now + self._lifetime_ns)
        return True

    def snapshot(self, now: int) -> dict[str, int]:
        """The live estimates in bytes, by destination."""
        return {str(to): mtu for to, (mtu, until) in self._known.items() if until > now}


def heed4(walk: Walk, message: DestinationUnreachable) -> None:
    """Take note of "fragmentation needed" (RFC 1191 4, 5)."""
    quote = message.quote
    if message.code != UnreachableCode.FRAGMENTATION_NEEDED or len(quote) < 20:
        return
    if quote[0] >> 4 != 4:
        return
    length = quote[2] << 8 | quote[3]
    mtu = message.mtu or next((size for size in PLATEAUS if size < length), LEAST_IPV4)
    if not LEAST_IPV4 <= mtu < length:
        walk.note("path MTU", "{} is no limit for {} bytes", mtu, length, section="RFC 1191 5")
        return
    _believe(walk, quote[12:16], quote[16:20], mtu)


def heed6(walk: Walk, message: PacketTooBig) -> None:
    """Take note of "packet too big" (RFC 8201 4)."""
    quote = message.quote
    if len(quote) < 40 or quote[0] >> 4 != 6:
        return
    length = 40 + (quote[4] << 8 | quote[5])
    if not LEAST_IPV6 <= message.mtu < length:
        walk.note(
            "path MTU", "{} is no limit for {} bytes", message.mtu, length, section="RFC 8201 4"
        )
        return
    _believe(walk, quote[8:24], quote[24:40], message.mtu)


def _believe(walk: Walk, source: bytes, destination: bytes, mtu: int) -> None:
    sender, target = Address(source), Address(destination)
    plane = walk.plane
    if not plane.own.owner(sender, walk.came_in) or target.is_multicast or target.is_link_local:
        walk.note("path MTU", "{} to {}: not a packet of ours", sender, target)
        return
    if walk.is_dry or not plane.path_mtus.lower(target, mtu, walk.now):
        return
    walk.note("path MTU", "{} bytes to {} from now on", mtu, target, section="RFC 1191 3")
    detail = f"the path to {target} carries {mtu} bytes"
    walk.out.append(Happened("path MTU", walk.came_in, detail, target))
