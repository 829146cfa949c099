"""From the entries of RIP and RIPng to the values that their machine takes."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from fingerpost.config.build_keys import keys_of, passwords_of
from fingerpost.config.tree.rip_interface import RipInterfaceEntry, Versions
from fingerpost.protocol.events import WatchTimers
from fingerpost.rip import filters
from fingerpost.rip.config import (
    Accepting,
    Redistribution,
    RipConfig,
    RipInterface,
    RipLimits,
    RipTimers,
    RoutePolicy,
    Sending,
)
from fingerpost.rip.keys import Authenticator, KeyChain, PasswordChain, SimplePassword

if TYPE_CHECKING:
    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.bfd import BfdTimesEntry
    from fingerpost.config.tree.rip import RedistributeEntry, RipngEntry
    from fingerpost.config.tree.rip_interface import (
        AuthenticationEntry,
        FilterEntry,
        RipngInterfaceEntry,
    )

_SENDING = {
    Versions.ONE: Sending.RIP_1,
    Versions.COMPATIBLE: Sending.RIP_1_COMPATIBLE,
    Versions.TWO: Sending.RIP_2,
}
_ACCEPTING = {
    Versions.ONE: Accepting.RIP_1,
    Versions.TWO: Accepting.RIP_2,
    Versions.BOTH: Accepting.BOTH,
    Versions.NONE: Accepting.NONE,
}


def rip_config(shop: Workshop, entry: RipngEntry, path: Path) -> RipConfig | None:
    """What the machine is told; None if something in it is faulty, which is noted then."""
    interfaces = [
        _interface(shop, name, one, (*path, "interfaces", name))
        for name, one in entry.interfaces.items()
    ]
    timers, limits = entry.timers, entry.limits
    return shop.made(
        path,
        lambda: RipConfig(
            interfaces=tuple(one for one in interfaces if one is not None),
            distance=entry.distance,
            maximum_paths=entry.maximum_paths,
            default_metric=entry.default_route,
            redistributes=MappingProxyType(
                {name: _redistribution(shop, one) for name, one in entry.redistribute.items()}
            ),
            timers=RipTimers(
                timers.update,
                timers.jitter,
                timers.timeout,
                timers.garbage,
                timers.triggered_least,
                timers.triggered_most,
                timers.first_most,
            ),
            limits=RipLimits(
                limits.routes, limits.neighbors, limits.refused_offers, limits.requests_per_second
            ),
            epoch_ns=shop.epoch_ns,
        ),
    )


def _interface(
    shop: Workshop, name: str, entry: RipngInterfaceEntry, path: Path
) -> RipInterface | None:
    common = shop.file.tree.interfaces.get(name)
    passive = entry.passive
    if passive is None:
        passive = common is not None and common.passive
    sending, accepting, authenticator = Sending.RIP_2, Accepting.BOTH, None
    if isinstance(entry, RipInterfaceEntry):
        sending, accepting = _SENDING[entry.send], _ACCEPTING[entry.receive]
        if entry.authentication is not None:
            authenticator = _authenticator(shop, entry.authentication, (*path, "authentication"))
    return shop.made(
        path,
        lambda: RipInterface(
            name,
            entry.cost,
            passive,
            entry.announce_only,
            entry.split_horizon,
            sending,
            accepting,
            authenticator,
            entry.neighbors,
            tuple(_steps(shop, entry.in_)),
            tuple(_steps(shop, entry.out)),
            _bfd(entry.bfd),
        ),
    )


def _bfd(entry: BfdTimesEntry | None) -> WatchTimers | None:
    if entry is None:
        return None
    return WatchTimers(entry.min_transmit, entry.min_receive, entry.multiplier)


def _steps(shop: Workshop, entry: FilterEntry) -> Iterator[RoutePolicy]:
    if entry.prefix_list is not None:
        yield filters.distribute(shop.file.lists[entry.prefix_list])
    if entry.offset is not None and entry.offset.prefix_list is not None:
        yield filters.offset(entry.offset.by, shop.file.lists[entry.offset.prefix_list])
    elif entry.offset is not None:
        yield filters.offset(entry.offset.by)
    if entry.policy is not None:
        yield filters.judged(shop.file.policies[entry.policy])


def _redistribution(shop: Workshop, entry: RedistributeEntry) -> Redistribution:
    policy = () if entry.policy is None else (filters.judged(shop.file.policies[entry.policy]),)
    return Redistribution(entry.metric, entry.tag, policy)


def _authenticator(shop: Workshop, entry: AuthenticationEntry, path: Path) -> Authenticator | None:
    if entry.password is not None:
        place = (*path, "password")
        password = shop.secret(entry.password, place)
        if password is None:
            return None
        return shop.made(place, lambda: SimplePassword(password))
    if entry.passwords:
        good = passwords_of(shop, entry.passwords, (*path, "passwords"), SimplePassword)
        return PasswordChain(good) if good else None
    name = entry.key_chain or ""
    return shop.once(("rip", "key-chains", name), lambda: _chain(shop, name))


def _chain(shop: Workshop, name: str) -> KeyChain | None:
    entry = shop.file.tree.key_chains[name]
    keys = keys_of(shop, name)
    if not keys:
        return None
    path: Path = ("key-chains", name)
    return shop.made(path, lambda: KeyChain(keys, entry.counts_mark, entry.forgives_restart))
