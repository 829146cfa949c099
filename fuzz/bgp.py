"""Fuzzes BGP: any bytes into every decoder of messages, attributes and prefixes.

    python fuzz/bgp.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else: what breaks is named, and comes again with --seed. Invariants:

messages: a value or a `DecodeError` with the numbers of a NOTIFICATION that can be sent; what
    decodes is written in one way, `decode(encode(decode(b))) == decode(b)`
streams: cut anywhere, the same messages come out
attributes: canonical bytes are a set or a fault that names its place; a set is written in one way
updates: the golden reading and the core agree on verdict, faults, prefixes and canonical bytes
prefixes: what is split is what was there; any of them has words that fit a screen
dissection: fields lie within the field that holds them, nothing is raised, and bytes come again
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rounds import go_through

from bgp.core_reading import agree
from fingerpost.addr import Address
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet, framed
from fingerpost.bgp.constants import LONGEST_EXTENDED, MARKER
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.nlri import join_nlri, nlri_text, split_nlri
from fingerpost.bgp.packet import (
    MessageError,
    Notification,
    Open,
    RouteRefresh,
    Update,
    decode_message,
    first_message,
)
from fingerpost.bgp.packet import capabilities as of
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms
from fingerpost.bgp.packet.update_rules import Relation
from fingerpost.cli.dissectors import dissectors
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect import dissect
from fingerpost.wire.dissect.tree import Field
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.tcp import Tcp

DISSECTORS = dissectors()
S = 1_000_000_000
ONE, OTHER = Address("10.0.0.1"), Address("10.0.0.2")
FAMILIES = (
    IPV4,
    IPV6,
    *(Family(*one) for one in ((1, 4), (1, 128), (1, 133), (2, 133), (25, 70), (16388, 71))),
)
CODES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 25, 26, 29, 32, 35, 99, 0)


def capability(rng: Random) -> of.Capability:
    """Draw a capability."""
    family, flag = rng.choice(FAMILIES), rng.random() < 0.5
    drawn: tuple[of.Capability, ...] = (
        of.Multiprotocol(family),
        of.RouteRefreshCapability(),
        of.ExtendedNextHop((of.NextHopFamily(IPV4, 2),)),
        of.RoleCapability(rng.randrange(6)),
        of.GracefulRestart(rng.getrandbits(12), (of.Restarting(family, flag),), flag),
        of.As4(rng.getrandbits(32)),
        of.AddPath((of.AddPathFamily(family, rng.randrange(5)),)),
        of.LongLivedGracefulRestart((of.LongLived(family, flag, rng.getrandbits(24)),)),
        of.Fqdn(rng.randbytes(rng.randrange(9)), b"x"),
        of.SoftwareVersion(rng.randbytes(rng.randrange(9))),
        of.UnknownCapability(rng.randrange(100, 256), rng.randbytes(rng.randrange(60))),
    )
    return rng.choice(drawn)


def nlri(rng: Random, family: Family, *, has_path_ids: bool) -> bytes:
    """Draw prefixes that make some sense."""
    made = bytearray()
    for _ in range(rng.choice((0, 1, 1, 3))):
        value = rng.randbytes(rng.randrange(5))
        if has_path_ids:
            made += rng.choice((0, 7)).to_bytes(4, "big")
        match family:
            case (25, 70):
                made += bytes((rng.randrange(7), len(value))) + value
            case (16388, 71):
                made += bytes((0, rng.randrange(5), 0, len(value))) + value
            case (_, 133):
                made += bytes((len(value),)) + value
            case _:
                length = rng.choice((0, 8, 24, 32))
                made += bytes((length,)) + rng.randbytes((length + 7) // 8)
    return bytes(made)


def attribute(rng: Random, terms: Terms) -> bytes:
    """Draw an attribute, often a right one."""
    code = rng.choice(CODES)
    flags = rng.choice((0x40, 0x80, 0xC0, 0xC0, rng.getrandbits(8)))
    known: dict[int, attr.Attribute] = {
        one.code: one
        for one in (
            attr.Origin(rng.choice(list(attr.OriginCode))),
            attr.AsPath.of(*(rng.randint(1, 99999) for _ in range(rng.randrange(4)))),
            attr.NextHop.of(ONE),
            attr.MultiExitDisc(rng.getrandbits(32)),
            attr.LocalPref(rng.getrandbits(32)),
            attr.AtomicAggregate(),
            attr.Aggregator(rng.randint(1, 99999), 9),
            attr.Communities((rng.getrandbits(32),) * rng.randint(1, 70)),
            attr.OriginatorId(rng.getrandbits(32)),
            attr.ClusterList((rng.getrandbits(32),)),
            attr.ExtendedCommunities((rng.getrandbits(64),)),
            attr.As4Path(attr.AsPath.of(*(70_000,) * rng.randint(1, 3)).segments),
            attr.As4Aggregator(70_000, 9),
            attr.Aigp.of(rng.getrandbits(64)),
            attr.LargeCommunities(((1, 2, rng.getrandbits(32)),)),
            attr.OnlyToCustomer(rng.getrandbits(32)),
        )
    }
    one = known.get(code)
    if one is not None and rng.random() < 0.8:
        value = one.value()
        if not terms.as4 and isinstance(one, attr.AsPath | attr.Aggregator):
            value = one.narrow()
        return framed(one.flags, code, value)
    if code in (14, 15):
        family = rng.choice(FAMILIES)
        agreed = terms.families.get(family, FamilyTerms())
        hop = rng.choice((b"\x0a\0\0\1", b"\xfe\x80".ljust(16, b"\1"), b"\x20".ljust(32, b"\1")))
        reach = bytes((len(hop),)) + hop + b"\0" if code == 14 else b""
        given = nlri(rng, family, has_path_ids=agreed.has_path_ids)
        lead = family.afi.to_bytes(2, "big") + bytes((family.safi,))
        return framed(0x80, code, lead + reach + given)
    return framed(flags, code, rng.randbytes(rng.randrange(20)))


def session(rng: Random) -> Terms:
    """Draw what was agreed on."""
    agreed = rng.sample(FAMILIES, rng.randint(1, 4))
    rows = {one: FamilyTerms(rng.random() < 0.3, rng.random() < 0.5) for one in agreed}
    return Terms(rng.choice(list(Relation)), rng.random() < 0.7, rows, rng.choice((0, 7)))


def update(rng: Random, terms: Terms) -> Update:
    """Draw an UPDATE."""
    base: list[attr.Attribute] = [
        attr.Origin(attr.OriginCode.IGP),
        attr.NextHop.of(ONE),
        attr.LocalPref(100),
    ]
    listed = [framed(one.flags, one.code, one.value()) for one in base]
    listed += [attribute(rng, terms) for _ in range(rng.randrange(6))]
    rng.shuffle(listed)
    has_ids = terms.families.get(IPV4, FamilyTerms()).has_path_ids
    gone, come = (nlri(rng, IPV4, has_path_ids=has_ids) for _ in range(2))
    return Update(gone, b"".join(listed), come)


def message(rng: Random, terms: Terms) -> bytes:
    """Draw the bytes of a message."""
    match rng.randrange(5):
        case 0:
            some = tuple(capability(rng) for _ in range(rng.randrange(6)))
            return Open(rng.randint(1, 65535), 90, 1, (some,), rng.random() < 0.5).encode()
        case 1:
            return Notification(rng.randrange(9), rng.randrange(11), rng.randbytes(9)).encode()
        case 2:
            return RouteRefresh(rng.choice(FAMILIES), rng.randrange(4)).encode()
        case 3:
            return MARKER + b"\0\x13\4"
    return update(rng, terms).encode()


def damaged(rng: Random, data: bytes) -> bytes:
    """Change, cut or lengthen bytes, and most often keep the length right."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        match rng.randrange(4):
            case 0 | 1:
                at = rng.randrange(min(19, len(out)), len(out) + 1) - 1
                out[at] = rng.choice((0, 1, 2, 3, 4, 255, rng.randrange(256)))
            case 2 if len(out) > 20:
                del out[rng.randrange(20, len(out)) :]
            case _:
                out += rng.randbytes(rng.randrange(9))
    if rng.random() < 0.8:
        out[16:18] = len(out).to_bytes(2, "big")
    return bytes(out)


