"""What a malformed attribute costs, by who sent it: from the text of RFC 7606 and what updates it.

A row: the attribute as it stands in the message, in place of a good one of its type, and what it
costs with an external neighbour, with one of our confederation and with one of our AS: "-" nothing,
"d" the attribute is dropped, "w" the prefixes are withdrawn, "r" the session is reset; behind it
the subcode of RFC 4271 6.3. The golden reading and the core have to agree on each.
"""

from __future__ import annotations

import pytest

from bgp.core_reading import Verdict, agree
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.packet.update_reading import FamilyTerms, Terms
from fingerpost.bgp.packet.update_rules import Relation

NLRI = bytes.fromhex("18 c00002")
GOOD = {
    1: "400101 00",
    2: "400206 0201 0000fde9",
    3: "400304 0a000001",
    5: "400504 00000064",
}
CONFEDERATION_PATH = "40020c 0301 0000fc00 0201 0000fde9"
REACH = "800e1e 000201 10 20010db8000000000000000000000001 00 40 20010db800000001"

# A row stands at the clause that says what it costs: flags first, then lengths, then values.
MATRIX: dict[str, list[tuple[str, str, str]]] = {
    "RFC 7606 3 c: optional and transitive are as the attribute has them": [
        ("origin optional", "c00101 00", "w4 w4 w4"),
        ("origin not transitive", "000101 00", "w4 w4 w4"),
        ("path optional", "c00206 0201 0000fde9", "w4 w4 w4"),
        ("path not transitive", "000206 0201 0000fde9", "w4 w4 w4"),
        ("next hop optional", "c00304 0a000001", "w4 w4 w4"),
        ("next hop not transitive", "000304 0a000001", "w4 w4 w4"),
        ("med well-known", "400404 00000001", "w4 w4 w4"),
        ("med transitive", "c00404 00000001", "w4 w4 w4"),
        ("local preference optional", "c00504 00000064", "d1 w4 w4"),
        ("atomic aggregate optional", "c00600", "w4 w4 w4"),
        ("aggregator well-known", "400708 0000fde9 0a000001", "w4 w4 w4"),
        ("aggregator not transitive", "800708 0000fde9 0a000001", "w4 w4 w4"),
        ("communities well-known", "400804 fde80001", "w4 w4 w4"),
        ("communities not transitive", "800804 fde80001", "w4 w4 w4"),
        ("originator well-known", "400904 0a000001", "d1 d1 w4"),
        ("clusters transitive", "c00a04 0a000001", "d1 d1 w4"),
        ("extended communities well-known", "401008 0002fde800000001", "w4 w4 w4"),
        ("large communities not transitive", "80200c" + "00" * 12, "w4 w4 w4"),
        ("OTC not transitive", "802304 0000fde9", "w4 w4 w4"),
        ("IPv6 communities well-known", "401914" + "00" * 20, "w4 w4 w4"),
        ("large communities well-known", "40200c" + "00" * 12, "w4 w4 w4"),
        ("OTC well-known", "402304 0000fde9", "w4 w4 w4"),
        ("atomic aggregate not transitive", "000600", "w4 w4 w4"),
        ("local preference not transitive", "000504 00000064", "d1 w4 w4"),
        ("originator transitive", "c00904 0a000001", "d1 d1 w4"),
        ("clusters well-known", "400a04 0a000001", "d1 d1 w4"),
    ],
    "RFC 7606 7.1, ORIGIN": [
        ("origin partial is no fault", "600101 00", "- - -"),
        ("origin of no octets", "400100", "w5 w5 w5"),
        ("origin of two octets", "400102 0000", "w5 w5 w5"),
        ("origin 3", "400101 03", "w6 w6 w6"),
        ("origin 255", "400101 ff", "w6 w6 w6"),
        ("origin in the long form", "50010001 00", "- - -"),
    ],
    "RFC 7606 7.2, AS_PATH": [
        ("path with segment type 0", "400206 0001 0000fde9", "w11 w11 w11"),
        ("path with segment type 5", "400206 0501 0000fde9", "w11 w11 w11"),
        ("path with a segment of none", "400202 0200", "w11 w11 w11"),
        ("path with one octet", "400201 02", "w11 w11 w11"),
        ("path with an overrun", "400206 0202 0000fde9", "w11 w11 w11"),
        ("path with an underrun", "400207 0201 0000fde9 02", "w11 w11 w11"),
        ("path with AS 0, RFC 7607", "400206 0201 00000000", "w11 w11 w11"),
        ("path empty", "400200", "- w11 -"),
        ("path of a confederation, RFC 5065 5", CONFEDERATION_PATH, "w11 - -"),
        (
            "path of a confederation in the middle",
            "40020c 0201 0000fde9 0301 0000fc00",
            "w11 w11 -",
        ),
        ("path with a confederation set first", "400206 0401 0000fc00", "w11 w11 -"),
        ("path with a set", "400206 0101 0000fde9", "- w11 -"),
        ("path with a first segment that overruns", "400202 0201", "w11 w11 w11"),
        ("path with a second segment of none", "400208 0201 0000fde9 0200", "w11 w11 w11"),
    ],
    "RFC 7606 7.3, NEXT_HOP": [
        ("next hop of none", "400300", "w5 w5 w5"),
        ("next hop of 3", "400303 0a0000", "w5 w5 w5"),
        ("next hop of 5", "400305 0a00000100", "w5 w5 w5"),
        ("next hop of 16", "400310 20010db8000000000000000000000001", "w5 w5 w5"),
        ("next hop 0.0.0.0, RFC 4271 6.3", "400304 00000000", "w8 w8 w8"),
        ("next hop 127.0.0.1", "400304 7f000001", "w8 w8 w8"),
        ("next hop 224.0.0.1", "400304 e0000001", "w8 w8 w8"),
        ("next hop 255.255.255.255", "400304 ffffffff", "w8 w8 w8"),
    ],
    "RFC 7606 7.4, MULTI_EXIT_DISC": [
        ("med of none", "800400", "w5 w5 w5"),
        ("med of 3", "800403 000001", "w5 w5 w5"),
        ("med of 5", "800405 0000000001", "w5 w5 w5"),
        ("med of none in the long form", "90040000", "w5 w5 w5"),
    ],
    "RFC 7606 7.5, LOCAL_PREF: from outside it is dropped, right or wrong": [
        ("local preference right", "400504 00000064", "d1 - -"),
        ("local preference of none", "400500", "d1 w5 w5"),
        ("local preference of 3", "400503 000064", "d1 w5 w5"),
        ("local preference of 5", "400505 0000000064", "d1 w5 w5"),
    ],
    "RFC 7606 7.6, ATOMIC_AGGREGATE": [
        ("atomic aggregate of 1", "400601 00", "d5 d5 d5"),
    ],
    "RFC 7606 7.7, AGGREGATOR": [
        ("aggregator of none", "c00700", "d5 d5 d5"),
        ("aggregator of 6, as of two octets", "c00706 fde9 0a000001", "d5 d5 d5"),
        ("aggregator of 9", "c00709 0000fde9 0a000001 00", "d5 d5 d5"),
        ("aggregator with AS 0, RFC 7607", "c00708 00000000 0a000001", "d9 d9 d9"),
        ("aggregator partial", "e00708 0000fde9 0a000001", "- - -"),
    ],
    "RFC 7606 7.8, COMMUNITIES": [
        ("communities of none", "c00800", "w5 w5 w5"),
        ("communities of 3", "c00803 fde800", "w5 w5 w5"),
        ("communities of 6", "c00806 fde80001 0000", "w5 w5 w5"),
        ("communities partial", "e00804 fde80001", "- - -"),
    ],
    "RFC 7606 7.9, ORIGINATOR_ID: from another AS it is dropped, right or wrong": [
        ("originator right", "800904 0a000001", "d1 d1 -"),
        ("originator of none", "800900", "d1 d1 w5"),
        ("originator of 3", "800903 0a0000", "d1 d1 w5"),
        ("originator of 8", "800908 0a000001 0a000001", "d1 d1 w5"),
    ],
    "RFC 7606 7.10, CLUSTER_LIST: as the one before": [
        ("clusters right", "800a04 0a000001", "d1 d1 -"),
        ("clusters of none", "800a00", "d1 d1 w5"),
        ("clusters of 6", "800a06 0a000001 0a00", "d1 d1 w5"),
    ],
    "RFC 7606 5.3 and 7.11, MP_REACH_NLRI; RFC 4760 7": [
        ("reach well-known", "4" + REACH[1:], "r4 r4 r4"),
        ("reach transitive", "c" + REACH[1:], "r4 r4 r4"),
        ("reach of 4", "800e04 00020110", "r5 r5 r5"),
        ("reach with a next hop beyond it", "800e06 00020110 2001", "r9 r9 r9"),
        ("reach with a next hop of 4", "800e09 000201 04 0a000001 00", "r9 r9 r9"),
        ("reach with a next hop of 0", "800e05 000201 00 00", "r9 r9 r9"),
        ("reach with a next hop of nobody", "800e15 000201 10" + "00" * 17, "w8 w8 w8"),
        ("reach with the loopback", "800e15 000201 10" + "00" * 15 + "01 00", "w8 w8 w8"),
        ("reach with a group", "800e15 000201 10 ff02" + "00" * 13 + "01 00", "w8 w8 w8"),
        (
            "reach with a prefix of 129 bits",
            "800e26 000201 10 20010db8" + "00" * 12 + "00 81" + "00" * 16,
            "r9 r9 r9",
        ),
        (
            "reach with a prefix cut short",
            "800e17 000201 10 20010db8" + "00" * 12 + "00 4020",
            "r9 r9 r9",
        ),
        ("reach right", REACH, "- - -"),
        ("reach in the long form", "900e001e" + REACH[6:], "- - -"),
        (
            "reach with a next hop of 24",
            "800e26 000201 18" + "20" * 24 + "00 40 20010db800000001",
            "r9 r9 r9",
        ),
    ],
    "RFC 7606 5.3 and 7.12, MP_UNREACH_NLRI; RFC 4760 7": [
        ("unreach well-known", "400f03 000201", "r4 r4 r4"),
        ("unreach of 2", "800f02 0002", "r5 r5 r5"),
        ("unreach with a prefix of 129 bits", "800f15 000201 81" + "00" * 17, "r9 r9 r9"),
        ("unreach with a prefix cut short", "800f05 000201 4020", "r9 r9 r9"),
        ("unreach transitive", "c00f03 000201", "r4 r4 r4"),
    ],
    "RFC 7606 7.14, EXTENDED COMMUNITIES": [
        ("extended communities of none", "c01000", "w5 w5 w5"),
        ("extended communities of 7", "c01007 0002fde8000000", "w5 w5 w5"),
        ("extended communities of 12", "c0100c 0002fde800000001 00000000", "w5 w5 w5"),
        ("extended communities of a type that nobody knows", "c01008 ff00fde800000001", "- - -"),
    ],
    "RFC 6793 4.1 and 6: from one who has four octets they are dropped": [
        ("AS4_PATH", "c01106 0201 00011170", "d1 d1 d1"),
        ("AS4_AGGREGATOR", "c01208 00011170 0a000001", "d1 d1 d1"),
        ("AS4_PATH of one octet", "c01101 00", "d1 d1 d1"),
    ],
    "RFC 7606 7.15, IPv6 address specific communities": [
        ("IPv6 communities of none", "c01900", "w5 w5 w5"),
        ("IPv6 communities of 19", "c01913" + "00" * 19, "w5 w5 w5"),
        ("IPv6 communities of 21", "c01915" + "00" * 21, "w5 w5 w5"),
        ("IPv6 communities of 40", "c01928" + "00" * 40, "- - -"),
    ],
    "RFC 7311 3.2, AIGP": [
        ("AIGP transitive", "c01a0b 01000b 0000000000000001", "d4 d4 d4"),
        ("AIGP of none", "801a00", "d5 d5 d5"),
        ("AIGP with a TLV of 10", "801a0a 01000a 00000000000001", "d9 d9 d9"),
        ("AIGP with a TLV beyond it", "801a05 020009 0000", "d9 d9 d9"),
        ("AIGP right", "801a0b 01000b 0000000000000001", "- - -"),
    ],
    "RFC 8092 5, large communities": [
        ("large communities of none", "c02000", "w5 w5 w5"),
        ("large communities of 13", "c0200d" + "00" * 13, "w5 w5 w5"),
    ],
    "RFC 9234 5, OTC": [
        ("OTC of 3", "c02303 00fde9", "w5 w5 w5"),
        ("OTC of none", "c02300", "w5 w5 w5"),
    ],
    "RFC 4271 6.3 and 9: those that nobody knows": [
        ("unknown and well-known", "406300", "r2 r2 r2"),
        ("unknown, optional and transitive", "c06301 00", "- - -"),
        ("unknown and optional", "806301 00", "- - -"),
        ("unknown of none", "c06300", "- - -"),
        ("traffic engineering, which is passed on unread", "801801 00", "- - -"),
        ("ATTR_SET, which is passed on unread", "c08001 00", "- - -"),
    ],
    "RFC 7606 3 g: what stands there twice": [
        ("origin twice", "400101 00 400101 02", "d1 d1 d1"),
        ("unknown twice", "c06301 00 c06301 01", "d1 d1 d1"),
        ("reach twice", REACH + REACH, "r1 r1 r1"),
        ("unreach twice", "800f03 000201 800f03 000201", "r1 r1 r1"),
    ],
    "RFC 7606 4: lengths": [
        ("attribute beyond the list", "c06304 00", "w1 w1 w1"),
        ("attribute of one octet", "c0", "w1 w1 w1"),
        ("attribute without the second octet of its length", "d06300", "w1 w1 w1"),
        ("communities twice", "c00804 fde80001 c00803 fde800", "d1 d1 d1"),
        ("med twice, the first wrong", "800403 000001 800404 00000001", "w5 w5 w5"),
        ("attribute without either octet of its length", "d063", "w1 w1 w1"),
    ],
    "RFC 7606 3 c: other bits are not looked at (RFC 4271 4.3)": [
        ("origin with unused flags", "4f0101 00", "- - -"),
        ("med partial, which only others than it may be", "a00404 00000001", "- - -"),
    ],
    "RFC 7606 3 h: the strongest counts": [
        ("two faults, one withdrawn", "400600 800403 000001 400601 00", "w5 w5 w5"),
        ("two faults, one resets", "800403 000001 406300", "r2 r2 r2"),
        ("two faults behind each other, the list is cut", "800403 000001 c06304 00", "w5 w5 w5"),
        ("two faults, one dropped", "400601 00 400503", "w1 w1 w1"),
    ],
}
ROWS = [
    (f"{clause.partition(',')[0].partition(':')[0]} {name}", row, costs)
    for clause, rows in MATRIX.items()
    for name, row, costs in rows
]
RELATIONS = (Relation.EXTERNAL, Relation.CONFEDERATION, Relation.INTERNAL)


