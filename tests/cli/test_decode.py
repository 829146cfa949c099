"""`fingerpost decode`."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fingerpost.addr import Address
from fingerpost.cli import FAILED, cli
from fingerpost.cli.hex_dumps import read_hex
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire import icmp
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.mac import Mac
from fingerpost.wire.pcap import PcapngWriter, PcapWriter
from fingerpost.wire.udp import Udp

A, B = Address("192.0.2.1"), Address("192.0.2.2")
MAC = Mac("02:00:00:00:00:01")
PING = Ipv4(A, B, 1, icmp.EchoRequest(1, 1, b"ping").encode()).encode()
FRAME = Ethernet(MAC, MAC, 0x0800, PING).encode(60)
BAD = PING[:-1] + b"?"


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["decode", *words], input=stdin, standalone_mode=False)


def models(*words: str, stdin: str | bytes | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("--json", *words, stdin=stdin).stdout.splitlines()]


def protocols(model: dict[str, Any]) -> list[str]:
    return [layer["protocol"] for layer in model["layers"]]


def raise_of(*words: str, stdin: str | bytes | None = None) -> None:
    error = run(*words, stdin=stdin).exception
    assert error is not None
    raise error


def exit_code(*words: str, stdin: bytes = b"") -> int:
    command = [sys.executable, "-c", "from fingerpost.cli import main; main()", "decode", *words]
    return subprocess.run(command, input=stdin, capture_output=True).returncode


def test_a_packet_is_printed_as_a_tree_with_offsets() -> None:
    result = run(PING.hex())
    lines = result.stdout.splitlines()
    assert lines[:2] == ["packet 1, 32 bytes", "     0  ipv4: 192.0.2.1 > 192.0.2.2, ICMP, TTL 64"]
    assert "     8    ttl              64" in lines
    assert "    20  icmp: echo request, identifier 1, sequence 1" in lines
    assert lines[-1] == "    28    data        70696e67"
    assert (result.return_value, result.stderr) == (None, "")


def test_the_packet_of_the_help_is_without_fault() -> None:
    lines = run("--help").stdout.splitlines()
    (packet,) = [line.split()[-1] for line in lines if "fingerpost decode 45" in line]
    assert run(packet).exit_code == 0


def test_json_is_one_line_a_packet_with_values_and_texts() -> None:
    (model,) = models(PING.hex())
    assert (model["packet"], model["length"], model["linktype"]) == (1, 32, 101)
    assert protocols(model) == ["ipv4", "icmp"]
    (field,) = [one for one in model["layers"][0]["fields"] if one["name"] == "protocol"]
    assert field == {
        "name": "protocol",
        "value": 1,
        "text": "1 (ICMP)",
        "offset": 9,
        "size": 1,
        "fields": [],
    }
    assert model["fault"] is None
    assert model["layers"][0]["fault"] is None


@pytest.mark.parametrize(
    "words",
    [
        [FRAME.hex()],
        [FRAME.hex(":")],
        [FRAME.hex(" ", 2)],
        FRAME.hex(" ").split(),
        [f"0x{FRAME.hex().upper()}"],
        [" ".join(f"0x{octet:02x}" for octet in FRAME)],
        [FRAME.hex(), "--link", "ethernet"],
    ],
)
def test_hex_may_be_written_as_people_do(words: list[str]) -> None:
    (model,) = models(*words)
    assert protocols(model) == ["ethernet", "ipv4", "icmp"]


def test_the_link_of_hex_can_be_said() -> None:
    (model,) = models("--link", "ethernet", PING.hex())
    assert protocols(model)[0] == "ethernet"
    (model,) = models("--link", "cooked", bytes(14).hex() + "0800" + PING.hex())
    assert protocols(model) == ["linux cooked", "ipv4", "icmp"]


def test_standard_input_has_one_packet_a_line() -> None:
    text = f"# a comment\n{PING.hex()}\n\n{FRAME.hex(' ')}  # another\n"
    assert [protocols(model)[0] for model in models(stdin=text)] == ["ipv4", "ethernet"]
    assert [model["line"] for model in models("-", stdin=text)] == [2, 4]


def tcpdump(octets: bytes, *, text: bool = False) -> str:
    lines = ["12:00:00.000000 IP 192.0.2.1 > 192.0.2.2: ICMP echo request"]
    for at in range(0, len(octets), 16):
        row = octets[at : at + 16]
        shown = "".join(chr(o) if 32 <= o < 127 else "." for o in row)
        lines.append(
            f"\t0x{at:04x}:  {row.hex(' ', -2):<40}{'  ' + shown if text else ''}".rstrip()
        )
    return "\n".join(lines) + "\n"


def xxd(octets: bytes) -> str:
    rows = range(0, len(octets), 16)
    return "".join(f"{at:08x}: {octets[at : at + 16].hex(' ', -2):<40} dead beef\n" for at in rows)


def hexdump_c(octets: bytes) -> str:
    lines = []
    for at in range(0, len(octets), 16):
        row = octets[at : at + 16]
        lines.append(f"{at:08x}  {row[:8].hex(' '):<24} {row[8:].hex(' '):<24} |{'de ad':<16}|")
    return "\n".join([*lines, f"{len(octets):08x}"]) + "\n"


def od(octets: bytes) -> str:
    rows = range(0, len(octets), 16)
    lines = [f"{at:06x} {octets[at : at + 16].hex(' ')}" for at in rows]
    return "\n".join([*lines, f"{len(octets):06x}"]) + "\n"


def tshark(octets: bytes) -> str:
    lines = [f"Frame ({len(octets)} bytes):"]
    for at in range(0, len(octets), 16):
        row = octets[at : at + 16]
        lines.append(f"{at:04x}  {row.hex(' '):<47}   {'12 34 |>#'[: len(row)]}")
    return "\n".join([*lines, "", ""])


DUMPS = [tcpdump, lambda octets: tcpdump(octets, text=True), xxd, hexdump_c, od, tshark]


@pytest.mark.parametrize("dump", DUMPS)
def test_the_dumps_of_common_tools_are_read(dump: Any) -> None:  # noqa: ANN401 - lambdas too
    text = dump(FRAME) + dump(PING)
    found = list(read_hex(text.splitlines(keepends=True)))
    assert [(one.data, one.bad) for one in found] == [(FRAME, None), (PING, None)]


def test_what_tshark_makes_of_several_frames_is_no_packet() -> None:
    beside = tshark(b"\x45" * 40).replace("Frame (", "Reassembled IPv4 (")
    text = tshark(FRAME) + beside + "\n" + tshark(PING)
    found = list(read_hex(text.splitlines(keepends=True)))
    assert [(one.data, one.bad) for one in found] == [(FRAME, None), (PING, None)]


def test_a_line_that_is_no_hex_is_reported_and_the_others_are_decoded() -> None:
    result = run("--json", stdin=f"{PING.hex()}\nno hex\n{PING.hex()}0\n{FRAME.hex()}\n")
    assert len(result.stdout.splitlines()) == 2
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "standard input, line 2",
        "standard input, line 3",
    ]
    assert result.return_value == FAILED


def capture(*, kind: type[PcapWriter | PcapngWriter] = PcapWriter) -> bytes:
    file = BytesIO()
    if kind is PcapngWriter:
        writer = PcapngWriter(file)
        writer.write(1_000_000_001, FRAME, "eth0", comment="first")
        writer.write(2_000_000_000, FRAME, "eth1")
    else:
        classic = PcapWriter(file)
        classic.write(1_000_000_001, FRAME)
        classic.write(2_000_000_000, FRAME[:40], original_length=60)
    return file.getvalue()


def test_captures_are_told_by_their_magic(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(capture())
    first, second = models(str(tmp_path / "trace"))
    assert (first["instant_ns"], first["time"]) == (1_000_000_001, "1970-01-01T00:00:01.000000001Z")
    assert (second["length"], second["original_length"], second["fault"]) == (40, 60, None)
    first, second = models(stdin=capture(kind=PcapngWriter))
    assert (first["interface"], first["comment"]) == ("eth0", "first")
    assert (second["interface"], second["comment"]) == ("eth1", None)


def test_several_inputs_are_decoded_in_order(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(capture())
    found = models(PING.hex(), str(tmp_path / "trace"), "-", stdin=FRAME.hex())
    assert [model["packet"] for model in found] == [1, 2, 3, 4]
    assert [model["source"].rpartition("/")[2] for model in found] == [
        "argument",
        "trace",
        "trace",
        "standard input",
    ]


def test_count_stops_early() -> None:
    assert len(models("--count", "1", stdin=capture())) == 1
    assert len(models("-n", "3", stdin=f"{PING.hex()}\n" * 5)) == 3


def test_a_fault_is_shown_and_the_next_packet_decoded_all_the_same() -> None:
    result = run(stdin=f"{BAD.hex()}\n{PING.hex()}\n")
    assert "fault: icmp, offset 2: checksum is" in result.stdout
    assert result.stdout.count("echo request, identifier 1") == 2
    assert result.return_value == FAILED
    bad, good = models(stdin=f"{BAD.hex()}\n{PING.hex()}\n")
    assert (bad["fault"]["layer"], bad["fault"]["field"]) == ("icmp", "checksum")
    assert bad["layers"][1]["fault"] == bad["fault"]
    assert good["fault"] is None


def test_a_capture_that_breaks_off_gives_what_came_before() -> None:
    result = run("--json", stdin=capture()[:-5])
    assert len(result.stdout.splitlines()) == 1
    assert isinstance(result.exception, DecodeError)


def test_re_encoded_bytes_are_equal_or_the_difference_is_named() -> None:
    (model,) = models("--reencode", PING.hex())
    assert model["reencoded"] == {
        "bytes": PING.hex(),
        "equal": True,
        "differs_at": None,
        "error": None,
    }
    (model,) = models("--reencode", BAD.hex())
    assert (model["reencoded"]["equal"], model["reencoded"]["differs_at"]) == (False, 23)
    text = run("--reencode", PING.hex()).stdout.splitlines()
    assert text[-2:] == ["        re-encoded: equal to the original", f"     0    {PING.hex()}"]
    assert "differs from byte 23 on" in run("--reencode", BAD.hex()).stdout


def test_what_may_be_received_but_not_sent_says_why_it_is_not_re_encoded() -> None:
    source, destination = Address("2001:db8::1"), Address("2001:db8::2")
    udp = Udp(1, 2, b"x").encode(source, destination)
    octets = b"\x60\0\0\0" + len(udp).to_bytes(2, "big") + b"\x11\x40"
    packet = octets + source.packed + destination.packed + udp[:6] + bytes(2) + udp[8:]
    (model,) = models("--reencode", packet.hex())
    assert "True over IPv6" in model["reencoded"]["error"]
    assert "not re-encoded: " in run("--reencode", packet.hex()).stdout


@pytest.mark.parametrize("words", [["no-such-file"], ["xyz"], ["192.0.2.1"], ["4500", "0"], ["4"]])
def test_what_is_neither_file_nor_hex_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match=r"neither a file nor hex|odd number"):
        raise_of(*words)


@pytest.mark.parametrize("stdin", ["", "\n# nothing\n"])
def test_no_packet_at_all_is_wrong_use(stdin: str) -> None:
    with pytest.raises(UsageError, match="no packet in the input"):
        raise_of(stdin=stdin)


def test_exit_codes() -> None:
    assert exit_code(PING.hex()) == 0
    assert exit_code(BAD.hex()) == 1
    assert exit_code(stdin=capture()[:-5]) == 1
    assert exit_code("zz") == 2
    assert exit_code("--count", "0", PING.hex()) == 2


def test_memory_does_not_grow_with_the_capture(tmp_path: Path) -> None:
    file = BytesIO()
    writer = PcapWriter(file)
    for _ in range(60):
        writer.write(0, Ethernet(MAC, MAC, 0x0800, PING + bytes(100_000)).encode())
    (tmp_path / "long").write_bytes(file.getvalue())
    del file, writer
    from fingerpost.cli.packet_sources import packets_of

    tracemalloc.start()
    try:
        assert sum(1 for _ in packets_of((str(tmp_path / "long"),))) == 60
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000  # of 6 MB


def test_the_shared_packets_are_decoded(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/smoltcp/wire-vectors.json").read_text())
    hexes = [
        v["hex"] for v in vectors if (v["protocol"], v["name"]) == ("ipv4", "repr_packet_bytes")
    ]
    (model,) = models("--link", "ip", "--reencode", *hexes)
    assert protocols(model) == ["ipv4", "icmp"]
