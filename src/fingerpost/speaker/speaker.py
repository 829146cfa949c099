"""`Speaker`: BGP for a program."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import BgpConfig, Neighbor
from fingerpost.bgp.constants import PORT
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.text import parse_router_id
from fingerpost.errors import UsageError
from fingerpost.protocol.events import ConfigurationChanged, NeighborAsked, ShutdownRequested
from fingerpost.speaker.driving import Driving
from fingerpost.speaker.events import Events
from fingerpost.speaker.neighbors import COMERS, Options, RemoteAs, families_of, neighbor_at
from fingerpost.speaker.path import SELF, path_to_announce
from fingerpost.speaker.peer import SpeakerPeer, shown
from fingerpost.speaker.updates import Updates, Watching
from fingerpost.speaker.waiting import Waiting

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    from fingerpost.bgp.attributes import Attribute
    from fingerpost.bgp.peer import Peer
    from fingerpost.forwarding.events import Happened
    from fingerpost.speaker.seen import Update

CONNECT_S = 30.0
SAID = 0x100
"""Which saying of ours a path is, for the core: this and the path identifier."""
Prefixes: TypeAlias = str | Prefix | PrefixColumn | Iterable[str | Prefix | bytes]


class Speaker:
    """An AS of one router that forwards nothing: `async with Speaker(65010, "192.0.2.1") as it`.

    `families` are names ("ipv4", "ipv6", "l2vpn-evpn"). It takes connections where `listen` names
    addresses, at `port`. Without policies everything is taken; neighbours are told what the program
    announces, and what other neighbours said only with `passes_on`. `seed` makes what is drawn by
    chance repeatable. Of one loop; not for other threads (`BlockingSpeaker`).
    """

    def __init__(
        self,
        asn: int,
        router_id: str | int,
        *,
        listen: str | Iterable[str] = (),
        port: int = PORT,
        families: Iterable[str | Family] = (IPV4, IPV6),
        hostname: str = "",
        seed: int | None = None,
    ) -> None:
        """Say who it is; it begins with `start`."""
        addresses = (listen,) if isinstance(listen, str) else tuple(listen)
        self.families = families_of(families)
        self._config = BgpConfig(
            asn,
            parse_router_id(str(router_id)),
            families=self.families,
            needs_policy=False,
            listens=bool(addresses),
            listen_addresses=tuple(Address(one) for one in addresses),
            port=port,
            hostname=hostname,
        )
        self.machine = Bgp(self._config, Random(secrets.randbits(64) if seed is None else seed))
        self._driving: Driving | None = None
        self._waiting = Waiting(self.machine)
        self._events = Events()
        self._updates: list[Updates] = []
        self._names: dict[int, str] = {0: SELF}
        self._accepted = 0

    # ---- beginning and end

    async def start(self) -> Self:
        """Take connections and make them. Raises `UsageError` for a port that cannot be had."""
        if self._driving is not None:
            raise UsageError("this speaker was started already; make another one")
        failed: list[Happened] = []
        self._driving = Driving(self.machine, failed.append, self._stepped)
        self._driving.take(ConfigurationChanged(self._config))
        self._driving.report = self._happened
        if failed:
            await self._driving.close()
            raise UsageError(f"{failed[0].kind}: {failed[0].detail}")
        return self

    async def close(self, text: str = "") -> None:
        """End all sessions with a NOTIFICATION that carries `text` (RFC 9003)."""
        driving = self._driving
        if driving is None or self.machine.is_stopped:
            return
        for name in [one.name for one in self.machine.peers.values()]:
            driving.take(NeighborAsked(name, "shut", text))
        driving.take(ShutdownRequested())
        self._waiting.close()
        for updates in list(self._updates):
            updates.close()
        self._events.close()
        await driving.close()

    async def __aenter__(self) -> Self:
        """Start."""
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self.close()

    # ---- neighbours

    async def connect(
        self,
        address: str | Address,
        *,
        asn: RemoteAs = "external",
        port: int = PORT,
        timeout: float | None = CONNECT_S,
        **options: Unpack[Options],
    ) -> SpeakerPeer:
        """Have a neighbour, and wait for its session; `options` as of `Options`.

        A connection that is refused is tried again until `timeout` seconds are over. Raises
        `SessionError` then, or with the words of the NOTIFICATION that either side sent; there is
        no such neighbour after that.
        """
        name = self.add(address, asn=asn, port=port, **options).name
        try:
            peer = await self._waiting.established(name, timeout, ends=True)
        except BaseException:
            self.disconnect(name)
            raise
        return SpeakerPeer(self, peer)

    def add(
        self,
        address: str | Address,
        *,
        asn: RemoteAs = "external",
        port: int = PORT,
        **options: Unpack[Options],
    ) -> SpeakerPeer:
        """Have a neighbour, and try for ever; nobody waits."""
        where = Address(address) if isinstance(address, str) else address
        self._have(neighbor_at(str(where), asn, self.families, options, address=where, port=port))
        return self[str(where)]

    def accept(
        self,
        prefix: str | Prefix,
        *,
        asn: RemoteAs = "external",
        most: int = 100,
        **options: Unpack[Options],
    ) -> None:
        """Take whoever connects from a prefix, at most `most` at a time."""
        if not self._config.listens:
            raise UsageError("this speaker takes no connections; give it an address to listen at")
        where = Prefix(prefix) if isinstance(prefix, str) else prefix
        self._accepted += 1
        name = f"{COMERS}{self._accepted}"
        self._have(neighbor_at(name, asn, self.families, options, prefix=where, most=most))

    async def established(self, address: str, timeout: float | None = None) -> SpeakerPeer:
        """Wait for the session with a neighbour that comes by itself, or comes back.

        Raises `SessionError` when `timeout` seconds are over.
        """
        name = str(Address(address))
        return SpeakerPeer(self, await self._waiting.established(name, timeout, ends=False))

    def disconnect(self, name: str, text: str = "") -> None:
        """End the session with a neighbour for good; `text` is told by the NOTIFICATION.

        One that came from a prefix may come again.
        """
        driving = self._running()
        peer = self._peer(name)
        if peer is None:
            return
        driving.take(NeighborAsked(peer.name, "shut", text))
        if peer.is_dynamic:
            self.machine.dynamic.ended(peer)
        kept = tuple(one for one in self._config.neighbors if one.name != peer.name)
        self._config = replace(self._config, neighbors=kept)
        driving.take(ConfigurationChanged(self._config))

    def _peer(self, name: str) -> Peer | None:
        return next((one for one in self.machine.peers.values() if shown(one) == name), None)

    def _have(self, neighbor: Neighbor) -> None:
        driving = self._running()
        self._config = replace(self._config, neighbors=(*self._config.neighbors, neighbor))
        driving.take(ConfigurationChanged(self._config))

    @property
    def peers(self) -> Mapping[str, SpeakerPeer]:
        """The neighbours by address, those that came from a prefix included."""
        return {shown(one): SpeakerPeer(self, one) for one in self.machine.peers.values()}

    def __getitem__(self, name: str) -> SpeakerPeer:
        """A neighbour by its address; raises `KeyError` where there is none."""
        peer = self._peer(name)
        if peer is None:
            known = ", ".join(self.peers) or "none at all"
            raise KeyError(f"no neighbor {name}; there are {known}")
        return SpeakerPeer(self, peer)

    # ---- what is said

    def announce(
        self,
        prefixes: Prefixes,
        *,
        next_hop: str | Address = SELF,
        path: str | Sequence[int] = (),
        origin: str = "igp",
        med: int | None = None,
        local_preference: int | None = None,
        communities: Iterable[str | int | tuple[int, int, int]] = (),
        attributes: Iterable[Attribute] | AttributeSet = (),
        family: Family | None = None,
        path_id: int = 0,
    ) -> None:
        """Say prefixes to all neighbours, in place of what was said of them.

        `next_hop` "self" is the address that a session runs from. `path` is what stands behind our
        AS; communities of all kinds as operators write them; `attributes` is laid over all that.
        `family` and NLRI as bytes for families that are carried only. Several `path_id` are several
        paths to a prefix. A hundred thousand prefixes at once: a `PrefixColumn`.
        """
        said = path_to_announce(
            next_hop=next_hop,
            path=path,
            origin=origin,
            med=med,
            local_preference=local_preference,
            communities=communities,
            attributes=attributes,
        )
        octets = said.encode()
        driving = self._running()
        for of, some in _by_family(prefixes, family):
            self.machine.table.originate(of.code, some, octets, SAID + path_id, driving.clock())
        self._changed(driving)

    def withdraw(
        self, prefixes: Prefixes, *, family: Family | None = None, path_id: int = 0
    ) -> None:
        """Say prefixes no more; those that were not said are no error."""
        driving = self._running()
        for of, some in _by_family(prefixes, family):
            self.machine.table.retract(of.code, some, SAID + path_id)
        self._changed(driving)

    def _changed(self, driving: Driving) -> None:
        self.machine.is_dirty = True
        driving.kick()

    # ---- what is heard

    def updates(
        self,
        families: Iterable[str | Family] | None = None,
        *,
        best: bool = False,
        replays: bool = True,
    ) -> Updates:
        """What neighbours say from now on; `replays`: all that they said already comes first.

        Every path of every neighbour as it came, or with `best` the best of each prefix, ours
        ("self") among them. A slow reader is told what is true when it reads, see `Updates`.
        """
        self._running()
        wanted = self.families if families is None else families_of(families)
        watching = [self._watch(one, is_best=best, replays=replays) for one in wanted]
        made = Updates(watching, self._updates.remove)
        self._updates.append(made)
        return made

    def routes(self, family: str | Family = IPV4, *, best: bool = False) -> Iterator[Update]:
        """The table as it is: every path, or the best to each prefix, in no order.

        It may be read slowly: what changes meanwhile may be there as it was or as it is.
        """
        (of,) = families_of((family,))
        watching = self._watch(of, is_best=best, replays=True)
        try:
            while not watching.is_caught_up:
                for batch in watching.take():
                    yield from (one for one in batch if one.path is not None)
        finally:
            watching.close()

    def _watch(self, family: Family, *, is_best: bool, replays: bool) -> Watching:
        name_of = self._peer_name
        table = self.machine.table
        return Watching(table, family, name_of, is_best=is_best, replays=replays)

    def _peer_name(self, number: int) -> str:
        peer = self.machine.peers.get(number)
        if peer is not None:
            self._names[number] = shown(peer)
        return self._names.get(number, "")

    def events(self) -> Events:
        """Sessions that begin and end from now on, as `SessionChanged`; an asynchronous iterator.

        A reader that is slow misses the oldest beyond a thousand.
        """
        return self._events.fork()

    # ---- what happens

    def _running(self) -> Driving:
        if self._driving is None or self.machine.is_stopped:
            state = "not started yet" if self._driving is None else "closed"
            raise UsageError(f"this speaker is {state}; use it inside `async with`")
        return self._driving

    def _stepped(self) -> None:
        self._waiting.look()
        for one in self._updates:
            one.wake()

    def _happened(self, happened: Happened) -> None:
        self._events.put(happened)

    def __repr__(self) -> str:
        """Who it is."""
        return f"<Speaker AS {self._config.asn}, {len(self.machine.peers)} neighbors>"


def _by_family(
    prefixes: Prefixes, family: Family | None
) -> Iterator[tuple[Family, PrefixColumn | list[Prefix | bytes]]]:
    """Prefixes by their families, or all of the one that is said; raises `AddressError`."""
    if isinstance(prefixes, str | Prefix):
        prefixes = (prefixes,)
    if isinstance(prefixes, PrefixColumn):
        kinds = {one.version for one in prefixes} if family is None else set()
        if len(kinds) < 2:
            yield family or (IPV6 if kinds == {6} else IPV4), prefixes
            return
    read = [Prefix(one) if isinstance(one, str) else one for one in prefixes]
    if family is not None:
        yield family, read
        return
    for of, version in ((IPV4, 4), (IPV6, 6)):
        some: list[Prefix | bytes] = []
        for one in read:
            if isinstance(one, bytes):
                raise UsageError("NLRI as bytes: say of which family, as in family=...")
            if one.version == version:
                some.append(one)
        if some:
            yield of, some
