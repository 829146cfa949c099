"""Restarts without a gap with FRR and BIRD (RFC 3623, RFC 5187): each make restarts in a line of
routers while packets go through it, and its neighbours of other makes help.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGTERM
from time import monotonic, sleep

import pytest

from foreign import bird, frr_daemon
from interop.lossless import lossless
from interop.ospf import written_bird
from interop.ospf.network import Routers, Site, network, wait_slowly
from interop.ospf.plan import Plan, Wire, loopbacks, router_id
from interop.ospf.views import birdc, full, model

pytestmark = pytest.mark.slow

FIRST, FRR, MIDDLE, BIRD, LAST = range(5)
MAKES = ("fingerpost", "frr", "fingerpost", "bird", "fingerpost")
VERSIONS = (2, 3)
LOCAL = {2: "router ospf", 3: "router ospf6"}
OURS = "graceful-restart: {enabled: true, period: 60s}\nmin-ls-interval: 1s"
THEIRS = " graceful-restart grace-period 25\n graceful-restart helper enable"
FRR_STATES = tuple(Path(f"/run/frr/{name}-gr.json") for name in ("ospfd", "ospf6d"))
PING_S = 0.1


def plan() -> Plan:
    """A line; all may restart and all help."""
    words = {(FRR, version): THEIRS for version in VERSIONS}
    words[FRR, 2] += "\n capability opaque"
    words |= {(site, version): OURS for site in (FIRST, MIDDLE, LAST) for version in VERSIONS}
    wires = tuple(Wire((at, at + 1), is_point_to_point=True) for at in range(4))
    return Plan(MAKES, wires, words=words)


def bird_lines(*, is_slow: bool = False) -> str:
    """BIRD's configuration with restarts; `is_slow`: it does not agree with its last neighbour."""
    text = written_bird.written(plan(), BIRD)
    text = text.replace("ecmp yes;", "ecmp yes; graceful restart on; graceful restart time 60;")
    text = text.replace("merge paths on;", "merge paths on; graceful restart on;")
    if is_slow:
        text = re.sub('("e3" .*) hello 1;', r"\1 hello 2;", text)
    return "graceful restart wait 30;\n" + text


@pytest.fixture(scope="module")
def line() -> Iterator[Routers]:
    with network(plan(), starts=False) as found:
        for site in found.sites:
            if site.make != "bird":
                site.start()
        site = found.sites[BIRD]
        site.running_now.enter_context(bird(site.space, site.folder, bird_lines()))
        for site in found.sites:
            wait_slowly(site.answers, f"{site.make} {site.number} answers")
        found.standstill(2)
        yield found


def lasting(found: Routers, *, are_watched: Callable[[], bool]) -> None:
    """Nobody's kernel loses a way to a loopback as long as this is asked for."""
    wanted = [set(table) for table in found.tables()]
    deadline = monotonic() + 40
    while not are_watched():
        for site, table, had in zip(found.sites, found.tables(), wanted, strict=True):
            assert had <= set(table), (
                f"{site.make} {site.number} lost {had - set(table)}\n{_views(found)}"
            )
        assert monotonic() < deadline, "it is not over within 40 s\n" + _views(found)
        sleep(0.2)


def _views(found: Routers) -> str:
    said = [f"{site.number}: {[full(site, one) for one in VERSIONS]}" for site in found.sites]
    for site in (FIRST, MIDDLE, LAST):
        if not found.sites[site].answers():
            continue
        for version in VERSIONS:
            told = model(found.sites[site], version)
            said.append(f"{site} v{version}: {told['restart']} {told['helped']}")
            said += [f"  {one['detail']}" for one in told["events"][-12:]]
    return "\n".join(said)


@contextmanager
def traffic(found: Routers, start: int, end: int) -> Iterator[None]:
    """Packets of both families go from one site to another all the time, and none is lost."""
    pairs = [
        (loopbacks(start)[":" in address].partition("/")[0], address.split("/")[0])
        for address in loopbacks(end)
    ]
    with lossless(found.sites[start].space, pairs, every_s=PING_S, rest_s=0.5):
        yield


def helped(site: Site, version: int, whom: int) -> dict[str, object]:
    """How we help or helped a neighbour; nothing if we never did."""
    found = [one for one in model(site, version)["helped"] if one["router_id"] == router_id(whom)]
    return found[-1] if found else {}


def are_helping(found: Routers, whom: int, *helpers: int) -> None:
    """Wait until all of these help, in both versions."""
    deadline = monotonic() + 10
    while not all(
        helped(found.sites[one], version, whom).get("ended", 0) is None
        for one in helpers
        for version in VERSIONS
    ):
        assert monotonic() < deadline, f"not everybody helps\n{_views(found)}"
        sleep(0.2)


