"""The database exchange: who begins, what is described, what is asked for (RFC 2328 10.6 to 10.9).

Both sides begin as master with a description that is empty (ExStart). The one with the greater
router id stays it: it numbers the descriptions and sends each again until it is answered; the slave
answers each with one of its own and repeats the last answer when it is asked twice (Exchange). What
one side describes newer than the other has is asked for, one packet at a time (Loading).

Ours: an exchange that begins again within a second waits for one before it says so, for routers
that never agree would do nothing else. A master-to-be whose first description came before the
other side was in ExStart hears that side begin, and repeats it within a second, not after
RxmtInterval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.neighbor import Exchange, Neighbor
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.packet import DatabaseDescription, DdFlags, LinkStateRequest
from fingerpost.ospf.timers import Timer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from random import Random

    from fingerpost.ospf.machine import Ospf

HASTE = SECOND  # an exchange that begins again sooner waits, lest two routers spin
_SETTLED = DdFlags.I | DdFlags.M | DdFlags.MS  # what tells one description from another
_READ_REQUEST = {2: LinkStateRequest.read_v2, 3: LinkStateRequest.read_v3}


class Exchanges:
    """The database exchanges of one instance. `rng` draws the first sequence number."""

    def __init__(self, ospf: Ospf, rng: Random) -> None:
        """Describe the database of `ospf`."""
        self._ospf = ospf
        self._rng = rng
        self._asked: dict[int, Neighbor] = {}  # by number, those that owe an answer

    # ---- descriptions out

    def start(self, neighbor: Neighbor) -> None:
        """Begin, as master until the other side says otherwise (RFC 2328 10.3, ExStart)."""
        if neighbor.sequence == 0:
            neighbor.sequence = self._rng.getrandbits(31)
        neighbor.sequence = neighbor.sequence + 1 & 0xFFFFFFFF
        neighbor.exchange = exchange = Exchange(neighbor.sequence)
        exchange.sent = self._description(neighbor, exchange, _SETTLED, b"")
        now = self._ospf.now
        is_hasty = now - neighbor.began < HASTE
        neighbor.began = now
        if is_hasty:
            self._ospf.timers.start((Timer.DESCRIPTION, neighbor), now + HASTE)
        else:
            self._send(neighbor, exchange)

    def repeat(self, neighbor: Neighbor) -> None:
        """Send the last description again, for want of an answer (RFC 2328 10.8)."""
        exchange = neighbor.exchange
        if exchange is None or exchange.sent is None:
            return
        exchange.retransmissions += 1
        self._ospf.sender.to_neighbor(neighbor, exchange.sent)
        self._wait(neighbor, Timer.DESCRIPTION)

    def _send_next(self, neighbor: Neighbor, exchange: Exchange) -> None:
        ospf = self._ospf
        room = ospf.dialect.description_room(ospf.sender.room(neighbor.interface))
        headers = ospf.database.take_summary(neighbor.number, room, ospf.now)
        flags = DdFlags.MS if exchange.is_master else DdFlags(0)
        if ospf.database.summary_left(neighbor.number):
            flags |= DdFlags.M
        exchange.sent = self._description(neighbor, exchange, flags, headers)
        self._send(neighbor, exchange)

    def _description(
        self, neighbor: Neighbor, exchange: Exchange, flags: DdFlags, headers: bytes
    ) -> DatabaseDescription:
        ospf = self._ospf
        interface = neighbor.interface
        options = ospf.dialect.description_options(
            interface.area, is_opaque_capable=ospf.config.is_opaque_capable
        )
        mtu = 0 if interface.is_virtual else min(interface.mtu, 0xFFFF)
        return DatabaseDescription(mtu, options, flags, exchange.sequence, headers, ospf.version)

    def _send(self, neighbor: Neighbor, exchange: Exchange) -> None:
        if exchange.sent is not None:
            self._ospf.sender.to_neighbor(neighbor, exchange.sent)
        if exchange.is_master:
            self._wait(neighbor, Timer.DESCRIPTION)
        else:
            self._ospf.timers.stop((Timer.DESCRIPTION, neighbor))

    def _wait(self, neighbor: Neighbor, timer: Timer) -> None:
        due = self._ospf.now + neighbor.interface.config.retransmit_ns
        self._ospf.timers.start((timer, neighbor), due)

    def _repeat_soon(self, neighbor: Neighbor) -> None:
        """Let the last description go out again within `HASTE`: it may have come too early."""
        key = (Timer.DESCRIPTION, neighbor)
        due, soon = self._ospf.timers.instant(key), self._ospf.now + HASTE
        if due is not None and due > soon:
            self._ospf.timers.start(key, soon)

    # ---- descriptions in

    def received(self, neighbor: Neighbor, body: DatabaseDescription) -> Reason | None:
        """Take a description (RFC 2328 10.6); gives what is wrong with it."""
        interface = neighbor.interface
        neighbor.mtu = body.mtu
        is_judged = not (interface.config.ignores_mtu or interface.is_virtual)
        if is_judged and body.mtu > interface.mtu:
            return Reason(Fault.MTU, str(body.mtu), str(interface.mtu))
        if neighbor.state is NeighborState.INIT:  # who describes its database to us hears us
            self._ospf.adjacencies.happen(neighbor, NeighborEvent.TWO_WAY_RECEIVED)
        exchange = neighbor.exchange
        if exchange is None:
            return Reason(Fault.STATE, f"a description in {neighbor.state}")
        if neighbor.state is NeighborState.EX_START:
            return self._negotiate(neighbor, exchange, body)
        if _is_same(body, exchange.received):
            return self._repeated(neighbor, exchange)
        if neighbor.state is NeighborState.EXCHANGE:
            reason = _contradiction(exchange, body)
        else:
            reason = Reason(Fault.SEQUENCE, f"a new description in {neighbor.state}")
        return self._mismatch(neighbor, reason) if reason else self._take(neighbor, exchange, body)

    def _negotiate(
        self, neighbor: Neighbor, exchange: Exchange, body: DatabaseDescription
    ) -> Reason | None:
        """Settle who is master; what settles nothing is ignored."""
        is_lesser = neighbor.router_id < self._ospf.router_id
        flags = body.flags & _SETTLED
        if flags == _SETTLED and not body.headers and not is_lesser:
            exchange.is_master = False
            exchange.sequence = body.sequence
        elif (
            flags & (DdFlags.I | DdFlags.MS) or body.sequence != exchange.sequence or not is_lesser
        ):
            if flags == _SETTLED:
                self._repeat_soon(neighbor)
            return None
        neighbor.options = body.options
        self._ospf.adjacencies.happen(neighbor, NeighborEvent.NEGOTIATION_DONE)
        return self._take(neighbor, exchange, body)

    def _repeated(self, neighbor: Neighbor, exchange: Exchange) -> Reason | None:
        """Answer a description that came before: the master ignores it, the slave answers again."""
        if exchange.is_master or exchange.sent is None:
            return None
        dead_ns = neighbor.interface.config.dead_s * SECOND
        if exchange.ended is not None and self._ospf.now - exchange.ended > dead_ns:
            # RFC 2328 10.8: the last answer is kept no longer
            return self._mismatch(neighbor, Reason(Fault.SEQUENCE, "an old description"))
        self._ospf.sender.to_neighbor(neighbor, exchange.sent)
        return None

    def _take(
        self, neighbor: Neighbor, exchange: Exchange, body: DatabaseDescription
    ) -> Reason | None:
        """Take the next description, and answer it (RFC 2328 10.6, 10.8)."""
        ospf = self._ospf
        fault = ospf.database.take_description(neighbor.number, body.headers, ospf.now)
        if fault is not None:
            return self._mismatch(neighbor, Reason(Fault.BAD_LSA, fault))
        exchange.received = body
        has_more = bool(body.flags & DdFlags.M)
        if not exchange.is_master:
            exchange.sequence = body.sequence
            self._send_next(neighbor, exchange)
            is_done = not has_more and not _says_more(exchange)
        else:
            exchange.sequence = exchange.sequence + 1 & 0xFFFFFFFF
            is_done = not has_more and not _says_more(exchange)
            if not is_done:
                self._send_next(neighbor, exchange)
        if is_done:
            exchange.ended = ospf.now
            ospf.timers.stop((Timer.DESCRIPTION, neighbor))
            ospf.adjacencies.happen(neighbor, NeighborEvent.EXCHANGE_DONE)
        self.ask(neighbor)
        return None

    def _mismatch(self, neighbor: Neighbor, reason: Reason) -> Reason:
        self._ospf.adjacencies.happen(neighbor, NeighborEvent.SEQ_NUMBER_MISMATCH, reason)
        return reason

    # ---- requests

    def ask(self, neighbor: Neighbor) -> None:
        """Ask for what was described and is newer, unless an answer is awaited (RFC 2328 10.9)."""
        ospf = self._ospf
        number = neighbor.number
        if neighbor.state not in (NeighborState.EXCHANGE, NeighborState.LOADING):
            self._asked.pop(number, None)
            return
        if ospf.database.may_request(number):
            self.ask_again(neighbor)
        else:
            self._see_the_end(neighbor)

    def _see_the_end(self, neighbor: Neighbor) -> None:
        """Nothing is left to ask for: that ends Loading (RFC 2328 10.9)."""
        ospf = self._ospf
        if ospf.database.requests_left(neighbor.number) == 0:
            ospf.timers.stop((Timer.REQUEST, neighbor))
            self._asked.pop(neighbor.number, None)
            if neighbor.state is NeighborState.LOADING:
                ospf.adjacencies.happen(neighbor, NeighborEvent.LOADING_DONE)

    def ask_again(self, neighbor: Neighbor) -> None:
        """Send the first requests of the list; there may be none left (RFC 2328 10.9)."""
        ospf = self._ospf
        if neighbor.state not in (NeighborState.EXCHANGE, NeighborState.LOADING):
            return
        octets = ospf.database.requests(neighbor.number, ospf.sender.room(neighbor.interface))
        if octets:
            request = _READ_REQUEST[ospf.version](Reader(octets, "ospf"))
            ospf.sender.to_neighbor(neighbor, request)
            self._asked[neighbor.number] = neighbor
            self._wait(neighbor, Timer.REQUEST)
        else:
            self._see_the_end(neighbor)

    def heard(self) -> None:
        """Go on with everybody who was asked for what has come now, from whomever (RFC 2328 13.3).

        What one neighbour describes another one may flood first, and the list gets empty by that.
        """
        for neighbor in list(self._asked.values()):
            self.ask(neighbor)

    def answer(self, neighbor: Neighbor, body: bytes) -> Reason | None:
        """Answer a request (RFC 2328 10.7); gives what is wrong with it."""
        ospf = self._ospf
        if neighbor.state < NeighborState.EXCHANGE:
            return Reason(Fault.STATE, f"a request in {neighbor.state}")
        if ospf.database.answer_request(neighbor.number, body, ospf.now):
            return None
        reason = Reason(Fault.BAD_REQUEST)
        ospf.adjacencies.happen(neighbor, NeighborEvent.BAD_LS_REQ, reason)
        return reason


def _is_same(body: DatabaseDescription, last: DatabaseDescription | None) -> bool:
    """Whether it is a duplicate: flags, options and sequence number are the same (10.6)."""
    return (
        last is not None
        and body.sequence == last.sequence
        and body.flags & _SETTLED == last.flags & _SETTLED
        and body.options == last.options
    )


def _contradiction(exchange: Exchange, body: DatabaseDescription) -> Reason | None:
    """Why a description is not the next one in Exchange (RFC 2328 10.6)."""
    if bool(body.flags & DdFlags.MS) == exchange.is_master:
        ours = "master" if exchange.is_master else "slave"
        return Reason(Fault.FLAGS, ours, ours)
    if body.flags & DdFlags.I:
        return Reason(Fault.FLAGS, "begins anew")
    last = exchange.received
    if last is not None and body.options != last.options:
        return Reason(Fault.OPTIONS, f"{body.options:#x}, before {last.options:#x}")
    expected = exchange.sequence if exchange.is_master else exchange.sequence + 1 & 0xFFFFFFFF
    if body.sequence != expected:
        return Reason(Fault.SEQUENCE, f"{body.sequence:#x}", f"{expected:#x}")
    return None


def _says_more(exchange: Exchange) -> bool:
    return exchange.sent is not None and bool(exchange.sent.flags & DdFlags.M)
