"""Multicast groups that a router listens to: joined, reported, left (RFC 3810 6, RFC 3376 5).

A join or leave is reported at once and once more within a second, since nobody confirms it
(robustness 2). A querier is answered within the time that it gives, each group once. Never reported
are ff02::1, groups of smaller scope, and 224.0.0.1 (RFC 3810 6, RFC 3376 5). All sources are
listened to. The groups of our own addresses (RFC 4861 7.2.1) are reported in IPv6; IPv4 reports
only what somebody has joined. Queriers of older versions are answered in ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.forwarding.neighbor.group_reports import report
from fingerpost.forwarding.neighbor.timers import Timers, earliest
from fingerpost.forwarding.own import ALL_NODES, ALL_NODES_INTERFACE, ALL_SYSTEMS
from fingerpost.wire.group_records import RecordType

if TYPE_CHECKING:
    from random import Random

    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.sources import Sources

ROBUSTNESS = 2  # RFC 3810 9.1, RFC 3376 8.1
UNSOLICITED_REPORT_INTERVAL_NS = SECOND  # RFC 3810 9.11, RFC 3376 8.11
_NEVER = (ALL_NODES, ALL_NODES_INTERFACE, ALL_SYSTEMS)
_UNSPECIFIED = {4: Address("0.0.0.0"), 6: Address("::")}
_JOINED, _LEFT = RecordType.CHANGE_TO_EXCLUDE, RecordType.CHANGE_TO_INCLUDE
_STILL = RecordType.MODE_IS_EXCLUDE
_PER_REPORT = 60  # records that fit 1280 bytes

_Key = tuple[str, int]


class Groups:
    """Who listens to what: `joined` counts, by interface and group, who asked to."""

    def __init__(
        self,
        interfaces: Mapping[str, Interface],
        sources: Sources,
        rng: Random,
    ) -> None:
        """Nothing is joined."""
        self._interfaces = interfaces
        self._sources = sources
        self._rng = rng
        self.joined: dict[str, dict[Address, int]] = {}
        self._reported: dict[str, set[Address]] = {}
        self._changes: dict[_Key, dict[Address, tuple[RecordType, int]]] = {}
        self._asked: dict[_Key, set[Address]] = {}
        self._again: Timers[_Key] = Timers()
        self._answer: Timers[_Key] = Timers()

    # -- joining -------------------------------------------------------------------------------

    def join(self, interface: Interface, group: Address) -> None:
        """Count one more who listens; `report` tells the link."""
        held = self.joined.setdefault(interface.name, {})
        held[group] = held.get(group, 0) + 1

    def leave(self, interface: Interface, group: Address) -> None:
        """Count one less; leaving what was not joined is no error."""
        held = self.joined.get(interface.name, {})
        left = held.pop(group, 1) - 1
        if left:
            held[group] = left

    # -- reporting -----------------------------------------------------------------------------

    def report(
        self, interface: Interface, groups: Iterable[Address], now: int, out: list[Output]
    ) -> None:
        """Tell the link of what is listened to there now, as far as it has not been told."""
        wanted = {group for group in groups if _is_reported(group)}
        before = self._reported.get(interface.name, set())
        self._reported[interface.name] = wanted
        for version in (4, 6):
            key = (interface.name, version)
            changes = self._changes.setdefault(key, {})
            new = [g for g in sorted(wanted - before) if g.version == version]
            gone = [g for g in sorted(before - wanted) if g.version == version]
            changes.update(dict.fromkeys(new, (_JOINED, ROBUSTNESS)))
            changes.update(dict.fromkeys(gone, (_LEFT, ROBUSTNESS)))
            if new or gone:
                self._send_changes(key, now, out)

    def went_down(self, interface: str) -> None:
        """The link is gone: it must be told anew when it is back."""
        self._reported.pop(interface, None)
        for version in (4, 6):
            self._changes.pop((interface, version), None)
            self._again.stop((interface, version))
            self._answer.stop((interface, version))

    def queried(
        self, interface: Interface, version: int, group: Address, within_ns: int, now: int
    ) -> None:
        """Answer a querier: about `group`, or, where that is unspecified, about all."""
        mine = self._reported.get(interface.name, set())
        asked = {g for g in mine if g.version == version}
        if not group.is_unspecified:
            asked &= {group}
        if not asked:
            return
        key = (interface.name, version)
        due = self._answer.instant(key)
        self._asked[key] = self._asked.get(key, set()) | asked if due is not None else asked
        wanted = now + self._rng.randint(0, max(within_ns, MILLISECOND))
        self._answer.start(key, wanted if due is None else min(due, wanted))

    def _send_changes(self, key: _Key, now: int, out: list[Output]) -> None:
        changes = self._changes.get(key, {})
        self._send(key, [(group, kind) for group, (kind, _) in sorted(changes.items())], out)
        left = {g: (kind, n - 1) for g, (kind, n) in changes.items() if n > 1}
        self._changes[key] = left
        if left:
            delay = self._rng.randint(1, UNSOLICITED_REPORT_INTERVAL_NS)
            self._again.start(key, now + delay)

    def _send(
        self, key: _Key, records: list[tuple[Address, RecordType]], out: list[Output]
    ) -> None:
        interface = self._interfaces[key[0]]
        source = self._source(interface, key[1])
        for at in range(0, len(records), _PER_REPORT):
            part = records[at : at + _PER_REPORT]
            out.append(report(interface, key[1], source, part))

    def _source(self, interface: Interface, version: int) -> Address:
        """A link-local address, or none while that is checked (RFC 3810 5.2.13)."""
        if version == 6:
            own = self._sources.link_local(interface)
        else:
            own = next(self._sources.usable(interface, 4), None)
        return own.address if own is not None else _UNSPECIFIED[version]

    # -- time ----------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """When the next report is due."""
        return earliest(self._again, self._answer)

    def advance(self, now: int, out: list[Output]) -> None:
        """Send the reports that are due."""
        while (key := self._again.take(now)) is not None:
            self._send_changes(key, now, out)
        while (key := self._answer.take(now)) is not None:
            asked = self._asked.pop(key, set()) & self._reported.get(key[0], set())
            self._send(key, [(group, _STILL) for group in sorted(asked)], out)


def _is_reported(group: Address) -> bool:
    return group not in _NEVER and (group.version == 4 or group.packed[1] & 0x0F > 1)
