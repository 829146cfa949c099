"""What names a route of a family that is carried only, and what goes with it."""

from __future__ import annotations

import pytest

from fingerpost._core import BgpTable
from fingerpost.addr import Address
from fingerpost.bgp.attributes.attribute import Type, framed, split
from fingerpost.bgp.family import Family
from fingerpost.bgp.nlri import join, part
from fingerpost.bgp.packet import Update

LABELED, VPN, EVPN = Family(1, 4), Family(1, 128), Family(25, 70)
RD = bytes.fromhex("0000fde800000001")
HOP = bytes((10, 0, 0, 1))


def labeled(label: str) -> bytes:
    """192.0.2.0/24 behind a label of three octets."""
    return bytes((48,)) + bytes.fromhex(label) + bytes((192, 0, 2))


def vpn(label: str) -> bytes:
    """The same of a VPN."""
    return bytes((112,)) + bytes.fromhex(label) + RD + bytes((192, 0, 2))


def mac(segment: int, labels: str, *, tag: int = 7) -> bytes:
    """A MAC with an address of IPv4 (RFC 7432 7.2)."""
    body = RD + bytes((segment,)) * 10 + tag.to_bytes(4, "big")
    body += bytes((48,)) + b"\2\0\0\0\0\1" + bytes((32, 10, 0, 0, 9)) + bytes.fromhex(labels)
    return bytes((2, len(body))) + body


def ip_prefix(gateway: str, label: str) -> bytes:
    """A prefix of EVPN (RFC 9136 3.1)."""
    body = RD + bytes(10) + bytes(4) + bytes((24, 192, 0, 2, 0)) + bytes.fromhex(gateway + label)
    return bytes((5, len(body))) + body


def discovery(label: str, segment: int = 1) -> bytes:
    """An Ethernet auto-discovery route (RFC 7432 7.1)."""
    body = RD + bytes((segment,)) * 10 + bytes(4) + bytes.fromhex(label)
    return bytes((1, len(body))) + body


SAME = [
    pytest.param(LABELED, labeled("000641"), labeled("000711"), labeled("800000"), id="labeled"),
    pytest.param(VPN, vpn("000641"), vpn("000711"), vpn("000000"), id="vpn"),
    pytest.param(
        EVPN, mac(1, "000101"), mac(2, "000201000301"), mac(0, "000000"), id="evpn mac-ip"
    ),
    pytest.param(
        EVPN,
        ip_prefix("00000000", "000101"),
        ip_prefix("0a000001", "000201"),
        ip_prefix("00000000", "000000"),
        id="evpn prefix",
    ),
    pytest.param(EVPN, discovery("000101"), discovery("000201"), discovery("800000"), id="evpn ad"),
]


def table(family: Family) -> BgpTable:
    """One with an external neighbour that tells, and another that is told."""
    made = BgpTable(65000, 9, cluster_id=9, confederation=0, takes_sets=False, key=1)
    for peer in (1, 2):
        made.set_peer(
            peer,
            relation=0,
            asn=65000 + peer,
            local_asn=65000,
            address=Address(f"10.0.0.{peer}"),
            router_id=peer,
            role=None,
            checks_first_as=True,
            families={family.code: (0, 0, 0, 0)},
        )
        made.open_session(
            peer,
            as4=True,
            longest_out=4096,
            longest_in=4096,
            families=[(family.code, False, False, False, bytes((10, 0, 0, 9)))],
            scope=0,
        )
    made.tell(2, family.code, bytes((10, 0, 0, 9)), relation=0, local_asn=65000)
    return made


def say(made: BgpTable, family: Family, nlri: bytes, *, withdraws: bool = False) -> None:
    """Have neighbour 1 announce or withdraw a route."""
    lead = family.afi.to_bytes(2, "big") + bytes((family.safi,))
    if withdraws:
        listed = framed(0x80, 15, lead + nlri)
    else:
        listed = framed(0x40, 1, b"\0") + framed(0x40, 2, b"\2\1\0\0\xfd\xe9")
        listed += framed(0x80, 14, lead + bytes((4,)) + HOP + b"\0" + nlri)
    found = made.receive(1, Update(b"", listed, b"").encode(), 0, 1)
    assert found.reset is None
    assert found.fault_count == 0
    made.set_next_hop(HOP, 0)
    while made.work(100):
        pass


def told(made: BgpTable) -> list[tuple[int, bytes]]:
    """NLRI that neighbour 2 is told: attribute and octets of routes, without End-of-RIB."""
    octets, found = made.outgoing(2, 1 << 16), []
    while octets:
        length = int.from_bytes(octets[16:18], "big")
        body, octets = octets[19:length], octets[length:]
        for one in split(body[4 + int.from_bytes(body[:2], "big") :]):
            if one.code == Type.MP_REACH_NLRI:
                found.append((one.code, one.value[3 + 1 + one.value[3] + 1 :]))
            elif one.code == Type.MP_UNREACH_NLRI and len(one.value) > 3:
                found.append((one.code, one.value[3:]))
    return found


@pytest.mark.parametrize(("family", "one", "other", "withdrawn"), SAME)
def test_one_name_is_one_route(family: Family, one: bytes, other: bytes, withdrawn: bytes) -> None:
    made = table(family)
    say(made, family, one)
    assert made.counts(family.code) == (1, 1)
    assert told(made) == [(14, one)], "label, segment and gateway are passed on as they came"
    say(made, family, other)
    assert made.counts(family.code) == (1, 1), "it replaces, by its name"
    assert told(made) == [(14, other)]
    assert len(made.paths(family.code, one)) == len(made.paths(family.code, withdrawn)) == 1
    say(made, family, withdrawn, withdraws=True)
    assert made.counts(family.code)[1] == 0
    assert [(code, part(family, octets)[0]) for code, octets in told(made)] == [
        (15, part(family, one)[0])
    ]


@pytest.mark.parametrize(
    ("family", "one", "other"),
    [
        (LABELED, labeled("000641"), bytes((47,)) + labeled("000641")[1:]),
        (VPN, vpn("000641"), vpn("000641").replace(RD, RD[:-1] + b"\2")),
        (EVPN, mac(1, "000101"), mac(1, "000101", tag=8)),
        (EVPN, discovery("000101"), discovery("000101", segment=2)),  # RFC 7432 7.1: it is part
    ],
)
def test_what_names_a_route_makes_another(family: Family, one: bytes, other: bytes) -> None:
    made = table(family)
    say(made, family, one)
    say(made, family, other)
    assert made.counts(family.code) == (2, 2)


@pytest.mark.parametrize(("family", "one", "other", "withdrawn"), SAME)
def test_what_is_parted_is_joined(
    family: Family, one: bytes, other: bytes, withdrawn: bytes
) -> None:
    keys = set()
    for octets in (one, other, withdrawn):
        key, rest = part(family, octets)
        assert join(family, key, rest) == octets
        assert part(family, key)[0] == key
        keys.add(key)
    assert len(keys) == 1


@pytest.mark.parametrize(("family", "octets"), [(LABELED, b"\x17abc"), (VPN, b"\x57" + bytes(11))])
def test_who_leaves_out_the_label_loses_the_session(family: Family, octets: bytes) -> None:
    # RFC 7606 5.3: where one ends cannot be known
    made = table(family)
    lead = family.afi.to_bytes(2, "big") + bytes((family.safi,))
    found = made.receive(1, Update(b"", framed(0x80, 15, lead + octets), b"").encode(), 0, 1)
    assert found.reset is not None
    assert found.reset[:2] == (3, 9)
