"""Neighbours as a program describes them, as the configuration of the machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypedDict

from fingerpost.addr import Address
from fingerpost.bgp.config import (
    AddPath,
    Neighbor,
    PeerFamily,
    PrefixLimit,
    Role,
    Security,
    Timers,
)
from fingerpost.bgp.constants import PORT
from fingerpost.bgp.family import family_named
from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Prefix
    from fingerpost.bgp.family import Family
    from fingerpost.rib.verdict import Filter

FARTHEST = 255
COMERS = "from-"
"""How names of neighbours begin that stand for a prefix; who came has his address behind."""
_TIMERS = Timers(connect_retry_ns=5 * SECOND, idle_hold_ns=1 * SECOND)
RemoteAs = int | tuple[int, ...] | Literal["internal", "external"]


class Options(TypedDict, total=False):
    """What else may be said of a neighbour.

    `families`: names or `Family` values, in place of those of the speaker. `local_address`: from
    which to connect. `md5`: the password of RFC 2385. `ttl_hops`: nobody farther away is heard
    (RFC 5082). `hold_s`: RFC 4271's hold time. `role`: what we are to it (RFC 9234): "customer",
    "provider", "peer", "rs", "rs-client". `passes_on`: it is told what other neighbours said too.
    `receives_paths`, `sends_paths`: several paths to a prefix (RFC 7911). `limit`: after so many
    prefixes of a family the session ends. `import_policy`, `export_policy`: as for a router.
    """

    families: Iterable[str | Family]
    local_address: str | Address
    local_as: int
    md5: str | bytes
    ttl_hops: int
    hold_s: int
    role: str | Role
    passes_on: bool
    receives_paths: bool
    sends_paths: int
    limit: int
    import_policy: Filter
    export_policy: Filter
    is_client: bool
    description: str


_ROLES = {
    "provider": Role.PROVIDER,
    "rs": Role.ROUTE_SERVER,
    "rs-client": Role.ROUTE_SERVER_CLIENT,
    "customer": Role.CUSTOMER,
    "peer": Role.PEER,
}


def families_of(given: Iterable[str | Family]) -> tuple[Family, ...]:
    """Families by their names; raises `UsageError` for a name that none has, and for none."""
    found = tuple(family_named(one) if isinstance(one, str) else one for one in given)
    if not found:
        raise UsageError("no address family; name some, such as ipv4 and ipv6")
    return found


def neighbor_at(
    name: str,
    remote_as: RemoteAs,
    families: tuple[Family, ...],
    options: Options,
    *,
    address: Address | None = None,
    prefix: Prefix | None = None,
    port: int = PORT,
    most: int = 100,
) -> Neighbor:
    """The configuration of a neighbour; raises `UsageError` for what cannot be."""
    unknown = [one for one in options if one not in Options.__annotations__]
    if unknown:
        known = ", ".join(Options.__annotations__)
        raise UsageError(f"neighbor {name}: {unknown[0]!r} is no option; there are {known}")
    if "families" in options:
        families = families_of(options["families"])
    local = options.get("local_address")
    return Neighbor(
        name,
        remote_as,
        address,
        prefix=prefix,
        most=most,
        families=tuple(_family(one, options) for one in families),
        local_as=options.get("local_as"),
        local_address=Address(local) if isinstance(local, str) else local,
        port=port,
        is_passive=prefix is not None,
        hops=FARTHEST,
        security=Security(options.get("ttl_hops"), _octets(options.get("md5"))),
        timers=replace(_TIMERS, hold_s=options.get("hold_s", _TIMERS.hold_s)),
        is_client=options.get("is_client", False),
        role=_role(options.get("role")),
        description=options.get("description", ""),
    )


def _family(family: Family, options: Options) -> PeerFamily:
    limit = options.get("limit")
    return PeerFamily(
        family,
        options.get("import_policy"),
        options.get("export_policy"),
        None if limit is None else PrefixLimit(limit),
        next_hop_unchanged=True,  # we are not on the way of packets
        own_only=not options.get("passes_on", False),
        add_path=AddPath(options.get("receives_paths", False), options.get("sends_paths", 0)),
    )


def _octets(secret: str | bytes | None) -> bytes | None:
    return secret.encode() if isinstance(secret, str) else secret


def _role(given: str | Role | None) -> Role | None:
    if given is None or isinstance(given, Role):
        return given
    if given not in _ROLES:
        raise UsageError(f"role {given!r}, expected one of {', '.join(_ROLES)} (RFC 9234)")
    return _ROLES[given]
