"""A recorded peer speaks again: to machines in virtual time, and by TCP on this machine."""

from __future__ import annotations

import io
import json
import socket
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fingerpost.addr import Address
from fingerpost.bgp.attributes import AsPath, AttributeSet, NextHop, Origin, OriginCode
from fingerpost.bgp.packet import Keepalive, Notification, Open
from fingerpost.bgp.packet.capabilities import As4
from fingerpost.bgp.records import heard_in, line_of
from fingerpost.bgp.records.playing import (
    Playback,
    RecordedTable,
    recorded_updates,
    update_messages,
)
from fingerpost.cli import cli
from fingerpost.errors import DecodeError, LoadError, UsageError
from fingerpost.mrt import (
    Ends,
    MessageSeen,
    PeerIndex,
    Rib,
    RibEntry,
    TablePeer,
)

ONE, OTHER = Address("192.0.2.1"), Address("192.0.2.2")
HERE = "127.0.0.1"


def attributes(*path: int) -> bytes:
    made = AttributeSet.of(Origin(OriginCode.IGP), AsPath.of(*path), NextHop.of(ONE))
    return made.encode()


def table(count: int = 300) -> bytes:
    """Two peers; the first says all prefixes, by three sets of attributes."""
    index = PeerIndex(1, (TablePeer(ONE, 65001), TablePeer(OTHER, 65002)))
    out = index.record(0).encode()
    for number in range(count):
        nlri = bytes((24, 10, number >> 8, number & 255))
        entries = [RibEntry(0, 1, attributes(65001, 65100 + number % 3))]
        if number < 5:
            entries.append(RibEntry(1, 1, attributes(65002)))
        out += Rib(0, number, 1, 1, nlri, tuple(entries)).record().encode()
    return out


def updates() -> bytes:
    """Three messages of one peer, a second apart."""
    recorded = RecordedTable(io.BytesIO(table(9)))
    (first, *_) = [octets for _, octets in recorded.messages(recorded.peers[0])]
    ends = Ends(65001, 65000, ONE, OTHER)
    out, instant = b"", 0
    while first:
        length = int.from_bytes(first[16:18], "big")
        out += MessageSeen(instant, ends, first[:length]).record().encode()
        first, instant = first[length:], instant + 1_000_000_000
    return out


def test_a_table_is_packed_by_its_attributes() -> None:
    recorded = RecordedTable(io.BytesIO(table()))
    assert [(one.address, one.asn, one.count) for one in recorded.peers] == [
        (ONE, 65001, 300),
        (OTHER, 65002, 5),
    ]
    octets = b"".join(octets for _, octets in recorded.messages(recorded.peers[0]))
    assert octets.count(b"\xff" * 16) == 3 + 2  # three sets, two ends of tables


def test_one_peer_of_a_table_is_chosen() -> None:
    recorded = RecordedTable(io.BytesIO(table()), 65002)
    assert [one.count for one in recorded.peers] == [0, 5]
    recorded = RecordedTable(io.BytesIO(table()), ONE)
    assert [one.count for one in recorded.peers] == [300, 0]


def test_another_next_hop_is_told() -> None:
    recorded = RecordedTable(io.BytesIO(table(1)))
    told = b"".join(octets for _, octets in recorded.messages(recorded.peers[0], OTHER))
    assert b"\x40\x03\x04" + OTHER.packed in told
    assert b"\x40\x03\x04" + ONE.packed not in told


def test_messages_come_in_their_times() -> None:
    (who,) = recorded_updates(io.BytesIO(updates()))
    assert (who.address, who.count) == (ONE, 3)
    for speed, wanted in ((1, [0, 1, 2]), (2, [0, 0.5, 1]), (0, [0, 0, 0])):
        found = [due for due, _ in update_messages(io.BytesIO(updates()), who, speed)]
        assert found == [one * 1_000_000_000 for one in wanted]
    with pytest.raises(UsageError):
        next(update_messages(io.BytesIO(updates()), who, -1))


def test_a_session_opens_keeps_alive_and_tells() -> None:
    playback = Playback(65001, 1, [(0, b"first"), (5, b"second")], hold_s=90)
    playback.connected()
    opening = Open.decode_body(playback.take(999, 0)[19:])
    assert opening.asn == 65001
    playback.receive(Open.of(65000, 30, 2, [As4(65000)]).encode(), 0)
    assert playback.take(999, 0) == Keepalive().encode()
    assert playback.take(999, 0) == b""
    playback.receive(Keepalive().encode(), 100)
    assert playback.take(999, 100) == b"first"
    assert playback.next_deadline(101) == 105
    assert playback.take(999, 105) == b"second"
    third = 30_000_000_000 // 3
    assert playback.next_deadline(106) == 100 + third
    assert playback.take(999, 100 + third) == Keepalive().encode()
    playback.receive(Notification(6, 2).encode(), 200)
    assert playback.ended is not None


def test_a_file_that_is_no_dump_is_refused() -> None:
    with pytest.raises(DecodeError, match="offset"):
        RecordedTable(io.BytesIO(b"\0" * 300 + b"\xff" * 300))
    with pytest.raises(LoadError):
        RecordedTable("/nowhere/rib.bz2")


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), standalone_mode=False, catch_exceptions=False)


def test_who_is_in_a_file_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "rib.mrt"
    file.write_bytes(table())
    found = run("bgp", "replay", str(file), "--list")
    assert found.output.splitlines() == ["192.0.2.1 AS65001 300", "192.0.2.2 AS65002 5"]
    shown = run("mrt", "show", str(file), "--count", "1", "--json")
    assert json.loads(shown.output)["attributes"]["as_path"] == "65001 65100"


def router(server: socket.socket, said: list[bytes]) -> None:
    """Take one session, agree, and note what comes until the other goes."""
    connection, _ = server.accept()
    with connection:
        connection.settimeout(10)
        connection.sendall(Open.of(65000, 90, 2, [As4(65000)]).encode() + Keepalive().encode())
        while data := connection.recv(1 << 16):
            said.append(data)


def test_a_dump_is_told_by_tcp(tmp_path: Path) -> None:
    file = tmp_path / "rib.mrt"
    file.write_bytes(table())
    said: list[bytes] = []
    with socket.create_server((HERE, 0)) as server:
        other = threading.Thread(target=router, args=(server, said))
        other.start()
        port = str(server.getsockname()[1])
        found = run("bgp", "replay", str(file), "--to", HERE, "--port", port)
        other.join(10)
    assert found.exit_code == 0
    octets = b"".join(said)
    ends = Ends(65001, 65000, ONE, ONE)
    told = set()
    while octets:
        length = int.from_bytes(octets[16:18], "big")
        seen = MessageSeen(0, ends, octets[:length])
        told |= {line_of(one).split("|")[5] for one in heard_in(seen, None)}
        octets = octets[length:]
    assert told == {f"10.{n >> 8}.{n & 255}.0/24" for n in range(300)}


def test_nobody_there_is_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "rib.mrt"
    file.write_bytes(table(1))
    with socket.create_server((HERE, 0)) as server:
        port = str(server.getsockname()[1])
    with pytest.raises(UsageError, match=port):
        run("bgp", "replay", str(file), "--to", HERE, "--port", port)