def message(
    relation: Relation, row: bytes = b"", nlri: bytes = NLRI, without: int | None = None
) -> bytes:
    """An UPDATE in which all is well but what the row says, which stands last."""
    good = dict(GOOD)
    if relation is Relation.CONFEDERATION:
        good[2] = CONFEDERATION_PATH
    if relation is Relation.EXTERNAL:
        del good[5]
    left_out = row[1] if len(row) > 1 else without
    others = b"".join(bytes.fromhex(text) for key, text in good.items() if key != left_out)
    attributes = others + row
    return bytes(2) + len(attributes).to_bytes(2, "big") + attributes + nlri


def terms(relation: Relation, *, as4: bool = True) -> Terms:
    """Both families, nothing else."""
    return Terms(relation, as4, {IPV4: FamilyTerms(), IPV6: FamilyTerms()})


def shown(verdict: Verdict) -> str:
    """The strongest of what was found, and its subcode."""
    if verdict.reset is not None:
        return f"r{verdict.reset[0]}"
    worst = max(verdict.faults, key=lambda one: one[0] == "withdraw", default=None)
    return "-" if worst is None else f"{worst[0][0]}{worst[1]}"


def test_there_are_as_many_rows_as_the_matrix_wants() -> None:
    assert len(ROWS) >= 88
    assert len({name for name, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: one.name.lower())
@pytest.mark.parametrize(("row", "costs"), [pytest.param(*r[1:], id=r[0]) for r in ROWS])
def test_what_it_costs(row: str, costs: str, relation: Relation) -> None:
    body = message(relation, bytes.fromhex(row))
    verdict, read = agree(body, terms(relation))
    wanted = costs.split()[RELATIONS.index(relation)]
    assert shown(verdict) == wanted, read.faults
    if verdict.reset is None:
        assert bool(verdict.paths) is (wanted[0] in "-d")
    if wanted[0] == "d":
        kept = read.attributes.get(bytes.fromhex(row)[1])
        assert kept is None or "twice" in read.faults[0].reason


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: one.name.lower())
@pytest.mark.parametrize("missing", [1, 2, 3, 5])
def test_what_is_missing_withdraws(missing: int, relation: Relation) -> None:
    # RFC 7606 3 d; LOCAL_PREF among those of one AS (RFC 4271 5.1.5)
    verdict, _ = agree(message(relation, without=missing), terms(relation))
    is_needed = missing != 5 or relation is Relation.INTERNAL
    assert shown(verdict) == ("w3" if is_needed else "-")


