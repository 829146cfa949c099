"""OpenBGPD, GoBGP and ExaBGP in a namespace, as `foreign` has BIRD and FRR; `ended` ends one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foreign import logged
from netns import Namespace, require_root

OPENBGPD = Path("/usr/sbin/bgpd")  # FRR's daemon of that name is elsewhere
HELPER = """
import os, sys
heard = open({heard!r}, "ab", buffering=0)
said = {said!r}
sys.stdout.write(open(said).read())
sys.stdout.flush()
while line := sys.stdin.readline():
    heard.write(line.encode())
"""


@contextmanager
def openbgpd(space: Namespace, folder: Path, lines: str) -> Iterator[None]:
    """OpenBGPD with this configuration, whose control socket is `ctl` of the folder."""
    require_root("bgpctl")
    if not OPENBGPD.exists():
        pytest.skip(f"{OPENBGPD} of OpenBGPD is not installed")
    Path("/run/openbgpd").mkdir(exist_ok=True)  # it does chroot to there
    config = folder / "bgpd.conf"
    config.write_text(f'socket "{folder}/ctl"\nfib-update no\n{lines}')
    config.chmod(0o600)
    with logged(space, folder / "bgpd.log", str(OPENBGPD), "-d", "-f", str(config)):
        yield


@contextmanager
def gobgp(space: Namespace, folder: Path, lines: str) -> Iterator[None]:
    """GoBGP with this configuration; it is asked by `gobgp` inside the namespace."""
    require_root("gobgpd", "gobgp")
    config = folder / "gobgp.toml"
    config.write_text(lines)
    words = ("gobgpd", "-f", str(config), "--api-hosts", "127.0.0.1:50051", "-l", "info", "-p")
    with logged(space, folder / "gobgpd.log", *words):
        yield


@contextmanager
def exabgp(space: Namespace, folder: Path, lines: str, said: str = "") -> Iterator[None]:
    """ExaBGP with these neighbours, whose helper `helper` says `said` and notes all in `heard`.

    A neighbour that is to use it has `api { processes [ helper ]; ... }`.
    """
    require_root("exabgp")
    (folder / "said").write_text(said)
    helper = folder / "helper.py"
    helper.write_text(HELPER.format(heard=str(folder / "heard"), said=str(folder / "said")))
    config = folder / "exabgp.conf"
    process = f"process helper {{ run {sys.executable} {helper}; encoder json; }}\n"
    config.write_text(process + lines)
    settings = {
        "exabgp.daemon.user": "root",
        "exabgp.api.cli": "false",
        "exabgp.api.ack": "false",
        "exabgp.tcp.bind": "0.0.0.0",
        "exabgp.log.level": "INFO",
        "exabgp.cache.attributes": "false",
    }
    words = [shutil.which("env") or "env", *(f"{name}={value}" for name, value in settings.items())]
    with logged(space, folder / "exabgp.log", *words, "exabgp", str(config)):
        yield


def have_all() -> list[str]:
    """The makes that are installed here."""
    if os.geteuid() != 0:
        return []
    have = {
        "bird": shutil.which("bird") is not None,
        "frr": Path("/usr/lib/frr/bgpd").exists(),
        "gobgp": shutil.which("gobgpd") is not None,
        "openbgpd": OPENBGPD.exists() and shutil.which("bgpctl") is not None,
        "exabgp": shutil.which("exabgp") is not None,
    }
    return [make for make, is_there in have.items() if is_there]
