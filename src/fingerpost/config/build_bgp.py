"""From the entry of BGP to the values that its machine takes."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import (
    AddPath,
    Aggregate,
    BgpConfig,
    BmpStation,
    Condition,
    Confederation,
    Decision,
    GracefulRestart,
    MrtFiles,
    Neighbor,
    Network,
    PeerFamily,
    PrefixLimit,
    Redistribution,
    Role,
    Security,
    Timers,
)
from fingerpost.bgp.damping import Damping
from fingerpost.bgp.policing import faults_of
from fingerpost.bgp.program import NotOfPathsError
from fingerpost.config.build_rpki import caches, local_exceptions, vrp_files
from fingerpost.config.tree.bgp_neighbor import NeighborEntry, PeerFamilyEntry
from fingerpost.errors import AddressError
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.ao_keys import AoKey
from fingerpost.protocol.events import WatchTimers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.bgp.family import Family
    from fingerpost.config.build import Workshop
    from fingerpost.config.faults import Path
    from fingerpost.config.tree.bfd import BfdTimesEntry
    from fingerpost.config.tree.bgp import BgpEntry, MrtEntry, NetworkEntry
    from fingerpost.config.tree.bgp_neighbor import (
        AoKeyEntry,
        BgpLimitEntry,
        BgpTimersEntry,
        ConditionEntry,
        DampingEntry,
        RestartEntry,
    )


def bgp_config(shop: Workshop, entry: BgpEntry, name: str, path: Path) -> BgpConfig | None:
    """What the machine is told; None if something in it is faulty, which is noted then."""
    router_id = entry.router_id or shop.router_id
    if router_id is None:
        said = "bgp: it has no router id; write router: {id: 10.0.0.1}, or router-id here"
        shop.faults.append(shop.file.fault(path, said))
        return None
    neighbors = [
        _neighbor(shop, entry, place, one, (*path, "neighbors", place))
        for place, one in entry.neighbors.items()
    ]
    files = vrp_files(shop, entry.rpki, (*path, "rpki"))
    exceptions = local_exceptions(shop, entry.rpki, (*path, "rpki"))
    decision = entry.decision
    inside = entry.confederation
    made = shop.made(
        path,
        lambda: BgpConfig(
            asn=entry.as_,
            router_id=int(router_id),
            neighbors=tuple(one for one in neighbors if one is not None),
            families=tuple(entry.families),
            networks=tuple(
                Network(one.prefix, shop.policy(one.policy), one.needs_route, _condition(one))
                for one in entry.networks
            ),
            aggregates=tuple(
                Aggregate(
                    prefix,
                    one.summary_only,
                    one.keep_path,
                    one.keep_communities,
                    shop.policy(one.policy),
                )
                for prefix, one in entry.aggregates.items()
            ),
            redistributes=MappingProxyType(
                {
                    source: Redistribution(one.med, shop.policy(one.policy))
                    for source, one in entry.redistribute.items()
                }
            ),
            cluster_id=None if entry.cluster_id is None else int(entry.cluster_id),
            confederation=(
                None if inside is None else Confederation(inside.id, frozenset(inside.members))
            ),
            decision=Decision(
                decision.always_compare_med,
                decision.missing_med_worst,
                decision.ignore_path_length,
                decision.prefer_oldest,
                decision.multipath_external,
                decision.multipath_internal,
                decision.multipath_relaxed,
                decision.local_preference,
            ),
            needs_policy=entry.requires_policy,
            takes_sets=entry.accept_as_sets,
            listens=entry.listen,
            listen_addresses=tuple(entry.listen_addresses),
            port=entry.port,
            connections_most=entry.connections,
            hostname=shop.file.tree.router.name or "",
            distances=MappingProxyType(
                {
                    "external": entry.distances.external,
                    "internal": entry.distances.internal,
                    "local": 200,
                }
            ),
            rpki=caches(entry.rpki),
            vrp_files=files,
            rpki_exceptions=exceptions,
            source=name,
            bmp=tuple(
                BmpStation(
                    station,
                    one.address,
                    one.port,
                    one.pre_policy,
                    one.post_policy,
                    one.loc_rib,
                    one.adj_rib_out,
                    one.statistics,
                )
                for station, one in entry.bmp.items()
            ),
            mrt=None if entry.mrt is None else _mrt(entry.mrt),
            epoch_ns=shop.epoch_ns,
        ),
    )
    if made is not None:
        _tell_faults(shop, made)
    return made


def _tell_faults(shop: Workshop, config: BgpConfig) -> None:
    """Say what policies ask of paths that those do not have, each once, where it stands."""
    for neighbor, policy, error in faults_of(config):
        if not isinstance(error, NotOfPathsError):
            continue
        path: Path = ("policies", policy.name)
        if not isinstance(shop.file.tree.policies[policy.name], list):
            path = (*path, "statements")
        path = (*path, error.statement, *error.field.split("."))
        fault = shop.file.fault(path, f"{error}; neighbor {neighbor.name} asks this policy")
        if all((one.line, one.field) != (fault.line, fault.field) for one in shop.faults):
            shop.faults.append(fault)


def _mrt(entry: MrtEntry) -> MrtFiles:
    return MrtFiles(
        entry.table or "",
        entry.table_every,
        entry.updates or "",
        entry.rotate,
        entry.compress,
        entry.pre_policy,
    )


def _neighbor(
    shop: Workshop, bgp: BgpEntry, place: str, own: NeighborEntry, path: Path
) -> Neighbor | None:
    entry = _templated(shop, bgp, own, path)
    if entry is None:
        return None
    if entry.as_ is None:
        said = f"neighbor {place}: which AS is it? write as: 65001, internal or external"
        shop.faults.append(shop.file.fault(path, said))
        return None
    remote_as = entry.as_
    where = _where(place)
    password = None
    if entry.password is not None:
        password = shop.secret(entry.password, (*path, "password"))
    keys = _ao_keys(shop, entry.tcp_ao, (*path, "tcp-ao"))
    is_range = isinstance(where, Prefix)
    return shop.made(
        path,
        lambda: Neighbor(
            place,
            remote_as,
            address=where if isinstance(where, Address) else None,
            interface=where if isinstance(where, str) else None,
            prefix=where if isinstance(where, Prefix) else None,
            most=entry.most,
            families=tuple(_families(shop, bgp, entry)),
            local_as=entry.local_as,
            replaces_as=entry.replace_as,
            prepends_local_as=entry.prepend_local_as,
            local_address=entry.local_address,
            port=entry.port,
            is_passive=entry.passive or is_range,
            hops=entry.hops,
            security=Security(entry.ttl_security, password, keys),
            timers=_timers(entry.timers),
            graceful_restart=_restart(entry.graceful_restart),
            is_client=entry.route_reflector_client,
            role=None if entry.role is None else Role[entry.role.name],
            is_role_strict=entry.role_strict,
            checks_first_as=entry.check_first_as,
            extended_message=entry.extended_message,
            bfd=_bfd(entry.bfd),
            is_enabled=entry.enabled,
            shutdown_text=entry.shutdown,
            description=entry.description,
        ),
    )


def _ao_keys(shop: Workshop, entries: Sequence[AoKeyEntry], path: Path) -> tuple[AoKey, ...]:
    found = []
    for place, one in enumerate(entries):
        secret = shop.secret(one.secret, (*path, place, "secret"))
        if secret is None:
            continue
        receive_id = one.send_id if one.receive_id is None else one.receive_id
        make = partial(AoKey, one.send_id, receive_id, secret, one.algorithm)
        found.append(shop.made((*path, place), make))
    return tuple(one for one in found if one is not None)


def _templated(
    shop: Workshop, bgp: BgpEntry, own: NeighborEntry, path: Path
) -> NeighborEntry | None:
    """The entry with what its template says and itself does not."""
    if own.use is None:
        return own
    template = bgp.templates.get(own.use)
    if template is None:
        known = ", ".join(bgp.templates) or "none"
        said = f"no template is called {own.use}; there are {known}"
        shop.faults.append(shop.file.fault((*path, "use"), said))
        return None
    said_there = {name: getattr(template, name) for name in template.model_fields_set}
    said_here = {name: getattr(own, name) for name in own.model_fields_set}
    return NeighborEntry.model_construct(
        _fields_set=said_there.keys() | said_here.keys(), **{**said_there, **said_here}
    )


def is_interface(place: str) -> bool:
    """Whether a neighbour is named by the interface that it is on."""
    return isinstance(_where(place), str)


def _where(place: str) -> Address | Prefix | str:
    try:
        return Prefix(place, strict=True) if "/" in place else Address(place)
    except AddressError:
        return place


def _families(shop: Workshop, bgp: BgpEntry, entry: NeighborEntry) -> list[PeerFamily]:
    said = entry.families
    if said is None:
        return [_family(shop, one, entry, entry) for one in bgp.families]
    return [_family(shop, one, entry, own) for one, own in said.items()]


def _family(
    shop: Workshop, family: Family, common: NeighborEntry, own: PeerFamilyEntry
) -> PeerFamily:
    names = own.model_fields_set

    def of(name: str) -> PeerFamilyEntry:
        return own if name in names else common

    limit = of("limit").limit
    add_path = of("add_path").add_path
    damping = of("damping").damping
    default = of("default_route").default_route
    hop_self = of("next_hop_self").next_hop_self
    return PeerFamily(
        family,
        shop.policy(of("import_").import_),
        shop.policy(of("export").export),
        None if limit is None else _limit(limit),
        None if hop_self is None else bool(hop_self),
        hop_self == "reflected",
        of("next_hop_unchanged").next_hop_unchanged,
        AddPath(add_path.receive, add_path.send),
        of("allow_own_as").allow_own_as,
        of("as_override").as_override,
        of("private_as").private_as,
        of("communities").communities,
        default is not None,
        None if default is None else _condition(default),
        of("extended_next_hop").extended_next_hop,
        of("weight").weight,
        None if damping is None else _damping(damping),
        aigp=of("aigp").aigp,
    )


def _condition(entry: ConditionEntry | NetworkEntry) -> Condition | None:
    present, absent = tuple(entry.if_present), tuple(entry.if_absent)
    return Condition(present, absent) if present or absent else None


def _damping(entry: DampingEntry) -> Damping:
    return Damping(entry.half_life, entry.suppress, entry.reuse, entry.longest)


def _limit(entry: BgpLimitEntry) -> PrefixLimit:
    return PrefixLimit(entry.prefixes, entry.beyond, entry.warning_percent, entry.restart)


def _timers(entry: BgpTimersEntry) -> Timers:
    return Timers(
        entry.hold // SECOND,
        entry.keepalive,
        entry.connect_retry,
        entry.idle_hold,
        delay_open_ns=entry.delay_open,
        send_hold_ns=entry.send_hold,
        advertisement_ns=entry.advertisement,
    )


def _restart(entry: RestartEntry) -> GracefulRestart:
    return GracefulRestart(
        entry.helper,
        entry.restarts,
        entry.time // SECOND,
        entry.stale,
        entry.notification,
        entry.long_lived // SECOND,
    )


def _bfd(entry: BfdTimesEntry | None) -> WatchTimers | None:
    if entry is None:
        return None
    return WatchTimers(entry.min_transmit, entry.min_receive, entry.multiplier)