@pytest.mark.parametrize("row", [row for _, row, costs in ROWS if costs.startswith("w")])
def test_a_fault_where_nothing_is_announced_resets(row: str) -> None:
    # RFC 7606 5.2
    body = message(Relation.EXTERNAL, bytes.fromhex(row), b"")
    verdict, read = agree(body, terms(Relation.EXTERNAL))
    assert (verdict.reset is not None) is not read.has_reach
    withdrawing = b"\0\4\x18\xc0\x00\x02" + body[2:]
    verdict, read = agree(withdrawing, terms(Relation.EXTERNAL))
    assert (verdict.reset is not None) is not read.has_reach


@pytest.mark.parametrize(
    ("body", "subcode"),
    [
        ("", 1),
        ("0000", 1),
        ("0001 0000", 1),
        ("0000 0001", 1),
        ("ffff 0000", 1),
        ("0002 1801 0000", 10),
        ("0005 21 00000000 0000", 10),
    ],
)
def test_lengths_and_prefixes_that_cannot_be_read_reset(body: str, subcode: int) -> None:
    # RFC 4271 6.3, RFC 7606 3 i, j
    data = bytes.fromhex(body)
    if len(data) < 4:
        # too short for an UPDATE at all: the header says so (RFC 4271 6.1)
        data = data.ljust(4, b"\xff")
    verdict, _ = agree(data, terms(Relation.EXTERNAL))
    assert verdict.reset is not None
    assert verdict.reset[0] == subcode


