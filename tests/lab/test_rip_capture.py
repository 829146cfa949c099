"""Captures of labs that speak RIP and RIPng, with authentication too, as tshark reads them."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from fingerpost.lab.network import Network

EXPERT = 0x0060_0000  # PI_WARN of Wireshark's expert information, and all above it
HEAD = """
routing: [rip, ripng]
topology:
  defaults:
    router:
      key-chains: {{sites: {{keys: [{{id: 1, secret: in-the-lab, algorithm: {algorithm}}}]}}}}
      rip: {{interfaces: {{"*": {{authentication: {{{authentication}}}}}}}}}
  nodes: {{a: , b: , c: , d: }}
  links: [{{endpoints: [a, b]}}, {{endpoints: [b, c, d]}}]
timeline: [{{at: 40s, fail: a}}, {{at: 100s, restore: a}}]
"""


def text_of(authentication: str) -> str:
    if authentication == "password":
        return HEAD.format(algorithm="keyed-md5", authentication="password: in-the-lab")
    return HEAD.format(algorithm=authentication, authentication="key-chain: sites")


def tshark(path: Path, *words: str) -> list[str]:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    checks = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    command = ["tshark", "-n", "-r", str(path), *checks, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def captured(network: Network, folder: Path) -> Path:
    path = folder / "rip.pcapng"
    with network.capture(path):
        network.run(until="200s")
    return path


@pytest.mark.parametrize(
    "authentication", ["password", "keyed-md5", "hmac-sha-1", "hmac-sha-256", "hmac-sha-512"]
)
def test_tshark_has_nothing_to_say_against_a_lab(authentication: str, tmp_path: Path) -> None:
    path = captured(Network.of(text_of(authentication)), tmp_path)
    warned = f"_ws.expert.severity >= {EXPERT:#x}"
    if "hmac" in authentication:  # it knows digests of 16 bytes, and warns of any other trailer
        warned = f"({warned} && !rip.auth.type)"
    assert tshark(path, "-Y", f"_ws.malformed || {warned}") == []
    names = Counter(tshark(path, "-T", "fields", "-e", "_ws.col.Protocol"))
    assert names["RIPv2"] > 20
    assert names["RIPng"] > 20
    authenticated = tshark(path, "-Y", "rip.auth.type", "-T", "fields", "-e", "rip.auth.type")
    assert len(authenticated) == names["RIPv2"]


def test_routes_are_as_they_were_sent(tmp_path: Path) -> None:
    network = Network.of(
        {
            "routing": "rip",
            "topology": {"nodes": {"a": {}, "b": {}}, "links": [{"endpoints": ["a", "b"]}]},
        }
    )
    path = captured(network, tmp_path)
    fields = ("ip.src", "rip.ip", "rip.metric", "ip.ttl", "ip.dst")
    words = [word for name in fields for word in ("-e", name)]
    rows = tshark(path, "-Y", "rip.command == 2", "-T", "fields", *words)
    told = {row.partition("\t")[0]: row.split("\t")[1:] for row in rows}
    assert told["10.0.0.0"][2:] == ["1", "224.0.0.9"]
    # poisoned reverse: what b told comes back as unreachable
    prefixes, metrics = (text.split(",") for text in told["10.0.0.0"][:2])
    assert dict(zip(prefixes, metrics, strict=True)) == {"10.255.0.1": "1", "10.255.0.2": "16"}
