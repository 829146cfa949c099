"""`fingerpost decode` of control packets, and tshark's word for the same bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bfd.pair import NAMES, Pair, S, timed, watching
from bfd.test_authentication import asked
from bfd.test_packet import PACKETS, PLAIN, decoded
from fingerpost.addr import Address
from fingerpost.bfd import AuthenticationType, BfdInterface, State
from fingerpost.bfd.authentication_section import DigestSection, PasswordSection
from fingerpost.bfd.packet import ControlPacket
from fingerpost.cli.decode import command
from fingerpost.cli.dissectors import dissectors
from fingerpost.errors import DecodeError
from fingerpost.wire.dissect import Dissection, dissect
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.pcap_file import PcapWriter
from fingerpost.wire.udp import Udp

ONE, OTHER = Address("10.0.0.1"), Address("10.0.0.2")


def carried(
    payload: bytes, source: Address = ONE, target: Address = OTHER, port: int = 3784
) -> bytes:
    datagram = Udp(61_000, port, payload).encode(source, target)
    return Ipv4(source, target, 17, datagram, ttl=255).encode()


def taken(payload: bytes, port: int = 3784) -> Dissection:
    return dissect(carried(payload, port=port), RAW_IP, dissectors=dissectors())


@pytest.mark.parametrize("port", [3784, 4784])
def test_a_packet_is_shown_in_the_words_of_the_rfc(port: int) -> None:
    layer = taken(PLAIN, port).layers[-1]
    assert (layer.protocol, layer.summary) == ("bfd", "Up")
    shown = {field.name: field.text for field in layer.fields}
    assert shown["state"] == "3 (Up)"
    assert shown["diagnostic"] == "0 (No Diagnostic)"
    assert shown["desired_min_tx_interval"] == "300 ms"
    assert shown["my_discriminator"] == str(0x9FB205D6)


def test_a_password_is_shown_to_nobody() -> None:
    section = PasswordSection(1, b"sesame")
    signed = ControlPacket(State.UP, 3, 1, 2, 1, 1, authentication=section)
    done = CliRunner().invoke(command, [carried(signed.encode()).hex(), "--link", "ip"])
    assert "Simple Password" in done.output, done.output
    assert "sesame" not in done.output
    assert b"sesame".hex() not in done.output.partition("authentication")[2]


@given(PACKETS.map(ControlPacket.encode) | st.binary(max_size=80))
def test_layers_end_where_packets_do_and_faults_are_the_decoders(payload: bytes) -> None:
    packet = carried(payload)
    found = dissect(packet, RAW_IP, dissectors=dissectors())
    assert all(one.offset <= one.end <= len(packet) for one in found.layers)
    if payload:
        (layer,) = [one for one in found.layers if one.protocol == "bfd"]
        assert (layer.fault is not None) is isinstance(decoded(payload), DecodeError)


@pytest.mark.parametrize("kind", [None, *AuthenticationType], ids=str)
def test_tshark_reads_every_packet_of_a_session_as_we_meant_it(
    kind: AuthenticationType | None, tmp_path: Path
) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    times = timed(100, 80).timers
    signing = BfdInterface("eth0", times, authentication=None if kind is None else asked(kind))
    one = Pair(configs={name: watching(name, signing) for name in NAMES})
    one.run(5 * S)
    one.cut()
    one.run(2 * S)
    path = tmp_path / "bfd.pcap"
    with path.open("wb") as file:
        capture = PcapWriter(file, RAW_IP)
        for sent in one.sent:
            ends = (ONE, OTHER) if sent.sender == "a" else (OTHER, ONE)
            capture.write(sent.instant, carried(sent.datagram.payload, *ends))
    packets = read_by_tshark(path)
    assert len(packets) == len(one.sent) > 60
    for shown, sent in zip(packets, one.sent, strict=True):
        assert shown == fields_of(sent.packet)


FIELDS = (
    *("bfd.version", "bfd.diag", "bfd.sta", "bfd.flags.p", "bfd.flags.f", "bfd.flags.c"),
    *("bfd.flags.a", "bfd.flags.d", "bfd.flags.m", "bfd.detect_time_multiplier"),
    *("bfd.my_discriminator", "bfd.your_discriminator", "bfd.desired_min_tx_interval"),
    *("bfd.required_min_rx_interval", "bfd.required_min_echo_interval", "bfd.auth.type"),
    *("bfd.auth.key", "bfd.auth.seq_num", "_ws.malformed", "_ws.expert"),
)


def read_by_tshark(path: Path) -> list[dict[str, int]]:
    words = [word for field in FIELDS for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-o", "udp.check_checksum:TRUE", "-T", "json"]
    done = subprocess.run(
        [*command, *words], capture_output=True, text=True, timeout=60, check=True
    )
    found = []
    for one in json.loads(done.stdout):
        layers = one["_source"]["layers"]
        found.append({name: int(value[0], 0) for name, value in layers.items()})
    return found


def fields_of(packet: ControlPacket) -> dict[str, int]:
    said = {
        "bfd.version": 1,
        "bfd.diag": packet.diagnostic,
        "bfd.sta": packet.state,
        "bfd.flags.p": packet.poll,
        "bfd.flags.f": packet.final,
        "bfd.flags.c": 0,
        "bfd.flags.a": packet.authentication is not None,
        "bfd.flags.d": 0,
        "bfd.flags.m": 0,
        "bfd.detect_time_multiplier": packet.multiplier,
        "bfd.my_discriminator": packet.my_discriminator,
        "bfd.your_discriminator": packet.your_discriminator,
        "bfd.desired_min_tx_interval": packet.desired_min_tx_us,
        "bfd.required_min_rx_interval": packet.required_min_rx_us,
        "bfd.required_min_echo_interval": 0,
    }
    section = packet.authentication
    if section is not None:
        said["bfd.auth.type"] = section.type
        said["bfd.auth.key"] = 1
    if isinstance(section, DigestSection):
        said["bfd.auth.seq_num"] = section.sequence
    return {name: int(value) for name, value in said.items()}
