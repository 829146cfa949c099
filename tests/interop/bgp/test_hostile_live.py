"""Neighbours that mean harm, beside one of ours that does not: nothing happens to it, and each of
them is shown with what it did.
"""

from __future__ import annotations

import resource
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest

from bgp.raw import KEEPALIVE, update, withdrawal
from daemon.processes import Process, ended, two_spaces, wait
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Open
from fingerpost.bgp.packet.capabilities import As4, Multiprotocol
from interop.bgp import exposed
from netns import Namespace, inside, require_root

pytestmark = pytest.mark.slow

US, GOOD, STUCK, SLOW, FLOODS, DAMAGED, MANY, STRANGER = (f"10.0.0.{at}" for at in range(1, 9))
NETWORKS, FLOOD, BLOCK = 3_000, 60_000, 200
CONNECTIONS = 1_000
FLOOD_S = 6
PATIENCE_S = 40
MORE_MEMORY_KB = 150_000
NEIGHBORS = "".join(
    f"\n    10.0.0.{at}: {{as: 6500{at}, use: all, passive: {str(at != 2).lower()}}}"
    for at in range(2, 8)
)
TIMERS = "timers: {hold: 3s, idle-hold: 1s, connect-retry: 1s, send-hold: 6s}"
ATTACKED = f"""
kernel: {{enabled: false}}
bgp:
  as: 65001
  router-id: 10.0.0.1
  requires-policy: false
  templates: {{all: {{families: ipv4, {TIMERS}}}}}
  neighbors: {NEIGHBORS}
"""
OWN = [
    f"{{prefix: 10.2.{at >> 6}.{(at & 63) << 2}/30, needs-route: false}}" for at in range(NETWORKS)
]
BESIDE = f"""
kernel: {{enabled: false}}
bgp:
  as: 65002
  router-id: 10.0.0.2
  requires-policy: false
  networks: [{", ".join(OWN)}]
  neighbors: {{{US}: {{as: 65001, families: ipv4, {TIMERS}}}}}
"""


class Hostile:
    """A speaker at one of the addresses, on sockets that were opened in its namespace."""

    def __init__(self, space: Namespace, address: str) -> None:
        self.space, self.address = space, address
        self.asn = 65000 + int(address.rpartition(".")[2])
        self.over = Event()
        self.cannot: list[str] = []

    def connect(self, *, window: int = 0) -> socket.socket:
        with inside(self.space):
            made = socket.socket()
        if window:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        made.settimeout(20)
        made.bind((self.address, 0))
        made.connect((US, 179))
        return made

    def opened(self) -> bytes:
        able = (Multiprotocol(IPV4), As4(self.asn))
        return Open.of(self.asn, 3, self.asn, able).encode() + KEEPALIVE

    def say(self, connection: socket.socket, data: bytes) -> bool:
        """Whether it could be said."""
        try:
            connection.sendall(data)
        except OSError as error:
            self.cannot.append(str(error))
            return False
        return True


def stop_reading(one: Hostile) -> None:
    with one.connect(window=2_304) as connection:
        one.say(connection, one.opened())
        while not one.over.wait(0.5) and one.say(connection, KEEPALIVE):
            pass


def an_octet_a_second(one: Hostile) -> None:
    with one.connect() as connection:
        one.say(connection, one.opened())
        for octet in KEEPALIVE:
            if one.over.wait(1) or not one.say(connection, bytes((octet,))):
                return


def flood(one: Hostile) -> None:
    """The same prefixes again and again, with other attributes and without; all stay at the end."""
    blocks = [
        b"".join(struct.pack("!BHB", 24, 0x1400 | number >> 8, number & 255) for number in block)
        for block in (range(at, at + BLOCK) for at in range(0, FLOOD, BLOCK))
    ]
    next_hop = socket.inet_aton(one.address)

    def told(med: int) -> bytes:
        more = bytes((0x80, 4, 4)) + med.to_bytes(4, "big")
        return b"".join(update(block, one.asn, next_hop, more) for block in blocks)

    with one.connect() as connection:
        one.say(connection, one.opened())
        reader = Thread(target=_drain, args=(connection,))
        reader.start()
        gone, end = b"".join(map(withdrawal, blocks)), monotonic() + FLOOD_S
        for med in count():
            if monotonic() > end or not one.say(connection, told(med) + gone):
                break
        one.say(connection, told(1))
        while not one.over.wait(0.5) and one.say(connection, KEEPALIVE):
            pass
        connection.shutdown(socket.SHUT_RDWR)
        reader.join()


def _drain(connection: socket.socket) -> None:
    try:
        while connection.recv(1 << 16):
            pass
    except OSError:
        pass


