"""`KernelFib`: the kernel's forwarding table as this router wants it, and nobody else's part of it.

A desired-state reconciler. `want` takes changes of the routing table; `sync` sends the kernel the
difference between what is wanted and what it is known to have. All routes carry one protocol number
and one metric of their own; what carries another protocol number is never changed.

Life of a route: wanted; sent (100 messages a call, the last acknowledged); held. One that the
kernel refuses stays wanted, with errno and words (`refused`), and is tried again when an interface
comes (`interface_changed`), when what stood in its way goes, and at each comparison (`drift`).

Start and restart: what a previous run left keeps forwarding. `adopt` takes it over; whatever is
wanted meanwhile replaces or confirms it; `sweep`, when the router has converged, removes the rest.

Drift: others may remove or change our routes, and the kernel removes those of a link that goes down
without a word. `heard` reads notifications; where they were lost, and after changes of interfaces,
`sync` first compares with a dump.

Linux specifics: rtnetlink(7); nexthop objects from Linux 5.3 on (see `kernel.nexthops`). An IPv4
route may have an IPv6 gateway (RFC 8950).
"""

from __future__ import annotations

import errno as numbers
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from fingerpost._core import Prefix, RouteLedger, RouteListener, RouteSocket
from fingerpost.errors import UsageError
from fingerpost.host.linux.kernel.comparison import Comparison, Ours
from fingerpost.host.linux.kernel.nexthops import objects_of
from fingerpost.host.linux.kernel.report import Done, Found, KernelWhy, Refusal
from fingerpost.host.linux.kernel.ways import NONE, OTHER, Ways
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.distance import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost._core import PrefixColumn
    from fingerpost.addr import PrefixLike
    from fingerpost.forwarding.route import Route
    from fingerpost.rib.events import Change

PROTOCOL = 70  # in no /etc/iproute2/rt_protos; packaging/rt_protos.d names it
METRIC = 70
MAIN_TABLE = 254
LOCAL_TABLE = 255  # the kernel's own addresses
RECEIVE_BUFFER = 8 << 20
FLUSH = 1000  # from how many routes on a nexthop object takes its routes with it
ATTEMPTS = 3  # to make good lost answers
HEARD_AT_ONCE = 50_000  # datagrams, so that a flood of notifications does not hold up a batch


