"""What IANA says about blocks of addresses: the one place where it is kept up to date.

To update, compare the tables below with the registries, row by row, and set `SNAPSHOT`:

- https://www.iana.org/assignments/iana-ipv4-special-registry/   `_SPECIAL_V4`
- https://www.iana.org/assignments/iana-ipv6-special-registry/   `_SPECIAL_V6`
- https://www.iana.org/assignments/ipv6-address-space/           `_SPACE_V6`
- https://www.iana.org/assignments/multicast-addresses/          `_MULTICAST_V4`
- https://www.iana.org/assignments/ipv6-multicast-addresses/     `_multicast_v6`

Everything else (classification, predicates, verdicts, the tables of the documentation) is
computed from these rows; tests compare the special-purpose rows with a capture of the registries.

The five columns are those of RFC 6890 2.2.1 as amended by RFC 8190 2, one letter each, in the
registries' order: source, destination, forwardable, globally reachable, reserved by protocol.
Y yes, N no, ? "N/A" or blank. Only the two special-purpose registries have these columns; in
the other tables they say what the cited RFC demands.

Where IANA lists a range that is no prefix, its covering prefix stands here and the blocks cut
out of it are more specific rows: the longest match gives the registry's answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache

from fingerpost._core import Prefix
from fingerpost.addr.scopes import MulticastFlags, MulticastScope

SNAPSHOT = "2026-07-18"
"""Day on which the tables were last compared with the registries."""


class Registry(Enum):
    """Where a row comes from; the value is IANA's name of the registry."""

    IPV4_SPECIAL = "iana-ipv4-special-registry"
    IPV6_SPECIAL = "iana-ipv6-special-registry"
    IPV4_SPACE = "ipv4-address-space"
    IPV6_SPACE = "ipv6-address-space"
    IPV4_MULTICAST = "multicast-addresses"
    IPV6_MULTICAST = "ipv6-multicast-addresses"

    @property
    def url(self) -> str:
        """Page of the registry."""
        return f"https://www.iana.org/assignments/{self.value}/"


class Kind(Enum):
    """What a block is for, in one word; predicates ask this of the row that won."""

    GLOBAL_UNICAST = "global unicast"
    UNALLOCATED = "unallocated"
    UNSPECIFIED = "unspecified"
    THIS_NETWORK = "this network"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    SITE_LOCAL = "site-local"
    PRIVATE = "private"
    UNIQUE_LOCAL = "unique local"
    SHARED = "shared"
    DOCUMENTATION = "documentation"
    BENCHMARKING = "benchmarking"
    PROTOCOL = "protocol assignment"
    SERVICE = "service"
    IPV4_MAPPED = "IPv4-mapped"
    IPV4_COMPATIBLE = "IPv4-compatible"
    TRANSLATION = "translation"
    TUNNEL = "tunnel"
    IDENTIFIER = "identifier"
    DISCARD = "discard"
    DUMMY = "dummy"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Entry:
    """One prefix of one registry. `None` in a column: the registry gives no answer there.

    Months are "YYYY-MM". RFCs are cited with their section: "RFC 1122 3.2.1.3".
    """

    prefix: Prefix
    name: str
    kind: Kind
    rfcs: tuple[str, ...]
    source: bool | None
    destination: bool | None
    forwardable: bool | None
    globally_reachable: bool | None
    reserved_by_protocol: bool | None
    registry: Registry
    allocated: str | None = None
    terminated: str | None = None
    scope: MulticastScope | None = None
    note: str | None = None


_CUT = "Not usable unless a more specific entry says so."
_EXCEPTED = "Some protocols are exempt, for example RFC 8029 and RFC 5884."
_TEREDO = "Reachability: RFC 4380 5."
_6TO4 = "Reachability: RFC 3056."
_ULA = "Routability: RFC 4193."

_Row = tuple[str, Kind, str, str, str, str, str | None, str | None]

