"""Links and nodes of a running lab fail, come back, and change: what that does to whom.

A link that is cut takes the interfaces at its ends down. A direction that is cut takes nobody's
interface down: no light goes out. A node without power takes down its neighbours' ends of the links
between the two, and begins anew when it has power again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.failures import NONE, Failures
from fingerpost.lab.model import EndKind
from fingerpost.lab.record import Entry
from fingerpost.lab.timeline import Change, Fail, LinkTarget, NodeTarget, Restore, SetQuality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.lab.link import Link
    from fingerpost.lab.model import Lab, LinkSpec
    from fingerpost.lab.record import Record
    from fingerpost.lab.scheduler import Scheduler
    from fingerpost.lab.station import Station


class Changes:
    """Carries changes out; `failures` is what is out of order now."""

    def __init__(
        self,
        lab: Lab,
        scheduler: Scheduler,
        links: Mapping[str, Link],
        stations: Mapping[str, Station],
        record: Record,
    ) -> None:
        """Everything works."""
        self.failures: Failures = NONE
        self._specs = dict(lab.link_by_name)
        self._scheduler, self._links = scheduler, links
        self._stations, self._record = stations, record

    def apply(self, change: Change) -> None:
        """Let one change of a timeline happen now."""
        self.failures = self.failures.with_change(change)
        match change:
            case Fail(_, NodeTarget(node)):
                self._power(node, False)
            case Restore(_, NodeTarget(node)):
                self._power(node, True)
            case Fail(_, LinkTarget(name, leaving)):
                self._set_link(name, leaving, False)
            case Restore(_, LinkTarget(name, leaving)):
                self._set_link(name, leaving, True)
            case SetQuality(_, LinkTarget(name, leaving), changes):
                spec = self._specs[name] = self._specs[name].with_quality(changes, leaving)
                for end in range(len(spec.endpoints)):
                    self._links[name].set_quality(end, spec.leaving(end))
                said = ", ".join(f"{field}={value}" for field, value in changes.items())
                self._note(name, "quality changed", said, leaving)

    @property
    def is_uncertain(self) -> bool:
        """Whether messages may be lost, or somebody is silent and no interface went down with it:
        one direction is cut, or a node of a LAN has no power.
        """
        return bool(self.failures.directions) or any(
            _loses(spec) or (spec.is_lan and not self.failures.nodes.isdisjoint(spec.nodes))
            for spec in self._specs.values()
        )

    def _set_link(self, name: str, leaving: str | None, is_up: bool) -> None:
        link = self._links[name]
        self._note(name, "link restored" if is_up else "link failed", "", leaving)
        if leaving is not None:  # nobody sees the light go out: frames vanish, that is all
            for end, endpoint in enumerate(self._specs[name].endpoints):
                if endpoint.node == leaving:
                    link.set_up(is_up, end)
            return
        link.set_up(is_up)
        self._refresh(name)

    def _power(self, node: str, is_on: bool) -> None:
        station = self._stations[node]
        if station.is_on == is_on:
            return
        self._note(node, "switched on" if is_on else "switched off")
        (station.switch_on if is_on else station.switch_off)()
        for name in dict.fromkeys(link.name for link, _ in station.ports.values()):
            self._refresh(name)

    def _refresh(self, name: str) -> None:
        """Tell the nodes at a link whether it carries; on a LAN the switch always answers."""
        spec = self._specs[name]
        for end in spec.endpoints:
            if end.kind is EndKind.NODE:
                is_lit = not self.failures.is_dead(spec, end.node)
                self._stations[end.node].set_carrier(end.interface, is_lit, self._scheduler.now)

    def _note(self, where: str, kind: str, detail: str = "", leaving: str | None = None) -> None:
        detail = f"from {leaving}" + (f", {detail}" if detail else "") if leaving else detail
        self._record.add(Entry(self._scheduler.now, where, kind, detail))


def _loses(spec: LinkSpec) -> bool:
    qualities = (spec.quality, *spec.overrides.values())
    return any(one.loss or one.corrupt for one in qualities)
