"""Why a packet goes where it goes: each router asked in turn what it would do with it.

Nothing is sent and nothing changes: every hop is `Router.explain`, the same code that forwards, on
the packet as the hop before would hand it on. A packet that comes to the same interface again goes
in a circle, which is said instead of walked until its hop limit ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from fingerpost.forwarding.reason import Reason
from fingerpost.wire.checksum import updated

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.trace import Candidate, Trace
    from fingerpost.lab.network import Network
    from fingerpost.lab.node import LabNode
    from fingerpost.router.why import RouteWhy

_GOES_ON = (Reason.FORWARDED, Reason.QUEUED)
_ARRIVED = (Reason.DELIVERED, Reason.ANSWERED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What one node does with the packet; `link` and `next` are where it goes, None if nowhere.

    `learned`: why its table has the entry that won, where protocols fill it.
    """

    node: str
    trace: Trace
    link: str | None = None
    next: str | None = None
    next_interface: str | None = None
    learned: RouteWhy | None = None

    @property
    def winner(self) -> Candidate | None:
        """The entry of the table that the packet follows."""
        return self.trace.candidates[0] if self.trace.candidates else None

    @property
    def losers(self) -> tuple[Candidate, ...]:
        """The entries that matched too and lost, each with the reason."""
        return self.trace.candidates[1:]

    def lines(self) -> list[str]:
        """The decision in short: the entry that won and those that lost, and the way on."""
        trace = self.trace
        came = f"in on {trace.interface}" if trace.interface else "sent from here"
        lines = [f"{self.node}: {came}"]
        if (winner := self.winner) is not None:
            rows = [(str(winner.prefix), f"{winner.route}  wins")]
            rows += [(str(c.prefix), f"{c.route}  lost: {c.reason}") for c in self.losers]
            width = max(len(prefix) for prefix, _ in rows)
            lines += [f"    {prefix:{width}}  {text}" for prefix, text in rows]
            lines += [f"      {line}" for line in self.reasons()]
        lines += [f"    {step}" for step in trace.steps if step.stage in ("next hop", "equal cost")]
        if self.next is not None:
            via = f" via {trace.gateway}" if trace.gateway is not None else ""
            lines.append(f"    -> {trace.egress}{via}, over {self.link} to {self.next}")
        elif trace.end not in _GOES_ON:
            said = next((str(step) for step in reversed(trace.steps)), "")
            lines.append(f"    {trace.end.value}: {said}")
        return lines

    def reasons(self) -> list[str]:
        """Why the routing process put the entry there: what lost against it, what was offered."""
        if self.learned is None:
            return []
        lost = [f"{one}" for one in self.learned.rib.candidates if not one.wins]
        told = [
            line
            for name, trace in self.learned.protocols
            for line in f"{name} on {trace}".splitlines()
        ]
        return lost + told


