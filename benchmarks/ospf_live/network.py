"""A whole network of another make: one namespace a router, cold start to full kernel tables.

Names, wires, addresses and costs are those that our lab gives the same file; the rest is what the
make does by default, on point-to-point links. The clock runs from the start of the first daemon
until each kernel has a route of the daemon for every network of others. Processes and namespaces
are gone when it ends, however it ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from fingerpost.lab.model import Lab
from fingerpost.lab.network import Network
from ospf_live.kernel import Table
from ospf_live.makes import FRR

STEP_S = 120  # of `ip`, and for daemons to end
LOOK_S = 0.25  # between two looks at the tables


@dataclass(frozen=True, slots=True)
class Node:
    """A router: its namespace, its addresses and costs by interface, the networks of others."""

    space: str
    router_id: str
    loopback: tuple[str, ...]
    interfaces: dict[str, tuple[tuple[str, ...], int]]
    wanted: frozenset[tuple[bytes, int]]


def started(make: str, file: Path, patience_s: float) -> dict[str, object]:
    """What the cold start of a network costs; raises `TimeoutError` where it does not end."""
    lab = Network.load(file, routing="ospf").lab
    nodes = _nodes(lab)
    with (
        _orderly(),
        _namespaces(lab, nodes),
        tempfile.TemporaryDirectory(prefix="fp-net-") as folder,
    ):
        Path(folder).chmod(0o755)
        with ExitStack() as stack:
            tables = [
                (stack.enter_context(closing(Table(node.space))), node.wanted)
                for node in nodes.values()
            ]
            daemons = _daemons(make, list(nodes.values()), Path(folder))
            pids, begun = stack.enter_context(daemons)
            _await_full(tables, begun + patience_s)
            took = monotonic() - begun
            return {
                "network": file.stem,
                "make": make,
                "routers": len(nodes),
                "routes_a_router": max(len(wanted) for _, wanted in tables),
                "cold_start_s": round(took, 2),
                "cpu_s": round(sum(map(_cpu_s, pids)), 2),
                "rss_mb": sum(map(_rss_kb, pids)) // 1024,
            }


def _nodes(lab: Lab) -> dict[str, Node]:
    costs = {(end.node, end.interface): link.cost for link in lab.links for end in link.endpoints}
    own = {
        name: {
            (one.prefix.address.packed, one.prefix.length)
            for held in (node.loopback, *(each.addresses for each in node.interfaces.values()))
            for one in held
            if one.version == 4
        }
        for name, node in lab.nodes.items()
    }
    everything = frozenset().union(*own.values())
    return {
        name: Node(
            f"fpn{os.getpid()}-{at}",
            str(node.loopback[0].address),
            tuple(str(one) for one in node.loopback if one.version == 4),
            {
                each.name: (
                    tuple(str(one) for one in each.addresses if one.version == 4),
                    costs.get((name, each.name), 1),
                )
                for each in node.interfaces.values()
            },
            everything - own[name],
        )
        for at, (name, node) in enumerate(lab.nodes.items())
    }


# ---- namespaces


@contextmanager
def _orderly() -> Iterator[None]:
    """Let a request to end be an exception, so that everything is cleaned up."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Clean up to the end, however often somebody asks us to end."""
    before = {one: signal.signal(one, signal.SIG_IGN) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, held in before.items():
            signal.signal(one, held)


@contextmanager
def _namespaces(lab: Lab, nodes: dict[str, Node]) -> Iterator[None]:
    try:
        _ip(f"netns add {one.space}" for one in nodes.values())
        for link in lab.links:
            if len(link.endpoints) != 2:
                raise ValueError(f"link {link.name} has {len(link.endpoints)} ends, expected 2")
        pairs = [link.endpoints for link in lab.links]
        _ip(
            f"link add name {a.interface} netns {nodes[a.node].space} mtu 1500"
            f" type veth peer name {b.interface} netns {nodes[b.node].space}"
            for a, b in pairs
        )
        for one in nodes.values():
            lines = [f"address add {text} dev lo" for text in one.loopback]
            lines.append("link set lo up")
            for name, (addresses, _) in one.interfaces.items():
                lines += [f"address add {text} dev {name}" for text in addresses]
                lines.append(f"link set {name} up")
            _ip(lines, "-n", one.space)
        yield
    finally:
        with _undisturbed():
            held = {path.name for path in Path("/run/netns").glob("*")}
            _ip(f"netns del {one.space}" for one in nodes.values() if one.space in held)


def _ip(lines: Iterable[str], *options: str) -> None:
    text = "".join(f"{line}\n" for line in lines)
    words = ["ip", *options, "-batch", "-"]
    done = subprocess.run(
        words, input=text, text=True, capture_output=True, check=False, timeout=STEP_S
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


# ---- daemons


@contextmanager
def _daemons(make: str, nodes: list[Node], folder: Path) -> Iterator[tuple[list[int], float]]:
    """The routers; gives all processes, and when the first began."""
    started: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        stack.callback(_end, started)
        commands = [one for node in nodes for one in _commands(make, node, folder)]
        begun = monotonic()
        for order in sorted({order for order, _, _, _ in commands}):
            for at, space, log, words in commands:
                if at != order:
                    continue
                with log.open("wb") as held:
                    started.append(
                        subprocess.Popen(
                            ["ip", "netns", "exec", space, *words],
                            stdin=subprocess.DEVNULL,
                            stdout=held,
                            stderr=held,
                            start_new_session=True,
                        )
                    )
        yield [one.pid for one in started], begun


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    with _undisturbed():
        for one in processes:
            one.terminate()
        deadline = monotonic() + STEP_S
        for one in processes:
            try:
                one.wait(max(deadline - monotonic(), 0))
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def _commands(make: str, node: Node, folder: Path) -> Iterator[tuple[int, str, Path, list[str]]]:
    """What is to be run: in which order, where, its log, the words."""
    own = folder / node.space
    own.mkdir()
    if make == "bird":
        config = own / "bird.conf"
        config.write_text(_bird(node))
        words = ["bird", "-f", "-c", str(config), "-s", str(own / "ctl")]
        yield 0, node.space, own / "bird.log", words
        return
    shutil.chown(own, "frr", "frr")
    sockets = ["--vty_socket", str(own), "-z", str(own / "zserv")]
    for order, (name, lines) in enumerate((("zebra", ""), ("ospfd", _frr(node)))):
        config = own / f"{name}.conf"
        config.write_text(lines)
        config.chmod(0o644)
        files = ["-f", str(config), "-i", str(own / f"{name}.pid"), "-P", "0"]
        yield order, node.space, own / f"{name}.log", [str(FRR / name), *sockets, *files]


def _bird(node: Node) -> str:
    links = "".join(
        f' interface "{name}" {{ type ptp; cost {cost}; }};'
        for name, (_, cost) in node.interfaces.items()
    )
    return (
        f"router id {node.router_id};\nprotocol device {{ }}\n"
        "protocol kernel { ipv4 { export all; }; }\n"
        "protocol ospf v2 { ipv4 { import all; };"
        f' area 0 {{ interface "lo" {{ stub; }};{links} }}; }}\n'
    )


def _frr(node: Node) -> str:
    lines = ["interface lo", " ip ospf area 0", "exit"]
    for name, (_, cost) in node.interfaces.items():
        lines += [f"interface {name}", " ip ospf area 0", f" ip ospf cost {cost}"]
        lines += [" ip ospf network point-to-point", "exit"]
    lines += ["router ospf", f" ospf router-id {node.router_id}", "exit", ""]
    return "\n".join(lines)


# ---- what it costs


def _await_full(tables: list[tuple[Table, frozenset[tuple[bytes, int]]]], deadline: float) -> None:
    left = tables
    while left := [(table, wanted) for table, wanted in left if not wanted <= table.learned()]:
        if monotonic() > deadline:
            raise TimeoutError(f"{len(left)} of {len(tables)} routers have not every route")
        sleep(LOOK_S)


def _cpu_s(pid: int) -> float:
    """What a process and its threads have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0