def over(found: Routers, whom: int, *helpers: int) -> Callable[[], bool]:
    """Whether every helper of ours has seen the restart to its end."""
    return lambda: all(
        helped(found.sites[one], version, whom).get("ended") is not None
        for one in helpers
        for version in VERSIONS
    )


def whys(found: Routers, whom: int, *helpers: int) -> set[object]:
    """Why the help ended, by version."""
    return {
        helped(found.sites[one], version, whom).get("why")
        for one in helpers
        for version in VERSIONS
    }


def command(site: Site, *words: str) -> str:
    """What a command of ours prints."""
    line = [sys.executable, "-m", "fingerpost", *words, "--socket", str(site.folder / "api.sock")]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=True).stdout


def test_frr_and_bird_help_when_we_restart(line: Routers) -> None:
    site = line.sites[MIDDLE]
    with traffic(line, FRR, BIRD):
        assert "ospf, ospf3" in command(site, "restart")
        lasting(line, are_watched=lambda: not site.answers())
        site.running_now.close()
        assert (site.folder / "store" / "restart.json").exists()
        site.start()
        wait_slowly(site.answers)
        assert not (site.folder / "store" / "restart.json").exists()

        def is_over() -> bool:
            return all(model(site, one)["restart"]["ended"] is not None for one in VERSIONS)

        lasting(line, are_watched=is_over)
        for version in VERSIONS:
            outcome = model(site, version)["restart"]["outcome"]
            assert outcome == "all neighbors are there again", _views(line)
        assert "has restarted" in command(site, "show", "ospf", "status")
        ended = monotonic()
        lasting(line, are_watched=lambda: monotonic() > ended + 6)


def test_we_help_bird_when_it_restarts(line: Routers) -> None:
    site = line.sites[BIRD]
    with traffic(line, MIDDLE, LAST):
        birdc(site, "graceful", "restart")
        wait_slowly(lambda: not site.answers())
        are_helping(line, BIRD, MIDDLE, LAST)
        assert "is helped for" in command(line.sites[MIDDLE], "show", "ospf", "neighbors")
        site.running_now.close()
        # 2.0.12 takes its router-LSA back if it ends its restart within 5 s after getting it back
        lines = bird_lines(is_slow=True)
        site.running_now.enter_context(bird(site.space, site.folder, lines, "-R"))
        wait_slowly(lambda: all("e2" in full(site, version) for version in VERSIONS))
        begun = monotonic()
        lasting(line, are_watched=lambda: monotonic() > begun + 6)
        (site.folder / "bird.conf").write_text(bird_lines())
        birdc(site, "configure")
        lasting(line, are_watched=over(line, BIRD, MIDDLE, LAST))
    assert whys(line, BIRD, MIDDLE, LAST) == {"it has taken its grace LSA back"}, _views(line)


def test_we_help_frr_when_it_restarts(line: Routers) -> None:
    site = line.sites[FRR]
    with ExitStack() as stack, traffic(line, FIRST, MIDDLE):
        for path in FRR_STATES:
            stack.callback(path.unlink, missing_ok=True)
        for name, family in (("ospfd", "ip"), ("ospf6d", "ipv6")):
            said = f"graceful-restart prepare {family} ospf"
            site.space.run("vtysh", "--vty_socket", str(site.folder), "-d", name, "-c", said)
        are_helping(line, FRR, FIRST, MIDDLE)
        for name in ("ospfd", "ospf6d"):
            os.kill(int((site.folder / f"{name}.pid").read_text()), SIGTERM)
            wait_for_end(site, name)
        for name in ("ospfd", "ospf6d"):
            (site.folder / f"{name}.vty").unlink(missing_ok=True)
            site.running_now.enter_context(frr_daemon(site.space, site.folder, name))
        lasting(line, are_watched=over(line, FRR, FIRST, MIDDLE))
    # 8.4.4: in one of some twenty runs a neighbour never saw it taken back, and its time was over
    ends = {"it has taken its grace LSA back", "its grace period is over"}
    assert whys(line, FRR, FIRST, MIDDLE) <= ends, _views(line)


def wait_for_end(site: Site, name: str) -> None:
    """Until a daemon of FRR is gone."""
    pid = (site.folder / f"{name}.pid").read_text().strip()
    words = ["ip", "netns", "pids", site.space.name]

    def is_gone() -> bool:
        return pid not in subprocess.run(words, capture_output=True, text=True).stdout.split()

    wait_slowly(is_gone, f"{name} ended")
