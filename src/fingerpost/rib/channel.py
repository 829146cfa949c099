"""`Channel`: the way between a source of routes and a table, and the only one.

How a route goes in stands in `Intake`. Going out: what the table uses is offered to whoever stands
at the other end, unless it came from there; the export policy lets it through, perhaps changed, or
not.

**No route comes back to where it came from.** A channel never exports the routes of its own source.
With a `tag` it also refuses those that carry it: routes that this protocol once announced and
another one brought back from a distant router, where they were redistributed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.rib.admission import Admission, Stage
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.channel_counters import ChannelCounters
from fingerpost.rib.events import Change, RoutesChanged
from fingerpost.rib.intake import Intake
from fingerpost.rib.path import path_of, says_same
from fingerpost.rib.verdict import Context, Direction, Line, Verdict, asks_prefix

if TYPE_CHECKING:
    from fingerpost.rib.changes import Kind
    from fingerpost.rib.limit import Limit
    from fingerpost.rib.path import Path
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Filter


class Channel(Intake):
    """Between the source named `source` and `rib`.

    `tag` marks routes of this source, see above; `memory` bounds what is remembered of routes that
    the policy refused or changed.
    """

    def __init__(
        self,
        source: str,
        rib: Rib,
        import_policy: Filter | None = None,
        export_policy: Filter | None = None,
        limit: Limit | None = None,
        *,
        tag: int = 0,
        memory: int = 100_000,
    ) -> None:
        """Open it; nothing has gone through yet."""
        super().__init__(source, rib, import_policy, limit, tag=tag, memory=memory)
        self.export_policy = export_policy

    def export(self, changes: Iterable[Change]) -> RoutesChanged:
        """What the other end is told of these changes; routes have passed the export policy."""
        if isinstance(changes, ChangeSet) and not asks_prefix(self.export_policy):
            return RoutesChanged(self._export_alike(changes))
        told = []
        for change in changes:
            before = None if change.before is None else self._offered(change.before, counts=0)
            after = None if change.after is None else self._offered(change.after, counts=1)
            if before != after:
                told.append(Change(change.prefix, before, after))
        return RoutesChanged(tuple(told))

    def _export_alike(self, changes: ChangeSet) -> ChangeSet:
        """Judge once what is the same for many prefixes."""
        counts = dict(changes.counts())

        def tell(before: Path | None, after: Path | None) -> Kind | None:
            was = self._offered_path(before, counts=0)
            now = self._offered_path(after, counts=counts[before, after])
            return None if says_same(was, now) else (was, now)

        return changes.told(tell)

    def feed(self) -> RoutesChanged:
        """Everything that the other end should have, as for one that begins."""
        return self.export(self.rib.everything())

    def set_export_policy(self, policy: Filter | None) -> RoutesChanged:
        """Offer everything by another policy; gives the difference to what was offered before."""
        if asks_prefix(self.export_policy) or asks_prefix(policy):
            before = dict(self._all_offered())
            self.export_policy = policy
            return RoutesChanged(_difference(before, dict(self._all_offered())))
        everything = self.rib.everything()
        paths = [path for _, path in everything.kinds]
        was = [self._offered_path(path, counts=0) for path in paths]
        self.export_policy = policy
        now = [self._offered_path(path, counts=0) for path in paths]
        kinds = dict(zip(paths, zip(was, now, strict=True), strict=True))
        return RoutesChanged(
            everything.told(
                lambda _, path: None if says_same(*kinds[path]) else kinds[path],
            )
        )

    def _all_offered(self) -> Iterator[tuple[Prefix, RibRoute]]:
        for route in self.rib:
            if (offered := self._offered(route, counts=0)) is not None:
                yield route.prefix, offered

    def _offered_path(self, path: Path | None, *, counts: int) -> Path | None:
        if path is None:
            return None
        if self.export_policy is None:
            if path.source == self.source or (self.tag and path.tag == self.tag):
                self.counters.returned += counts
                return None
            self.counters.exported += counts
            return path
        route = path.at(_ANYWHERE, 0)
        offered = self._offered(route, counts=counts)
        if offered is None or offered is route:
            return None if offered is None else path
        return path_of(offered, path.number)

    def _offered(self, route: RibRoute, *, counts: int) -> RibRoute | None:
        verdict = self.export_verdict(route, counts=counts)
        if verdict.accepted:
            self.counters.exported += counts
        elif is_return(verdict):
            self.counters.returned += counts
        else:
            self.counters.withheld += counts
        return verdict.route if verdict.accepted else None

    def export_verdict(self, route: RibRoute, *, counts: int = 0) -> Verdict:
        """What would become of a route of the table on its way out."""
        if route.source == self.source:
            return Verdict(accepted=False, route=route, trace=(_RETURN,))
        if self.tag and route.tag == self.tag:
            return Verdict(accepted=False, route=route, trace=(_TAGGED,))
        if self.export_policy is None:
            return Verdict(accepted=True, route=route)
        context = Context(Direction.EXPORT, self.rib.name, self.source, counts=counts)
        return self.export_policy.apply(route, context)

    # -- looking -------------------------------------------------------------------------------

    def admission(self, prefix: Prefix) -> Admission:
        """What became of the source's route for a prefix on its way in."""
        said = self.said(prefix)
        verdict = None if said is None else self.verdict(said)
        stage = self._stage(said, verdict, is_held=self._holds(prefix))
        limit = None if self.limit is None else self.limit.prefixes
        forgets = self.counters.forgotten > 0
        return Admission(prefix, self.source, stage, said, verdict, limit, forgets)

    def _stage(self, said: RibRoute | None, verdict: Verdict | None, *, is_held: bool) -> Stage:
        if is_held:
            return Stage.HELD
        if not self.is_enabled:
            return Stage.ENDED
        if said is None or verdict is None:
            return Stage.NOT_SAID
        return Stage.LIMITED if verdict.accepted else Stage.REFUSED

    def explain_not(self, prefix: Prefix) -> tuple[str, ...]:
        """Why a prefix of this source is not in the table, a reason a line; none if it is."""
        return self.admission(prefix).reasons

    def snapshot(self) -> dict[str, object]:
        """The state as plain data, for JSON."""
        return {
            "source": self.source,
            "table": self.rib.name,
            "is_enabled": self.is_enabled,
            "held": self.held,
            "limit": None if self.limit is None else self.limit.prefixes,
            "import_policy": None if self.import_policy is None else self.import_policy.name,
            "export_policy": None if self.export_policy is None else self.export_policy.name,
            "counters": {name: getattr(self.counters, name) for name in ChannelCounters.__slots__},
        }


_ANYWHERE = Prefix("0.0.0.0/0")  # where no policy looks at the prefix
_RETURN = Line("channel", "source", "refused: it came from there")
_TAGGED = Line("channel", "tag", "refused: its tag says that it came from there once")


def is_return(verdict: Verdict) -> bool:
    """Whether a route was kept from going back to where it came from, and no policy was asked."""
    return verdict.trace[-1:] in ((_RETURN,), (_TAGGED,))


def _difference(
    before: dict[Prefix, RibRoute], after: dict[Prefix, RibRoute]
) -> tuple[Change, ...]:
    return tuple(
        Change(prefix, before.get(prefix), after.get(prefix))
        for prefix in sorted(before.keys() | after.keys())
        if before.get(prefix) != after.get(prefix)
    )
