"""What the RPKI says, as an instance goes by it: several caches and files made one.

Of the caches that have data those of the lowest preference number count, all of them together; the
others stand by (RFC 8210 10). Files count always. Local exceptions (RFC 8416) are made last. When
what results is another, the core judges again what rests on the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost._core import AspaTable, VrpTable
from fingerpost.forwarding.durations import SECOND
from fingerpost.rpki.client import Client, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.bgp.config import RpkiServer, VrpFile
    from fingerpost.bgp.machine import Bgp
    from fingerpost.rpki.files import Payloads

TOGETHER: Final = SECOND // 2
"""Changes that come within this time after one that was applied are applied as one."""


@dataclass(slots=True)
class Cache:
    """A cache that is configured, and our end of the connection with it."""

    config: RpkiServer
    client: Client


class Validating:
    """The caches of an instance, and the tables that their data make."""

    def __init__(self, bgp: Bgp) -> None:
        """Without caches: `configure` has them."""
        self._bgp = bgp
        self.caches: dict[str, Cache] = {}
        self.vrps = VrpTable()
        self.aspas: Mapping[int, tuple[int, ...]] = {}
        self.version = 0
        self._read: dict[str, VrpFile] = {}  # those that were written anew since `configure`
        self._seen: object = None
        self._applied: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether anybody is asked, so that "not found" means something."""
        return bool(self.caches or self._bgp.config.vrp_files)

    @property
    def files(self) -> tuple[VrpFile, ...]:
        """The files that are configured, as they are now."""
        return tuple(self._read.get(one.path, one) for one in self._bgp.config.vrp_files)

    def take_file(self, file: VrpFile) -> None:
        """Go by what a file says now."""
        if any(one.path == file.path for one in self._bgp.config.vrp_files):
            self._read[file.path] = file

    def configure(self) -> None:
        """Have the caches that are configured; those that stay the same go on."""
        bgp = self._bgp
        self._read.clear()  # the configuration has read all of them
        wanted = {one.name: one for one in bgp.config.rpki}
        for name, held in list(self.caches.items()):
            if wanted.get(name) != held.config:
                held.client.stop()
                del self.caches[name]
        for name, one in wanted.items():
            if name not in self.caches:
                client = Client(
                    one.address,
                    one.port,
                    bgp.put,
                    bgp.streams.number,
                    refresh_ns=one.refresh_ns,
                    retry_ns=one.retry_ns,
                    expire_ns=one.expire_ns,
                )
                self.caches[name] = Cache(one, client)
                client.start(bgp.now)

    def stop(self) -> None:
        """Have no connections any more."""
        for one in self.caches.values():
            one.client.stop()

    # ---- what happens

    def find(self, stream: int) -> Client | None:
        """The client behind a connection."""
        for one in self.caches.values():
            if one.client.stream == stream:
                return one.client
        return None

    def settle(self) -> None:
        """Do what is due, and go by what the caches hold now."""
        now = self._bgp.now
        for one in self.caches.values():
            one.client.pass_time(now)
        if self._is_behind() and (self._applied is None or now >= self._applied + TOGETHER):
            self._apply()

    def next_deadline(self) -> int | None:
        """When there is something to do."""
        dues = [one.client.next_deadline() for one in self.caches.values()]
        if self._applied is not None and self._is_behind():
            dues.append(self._applied + TOGETHER)
        return min((due for due in dues if due is not None), default=None)

    def _marks(self) -> object:
        config = self._bgp.config
        if not self.caches and not config.vrp_files:
            return None
        changes = tuple((name, one.client.changes) for name, one in self.caches.items())
        return changes, self.files, config.rpki_exceptions

    def _is_behind(self) -> bool:
        return self._marks() != self._seen

    def used(self) -> list[str]:
        """Names of the caches that count."""
        having = [one.config for one in self.caches.values() if one.client.has_data]
        best = min((one.preference for one in having), default=None)
        return [one.name for one in having if one.preference == best]

    def _apply(self) -> None:
        bgp = self._bgp
        vrps, aspas = VrpTable(), dict[int, tuple[int, ...]]()
        sources: list[Client | Payloads] = [self.caches[name].client for name in self.used()]
        sources += [one.payloads for one in self.files]
        for source in sources:
            vrps = source.vrps if len(vrps) == 0 else vrps.union(source.vrps)
            for customer, providers in source.aspas.items():
                held = aspas.get(customer, ())
                aspas[customer] = tuple(sorted({*held, *providers})) if held else providers
        exceptions = bgp.config.rpki_exceptions
        if exceptions is not None:
            vrps = exceptions.applied(vrps)
        self._seen, self._applied = self._marks(), bgp.now
        if vrps == self.vrps and aspas == self.aspas:
            return
        self.vrps, self.aspas = vrps, aspas
        self.version += 1
        providers_of = {customer: list(some) for customer, some in aspas.items()}
        bgp.table.set_rpki(vrps, AspaTable(providers_of))
        bgp.is_dirty = True

    # ---- who looks

    def snapshot(self) -> dict[str, object] | None:
        """Caches, files and counts; None if there are none."""
        if not self.is_on:
            return None
        v4, v6 = self.vrps.counts()
        used = self.used()
        return {
            "version": self.version,
            "vrps_ipv4": v4,
            "vrps_ipv6": v6,
            "aspas": len(self.aspas),
            "memory": self.vrps.memory(),
            "caches": [
                _cache(name, one, is_used=name in used) for name, one in self.caches.items()
            ],
            "files": [
                {
                    "path": one.path,
                    "vrps": len(one.payloads.vrps),
                    "aspas": len(one.payloads.aspas),
                    "expired": one.payloads.expired,
                    "expires": one.payloads.expires,
                }
                for one in self.files
            ],
        }


def _cache(name: str, one: Cache, *, is_used: bool) -> dict[str, object]:
    client = one.client
    v4, v6 = client.vrps.counts()
    return {
        "name": name,
        "address": str(one.config.address),
        "port": one.config.port,
        "preference": one.config.preference,
        "state": str(client.state),
        "is_used": is_used,
        "protocol_version": None if client.state is State.CONNECT else client.version,
        "session": client.session,
        "serial": client.serial,
        "vrps_ipv4": v4,
        "vrps_ipv6": v6,
        "aspas": len(client.aspas),
        "router_keys": client.router_keys,
        "updated_at": client.updated_at,
        "expires_at": client.expires_at,
        "refresh": client.refresh_ns,
        "retry": client.retry_ns,
        "expire": client.expire_ns,
        "connections": client.connections,
        "errors": client.errors,
        "last_error": client.last_error,
        "last_error_at": client.last_error_at,
    }