def say_what_is_damaged(one: Hostile) -> None:
    """UPDATEs with attributes of lengths that they cannot have, then what is no message at all."""
    next_hop = socket.inet_aton(one.address)
    with one.connect() as connection:
        one.say(connection, one.opened())
        for at in range(88):
            more = bytes((0x80 if at & 1 else 0xC0, (4, 8, 9, 10, 16, 32)[at % 6], 3, at, 0, 0))
            one.say(connection, update(bytes((24, 172, 16, at)), one.asn, next_hop, more))
        sleep(1)
        one.say(connection, b"\xff" * 16 + b"\x00\x05\x01")
        one.over.wait()


def connect_often(one: Hostile) -> None:
    """All at once; what is refused may be refused."""
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            try:
                stack.enter_context(one.connect())
            except OSError as error:
                one.cannot.append(str(error))
        one.over.wait()


ATTACKS: dict[str, Callable[[Hostile], None]] = {
    STUCK: stop_reading,
    SLOW: an_octet_a_second,
    FLOODS: flood,
    DAMAGED: say_what_is_damaged,
    MANY: connect_often,
    STRANGER: connect_often,
}


@contextmanager
def attacks(space: Namespace) -> Iterator[dict[str, Hostile]]:
    """All of them at the same time, until the end of the block."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    hostile = {address: Hostile(space, address) for address in ATTACKS}
    threads = [Thread(target=attack, args=(hostile[at],)) for at, attack in ATTACKS.items()]
    try:
        for thread in threads:
            thread.start()
        yield hostile
    finally:
        for one in hostile.values():
            one.over.set()
        for thread in threads:
            thread.join(30)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


class Attacked:
    """Ours, and what is seen of it."""

    def __init__(self, router: Process) -> None:
        self.router = router

    def model(self) -> dict[str, Any]:
        found: dict[str, Any] = self.router.client.get("/v1/testing/bgp")
        return found

    def neighbor(self, address: str) -> dict[str, Any]:
        (found,) = [one for one in self.model()["neighbors"] if one["address"] == address]
        return dict(found)

    def received(self, address: str) -> int:
        return int(self.neighbor(address)["families"][0]["received"])

    def ended(self, address: str) -> str:
        """Why its last session ended."""
        last = self.neighbor(address)["last_end"]
        return "" if last is None else str(last["reason"])

    def memory_kb(self) -> int:
        lines = Path(f"/proc/{self.router.pid}/status").read_text().splitlines()
        (found,) = [line.split()[1] for line in lines if line.startswith("VmRSS")]
        return int(found)


def test_nobody_is_harmed_by_neighbours_that_mean_harm() -> None:
    require_root()
    with TemporaryDirectory(prefix="fp-") as folder, two_spaces() as (a, b):
        short_path = Path(folder)
        for address in ATTACKS:
            b.ip(f"addr add {address}/24 dev vb")
        router, good = Process(a, short_path, "a", ATTACKED), Process(b, short_path, "b", BESIDE)
        router.program = good.program = (sys.executable, str(Path(exposed.__file__)))
        with ended(router, good):
            router.start()
            good.start()
            us, beside = Attacked(router), Attacked(good)
            wait(lambda: us.received(GOOD) == NETWORKS, PATIENCE_S, "the good one's routes")
            memory = us.memory_kb()
            with attacks(b) as hostile:
                wait(lambda: us.ended(SLOW), PATIENCE_S, "the slow one's end")
                wait(lambda: us.ended(STUCK), PATIENCE_S, "the end of who does not read")
                wait(lambda: us.ended(DAMAGED), PATIENCE_S, "the end of who says nonsense")
                wait(lambda: us.received(FLOODS) == FLOOD, PATIENCE_S, "the flood's last word")
                wait(lambda: beside.received(US) == FLOOD, PATIENCE_S, "it is passed on")
                wait(lambda: us.model()["rejected"] >= CONNECTIONS, PATIENCE_S, "strangers refused")
                shown = us.model()
                assert not hostile[FLOODS].cannot
            assert us.neighbor(GOOD)["sessions"] == 1  # with keepalives in each three seconds
            assert beside.neighbor(US)["sessions"] == 1
            assert us.neighbor(FLOODS)["withdrawn"] >= FLOOD
            assert us.ended(STUCK) == "SendHoldTimer_Expires"
            assert us.ended(SLOW) == "HoldTimer_Expires"
            assert "bad length" in us.neighbor(DAMAGED)["notification_sent"]
            assert us.neighbor(DAMAGED)["fault_count"] > 50
            assert shown["connections"] < 20
            (stranger,) = [one for one in shown["strangers"] if one["address"] == STRANGER]
            assert stranger["connections"] == CONNECTIONS
            assert us.memory_kb() < memory + MORE_MEMORY_KB
