"""`fingerpost bmp listen`: a station that prints what routers say."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner

from bgp.test_dissect_bmp import session
from fingerpost.addr import Address
from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.packet.header import encode_header
from fingerpost.bmp import Initiation, PeerHeader, RouteMonitoring
from fingerpost.cli.bmp.listen import Listening, command
from fingerpost.errors import UsageError

PEER = PeerHeader(Address("10.0.0.1"), 65001, 1)
BROKEN = encode_header(MessageType.UPDATE, b"\xff\xff\0\0")  # more is withdrawn than there is


class Heard:
    """What was printed for a router that said some octets."""

    def __init__(self, capsys: pytest.CaptureFixture[str], station: Listening) -> None:
        self._capsys, self.station = capsys, station
        self.lines: list[str] = []
        self.errors = ""

    def _look(self) -> None:
        found = self._capsys.readouterr()
        self.lines += found.out.splitlines()
        self.errors += found.err

    async def _said(self, octets: bytes, *, leaves: bool) -> None:
        running = asyncio.create_task(self.station.run("127.0.0.1", 0))
        async with asyncio.timeout(20):
            while " port " not in self.errors:
                await asyncio.sleep(0.01)
                self._look()
            port = int(self.errors.split()[-1])
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            for at in range(0, len(octets), 700):
                writer.write(octets[at : at + 700])
                await writer.drain()
            if leaves:
                writer.close()
            await running
            writer.close()
        self._look()

    def say(self, octets: bytes, *, leaves: bool = True) -> None:
        asyncio.run(self._said(octets, leaves=leaves))


def heard(
    capsys: pytest.CaptureFixture[str], count: int | None = None, *, as_json: bool = False
) -> Heard:
    return Heard(capsys, Listening(count, is_once=True, as_json=as_json))


def test_a_line_is_printed_for_each_prefix_in_each_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = heard(capsys)
    found.say(session())
    path = "10.0.0.1|65001|192.0.2.0/24|65001|IGP|10.0.0.1|0|0||NAG||"
    kinds = [line.split("|")[0] for line in found.lines]
    assert kinds[0] == "BMP initiation"
    assert "BMP down" in kinds
    for view in ("pre-policy", "post-policy"):
        (told,) = (one for one in found.lines if one.startswith(f"BMP {view}|"))
        assert told.endswith(f"|A|{path}")
    ours = [one.split("|")[2] for one in found.lines if one.startswith("BMP loc-rib|")]
    assert ours == ["A", "W"]
    assert found.station.faults == 0


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = heard(capsys, as_json=True)
    found.say(session())
    models = [json.loads(line) for line in found.lines]
    assert {one["view"] for one in models} == {"pre-policy", "post-policy", "loc-rib"}
    assert {one["prefix"] for one in models} == {"192.0.2.0/24"}


def test_it_stops_after_so_many_lines_though_the_router_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = heard(capsys, 2)
    found.say(session(), leaves=False)
    assert len(found.lines) == 2


def test_what_is_no_bmp_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    found = heard(capsys)
    found.say(Initiation(((2, b"r1"),)).encode() + b"GET / HTTP/1.1\r\n\r\n")
    assert len(found.lines) == 1
    assert found.station.faults == 1
    assert "127.0.0.1: BMP: version is 71" in found.errors


def test_an_update_that_nobody_can_read_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    found = heard(capsys)
    found.say(RouteMonitoring(PEER, BROKEN).encode() + Initiation(((2, b"r1"),)).encode())
    assert found.lines == ["BMP initiation|'r1'"]
    assert "127.0.0.1: BGP UPDATE: " in found.errors
    assert found.station.faults == 0


def test_an_address_that_is_not_ours_is_refused() -> None:
    done = CliRunner().invoke(command, ["--at", "192.0.2.99"])
    assert isinstance(done.exception, UsageError)
    assert "192.0.2.99 port 11019: " in str(done.exception)