def test_a_family_that_was_not_agreed_on_is_left_out() -> None:
    body = message(Relation.EXTERNAL, bytes.fromhex(REACH), b"")
    alone = Terms(Relation.EXTERNAL, True, {IPV4: FamilyTerms()})
    verdict, _ = agree(body, alone)
    assert [row[:3] for row in verdict.faults] == [("discard", 9, 14)]
    assert not verdict.paths


def test_of_what_stands_there_twice_the_first_counts() -> None:
    # RFC 7606 3 g
    row = bytes.fromhex("800404 00000001 800404 00000002")
    verdict, read = agree(message(Relation.EXTERNAL, row), terms(Relation.EXTERNAL))
    assert shown(verdict) == "d1"
    assert read.attributes[4] == (0x80, b"\0\0\0\1")
    assert len(verdict.paths) == 1


def test_the_order_of_attributes_means_nothing() -> None:
    # RFC 4271 5, RFC 7606 5.1
    reach, good = bytes.fromhex(REACH), [bytes.fromhex(GOOD[code]) for code in (1, 2, 3)]
    made = []
    for parts in (
        [*good, reach],
        [reach, *good],
        [*good[::-1], reach],
        [good[1], reach, *good[::2]],
    ):
        listed = b"".join(parts)
        body = bytes(2) + len(listed).to_bytes(2, "big") + listed + NLRI
        verdict, read = agree(body, terms(Relation.EXTERNAL))
        assert shown(verdict) == "-"
        assert {one.family for one in read.announced} == {IPV4, IPV6}, "both forms in one message"
        made.append(verdict.paths)
    assert all(one == made[0] for one in made)
    assert len(set(made[0].values())) == 2, "each with its own next hop"


