"""Network namespaces for tests: made by the test, gone when it ends, nothing else touched."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

COUNT = iter(range(1_000_000))
_CLONE_NEWNET = 0x4000_0000
_LIBC = ctypes.CDLL(None, use_errno=True)


def require_root(*tools: str) -> None:
    """Skip unless namespaces can be made here and every tool is installed."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    for tool in ("ip", *tools):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


class Namespace:
    """One namespace; `run` runs a command in it and gives what it printed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, *words: str, timeout: float = 30, check: bool = True) -> str:
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *words],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout + done.stderr

    def ip(self, words: str) -> str:
        """Run `ip WORDS` in the namespace."""
        return self.run("ip", *words.split())

    def sysctl(self, **settings: int) -> None:
        """Set kernel parameters of the namespace; a double underscore stands for the dot."""
        for name, value in settings.items():
            self.run("sysctl", "-qw", f"{name.replace('__', '.')}={value}")


@contextmanager
def namespaces(*names: str) -> Iterator[list[Namespace]]:
    """Fresh namespaces with their loopback up; deleted at the end whatever happens."""
    made: list[Namespace] = []
    try:
        for name in names:
            space = Namespace(f"fp{os.getpid()}-{next(COUNT)}-{name}")
            subprocess.run(["ip", "netns", "add", space.name], check=True, capture_output=True)
            made.append(space)
            space.ip("link set lo up")
        yield made
    finally:
        for space in made:
            subprocess.run(["ip", "netns", "del", space.name], check=False, capture_output=True)


def veth(left: Namespace, left_name: str, right: Namespace, right_name: str) -> None:
    """A cable between two namespaces, both ends up."""
    words = f"link add {left_name} type veth peer name {right_name} netns {right.name}"
    left.ip(words)
    left.ip(f"link set {left_name} up")
    right.ip(f"link set {right_name} up")


def _enter(descriptor: int) -> None:
    if _LIBC.setns(descriptor, _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


@contextmanager
def inside(namespace: Namespace) -> Iterator[None]:
    """Be in a namespace, with this thread alone; what it opens there stays there."""
    mine = f"/proc/self/task/{threading.get_native_id()}/ns/net"
    back = os.open(mine, os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(Path("/run/netns") / namespace.name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(there)
        yield
    finally:
        _enter(back)
        os.close(there)
        os.close(back)
