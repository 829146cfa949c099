"""An UPDATE as the core reads it, in the words of `read_update`."""

from __future__ import annotations

from dataclasses import dataclass, field

from fingerpost._core import BgpTable
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes.attribute import RawAttribute, Type, framed, split
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.nlri import decode_prefix, part
from fingerpost.bgp.packet import Update
from fingerpost.bgp.packet.header import encode_header
from fingerpost.bgp.packet.update_reading import ReadUpdate, Terms, read_update
from fingerpost.bgp.packet.update_rules import Cost

PEER = 1
Row = tuple[str, int, int, bytes]  # cost, subcode, attribute, octets
Place = tuple[Family, "Prefix | bytes", int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found wrong, why the session ends, and which path stands where afterwards."""

    faults: tuple[Row, ...] = ()
    reset: tuple[int, bytes] | None = None
    end_of_rib: Family | None = None
    paths: dict[Place, bytes] = field(default_factory=dict)


def by_core(body: bytes, terms: Terms, places: list[Place]) -> Verdict:
    """Feed a new table with an UPDATE and look at some places."""
    table = BgpTable(65000, 1, cluster_id=1, confederation=0, takes_sets=True, key=7)
    table.set_peer(
        PEER,
        relation=terms.relation.value,
        asn=65001,
        local_asn=65000,
        address=Address("10.0.0.1"),
        router_id=2,
        role=None,
        checks_first_as=False,
        families={one.code: (0, 0, 0, 0) for one in terms.families},
    )
    table.open_session(
        PEER,
        as4=terms.as4,
        longest_out=65535,
        longest_in=65535,
        families=[
            (one.code, agreed.has_path_ids, False, agreed.extended_next_hop, bytes(4))
            for one, agreed in terms.families.items()
        ],
        scope=terms.scope,
    )
    found = table.receive(PEER, encode_header(Update.kind, body), 1, 10)
    if found.reset is not None:
        code, subcode, data, reason = found.reset
        assert code == 3
        assert reason
        return Verdict(reset=(subcode, data))
    ended = [Family(one >> 8, one & 0xFF) for one in found.end_of_rib]
    rows = tuple((cost, sub, code, octets) for cost, sub, code, _, octets in found.faults)
    assert found.fault_count == len(rows)
    paths = {}
    for family, key, path_id in places:
        for path in table.paths(family.code, key):
            if path[1] == path_id:
                paths[family, key, path_id] = path[2]
    return Verdict(rows, None, ended[0] if ended else None, paths)


def by_golden(body: bytes, terms: Terms) -> Verdict:
    """The same, from `read_update`."""
    found = read_update(body, terms)
    if found.reset is not None:
        return Verdict(reset=(found.reset.subcode, found.reset.octets))
    names = {Cost.DISCARD: "discard", Cost.WITHDRAW: "withdraw"}
    rows = ((names[one.cost], one.subcode, one.attribute, one.octets) for one in found.faults)
    paths: dict[Place, bytes] = {}
    if found.end_of_rib is None and not found.is_withdrawn:
        for said in found.announced:
            made = found.canonical(of_multi=said.is_multi)
            for one in said.prefixes:
                place = said.family, key_of(said.family, one.octets), one.path_id
                paths[place] = with_rest(made, part(said.family, one.octets)[1])
    return Verdict(tuple(rows), None, found.end_of_rib, paths)


def key_of(family: Family, octets: bytes) -> Prefix | bytes:
    """What the core calls a prefix."""
    if family in (IPV4, IPV6):
        return decode_prefix(octets, family.afi)
    return part(family, octets)[0]


def with_rest(canonical: bytes, rest: bytes) -> bytes:
    """What does not name a route is an attribute of it."""
    if not rest:
        return canonical
    held = {one.code: one for one in split(canonical)}
    held[Type.MP_REACH_NLRI] = RawAttribute(0x80, Type.MP_REACH_NLRI, rest)
    return b"".join(framed(held[code].flags, code, held[code].value) for code in sorted(held))


def agree(body: bytes, terms: Terms) -> tuple[Verdict, ReadUpdate]:
    """Ask both, and have them agree."""
    golden = by_golden(body, terms)
    places: list[Place] = list(golden.paths)
    read = read_update(body, terms)
    for said in (*read.announced, *read.withdrawn):
        places += [(said.family, key_of(said.family, o.octets), o.path_id) for o in said.prefixes]
    core = by_core(body, terms, list(dict.fromkeys(places)))
    assert core == golden
    return golden, read
