"""tshark and scapy read what we write, and find the same in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.constants import AS_TRANS, CeaseError
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.nlri import encode_prefix
from fingerpost.bgp.packet import Keepalive, Message, Notification, Open, RouteRefresh, Update
from fingerpost.bgp.packet import capabilities as of
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.pcap import RAW_IP
from fingerpost.wire.pcap_file import PcapWriter
from fingerpost.wire.tcp import Tcp, TcpFlag

ONE, OTHER = Address("10.0.0.1"), Address("10.0.0.2")
FIELDS = (
    "bgp.type",
    "bgp.length",
    "bgp.open.myas",
    "bgp.open.holdtime",
    "bgp.open.identifier",
    "bgp.cap.type",
    "bgp.cap.4as",
    "bgp.update.path_attribute.origin",
    "bgp.update.path_attribute.as_path_segment.as4",
    "bgp.update.path_attribute.next_hop",
    "bgp.update.path_attribute.multi_exit_disc",
    "bgp.update.path_attribute.local_pref",
    "bgp.update.path_attribute.originator_id",
    "bgp.nlri_prefix",
    "bgp.prefix_length",
    "bgp.notify.major_error",
    "bgp.notify.communication",
    "_ws.malformed",
)


def opening() -> Open:
    able = (
        of.Multiprotocol(IPV4),
        of.Multiprotocol(IPV6),
        of.RouteRefreshCapability(),
        of.ExtendedNextHop((of.NextHopFamily(IPV4, 2),)),
        of.ExtendedMessage(),
        of.RoleCapability(3),
        of.GracefulRestart(120, (of.Restarting(IPV4, True),), True, True),
        of.As4(70_000),
        of.AddPath((of.AddPathFamily(IPV4, 3),)),
        of.EnhancedRouteRefresh(),
        of.LongLivedGracefulRestart((of.LongLived(IPV4, False, 3600),)),
        of.Fqdn(b"r1", b"example"),
    )
    return Open.of(70_000, 90, 0x0A000001, able)


def updates(count: int, seed: int) -> list[tuple[Update, attr.AttributeSet, list[Prefix]]]:
    """UPDATEs with many kinds of attributes; what they say beside them."""
    rng, made = Random(seed), []
    for _ in range(count):
        path = attr.AsPath.of(*(rng.randint(1, 0xFFFF_FFFF) for _ in range(rng.randint(1, 6))))
        some: list[attr.Attribute] = [
            attr.MultiExitDisc(rng.getrandbits(32)),
            attr.LocalPref(rng.getrandbits(32)),
            attr.AtomicAggregate(),
            attr.Aggregator(rng.randint(1, 0xFFFF_FFFF), rng.getrandbits(32)),
            attr.Communities(tuple(rng.getrandbits(32) for _ in range(rng.choice((1, 90))))),
            attr.OriginatorId(rng.randint(1, 0xFFFF_FFFF)),
            attr.ClusterList((rng.getrandbits(32), 2)),
            attr.ExtendedCommunities((0x0002_FDE8_0000_0001,)),
            attr.LargeCommunities(((1, 2, rng.getrandbits(32)),)),
            attr.OnlyToCustomer(rng.randint(1, 0xFFFF_FFFF)),
            attr.Aigp.of(rng.getrandbits(40)),
        ]
        told = attr.AttributeSet.of(
            attr.Origin(rng.choice(list(attr.OriginCode))),
            path,
            attr.NextHop.of(Address(rng.randint(0x0B000000, 0x0BFFFFFF).to_bytes(4, "big"))),
            *rng.sample(some, rng.randint(0, len(some))),
        )
        prefixes = [
            Prefix(Address(rng.getrandbits(32).to_bytes(4, "big")), rng.randint(8, 32))
            for _ in range(rng.randint(1, 5))
        ]
        nets = [Prefix(one.network, one.length) for one in prefixes]
        made.append((Update(b"", told.encode(), b"".join(map(encode_prefix, nets))), told, nets))
    return made


def by_tshark(path: Path, messages: Sequence[Message]) -> list[dict[str, list[str]]]:
    """Write a capture of one message a segment, and have it read."""
    sequence = 1
    with path.open("wb") as file:
        writer = PcapWriter(file, RAW_IP)
        for number, one in enumerate(messages):
            data = one.encode()
            flags = TcpFlag.ACK | TcpFlag.PSH
            segment = Tcp(50_000, 179, sequence, 1, flags, 1000, payload=data).encode(ONE, OTHER)
            writer.write(number, Ipv4(ONE, OTHER, 6, segment).encode())
            sequence += len(data)
    words = [word for field in FIELDS for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-o", "bgp.asn_len:4", "-T", "json", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return [one["_source"]["layers"] for one in json.loads(done.stdout)]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_the_same(tmp_path: Path) -> None:
    stop = Notification.shutdown(CeaseError.ADMINISTRATIVE_SHUTDOWN, "bye")
    lead: list[Message] = [opening(), Keepalive(), RouteRefresh(IPV6), stop]
    told = updates(40, seed=6)
    rows = by_tshark(tmp_path / "bgp.pcap", [*lead, *(one for one, _, _ in told)])
    assert [row["bgp.type"] for row in rows] == [["1"], ["4"], ["5"], ["3"], *[["2"]] * 40]
    assert not any("_ws.malformed" in row for row in rows)
    first, end = rows[0], rows[3]
    assert first["bgp.open.myas"] == [str(AS_TRANS)]
    assert first["bgp.open.identifier"] == ["10.0.0.1"]
    assert first["bgp.cap.4as"] == ["70000"]
    assert first["bgp.cap.type"] == [str(one.code) for one in opening().capabilities]
    assert (end["bgp.notify.major_error"], end["bgp.notify.communication"]) == (["6"], ["bye"])
    for row, (_, said, nets) in zip(rows[4:], told, strict=True):
        assert row["bgp.nlri_prefix"] == [str(one.network) for one in nets]
        assert row["bgp.prefix_length"] == [str(one.length) for one in nets]
        path = row["bgp.update.path_attribute.as_path_segment.as4"]
        assert [int(one) for one in path] == list(said.as_path.numbers)
        check(row, "multi_exit_disc", said.med)
        check(row, "local_pref", said.local_preference)


def check(row: dict[str, list[str]], name: str, value: int | None) -> None:
    """A number of tshark's is ours, or both have none."""
    found = row.get(f"bgp.update.path_attribute.{name}")
    assert (None if found is None else int(found[0])) == value