def test_next_hop_counts_for_nothing_beside_mp_reach_alone() -> None:
    # RFC 4760 3
    row = bytes.fromhex(REACH)
    verdict, _ = agree(message(Relation.EXTERNAL, row, b"", without=3), terms(Relation.EXTERNAL))
    other, _ = agree(message(Relation.EXTERNAL, row, b""), terms(Relation.EXTERNAL))
    assert verdict == other
    assert shown(verdict) == "-"


def test_what_is_withdrawn_and_announced_at_once_is_announced() -> None:
    # RFC 4271 4.3
    body = message(Relation.EXTERNAL)
    both = len(NLRI).to_bytes(2, "big") + NLRI + body[2:]
    verdict, read = agree(both, terms(Relation.EXTERNAL))
    assert (len(read.withdrawn), len(read.announced), len(verdict.paths)) == (1, 1, 1)


@pytest.mark.parametrize("family", [IPV4, IPV6])
def test_prefixes_of_one_family_in_both_forms_are_all_taken(family: Family) -> None:
    # RFC 7606 5.1: MP_REACH_NLRI of IPv4 beside the prefixes of the message itself
    lead = family.afi.to_bytes(2, "big") + b"\1"
    hop, nlri = (
        (b"\4\x0a\0\0\2", b"\x18\xc6\x33\x64")
        if family == IPV4
        else (
            b"\x10\x20\1\x0d\xb8" + bytes(11) + b"\1",
            b"\x20\x20\1\x0d\xb8",
        )
    )
    value = lead + hop + b"\0" + nlri
    row = bytes((0x80, 14, len(value))) + value
    verdict, _ = agree(message(Relation.EXTERNAL, row), terms(Relation.EXTERNAL))
    assert shown(verdict) == "-"
    assert len(verdict.paths) == 2
    lead = b"\0\4\x18\xc6\x33\x64"  # and withdrawn by the other form before: announced all the same
    verdict, _ = agree(lead + message(Relation.EXTERNAL, row)[2:], terms(Relation.EXTERNAL))
    assert len(verdict.paths) == 2


@pytest.mark.parametrize("over", [1, 4, 100, 0xF000])
def test_a_list_of_attributes_beyond_the_message_resets(over: int) -> None:
    # RFC 7606 3 i; RFC 4271 6.3
    body = message(Relation.EXTERNAL, nlri=b"")
    length = int.from_bytes(body[2:4], "big") + over
    verdict, _ = agree(body[:2] + length.to_bytes(2, "big") + body[4:], terms(Relation.EXTERNAL))
    assert verdict.reset is not None
    assert verdict.reset[0] == 1
