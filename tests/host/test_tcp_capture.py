"""What the virtual hosts say to each other, read by tshark."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest
from tcp_pair import MS, Pair, Pipe, S, Transfer

FIELDS = (
    "ip.version",
    "tcp.flags.str",
    "tcp.checksum.status",
    "ip.checksum.status",
    "tcp.len",
    "tcp.options.mss_val",
    "_ws.malformed",
    "_ws.expert.severity",
)
ERROR = 8 << 20  # PI_ERROR of Wireshark


def dissected(capture: Path) -> list[dict[str, str]]:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("no tshark here")
    command = [tshark, "-r", str(capture), "-T", "fields", "-E", "header=y", "-E", "occurrence=f"]
    command += ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))


@pytest.mark.parametrize("version", [4, 6])
def test_tshark_finds_nothing_wrong_with_a_conversation(version: int, tmp_path: Path) -> None:
    data = Random(2).randbytes(50_000)
    pair = Pair(mtu=1400)
    ours, _ = pair.established(version)
    pair.pipe = Pipe(loss=0.05, jitter=3 * MS)
    transfer = Transfer(pair, ours, data)
    pair.run(120 * S)
    assert transfer.arrived == data
    pair.connect(version, port=1)  # refused: a reset is part of the conversation
    pair.pipe = Pipe()
    pair.run(1 * S)
    pair.write_capture(tmp_path / "talk.pcap")
    packets = dissected(tmp_path / "talk.pcap")
    assert len(packets) == len(pair.sent)
    assert {packet["tcp.checksum.status"] for packet in packets} == {"1"}, "1 is good"
    assert {packet["ip.checksum.status"] for packet in packets} == ({"1"} if version == 4 else {""})
    assert {packet["_ws.malformed"] for packet in packets} == {""}
    severities = [int(packet["_ws.expert.severity"] or 0) for packet in packets]
    assert max(severities) < ERROR
    assert {packet["tcp.options.mss_val"] for packet in packets[:2]} == {
        str(1400 - 40 if version == 4 else 1400 - 60)
    }
    assert sum(int(packet["tcp.len"]) for packet in packets) >= len(data)
