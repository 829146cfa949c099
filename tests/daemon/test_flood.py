"""A flood of valid updates starves neither the API nor the timers of the router."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from daemon.processes import QUICK, Process, ended, two_spaces, wait
from netns import require_root

pytestmark = pytest.mark.slow  # whole processes

FLOOD_S = 6
SPEAKS = """
    import socket, struct, time
    speaker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    speaker.bind(("10.0.0.2", 520))
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.0.0.2"))
    end, number = time.monotonic() + {seconds}, 0
    while time.monotonic() < end:
        entries = b""
        for _ in range(25):
            number += 1
            prefix = bytes([20, number >> 8 & 15, number & 255, 0])
            metric = 1 + (number >> 12) % 14
            numbers = 2, 0, prefix, bytes([255, 255, 255, 0]), bytes(4), metric
            entries += struct.pack("!HH4s4s4sI", *numbers)
        speaker.sendto(bytes([2, 2, 0, 0]) + entries, ("224.0.0.9", 520))
    print(number)
"""


def test_the_api_answers_and_updates_leave_while_updates_flood_in(short_path: Path) -> None:
    require_root()
    with two_spaces() as (a, b):
        router = Process(a, short_path, "flooded", f"rip: {{{QUICK}, interfaces: {{va: }}}}\n")
        with ended(router):
            router.start()
            program = textwrap.dedent(SPEAKS.format(seconds=FLOOD_S))
            flood = subprocess.Popen(
                ["ip", "netns", "exec", b.name, sys.executable, "-c", program],
                stdout=subprocess.PIPE,
                text=True,
            )
            try:
                wait(lambda: router.client.get("/v1/neighbors")["neighbors"])
                longest, asked, sent = _ask_all_the_while(router, flood)
                said = int(flood.communicate(timeout=10)[0])
            finally:
                flood.kill()
                flood.wait()
            assert said > 25_000  # routes that were told: it was a flood
            assert asked > 5
            assert longest < FLOOD_S / 2  # half a second where nothing else runs
            assert sent >= FLOOD_S // 2  # regular updates, owed each second, left meanwhile
            summary = router.client.get("/v1/rib/summary")
            assert summary["by_protocol"]["rip"] > 1000


def _ask_all_the_while(router: Process, flood: subprocess.Popen[str]) -> tuple[float, int, int]:
    """The longest time of an answer in seconds, how many came, and the updates that left."""
    before = _sent(router)
    longest, asked = 0.0, 0
    while flood.poll() is None:
        start = time.monotonic()
        router.client.get(("/v1/health", "/v1/routes", "/v1/interfaces")[asked % 3], limit=None)
        longest = max(longest, time.monotonic() - start)
        asked += 1
        time.sleep(0.02)
    return longest, asked, _sent(router) - before


def _sent(router: Process) -> int:
    (instance,) = router.client.get("/v1/rip")["instances"]
    counters = instance["status"]["interfaces"][0]["counters"]
    return int(counters["datagrams_out"])
