"""Packets of FRR and BIRD: we read them, write the same bytes again, and see what tshark sees."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from fingerpost.cli.dissectors import dissectors
from fingerpost.ospf.lsa import v2, v3
from fingerpost.ospf.packet import LinkStateUpdate, RawLsa
from fingerpost.ospf.packet.whole import Packet
from fingerpost.wire.dissect import dissect
from fingerpost.wire.pcap import read
from interop.ospf.network import Site, network
from interop.ospf.plans import PLANS
from ospf.peer_fields import Fields, lsa_fields, packet_fields
from ospf.peer_tshark import check_fields, complaints

pytestmark = pytest.mark.slow

for tool in ("tcpdump", "tshark"):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed", allow_module_level=True)


@contextmanager
def captured(site: Site, path: Path) -> Iterator[None]:
    """Keep what a site sends and receives."""
    words = ("-i", "any", "-U", "-w", str(path), "proto 89 or ip6 proto 89")
    command = ["ip", "netns", "exec", site.space.name, "tcpdump", "-Z", "root", *words]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        sleep(0.5)
        yield
    finally:
        running.terminate()
        running.wait(10)


def fields_of(packet: Packet) -> Fields:
    """Give what tshark should say; every LSA is written again on the way."""
    header, body = packet.header, packet.body
    said = packet_fields(header.version, body)
    said["ospf.version"] = [str(header.version)]
    said["ospf.checksum"] = [str(header.checksum)]
    if isinstance(body, LinkStateUpdate):
        said["ospf.ls.number_of_lsas"] = [str(body.count)]
        codec = v2 if header.version == 2 else v3
        for one in body.lsas():
            assert isinstance(one, RawLsa)
            lsa = codec.decode_lsa(one.data)
            assert not isinstance(lsa.body, v2.UnknownLsa)
            assert codec.encode_lsa(lsa) == one.data
            for name, values in lsa_fields(header.version, lsa).items():
                said[name] += values
    return said


@pytest.mark.parametrize("name", ["lan", "areas"])
def test_packets_of_frr_and_bird(name: str, tmp_path: Path) -> None:
    makes = tuple("bird" if make == "fingerpost" else make for make in PLANS[name].makes)
    path = tmp_path / "foreign.pcap"
    with network(replace(PLANS[name], makes=makes), starts=False) as foreign, ExitStack() as stack:
        stack.enter_context(captured(foreign.sites[1], path))
        for site in foreign.sites:
            stack.enter_context(site.running())
        foreign.standstill(1)
    seen: Counter[tuple[int, str]] = Counter()
    expected = []
    with path.open("rb") as file:
        for frame in read(file):
            found = dissect(frame.data, frame.linktype, dissectors=dissectors())
            assert found.fault is None
            assert found.reencode() == frame.data
            packet = found.layers[-1].value
            assert isinstance(packet, Packet)
            seen[packet.header.version, type(packet.body).__name__] += 1
            expected.append(fields_of(packet))
    assert len(seen) == 5 * len(PLANS[name].versions)
    assert complaints(path) == []
    check_fields(path, expected)
