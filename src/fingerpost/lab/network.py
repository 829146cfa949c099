"""`Network`: a lab that runs. The public face of the virtual network.

    net = Network.load("lab.yaml")
    net.run(until="30s")
    net["a"].ping("z")

Time is virtual: `run` and everything that waits for an answer let the clock jump from one thing due
to the next. The same lab with the same seed does the same, to the byte.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fingerpost.addr import Address
from fingerpost.config.names import meant
from fingerpost.errors import UsageError
from fingerpost.lab.capture import Capture, open_sink
from fingerpost.lab.changes import Changes
from fingerpost.lab.clockwork import Clockwork
from fingerpost.lab.convergence import Convergence, Patience
from fingerpost.lab.garbage import seldom_collected
from fingerpost.lab.instant import Time, shown
from fingerpost.lab.link import Link
from fingerpost.lab.model import EndKind, Lab, LinkSpec
from fingerpost.lab.node import LabNode
from fingerpost.lab.record import Record
from fingerpost.lab.routes import Tables
from fingerpost.lab.scheduler import Scheduler
from fingerpost.lab.station import Station
from fingerpost.lab.table import Table, TablesShown
from fingerpost.lab.target import target_of
from fingerpost.lab.timeline import Change, Fail, NodeTarget, Restore, SetQuality

if TYPE_CHECKING:
    from fingerpost.lab.draw import Picture
    from fingerpost.lab.expect import Judgement
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.oscillation import Oscillation
    from fingerpost.lab.reachability import Reachability
    from fingerpost.lab.replay import Replay
    from fingerpost.lab.why import Why
    from fingerpost.router.config import RouterConfig
    from fingerpost.router.router import Output

ASKED = 20


class Network(Clockwork, Mapping[str, LabNode]):
    """The nodes of a running lab by name; `net["a"]` is one of them.

    `events` is what has happened, `links` the links by name, `now` the instant in nanoseconds.
    """

    @seldom_collected()
    def __init__(self, lab: Lab, *, seed: int | None = None) -> None:
        """Set the network up; `seed` in place of the lab's own."""
        self.lab = lab
        self.seed = lab.seed if seed is None else seed
        self.scheduler = Scheduler(seed=self.seed)
        self.events = Record()
        self.asked: deque[object] = deque(maxlen=ASKED)  # the latest answers, for reports
        tables = Tables(lab)
        configs = [node.router for node in lab.nodes.values() if node.router is not None]
        patience = Patience.of(configs)
        self.convergence = Convergence(
            lab.name, self.scheduler, self.events, patience, self.owner_of
        )
        self._stations = {
            name: Station(node, self.scheduler, self.events, tables.__getitem__, self.convergence)
            for name, node in lab.nodes.items()
        }
        self._nodes = {name: LabNode(self, one) for name, one in self._stations.items()}
        self.links = {spec.name: self._plug(spec) for spec in lab.links}
        self._changes = Changes(lab, self.scheduler, self.links, self._stations, self.events)
        self.convergence.disturbed(is_uncertain=self._changes.is_uncertain)
        for station in self._stations.values():
            station.start()
        self.replays: list[Replay] = []  # of recorded peers, by the file and by `LabNode.replay`
        if any(node.replay is not None for node in lab.nodes.values()):
            self.scheduler.post(0, self._begin_replays, None)
        for change in lab.timeline:
            self.scheduler.post(change.at_ns, self._happen, change)

    @classmethod
    def load(
        cls,
        source: str | os.PathLike[str],
        *,
        seed: int | None = None,
        routing: str | Sequence[str] | None = None,
    ) -> Network:
        """The network of a file: lab.yaml, containerlab, GraphML, NetJSON.

        `routing`: in place of what the file says for all its routers: "rip", ["rip", "ripng"].
        Raises `TopologyError` with every fault of the file, `OSError` where it cannot be read.
        """
        from fingerpost.lab.topology import load

        return cls(load(source, routing=routing), seed=seed)

    @classmethod
    def of(cls, description: Mapping[str, object] | str, *, seed: int | None = None) -> Network:
        """The network of a description: the text of a lab.yaml, or the same as a mapping."""
        from fingerpost.lab.topology import loads

        if not isinstance(description, str):
            from yaml import safe_dump

            description = safe_dump(dict(description), sort_keys=False)
        return cls(loads(description, "description"), seed=seed)

    def _begin_replays(self, _: None) -> None:
        from fingerpost.lab.replay import begin

        for name, node in self.lab.nodes.items():
            self.replays += begin(self, node, self._stations[name])

    def _happen(self, change: Change) -> None:
        if self._last_change is None or change.at_ns <= self._last_change:
            self._change(change)

    def _change(self, change: Change) -> None:
        self._changes.apply(change)
        self.convergence.disturbed(is_uncertain=self._changes.is_uncertain)

    def _plug(self, spec: LinkSpec) -> Link:
        qualities = [spec.leaving(end) for end in range(len(spec.endpoints))]
        link = Link(spec.name, qualities, self.scheduler, mtu=spec.mtu)
        for end, endpoint in enumerate(spec.endpoints):
            if endpoint.kind is EndKind.NODE:
                station = self._stations[endpoint.node]
                station.ports[endpoint.interface] = (link, end)
                link.attach(end, station.receiver(endpoint.interface))
        return link

    # -- nodes ---------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> LabNode:
        """A node; `KeyError` with the nearest names where there is none."""
        try:
            return self._nodes[name]
        except KeyError:
            raise KeyError(f"no node {name!r}{meant(name, self._nodes)}") from None

    def node(self, name: str) -> LabNode:
        """A node; `UsageError` with the nearest names where there is none."""
        self.lab.node(name)
        return self._nodes[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the file."""
        return iter(self._nodes)

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self._nodes)

    def address_of(self, target: str | Address | LabNode, family: int | None = None) -> Address:
        """The address that a target means: its own, or that of a node of this name.

        A node is reached by its loopback, or the first address of an interface; IPv4 goes before
        IPv6 unless `family` (4 or 6) asks for one. Raises `UsageError` for what is neither.
        """
        if isinstance(target, Address):
            return target
        text = target.name if isinstance(target, LabNode) else target
        found = self.lab.targets(text)
        if text in self:  # beside those of the file, those that it has made itself
            found += tuple(own.address for own in self[text].addresses)
        fitting = [one for one in found if family in (None, one.version)]
        if not fitting:
            kind = f"IPv{family} address" if family else "address"
            others = f"; it has {', '.join(map(str, dict.fromkeys(found)))}" if found else ""
            raise UsageError(f"{text} has no {kind}{others}")
        return fitting[0]

    def owner_of(self, address: Address) -> str | None:
        """The node that has an address now; None: none has."""
        name = self.owners.get(address)
        if name is not None:
            return name
        has = (n for n, node in self.items() if any(o.address == address for o in node.addresses))
        return next(has, None)

    def names_of(self, addresses: Iterable[Address]) -> dict[Address, str]:
        """The nodes that have these addresses now; those that nobody has are left out."""
        found = {address: self.owner_of(address) for address in addresses}
        return {address: name for address, name in found.items() if name is not None}

    @property
    def owners(self) -> Mapping[Address, str]:
        """Which node has an address, as far as the lab gives them out."""
        if not hasattr(self, "_owners"):
            self._owners = {address: nodes[0] for address, nodes in self.lab.owners.items()}
        return self._owners

    # -- changes -------------------------------------------------------------------------------

    def carry(self, node: str, outputs: Iterable[Output]) -> None:
        """Carry out what a call of a node's host has given."""
        self._stations[node].carry(outputs)

    @property
    def failures(self) -> Failures:
        """What is out of order now."""
        return self._changes.failures

    def fail(self, target: str) -> None:
        """Cut a link ("a-b"), one direction of it ("a->b"), or switch a node off ("a")."""
        self._change(Fail(self.now, target_of(self.lab, target)))

    def restore(self, target: str) -> None:
        """Undo `fail`. A node starts anew and has forgotten all but its configuration."""
        self._change(Restore(self.now, target_of(self.lab, target)))

    def set(self, link: str, **quality: object) -> None:
        """Change the quality of a link ("a-b") or of one direction ("a->b").

        Words are those of lab.yaml: delay="10ms", loss="2%", bandwidth="1Gbps", queue=100.
        """
        from fingerpost.lab.topology.quality import changes_of

        target = target_of(self.lab, link)
        if isinstance(target, NodeTarget):
            raise UsageError(f"{link} is a node; name a link: a-b")
        try:
            self._change(SetQuality(self.now, target, changes_of(quality)))
        except UsageError as error:
            raise UsageError(f"quality of {link}: {error}") from None

    def configure(self, node: str, config: RouterConfig) -> None:
        """Change what the routing process of a node is told; see `LabNode.configure`."""
        self._stations[node].configure(config)
        stations = self._stations.values()
        configs = (one.config for one in stations if one.config is not None)
        self.convergence.patience = Patience.of(configs)
        self.convergence.disturbed(is_uncertain=self._changes.is_uncertain)

    def judge(self, until: Time | None = None) -> Judgement:
        """Run to the end and say which expectations of the lab were met; true if all were.

        To be asked before time has passed: what is to be judged earlier than now counts as failed.
        The timeline ends with the run, even where packets that judge it are on their way still.
        """
        from fingerpost.lab.expect import Judge

        judge = Judge(self, self.end_of(until))
        self.run(until)
        judge.end()
        self.wait(lambda: judge.is_done)
        return judge.judgement

    @property
    def oscillations(self) -> tuple[Oscillation, ...]:
        """Prefixes whose routes go round in a circle, so that the tables never stand."""
        return tuple(self.convergence.rounds.found.values())

    # -- captures ------------------------------------------------------------------------------

    def capture(
        self,
        path: str | os.PathLike[str] | None = None,
        links: str | Iterable[str] | None = None,
    ) -> Capture:
        """Capture the frames of some links, or of all, until `close` or the end of its block.

        `path`: a file .pcapng (each link an interface) or .pcap, or a folder (a pcap a link); None:
        in memory, to be looked at and saved later.
        """
        texts = [links] if isinstance(links, str) else links
        specs = self.lab.links if texts is None else [self.lab.link(text) for text in texts]
        chosen = {spec.name: (self.links[spec.name], spec) for spec in specs}
        sink = None if path is None else open_sink(path, [spec for _, spec in chosen.values()])
        return Capture(chosen, sink)

    # -- looking -------------------------------------------------------------------------------

    def tables(self) -> TablesShown:
        """The table of every node, as it is now."""
        return TablesShown({name: Table.of(name, node.table) for name, node in self.items()})

    def reachability(self) -> Reachability:
        """Who reaches whom by the tables as they are now, over all branches of equal cost."""
        from fingerpost.lab.reachability import check

        tables = {name: node.table for name, node in self.items()}
        return check(self.lab, tables, self.failures)

    def why(self, source: str, target: str | Address | LabNode, **options: Any) -> Why:  # noqa: ANN401
        """Ask every router on the way what it would do, and why; options as `LabNode.why`."""
        return self[source].why(target, **options)

    def port(self, node: str, interface: str | None) -> tuple[Link, int] | None:
        """The link that an interface is plugged into, and which of its ends; None: into none."""
        return self._stations[node].ports.get(interface or "")

    def snapshot(self) -> dict[str, object]:
        """The state of everything as plain data, for JSON."""
        return {
            "name": self.lab.name,
            "now_ns": self.now,
            "seed": self.seed,
            "nodes": {name: node.snapshot() for name, node in self.items()},
            "links": [link.snapshot() for link in self.links.values()],
        }

    def draw(self, path: Sequence[str] = ()) -> Picture:
        """The network as SVG with what has failed crossed out; in a notebook it shows itself.

        `path`: nodes whose links are highlighted; raises `UsageError` for what is no path.
        """
        from fingerpost.lab.draw import draw

        return draw(self.lab, path=path, failures=self.failures)

    def _repr_svg_(self) -> str:
        return self.draw().svg

    def __repr__(self) -> str:
        """Its size and its clock."""
        return (
            f"<Network {self.lab.name!r}: {len(self):,} nodes, {len(self.links):,} links,"
            f" at {shown(self.now)}>"
        )
