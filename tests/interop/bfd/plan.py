"""Our daemon at 10.0.0.1 and fd00::1, another one at 10.0.0.2 and fd00::2, a cable between them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from daemon.processes import Process, wait
from foreign import bird, frr
from interop.bfd.cable import Cable, cable
from netns import Namespace, namespaces, require_root

PEERS = ("10.0.0.2", "fd00::2")
OURS = ("10.0.0.1", "fd00::1")
TIMES = "min-transmit: 100ms, min-receive: 100ms, multiplier: 3"
STATICS = "static: [10.9.0.0/16 via 10.0.0.2 bfd, 10.9.0.0/16 blackhole distance 200]"
PATIENCE_S = 20.0

FRR_PEERS = """
bfd
 peer 10.0.0.1 interface right
  transmit-interval 100
  receive-interval 100
  detect-multiplier 3
 exit
 peer fd00::1 local-address fd00::2 interface right
  transmit-interval 100
  receive-interval 100
  detect-multiplier 3
 exit
exit
"""
BIRD_PEERS = """
router id 10.0.0.2;
protocol device {{ }}
protocol bfd {{
  interface "right" {{
    min rx interval {receive} ms; min tx interval {transmit} ms; multiplier {multiplier};
    {signed}
  }};
  neighbor 10.0.0.1 dev "right";
  neighbor fd00::1 dev "right";
}}
"""


def ours(times: str = TIMES, more: str = "", peers: tuple[str, ...] = PEERS) -> str:
    """Our router.yaml."""
    listed = ", ".join(f'"{one}"' if one[0] != "{" else one for one in peers)
    return f"{STATICS}\nbfd: {{interfaces: {{left: {{{times}{more}}}}}, peers: [{listed}]}}\n"


@dataclass
class Place:
    """Both ends and what is between them."""

    us: Namespace
    them: Namespace
    cable: Cable
    folder: Path
    router: Process

    # ---- us

    @property
    def model(self) -> dict[str, Any]:
        found: dict[str, Any] = self.router.client.get("/v1/bfd")["status"]
        return found

    def session(self, peer: str = PEERS[0]) -> dict[str, Any]:
        wait(lambda: peer in self.statuses(), PATIENCE_S, f"there is a session with {peer}")
        (found,) = [one for one in self.model["sessions"] if one["peer"] == peer]
        return dict(found)

    def statuses(self) -> dict[str, str]:
        return {one["peer"]: one["status"] for one in self.model["sessions"]}

    def wait_up(self) -> None:
        wait(lambda: set(self.statuses().values()) == {"Up"}, PATIENCE_S, "every session is Up")

    def wait_for(self, what: str, value: object, peer: str = PEERS[0]) -> None:
        wait(lambda: self.session(peer)[what] == value, PATIENCE_S, f"{what} is {value}")

    def times_of(self, kind: str) -> list[float]:
        """When something happened, by the time of day."""
        records = self.router.client.get("/v1/log", limit=1000)["records"]
        told = [one["time"] for one in records if one["kind"] == kind]
        return [datetime.fromisoformat(one).timestamp() for one in told]

    def change(self, text: str) -> None:
        """Let our configuration be another one."""
        self.router.write(text)
        self.router.client.post("/v1/config/reload", {})

    def way(self) -> str:
        """The kernel's way to 10.9.0.0/16."""
        return self.router.kernel().get("10.9.0.0/16", "")

    def join_loopbacks(self) -> None:
        """Give both ends an address that is behind the other's."""
        for space, own, other, via in (
            (self.us, "10.255.0.1", "10.255.0.2", PEERS[0]),
            (self.them, "10.255.0.2", "10.255.0.1", OURS[0]),
        ):
            space.ip(f"address replace {own}/32 dev lo")
            space.ip(f"route replace {other}/32 via {via} src {own}")

    # ---- them

    def vtysh(self, *commands: str) -> str:
        words = [word for one in commands for word in ("-c", one)]
        done = subprocess.run(
            ["vtysh", "--vty_socket", str(self.folder), *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout

    def frr_peers(self) -> dict[str, dict[str, Any]]:
        return {one["peer"]: one for one in json.loads(self.vtysh("show bfd peers json"))}

    def birdc(self, *words: str) -> str:
        command = ["birdc", "-s", str(self.folder / "ctl"), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        return done.stdout

    def bird_sessions(self) -> dict[str, tuple[str, float, float]]:
        """State, interval and timeout in seconds, by neighbour."""
        found = {}
        for line in self.birdc("show", "bfd", "sessions").splitlines():
            words = line.split()
            if len(words) == 6 and words[1] == "right":
                found[words[0]] = (words[2], float(words[4]), float(words[5]))
        return found


@contextmanager
def place(text: str) -> Iterator[Place]:
    """Us, running, and nobody else."""
    require_root()
    with (
        namespaces("us", "middle", "them") as (us, middle, them),
        TemporaryDirectory(prefix="fp-", dir="/tmp") as folder,
    ):
        for space in (us, them):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        with cable(us, middle, them) as between:
            for space, name, host in ((us, "left", 1), (them, "right", 2)):
                space.ip(f"address add 10.0.0.{host}/24 dev {name}")
                space.ip(f"address add fd00::{host}/64 dev {name} nodad")
            path = Path(folder)
            path.chmod(0o755)
            router = Process(us, path, "us", text)
            router.start()
            try:
                yield Place(us, them, between, path, router)
            finally:
                router.end()


@contextmanager
def beside_frr(text: str, peers: str = FRR_PEERS) -> Iterator[Place]:
    """Us and bfdd of FRR."""
    with place(text) as found, frr(found.them, found.folder, {"bfdd": peers}):
        yield found


@contextmanager
def beside_bird(text: str, signed: str = "", **times: int) -> Iterator[Place]:
    """Us and BIRD."""
    with place(text) as found, bird(found.them, found.folder, bird_peers(signed, **times)):
        wait((found.folder / "ctl").exists, PATIENCE_S, "BIRD answers")
        yield found


def bird_peers(
    signed: str = "", *, transmit: int = 100, receive: int = 100, multiplier: int = 3
) -> str:
    return BIRD_PEERS.format(
        signed=signed, transmit=transmit, receive=receive, multiplier=multiplier
    )
