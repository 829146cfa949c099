"""Daemons as an operator starts them: processes in namespaces, asked over their sockets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Any

from fingerpost.api.client import Client, NoDaemonError
from netns import Namespace, namespaces, veth

FINGERPOST = (sys.executable, "-c", "from fingerpost.cli import main; main()")
_AT_ONCE = "triggered-least: 20ms, triggered-most: 60ms, first-most: 50ms"
QUICK = f"timers: {{update: 1s, jitter: 100ms, timeout: 6s, garbage: 4s, {_AT_ONCE}}}"
PATIENT = f"timers: {{update: 5s, jitter: 100ms, timeout: 90s, garbage: 60s, {_AT_ONCE}}}"
"""For those whose neighbour may be away for as long as a busy machine takes to start it."""
TELLS = f"""
rip:
  {QUICK}
  interfaces: {{va: }}
  redistribute: {{static: {{metric: 2}}}}
static:
  - blackhole 198.51.100.0/24
  - blackhole 203.0.113.0/24
"""
HEARS = f"""
rip:
  {QUICK}
  interfaces: {{vb: }}
  channel: {{import: no-test-net-3}}
prefix-lists: {{test-net-3: [permit 203.0.113.0/24]}}
policies:
  no-test-net-3:
    otherwise: accept
    statements: [{{name: test-net-3, match: {{prefix-list: test-net-3}}, then: reject}}]
static:
  - 192.0.2.0/24 via 10.0.0.1
"""


def wait(is_so: Callable[[], object], timeout: float = 10, what: str = "it") -> None:
    """Wait until something is so."""
    end = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < end, f"{what} is not so within {timeout} s"
        time.sleep(0.02)


class Process:
    """A daemon in `space`: its file is `folder`/NAME.yaml, and so on."""

    def __init__(self, space: Namespace, folder: Path, name: str, text: str) -> None:
        self.space, self.folder, self.name = space, folder, name
        self.file = folder / f"{name}.yaml"
        self.socket = folder / f"{name}.sock"
        self.client = Client(str(self.socket), timeout=10)
        self.process: subprocess.Popen[str] | None = None
        self.program: tuple[str, ...] = FINGERPOST
        self.write(text)

    def write(self, text: str) -> None:
        self.file.write_text(f"router: {{name: {self.name}}}\n{text}")

    def start(self, *words: str, before: tuple[str, ...] = (), **environment: str) -> None:
        """Start it, and wait until it answers; `before`: what runs it."""
        log = (self.folder / f"{self.name}.log").open("a")
        self.process = subprocess.Popen(
            [
                *("ip", "netns", "exec", self.space.name, *before),
                *(*self.program, "run", str(self.file)),
                *("--socket", str(self.socket), "--state", str(self.folder / f"{self.name}.state")),
                *words,
            ],
            stderr=log,
            stdout=log,
            text=True,
            env={**os.environ, **environment},
        )
        log.close()
        wait(self._is_ready, 20, f"{self.name} ready: {self.log}")

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log
        try:
            return bool(self.client.get("/v1/health")["status"] == "ok")
        except NoDaemonError:
            return False

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid  # ip becomes what it executes

    @property
    def log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text()

    def signal(self, number: Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def end(self, number: Signals = SIGTERM, timeout: float = 15) -> int:
        """Send a signal, wait for the end, and give its code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.signal(number)
        code = self.process.wait(timeout)
        self.process = None
        return code

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command of the operator about this router."""
        done = subprocess.run(
            [*FINGERPOST, *words, "--socket", str(self.socket)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def show(self, *words: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.run("show", *words, "--json").stdout)

    def has_logged(self, kind: str) -> bool:
        records = self.client.get("/v1/log", limit=1000)["records"]
        return any(record["kind"] == kind for record in records)

    def kernel(self, *words: str) -> dict[str, str]:
        """The kernel's routes with our number: by prefix, the gateway or the type."""
        found = {}
        for family in ("-4", "-6"):
            listed = self.space.run("ip", family, "-j", "route", "show", "proto", "70", *words)
            for route in json.loads(listed or "[]"):
                found[route["dst"]] = route.get("gateway", route.get("type", ""))
        return found


class NotifySocket:
    """The socket of a service manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(10)

    def take(self) -> dict[str, str]:
        lines = self._socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def take_other(self, than: str) -> dict[str, str]:
        while than in (taken := self.take()):
            pass
        return taken

    def close(self) -> None:
        self._socket.close()


@contextmanager
def two_spaces() -> Iterator[tuple[Namespace, Namespace]]:
    """Namespaces `a` and `b` with a cable va (10.0.0.1) - vb (10.0.0.2)."""
    with namespaces("a", "b") as (a, b):
        veth(a, "va", b, "vb")
        a.ip("addr add 10.0.0.1/24 dev va")
        b.ip("addr add 10.0.0.2/24 dev vb")
        yield a, b


@contextmanager
def ended(*daemons: Process) -> Iterator[None]:
    """End daemons at the end, whatever happens."""
    try:
        yield
    finally:
        for daemon in daemons:
            daemon.end(SIGKILL)
