"""Fuzzes OSPF: any bytes into every decoder, and into authentication.

    python fuzz/ospf.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else: what breaks is named, and comes again with --seed. Invariants:

packets, LSAs, LLS blocks: a value or a `DecodeError` that names its place; what decodes is written
    in one way, `decode(encode(decode(b))) == decode(b)`, and `decode(encode(x)) == x`
updates: every LSA is given or refused, none lies outside; a damaged one costs no other
checksums: those of the plain loop; a sealed LSA is right, at any age
authentication: a verdict for any bytes; what is signed is believed once, and nothing else is
dissection: fields lie within the field that holds them, and nothing is raised
"""

from __future__ import annotations

from itertools import pairwise
from random import Random
from types import ModuleType
from typing import Any

from damage import damaged
from rounds import go_through

from fingerpost.addr import Address
from fingerpost.cli.dissectors import dissectors
from fingerpost.errors import DecodeError
from fingerpost.ospf.authentication import Authentication, KeyChain, SimplePassword, make
from fingerpost.ospf.authentication.layout import v2_has_lls, v3_has_lls
from fingerpost.ospf.lsa import Lsa, LsaHeader, compare, v2, v3
from fingerpost.ospf.lsa import router_information as ri
from fingerpost.ospf.lsa import traffic_engineering as te
from fingerpost.ospf.lsa.checksum import checksum, fletcher, is_right, sealed
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.lsa.segments import AdjacencySid, LanAdjacencySid, PrefixSid
from fingerpost.ospf.lsa.sid import Sid, SidLabel
from fingerpost.ospf.lsa.tlv import UnknownTlv
from fingerpost.ospf.lsa.traffic_engineering import link as te_link
from fingerpost.ospf.lsa.v2.extended_link import ExtendedLink
from fingerpost.ospf.lsa.v2.extended_prefix import ExtendedPrefix, ExtendedPrefixRange
from fingerpost.ospf.lsa.v3 import extended_subs as subs
from fingerpost.ospf.lsa.v3 import extended_tlvs as ext
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    DdFlags,
    ExtendedOptions,
    Hello,
    LinkStateAcknowledgment,
    LinkStateRequest,
    LinkStateUpdate,
    RawLsa,
)
from fingerpost.ospf.packet import v2 as packet_v2
from fingerpost.ospf.packet import v3 as packet_v3
from fingerpost.ospf.packet.lls import CryptographicAuthentication, LlsBlock, split
from fingerpost.protocol.keys import Algorithm, Key
from fingerpost.wire.dissect import dissect
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.pcap import RAW_IP

