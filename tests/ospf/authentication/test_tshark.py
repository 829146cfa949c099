"""Against tshark and tcpdump: they find what we signed where we put it, without a complaint.

Of version 3 without LLS blocks: tshark 4.0 looks for the trailer where such a block is, and tcpdump
4.99 takes the block's length for bytes (RFC 5613 2.2 counts words).
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fingerpost.addr import Address
from fingerpost.ospf.authentication import Authentication, SimplePassword, make
from fingerpost.protocol.keys import Algorithm
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.pcap import RAW_IP, PcapngWriter
from ospf.authentication.packets import HMACS, LLS, V4, V6, S, chain, packet

NOW = 1_700_000_000 * S
OSPF = 89
GROUPS = {2: Address("224.0.0.5"), 3: Address("ff02::5")}
CASES: list[tuple[int, Authentication]] = [
    (2, SimplePassword(b"secret")),
    *[(2, chain(algorithm)) for algorithm in Algorithm],
    *[(3, chain(algorithm)) for algorithm in HMACS],
]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """Packets of both types with options, of one without, and with LLS blocks."""
    path = tmp_path_factory.mktemp("signed") / "signed.pcapng"
    signed = []
    with path.open("wb") as file:
        writer = PcapngWriter(file, linktype=RAW_IP)
        for version, settings in CASES:
            authenticator = make(settings, version)
            for kind, lls in ((1, b""), (2, b""), (1, LLS), (2, LLS))[: 4 if version == 2 else 2]:
                own = V4 if version == 2 else V6
                payload = authenticator.sign(packet(version, kind, lls=lls), own, NOW)
                signed.append(payload)
                carried: Ipv4 | Ipv6 = (
                    Ipv4(own, GROUPS[2], OSPF, payload, ttl=1)
                    if version == 2
                    else Ipv6(own, GROUPS[3], OSPF, payload, hop_limit=1)
                )
                writer.write(len(signed), carried.encode(), "eth0")
    return path, signed


def tshark(path: Path, *words: str) -> list[list[str]]:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    command = ["tshark", "-n", "-r", str(path), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def fields(path: Path, *names: str) -> list[list[str]]:
    words = [word for name in names for word in ("-e", name)]
    return tshark(path, "-T", "fields", *words)


def test_tshark_has_no_complaint(capture: tuple[Path, list[bytes]]) -> None:
    assert tshark(capture[0], "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000") == []


def test_tshark_finds_the_digests_of_version_2(capture: tuple[Path, list[bytes]]) -> None:
    path, signed = capture
    names = ("key_id", "data_length", "seq_nbr", "data")
    found = fields(path, "ospf.auth.type", *(f"ospf.auth.crypt.{name}" for name in names))
    for packet_, row in zip(signed, found, strict=True):
        if packet_[0] != 2 or packet_[15] != 2:
            continue
        length, size = int.from_bytes(packet_[2:4], "big"), packet_[19]
        digest = packet_[length : length + size].hex()
        assert row == ["2", "7", str(size), "1700000000", digest]


def test_tshark_finds_passwords(capture: tuple[Path, list[bytes]]) -> None:
    found = fields(capture[0], "ospf.auth.type", "ospf.auth.simple")
    assert found[:4] == [["1", "secret"]] * 4


def test_tshark_finds_the_trailers_of_version_3(capture: tuple[Path, list[bytes]]) -> None:
    path, signed = capture
    names = ("auth_type", "auth_data_len", "sa_id", "crypto_seq_nbr", "auth_data")
    found = fields(path, *(f"ospf.at.{name}" for name in names))
    rows = [(one, row) for one, row in zip(signed, found, strict=True) if one[0] == 3]
    assert len(rows) == 8
    for number, (packet_, row) in enumerate(rows):
        size = HMACS[number // 2].size
        sequence = 1_700_000_000 << 32 | 1_700_000_000 + number % 2
        digest = packet_[-size:].hex()
        assert row == ["1", str(16 + size), "0x0007", str(sequence), digest]


def test_tshark_finds_the_lls_blocks(capture: tuple[Path, list[bytes]]) -> None:
    path, signed = capture
    found = fields(path, "ospf.v2.options.l", "ospf.lls.ext.options")
    for number, row in enumerate(found):
        is_there = number % 4 > 1 and signed[number][0] == 2
        assert row[1] == ("0x00000001" if is_there else "")
        assert signed[number][0] == 3 or row[0] == str(int(is_there))


def test_tcpdump_reads_them(capture: tuple[Path, list[bytes]]) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    command = ["tcpdump", "-n", "-vvv", "-r", str(capture[0])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    said = done.stdout.lower()
    assert "truncated" not in said
    assert "[|ospf" not in said
    assert said.count("key-id: 7, auth-length: 32") == 4
    assert said.count("said 7") == 8
