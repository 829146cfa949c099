"""The routers that are measured, each in the namespace that it is given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

FRR = Path("/usr/lib/frr")
ASN, ROUTER_ID = 65_000, "10.0.0.1"
Neighbor = tuple[str, int]  # address, AS
Start = Callable[..., int]  # words of a command, gives its process
POLICY = "judged"


class Sets(NamedTuple):
    """What an import policy looks into: a path with one of these AS gets LOCAL_PREF 200, and of the
    others what is inside of one of these prefixes 150. Neither is told to another AS.
    """

    ases: list[int]
    prefixes: list[str]


def available() -> list[str]:
    """The makes that can be run here."""
    found = ["fingerpost"]
    if shutil.which("bird"):
        found.append("bird")
    if (FRR / "bgpd").exists():
        found.append("frr")
    if Path("/usr/sbin/bgpd").exists() and shutil.which("bgpctl"):
        found.append("openbgpd")
    if shutil.which("gobgpd"):
        found.append("gobgp")
    return found


def policies(make: str) -> bool:
    """Whether it can be given `Sets` here."""
    return make in ("fingerpost", "bird")


def kernel(make: str) -> bool:
    """Whether it can put routes into the kernel by itself."""
    return make in ("fingerpost", "bird", "frr")


@contextmanager
def running(
    make: str,
    space: str,
    folder: Path,
    neighbors: Sequence[Neighbor],
    *,
    fib: bool,
    sets: Sets | None = None,
) -> Iterator[list[int]]:
    """The router; gives its processes, the one that speaks BGP first."""
    inside = ["ip", "netns", "exec", space]
    with ExitStack() as stack:

        def start(*words: str) -> int:
            log = stack.enter_context((folder / f"{Path(words[0]).name}.log").open("a"))
            process = subprocess.Popen([*inside, *words], stdout=log, stderr=log)
            stack.callback(_end, process)
            return process.pid

        more = {} if sets is None else {"sets": sets}
        yield _STARTS[make](start, space, folder, neighbors, fib, **more)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _bird(
    start: Start,
    _space: str,
    folder: Path,
    neighbors: Sequence[Neighbor],
    fib: bool,
    sets: Sets | None = None,
) -> list[int]:
    judges = "all" if sets is None else f"filter {POLICY}"
    sessions = "".join(
        f"protocol bgp p{asn} {{ local {own(address)} as {ASN}; neighbor {address} as {asn};"
        f" hold time 240; ipv4 {{ import {judges}; export all; }}; }}\n"
        for address, asn in neighbors
    )
    if sets is not None:
        wide = ", ".join(f"{one}+" for one in sets.prefixes)
        sessions = (
            f"define cone = [ {', '.join(map(str, sets.ases))} ];\ndefine wide = [ {wide} ];\n"
            f"filter {POLICY} {{\n if bgp_path ~ cone then bgp_local_pref = 200;\n"
            " else if net ~ wide then bgp_local_pref = 150;\n accept;\n}\n"
        ) + sessions
    kernel_protocol = "protocol kernel { ipv4 { export all; }; }\n" if fib else ""
    text = f"router id {ROUTER_ID};\nprotocol device {{ }}\n{kernel_protocol}{sessions}"
    file = folder / "bird.conf"
    file.write_text(text)
    return [start("bird", "-f", "-c", str(file), "-s", str(folder / "bird.ctl"))]


def _frr(
    start: Start, space: str, folder: Path, neighbors: Sequence[Neighbor], fib: bool
) -> list[int]:
    folder.chmod(0o777)
    run = Path("/run/frr") / space
    run.mkdir(parents=True, exist_ok=True)
    run.chmod(0o777)
    for stale in run.glob("*.vty"):  # of a run before, which would not listen
        stale.unlink()
    (Path("/etc/frr") / space).mkdir(parents=True, exist_ok=True)
    (Path("/etc/frr") / space / "vtysh.conf").touch()
    common = ["-N", space, "-f", "/dev/null", "-P", "0", "--log", f"file:{folder}/frr.log"]
    zebra = start(str(FRR / "zebra"), *common, "-i", f"{folder}/zebra.pid", "-s", "16777216")
    sleep(0.5)
    alone = [] if fib else ["-n"]
    bgpd = start(str(FRR / "bgpd"), *common, "-i", f"{folder}/bgpd.pid", *alone)
    lines = [f"router bgp {ASN}", f" bgp router-id {ROUTER_ID}", " no bgp ebgp-requires-policy"]
    lines += [" timers bgp 60 240"]
    lines += [f" neighbor {address} remote-as {asn}" for address, asn in neighbors]
    file = folder / "frr.conf"
    file.write_text("\n".join([*lines, "exit", ""]))
    words = ["ip", "netns", "exec", space, "vtysh", "-N", space, "-f", str(file)]
    deadline = monotonic() + 20
    while not all((run / f"{name}.vty").exists() for name in ("zebra", "bgpd")):
        if monotonic() > deadline:
            raise TimeoutError("frr does not listen to vtysh")
        sleep(0.1)
    while (done := subprocess.run(words, capture_output=True, text=True, check=False)).returncode:
        if monotonic() > deadline:
            raise TimeoutError(f"frr did not take its configuration: {done.stdout}{done.stderr}")
        sleep(0.2)
    return [bgpd, zebra]


def _openbgpd(
    start: Start, _space: str, folder: Path, neighbors: Sequence[Neighbor], _fib: bool
) -> list[int]:
    Path("/run/openbgpd").mkdir(exist_ok=True)
    lines = [f"AS {ASN}", f"router-id {ROUTER_ID}", "fib-update no", f'socket "{folder}/bgpd.sock"']
    for address, asn in neighbors:
        lines += [f"neighbor {address} {{", f"  remote-as {asn}", "  holdtime 240", "}"]
    lines += ["allow from any", "allow to any", ""]
    file = folder / "bgpd.conf"
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    return [start("/usr/sbin/bgpd", "-d", "-f", str(file))]


def _gobgp(
    start: Start, _space: str, folder: Path, neighbors: Sequence[Neighbor], _fib: bool
) -> list[int]:
    text = f'[global.config]\nas = {ASN}\nrouter-id = "{ROUTER_ID}"\n'
    for address, asn in neighbors:
        text += (
            f'[[neighbors]]\n[neighbors.config]\nneighbor-address = "{address}"\npeer-as = {asn}\n'
            "[neighbors.timers.config]\nhold-time = 240\n"
        )
    file = folder / "gobgp.toml"
    file.write_text(text)
    return [start("gobgpd", "-f", str(file), "--api-hosts", "127.0.0.1:50051", "-l", "error")]


def _fingerpost(
    start: Start,
    _space: str,
    folder: Path,
    neighbors: Sequence[Neighbor],
    fib: bool,
    sets: Sets | None = None,
) -> list[int]:
    lines = [f"router: {{id: {ROUTER_ID}}}", f"api: {{socket: {folder}/api.sock}}"]
    lines += [f"rollback: {{directory: {folder}/store}}"]
    lines += [] if fib else ["kernel: {enabled: false}"]
    judges = "" if sets is None else f", import: {POLICY}"
    if sets is not None:
        wide = ", ".join(f"{one} le 32" for one in sets.prefixes)
        lines += [f"prefix-lists: {{wide: [{wide}]}}", f"as-sets: {{cone: {sets.ases}}}"]
        lines += ["policies:", f"  {POLICY}:"]
        lines += ["    - {match: {path-as: cone}, set: {local-preference: 200}, then: accept}"]
        lines += ["    - {match: {prefix-list: wide}, set: {local-preference: 150}}"]
        lines += ["    - {then: accept}"]
    lines += ["bgp:", f"  as: {ASN}", "  requires-policy: false", "  neighbors:"]
    for address, asn in neighbors:
        lines += [f"    {address}: {{as: {asn}, timers: {{hold: 240s}}{judges}}}"]
    file = folder / "router.yaml"
    file.write_text("\n".join([*lines, ""]))
    return [start(sys.executable, "-m", "fingerpost", "run", str(file))]


_STARTS = {
    "bird": _bird,
    "frr": _frr,
    "openbgpd": _openbgpd,
    "gobgp": _gobgp,
    "fingerpost": _fingerpost,
}


def own(address: str) -> str:
    """The address of the router on a neighbour's link."""
    return address.rpartition(".")[0] + ".1"


def cost(pids: Sequence[int]) -> tuple[float, int]:
    """CPU seconds and peak resident KB of processes and all that came of them."""
    seconds, memory = 0.0, 0
    for pid in _family(pids):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / 100
        peak = next((one for one in status.splitlines() if one.startswith("VmHWM")), "0 0 0")
        memory += int(peak.split()[1])
    return seconds, memory


def _family(pids: Sequence[int]) -> list[int]:
    found = list(pids)
    for pid in found:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
    return found