DISSECTORS = dissectors()
PACKETS: dict[int, ModuleType] = {2: packet_v2, 3: packet_v3}
LSAS: dict[int, ModuleType] = {2: v2, 3: v3}
ENDS = {
    2: (Address("10.0.0.1"), Address("224.0.0.5")),
    3: (Address("fe80::1"), Address("ff02::5")),
}
LAYERS = ("ospf", "ospf lsa", "ospf lls")
NUMBERS = (0, 1, 2, 0x0A000001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
TYPES_V2 = (1, 2, 3, 4, 5, 7, 9, 10, 11, 6, 99)
TYPES_V3 = (*v3.BODIES, 0x2006, 0xA999)
OPAQUE = (*v2.OPAQUE_BODIES, 99)


# ---- what is fed


def u32(rng: Random) -> int:
    """Draw a number of 32 bits, often one at an edge."""
    return rng.choice(NUMBERS) if rng.random() < 0.6 else rng.getrandbits(32)


def words(rng: Random, most: int = 4) -> tuple[int, ...]:
    """Draw some numbers."""
    return tuple(u32(rng) for _ in range(rng.randrange(most + 1)))


def prefix(rng: Random) -> v3.LsaPrefix:
    """Draw a prefix of version 3."""
    length = rng.choice((0, 1, 31, 32, 33, 64, 96, 127, 128))
    return v3.LsaPrefix(length, rng.getrandbits(8), rng.randbytes((length + 31) // 32 * 4))


def sid(rng: Random) -> Sid:
    """Draw a SID."""
    return Sid(rng.getrandbits(24), True) if rng.random() < 0.5 else Sid(u32(rng))


def unknown(rng: Random) -> UnknownTlv:
    """Draw a TLV that nobody knows."""
    return UnknownTlv(rng.randrange(1000, 65536), rng.randbytes(rng.randrange(9)))


def information(rng: Random) -> Any:  # noqa: ANN401 - one of many classes
    """Draw a TLV of router information."""
    octet = rng.getrandbits(8)
    return rng.choice(
        (
            unknown(rng),
            ri.InformationalCapabilities(rng.randbytes(4 * rng.randrange(3))),
            ri.FunctionalCapabilities(rng.randbytes(4)),
            ri.Hostname(rng.randbytes(rng.randrange(1, 9))),
            ri.AdministrativeTags(words(rng)),
            ri.Algorithms(rng.randbytes(rng.randrange(4))),
            ri.SidRange(rng.getrandbits(24), (SidLabel(sid(rng)),)),
            ri.LocalBlock(rng.getrandbits(24), (SidLabel(Sid(7, True)),), False),
            ri.MaximumSidDepths(((octet, 10),) * rng.randrange(3)),
            ri.MappingServerPreference(octet),
        )
    )


def engineering(rng: Random) -> Any:  # noqa: ANN401 - one of many classes
    """Draw a TLV of traffic engineering."""
    subs = (
        unknown(rng),
        te_link.LinkKind(rng.getrandbits(8)),
        te_link.LinkId(u32(rng)),
        te_link.LocalAddresses(words(rng)),
        te_link.UnreservedBandwidth(words(rng, 8)),
        te_link.MaximumBandwidth(u32(rng)),
        te_link.LinkIdentifiers(u32(rng), u32(rng)),
        te_link.RemoteAddresses6((ENDS[3][0],) * rng.randrange(3)),
    )
    chosen = tuple(rng.sample(subs, rng.randrange(5)))
    return rng.choice(
        (te.RouterAddress(u32(rng)), te.RouterAddress6(ENDS[3][0]), te.TeLink(chosen))
    )


def opaque(rng: Random, kind: int) -> Any:  # noqa: ANN401 - one of many classes
    """Draw the body of an opaque LSA."""
    some = range(rng.randrange(4))
    octet = rng.getrandbits(8)
    segment = PrefixSid(octet, 0, 0, sid(rng))
    match kind:
        case 1:
            return te.TrafficEngineeringLsa(tuple(engineering(rng) for _ in some))
        case 3:
            return v2.GraceLsa.of(u32(rng), octet, rng.choice((None, u32(rng))))
        case 4:
            return ri.RouterInformationLsa(tuple(information(rng) for _ in some))
        case 7:
            one = ExtendedPrefix(1, 32, 0, octet, u32(rng), (segment, unknown(rng)))
            other = ExtendedPrefixRange(24, 0, 99, octet, u32(rng), (segment,))
            return v2.ExtendedPrefixLsa(tuple(rng.choice((one, other)) for _ in some))
        case 8:
            first = AdjacencySid(octet, 0, 1, sid(rng))
            second = LanAdjacencySid(octet, 0, 1, u32(rng), sid(rng))
            return v2.ExtendedLinkLsa((ExtendedLink(1, u32(rng), u32(rng), (first, second)),))
    return v2.UnknownLsa(rng.randbytes(rng.randrange(30)))


def extended(rng: Random) -> Any:  # noqa: ANN401 - one of many classes
    """Draw a TLV of an extended LSA."""
    octet = rng.getrandbits(8)
    drawn = (
        unknown(rng),
        subs.Forwarding6(ENDS[3][0]),
        subs.Forwarding4(ENDS[2][0]),
        subs.RouteTag(u32(rng)),
        subs.PrefixSid6(octet, 0, sid(rng)),
        subs.AdjacencySid6(octet, 1, sid(rng)),
        subs.LanAdjacencySid6(octet, 1, u32(rng), sid(rng)),
        subs.SidLabel6(sid(rng)),
    )
    inner = tuple(rng.sample(drawn, rng.randrange(3)))
    return rng.choice(
        (
            unknown(rng),
            ext.RouterLinkTlv(octet, 10, u32(rng), u32(rng), u32(rng), inner),
            ext.AttachedRoutersTlv(words(rng)),
            ext.InterAreaPrefixTlv(0, rng.getrandbits(24), prefix(rng), inner),
            ext.ExternalPrefixTlv(octet, 1, prefix(rng), inner),
            ext.IntraAreaPrefixTlv(0, 1, prefix(rng), inner),
            ext.InterAreaRouterTlv(rng.getrandbits(24), 1, u32(rng), inner),
            ext.LinkLocal6Tlv(ENDS[3][0], inner),
            ext.LinkLocal4Tlv(ENDS[2][0], inner),
        )
    )


def body_v2(rng: Random, kind: int) -> Any:  # noqa: ANN401 - one of many classes
    """Draw the body of an LSA of version 2."""
    some = range(rng.randrange(4))
    tos = tuple((rng.getrandbits(8), rng.getrandbits(16)) for _ in range(rng.choice((0, 0, 2))))
    match kind:
        case 1:
            link = v2.RouterLink(rng.randrange(6), u32(rng), u32(rng), 10, tos)
            return v2.RouterLsa(rng.getrandbits(8), tuple(link for _ in some))
        case 2:
            return v2.NetworkLsa(u32(rng), words(rng))
        case 3 | 4:
            return v2.SummaryLsa(u32(rng), rng.choice((0, 1, 0xFFFFFF)), tos)
        case 5 | 7:
            paths = tuple(v2.TosPath(one[0] & 127, one[1]) for one in tos)
            far = rng.random() < 0.5
            return v2.ExternalLsa(u32(rng), rng.getrandbits(24), far, u32(rng), u32(rng), paths)
    return v2.UnknownLsa(rng.randbytes(rng.randrange(30)))


def body_v3(rng: Random, kind: int) -> Any:  # noqa: ANN401 - one of many classes
    """Draw the body of an LSA of version 3."""
    some, options = range(rng.randrange(4)), rng.getrandbits(24)
    match kind:
        case 0x2001:
            link = v3.RouterLink(rng.randrange(6), 10, u32(rng), u32(rng), u32(rng))
            return v3.RouterLsa(rng.getrandbits(8), options, tuple(link for _ in some))
        case 0x2002:
            return v3.NetworkLsa(options, words(rng))
        case 0x2003:
            return v3.InterAreaPrefixLsa(options, prefix(rng))
        case 0x2004:
            return v3.InterAreaRouterLsa(options, rng.getrandbits(24), u32(rng))
        case 0x4005 | 0x2007:
            far, forwarding = rng.random() < 0.5, rng.choice((None, ENDS[3][0]))
            tag, referenced = rng.choice((None, u32(rng))), rng.choice((0, 0x2001))
            number = u32(rng) if referenced else None
            one = prefix(rng)
            return v3.ExternalLsa(options, one, far, forwarding, tag, referenced, number)
        case 0x0008:
            return v3.LinkLsa(1, options, ENDS[3][0], tuple(prefix(rng) for _ in some))
        case 0x2009:
            rows = tuple(v3.PrefixWithMetric(prefix(rng), rng.getrandbits(16)) for _ in some)
            return v3.IntraAreaPrefixLsa(0x2001, u32(rng), u32(rng), rows)
        case 0xA00A:
            return opaque(rng, 1)
        case 0x000B:
            return opaque(rng, 3)
        case 0x800C | 0xA00C | 0xC00C:
            return opaque(rng, 4)
        case 0xA021 | 0xA022 | 0x8028:
            tlvs = tuple(extended(rng) for _ in some)
            return v3.ExtendedLsaWithOptions(rng.getrandbits(8), options, tlvs)
        case 0xA023 | 0xA024 | 0xC025 | 0xA027:
            return v3.ExtendedLsa(tuple(extended(rng) for _ in some))
        case 0xA029:
            tlvs = tuple(extended(rng) for _ in some)
            return v3.ExtendedIntraAreaPrefixLsa(0x2001, u32(rng), u32(rng), tlvs)
    return v3.UnknownLsa(rng.randbytes(rng.randrange(30)))


def lsa(rng: Random, version: int) -> Lsa[Any]:
    """Draw an LSA that makes some sense."""
    number = u32(rng)
    kind = rng.choice(TYPES_V2 if version == 2 else TYPES_V3)
    if version == 3:
        body = body_v3(rng, kind)
    elif kind in (9, 10, 11):
        what = rng.choice(OPAQUE)
        number, body = what << 24 | number & 0xFFFFFF, opaque(rng, what)
    else:
        body = body_v2(rng, kind)
    age = rng.choice((0, 1, 3599, 3600, 3601, 0x8000, 0xFFFF))
    sequence = rng.choice((-0x7FFFFFFF, -1, 0, 0x7FFFFFFF))
    return Lsa(LsaHeader(age, 0, kind, number, u32(rng), sequence, 0, 0), body)


def body(rng: Random, version: int) -> Body:
    """Draw the body of a packet."""
    options = rng.getrandbits(8 if version == 2 else 24)
    headers = rng.randbytes(20 * rng.randrange(4))
    match rng.randrange(5):
        case 0:
            own = (u32(rng), None) if version == 2 else (None, u32(rng))
            return Hello(10, 40, options, 1, u32(rng), u32(rng), words(rng), *own)
        case 1:
            flags = DdFlags(rng.getrandbits(8))
            return DatabaseDescription(1500, options, flags, u32(rng), headers, version)
        case 2:
            kinds = TYPES_V2 if version == 2 else TYPES_V3
            keys = tuple(LsaKey(rng.choice(kinds), one, u32(rng)) for one in words(rng))
            return LinkStateRequest(keys)
        case 3:
            return LinkStateAcknowledgment(headers, version)
    raw = [LSAS[version].encode_lsa(lsa(rng, version)) for _ in range(rng.randrange(5))]
    return LinkStateUpdate.of(raw, version)


def block(rng: Random) -> LlsBlock:
    """Draw what may follow a packet."""
    digest = CryptographicAuthentication(u32(rng), rng.randbytes(16))
    drawn = (ExtendedOptions(u32(rng)), digest, unknown(rng))
    return LlsBlock(tuple(rng.sample(drawn, rng.randrange(4))))


def packet(rng: Random, version: int) -> bytes:
    """Draw the bytes of a packet, and of what follows it."""
    made = body(rng, version)
    if version == 3:
        data = packet_v3.encode(u32(rng), u32(rng), rng.getrandbits(8), made, *ENDS[3])
    else:
        kind = rng.choice((0, 0, 1, 2, 9))
        signed = {"authentication_type": kind, "authentication": rng.randbytes(8)}
        data = packet_v2.encode(u32(rng), u32(rng), rng.getrandbits(8), made, **signed)
    return data + rng.choice((b"", b"", block(rng).encode(), rng.randbytes(20)))


def fitted(rng: Random, data: bytes, at: int) -> bytes:
    """Set a length field, so that what is damaged is not refused for its length alone."""
    if len(data) < at + 2 or rng.random() < 0.3:
        return data
    return data[:at] + min(len(data), 0xFFFF).to_bytes(2, "big") + data[at + 2 :]


# ---- what must hold


def check_fault(fault: DecodeError, size: int) -> None:
    """A fault names its place."""
    assert fault.layer in LAYERS
    assert fault.field
    assert fault.section
    assert fault.offset is not None
    assert 0 <= fault.offset <= size


def check_packet(version: int, data: bytes) -> None:
    """A packet is a value or a fault, and is written in one way."""
    codec = PACKETS[version]
    try:
        header = codec.decode_header(data)
        found = codec.decode_body(header, data)
    except DecodeError as fault:
        check_fault(fault, len(data))
        return
    assert len(codec.trailer(header, data)) == len(data) - header.length
    ids = (header.router_id, header.area_id, header.instance_id)
    if version == 2:
        codec.has_right_checksum(header, data)
        kind = {"authentication_type": header.authentication_type}
        again = codec.encode(*ids, found, authentication=header.authentication, **kind)
    else:
        codec.has_right_checksum(header, data, *ENDS[3])
        again = codec.encode(*ids, found, *ENDS[3])
    assert len(again) == header.length
    assert codec.decode_body(codec.decode_header(again), again) == found
    if isinstance(found, LinkStateUpdate):
        check_update(found)
    if isinstance(found, DatabaseDescription | LinkStateAcknowledgment):
        headers = list(found.lsa_headers())
        assert b"".join(one.encode(version) for one in headers) == found.headers
        for one, other in pairwise(headers):
            assert compare(one, other).order == -compare(other, one).order


def check_update(update: LinkStateUpdate) -> None:
    """Every LSA is given or refused, and none lies outside."""
    at = 4
    given = list(update.lsas())
    assert len(given) <= update.count + 1
    for one in given:
        if isinstance(one, RawLsa):
            assert update.body[at : at + len(one.data)] == one.data
            assert one.header.length == len(one.data) >= 20
            check_lsa(update.version, one.data)
            at += len(one.data)
            continue
        check_fault(one, len(update.body) + 24)
        if one.field != "LSA checksum":
            assert one is given[-1]
            return
        at += int.from_bytes(update.body[at + 18 : at + 20], "big")
    assert len(given) == update.count


def check_lsa(version: int, data: bytes) -> None:
    """An LSA is a value or a fault, and is written in one way."""
    codec = LSAS[version]
    try:
        found = codec.decode_lsa(data)
    except DecodeError as fault:
        check_fault(fault, len(data))
        return
    again = codec.encode_lsa(found)
    assert is_right(again)
    assert codec.decode_lsa(again).body == found.body
    assert codec.encode_lsa(codec.decode_lsa(again)) == again


def check_made(rng: Random, version: int) -> None:
    """What is encoded decodes to the same value."""
    codec, made = LSAS[version], lsa(rng, version)
    data = codec.encode_lsa(made)
    assert codec.decode_lsa(data).body == made.body
    check_checksum(rng, data)
    check_lsa(version, fitted(rng, damaged(rng, data), 18))
    drawn = block(rng)
    raw = drawn.encode()
    assert split(raw + b"more") == (drawn, b"more")
    try:
        split(damaged(rng, raw), verify=rng.random() < 0.5)
    except DecodeError as fault:
        check_fault(fault, 1 << 20)
    one, other = (lsa(rng, version).header for _ in range(2))
    assert compare(one, other).order == -compare(other, one).order
    whole = body(rng, version)
    ends = ENDS[3] if version == 3 else ()
    octets = PACKETS[version].encode(1, 2, 3, whole, *ends)
    assert PACKETS[version].decode_body(PACKETS[version].decode_header(octets), octets) == whole


def check_checksum(rng: Random, data: bytes) -> None:
    """Fletcher's sums are those of the loop, and seal an LSA at any age."""
    c0 = c1 = 0
    for octet in data:
        c0 = (c0 + octet) % 255
        c1 = (c1 + c0) % 255
    assert fletcher(data) == (c0, c1)
    assert sealed(data) == data
    assert checksum(data) == int.from_bytes(data[16:18], "big")
    assert is_right(rng.randbytes(2) + data[2:])


def check_dissection(rng: Random, version: int, data: bytes) -> None:
    """Fields lie within what holds them."""
    source, destination = ENDS[version]
    if version == 2:
        carried = Ipv4(source, destination, 89, data).encode()
    else:
        carried = Ipv6(source, destination, 89, data).encode()
    cut = carried[: rng.randrange(len(carried))]
    for octets, is_cut in ((carried, False), (cut, True)):
        for layer in dissect(octets, RAW_IP, is_cut=is_cut, dissectors=DISSECTORS).layers:
            assert layer.offset <= layer.end <= len(octets)
            check_fields(layer.fields, 0, len(octets))


def check_fields(fields: tuple[Field, ...], start: int, end: int) -> None:
    """They lie between `start` and `end`, and those in them in them."""
    for field in fields:
        assert start <= field.offset <= field.offset + field.size <= end
        check_fields(field.fields, field.offset, field.offset + field.size)


def authentication(rng: Random, version: int) -> Authentication:
    """A key chain that both sides have, or a password."""
    extended = version == 2 and rng.random() < 0.5
    if version == 2 and not extended and rng.random() < 0.3:
        return SimplePassword(rng.randbytes(rng.randint(1, 8)))
    usable = list(Algorithm) if version == 2 and not extended else list(Algorithm)[1:]
    ids = rng.sample(range(256), rng.randint(1, 3))
    keys = (Key(one, rng.randbytes(rng.randint(1, 16)), rng.choice(usable)) for one in ids)
    return KeyChain(tuple(keys), extended=extended)


def check_authentication(rng: Random, version: int, data: bytes) -> None:
    """Both sides agree on what one signed; of anything else there is a verdict."""
    said = authentication(rng, version)
    source, now = ENDS[version][0], rng.randrange(1 << 62)
    theirs, ours = make(said, version), make(said, version)
    plain = packet(rng, version)
    length = int.from_bytes(plain[2:4], "big")
    has_lls = v2_has_lls if version == 2 else v3_has_lls
    plain = plain[:length] + (block(rng).encode() if has_lls(plain, length) else b"")
    signed = theirs.sign(plain, source, now)
    changed = bytearray(signed)
    changed[rng.randrange(length)] ^= 1 << rng.randrange(8)
    if isinstance(said, KeyChain):
        assert not ours.verify(bytes(changed), source, now).is_ok
    believed = ours.verify(signed, source, now)
    assert believed.is_ok, str(believed)
    rises = isinstance(said, KeyChain) and (version == 3 or said.extended)
    assert ours.verify(signed, source, now).is_ok is not rises
    for one in (data, damaged(rng, signed), bytes(changed)):
        for settings in (None, said):
            verdict = make(settings, version).verify(one, source, now)
            assert str(verdict)


def check_round(seed: int) -> None:
    """One round; everything in it comes from its seed."""
    rng = Random(seed)
    for _ in range(20):
        version = rng.choice((2, 3))
        check_made(rng, version)
        data = packet(rng, version)
        if rng.random() < 0.7:
            data = fitted(rng, damaged(rng, data), 2)
        if rng.random() < 0.05:
            data = rng.randbytes(rng.randrange(90))
        for one in PACKETS:
            check_packet(one, data)
        check_dissection(rng, version, data)
        check_authentication(rng, version, data)


if __name__ == "__main__":
    go_through("ospf", check_round)