class KernelFib:
    """Our routes in one table of the kernel."""

    def __init__(
        self,
        protocol: int = PROTOCOL,
        table: int = MAIN_TABLE,
        metric: int = METRIC,
        *,
        nexthop_objects: bool | None = None,
        skipped: frozenset[str] = frozenset({"connected"}),
        receive_buffer: int = RECEIVE_BUFFER,
    ) -> None:
        """Open sockets in the network namespace of this thread; nothing is read or changed yet.

        `nexthop_objects`: None uses them where the kernel has them. Routes of the kinds of sources
        `skipped` are the kernel's own affair. `UsageError` for numbers that cannot be ours;
        `OSError` where the system gives no socket.
        """
        _check(protocol, table, metric)
        self.protocol, self.table, self.metric = protocol, table, metric
        self._skipped = skipped
        self._ledger = RouteLedger()
        self._socket = RouteSocket(protocol, table, metric, receive_buffer)
        self._listener = RouteListener(self._socket, receive_buffer)
        left = objects_of(self._socket, protocol, table)
        self._objects = None if nexthop_objects is False else left
        self._ways = Ways(self._ledger, self._objects)
        ours = Ours(self._socket, protocol, table, metric)
        self._comparison = Comparison(ours, self._ledger, self._ways, self._objects, left)
        self._is_adopted = self._is_swept = False
        self._is_unsure = False
        self.is_behind = False  # the last `sync` did not do all that was to be done
        self.done = Done()
        self.overrun = 0

    @property
    def uses_nexthop_objects(self) -> bool:
        """Whether routes name nexthop objects."""
        return self._objects is not None

    def want(self, changes: Iterable[Change]) -> None:
        """These are the routes, from the next `sync` on; the last change of a prefix counts."""
        if isinstance(changes, ChangeSet):
            for group in changes.groups():
                path = group.after
                is_ours = path is not None and self._is_ours(path.source)
                self.want_table(group.prefixes, path.forwarding() if path and is_ours else None)
            return
        prefixes: list[Prefix] = []
        ways: list[int] = []
        for change in changes:
            after = change.after
            prefixes.append(change.prefix)
            if after is None or not self._is_ours(after.source):
                ways.append(NONE)
            else:
                version = change.prefix.version
                ways.append(self._ways.number(version, after.kind, after.next_hops))
        self._ledger.want_each(prefixes, ways)

    def _is_ours(self, source: str) -> bool:
        return kind_of(source) not in self._skipped

    def want_table(self, prefixes: PrefixColumn, route: Route | None) -> None:
        """The same for many prefixes that share a route; None: no route. Fastest in order."""
        if route is None:
            self._ledger.want_all(prefixes, NONE, None)
        elif len(prefixes):
            first = prefixes[0].version
            if self._want_version(prefixes, route, first):
                self._want_version(prefixes, route, 10 - first)

    def _want_version(self, prefixes: PrefixColumn, route: Route, version: int) -> int:
        """Those of one IP version; gives how many are of the other."""
        way = self._ways.number(version, route.kind, route.next_hops)
        return self._ledger.want_all(prefixes, way, version)

    def sync(self, most: int | None = None) -> Done:
        """Send the kernel what differs. `OSError` where messages cannot be sent at all.

        `most`: about so many routes of each IP version at a time; `is_behind` tells of more.
        """
        if not self._is_adopted:
            self.adopt()
        self.heard()
        done = Done()
        for attempt in range(ATTEMPTS):
            if self._is_unsure:
                self._compare()
            part = self._send(most)
            done = replace(done + part, refused=part.refused, surprises=part.surprises)
            # what is known was not so, unless a foreign route is in the way: the table tells
            self._is_unsure |= bool(part.lost or (part.surprises and attempt == 0))
            if not self._is_unsure:
                break
        else:
            self._compare()  # what is missing goes out with the next sync
        self.done += done
        return done

    def adopt(self) -> Found:
        """Take over what carries our protocol number; nothing is removed before `sweep`."""
        self._is_adopted = True
        return self._compare()

    def sweep(self) -> Done:
        """The router has converged: what was adopted and is not wanted goes, then `sync`."""
        self._is_swept = True
        self._ledger.sweep()
        done = Done(deleted=self._comparison.remove_strays())
        self.done += done
        done += self.sync()
        self._comparison.remove_stale_objects()
        return done

    def drift(self) -> Found:
        """Compare with the kernel and put right whatever differs."""
        self._is_adopted = True
        found = self._compare()
        if self._is_swept:
            self.sweep()
        else:
            self.sync()
        return found

    def interface_changed(self) -> None:
        """An interface came, went, or went up or down: nothing is certain until compared."""
        self._is_unsure = True

    def fileno(self) -> int:
        """What to wait on for `heard`."""
        return self._listener.fileno()

    def heard(self) -> int:
        """Read what others did, for `sync` to put right; gives how many of it concern us."""
        count = 0
        for _ in range(HEARD_AT_ONCE):
            try:
                told = self._listener.read()
            except OSError as error:
                if error.errno != numbers.ENOBUFS:
                    raise
                self.overrun += 1
                self._is_unsure = True
                continue
            if told is None:
                break
            count += sum(self._hear(*one) for one in told)
        return count

    def refused(self, limit: int = 1000) -> list[Refusal]:
        """What the kernel refused and is still wanted, in order, at most `limit`."""
        found = self._ledger.refusals(limit)
        whys = (self.why(prefix) for prefix, _, _ in found)
        return [why.refusal for why in whys if why.refusal is not None]

    def why(self, prefix: PrefixLike) -> KernelWhy:
        """What is wanted for a prefix, what the kernel has, and why they differ."""
        prefix = Prefix(prefix)
        state = self._ledger.state(prefix)
        if state is None:
            return KernelWhy(prefix, None, None)
        want, held, errno, words = state
        wanted = self._name(want)
        if (way := self._ways[want]) is not None and errno and way.is_cut:
            errno, words = numbers.ENODEV, ""  # to which the kernel says something about gateways
        refusal = Refusal(prefix, wanted or "none", errno, words) if errno else None
        is_spared = want == OTHER
        return KernelWhy(
            prefix, None if is_spared else wanted, self._name(held), is_spared, refusal
        )

    def snapshot(self) -> dict[str, int]:
        """Counts: what is, and what was done since the start."""
        wanted, held, refused, spared = self._ledger.counts()
        return {
            "wanted": wanted,
            "held": held,
            "refused_now": refused,
            "spared": spared,
            "ways": len(self._ways),
            "nexthop_objects": len(self._objects) if self._objects is not None else 0,
            "compared": self._comparison.count,
            "overrun": self.overrun,
            **asdict(self.done),
        }

    def withdraw(self) -> Done:
        """Remove all of ours, as at a shutdown that shall leave nothing; foreign routes stay."""
        self._ledger.want_all(self._ledger.prefixes(), NONE, None)
        return self.sweep()

    def _send(self, most: int | None) -> Done:
        puts, self.is_behind = self._socket.sync(self._ledger, drops=False, most=most)
        if self.is_behind:
            return Done(*puts)
        flushed = sum(
            self._ledger.flushed(way)
            for way in self._ledger.leaving(FLUSH)
            if self._ways.flush(way)
        )
        drops, self.is_behind = self._socket.sync(self._ledger, drops=True, most=most)
        self._ways.drop(self._ledger.take_idle())
        return Done(*puts) + Done(*drops) + Done(flushed=flushed)

    def _compare(self) -> Found:
        """Read the kernel's table and hold the ledger against it."""
        found = self._comparison.run(spares=not self._is_swept)
        self._is_unsure = not self._comparison.is_complete  # if not, once more at the next sync
        return found

    def _hear(self, what: str, prefix: Prefix | None, is_ours: bool) -> bool:
        """One notification; whether it concerns us."""
        if prefix is None:
            self._is_unsure |= self._objects is not None
            return True
        state = self._ledger.state(prefix)
        if is_ours:
            if state is None and (what == "went" or not self._is_swept):
                return False
            self._ledger.hold(prefix, NONE if what == "went" else OTHER)
        elif what == "went":
            self._ledger.retry_one(prefix)  # it may have been in the way
        elif what == "replaced" and state is not None and state[1] != NONE:
            self._ledger.hold(prefix, NONE)  # it took the place of ours
        else:
            return False
        return True

    def _name(self, at: int) -> str | None:
        if at == NONE:
            return None
        way = self._ways[at]
        return "something else" if way is None else str(way)


def _check(protocol: int, table: int, metric: int) -> None:
    """`UsageError` for numbers that are the kernel's own or cannot be."""
    if not 5 <= protocol <= 255:
        raise UsageError(f"protocol number {protocol} is the kernel's own; give 5 to 255")
    if not 1 <= table < 1 << 32 or table == LOCAL_TABLE:
        raise UsageError(
            f"table {table} cannot be ours; give 1 to {(1 << 32) - 1}, not {LOCAL_TABLE}"
        )
    if not 1 <= metric < 1 << 32:
        raise UsageError(f"metric {metric} cannot be given; give 1 to {(1 << 32) - 1}")
