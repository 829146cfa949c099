"""Puts frames on links and tells what came back after each; needs nothing but Python.

Standard input is one JSON object: `ports`, the names of the interfaces; `probes`, a list of
`{"frames": [[port, hex], ...], "fence": [port, hex], "mark": hex, "wait_s": seconds}`. A fence is
a frame that is known to come back by some port with the bytes `mark` in it: all that came before it
is the answer of its probe. Standard output is a list of lists of `[port, hex]`.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import sys
import time

_SOL_PACKET = 263
_ADD_MEMBERSHIP, _MR_PROMISC = 1, 1
_IGNORE_OUTGOING = 23
_ALL = socket.htons(0x0003)
_FENCE_S = 5.0
_QUIET_S = 0.2


def listener(ports: list[str]) -> socket.socket:
    """One socket for all ports, so that what it reads has one order."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, _ALL)
    made.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    for port in ports:
        request = struct.pack("=iHH8x", socket.if_nametoindex(port), _MR_PROMISC, 0)
        made.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, request)
    return made


def heard(ears: socket.socket, until: float) -> tuple[str, bytes] | None:
    """The next frame; None when the instant has passed."""
    left = until - time.monotonic()
    if left <= 0 or not select.select([ears], [], [], left)[0]:
        return None
    data, (port, *_) = ears.recvfrom(65535)
    return port, data


def answers(ears: socket.socket, mark: bytes) -> list[list[str]]:
    """All that comes before the fence."""
    until = time.monotonic() + _FENCE_S
    found: list[list[str]] = []
    while (got := heard(ears, until)) is not None:
        if mark in got[1]:
            return found
        found.append([got[0], got[1].hex()])
    raise SystemExit(f"the fence {mark.hex()} did not come back")


def main() -> None:
    """Run the batch."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # on one CPU nothing overtakes
    work = json.load(sys.stdin)
    ears = listener(work["ports"])
    until = time.monotonic() + 5
    while time.monotonic() < until and heard(ears, time.monotonic() + _QUIET_S):
        pass
    found = []
    for probe in work["probes"]:
        for port, frame in probe["frames"]:
            ears.sendto(bytes.fromhex(frame), (port, 0))
        time.sleep(probe["wait_s"])
        port, frame = probe["fence"]
        ears.sendto(bytes.fromhex(frame), (port, 0))
        found.append(answers(ears, bytes.fromhex(probe["mark"])))
    json.dump(found, sys.stdout)


main()
