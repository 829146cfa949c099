"""Captures of labs that speak BGP: tshark, scapy and our decoder read the same in every message."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fingerpost.bgp.attributes.attribute import Type, split
from fingerpost.bgp.constants import LONGEST_EXTENDED
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.nlri import nlri_text
from fingerpost.bgp.packet import Update, decode_message, first_message
from fingerpost.cli import cli
from fingerpost.cli.dissectors import dissectors
from fingerpost.lab.network import Network
from fingerpost.wire.dissect import dissect
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.pcap import read
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.tcp_streams import TcpStreams

MANY = 900  # prefixes of one path: more than a segment has room for
_NETWORKS = "".join(
    f", {{prefix: 172.{16 + at // 256}.{at % 256}.0/24, needs-route: false}}" for at in range(MANY)
)
LAB = f"""
routing: bgp
numbering: {{families: [ipv4, ipv6]}}
topology:
  nodes:
    a:
      as: 65001
      router:
        policies:
          out:
            statements:
              - match: {{prefix: 198.51.100.0/24}}
                set: {{community: [65001:7, "65001:1:2", "rt:65001:3", blackhole], med: 5,
                       prepend-own-as: 2, origin: incomplete}}
              - {{}}
        bgp:
          families: [ipv4, ipv6]
          networks: [{{prefix: 198.51.100.0/24, needs-route: false}},
                     {{prefix: "2001:db8:9::/48", needs-route: false}}{_NETWORKS}]
    b:
      as: 4200000001
      loopback: 192.0.2.2
      router:
        ospf: {{interfaces: {{"*": {{}}}}}}
        bgp:
          families: [ipv4, ipv6]
          aggregates: {{198.51.0.0/16: {{}}}}
          neighbors: {{192.0.2.3: {{as: internal, local-address: 192.0.2.2, next-hop-self: true,
                                    route-reflector-client: true}},
                      192.0.2.4: {{as: internal, local-address: 192.0.2.2,
                                    route-reflector-client: true}}}}
    c:
      as: 4200000001
      loopback: 192.0.2.3
      router:
        ospf: {{interfaces: {{"*": {{}}}}}}
        bgp: {{neighbors: {{192.0.2.2: {{as: internal, local-address: 192.0.2.3}}}},
              networks: [{{prefix: 203.0.113.0/24, needs-route: false}}]}}
    d:
      as: 4200000001
      loopback: 192.0.2.4
      router:
        ospf: {{interfaces: {{"*": {{}}}}}}
        bgp: {{neighbors: {{192.0.2.2: {{as: internal, local-address: 192.0.2.4}}}}}}
  links:
    - {{endpoints: [{{node: a, bgp: {{role: provider, export: out}}}}, b]}}
    - {{endpoints: [b, c]}}
    - {{endpoints: [b, d]}}
