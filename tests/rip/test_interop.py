"""Beside BIRD and FRR in network namespaces: both learn from us, and we from them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import pytest

from foreign import bird, frr, require_frr, running
from netns import Namespace, namespaces, require_root, veth

TESTS = Path(__file__).resolve().parent.parent
OURS = {"2": "10.77.0.0/16", "ng": "2001:db8:77::/48"}
THEIRS = {"2": "10.66.0.0/16", "ng": "2001:db8:66::/48"}
PATIENCE_S = 20

Faults: TypeAlias = dict[str, int]

BIRD = """
router id 10.0.0.2;
protocol device {{ }}
protocol kernel {{ {channel} {{ export all; }}; }}
protocol static {{ {channel}; route {theirs} blackhole; }}
protocol rip {kind} {{
  {channel} {{ import all; export where source = RTS_STATIC; }};
  interface "right" {{
    update time 2; timeout time 12; garbage time 8;
    {authentication}
  }};
}}
"""
SIGNED = 'authentication cryptographic; password "key" {{ id 1; algorithm {}; }};'
BIRD_KEYS = {
    "none": "",
    "password": 'authentication plaintext; password "key";',
    "keyed-md5": SIGNED.format("keyed md5"),
    "hmac-sha-1": SIGNED.format("hmac sha1"),
    "hmac-sha-256": SIGNED.format("hmac sha256"),
    "hmac-sha-384": SIGNED.format("hmac sha384"),
    "hmac-sha-512": SIGNED.format("hmac sha512"),
}
FRR_KEYS = {
    "none": "",
    "password": " ip rip authentication mode text\n ip rip authentication string key\n",
    "keyed-md5": " ip rip authentication mode md5\n ip rip authentication key-chain K\n",
}


def eventually(seen: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if seen():
            return True
        time.sleep(0.1)
    return seen()


@contextmanager
def speaker(space: Namespace, version: str, algorithm: str, log: Path) -> Iterator[Any]:
    own = "10.0.0.1/24" if version == "2" else link_local(space)
    words = [sys.executable, "-m", "rip.speaker", "left", version, own]
    paths = os.pathsep.join([str(TESTS), *sys.path])
    with log.open("w") as out:
        options = {
            "stdin": subprocess.PIPE,
            "stdout": out,
            "env": {**os.environ, "PYTHONPATH": paths},
        }
        with running(space, *words, algorithm, "key", OURS[version], **options) as process:
            yield process


def link_local(space: Namespace) -> str:
    (link,) = json.loads(space.run("ip", "-j", "-6", "addr", "show", "dev", "left"))
    return ",".join(f"{one['local']}/{one['prefixlen']}" for one in link["addr_info"])


def last(log: Path) -> dict[str, Any]:
    lines = [line for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {"table": {}}
    return found


def in_kernel(space: Namespace, prefix: str) -> bool:
    return prefix in space.run("ip", "-6" if ":" in prefix else "-4", "route", "show", prefix)


@contextmanager
def two_ends() -> Iterator[tuple[Namespace, Namespace]]:
    with namespaces("us", "them") as (us, them):
        for space in (us, them):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        veth(us, "left", them, "right")
        us.ip("address add 10.0.0.1/24 dev left")
        them.ip("address add 10.0.0.2/24 dev right")
        assert eventually(lambda: "fe80" in link_local(us))
        yield us, them


def check(us: Namespace, them: Namespace, version: str, algorithm: str, tmp_path: Path) -> Faults:
    """Both learn, then we say goodbye and they forget; gives what we did not take."""
    log = tmp_path / "log"
    with speaker(us, version, algorithm, log) as process:
        learned = eventually(lambda: last(log)["table"].get(THEIRS[version]) == 2)
        assert learned, log.read_text()
        assert eventually(lambda: in_kernel(them, OURS[version]))
        faults: Faults = last(log)["faults"]
        process.stdin.close()
        process.wait(10)
    assert eventually(lambda: not in_kernel(them, OURS[version]))
    return faults


@pytest.mark.parametrize(
    ("version", "algorithm"), [("ng", "none"), *(("2", name) for name in BIRD_KEYS)]
)
def test_bird_and_we_learn_from_each_other(version: str, algorithm: str, tmp_path: Path) -> None:
    require_root("bird")
    lines = BIRD.format(
        channel="ipv4" if version == "2" else "ipv6",
        kind="" if version == "2" else "ng",
        theirs=THEIRS[version],
        authentication=BIRD_KEYS[algorithm],
    )
    with two_ends() as (us, them), bird(them, tmp_path, lines):
        assert check(us, them, version, algorithm, tmp_path) == {}


@pytest.mark.parametrize(
    ("version", "algorithm"), [("ng", "none"), *(("2", name) for name in FRR_KEYS)]
)
def test_frr_and_we_learn_from_each_other(version: str, algorithm: str, tmp_path: Path) -> None:
    name = "ripd" if version == "2" else "ripngd"
    require_frr(name)
    lines = ""
    if version == "2":
        lines = "key chain K\n key 1\n  key-string key\n exit\nexit\n"
        lines += f"interface right\n{FRR_KEYS[algorithm]}exit\n"
    lines += f"router {name.removesuffix('d')}\n network right\n timers basic 5 30 20\n"
    lines += " redistribute kernel\nexit\n"
    with two_ends() as (us, them), TemporaryDirectory(prefix="fp-frr-") as folder:
        them.ip(f"-{'4' if version == '2' else '6'} route add blackhole {THEIRS[version]}")
        with frr(them, Path(folder), {name: lines}):
            faults = check(us, them, version, algorithm, tmp_path)
    if algorithm != "none":  # ripd asks once before it has read its keys
        assert faults.pop("authentication missing", 0) <= 1
    assert faults == {}