@dataclass(frozen=True, slots=True)
class Why:
    """The way of one packet; true if it arrives. `circle`: the nodes that hand it round."""

    source: str
    target: str
    address: Address | None
    decisions: tuple[Decision, ...]
    verdict: str
    is_delivered: bool
    circle: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether the packet arrives."""
        return self.is_delivered

    @property
    def path(self) -> tuple[str, ...]:
        """The nodes that see the packet, in order."""
        return tuple(one.node for one in self.decisions)

    def __str__(self) -> str:
        """Hop by hop: the table entry that won, those that lost, the way on; then the end."""
        lines = [f"{self.source} -> {self.target} ({self.address}): {self.verdict}"]
        for number, decision in enumerate(self.decisions, 1):
            first, *rest = decision.lines()
            lines += [f"{number:2d}  {first}", *rest]
        return "\n".join(lines)

    def full(self) -> str:
        """Every stage of every router."""
        lines = [f"{self.source} -> {self.target} ({self.address}): {self.verdict}"]
        for decision in self.decisions:
            lines += decision.trace.lines()
            lines += [] if decision.learned is None else [f"    {decision.learned}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """The way in one line."""
        return f"<{' > '.join(self.path)}: {self.verdict}>"

    def _repr_html_(self) -> str:
        """For notebooks: the text."""
        return f"<pre>{escape(str(self))}</pre>"

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return {
            "source": self.source,
            "target": self.target,
            "address": str(self.address) if self.address is not None else None,
            "delivered": self.is_delivered,
            "verdict": self.verdict,
            "circle": list(self.circle),
            "hops": [
                {
                    "node": one.node,
                    "link": one.link,
                    "next": one.next,
                    "next_interface": one.next_interface,
                    "learned": None if one.learned is None else str(one.learned).splitlines(),
                    **one.trace.as_dict(),
                }
                for one in self.decisions
            ],
        }


def follow(network: Network, source: str, target: str, packet: bytes) -> Why:
    """Ask every router on the way of `packet`, an IP packet that the node `source` sends."""
    decisions: list[Decision] = []
    seen: dict[tuple[str, str | None], int] = {}
    node, interface = source, None
    if not network[source].is_on:
        off = _decision(network, source, network[source].router.explain(packet, None))
        return _why(source, target, [off], f"{source} is switched off")
    while True:
        place = (node, interface)
        if place in seen:
            names = tuple(one.node for one in decisions[seen[place] :])
            verdict = f"goes in a circle: {' > '.join((*names, names[0]))}"
            return _why(source, target, decisions, verdict, circle=names)
        seen[place] = len(decisions)
        trace = network[node].router.explain(packet, interface)
        if trace.end not in _GOES_ON:
            decisions.append(_decision(network, node, trace))
            is_delivered = trace.end in _ARRIVED
            said = "arrives" if is_delivered else f"{trace.end.value} at {node}"
            return _why(source, target, decisions, said, is_delivered=is_delivered)
        link, found = _next(network, node, trace)
        if found is None:
            decisions.append(_decision(network, node, trace, link))
            return _why(source, target, decisions, _gap(network, node, trace, link))
        decisions.append(_decision(network, node, trace, link, *found))
        if interface is not None:
            packet = _one_hop_older(packet)
        node, interface = found


def _decision(
    network: Network,
    node: str,
    trace: Trace,
    link: str | None = None,
    to: str | None = None,
    interface: str | None = None,
) -> Decision:
    routing = network[node].router.routing
    learned = None
    if routing is not None and trace.candidates:
        learned = routing.explain(trace.candidates[0].prefix)
    return Decision(node, trace, link, to, interface, learned)


def _why(
    source: str,
    target: str,
    decisions: list[Decision],
    verdict: str,
    *,
    is_delivered: bool = False,
    circle: tuple[str, ...] = (),
) -> Why:
    packet = decisions[0].trace.packet
    address = packet.destination if packet is not None else None
    return Why(source, target, address, tuple(decisions), verdict, is_delivered, circle)


def _next(network: Network, node: str, trace: Trace) -> tuple[str | None, tuple[str, str] | None]:
    """The link that the packet takes, and the node and interface that it comes to, if any."""
    port = network.port(node, trace.egress)
    if port is None or trace.packet is None:
        return None, None
    link, end = port
    if _not_carried(network, node, trace):
        return link.name, None
    wanted = trace.gateway if trace.gateway is not None else trace.packet.destination
    for other, endpoint in enumerate(network.lab.link_by_name[link.name].endpoints):
        if other == end or endpoint.node not in network or not network[endpoint.node].is_on:
            continue
        if _answers(network[endpoint.node], endpoint.interface, wanted):
            return link.name, (endpoint.node, endpoint.interface)
    return link.name, None


def _answers(node: LabNode, interface: str, wanted: Address) -> bool:
    """Whether a question on this interface for the station of an address would be answered."""
    facing = node.interfaces[interface]
    if not facing.is_up:
        return False
    neighbors = node.router.plane.neighbors
    is_weak = wanted.version == 4 and neighbors.settings.answers_for_other_interfaces
    return neighbors.sources.answers_for(facing, wanted, is_weak=is_weak)


def _not_carried(network: Network, node: str, trace: Trace) -> str:
    """Why the link does not carry the packet, or the pieces it is cut into; "" if it does."""
    port = network.port(node, trace.egress)
    if port is None or trace.egress is None or trace.packet is None:
        return ""
    link, end = port
    if not link.directions[end].is_up:
        return "carries nothing this way"
    if link.directions[end].quality.loss >= 1:
        return "loses everything this way"
    size = min(len(trace.packet.data), network[node].interfaces[trace.egress].mtu)
    return f"carries {link.mtu} bytes, not {size}" if size > link.mtu else ""


def _gap(network: Network, node: str, trace: Trace, link: str | None) -> str:
    """Why the packet comes to nobody."""
    if link is None:
        return f"lost at {node}: {trace.egress} is plugged in nowhere"
    if said := _not_carried(network, node, trace):
        return f"lost after {node}: link {link} {said}"
    wanted = trace.gateway
    if wanted is None and trace.packet is not None:
        wanted = trace.packet.destination
    return f"lost after {node}: nobody on {link} answers for {wanted}"


def with_hop_limit(packet: bytes, hop_limit: int) -> bytes:
    """The same IP packet with another hop limit."""
    data = bytearray(packet)
    if data[0] >> 4 == 6:
        data[7] = hop_limit
        return bytes(data)
    old = data[8] << 8 | data[9]
    data[8] = hop_limit
    check = updated(data[10] << 8 | data[11], old, data[8] << 8 | data[9])
    data[10:12] = check.to_bytes(2, "big")
    return bytes(data)


def _one_hop_older(packet: bytes) -> bytes:
    """The packet as a router hands it on: one off the hop limit (RFC 1812 5.3.1, RFC 1624)."""
    return with_hop_limit(packet, (packet[7] if packet[0] >> 4 == 6 else packet[8]) - 1)
