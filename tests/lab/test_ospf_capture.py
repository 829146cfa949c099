"""Captures of labs that speak OSPF: tshark, tcpdump and our decoder read the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from fingerpost.cli.dissectors import dissectors
from fingerpost.lab.network import Network
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.packet import LinkStateUpdate, RawLsa
from fingerpost.ospf.packet import v2 as v2_packets
from fingerpost.ospf.packet.whole import Packet
from fingerpost.wire.dissect import dissect
from fingerpost.wire.pcap import Captured, read
from ospf.peer_fields import Fields, lsa_fields, packet_fields
from ospf.peer_tshark import check_fields, complaints, tshark

LAB = """
routing: [ospf, ospf3]
topology:
  defaults:
    router:
      key-chains: {{sites: {{keys: [{{id: 1, secret: in-the-lab, algorithm: {algorithm}}}]}}}}
      ospf: {{interfaces: {{"*": {{{two}}}}}, areas: {{1: {{kind: nssa}}}}}}
      ospf3: {{interfaces: {{"*": {{{three}}}}}, areas: {{1: {{kind: nssa}}}}}}
  nodes:
    a: {{routes: [172.16.9.0/24 blackhole, "2001:db8:9::/48 blackhole"], router: {{
         ospf: {{redistribute: {{static: {{metric: 20}}}}}},
         ospf3: {{redistribute: {{static: {{metric: 20}}}}}}}}}}
    b:
    c:
    e:
    d: {{routes: [172.16.8.0/24 blackhole tag 8, "2001:db8:8::/48 blackhole tag 8"], router: {{
         ospf: {{redistribute: {{static: {{metric-type: E1}}}}}},
         ospf3: {{redistribute: {{static: {{metric-type: E1}}}}}}}}}}
  links:
    - {{endpoints: [a, b], ospf: {{area: 1}}, ospf3: {{area: 1}}}}
    - {{endpoints: [b, c, d]}}
    - {{endpoints: [d, e], ospf: {{area: 2}}, ospf3: {{area: 2}}}}
timeline: [{{at: 60s, fail: a}}, {{at: 120s, restore: a}}]
"""
CHAIN = "authentication: {key-chain: sites}"
KINDS = {
    "none": ("keyed-md5", "", ""),
    "password": ("keyed-md5", "authentication: {password: in-a-lab}", ""),
    "keyed-md5": ("keyed-md5", CHAIN, ""),
    "hmac-sha-1": ("hmac-sha-1", CHAIN, CHAIN),
    "hmac-sha-256": ("hmac-sha-256", CHAIN, CHAIN),
    "extended": ("hmac-sha-512", "authentication: {key-chain: sites, extended: true}", CHAIN),
}


@pytest.fixture(scope="module", params=KINDS)
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    algorithm, two, three = KINDS[request.param]
    network = Network.of(LAB.format(algorithm=algorithm, two=two, three=three))
    path: Path = tmp_path_factory.mktemp(request.param) / "ospf.pcapng"
    with network.capture(path):
        network.run(until="180s")
    return path


def frames(path: Path) -> list[Captured]:
    """Give the frames of a capture."""
    with path.open("rb") as file:
        return list(read(file))


def packets(path: Path) -> list[tuple[bytes, Packet]]:
    """Give the packets of OSPF, each with its frame, as our dissection reads them."""
    found = []
    for captured in frames(path):
        layer = dissect(captured.data, captured.linktype, dissectors=dissectors()).layers[-1]
        if isinstance(layer.value, Packet):
            found.append((captured.data, layer.value))
    return found


def test_we_read_what_we_wrote(capture: Path) -> None:
    seen: Counter[tuple[int, str]] = Counter()
    for captured in frames(capture):
        found = dissect(captured.data, captured.linktype, dissectors=dissectors())
        assert found.fault is None
        assert found.reencode() == captured.data
        layer = found.layers[-1]
        if isinstance(layer.value, Packet):
            seen[layer.value.header.version, type(layer.value.body).__name__] += 1
            assert "trailer" not in {field.name for field in layer.fields}
    assert len(seen) == 10  # five packets of both versions
    assert min(seen.values()) > 5


def test_lsas_are_written_as_they_were_read(capture: Path) -> None:
    kinds: dict[int, set[int]] = defaultdict(set)
    for _, packet in packets(capture):
        if not isinstance(packet.body, LinkStateUpdate):
            continue
        version = packet.header.version
        kinds[version] |= {lsa.header.type for lsa in decoded(packet.body, version)}
    assert kinds[2] >= {1, 2, 3, 4, 5, 7}
    assert kinds[3] >= {0x2001, 0x2002, 0x2003, 0x2004, 0x4005, 0x2007, 0x0008, 0x2009}


def decoded(update: LinkStateUpdate, version: int) -> list[v2.Lsa[v2.Body] | v3.Lsa[v3.Body]]:
    found: list[v2.Lsa[v2.Body] | v3.Lsa[v3.Body]] = []
    for one in update.lsas():
        assert isinstance(one, RawLsa)
        if version == 2:
            two = v2.decode_lsa(one.data)
            assert v2.encode_lsa(two) == one.data
            found.append(two)
        else:
            three = v3.decode_lsa(one.data)
            assert v3.encode_lsa(three) == one.data
            found.append(three)
    return found


def test_tshark_finds_the_same_fields_and_nothing_to_complain_of(capture: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    assert complaints(capture) == []
    check_fields(capture, [expected(packet) for _, packet in packets(capture)])
    sums = tshark(capture, "-Y", "ospf", "-V")
    assert not [line for line in sums if "Checksum" in line and "incorrect" in line]


def expected(packet: Packet) -> Fields:
    header, body = packet.header, packet.body
    said = packet_fields(header.version, body)
    said["ospf.version"] = [str(header.version)]
    said["ospf.packet_length"] = [str(header.length)]
    said["ospf.checksum"] = [str(header.checksum)]
    if isinstance(body, LinkStateUpdate):
        said["ospf.ls.number_of_lsas"] = [str(body.count)]
        for lsa in decoded(body, header.version):
            for name, values in lsa_fields(header.version, lsa).items():
                said[name] += values
    return said


def test_tcpdump_reads_to_the_end(capture: Path) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    command = ["tcpdump", "-n", "-vvv", "-r", str(capture)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    ours = [packet for _, packet in packets(capture)]
    for version in (2, 3):
        said = sum(packet.header.version == version for packet in ours)
        assert done.stdout.count(f"OSPFv{version}, ") == said
    # it numbers the LSAs of version 2, and stops at authentication that it does not know
    sent = [
        one.body.count
        for one in ours
        if isinstance(one.body, LinkStateUpdate)
        and one.body.version == 2
        and one.header.authentication_type != v2_packets.EXTENDED
    ]
    assert done.stdout.count("  LSA #") == sum(sent)
    # one packet begins at the left; of an acknowledgment it always looks for one header more
    for one in re.split(r"\n(?=\S)", done.stdout):
        assert "LS-Ack" in one or "[|ospf" not in one, one
