"""What BGP knows of the RPKI, counted; nothing where nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.api.openmetrics import Family, Kind
from fingerpost.rpki.client import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost._core import VrpTable
    from fingerpost.bgp.machine import Bgp

_SECOND: Final = 1e9
_FAMILIES: Final = ("ipv4", "ipv6")


def rpki_families(found: Mapping[str, Bgp], now: int) -> Iterator[Family]:
    """Every family, in a stable order."""
    asked = {name: machine for name, machine in found.items() if machine.validating.is_on}
    if asked:
        yield from _used(asked)
        yield from _caches(asked, now)
        yield from _files(asked)


def _used(found: Mapping[str, Bgp]) -> Iterator[Family]:
    vrps = Family("fingerpost_rpki_vrps", Kind.GAUGE, "VRPs that routes are judged by.")
    aspas = Family("fingerpost_rpki_aspas", Kind.GAUGE, "Customers whose providers are known.")
    memory = Family("fingerpost_rpki_memory_bytes", Kind.GAUGE, "Held by VRPs.", "bytes")
    changes = Family("fingerpost_rpki_changes", Kind.COUNTER, "How often routes were judged anew.")
    for name, machine in found.items():
        validating = machine.validating
        _add_vrps(vrps, validating.vrps, protocol=name)
        aspas.add(len(validating.aspas), protocol=name)
        memory.add(validating.vrps.memory(), protocol=name)
        changes.add(validating.version, protocol=name)
    yield from (vrps, aspas, memory, changes)


def _add_vrps(family: Family, held: VrpTable, **labels: str) -> None:
    for name, count in zip(_FAMILIES, held.counts(), strict=True):
        family.add(count, family=name, **labels)


def _caches(found: Mapping[str, Bgp], now: int) -> Iterator[Family]:
    state = Family("fingerpost_rpki_cache_state", Kind.GAUGE, "1 for the state that it is in.")
    used = Family("fingerpost_rpki_cache_used", Kind.GAUGE, "1 for one that counts.")
    vrps = Family("fingerpost_rpki_cache_vrps", Kind.GAUGE, "VRPs that it told.")
    aspas = Family("fingerpost_rpki_cache_aspas", Kind.GAUGE, "ASPAs that it told.")
    serial = Family("fingerpost_rpki_cache_serial", Kind.GAUGE, "Of what it told last.")
    age = Family(
        "fingerpost_rpki_cache_age_seconds", Kind.GAUGE, "Since it told that it is all.", "seconds"
    )
    left = Family(
        "fingerpost_rpki_cache_expires_seconds", Kind.GAUGE, "Until it counts no more.", "seconds"
    )
    connections = Family("fingerpost_rpki_cache_connections", Kind.COUNTER, "That were begun.")
    errors = Family("fingerpost_rpki_cache_errors", Kind.COUNTER, "What went wrong.")
    for name, machine in found.items():
        counting = machine.validating.used()
        for cache, one in machine.validating.caches.items():
            client, labels = one.client, {"protocol": name, "cache": cache}
            for each in State:
                state.add(int(client.state is each), state=str(each), **labels)
            used.add(int(cache in counting), **labels)
            _add_vrps(vrps, client.vrps, **labels)
            aspas.add(len(client.aspas), **labels)
            connections.add(client.connections, **labels)
            errors.add(client.errors, **labels)
            if client.serial is not None:
                serial.add(client.serial, **labels)
            if client.updated_at is not None:
                age.add((now - client.updated_at) / _SECOND, **labels)
            if client.expires_at is not None:
                left.add(max(0, client.expires_at - now) / _SECOND, **labels)
    yield from (state, used, vrps, aspas, serial, age, left, connections, errors)


def _files(found: Mapping[str, Bgp]) -> Iterator[Family]:
    vrps = Family("fingerpost_rpki_file_vrps", Kind.GAUGE, "VRPs of a file that count.")
    expired = Family("fingerpost_rpki_file_expired", Kind.GAUGE, "Entries whose time is over.")
    for name, machine in found.items():
        for one in machine.validating.files:
            labels = {"protocol": name, "file": one.path}
            _add_vrps(vrps, one.payloads.vrps, **labels)
            expired.add(one.payloads.expired, **labels)
    yield from (vrps, expired)
