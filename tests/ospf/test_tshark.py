"""Against Wireshark's own: tshark reads what we encode, without a complaint and with our fields."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fingerpost.ospf.lsa import Lsa, LsaHeader, v2, v3
from fingerpost.ospf.lsa import router_information as ri
from fingerpost.ospf.lsa import traffic_engineering as te
from fingerpost.ospf.lsa.segments import AdjacencySid, LanAdjacencySid, PrefixSid
from fingerpost.ospf.lsa.sid import Sid, SidLabel
from fingerpost.ospf.lsa.traffic_engineering import link
from fingerpost.ospf.lsa.v2.extended_link import ExtendedLink
from fingerpost.ospf.lsa.v2.extended_prefix import ExtendedPrefix
from fingerpost.ospf.lsa.v2.opaque import link_state_id
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    DdFlags,
    Hello,
    LinkStateAcknowledgment,
    LinkStateUpdate,
)
from fingerpost.ospf.packet.lls import ExtendedOptions, LlsBlock
from fingerpost.wire.pcap import RAW_IP, PcapngWriter
from ospf.dissect.carried import carried, encoded
from ospf.lsa.drawn import lsas_of
from ospf.packet.drawn import bodies
from ospf.peer_fields import Fields, lsa_fields, packet_fields, tidy
from ospf.peer_tshark import check_fields, complaints
from ospf.vectors import captured_lsas

if shutil.which("tshark") is None:
    pytest.skip("tshark is not installed", allow_module_level=True)

T = TypeVar("T")
FLAGS_THAT_PROMISE_MORE = {2: 0x10, 3: 0x600}  # L and AT: something must follow
PLAIN = {2: (1, 2, 3, 4, 5, 7), 3: (0x2001, 0x2002, 0x2003, 0x2004, 0x2007, 0x2009, 0x4005, 8)}


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Give values that are the same each time."""
    found: list[T] = []

    @settings(
        max_examples=count, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(one: T) -> None:
        found.append(one)

    collect()
    return found


def write(path: Path, packets: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        writer = PcapngWriter(file, linktype=RAW_IP)
        for instant, packet in enumerate(packets):
            writer.write(instant, packet, "eth0")


def compare(path: Path, packets: list[bytes], expected: list[Fields]) -> None:
    """Have tshark read packets, and find in every field what is expected and nothing else."""
    write(path, packets)
    assert complaints(path) == []
    check_fields(path, expected)


def without_promises(version: int, body: Body) -> Body:
    """Clear the options that say that more follows, and the unused flags that tshark drops."""
    if isinstance(body, Hello):
        return replace(body, options=body.options & ~FLAGS_THAT_PROMISE_MORE[version])
    if isinstance(body, DatabaseDescription):
        options = body.options & ~FLAGS_THAT_PROMISE_MORE[version]
        return replace(body, options=options, flags=DdFlags(int(body.flags) & 15))
    return body


@pytest.mark.parametrize("version", [2, 3])
def test_packets(version: int, tmp_path: Path) -> None:
    made = [
        without_promises(version, body)
        for body in drawn(bodies(version), 300)
        if not isinstance(body, LinkStateUpdate) and not has_odd_headers(version, body)
    ]
    assert len({type(body) for body in made}) == 4
    packets = [carried(version, encoded(version, body)) for body in made]
    expected = []
    for body, packet in zip(made, packets, strict=True):
        said = packet_fields(version, body)
        at = 20 if version == 2 else 40
        said |= {
            "ospf.version": [str(version)],
            "ospf.msg": [str(int(body.TYPE))],
            "ospf.packet_length": [str(len(packet) - at)],
            "ospf.srcrouter": ["1.1.1.1"],
            "ospf.area_id": ["0.0.0.0"],
            "ospf.checksum": [str(int.from_bytes(packet[at + 12 : at + 14], "big"))],
        }
        expected.append(said)
    compare(tmp_path / "packets.pcapng", packets, expected)


def has_odd_headers(version: int, body: Body) -> bool:
    """Tell of headers that tshark calls malformed, and of opaque ones, whose ids it takes apart."""
    if not isinstance(body, DatabaseDescription | LinkStateAcknowledgment):
        return False
    opaque = (9, 10, 11) if version == 2 else ()
    return any(one.type in opaque or one.length < 20 for one in body.lsa_headers())


@pytest.mark.parametrize("version", [2, 3])
def test_lsas(version: int, tmp_path: Path) -> None:
    made: list[Lsa[Any]] = []
    codec = v2 if version == 2 else v3
    for kind in PLAIN[version]:
        for lsa in drawn(lsas_of(version, kind), 30):
            if has_routers(lsa.body):
                made.append(codec.decode_lsa(codec.encode_lsa(replace(lsa, body=tidy(lsa.body)))))
    assert {lsa.header.type for lsa in made} == set(PLAIN[version])
    check_lsas(version, made, tmp_path / "lsas.pcapng")


@pytest.mark.parametrize("version", [2, 3])
def test_lsas_of_captures(version: int, shared_data: Path, tmp_path: Path) -> None:
    codec = v2 if version == 2 else v3
    made: list[Lsa[Any]] = [
        codec.decode_lsa(bytes.fromhex(row["hex"]))
        for row in captured_lsas(shared_data)
        if row["version"] == version and row["type"] in PLAIN[version]
    ]
    assert len(made) > 90
    check_lsas(version, made, tmp_path / "lsas.pcapng")


def has_routers(body: object) -> bool:
    """A network without routers is malformed to tshark."""
    return not isinstance(body, v2.NetworkLsa | v3.NetworkLsa) or bool(body.routers)


OPAQUE: list[tuple[int, Any, Fields]] = [
    (
        9,
        v2.GraceLsa.of(120, 1, 0x0A000001),
        {
            "ospf.v2.grace.period": ["120"],
            "ospf.v2.grace.reason": ["1"],
            "ospf.v2.grace.ip": ["10.0.0.1"],
        },
    ),
    (
        10,
        v2.RouterInformationLsa(
            (
                ri.InformationalCapabilities.of(0, 1, 3),
                ri.Hostname(b"edge-1"),
                ri.Algorithms(b"\x00\x01"),
                ri.SidRange(8000, (SidLabel(Sid(16000, True)),)),
                ri.LocalBlock(1000, (SidLabel(Sid(15000, True)),)),
                ri.MaximumSidDepths(((1, 10),)),
                ri.MappingServerPreference(7),
            )
        ),
        {
            "ospf.ri.options": [str(0xD0)],
            "ospf.dynhostname": ["edge-1"],
            "ospf.lsa_sa": ["0", "1"],
            "ospf.tlv.range_size": ["8000", "1000"],
            "ospf.tlv.sid_label": ["16000", "15000"],
            "ospf.tlv.igp_msd_type": ["1"],
            "ospf.tlv.igp_msd_value": ["10"],
            "ospf.tlv.preference": ["7"],
        },
    ),
    (
        10,
        v2.TrafficEngineeringLsa((te.RouterAddress(0x01020304),)),
        {"ospf.mpls.routerid": ["1.2.3.4"]},
    ),
    (
        10,
        v2.TrafficEngineeringLsa(
            (
                te.TeLink(
                    (
                        link.LinkKind(2),
                        link.LinkId(0x0A000001),
                        link.LocalAddresses((0x0A000001,)),
                        link.RemoteAddresses((0x0A000002,)),
                        link.TeMetric(77),
                        link.MaximumBandwidth(0x4CEE6B28),
                        link.AdministrativeGroup(5),
                        link.LinkIdentifiers(3, 4),
                        link.SharedRiskGroups((8, 9)),
                    )
                ),
            )
        ),
        {
            "ospf.mpls.linktype": ["2"],
            "ospf.mpls.linkid": ["10.0.0.1"],
            "ospf.mpls.local_addr": ["10.0.0.1"],
            "ospf.mpls.remote_addr": ["10.0.0.2"],
            "ospf.mpls.te_metric": ["77"],
            "ospf.mpls.link_max_bw": ["1.25e+08"],
            "ospf.mpls.linkcolor": ["5"],
            "ospf.mpls.local_id": ["3"],
            "ospf.mpls.remote_id": ["4"],
            "ospf.mpls.shared_risk_link_group": ["8", "9"],
        },
    ),
    (
        10,
        v2.ExtendedPrefixLsa(
            (ExtendedPrefix(1, 32, 0, 0x40, 0x01010101, (PrefixSid(0x40, 0, 1, Sid(10)),)),)
        ),
        {
            "ospf.tlv.extpfx.rotuetype": ["1"],
            "ospf.tlv.extpfx.flags": [str(0x40)],
            "ospf.tlv.pfxsid.flags": [str(0x40)],
            "ospf.lsa_sa": ["1"],
            "ospf.tlv.sid_label": ["10"],
        },
    ),
    (
        10,
        v2.ExtendedLinkLsa(
            (
                ExtendedLink(
                    2,
                    0x0A000001,
                    0x0A000002,
                    (
                        AdjacencySid(0x60, 0, 3, Sid(4000, True)),
                        LanAdjacencySid(0x60, 0, 4, 0x02020202, Sid(4001, True)),
                    ),
                ),
            )
        ),
        {
            "ospf.tlv.adjsid.flags": [str(0x60), str(0x60)],
            "ospf.tlv.extlink.weight": ["3", "4"],
            "ospf.tlv.extlink.nbr": ["2.2.2.2"],
            "ospf.tlv.sid_label": ["4000", "4001"],
        },
    ),
]


def test_opaque_lsas(tmp_path: Path) -> None:
    numbers = {form: number for number, form in v2.OPAQUE_BODIES.items()}
    packets = []
    for kind, body, _ in OPAQUE:
        number = link_state_id(numbers[type(body)], 1)
        raw = v2.encode_lsa(Lsa(LsaHeader(1, 0x42, kind, number, 9, 1, 0, 0), body))
        packets.append(carried(2, encoded(2, LinkStateUpdate.of([raw]))))
    compare(tmp_path / "opaque.pcapng", packets, [said for _, _, said in OPAQUE])


def test_blocks_of_link_local_signaling(tmp_path: Path) -> None:
    block = LlsBlock((ExtendedOptions(3),)).encode()
    two = Hello(10, 40, 0x12, 1, 0, 0, (), mask=0xFFFFFF00)
    three = Hello(10, 40, 0x213, 1, 0, 0, (), interface_id=1)
    packets = [carried(2, encoded(2, two) + block), carried(3, encoded(3, three) + block)]
    said = {
        "ospf.lls.checksum": [str(0xFFF4)],
        "ospf.lls.data_length": ["12"],  # in bytes
    }
    names = ("ospf.lls.ext.options", "ospf.v3.lls.ext.options")
    compare(tmp_path / "lls.pcapng", packets, [said | {name: ["3"]} for name in names])


def check_lsas(version: int, made: list[Lsa[Any]], path: Path) -> None:
    codec = v2 if version == 2 else v3
    packets = [
        carried(version, encoded(version, LinkStateUpdate.of([codec.encode_lsa(lsa)], version)))
        for lsa in made
    ]
    expected = [lsa_fields(version, lsa) for lsa in made]
    for said in expected:
        said["ospf.ls.number_of_lsas"] = ["1"]
    compare(path, packets, expected)
