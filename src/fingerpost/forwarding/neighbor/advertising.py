"""What a router says in its advertisements (RFC 4861 6.2.1, RFC 4191, RFC 8106)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.wire.nd import (
    DnsSearchList,
    Mtu,
    NdOption,
    Preference,
    PrefixInformation,
    RecursiveDnsServers,
    RouteInformation,
    RouterAdvertisement,
    SourceLinkLayerAddress,
)

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.interface import Interface

_FIXED = 40 + 16  # the IPv6 header and the fixed part of an advertisement


@dataclass(frozen=True, slots=True)
class Advertising:
    """The configuration variables of RFC 4861 6.2.1 for one interface, with its defaults.

    `min_interval_ns`, `lifetime_s` and `dns_lifetime_s` follow from `max_interval_ns` where they
    are None; `prefixes` are those of the interface's addresses where None. Raises `UsageError` for
    values that the RFC rules out.
    """

    max_interval_ns: int = 600 * SECOND  # MaxRtrAdvInterval
    min_interval_ns: int | None = None  # MinRtrAdvInterval
    lifetime_s: int | None = None  # AdvDefaultLifetime; 0: no default router
    hop_limit: int = 64  # AdvCurHopLimit
    managed: bool = False  # AdvManagedFlag
    other: bool = False  # AdvOtherConfigFlag
    preference: Preference = Preference.MEDIUM  # RFC 4191 2.2
    reachable_time_ms: int = 0  # AdvReachableTime
    retransmit_timer_ms: int = 0  # AdvRetransTimer
    link_mtu: int = 0  # AdvLinkMTU; 0: no MTU option
    prefixes: tuple[PrefixInformation, ...] | None = None  # AdvPrefixList
    valid_s: int = 2_592_000  # AdvValidLifetime of prefixes that follow from addresses
    preferred_s: int = 604_800  # AdvPreferredLifetime
    routes: tuple[RouteInformation, ...] = ()  # RFC 4191 2.3
    dns_servers: tuple[Address, ...] = ()  # RFC 8106 5.1
    dns_domains: tuple[str, ...] = ()  # RFC 8106 5.2
    dns_lifetime_s: int | None = None
    options: tuple[NdOption, ...] = ()  # others, as they are

    def __post_init__(self) -> None:
        """Refuse what the RFC rules out."""
        longest = self.max_interval_ns
        _check("max_interval_ns", longest, 4 * SECOND, 1800 * SECOND)
        if self.min_interval_ns is not None:
            most = max(longest * 3 // 4, 3 * SECOND)
            _check("min_interval_ns", self.min_interval_ns, 3 * SECOND, most)
        if self.lifetime_s:
            _check("lifetime_s", self.lifetime_s, -(-longest // SECOND), 9000)
        _check("hop_limit", self.hop_limit, 0, 255)
        _check("reachable_time_ms", self.reachable_time_ms, 0, 3_600_000)
        _check("preferred_s", self.preferred_s, 0, self.valid_s)
        if self.preference is Preference.RESERVED:
            raise UsageError("preference is RESERVED; give LOW, MEDIUM or HIGH (RFC 4191 2.1)")

    @property
    def shortest_ns(self) -> int:
        """The least time between two unsolicited advertisements."""
        if self.min_interval_ns is not None:
            return self.min_interval_ns
        longest = self.max_interval_ns
        return longest * 33 // 100 if longest >= 9 * SECOND else longest

    @property
    def router_lifetime_s(self) -> int:
        """For how long hosts may use the router after an advertisement."""
        if self.lifetime_s is not None:
            return self.lifetime_s
        return 3 * self.max_interval_ns // SECOND

    def messages(self, interface: Interface, *, is_final: bool) -> list[RouterAdvertisement]:
        """One advertisement, or several where one would not fit the MTU (RFC 4861 6.2.3).

        `is_final`: the router ceases to be one (6.2.5), for its routes as well (RFC 4191 4).
        """
        lifetime = 0 if is_final else self.router_lifetime_s
        return [
            RouterAdvertisement(
                self.hop_limit,
                self.managed,
                self.other,
                self.preference if lifetime else Preference.MEDIUM,  # RFC 4191 2.2
                lifetime,
                self.reachable_time_ms,
                self.retransmit_timer_ms,
                part,
            )
            for part in _parts(self._all_options(interface, is_final), interface.mtu - _FIXED)
        ]

    def _all_options(self, interface: Interface, is_final: bool) -> list[NdOption]:
        lifetime = self.dns_lifetime_s
        if lifetime is None:
            lifetime = 3 * self.max_interval_ns // SECOND  # RFC 8106 5.1
        options: list[NdOption] = [SourceLinkLayerAddress(interface.mac)]
        options += [Mtu(self.link_mtu)] if self.link_mtu else []
        options += self.prefixes_of(interface)
        options += [replace(o, lifetime_s=0) for o in self.routes] if is_final else self.routes
        options += [RecursiveDnsServers(self.dns_servers, lifetime)] if self.dns_servers else []
        options += [DnsSearchList(self.dns_domains, lifetime)] if self.dns_domains else []
        return [*options, *self.options]

    def prefixes_of(self, interface: Interface) -> tuple[PrefixInformation, ...]:
        """The prefixes that are advertised; the link-local one is not (RFC 4861 6.2.1)."""
        if self.prefixes is not None:
            return self.prefixes
        own = dict.fromkeys(
            held.prefix
            for held in interface.addresses
            if held.version == 6 and not held.address.is_link_local and held.length < 128
        )
        return tuple(
            PrefixInformation(
                prefix.network,
                prefix.length,
                autonomous=prefix.length == 64,  # RFC 4862 5.5.3 d: others make no address
                valid_s=self.valid_s,
                preferred_s=self.preferred_s,
            )
            for prefix in own
        )


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UsageError(f"{name} is {value}; give {least} to {most} (RFC 4861 6.2.1)")


def _parts(options: list[NdOption], room: int) -> list[tuple[NdOption, ...]]:
    parts: list[list[NdOption]] = [[]]
    left = room
    for option in options:
        size = len(option.encode())
        if size > left and parts[-1]:
            parts.append([])
            left = room
        parts[-1].append(option)
        left -= size
    return [tuple(part) for part in parts]


DEFAULTS = Advertising()