def check_fault(fault: DecodeError, size: int) -> int:
    """A fault names its place, which is given."""
    assert fault.section
    assert fault.field
    assert fault.offset is not None
    assert 0 <= fault.offset <= size
    return fault.offset


def check_message(data: bytes) -> None:
    """A value or a fault with numbers, written in one way."""
    try:
        found = decode_message(data, LONGEST_EXTENDED)
    except MessageError as fault:
        check_fault(fault, len(data))
        answer = Notification.of(fault)
        assert decode_message(answer.encode(), LONGEST_EXTENDED) == answer
        assert str(answer).isprintable()
        return
    again = found.encode()
    assert decode_message(again, LONGEST_EXTENDED) == found
    assert decode_message(again, LONGEST_EXTENDED).encode() == again


def check_stream(rng: Random, whole: list[bytes]) -> None:
    """The same messages come out, wherever a stream is cut."""
    stream, held, found = b"".join(whole), b"", []
    while stream or held:
        size = rng.randint(1, 40)
        held, stream = held + stream[:size], stream[size:]
        while (one := first_message(held, LONGEST_EXTENDED)) is not None:
            found.append(one)
            held = held[len(one) :]
        if not stream:
            break
    assert found == whole
    assert not held


def check_attributes(data: bytes) -> None:
    """Canonical bytes are a set or a fault."""
    try:
        found = AttributeSet.decode(data)
    except DecodeError as fault:
        check_fault(fault, len(data))
        return
    assert all(str(one).isprintable() for one in found)
    assert AttributeSet.decode(found.encode()) == found