"""


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = Network.of(LAB)
    path: Path = tmp_path_factory.mktemp("bgp") / "bgp.pcapng"
    with network.capture(path):
        network.run("40s")
        routing = network["c"].router.routing
        assert routing is not None
        assert "198.51.100.0/24" in {str(prefix) for prefix, _ in network["d"].table.items()}
        network.fail("a-b")
        network.run("45s")
    return path


def streams(path: Path) -> dict[tuple[str, int, str, int], list[bytes]]:
    """The messages of each direction of each connection, in order."""
    joined: dict[tuple[str, int, str, int], bytes] = defaultdict(bytes)
    follower = TcpStreams()
    with path.open("rb") as file:
        for captured in read(file):
            values = [
                layer.value
                for layer in dissect(
                    captured.data, captured.linktype, dissectors=dissectors()
                ).layers
            ]
            segment = next((one for one in values if isinstance(one, Tcp)), None)
            ip = next((one for one in values if isinstance(one, Ipv4 | Ipv6)), None)
            if segment is None or ip is None:
                continue
            way = (
                str(ip.source),
                segment.source_port,
                str(ip.destination),
                segment.destination_port,
            )
            for piece in follower.add(ip.source, ip.destination, segment):
                assert not piece.is_gap
                joined[way] += piece.octets
    found: dict[tuple[str, int, str, int], list[bytes]] = {}
    for way, octets in joined.items():
        messages = found[way] = []
        while octets:
            message = first_message(octets, LONGEST_EXTENDED)
            assert message is not None, f"half a message is left in {way}"
            messages.append(bytes(message))
            octets = octets[len(message) :]
    return found


def test_every_attribute_is_there_and_decodes_to_the_same_bytes(capture: Path) -> None:
    codes: set[int] = set()
    for messages in streams(capture).values():
        for octets in messages:
            message = decode_message(octets, LONGEST_EXTENDED)
            assert message.encode() == octets
            if isinstance(message, Update):
                codes |= {one.code for one in split(message.attributes)}
    assert codes >= {
        Type.ORIGIN,
        Type.AS_PATH,
        Type.NEXT_HOP,
        Type.MULTI_EXIT_DISC,
        Type.LOCAL_PREF,
        Type.ATOMIC_AGGREGATE,
        Type.AGGREGATOR,
        Type.COMMUNITIES,
        Type.EXTENDED_COMMUNITIES,
        Type.LARGE_COMMUNITIES,
        Type.ORIGINATOR_ID,
        Type.CLUSTER_LIST,
        Type.MP_REACH_NLRI,
        Type.ONLY_TO_CUSTOMER,
    }


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_the_same_messages(capture: Path) -> None:
    theirs: dict[tuple[str, int, str, int], dict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    names = ["bgp.type", "bgp.length", "bgp.update.path_attribute.type_code", "bgp.nlri_prefix"]
    ends = ["ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]
    words = [word for name in (*ends, *names) for word in ("-e", name)]
    said = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    lines = _tshark(capture, "-Y", "bgp", *words, *said)
    for line in lines:
        source, source6, port, target, target6, other, *values = line.split("\t")
        way = (source or source6, int(port), target or target6, int(other))
        for name, value in zip(names, values, strict=True):
            theirs[way][name] += [one for one in value.split(";") if one]
    for way, messages in streams(capture).items():
        ours = [decode_message(one, LONGEST_EXTENDED) for one in messages]
        updates = [one for one in ours if isinstance(one, Update)]
        found = theirs[way]
        assert found["bgp.type"] == [str(one[18]) for one in messages]
        assert found["bgp.length"] == [str(len(one)) for one in messages]
        codes = [str(one.code) for update in updates for one in split(update.attributes)]
        assert found["bgp.update.path_attribute.type_code"] == codes
        prefixes = [
            text.partition("/")[0]
            for update in updates
            if update.nlri
            for text in nlri_text(IPV4, update.nlri).split(", ")
        ]
        v4 = [one for one in found["bgp.nlri_prefix"] if ":" not in one]
        assert len(v4) >= len(prefixes) > 0 or not prefixes
    expert = 0x0060_0000  # PI_WARN of Wireshark's expert information, and all above it
    filter_ = f"bgp && (_ws.malformed || _ws.expert.severity >= {expert:#x})"
    assert _tshark(capture, "-Y", filter_) == []


def _tshark(path: Path, *words: str) -> list[str]:
    command = ["tshark", "-n", "-r", str(path), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def test_scapy_reads_the_same_messages(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():  # its ciphers are deprecated by the package they come from
        warnings.simplefilter("ignore")
        scapy: Any = pytest.importorskip("scapy.contrib.bgp", reason="scapy is not installed")
    monkeypatch.setattr(scapy.conf, "max_list_count", 2 * MANY)
    scapy.bgp_module_conf.use_2_bytes_asn = False
    kinds = {1: "BGPOpen", 2: "BGPUpdate", 3: "BGPNotification", 4: "BGPKeepAlive"}
    for messages in streams(capture).values():
        for octets in messages:
            if len(octets) > 4096:
                continue  # it knows no long messages (RFC 8654)
            read_: Callable[[bytes], Any] = scapy.BGP
            header = read_(octets)
            assert header.getlayer(kinds[octets[18]]) is not None
            assert header.len == len(octets)
            if octets[18] == 2:
                update = header.getlayer("BGPUpdate")
                message = decode_message(octets, LONGEST_EXTENDED)
                assert isinstance(message, Update)
                codes = [one.code for one in split(message.attributes)]
                assert [one.type_code for one in update.path_attr or []] == codes


def test_what_spans_segments_is_shown_where_it_ends(capture: Path) -> None:
    done = CliRunner().invoke(cli, ["decode", "--json", str(capture)])
    models = [json.loads(line) for line in done.output.splitlines()]
    joined = [one for model in models for one in model["joined"]]
    assert joined
    for one in joined:
        assert one["pieces"] > 1
        assert one["fault"] is None
    long = max(joined, key=lambda one: one["size"])
    assert f"{MANY}" in long["summary"] or "prefixes" in long["summary"]
    whole = sum(len(found) for found in streams(capture).values())
    inside = sum(
        field["name"] in ("open", "update", "notification", "keepalive", "route_refresh")
        and "others follow" not in field["text"]
        for model in models
        for layer in model["layers"]
        if layer["protocol"] == "bgp"
        for field in layer["fields"]
    )
    assert inside + len(joined) == whole
    text = CliRunner().invoke(cli, ["decode", str(capture)]).output
    assert f"bgp of {long['pieces']} segments: {long['summary']}" in text