def scapy_bgp() -> Any:  # noqa: ANN401 - scapy has no types
    with warnings.catch_warnings():
        # scapy imports ciphers that the cryptography package has deprecated: not our warning
        warnings.simplefilter("ignore")
        return pytest.importorskip("scapy.contrib.bgp", reason="scapy is not installed")


def test_scapy_reads_the_same() -> None:
    scapy = scapy_bgp()
    scapy.bgp_module_conf.use_2_bytes_asn = False
    for one, said, nets in updates(40, seed=7):
        read = scapy.BGP(one.encode())[scapy.BGPUpdate]
        assert [str(net.prefix) for net in read.nlri] == [str(net) for net in nets]
        codes = [int(row.type_code) for row in read.path_attr]
        assert codes == [row.code for row in said]
        path = next(row.attribute for row in read.path_attr if row.type_code == 2)
        assert list(path.segments[0].segment_value) == list(said.as_path.numbers)
    read = scapy.BGP(opening().encode())[scapy.BGPOpen]
    assert (read.my_as, read.hold_time, read.bgp_id) == (AS_TRANS, 90, "10.0.0.1")
    again = scapy.BGP(RouteRefresh(IPV6).encode())[scapy.BGPRouteRefresh]
    assert (again.afi, again.safi) == (2, 1)
