"""The check itself: ask all tables, spread the outcomes block by block, gather what is wrong."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from fingerpost.errors import UsageError
from fingerpost.lab.failures import NONE, Failures
from fingerpost.lab.reachability.actions import Actions
from fingerpost.lab.reachability.elsewhere import elsewhere
from fingerpost.lab.reachability.loops import circles
from fingerpost.lab.reachability.result import LISTED, Blackhole, Loop, Reachability
from fingerpost.lab.reachability.spread import DELIVERED, LOST, spread
from fingerpost.lab.routes import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from fingerpost.addr import Address, Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route
    from fingerpost.lab.model import Lab
    from fingerpost.lab.reachability.spread import Block

_CELLS = 1 << 19  # cells of a block: what is in flight stays below a hundred megabytes


def check(
    lab: Lab, tables: Mapping[str, Fib[Route]] | None = None, failures: Failures = NONE
) -> Reachability:
    """Compute who reaches which address of the lab, from every node, over all branches.

    `tables`: a table for each node; those of `lab.routes.Tables` when left out, those of live
    routers when a lab is running. `failures`: what is out of order; a dead next hop among live
    ones is not used, as in a router. Raises `UsageError` where tables are left out that only a run
    can tell.
    """
    if tables is None and lab.has_protocols:
        said = "give their tables, or ask a network that has run: net.reachability()"
        raise UsageError(f"routers of {lab.name} learn their routes: {said}")
    tables = Tables(lab, failures) if tables is None else tables
    return _Check(lab, tables, failures).run()


class _Check:
    """One check; holds a row of action numbers for every node, a column for every address."""

    def __init__(self, lab: Lab, tables: Mapping[str, Fib[Route]], failures: Failures) -> None:
        self._lab, self._tables, self._failures = lab, tables, failures
        self._does = Actions(lab, failures)
        self._reason_not_forwarding = self._does.reason("a host does not forward")
        self._reason_nobody = self._does.reason("nobody on the link has this address")
        self._owners = {a: names for a, names in lab.owners.items() if not a.is_link_local}
        self._own = len(self._owners)  # columns of the lab's addresses; others come after
        prefixes = tables.prefixes() if isinstance(tables, Tables) else _prefixes(tables)
        self._addresses = sorted(self._owners) + elsewhere(prefixes, self._owners)
        self._column = {address: at for at, address in enumerate(self._addresses)}
        self._alive = np.array([name not in failures.nodes for name in self._does.names])
        self._forwards = np.array([lab.nodes[name].forwards for name in self._does.names])
        self._is_local = self._local()
        self._is_asked = self._asked()
        self._rows = self._ask()
        self._loops: dict[tuple[int, ...], tuple[list[int], int]] = {}
        self._circles_of: dict[bytes, list[tuple[int, ...]]] = {}
        self._holes: dict[tuple[int, int], tuple[list[int], int]] = {}

    # -- the tables ----------------------------------------------------------------------------

    def _local(self) -> NDArray[np.bool_]:
        """Which node has which address; a node that is out of order has none."""
        local = np.zeros((len(self._does.names), len(self._addresses)), np.bool_)
        for address, names in self._owners.items():
            for name in names:
                local[self._does.index[name], self._column[address]] = True
        local[~self._alive] = False
        return local

    def _ask(self) -> NDArray[np.int32]:
        parts = [_column(list(part)) for _, part in groupby(self._addresses, _version)]
        rows = np.empty((len(self._does.names), len(self._addresses)), np.int32)
        for at, name in enumerate(self._does.names):
            if parts:
                rows[at] = np.concatenate([self._ask_one(name, part) for part in parts])
        return rows

    def _ask_one(
        self, name: str, column: NDArray[np.uint32] | NDArray[np.uint8]
    ) -> NDArray[np.int32]:
        fib = self._tables[name]
        matches = fib.lookup_many(column)
        distinct = matches.distinct()
        node = self._lab.nodes[name]
        # values that are one object are one action; `routes` holds them, so no id comes twice
        routes = matches.values.take(distinct.indices)
        ids = np.fromiter(map(id, routes), np.int64, len(routes))
        _, first, which = np.unique(ids, return_index=True, return_inverse=True)
        actions = [self._does.of_route(node, fib, routes[at]) for at in first.tolist()]
        numbers = np.array(actions, np.int32)[which]
        return numbers[distinct.codes]

    def _asked(self) -> NDArray[np.bool_]:
        """Pairs that make a question: the source works and has an address of that family."""
        family = np.array([address.version for address in self._addresses])
        asked = np.zeros((len(self._does.names), len(self._addresses)), np.bool_)
        for at, name in enumerate(self._does.names):
            versions = {one.version for one in self._lab.nodes[name].addresses()}
            asked[at] = np.isin(family, sorted(versions)) & self._alive[at]
        return asked

    # -- blocks of destinations ----------------------------------------------------------------

    def run(self) -> Reachability:
        """Go through all destinations, some at a time."""
        nodes, total = self._rows.shape
        outcomes = np.zeros((nodes, total), np.uint8)
        self._flatten_actions()
        width = max(1, _CELLS // max(nodes, 1))
        for start in range(0, total, width):
            end = min(start + width, total)
            block = self._block(start, end)
            outcomes[:, start:end] = block.outcome.reshape(nodes, end - start)
            self._note_circles(block, start, end - start)
        outcomes[~self._is_asked] = 0
        return self._result(outcomes[:, : self._own])

    def _flatten_actions(self) -> None:
        branches = self._does.branches
        counts = np.array([len(one) for one in branches], np.int64)
        self._counts = counts
        self._first = np.cumsum(counts) - counts
        self._branches = np.array([b for one in branches for b in one], np.int64)
        keys = {}  # link * destinations + destination -> who has it there
        for at, link in enumerate(self._does.links):
            for address, name in self._does.neighbours(link).items():
                is_there = address in self._column and not self._failures.is_dead(link, name)
                if is_there:
                    keys[at * len(self._addresses) + self._column[address]] = self._does.index[name]
        self._on_link = np.array(sorted(keys), np.int64)
        self._who = np.array([keys[key] for key in sorted(keys)], np.int64)

    def _block(self, start: int, end: int) -> Block:
        nodes, width = len(self._does.names), end - start
        local = self._is_local[:, start:end].ravel()
        actions = self._rows[:, start:end].ravel()
        counts = np.where(local, 0, self._counts[actions])
        counts[np.repeat(~self._alive, width)] = 0
        sources = np.repeat(np.arange(nodes * width, dtype=np.int64), counts)
        within = np.arange(len(sources)) - np.repeat(np.cumsum(counts) - counts, counts)
        branch = self._branches[self._first[actions[sources]] + within]
        columns = sources % width
        branch = self._resolve_links(branch, columns + start)
        onward = branch >= 0
        targets = np.where(onward, branch, 0) * width + columns
        stops = onward & ~local[targets] & ~self._forwards[np.where(onward, branch, 0)]
        branch[stops] = self._reason_not_forwarding
        onward &= ~stops
        outcome = np.where(local, DELIVERED, 0).astype(np.uint8)
        outcome[sources[~onward]] |= LOST
        sources_on, targets = sources[onward], targets[onward]
        # where nobody can send from and nothing comes through, nothing is lost
        counts_in = np.bincount(targets, minlength=len(outcome))
        matters = self._is_asked[:, start:end].ravel() | (counts_in > 0)
        ends = np.flatnonzero(~onward & matters[sources])
        self._note_holes(sources[ends] // width, branch[ends], columns[ends] + start)
        return spread(outcome, sources_on, targets)

    def _resolve_links(
        self, branch: NDArray[np.int64], destinations: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Replace "whoever has it on that link" by the node, or the reason why nobody has."""
        at = np.flatnonzero(branch >= len(self._does.names))
        if not len(at):
            return branch
        branch[at] = self._find(branch[at] - len(self._does.names), destinations[at])
        return branch

    def _find(self, links: NDArray[np.int64], destinations: NDArray[np.int64]) -> NDArray[np.int64]:
        keys = links * len(self._addresses) + destinations
        if not len(self._on_link):
            return np.full(len(keys), self._reason_nobody, np.int64)
        place = np.minimum(np.searchsorted(self._on_link, keys), len(self._on_link) - 1)
        found = self._on_link[place] == keys
        return np.where(found, self._who[place], self._reason_nobody)

    # -- what is wrong -------------------------------------------------------------------------

    def _note_holes(
        self,
        nodes: NDArray[np.int64],
        reasons: NDArray[np.int64],
        destinations: NDArray[np.int64],
    ) -> None:
        known = destinations < self._own  # that nobody has another address is no fault
        nodes, reasons, destinations = nodes[known], reasons[known], destinations[known]
        if not len(nodes):
            return
        keys = nodes * len(self._does.reasons) - 1 - reasons
        order = np.argsort(keys, kind="stable")
        distinct, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
        for key, at, count in zip(distinct.tolist(), first.tolist(), counts.tolist(), strict=True):
            node, reason = divmod(key, len(self._does.reasons))
            listed, before = self._holes.get((node, reason), ([], 0))
            listed += destinations[order[at : at + min(count, LISTED)]].tolist()
            self._holes[node, reason] = (listed[:LISTED], before + count)

    def _note_circles(self, block: Block, start: int, width: int) -> None:
        if not len(block.circle_from):
            return
        columns = block.circle_from % width
        order = np.argsort(columns, kind="stable")
        columns = columns[order]
        pairs = np.stack([block.circle_from[order] // width, block.circle_to[order] // width], 1)
        distinct, first = np.unique(columns, return_index=True)
        ends = [*first[1:].tolist(), len(columns)]
        for column, begin, end in zip(distinct.tolist(), first.tolist(), ends, strict=True):
            here = pairs[begin:end]
            key = here.tobytes()
            if key not in self._circles_of:  # prefixes of one owner circle alike
                self._circles_of[key] = circles([(a, b) for a, b in here.tolist()])
            for circle in self._circles_of[key]:
                listed, before = self._loops.get(circle, ([], 0))
                listed += [start + column] if before < LISTED else []
                self._loops[circle] = (listed, before + 1)

    def _result(self, outcomes: NDArray[np.uint8]) -> Reachability:
        names, address = self._does.names, self._addresses
        loops = [
            Loop(tuple(names[n] for n in circle), tuple(address[d] for d in listed), count)
            for circle, (listed, count) in sorted(self._loops.items())
        ]
        holes = [
            Blackhole(
                names[node], self._does.reasons[reason], tuple(address[d] for d in listed), count
            )
            for (node, reason), (listed, count) in sorted(self._holes.items())
        ]
        reachable = int(np.count_nonzero(outcomes == DELIVERED))
        delivered = int(np.count_nonzero(outcomes & DELIVERED))
        return Reachability(
            tuple(names),
            tuple(address[: self._own]),
            outcomes,
            int(np.count_nonzero(outcomes)),
            reachable,
            delivered - reachable,
            tuple(loops),
            tuple(holes),
            self._owners,
            self._next,
        )

    def _next(self, name: str, destination: Address) -> tuple[tuple[str | None, str], ...]:
        """Where a packet goes from a node: (node, "") or (None, reason) for each branch."""
        fib, index = self._tables[name], self._does.index
        match = fib.match(destination)
        action = self._does.of_route(self._lab.nodes[name], fib, match[1] if match else None)
        branch = [self._here(one, destination) for one in self._does.branches[action]]
        found: list[tuple[str | None, str]] = []
        owners = [index[owner] for owner in self._owners.get(destination, ())]
        for one in branch:
            if one < 0:
                found.append((None, self._does.reasons[-1 - one]))
            elif self._forwards[one] or one in owners:
                found.append((self._does.names[one], ""))
            else:
                found.append((None, self._does.reasons[-1 - self._reason_not_forwarding]))
        return tuple(found)

    def _here(self, branch: int, destination: Address) -> int:
        """A branch with "whoever has it on that link" replaced by the node, or by the reason."""
        if branch < len(self._does.names):
            return branch
        link = self._does.links[branch - len(self._does.names)]
        name = self._does.neighbours(link).get(destination)
        if name is None or self._failures.is_dead(link, name):
            return self._reason_nobody
        return self._does.index[name]


def _version(address: Address) -> int:
    return address.version


def _column(addresses: list[Address]) -> NDArray[np.uint32] | NDArray[np.uint8]:
    """Addresses of one family as a bulk lookup takes them fastest."""
    if addresses[0].version == 4:
        return np.array([int(address) for address in addresses], np.uint32)
    packed = b"".join(address.packed for address in addresses)
    return np.frombuffer(packed, np.uint8).reshape(-1, 16)


def _prefixes(tables: Mapping[str, Fib[Route]]) -> set[Prefix]:
    found: set[Prefix] = set()
    for fib in tables.values():
        found.update(fib.columns()[0])
    return found
