"""Multicast, broadcast and unicast on a wire, and who is silent: two daemons and what they send."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daemon.processes import QUICK, Process, ended, two_spaces, wait
from netns import Namespace, require_root

pytestmark = pytest.mark.slow  # whole processes

OURS, THEIRS = "10.9.0.0/24", "10.8.0.0/24"


@contextmanager
def captured(space: Namespace, link: str, file: Path) -> Iterator[set[tuple[str, str, str]]]:
    """Source, destination and version of each RIP response that is on a link meanwhile."""
    seen: set[tuple[str, str, str]] = set()
    words = ("tcpdump", "-i", link, "-U", "-w", str(file), "udp port 520")
    process = subprocess.Popen(
        ["ip", "netns", "exec", space.name, *words], stderr=subprocess.DEVNULL
    )
    try:
        wait(file.exists)
        yield seen
    finally:
        process.terminate()
        process.wait(10)
    fields = ("-e", "ip.src", "-e", "ip.dst", "-e", "rip.version")
    read = ["tshark", "-r", str(file), "-Y", "rip.command == 2", "-T", "fields", *fields]
    text = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        source, destination, version = line.split("\t")
        seen.add((source, destination, version))


def _heard(router: Process) -> int:
    (instance,) = router.client.get("/v1/rip")["instances"]
    return int(instance["status"]["neighbors"][0]["responses"])


@pytest.mark.parametrize(
    ("a_says", "b_says", "a_sends", "b_sends"),
    [
        ("", "", ("224.0.0.9", "2"), ("224.0.0.9", "2")),
        ("send: 1-compatible", "", ("10.0.0.255", "2"), ("224.0.0.9", "2")),
        ("send: 1", "receive: 1", ("10.0.0.255", "1"), ("224.0.0.9", "2")),
        (
            *("passive: true, neighbors: [10.0.0.2]", "passive: true, neighbors: [10.0.0.1]"),
            *(("10.0.0.2", "2"), ("10.0.0.1", "2")),
        ),
        ("", "passive: true", ("224.0.0.9", "2"), None),
    ],
)
def test_updates_go_where_the_file_says(
    short_path: Path,
    a_says: str,
    b_says: str,
    a_sends: tuple[str, str],
    b_sends: tuple[str, str] | None,
) -> None:
    require_root("tcpdump", "tshark")
    with two_spaces() as (a, b):
        a.ip("addr replace 10.0.0.1/24 broadcast 10.0.0.255 dev va")
        a.ip("addr add 10.9.0.1/24 dev lo")
        b.ip("addr add 10.8.0.1/24 dev lo")
        text = f"rip: {{{QUICK}, interfaces: {{lo: {{announce-only: true}}, LINK: {{SAYS}}}}}}\n"
        ours = Process(a, short_path, "a", text.replace("LINK", "va").replace("SAYS", a_says))
        theirs = Process(b, short_path, "b", text.replace("LINK", "vb").replace("SAYS", b_says))
        with ended(ours, theirs), captured(a, "va", short_path / "va.pcap") as seen:
            ours.start()
            theirs.start()
            # version 1 too tells subnets: the link is in the same network of class A
            wait(lambda: theirs.kernel().get(OURS) == "10.0.0.1")
            if b_sends is None:
                assert THEIRS not in ours.kernel()
            else:
                wait(lambda: ours.kernel().get(THEIRS) == "10.0.0.2")
            wait(lambda: _heard(theirs) > 3)
    # what was asked for is answered to who asked
    ours_said = {one[1:] for one in seen if one[0] == "10.0.0.1"}
    theirs_said = {one[1:] for one in seen if one[0] == "10.0.0.2"}
    assert a_sends in ours_said
    assert {to for to, _ in ours_said} <= {a_sends[0], "10.0.0.2"}
    assert (b_sends in theirs_said) if b_sends else (theirs_said == set())
    assert not b_sends or {to for to, _ in theirs_said} <= {b_sends[0], "10.0.0.1"}
