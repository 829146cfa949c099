"""What BGP tells stations by BMP and writes as MRT, counted; nothing where nobody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fingerpost.api.openmetrics import Family, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost.bgp.machine import Bgp

_SECOND: Final = 1e9
_COUNTED: Final = {
    "sessions": "How often it was connected.",
    "messages": "Messages that it was told.",
    "octets": "Octets that it was told.",
    "dropped": "How often it was too slow and was cut off.",
}


def record_families(found: Mapping[str, Bgp], now: int) -> Iterator[Family]:
    """Every family, in a stable order."""
    yield from _stations(found, now)
    yield from _files(found)


def _stations(found: Mapping[str, Bgp], now: int) -> Iterator[Family]:
    up = Family("fingerpost_bmp_station_up", Kind.GAUGE, "1 for one that is connected.")
    since = Family("fingerpost_bmp_station_uptime_seconds", Kind.GAUGE, "Connected.", "seconds")
    unsent = Family("fingerpost_bmp_station_unsent_bytes", Kind.GAUGE, "On their way.", "bytes")
    waiting = Family("fingerpost_bmp_station_waiting", Kind.GAUGE, "Entries of the log not seen.")
    counters = {
        what: Family(f"fingerpost_bmp_station_{what}", Kind.COUNTER, text)
        for what, text in _COUNTED.items()
    }
    for name, machine in found.items():
        for one in machine.monitoring.stations.values():
            labels = {"protocol": name, "station": one.config.name}
            shown: Mapping[str, Any] = one.snapshot()
            up.add(int(one.is_up), **labels)
            if one.connected_at is not None:
                since.add((now - one.connected_at) / _SECOND, **labels)
            unsent.add(one.unsent, **labels)
            waiting.add(shown["waiting"], **labels)
            for what, family in counters.items():
                family.add(shown[what], **labels)
    yield from (up, since, unsent, waiting, *counters.values())


def _files(found: Mapping[str, Bgp]) -> Iterator[Family]:
    tables = Family("fingerpost_mrt_tables", Kind.COUNTER, "Tables that were written.")
    written = Family("fingerpost_mrt_octets", Kind.COUNTER, "Octets that were to be written.")
    gaps = Family("fingerpost_mrt_gaps", Kind.COUNTER, "How often messages came too fast.")
    for name, machine in found.items():
        recording = machine.recording
        if recording.is_on:
            tables.add(recording.tables, protocol=name)
            written.add(recording.octets, protocol=name)
            gaps.add(recording.lost, protocol=name)
    yield from (tables, written, gaps)
