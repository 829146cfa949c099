"""Databases that flood to each other over links that lose, double and reorder packets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import TypeAlias

import networkx as nx
import pytest

from fingerpost._core import LinkStateDatabase
from fingerpost.ospf.flooding import receive_update
from fingerpost.ospf.lsa.header import HEADER_LENGTH

from .lsas import AREA, LINK, SECOND, key, lsa

MILLISECOND = SECOND // 1000
Packet: TypeAlias = tuple[int, int, int, int, int, bytes]  # when, order, to, interface, kind, body


@dataclass
class Lab:
    """Routers 1 and up, each with a point-to-point link to each neighbour, all of them full."""

    graph: nx.Graph[int]
    rng: Random
    loss: float = 0.0
    doubling: float = 0.0
    jitter_ns: int = 0
    answers: bool = True  # RFC 2328 13.4: who is told an LSA of its own makes a newer one
    now: int = 0
    databases: dict[int, LinkStateDatabase] = field(default_factory=dict)
    carried: Counter[tuple[int, int]] = field(default_factory=Counter)  # by router and neighbour
    _flying: list[Packet] = field(default_factory=list)
    _order: int = 0

    def __post_init__(self) -> None:
        for router in sorted(self.graph):
            db = self.databases[router] = LinkStateDatabase(2, router)
            for neighbor in sorted(self.graph[router]):
                db.set_interface(neighbor, area=AREA, link=LINK + neighbor)
                db.set_neighbor(neighbor, neighbor, 3)

    def originate(self, router: int, sequence: int, body: bytes = bytes(12)) -> bytes:
        made = lsa(router, sequence=sequence, body=body)
        self.databases[router].originate(AREA, made, self.now)
        return made

    def run(self, until: int) -> None:
        """Go from deadline to deadline until an instant, or until nothing is left to do."""
        while self.now <= until:
            for router, db in self.databases.items():
                db.pass_time(self.now)
                self._send(router, db)
            waits = [due for db in self.databases.values() if (due := db.next_deadline())]
            waits += [self._flying[0][0]] if self._flying else []
            if not waits or (next_ := min(waits)) > until:
                break
            self.now = max(self.now, next_)
            self._deliver()
        self.now = max(self.now, until)

    def _send(self, router: int, db: LinkStateDatabase) -> None:
        for interface, _, kind, body in db.outgoing(self.now):
            if kind == 4:
                self.carried[router, interface] += int.from_bytes(body[:4], "big")
            copies = 0 if self.rng.random() < self.loss else 1 + (self.rng.random() < self.doubling)
            for _ in range(copies):
                when = self.now + MILLISECOND + self.rng.randrange(self.jitter_ns + 1)
                self._order += 1
                heappush(self._flying, (when, self._order, interface, router, kind, body))

    def _deliver(self) -> None:
        while self._flying and self._flying[0][0] <= self.now:
            _, _, to, sender, kind, body = heappop(self._flying)
            db = self.databases[to]
            if kind == 5:
                db.receive_ack(sender, body, self.now)
                continue
            for scope, own in receive_update(db, sender, body, self.now).own:
                assert scope == AREA
                if not self.answers:
                    continue
                sequence = int.from_bytes(own[12:16], "big", signed=True)
                self.originate(to, sequence + 1)

    def sums(self) -> set[tuple[int, int]]:
        return {(db.count(), db.checksum(AREA)) for db in self.databases.values()}

    def unacknowledged(self) -> int:
        return sum(db.sizes(n)[2] for one, db in self.databases.items() for n in self.graph[one])


def graph(name: str, rng: Random) -> nx.Graph[int]:
    makers: dict[str, Callable[[], nx.Graph[int]]] = {
        "line": lambda: nx.path_graph(12),
        "ring": lambda: nx.cycle_graph(11),
        "grid": lambda: nx.convert_node_labels_to_integers(nx.grid_2d_graph(5, 5)),
        "full mesh": lambda: nx.complete_graph(9),
        "random": lambda: nx.connected_watts_strogatz_graph(30, 4, 0.3, seed=rng.randrange(99)),
    }
    made = makers[name]()
    return nx.relabel_nodes(made, {one: one + 1 for one in made})


NAMES = ["line", "ring", "grid", "full mesh", "random"]


@pytest.mark.parametrize("name", NAMES)
def test_each_router_floods_an_lsa_once_to_all_but_whom_it_came_from(name: str) -> None:
    """RFC 2328 13.3: 2E - (n - 1) updates, at most two on a link, and no storm."""
    lab = Lab(graph(name, Random(1)), Random(1))
    lab.originate(1, 1)
    lab.run(60 * SECOND)
    routers, links = lab.graph.number_of_nodes(), lab.graph.number_of_edges()
    assert lab.carried.total() == 2 * links - (routers - 1)
    assert max(lab.carried.values()) == 1
    assert lab.sums() == {(1, lab.databases[1].checksum(AREA))}
    assert lab.unacknowledged() == 0


@pytest.mark.parametrize("name", NAMES)
def test_lsas_of_all_at_once_cost_no_more_than_one_after_the_other(name: str) -> None:
    lab = Lab(graph(name, Random(2)), Random(2))
    for router in lab.graph:
        lab.originate(router, 1)
    lab.run(60 * SECOND)
    routers, links = lab.graph.number_of_nodes(), lab.graph.number_of_edges()
    assert lab.carried.total() == routers * (2 * links - (routers - 1))
    assert len(lab.sums()) == 1
    assert lab.unacknowledged() == 0


@pytest.mark.parametrize("seed", range(12))
def test_databases_agree_in_the_end_whatever_links_do(seed: int) -> None:
    """RFC 2328 13.6: what is lost is sent again; what is old never replaces what is new."""
    rng = Random(seed)
    lab = Lab(graph("random", rng), rng, loss=0.2, doubling=0.1, jitter_ns=300 * MILLISECOND)
    newest: dict[int, bytes] = {}
    for sequence in range(1, 6):
        for router in rng.sample(sorted(lab.graph), 12):
            newest[router] = lab.originate(router, sequence, rng.randbytes(12))
        lab.run(lab.now + rng.choice((SECOND, 2 * SECOND, 6 * SECOND)))
    lab.run(lab.now + 300 * SECOND)
    assert len(lab.sums()) == 1
    assert lab.unacknowledged() == 0
    for db in lab.databases.values():
        held = {key(one).router: one[HEADER_LENGTH - 8 :] for _, one in db.entries(lab.now)}
        assert held == {router: one[HEADER_LENGTH - 8 :] for router, one in newest.items()}


@pytest.mark.parametrize("seed", range(4))
def test_flushed_lsas_are_gone_everywhere_in_the_end(seed: int) -> None:
    """RFC 2328 14, 14.1."""
    rng = Random(seed)
    lab = Lab(graph("random", rng), rng, loss=0.1, jitter_ns=50 * MILLISECOND)
    for router in lab.graph:
        lab.originate(router, 1)
    lab.run(100 * SECOND)
    gone = rng.sample(sorted(lab.graph), 10)
    for router in gone:
        assert lab.databases[router].flush(AREA, (1, router, router), lab.now)
    lab.run(lab.now + 200 * SECOND)
    assert {count for count, _ in lab.sums()} == {lab.graph.number_of_nodes() - len(gone)}
    for router in lab.graph:
        told = lab.databases[router].take_flushed()
        assert told == ([(AREA, (1, router, router))] if router in gone else [])


def test_all_reaches_max_age_where_nobody_refreshes_it() -> None:
    """RFC 2328 14: at every router within the same few seconds, and without a storm."""
    lab = Lab(graph("grid", Random(3)), Random(3), answers=False)
    for router in lab.graph:
        lab.originate(router, 1)
    lab.run(3500 * SECOND)
    assert lab.sums() == {(25, lab.databases[1].checksum(AREA))}
    before = lab.carried.total()
    lab.run(3700 * SECOND)
    assert lab.sums() == {(0, 0)}
    links = lab.graph.number_of_edges()
    assert lab.carried.total() - before <= 2 * links * 25


def test_router_that_forgot_its_sequence_number_gets_it_back() -> None:
    """RFC 2328 13.4: after a restart the network still has what it said."""
    lab = Lab(graph("ring", Random(4)), Random(4))
    lab.originate(1, 40)
    lab.run(20 * SECOND)
    restarted = lab.databases[1] = LinkStateDatabase(2, 1)
    for neighbor in lab.graph[1]:
        restarted.set_interface(neighbor, area=AREA, link=LINK + neighbor)
        restarted.set_neighbor(neighbor, neighbor, 3)
    lab.originate(1, 1)
    lab.run(60 * SECOND)
    found = {db.entries(lab.now)[0][1][12:16] for db in lab.databases.values()}
    assert found == {(41).to_bytes(4, "big")}
    assert lab.unacknowledged() == 0
