"""In the place of either side of the reference configurations of the shared data: FRR's, BIRD's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from daemon.processes import wait
from netns import Namespace, namespaces, require_root, veth
from rip.test_interop import FRR, frr_folder, running

pytestmark = pytest.mark.slow

PATIENCE_S = 40
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
OURS = """
static: [{prefix4} blackhole, {prefix6} blackhole]
key-chains: {{K: {{keys: [{{id: 1, secret: ripkey, algorithm: keyed-md5}}]}}}}
rip:
  interfaces: {{{link}: {{{signed}}}}}
  redistribute: [static]
  timers: &times {{update: 5s, jitter: 1s, timeout: 30s, garbage: 20s}}
ripng: {{interfaces: {{{link}: }}, redistribute: [static], timers: *times}}
api: {{socket: {folder}/api.sock}}
rollback: {{directory: {folder}/store}}
"""
# name of the link, addresses, what is told: of BIRD's side and of FRR's
SIDES = {
    "bird": ("vbi", ("10.0.0.1/24", "fd00::1/64"), ("10.101.1.0/24", "fd01:101::/48")),
    "frr": ("vfr", ("10.0.0.2/24", "fd00::2/64"), ("10.201.1.0/24", "fd02:201::/48")),
}


def ours(space: Namespace, side: str, is_signed: bool, folder: Path) -> list[str]:
    """The command that runs our router in the place of `side`."""
    link, addresses, (prefix4, prefix6) = SIDES[side]
    for address in addresses:
        space.ip(f"addr add {address} dev {link}")
    signed = "authentication: {key-chain: K}" if is_signed else ""
    names = {"prefix4": prefix4, "prefix6": prefix6, "link": link}
    file = folder / "router.yaml"
    file.write_text(OURS.format(signed=signed, folder=folder, **names))
    return [sys.executable, "-m", "fingerpost", "run", str(file)]


@contextmanager
def bird(space: Namespace, config: Path, folder: Path) -> Iterator[None]:
    for address in SIDES["bird"][1]:
        space.ip(f"addr add {address} dev vbi")
    file = folder / "bird.conf"
    file.write_text(config.read_text().replace("RUN/", f"{folder}/"))
    with running(space, "bird", "-f", "-c", str(file), "-s", str(folder / "ctl"), **QUIET):
        yield


@contextmanager
def frr(space: Namespace, config: Path, folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        sockets = ["--vty_socket", str(folder), "-z", str(folder / "zserv")]
        for daemon in ("zebra", "staticd", "ripd", "ripngd"):
            own = ["-f", "/dev/null", "-i", str(folder / f"{daemon}.pid"), "-P", "0"]
            stack.enter_context(running(space, str(FRR / daemon), *sockets, *own, **QUIET))
            wait((folder / "zserv").exists, PATIENCE_S)
            wait((folder / f"{daemon}.vty").exists, PATIENCE_S)
        file = folder / "frr.conf"
        file.write_text(config.read_text().replace("RUN/", f"{folder}/"))
        space.run("vtysh", "--vty_socket", str(folder), "-f", str(file), check=False)
        yield


def via(space: Namespace) -> set[str]:
    """The prefixes that lead to a gateway."""
    found = set()
    for family in ("-4", "-6"):
        rows = json.loads(space.run("ip", family, "-j", "route", "show") or "[]")
        found |= {row["dst"] for row in rows if "gateway" in row}
    return found


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("peer", ["bird", "frr"])
def test_beside_a_reference_configuration_both_kernels_have_what_the_other_told(
    peer: str, is_signed: bool, shared_data: Path
) -> None:
    require_root("bird", "vtysh")
    if not (FRR / "staticd").exists():
        pytest.skip(f"{FRR / 'staticd'} is not installed")
    config = shared_data / "interop" / f"{peer}{'-auth' if is_signed else ''}.conf"
    side = {"bird": "frr", "frr": "bird"}[peer]
    with ExitStack() as stack:
        us, them = stack.enter_context(namespaces("us", "them"))
        for space in (us, them):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        veth(us, SIDES[side][0], them, SIDES[peer][0])
        folder = stack.enter_context(frr_folder())
        stack.enter_context({"bird": bird, "frr": frr}[peer](them, config, folder))
        own = stack.enter_context(frr_folder())
        stack.enter_context(running(us, *ours(us, side, is_signed, own), **QUIET))
        wait(lambda: via(us) >= set(SIDES[peer][2]), PATIENCE_S, f"what {peer} told here")
        wait(lambda: via(them) >= set(SIDES[side][2]), PATIENCE_S, f"what we told {peer}")