# prefixes, kind, name, RFCs, allocated, columns, terminated, note
# fmt: off
_SPECIAL_V4: tuple[_Row, ...] = (
    ("0.0.0.0/8", Kind.THIS_NETWORK, '"This network"',
     "RFC 791 3.2", "1981-09", "YNNNY", None, None),
    ("0.0.0.0/32", Kind.UNSPECIFIED, '"This host on this network"',
     "RFC 1122 3.2.1.3", "1981-09", "YNNNY", None, None),
    ("10.0.0.0/8", Kind.PRIVATE, "Private-Use",
     "RFC 1918", "1996-02", "YYYNN", None, None),
    ("100.64.0.0/10", Kind.SHARED, "Shared Address Space",
     "RFC 6598", "2012-04", "YYYNN", None, None),
    ("127.0.0.0/8", Kind.LOOPBACK, "Loopback",
     "RFC 1122 3.2.1.3", "1981-09", "NNNNY", None, _EXCEPTED),
    ("169.254.0.0/16", Kind.LINK_LOCAL, "Link Local",
     "RFC 3927", "2005-05", "YYNNY", None, None),
    ("172.16.0.0/12", Kind.PRIVATE, "Private-Use",
     "RFC 1918", "1996-02", "YYYNN", None, None),
    ("192.0.0.0/24", Kind.PROTOCOL, "IETF Protocol Assignments",
     "RFC 6890 2.1", "2010-01", "NNNNN", None, _CUT),
    ("192.0.0.0/29", Kind.TRANSLATION, "IPv4 Service Continuity Prefix",
     "RFC 7335", "2011-06", "YYYNN", None, None),
    ("192.0.0.8/32", Kind.DUMMY, "IPv4 dummy address",
     "RFC 7600", "2015-03", "YNNNN", None, None),
    ("192.0.0.9/32", Kind.SERVICE, "Port Control Protocol Anycast",
     "RFC 7723", "2015-10", "YYYYN", None, None),
    ("192.0.0.10/32", Kind.SERVICE, "Traversal Using Relays around NAT Anycast",
     "RFC 8155", "2017-02", "YYYYN", None, None),
    ("192.0.0.170/32 192.0.0.171/32", Kind.PROTOCOL, "NAT64/DNS64 Discovery",
     "RFC 8880; RFC 7050 2.2", "2013-02", "NNNNY", None, None),
    ("192.0.2.0/24", Kind.DOCUMENTATION, "Documentation (TEST-NET-1)",
     "RFC 5737", "2010-01", "NNNNN", None, None),
    ("192.31.196.0/24", Kind.SERVICE, "AS112-v4",
     "RFC 7535", "2014-12", "YYYYN", None, None),
    ("192.52.193.0/24", Kind.TUNNEL, "AMT",
     "RFC 7450", "2014-12", "YYYYN", None, None),
    ("192.88.99.0/24", Kind.TUNNEL, "Deprecated (6to4 Relay Anycast)",
     "RFC 7526", "2001-06", "?????", "2015-03", None),
    ("192.88.99.2/32", Kind.TUNNEL, "6a44-relay anycast address",
     "RFC 6751", "2012-10", "YYYNN", None, None),
    ("192.168.0.0/16", Kind.PRIVATE, "Private-Use",
     "RFC 1918", "1996-02", "YYYNN", None, None),
    ("192.175.48.0/24", Kind.SERVICE, "Direct Delegation AS112 Service",
     "RFC 7534", "1996-01", "YYYYN", None, None),
    ("198.18.0.0/15", Kind.BENCHMARKING, "Benchmarking",
     "RFC 2544", "1999-03", "YYYNN", None, None),
    ("198.51.100.0/24", Kind.DOCUMENTATION, "Documentation (TEST-NET-2)",
     "RFC 5737", "2010-01", "NNNNN", None, None),
    ("203.0.113.0/24", Kind.DOCUMENTATION, "Documentation (TEST-NET-3)",
     "RFC 5737", "2010-01", "NNNNN", None, None),
    ("240.0.0.0/4", Kind.RESERVED, "Reserved",
     "RFC 1112 4", "1989-08", "NNNNY", None, None),
    ("255.255.255.255/32", Kind.BROADCAST, "Limited Broadcast",
     "RFC 8190; RFC 919 7", "1984-10", "NYNNY", None, None),
)

