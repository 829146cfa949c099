"""Routers of others beside ours, FRR and BIRD: started in a namespace, ended with the test.

What a program prints is in NAME.log of its folder.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from daemon.processes import wait
from netns import Namespace, require_root

FRR = Path("/usr/lib/frr")
OWN_SOCKETS = {"bfdd": "--bfdctl"}  # beside those that all have
START_S = 20
END_S = 20


@contextmanager
def running(space: Namespace, *words: str, **options: Any) -> Iterator[subprocess.Popen[str]]:  # noqa: ANN401 - those of Popen
    """Run a program in a namespace; its end ends the program."""
    command = ["ip", "netns", "exec", space.name, *words]
    done = subprocess.Popen(command, text=True, **options)
    try:
        yield done
    finally:
        done.terminate()
        done.wait(END_S)


@contextmanager
def logged(space: Namespace, log: Path, *words: str) -> Iterator[None]:
    """The same, with what it prints in a file."""
    with log.open("w") as out, running(space, *words, stdout=out, stderr=out):
        yield


@contextmanager
def bird(space: Namespace, folder: Path, lines: str, *more: str) -> Iterator[None]:
    """BIRD with this configuration, and `more` options; skips where it is not installed."""
    require_root("bird")
    config = folder / "bird.conf"
    config.write_text(lines)
    words = ["bird", "-f", "-c", str(config), "-s", str(folder / "ctl"), *more]
    with logged(space, folder / "bird.log", *words):
        yield


def require_frr(*daemons: str) -> None:
    """Skip unless namespaces can be made here and these daemons of FRR are installed."""
    require_root()
    for daemon in ("zebra", *daemons):
        if not (FRR / daemon).exists():
            pytest.skip(f"{FRR / daemon} is not installed")


@contextmanager
def frr(space: Namespace, folder: Path, daemons: Mapping[str, str]) -> Iterator[None]:
    """Zebra and then these daemons of FRR, each with its configuration; all of them answer.

    The folder becomes theirs, and they must be able to reach it without being root: a
    `TemporaryDirectory`, not one of pytest. Skips where one of them is not installed.
    """
    require_frr(*daemons)
    shutil.chown(folder, "frr", "frr")
    with ExitStack() as stack:
        for name, lines in {"zebra": "", **daemons}.items():
            config = folder / f"{name}.conf"
            config.write_text(lines)
            config.chmod(0o644)
            stack.enter_context(frr_daemon(space, folder, name))
        yield


@contextmanager
def frr_daemon(space: Namespace, folder: Path, name: str) -> Iterator[None]:
    """One daemon of FRR, whose configuration is in the folder; it answers."""
    sockets = ["--vty_socket", str(folder), "-z", str(folder / "zserv")]
    own = ["-f", str(folder / f"{name}.conf"), "-i", str(folder / f"{name}.pid"), "-P", "0"]
    more = [OWN_SOCKETS[name], str(folder / f"{name}.ctl")] if name in OWN_SOCKETS else []
    words = [str(FRR / name), *sockets, *own, *more]
    with logged(space, folder / f"{name}.log", *words):
        for socket in (f"{name}.vty", "zserv"):
            wait((folder / socket).exists, START_S, f"{socket} of {name}")
        yield
