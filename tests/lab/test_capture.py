"""Captures: what is in them, and what reads them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from labs import chain, network

from fingerpost.errors import UsageError
from fingerpost.lab.link import Fate
from fingerpost.wire.pcap import read


def test_a_pcapng_has_an_interface_for_each_link(tmp_path: Path) -> None:
    net = network(chain(2))
    with net.capture(tmp_path / "all.pcapng") as capture:
        net["a"].ping("z", count=1, family=4)
    with (tmp_path / "all.pcapng").open("rb") as file:
        found = list(read(file))
    assert len(found) == len(capture) == 12, "question, answer, request and reply on three links"
    assert {one.interface for one in found} == {0, 1, 2}
    instants = [one.instant_ns or 0 for one in found]
    assert instants == sorted(instants)


def test_a_folder_has_a_pcap_for_each_link(tmp_path: Path) -> None:
    net = network(chain(2))
    with net.capture(tmp_path / "captures"):
        net["a"].ping("z", count=100, interval="1ms", size=1400, family=4)
    files = sorted(path.name for path in (tmp_path / "captures").iterdir())
    assert files == ["a-r1.pcap", "r1-r2.pcap", "r2-z.pcap"]
    with (tmp_path / "captures" / "r1-r2.pcap").open("rb") as file:
        assert sum(1 for _ in read(file)) == 202, "also what came after the buffer was written"


def test_lost_frames_are_there_with_a_comment(tmp_path: Path) -> None:
    net = network(chain(1))
    net.set("a-r1", loss="100%")
    with net.capture(tmp_path / "lost.pcapng"):
        net["a"].ping("z", count=1, timeout="1s", family=4)
    with (tmp_path / "lost.pcapng").open("rb") as file:
        assert {one.comment for one in read(file)} == {"lost"}


def test_what_never_came_onto_the_link_is_not_captured() -> None:
    net = network(chain(1))
    capture = net.capture()
    net.links["a-r1"].set_up(False)
    net["a"].ping("r1", count=1, timeout="1s", family=4)
    assert len(capture) == 0
    assert net.links["a-r1"].directions[0].counters.down > 0


def test_frames_in_memory_can_be_looked_at_and_saved(tmp_path: Path) -> None:
    net = network(chain(1))
    with net.capture(links=["r1-z"]) as capture:
        net["a"].ping("z", count=1, family=4)
    net["a"].ping("z", count=1, family=4)
    assert [frame.sender for frame in capture][:2] == ["r1:eth2", "z:eth1"]
    assert {frame.fate for frame in capture} == {Fate.SENT}
    assert len(capture.frames) == 4, "nothing after the block"
    path = capture.save(tmp_path / "one.pcap")
    with path.open("rb") as file:
        assert [one.data for one in read(file)] == [frame.frame for frame in capture]
    assert repr(capture) == "<Capture of 1 links: 4 frames>"


def test_a_file_that_is_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        network(chain(1)).capture(tmp_path / "notes.txt")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_finds_nothing_wrong_in_a_capture(tmp_path: Path) -> None:
    net = network(chain(2))
    net["z"].serve("echo")
    # one link: a segment that is seen three times looks like a retransmission
    with net.capture(tmp_path / "all.pcapng", "r1-r2"):
        for family in (4, 6):
            net["a"].ping("z", count=2, size=2000, family=family)
            net["a"].traceroute("z", family=family)
            server = net["z"].listen(80 + family)
            stream = net["a"].connect("z", 80 + family, family=family)
            stream.send(b"hello" * 2000)
            server.accept().receive(10_000)
            stream.close()
    done = subprocess.run(
        [
            *("tshark", "-r", str(tmp_path / "all.pcapng"), "-o", "ip.check_checksum:TRUE"),
            *("-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"),
            *("-Y", "_ws.expert.severity >= warning || _ws.malformed", "-T", "fields"),
            *("-e", "frame.number", "-e", "_ws.expert.message"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    faults = [line for line in done.stdout.splitlines() if "No response seen" not in line]
    assert faults == []


def test_standard_output_is_no_folder_of_captures() -> None:
    with pytest.raises(UsageError, match="name a file or a folder"):
        network(chain(1)).capture("-")
