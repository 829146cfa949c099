"""Two OPENs, and what both can: which families, how long, who (RFC 4271 4.2, 6.2; RFC 5492 3).

`offer` makes our OPEN, `agree` holds it beside the neighbour's. What both say holds; what only one
says does not, but for the role where nothing is strict (RFC 9234 4.2) and for graceful restart,
where each says what the other is to do for it (RFC 4724 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.config import Role
from fingerpost.bgp.constants import (
    LONGEST,
    LONGEST_EXTENDED,
    Afi,
    ErrorCode,
    OpenError,
)
from fingerpost.bgp.family import IPV4, Family
from fingerpost.bgp.packet import MessageError, Open
from fingerpost.bgp.packet import capabilities as can
from fingerpost.bgp.relation import (
    Relation,
    expected_relation,
    is_expected,
    local_asn,
    relation_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.config import BgpConfig, Neighbor, PeerFamily
    from fingerpost.bgp.packet.capabilities import Capability

ROLE_PAIRS: Final = {
    Role.PROVIDER: Role.CUSTOMER,
    Role.CUSTOMER: Role.PROVIDER,
    Role.ROUTE_SERVER: Role.ROUTE_SERVER_CLIENT,
    Role.ROUTE_SERVER_CLIENT: Role.ROUTE_SERVER,
    Role.PEER: Role.PEER,
}
"""Who may face whom (RFC 9234 4.2, table 2)."""

LAST_RESTART_S: Final = 0xFFF


@dataclass(frozen=True, slots=True)
class AgreedFamily:
    """A family that both speak.

    `path_ids_in` and `path_ids_out`: prefixes have identifiers when they come, and when they go
    (RFC 7911). `keeps`: routes of the neighbour stay while it restarts (RFC 4724), after that for
    `long_lived_s` more (RFC 9494); `is_forwarding`: it says that its packets went on all the while.
    """

    family: Family
    path_ids_in: bool = False
    path_ids_out: bool = False
    extended_next_hop: bool = False
    keeps: bool = False
    is_forwarding: bool = False
    long_lived_s: int = 0
    takes_long_lived: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a session rests on. `hold_s` 0: no KEEPALIVEs (RFC 4271 4.4)."""

    asn: int
    router_id: int
    relation: Relation
    hold_s: int
    as4: bool
    longest_out: int
    longest_in: int
    refreshes: bool
    refreshes_enhanced: bool
    role: Role | None
    families: tuple[AgreedFamily, ...]
    restarts: bool = False  # both speak of graceful restart
    restart_s: int = 0  # how long it may be gone
    for_notification: bool = False  # RFC 8538: both keep routes after a NOTIFICATION too
    has_restarted: bool = False
    hostname: str = ""
    version: str = ""

    def family(self, family: Family) -> AgreedFamily | None:
        """One of them; None if it is not agreed on."""
        return next((one for one in self.families if one.family == family), None)


def offer(config: BgpConfig, neighbor: Neighbor, *, has_restarted: bool = False) -> Open:
    """Our OPEN to a neighbour; `has_restarted`: we were there before and still forward."""
    relation = expected_relation(config, neighbor)
    asn = local_asn(config, neighbor, relation)
    capabilities = tuple(_capabilities(config, neighbor, asn, has_restarted=has_restarted))
    return Open.of(asn, neighbor.timers.hold_s, config.router_id, capabilities)


def _capabilities(
    config: BgpConfig, neighbor: Neighbor, asn: int, *, has_restarted: bool
) -> Iterator[Capability]:
    for one in neighbor.families:
        yield can.Multiprotocol(one.family)
    yield can.RouteRefreshCapability()
    yield can.EnhancedRouteRefresh()
    yield can.As4(asn)
    if neighbor.extended_message:
        yield can.ExtendedMessage()
    extended = tuple(
        can.NextHopFamily(one.family, Afi.IPV6)
        for one in neighbor.families
        if _wants_extended(neighbor, one)
    )
    if extended:
        yield can.ExtendedNextHop(extended)
    paths = tuple(_add_path(neighbor))
    if paths:
        yield can.AddPath(paths)
    if neighbor.role is not None and expected_relation(config, neighbor) is Relation.EXTERNAL:
        yield can.RoleCapability(neighbor.role.value)
    yield from _restart(neighbor, has_restarted=has_restarted)
    if neighbor.sends_hostname and config.hostname:
        host, _, domain = config.hostname.partition(".")
        yield can.Fqdn(host.encode()[:63], domain.encode()[:190])


def _wants_extended(neighbor: Neighbor, one: PeerFamily) -> bool:
    """Without addresses of our own there is no other way (RFC 8950)."""
    if one.family.afi != Afi.IPV4:
        return False
    return one.extended_next_hop or neighbor.interface is not None


def _add_path(neighbor: Neighbor) -> Iterator[can.AddPathFamily]:
    for one in neighbor.families:
        mode = can.AddPathMode.RECEIVE if one.add_path.receives else can.AddPathMode(0)
        if one.add_path.sends:
            mode |= can.AddPathMode.SEND
        if mode:
            yield can.AddPathFamily(one.family, int(mode))


def _restart(neighbor: Neighbor, *, has_restarted: bool) -> Iterator[Capability]:
    """With no family in it, the capability says that we help (RFC 4724 3)."""
    wanted = neighbor.graceful_restart
    if not wanted.helper and not wanted.restarts:
        return
    kept = [one.family for one in neighbor.families if one.graceful_restart]
    yield can.GracefulRestart(
        min(wanted.restart_s, LAST_RESTART_S) if wanted.restarts else 0,
        tuple(can.Restarting(one, has_restarted) for one in kept) if wanted.restarts else (),
        has_restarted,
        wanted.notification,
    )
    if wanted.long_lived_s:
        stale_s = min(wanted.long_lived_s, 0xFF_FFFF)
        yield can.LongLivedGracefulRestart(
            tuple(can.LongLived(one, has_restarted, stale_s) for one in kept)
        )


