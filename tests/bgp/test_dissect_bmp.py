"""`fingerpost decode` of messages of BMP (RFC 7854, RFC 8671, RFC 9069)."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bgp.joined import Net
from bgp.test_dissect import check
from bgp.test_monitoring import STATION, messages, packets, three
from fingerpost.addr import Address
from fingerpost.bgp.packet import Keepalive
from fingerpost.bmp import (
    Counted,
    DownReason,
    Initiation,
    PeerDown,
    PeerHeader,
    RouteMirroring,
    Statistics,
    Termination,
    UnknownMessage,
)
from fingerpost.bmp.framing import can_begin, next_begin
from fingerpost.cli.decode import command
from fingerpost.cli.dissectors import BARE, dissectors
from fingerpost.wire.dissect import Dissection, dissect

PEER = PeerHeader(Address("2001:db8::1"), 65001, 0x0A000001, 5_000_000_000)


@cache
def session(*, local_rib: bool = True) -> bytes:
    """What a router says of a neighbor that comes, tells, and is shut."""
    net = Net()
    a, b, station = three(net)
    b.bgp.config = replace(b.bgp.config, bmp=(replace(STATION, local_rib=local_rib),))
    net.begin()
    net.run(8)
    a.ask("shut", "to 10.0.0.2")
    net.run(1)
    assert not any(isinstance(one, UnknownMessage) for one in messages(station))
    return station.octets[1]


def alone(data: bytes) -> Dissection:
    return dissect(data, BARE["bmp"], dissectors=dissectors())


def names(model: dict[str, Any]) -> list[str]:
    """The messages that end in a packet, in the order in which they do."""
    whole = [one for layer in model["joined"] for one in layer["fields"]]
    whole += [one for one in model["layers"][-1]["fields"] if not one["name"].startswith("mess")]
    return [one["name"] for one in whole if one["name"] not in ("continued", "begun")]


def test_a_session_is_shown_and_written_again() -> None:
    found = alone(session())
    assert found.fault is None
    assert found.reencode() == found.packet
    (layer,) = found.layers
    check(layer.fields, 0, len(session()))
    lines = [f"{one.name} {one.text}" for one in layer.fields]
    assert lines[0] == "initiation fingerpost, b"
    assert "peer_up 10.0.0.1 AS 65001" in lines
    assert "route_monitoring pre-policy 10.0.0.1 AS 65001: update 1 prefix, path 65001" in lines
    assert "route_monitoring loc-rib AS 65002: update end of ipv4" in lines
    assert lines[-2].startswith("peer_down 10.0.0.1 AS 65001, remote notification")
    (up,) = (one for one in layer.fields if one.text == "10.0.0.1 AS 65001" and one.name != "x")
    inner = {one.name: one.text for one in up.fields}
    assert inner["local_address"] == "10.0.0.2"
    assert inner["received"].startswith("AS 65001") or "AS 65001" in inner["received"]


def test_segments_are_cut_into_messages_and_joined(tmp_path: Path) -> None:
    capture = tmp_path / "bmp.pcap"
    capture.write_bytes(packets(session(), 150))
    done = CliRunner().invoke(command, [str(capture), "--port", "5000=bmp", "--json"])
    assert done.exit_code == 0, done.output
    models = [json.loads(line) for line in done.output.splitlines()]
    said = [one.name for one in alone(session()).layer.fields]
    assert sorted(name for one in models for name in names(one)) == sorted(said)
    cut = [one for one in models if one["joined"]]
    assert cut
    assert all(one["fault"] is None for one in models)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_sees_the_same_numbers_in_it(tmp_path: Path) -> None:
    # tshark 4.0 takes the name of a table behind the OPENs (RFC 9069 5.2.1) for BGP
    capture, said = tmp_path / "bmp.pcap", session(local_rib=False)
    capture.write_bytes(packets(said, 300))
    words = ["tshark", "-r", str(capture), "-d", "tcp.port==5000,bmp", "-T", "fields"]
    words += ["-e", "bmp.length", "-e", "bmp.peer.asn", "-e", "bmp.peer.ip.addr"]
    read = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    rows = [one.split("\t") for one in read.splitlines()]
    cells = [",".join(column) for column in zip(*rows, strict=True)]
    theirs = [[cell for cell in column.split(",") if cell] for column in cells]
    ours: list[list[str]] = [[], [], []]
    for one in alone(said).layer.fields:
        inner = {field.name: field.text for field in one.fields}
        for column, name in zip(ours, ("length", "as", "address"), strict=True):
            column += [inner[name]] if name in inner else []
    assert theirs == ours


def test_kept_messages_are_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.bmp"
    kept.write_bytes(session() + b"\3\0\0\0\x40\0half")
    done = CliRunner().invoke(command, [str(kept), "--reencode"])
    assert done.exit_code == 0
    assert "differs" not in done.output
    assert "bmp: begun" in done.output
    kept.write_bytes(Initiation(()).encode() + b"\2\0\0\0\x40\0" + bytes(2_000))
    done = CliRunner().invoke(command, [str(kept)])
    assert done.exit_code == 1
    assert "bmp: broken header" in done.output
    assert "expected 3 and 6" in done.output


@pytest.mark.parametrize(
    ("data", "layer"), [(Keepalive().encode(), "bgp"), (Termination(()).encode(), "bmp")]
)
def test_a_message_alone_is_told_by_its_length(data: bytes, layer: str) -> None:
    done = CliRunner().invoke(command, [data.hex(), "--json"])
    model = json.loads(done.output)
    assert [one["protocol"] for one in model["layers"]] == [layer]
    assert model["linktype"] is None


def test_rare_fields_are_named() -> None:
    data = b"".join(
        one.encode()
        for one in (
            Termination(((1, b"\0\3"), (0, b"bye\n"))),
            PeerDown(PEER, DownReason.LOCAL, b"\0\x18"),
            RouteMirroring(PEER, ((1, b"\0\1"), (0, Keepalive().encode()), (9, b"x"))),
            Statistics(
                PEER, (Counted(0, 7), Counted(9, 8, (1, 1)), Counted(99, 0, None, b"x" * 9))
            ),
        )
    ) + bytes((3, 0, 0, 0, 8, 77, 1, 2))
    found = alone(data)
    assert found.fault is None
    assert found.reencode() == data
    end, down, mirrored, numbers, unknown = found.layer.fields
    assert end.text == "redundant"
    assert [one.text for one in end.fields[3:]] == ["redundant", "bye\ufffd"]
    assert (down.fields[-1].name, down.fields[-1].value) == ("event", 24)
    assert down.text == "2001:db8::1 AS 65001, local"
    assert [one.text for one in mirrored.fields[-3:]] == ["lost", "keepalive", "x"]
    assert [(one.name, one.value) for one in numbers.fields[-3:]] == [
        ("rejected", 7),
        ("adj_rib_in_of_family", 8),
        ("type_99", 0),
    ]
    assert unknown.text == "type 77, 2 bytes"


def test_bad_ports_are_refused() -> None:
    for word in ("5000", "x=bmp", "0=bmp", "5000=smtp"):
        done = CliRunner().invoke(command, ["00", "--port", word])
        assert "expected PORT=rip|ripng|bfd|bgp|bmp" in str(done.exception)


@settings(max_examples=60)
@given(st.integers(0, 400), st.binary(max_size=60), st.integers(0, 2000))
def test_anything_is_shown(start: int, wrong: bytes, at: int) -> None:
    data = session()[start:]
    data = data[:at] + wrong + data[at + len(wrong) :] if data[:at] else wrong or b"\0"
    found = alone(data)
    check(found.layer.fields, 0, len(data))
    assert len(found.reencode()) == len(data)


@given(st.integers(0, 1500))
def test_in_the_middle_of_a_stream_the_next_message_is_found(start: int) -> None:
    data, begins = session(), []
    for one in alone(session()).layer.fields:
        begins.append(one.offset)
    expected = next((one for one in begins if one >= start), -1)
    assert next_begin(data, start, len(data)) == expected
    assert expected < 0 or can_begin(data, expected, len(data))
