"""An MRT writer that shares nothing with the product: `struct` and the RFCs' field tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from struct import pack

Network = IPv4Network | IPv6Network
Segments = list[tuple[int, list[int]]]

SET, SEQUENCE, CONFED_SEQUENCE, CONFED_SET = 1, 2, 3, 4


@dataclass
class GoldenEntry:
    """What one peer says about a prefix; None leaves the attribute out."""

    peer: int = 0
    path_id: int | None = None
    segments: Segments = field(default_factory=lambda: [(SEQUENCE, [64500])])
    origin: int | None = 0
    next_hop: str | None = "192.0.2.1"
    med: int | None = None
    local_pref: int | None = None
    communities: list[tuple[int, int]] = field(default_factory=list)
    large_communities: list[tuple[int, int, int]] = field(default_factory=list)
    full_mp_reach: bool = False


def record(kind: int, subtype: int, body: bytes, length: int | None = None) -> bytes:
    """RFC 6396 2; `length` may lie."""
    return (
        pack(">IHHI", 1_700_000_000, kind, subtype, len(body) if length is None else length) + body
    )


def attribute(kind: int, value: bytes) -> bytes:
    """RFC 4271 4.3, extended length where needed."""
    if len(value) > 255:
        return pack(">BBH", 0x50, kind, len(value)) + value
    return pack(">BBB", 0x40, kind, len(value)) + value


def as_path(segments: Segments, width: int = 4) -> bytes:
    """AS_PATH of RFC 4271 with AS numbers of `width` bytes."""
    code = {2: "H", 4: "I"}[width]
    return b"".join(
        pack(f">BB{len(asns)}{code}", kind, len(asns), *asns) for kind, asns in segments
    )


def attributes(entry: GoldenEntry, width: int = 4) -> bytes:
    """All attributes of an entry."""
    out = b""
    if entry.origin is not None:
        out += attribute(1, bytes([entry.origin]))
    out += attribute(2, as_path(entry.segments, width))
    if entry.next_hop is not None:
        hop = ip_address(entry.next_hop)
        if hop.version == 4:
            out += attribute(3, hop.packed)
        elif entry.full_mp_reach:  # RFC 4760 3, with an empty NLRI
            out += attribute(14, pack(">HBB", 2, 1, 16) + hop.packed + b"\0")
        else:  # RFC 6396 4.3.4
            out += attribute(14, b"\x10" + hop.packed)
    if entry.med is not None:
        out += attribute(4, pack(">I", entry.med))
    if entry.local_pref is not None:
        out += attribute(5, pack(">I", entry.local_pref))
    if entry.communities:
        out += attribute(8, b"".join(pack(">HH", *pair) for pair in entry.communities))
    if entry.large_communities:
        out += attribute(32, b"".join(pack(">III", *three) for three in entry.large_communities))
    return out


def peer_index(peers: list[tuple[str, int]]) -> bytes:
    """PEER_INDEX_TABLE (RFC 6396 4.3.1), all AS numbers four bytes wide."""
    body = pack(">IH", 0x01020304, 4) + b"view" + pack(">H", len(peers))
    for address, asn in peers:
        parsed = ip_address(address)
        kind = 2 | (parsed.version == 6)
        body += pack(">BI", kind, 7) + parsed.packed + pack(">I", asn)
    return record(13, 1, body)


def nlri(network: Network) -> bytes:
    """Length and as many bytes as it needs."""
    used = (network.prefixlen + 7) // 8
    return bytes([network.prefixlen]) + network.network_address.packed[:used]


def rib(network: Network, entries: list[GoldenEntry], sequence: int = 0) -> bytes:
    """RIB_IPV4_UNICAST or RIB_IPV6_UNICAST; with a path_id the add-path subtype of RFC 8050."""
    add_path = any(entry.path_id is not None for entry in entries)
    body = pack(">I", sequence) + nlri(network) + pack(">H", len(entries))
    for entry in entries:
        encoded = attributes(entry)
        body += pack(">HI", entry.peer, 1_600_000_000)
        if add_path:
            body += pack(">I", entry.path_id or 0)
        body += pack(">H", len(encoded)) + encoded
    subtype = {4: 2, 6: 4}[network.version] + (6 if add_path else 0)
    return record(13, subtype, body)


def table_dump(
    network: Network, entry: GoldenEntry, peer: str, asn: int, extra: bytes = b""
) -> bytes:
    """TABLE_DUMP (RFC 6396 4.2): AS numbers two bytes wide; `extra` holds more attributes."""
    encoded = attributes(entry, width=2) + extra
    body = pack(">HH", 0, 0) + network.network_address.packed + bytes([network.prefixlen, 1])
    body += pack(">I", 1_600_000_000) + ip_address(peer).packed
    body += pack(">HH", asn, len(encoded)) + encoded
    return record(12, {4: 1, 6: 2}[network.version], body)