def agree(config: BgpConfig, neighbor: Neighbor, ours: Open, theirs: Open) -> Agreed:
    """What both can. Raises `MessageError` for an OPEN that we do not take (RFC 4271 6.2)."""
    asn = theirs.asn
    if not is_expected(config, neighbor, asn):
        wanted = neighbor.remote_as
        expected = wanted if isinstance(wanted, int | str) else " or ".join(map(str, wanted))
        raise _refusal(OpenError.BAD_PEER_AS, f"AS {asn}, expected {expected}")
    relation = relation_of(config, neighbor, asn)
    if relation.is_internal and theirs.router_id == config.router_id:
        raise _refusal(  # RFC 6286 2.2
            OpenError.BAD_IDENTIFIER, f"BGP identifier {theirs.router_id} is our own"
        )
    role = neighbor.role if relation is Relation.EXTERNAL else None
    _check_role(role, theirs.role, is_strict=neighbor.is_role_strict)
    families = tuple(_families(neighbor, ours, theirs))
    if not families:
        wanted_families = b"".join(
            can.encode_capability(can.Multiprotocol(one.family)) for one in neighbor.families
        )
        named = ", ".join(str(one.family) for one in neighbor.families)
        what = f"no address family in common, expected one of {named}"
        raise _refusal(OpenError.UNSUPPORTED_CAPABILITY, what, wanted_families)
    is_long = bool(ours.having(can.ExtendedMessage) and theirs.having(can.ExtendedMessage))
    refreshes = bool(theirs.having(can.RouteRefreshCapability))
    restart = next(iter(theirs.having(can.GracefulRestart)), None)
    mine = next(iter(ours.having(can.GracefulRestart)), None)
    both = restart is not None and mine is not None
    return Agreed(
        asn,
        theirs.router_id,
        relation,
        min(ours.hold_s, theirs.hold_s),
        bool(theirs.having(can.As4)),
        LONGEST_EXTENDED if is_long else LONGEST,
        # who says that it takes long messages has to take them from anybody (RFC 8654 4)
        LONGEST_EXTENDED if ours.having(can.ExtendedMessage) else LONGEST,
        refreshes,
        refreshes and bool(theirs.having(can.EnhancedRouteRefresh)),
        role,
        families,
        both,
        restart.restart_s if both and restart is not None else 0,
        bool(restart and mine and restart.for_notification and mine.for_notification),
        bool(restart and restart.has_restarted),
        "".join(str(one) for one in theirs.having(can.Fqdn)[:1]),
        "".join(str(one) for one in theirs.having(can.SoftwareVersion)[:1]),
    )


def _check_role(ours: Role | None, theirs: int | None, *, is_strict: bool) -> None:
    """RFC 9234 4.2."""
    if ours is None:
        return
    if theirs is None:
        if is_strict:
            raise _refusal(OpenError.ROLE_MISMATCH, "no role, expected one: it is strict here")
        return
    wanted = ROLE_PAIRS[ours]
    if theirs != wanted.value:
        known = {one.value: one.name.lower() for one in Role}
        said = known.get(theirs, str(theirs))
        what = f"role {said}, expected {wanted.name.lower()} to our {ours.name.lower()}"
        raise _refusal(OpenError.ROLE_MISMATCH, what)


def _families(neighbor: Neighbor, ours: Open, theirs: Open) -> Iterator[AgreedFamily]:
    told = {one.family for one in theirs.having(can.Multiprotocol)}
    if not told:
        told = {IPV4}  # who says nothing speaks of IPv4 unicast (RFC 4760 8)
    paths = {one.family: one for all_of in theirs.having(can.AddPath) for one in all_of.families}
    mine = {one.family: one for all_of in ours.having(can.AddPath) for one in all_of.families}
    extended = _extended(ours) & _extended(theirs)
    wanted = neighbor.graceful_restart
    restart = {
        one.family: one for two in theirs.having(can.GracefulRestart) for one in two.families
    }
    long_lived = {
        one.family: one
        for two in theirs.having(can.LongLivedGracefulRestart)
        for one in two.families
    }
    for one in neighbor.families:
        family = one.family
        if family not in told:
            continue
        their_paths, our_paths = paths.get(family), mine.get(family)
        come = their_paths is not None and their_paths.sends
        go = their_paths is not None and their_paths.receives
        held = restart.get(family)
        long = long_lived.get(family)
        keeps = held is not None and wanted.helper and one.graceful_restart
        is_forwarding = held is not None and held.is_forwarding
        yield AgreedFamily(
            family,
            come and our_paths is not None and our_paths.receives,
            go and our_paths is not None and our_paths.sends,
            family in extended,
            keeps,
            is_forwarding or (long is not None and long.is_forwarding),
            min(long.stale_s, wanted.long_lived_s) if long is not None and keeps else 0,
            long is not None,
        )


def _extended(one: Open) -> set[Family]:
    return {
        row.family
        for held in one.having(can.ExtendedNextHop)
        for row in held.families
        if row.next_hop_afi == Afi.IPV6
    }


def _refusal(subcode: OpenError, what: str, data: bytes = b"") -> MessageError:
    return MessageError(what, code=ErrorCode.OPEN_MESSAGE, subcode=subcode, data=data)