def check_prefixes(family: Family, data: bytes, *, has_path_ids: bool) -> None:
    """What is split is what was there."""
    found, end = [], len(data)
    try:
        for one in split_nlri(family, data, has_path_ids=has_path_ids):
            found.append(one)
            assert nlri_text(family, one.octets).isprintable()
    except DecodeError as fault:
        end = check_fault(fault, len(data))
    rows = ((one.path_id, one.octets) for one in found)
    assert join_nlri(rows, has_path_ids=has_path_ids) == data[:end]


def check_dissection(rng: Random, data: bytes) -> None:
    """Fields lie within what holds them, and bytes come again."""
    segment = Tcp(50_000, 179, payload=data).encode(ONE, OTHER)
    packet = Ipv4(ONE, OTHER, 6, segment).encode()
    found = dissect(packet, RAW_IP, dissectors=DISSECTORS)
    assert found.fault is not None or found.layers[-1].summary.isprintable()
    check_fields(found.layers[-1].fields, 40, len(packet))
    cut = packet[: rng.randrange(len(packet))]
    for layer in dissect(cut, RAW_IP, is_cut=True, dissectors=DISSECTORS).layers:
        check_fields(layer.fields, 0, len(cut))


def check_fields(fields: tuple[Field, ...], start: int, end: int) -> None:
    """They lie between `start` and `end`, and those in them in them."""
    for field in fields:
        assert start <= field.offset <= field.offset + field.size <= end
        check_fields(field.fields, field.offset, field.offset + field.size)


def check_round(seed: int) -> None:
    """One round; everything in it comes from its seed."""
    rng = Random(seed)
    for _ in range(20):
        terms = session(rng)
        drawn = [message(rng, terms) for _ in range(rng.randrange(4))]
        check_stream(rng, drawn)
        one = message(rng, terms)
        data = damaged(rng, one) if rng.random() < 0.7 else one
        check_message(data)
        check_dissection(rng, b"".join(drawn)[rng.randrange(30) :] + data)
        told = update(rng, terms)
        check_attributes(rng.choice((told.attributes, rng.randbytes(30))))
        family, has_path_ids = rng.choice(FAMILIES), rng.random() < 0.5
        check_prefixes(family, rng.randbytes(rng.randrange(40)), has_path_ids=has_path_ids)
        check_prefixes(family, nlri(rng, family, has_path_ids=False), has_path_ids=False)
        body = told.encode_body()
        agree(damaged(rng, bytes(19) + body)[19:].ljust(4, b"\xff"), terms)
        agree(body, terms)


if __name__ == "__main__":
    go_through("bgp", check_round)
