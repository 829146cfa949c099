"""Restarting without a gap (RFC 3623 2, RFC 5187 3): neighbours go on sending us packets meanwhile.

Who is stopped and leaves its routes where they are asks its neighbours for a time by grace LSAs.
Who starts does not know whether it did before, so it asks as well, before its first Hello (RFC 3623
4), and tells and calculates nothing until it is adjacent to all that its last router-LSAs name;
these it gets from its neighbours. Then it takes its LSAs over, calculates, and takes the grace LSAs
back. A router that nobody knows from before, or whom a neighbour has given up, begins at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import ALL_SPF_ROUTERS, INITIAL_SEQUENCE_NUMBER
from fingerpost.ospf.helping import KINDS
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.grace import OPAQUE_TYPE, GraceLsa, RestartReason
from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, LsaKey, read_header
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import LinkStateUpdate
from fingerpost.ospf.timers import Timer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf

ROUTER = {2: 1, 3: 0x2001}
NETWORK = {2: 2, 3: 0x2002}
ANSWER_AFTER = 10 * SECOND  # by then all that is told at all is told, summaries too
TRANSIT, STUB = 2, 3  # types of links, in both versions


class Restarting:
    """The restart of an instance; `until` is None when there is none, or when it is over."""

    def __init__(self, ospf: Ospf) -> None:
        """It begins with the first interface, if an operator wants restarts without a gap."""
        self._ospf = ospf
        self.until: int | None = None
        self._may_begin = ospf.config.graceful_restart.is_enabled
        self._own: dict[tuple[int, LsaKey], int] = {}  # what we told before, by sequence number

    # ---- asking for it

    def announce(self) -> None:
        """Ask the neighbours for time, for we are stopped and shall come back (RFC 3623 2.1)."""
        if self._ospf.config.graceful_restart.is_enabled:
            for interface in self._ospf.interfaces.values():
                if interface.speaks:
                    self._ask(interface, RestartReason.SOFTWARE_RESTART)

    def came_up(self, interface: Interface) -> None:
        """An interface is up: ask there before the first Hello is sent (RFC 3623 4)."""
        now = self._ospf.now
        if self._may_begin:
            self._may_begin = False
            self.until = now + self._ospf.config.graceful_restart.period_s * SECOND
            self._ospf.suspend_duties()
            self._tell("restarts, and tells nothing until it is known again")
        if self.until is not None and interface.speaks:
            self._ask(interface, RestartReason.UNKNOWN)

    def _ask(self, interface: Interface, reason: RestartReason) -> None:
        ospf = self._ospf
        if interface.is_virtual:
            return
        body = LinkStateUpdate.of([self._grace_lsa(interface, reason)], ospf.version)
        if interface.network_type is NetworkType.NON_BROADCAST:
            for neighbor in interface.known():
                ospf.sender.send(interface, neighbor.address, body)
        else:
            ospf.sender.send(interface, ALL_SPF_ROUTERS[ospf.dialect.family], body)

    def _grace_lsa(self, interface: Interface, reason: RestartReason) -> bytes:
        ospf = self._ospf
        key = self._key(interface)
        address = int(interface.address) if ospf.version == 2 and interface.address else None
        body = GraceLsa.of(ospf.config.graceful_restart.period_s, reason, address).pack()
        options = ospf.dialect.options(interface.area) if ospf.version == 2 else 0
        length = HEADER_LENGTH + len(body)
        header = LsaHeader(0, options, *key, INITIAL_SEQUENCE_NUMBER, 0, length)
        return sealed(header.encode(ospf.version) + body)

    def _key(self, interface: Interface) -> LsaKey:
        version = self._ospf.version
        number = OPAQUE_TYPE << 24 if version == 2 else interface.number
        return LsaKey(KINDS[version], number, self._ospf.router_id)

    # ---- while it goes on

    def received_own(self, scope: int, lsa: bytes) -> bool:
        """Keep an LSA of ours from before for the end; False: we are not restarting (2.2)."""
        if self.until is None:
            return False
        header = read_header(Reader(lsa, "ospf"), self._ospf.version)
        self._own[scope, header.key] = header.sequence
        return True

    def resume(self, interface: Interface, designated: int, backup: int) -> None:
        """A neighbour says who it takes for Designated Router: perhaps ourselves (RFC 3623 2)."""
        own = self._ospf.dialect.designation(interface, self._ospf.router_id)
        if self.until is not None:
            interface.designated = own if designated == own else interface.designated
            interface.backup = own if backup == own else interface.backup

    def look(self) -> None:
        """See whether everybody is there again, or somebody has given us up (RFC 3623 2.2)."""
        if self.until is None:
            return
        areas = [area for area in self._ospf.areas.values() if self._is_joined(area)]
        if not areas:
            return
        ours = self._ospf.router_id
        known = [area for area in areas if any(self._told(area, ours))]
        if not known:
            self.end("nobody knows it from before")
        elif all(self._is_whole(area) for area in known):
            self.end("all neighbors are there again")
        elif any(self._is_given_up(area) for area in known):
            self.end("a neighbor has given it up")

    def next_deadline(self) -> int | None:
        """When it is over at the latest."""
        return self.until

    def pass_time(self, now: int) -> None:
        """The time that was asked for is over."""
        if self.until is not None and self.until <= now:
            self.end("the grace period is over")

    def end(self, why: str) -> None:
        """Tell and calculate again, take over what was told before, ask no more (RFC 3623 2.3)."""
        ospf = self._ospf
        self.until = None
        self._tell(f"has restarted: {why}")
        ospf.resume_duties()
        ospf.timers.start((Timer.ANSWER, None), ospf.now + ANSWER_AFTER)
        for area in ospf.areas.values():
            ospf.originator.router_changed(area, ospf.now)
        for interface in ospf.interfaces.values():
            ospf.originator.network_changed(interface, ospf.now)
            ospf.originator.link_changed(interface, ospf.now)
            key = self._key(interface)
            if ospf.database.find(interface.scope, key, ospf.now) is not None:
                ospf.database.flush(interface.scope, key, ospf.now)
        ospf.routing.database_changed(ospf.now)

    def answer(self) -> None:
        """Take back what was told before and is not told again (RFC 3623 2.3, 5)."""
        ospf = self._ospf
        for (scope, key), sequence in self._own.items():
            held = ospf.database.find(scope, key, ospf.now)
            if held is None:
                continue
            if read_header(Reader(held, "ospf"), ospf.version).sequence <= sequence:
                ospf.originator.received_own(scope, held, ospf.now)
        self._own.clear()

    # ---- what was told before

    def _is_joined(self, area: Area) -> bool:
        return any(one.at_least(NeighborState.FULL) for one in area.interfaces.values())

    def _told(self, area: Area, router_id: int) -> Iterator[tuple[int, int]]:
        """The links to routers and transit networks of somebody's router-LSAs: type, and to whom.

        A transit network goes by the Designated Router that it has.
        """
        ospf = self._ospf
        for _, lsa in ospf.database.entries(ospf.now, area.scope, ROUTER[ospf.version]):
            if int.from_bytes(lsa[8:12], "big") != router_id:
                continue
            try:
                body = (v2 if ospf.version == 2 else v3).decode_lsa(lsa).body
            except DecodeError:
                continue
            if isinstance(body, v2.RouterLsa):
                yield from ((one.type, one.id) for one in body.links if one.type != STUB)
            elif isinstance(body, v3.RouterLsa):
                yield from ((one.type, one.neighbor_router_id) for one in body.links)

    def _is_whole(self, area: Area) -> bool:
        """Whether we are adjacent to all whom our last router-LSAs of an area name."""
        return all(
            self._is_on(area, to) if kind == TRANSIT else to in self._full(area)
            for kind, to in self._told(area, self._ospf.router_id)
        )

    def _is_given_up(self, area: Area) -> bool:
        """Whether a router that we name does not name us any more (RFC 3623 2.2, 2)."""
        ours = self._ospf.router_id
        for kind, to in self._told(area, ours):
            if kind != TRANSIT:
                named = list(self._told(area, to))
                if named and ours not in {other for kind, other in named if kind != TRANSIT}:
                    return True
        return False

    def _full(self, area: Area) -> set[int]:
        """The router ids of the neighbours that are full."""
        return {
            neighbor.router_id
            for interface in area.interfaces.values()
            for neighbor in interface.at_least(NeighborState.FULL)
        }

    def _is_on(self, area: Area, designated: int) -> bool:
        """Whether we are on a network again: adjacent to its Designated Router, or to all."""
        ospf = self._ospf
        for interface in area.interfaces.values():
            if interface.designated != designated:
                continue
            if designated != ospf.dialect.designation(interface, ospf.router_id):
                full = interface.at_least(NeighborState.FULL)
                return any(one.designation == designated for one in full)
            return self._attached(area) <= self._full(area) | {ospf.router_id}
        return False

    def _attached(self, area: Area) -> set[int]:
        """The routers that our last network-LSAs of an area name."""
        ospf = self._ospf
        found: set[int] = set()
        for _, lsa in ospf.database.entries(ospf.now, area.scope, NETWORK[ospf.version]):
            if int.from_bytes(lsa[8:12], "big") == ospf.router_id:
                try:
                    body = (v2 if ospf.version == 2 else v3).decode_lsa(lsa).body
                except DecodeError:
                    continue
                if isinstance(body, v2.NetworkLsa | v3.NetworkLsa):
                    found.update(body.routers)
        return found

    def _tell(self, what: str) -> None:
        self._ospf.journal.add(self._ospf.now, "graceful restart", None, what)
