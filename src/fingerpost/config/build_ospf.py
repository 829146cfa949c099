"""From the entries of OSPF, of either version, to the values that their machine takes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fingerpost.config.build_keys import keys_of, passwords_of
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.authentication import KeyChain, PasswordChain, SimplePassword, check
from fingerpost.ospf.config import (
    AreaRange,
    BfdSettings,
    DefaultOrigination,
    GracefulRestart,
    NetworkType,
    OspfArea,
    OspfConfig,
    OspfInterface,
    OspfLimits,
    Redistribution,
    SpfThrottle,
    StaticNeighbor,
    StubRouter,
    VirtualLink,
)
from fingerpost.ospf.text import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fingerpost.addr import Address, Prefix
    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.bfd import BfdTimesEntry
    from fingerpost.config.tree.ospf import (
        AreaEntry,
        DefaultRouteEntry,
        OspfEntry,
        OspfRedistributeEntry,
        RangeEntry,
    )
    from fingerpost.config.tree.ospf_interface import (
        OspfAuthenticationEntry,
        OspfInterfaceEntry,
        VirtualLinkEntry,
    )
    from fingerpost.ospf.authentication import Authentication


def ospf_config(
    shop: Workshop, entry: OspfEntry, name: str, path: Path, version: int
) -> OspfConfig | None:
    """What the machine is told; None if something in it is faulty, which is noted then."""
    router_id = entry.router_id or shop.router_id
    if router_id is None:
        said = "it has no router id; write router: {id: 10.0.0.1}, or router-id here"
        shop.faults.append(shop.file.fault(path, said))
        return None
    interfaces = [
        _interface(shop, one, entry.interfaces[one], (*path, "interfaces", one), version)
        for one in entry.interfaces
    ]
    areas = [
        _area(
            shop,
            one,
            said,
            shop.file.places.spelled((*path, "areas"), (str(one), dotted(one))),
            version,
        )
        for one, said in sorted(entry.areas.items())
    ]
    distances = entry.distances
    trust = {"intra": distances.intra, "inter": distances.inter, "external": distances.external}
    stub, restart, spf, limits = entry.stub_router, entry.graceful_restart, entry.spf, entry.limits
    return shop.made(
        path,
        lambda: OspfConfig(
            router_id=int(router_id),
            interfaces=tuple(one for one in interfaces if one is not None),
            areas=tuple(one for one in areas if one is not None),
            source=name,
            instance_id=entry.instance_id,
            distance=entry.distance,
            distances=MappingProxyType({k: v for k, v in trust.items() if v is not None}),
            maximum_paths=entry.maximum_paths,
            reference_bandwidth=entry.reference_bandwidth,
            rfc1583_compatible=entry.rfc1583_compatible,
            border=entry.border,
            redistributes=MappingProxyType(
                {one: _redistribution(shop, said) for one, said in entry.redistribute.items()}
            ),
            default=_default(entry.default_route),
            stub_router=StubRouter(stub.always, stub.after_start, stub.before_end),
            graceful_restart=GracefulRestart(
                restart.enabled,
                restart.period // SECOND,
                restart.help,
                restart.help_at_most // SECOND,
                restart.strict,
                restart.unplanned,
            ),
            throttle=SpfThrottle(spf.initial, spf.short, spf.long, spf.learn, spf.hold_down),
            min_ls_interval_ns=entry.min_ls_interval,
            min_ls_arrival_ns=entry.min_ls_arrival,
            hides_networks=entry.prefix_suppression,
            is_opaque_capable=entry.opaque,
            tells_router_information=entry.router_information,
            limits=OspfLimits(limits.lsas, limits.neighbors, limits.events),
            epoch_ns=shop.epoch_ns,
        ),
    )


def _interface(
    shop: Workshop, name: str, entry: OspfInterfaceEntry, path: Path, version: int
) -> OspfInterface | None:
    common = shop.file.tree.interfaces.get(name)
    passive = entry.passive
    if passive is None:
        passive = common is not None and common.passive
    kind = None if entry.type is None else NetworkType(entry.type.value)
    neighbors = tuple(
        StaticNeighbor(one.address, one.priority, one.cost)
        for one in entry.neighbors
        if one is not None
    )
    return shop.made(
        path,
        lambda: OspfInterface(
            name,
            entry.area,
            kind,
            entry.cost,
            entry.priority,
            entry.hello,
            entry.dead_s,
            entry.wait,
            entry.retransmit,
            entry.transmit_delay,
            entry.poll,
            passive or entry.announce_only,
            entry.mtu_ignore,
            _authentication(shop, entry.authentication, (*path, "authentication"), version),
            neighbors,
            entry.instance_id,
            entry.ttl_security,
            _bfd(entry.bfd),
            entry.prefix_suppression,
        ),
    )


def _bfd(entry: BfdTimesEntry | None) -> BfdSettings | None:
    if entry is None:
        return None
    return BfdSettings(entry.min_transmit, entry.min_receive, entry.multiplier)


def _area(shop: Workshop, area: int, entry: AreaEntry, path: Path, version: int) -> OspfArea | None:
    links = tuple(_virtual_links(shop, entry.virtual_links, path, version))
    return shop.made(
        path,
        lambda: OspfArea(
            area,
            entry.kind,
            entry.summaries,
            entry.default_cost,
            tuple(_ranges(entry.ranges.items())),
            tuple(_ranges(entry.external_ranges.items())),
            links,
            entry.translator,
            entry.translator_stability,
            entry.default_route,
            keeps_forwarding=not entry.suppress_forwarding,
        ),
    )


def _ranges(entries: Iterable[tuple[Prefix, RangeEntry]]) -> Iterator[AreaRange]:
    for prefix, entry in entries:
        yield AreaRange(prefix, entry.advertise, entry.cost, entry.tag)


def _virtual_links(
    shop: Workshop, entries: Mapping[Address, VirtualLinkEntry], path: Path, version: int
) -> Iterator[VirtualLink]:
    for router_id, entry in entries.items():
        place = (*path, "virtual-links", str(router_id), "authentication")
        yield VirtualLink(
            int(router_id),
            entry.hello,
            entry.dead_s,
            entry.retransmit,
            entry.transmit_delay,
            _authentication(shop, entry.authentication, place, version),
        )


def _default(entry: DefaultRouteEntry | None) -> DefaultOrigination | None:
    if entry is None:
        return None
    return DefaultOrigination(entry.metric, entry.metric_type, entry.always, entry.tag)


def _redistribution(shop: Workshop, entry: OspfRedistributeEntry) -> Redistribution:
    return Redistribution(entry.metric, entry.metric_type, entry.tag, shop.policy(entry.policy))


def _authentication(
    shop: Workshop, entry: OspfAuthenticationEntry | None, path: Path, version: int
) -> Authentication | None:
    found = None if entry is None else _settings(shop, entry, path)
    shop.made(path, lambda: check(found, version))
    return found


def _settings(shop: Workshop, entry: OspfAuthenticationEntry, path: Path) -> Authentication | None:
    if entry.password is not None:
        place = (*path, "password")
        password = shop.secret(entry.password, place)
        if password is None:
            return None
        return shop.made(place, lambda: SimplePassword(password))
    if entry.passwords:
        good = passwords_of(shop, entry.passwords, (*path, "passwords"), SimplePassword)
        return PasswordChain(good) if good else None
    keys = keys_of(shop, entry.key_chain or "")
    if not keys:
        return None
    return shop.made(
        path,
        lambda: KeyChain(
            keys,
            extended=entry.extended,
            swapped_protocol_id=entry.swapped_protocol_id,
            plain_hmac=entry.plain_hmac,
            keeps_sequence=entry.keeps_sequence,
        ),
    )
