"""Against tshark and scapy: they read what we send, and scapy builds the same bytes."""

from __future__ import annotations

import random
import shutil
import subprocess
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.protocol import events as ev
from fingerpost.rip import Algorithm, Key, KeyChain, RipInterface, Sending, SimplePassword
from fingerpost.rip.authentication_entry import Password
from fingerpost.rip.keys import Authenticator
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.pcap import RAW_IP, PcapngWriter
from fingerpost.wire.udp import Udp
from rip.single import LINKS, S, heard, heard_ng, machine, ng, rte, sent

UDP = 17


def capture(path: Path, datagrams: Iterable[ev.SendDatagram], source: str) -> None:
    """Write what a machine sends as packets."""
    own = Address(source)
    with path.open("wb") as file:
        writer = PcapngWriter(file, linktype=RAW_IP)
        for instant, one in enumerate(datagrams):
            udp = Udp(one.source_port, one.destination_port, one.payload)
            payload = udp.encode(own, one.destination)
            packet: Ipv4 | Ipv6 = (
                Ipv4(own, one.destination, UDP, payload, ttl=one.hop_limit)
                if own.version == 4
                else Ipv6(own, one.destination, UDP, payload, hop_limit=one.hop_limit)
            )
            writer.write(instant, packet.encode(), "eth0")


def tshark(path: Path, *words: str) -> list[str]:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    command = ["tshark", "-n", "-r", str(path), "-o", "udp.check_checksum:TRUE", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def complaints(path: Path, *, and_warnings: bool = True) -> list[str]:
    warned = " || _ws.expert.severity >= 0x600000" if and_warnings else ""
    return tshark(path, "-Y", f"_ws.malformed{warned}")


def fields(path: Path, names: str) -> list[list[str]]:
    words = [word for name in names.split() for word in ("-e", name)]
    lines = tshark(path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;", *words)
    return [line.split("\t") for line in lines]


AUTHENTICATORS: dict[str, Authenticator | None] = {
    "nobody": None,
    "password": SimplePassword(b"secret"),
    **{one.value: KeyChain((Key(3, b"secret", one),)) for one in Algorithm},
}


@pytest.mark.parametrize("name", AUTHENTICATORS)
def test_tshark_reads_a_day_of_rip(name: str, tmp_path: Path) -> None:
    interface = RipInterface("eth1", authenticator=AUTHENTICATORS[name])
    rip = machine(RipInterface("eth0"), interface, up=False)
    out = [*rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)]
    out += rip.receive(ev.InterfaceWentUp("eth1", LINKS["eth1"]), 0)
    routes = [rte(f"10.{n}.0.0/16", n % 16 + 1, tag=n) for n in range(1, 61)]
    out += rip.receive(heard(routes), 5 * S)
    out += rip.receive(ev.TimePassed(), 30 * S)
    out += rip.receive(ev.ShutdownRequested(), 31 * S)
    path = tmp_path / "rip.pcapng"
    capture(path, sent(out, "eth1"), "10.0.1.1")
    # its dissector knows digests of 16 bytes only, and warns of a trailer that is longer
    assert complaints(path, and_warnings="hmac" not in name) == []
    rows = fields(
        path, "rip.command rip.version rip.ip rip.metric rip.auth.type udp.checksum.status"
    )
    assert {row[1] for row in rows} == {"2"}
    assert rows[0][0] == "1"
    assert {row[0] for row in rows[1:]} == {"2"}
    told = {
        (address, metric)
        for row in rows[1:]
        for address, metric in zip(row[2].split(";"), row[3].split(";"), strict=True)
    }
    assert ("10.13.0.0", "15") in told
    assert ("10.13.0.0", "16") in told  # the end
    assert ("10.7.0.0", "9") in told
    types = {"nobody": "", "password": "2"}
    assert {row[4] for row in rows} == {types.get(name, "3")}
    assert {row[5] for row in rows} == {"1"}


def test_tshark_reads_version_1(tmp_path: Path) -> None:
    rip = machine(RipInterface("eth0"), RipInterface("eth1", sending=Sending.RIP_1))
    out = rip.receive(heard([rte("11.0.0.0/8"), rte("10.9.9.0/24")]), 5 * S)
    path = tmp_path / "rip.pcapng"
    capture(path, sent(out, "eth1"), "10.0.1.1")
    assert complaints(path) == []
    assert fields(path, "rip.version rip.ip rip.metric") == [["1", "10.9.9.0;11.0.0.0", "2;2"]]


def test_tshark_reads_ripng(tmp_path: Path) -> None:
    rip = machine(version="ng")
    routes = [ng(f"2001:db8:{n:x}::/48", n % 16 + 1, n) for n in range(0x100, 0x180)]
    out = rip.receive(heard_ng(*routes), 5 * S)
    out += rip.receive(ev.TimePassed(), 30 * S)
    path = tmp_path / "ripng.pcapng"
    capture(path, sent(out, "eth1"), "fe80::1:1")
    assert complaints(path) == []
    rows = fields(path, "ripng.cmd ripng.version ripng.rte.ipv6_prefix ripng.rte.metric")
    assert {(row[0], row[1]) for row in rows} == {("2", "1")}
    told = [pair for row in rows for pair in zip(row[2].split(";"), row[3].split(";"), strict=True)]
    assert ("2001:db8:103::", "5") in told
    assert ("2001:db8:10e::", "16") not in told  # 15 and one: never learned


def scapy() -> Any:  # noqa: ANN401 - scapy has no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("scapy.layers.rip", reason="scapy is not installed")


@pytest.mark.parametrize("seed", range(20))
def test_scapy_builds_and_reads_the_same_bytes(seed: int) -> None:
    layers = scapy()
    drawn = random.Random(seed)

    def address() -> Address:
        return Address(drawn.randbytes(4))

    entries = tuple(
        Rte(address(), address(), address(), drawn.randrange(1, 17), drawn.randrange(65536))
        for _ in range(drawn.randrange(1, 25))
    )
    password = Password(b"secret".ljust(16, b"\0")) if seed % 2 else None
    ours = RipPacket(2, 2, entries, password)
    made = layers.RIP(cmd=2, version=2)
    if password is not None:
        made /= layers.RIPAuth(authtype=2, password=b"secret".ljust(16, b"\0"))
    for one in entries:
        made /= layers.RIPEntry(
            AF=2,
            RouteTag=one.tag,
            addr=str(one.address),
            mask=str(one.mask),
            nextHop=str(one.next_hop),
            metric=one.metric,
        )
    assert bytes(made) == ours.encode()
    assert RipPacket.decode(bytes(made)) == ours


def test_a_table_request_is_that_of_the_rfcs() -> None:
    asked = bytes.fromhex("01020000" + "00" * 19 + "10")  # RFC 2453 3.9.1
    rip = machine(up=False)
    assert sent(rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0))[0].payload == asked
    rip = machine(version="ng", up=False)
    request = sent(rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0))[0].payload
    assert RipngPacket.decode(request).entries == (RteNg(Address("::"), 0, 16),)
