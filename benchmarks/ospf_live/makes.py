"""The routers that are measured, each in the namespace that it is given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

FRR = Path("/usr/lib/frr")
LINK, ADDRESS, ROUTER_ID = "v1", "10.9.0.2/30", "10.9.0.2"
_FRR = f"""
interface {LINK}
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 40
 ip ospf cost 10
exit
router ospf
 ospf router-id {ROUTER_ID}
exit
"""
_BIRD = f"""
router id {ROUTER_ID};
protocol device {{ }}
protocol kernel {{ ipv4 {{ export all; }}; }}
protocol ospf v2 {{
  ipv4 {{ import all; }};
  area 0 {{ interface "{LINK}" {{ type ptp; hello 1; dead 40; cost 10; }}; }};
}}
"""
_OURS = """
router: {{id: {id}}}
api: {{socket: {folder}/api.sock}}
rollback: {{directory: {folder}/store}}
ospf: {{interfaces: {{{link}: {{type: point-to-point, hello: 1s, dead: 40s, cost: 10}}}}}}
"""


def available() -> list[str]:
    """The makes that can be run here."""
    found = ["fingerpost"]
    if shutil.which("bird"):
        found.append("bird")
    if (FRR / "ospfd").exists():
        found.append("frr")
    return found


@contextmanager
def running(make: str, space: str, folder: Path) -> Iterator[list[int]]:
    """The router; gives the processes, the one that speaks OSPF first."""
    inside = ["ip", "netns", "exec", space]
    with ExitStack() as stack:

        def start(name: str, *words: str) -> int:
            log = stack.enter_context((folder / f"{name}.log").open("w"))
            process = subprocess.Popen([*inside, *words], stdout=log, stderr=log)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
            return process.pid

        if make == "fingerpost":
            config = folder / "router.yaml"
            config.write_text(_OURS.format(id=ROUTER_ID, folder=folder, link=LINK))
            yield [start("fingerpost", sys.executable, "-m", "fingerpost", "run", str(config))]
        elif make == "bird":
            config = folder / "bird.conf"
            config.write_text(_BIRD)
            yield [start("bird", "bird", "-f", "-c", str(config), "-s", str(folder / "ctl"))]
        else:
            shutil.chown(folder, "frr", "frr")
            sockets = ["--vty_socket", str(folder), "-z", str(folder / "zserv")]
            pids = []
            for name, lines in (("zebra", ""), ("ospfd", _FRR)):
                config = folder / f"{name}.conf"
                config.write_text(lines)
                config.chmod(0o644)
                own = ["-f", str(config), "-i", str(folder / f"{name}.pid"), "-P", "0"]
                more = ["-s", "16777216"] if name == "zebra" else []
                pids.append(start(name, str(FRR / name), *sockets, *own, *more))
                _await(folder / "zserv" if name == "zebra" else folder / f"{name}.vty")
            yield pids[::-1]


def _await(path: Path) -> None:
    deadline = monotonic() + 20
    while not path.exists():
        assert monotonic() < deadline, path
        sleep(0.01)