_SPECIAL_V6: tuple[_Row, ...] = (
    ("::1/128", Kind.LOOPBACK, "Loopback Address",
     "RFC 4291", "2006-02", "NNNNY", None, None),
    ("::/128", Kind.UNSPECIFIED, "Unspecified Address",
     "RFC 4291", "2006-02", "YNNNY", None, None),
    ("::ffff:0:0/96", Kind.IPV4_MAPPED, "IPv4-mapped Address",
     "RFC 4291", "2006-02", "NNNNY", None, None),
    ("64:ff9b::/96", Kind.TRANSLATION, "IPv4-IPv6 Translat.",
     "RFC 6052", "2010-10", "YYYYN", None, None),
    ("64:ff9b:1::/48", Kind.TRANSLATION, "IPv4-IPv6 Translat.",
     "RFC 8215", "2017-06", "YYYNN", None, None),
    ("100::/64", Kind.DISCARD, "Discard-Only Address Block",
     "RFC 6666", "2012-06", "YYYNN", None, None),
    ("100:0:0:1::/64", Kind.DUMMY, "Dummy IPv6 Prefix",
     "RFC 9780", "2025-04", "YNNNN", None, None),
    ("2001::/23", Kind.PROTOCOL, "IETF Protocol Assignments",
     "RFC 2928", "2000-09", "NNNNN", None, _CUT),
    ("2001::/32", Kind.TUNNEL, "TEREDO",
     "RFC 4380; RFC 8190", "2006-01", "YYY?N", None, _TEREDO),
    ("2001:1::1/128", Kind.SERVICE, "Port Control Protocol Anycast",
     "RFC 7723", "2015-10", "YYYYN", None, None),
    ("2001:1::2/128", Kind.SERVICE, "Traversal Using Relays around NAT Anycast",
     "RFC 8155", "2017-02", "YYYYN", None, None),
    ("2001:1::3/128", Kind.SERVICE, "DNS-SD Service Registration Protocol Anycast",
     "RFC 9665", "2024-04", "YYYYN", None, None),
    ("2001:2::/48", Kind.BENCHMARKING, "Benchmarking",
     "RFC 5180; RFC Errata 1752", "2008-04", "YYYNN", None, None),
    ("2001:3::/32", Kind.TUNNEL, "AMT",
     "RFC 7450", "2014-12", "YYYYN", None, None),
    ("2001:4:112::/48", Kind.SERVICE, "AS112-v6",
     "RFC 7535", "2014-12", "YYYYN", None, None),
    ("2001:10::/28", Kind.IDENTIFIER, "Deprecated (previously ORCHID)",
     "RFC 4843", "2007-03", "?????", "2014-03", None),
    ("2001:20::/28", Kind.IDENTIFIER, "ORCHIDv2",
     "RFC 7343", "2014-07", "YYYYN", None, None),
    ("2001:30::/28", Kind.IDENTIFIER, "Drone Remote ID Protocol Entity Tags (DETs) Prefix",
     "RFC 9374", "2022-12", "YYYYN", None, None),
    ("2001:db8::/32", Kind.DOCUMENTATION, "Documentation",
     "RFC 3849", "2004-07", "NNNNN", None, None),
    ("2002::/16", Kind.TUNNEL, "6to4",
     "RFC 3056", "2001-02", "YYY?N", None, _6TO4),
    ("2620:4f:8000::/48", Kind.SERVICE, "Direct Delegation AS112 Service",
     "RFC 7534", "2011-05", "YYYYN", None, None),
    ("3fff::/20", Kind.DOCUMENTATION, "Documentation",
     "RFC 9637", "2024-07", "NNNNN", None, None),
    ("5f00::/16", Kind.IDENTIFIER, "Segment Routing (SRv6) SIDs",
     "RFC 9602", "2024-04", "YYYNN", None, None),
    ("fc00::/7", Kind.UNIQUE_LOCAL, "Unique-Local",
     "RFC 4193; RFC 8190", "2005-10", "YYYNN", None, _ULA),
    ("fe80::/10", Kind.LINK_LOCAL, "Link-Local Unicast",
     "RFC 4291", "2006-02", "YYNNY", None, None),
)

