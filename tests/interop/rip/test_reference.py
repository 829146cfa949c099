"""In the place of either side of the reference configurations of the shared data: FRR's, BIRD's."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from daemon.processes import wait
from foreign import bird, frr, logged, require_frr
from netns import Namespace, namespaces, require_root, veth

pytestmark = pytest.mark.slow

PATIENCE_S = 40
FRR_DAEMONS = ("staticd", "ripd", "ripngd")
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
def side_of_bird(space: Namespace, lines: str, folder: Path) -> Iterator[None]:
    for address in SIDES["bird"][1]:
        space.ip(f"addr add {address} dev vbi")
    with bird(space, folder, lines):
        yield


@contextmanager
def side_of_frr(space: Namespace, lines: str, folder: Path) -> Iterator[None]:
    with frr(space, folder, dict.fromkeys(FRR_DAEMONS, "")):
        file = folder / "frr.conf"
        file.write_text(lines)
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
    require_frr(*FRR_DAEMONS)
    config = shared_data / "interop" / f"{peer}{'-auth' if is_signed else ''}.conf"
    side = {"bird": "frr", "frr": "bird"}[peer]
    with ExitStack() as stack:
        us, them = stack.enter_context(namespaces("us", "them"))
        for space in (us, them):
            space.sysctl(net__ipv6__conf__default__accept_dad=0)
        veth(us, SIDES[side][0], them, SIDES[peer][0])
        theirs = Path(stack.enter_context(TemporaryDirectory(prefix="fp-")))
        own = Path(stack.enter_context(TemporaryDirectory(prefix="fp-")))
        lines = config.read_text().replace("RUN/", f"{theirs}/")
        begin = {"bird": side_of_bird, "frr": side_of_frr}[peer]
        stack.enter_context(begin(them, lines, theirs))
        stack.enter_context(logged(us, own / "ours.log", *ours(us, side, is_signed, own)))
        wait(lambda: via(us) >= set(SIDES[peer][2]), PATIENCE_S, f"what {peer} told here")
        wait(lambda: via(them) >= set(SIDES[side][2]), PATIENCE_S, f"what we told {peer}")