# The address space itself. RFC 4291 2.4: what is not defined otherwise is handled as global
# unicast, so it is forwarded; that nobody can have been given such an address is the "?".
_NSAP = "Once for NSAP addresses, deprecated by RFC 4048."
_SPACE_V4 = (
    ("0.0.0.0/1", Kind.GLOBAL_UNICAST, "Global unicast", "RFC 791 3.2; RFC 4632", "YYYYN", None),
    ("128.0.0.0/2", Kind.GLOBAL_UNICAST, "Global unicast", "RFC 791 3.2; RFC 4632", "YYYYN", None),
    ("192.0.0.0/3", Kind.GLOBAL_UNICAST, "Global unicast", "RFC 791 3.2; RFC 4632", "YYYYN", None),
)
_SPACE_V6 = (
    ("::/8", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("::/96", Kind.IPV4_COMPATIBLE, "IPv4-compatible address (deprecated)",
     "RFC 4291 2.5.5.1", "YYY?N", None),
    ("100::/8", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("200::/7", Kind.UNALLOCATED, "Reserved by IETF", "RFC 4048", "YYY?N", _NSAP),
    ("400::/6", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("800::/5", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("1000::/4", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("2000::/3", Kind.GLOBAL_UNICAST, "Global unicast", "RFC 3513; RFC 4291 2.5.4", "YYYYN", None),
    ("4000::/3", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("6000::/3", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("8000::/3", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("a000::/3", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("c000::/3", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("e000::/4", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("f000::/5", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("f800::/6", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("fe00::/9", Kind.UNALLOCATED, "Reserved by IETF", "RFC 3513; RFC 4291", "YYY?N", None),
    ("fec0::/10", Kind.SITE_LOCAL, "Site-local unicast (deprecated)",
     "RFC 3879; RFC 4291 2.5.7", "YYY?N", "Handled as global unicast (RFC 4291 2.5.7)."),
)

# A group is never a source (RFC 1122 3.2.1.3, RFC 4291 2.7); scopes as RFC 2365 sets them
# beside those of IPv6.
_UNASSIGNED = "In no designated block: not to be used (RFC 5771 13)."
_S = MulticastScope
_MULTICAST_V4 = (
    ("224.0.0.0/4", "Multicast", "RFC 1112 4; RFC 5771", "NYY?Y", _S.GLOBAL, _UNASSIGNED),
    ("224.0.0.0/16", "AD-HOC Block I", "RFC 5771 6", "NYYYY", _S.GLOBAL, None),
    ("224.0.0.0/24", "Local Network Control Block", "RFC 5771 4", "NYNNY", _S.LINK_LOCAL, None),
    ("224.0.1.0/24", "Internetwork Control Block", "RFC 5771 5", "NYYYY", _S.GLOBAL, None),
    ("224.2.0.0/16", "SDP/SAP Block", "RFC 5771 7", "NYYYY", _S.GLOBAL, None),
    ("224.3.0.0/16", "AD-HOC Block II", "RFC 5771 6", "NYYYY", _S.GLOBAL, None),
    ("224.4.0.0/16", "AD-HOC Block II", "RFC 5771 6", "NYYYY", _S.GLOBAL, None),
    ("232.0.0.0/8", "Source-Specific Multicast Block", "RFC 5771 8; RFC 4607",
     "NYYYY", _S.GLOBAL, None),
    ("233.0.0.0/8", "GLOP Block", "RFC 5771 9; RFC 3180", "NYYYY", _S.GLOBAL, None),
    ("233.252.0.0/14", "AD-HOC Block III", "RFC 5771 9.2", "NYYYY", _S.GLOBAL, None),
    ("233.252.0.0/24", "MCAST-TEST-NET", "RFC 5771 9.2; RFC 6676", "NNNNY", _S.GLOBAL,
     "For documentation only."),
    ("234.0.0.0/8", "Unicast-Prefix-based IPv4 Multicast", "RFC 6034", "NYYYY", _S.GLOBAL, None),
    ("239.0.0.0/8", "Administratively Scoped Block", "RFC 5771 10; RFC 2365", "NYYNY", None,
     "Scope unassigned: room for the organisation-local scope to grow (RFC 2365 6.2.1)."),
    ("239.192.0.0/14", "Organization-Local Scope", "RFC 2365 6.2", "NYYNY",
     _S.ORGANIZATION_LOCAL, None),
    ("239.255.0.0/16", "IPv4 Local Scope", "RFC 2365 6.1", "NYYNY", _S.REALM_LOCAL,
     "RFC 2365 sets it beside scope 3, which RFC 7346 later named Realm-Local."),
)
# fmt: on


@cache
def entries(version: int) -> tuple[Entry, ...]:
    """Every row of one family (4 or 6): by network, then shorter prefixes first."""
    rows = (*_rows_v4(),) if version == 4 else (*_rows_v6(),)
    return tuple(sorted(rows, key=lambda entry: entry.prefix))


def registry_table() -> Iterator[tuple[Prefix, Entry]]:
    """Rows of both families as (prefix, entry): `Fib.update` takes them as they come."""
    for version in (4, 6):
        for entry in entries(version):
            yield entry.prefix, entry


def _rows_v4() -> Iterator[Entry]:
    yield from _special(_SPECIAL_V4, Registry.IPV4_SPECIAL)
    for prefix, kind, name, rfcs, columns, note in _SPACE_V4:
        yield _entry(prefix, name, kind, rfcs, columns, Registry.IPV4_SPACE, note=note)
    for prefix, name, rfcs, columns, scope, note in _MULTICAST_V4:
        where = Registry.IPV4_MULTICAST
        yield _entry(prefix, name, Kind.MULTICAST, rfcs, columns, where, scope=scope, note=note)


def _rows_v6() -> Iterator[Entry]:
    yield from _special(_SPECIAL_V6, Registry.IPV6_SPECIAL)
    for prefix, kind, name, rfcs, columns, note in _SPACE_V6:
        yield _entry(prefix, name, kind, rfcs, columns, Registry.IPV6_SPACE, note=note)
    yield from _multicast_v6()


def _special(rows: tuple[_Row, ...], registry: Registry) -> Iterator[Entry]:
    for prefixes, kind, name, rfcs, allocated, columns, terminated, note in rows:
        for prefix in prefixes.split():
            yield _entry(
                prefix, name, kind, rfcs, columns, registry, allocated, terminated, None, note
            )


_ANSWER = {"Y": True, "N": False, "?": None}


def _entry(
    prefix: str,
    name: str,
    kind: Kind,
    rfcs: str,
    columns: str,
    registry: Registry,
    allocated: str | None = None,
    terminated: str | None = None,
    scope: MulticastScope | None = None,
    note: str | None = None,
) -> Entry:
    source, destination, forwardable, reachable, reserved = (_ANSWER[c] for c in columns)
    cited = tuple(rfcs.split("; "))
    return Entry(
        Prefix(prefix), name, kind, cited, source, destination, forwardable, reachable, reserved,
        registry, allocated, terminated, scope, note,
    )  # fmt: skip


# What each scope demands: columns as above (RFC 4291 2.7, RFC 7346 2).
_SCOPES_V6: dict[int, tuple[str, str]] = {
    0x0: ("Reserved scope 0", "NNNNY"),  # must not be sent, is dropped silently
    0x1: ("Interface-Local scope", "NNNNY"),
    0x2: ("Link-Local scope", "NYNNY"),
    0x3: ("Realm-Local scope", "NYYNY"),
    0x4: ("Admin-Local scope", "NYYNY"),
    0x5: ("Site-Local scope", "NYYNY"),
    0x8: ("Organization-Local scope", "NYYNY"),
    0xE: ("Global scope", "NYYYY"),
    0xF: ("Reserved scope f", "NYY?Y"),  # handled as global, but should not be sent
}
_FLAGS_V6: dict[int, tuple[str, str]] = {
    0x0: ("well-known", "RFC 4291 2.7"),
    0x1: ("transient", "RFC 4291 2.7"),
    0x3: ("unicast-prefix-based", "RFC 3306 4"),
    0x7: ("embedded rendezvous point", "RFC 3956 4"),
}


def _multicast_v6() -> Iterator[Entry]:
    """One row for every value of flags and scope, and the blocks that cut across them."""
    where = Registry.IPV6_MULTICAST
    for flags in range(16):
        use, rfc = _FLAGS_V6.get(flags, (f"flags {MulticastFlags.from_bits(flags)}", "RFC 7371 4"))
        for value in range(16):
            named, columns = _SCOPES_V6.get(value, (f"Unassigned scope {value:x}", "NYYNY"))
            scope = MulticastScope(value) if value in _ASSIGNED_SCOPES else None
            block = f"ff{flags:x}{value:x}::"
            cited = "; ".join(dict.fromkeys((rfc, "RFC 7346 2")))
            name = f"Multicast, {named}, {use}"
            yield _entry(f"{block}/16", name, Kind.MULTICAST, cited, columns, where, scope=scope)
            if flags == 0x3:
                name, cited = f"Source-specific multicast, {named}", "RFC 4607 1; RFC 3306 6"
                yield _entry(
                    f"{block}/32", name, Kind.MULTICAST, cited, columns, where, scope=scope
                )
    yield _entry("ff00::/8", "Multicast", Kind.MULTICAST, "RFC 4291 2.7", "NYY?Y", where)
    yield _entry(
        "ff02::1:ff00:0/104", "Solicited-Node Multicast", Kind.MULTICAST, "RFC 4291 2.7.1",
        "NYNNY", where, scope=MulticastScope.LINK_LOCAL,
    )  # fmt: skip


_ASSIGNED_SCOPES = frozenset(MulticastScope)
