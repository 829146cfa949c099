"""One make with one size: how long the first load and later changes take, and what CPU."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep

from ospf_live import grid, makes
from ospf_live.kernel import Watch

PATIENCE_S = 60
HERE = Path(__file__).parent.parent


def measured(make: str, width: int, height: int, changes: int) -> dict[str, object]:
    """The figures of a router of this make beside a grid; times in seconds, CPU in ms."""
    tag = os.getpid()
    ours, theirs = f"fp{tag}r", f"fp{tag}n"
    for name in (ours, theirs):
        _ip(f"netns add {name}")
    try:
        _ip(f"-n {theirs} link add v0 type veth peer name {makes.LINK} netns {ours}")
        for name, link, address in ((theirs, "v0", "10.9.0.1/30"), (ours, "v1", makes.ADDRESS)):
            _ip(f"-n {name} address add {address} dev {link}")
            _ip(f"-n {name} link set {link} up")
            _ip(f"-n {name} link set lo up")
        with tempfile.TemporaryDirectory(prefix="fp-live-") as folder:
            Path(folder).chmod(0o755)
            with makes.running(make, ours, Path(folder)) as pids:
                return _measured(make, pids, ours, theirs, (width, height), changes)
    finally:
        for name in (ours, theirs):
            subprocess.run(["ip", "netns", "del", name], check=False)


def _measured(
    make: str, pids: list[int], ours: str, theirs: str, size: tuple[int, int], changes: int
) -> dict[str, object]:
    count = size[0] * size[1]
    watch = Watch(ours)
    sleep(8)  # MinLSInterval since the first LSA of the router is over
    words = [sys.executable, "-m", "ospf_live.neighbor", "v0", str(size[0]), str(size[1])]
    before = cpu_ms(pids)
    with subprocess.Popen(
        ["ip", "netns", "exec", theirs, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE,
    ) as neighbor:
        assert neighbor.stdin is not None
        assert neighbor.stdout is not None
        kind, described = neighbor.stdout.readline().split()
        assert kind == "description"
        full = watch.fill(count, PATIENCE_S)
        loading = cpu_ms(pids)
        assert neighbor.stdout.readline().startswith("full")
        sleep(12)  # the back-off of the first load is over
        latencies, used = [], []
        for _ in range(changes):
            started = cpu_ms(pids[:1])
            neighbor.stdin.write("\n")
            neighbor.stdin.flush()
            changed = int(neighbor.stdout.readline().split()[1])
            heard = watch.change(grid.EXTRA_STUB.to_bytes(4, "big"), PATIENCE_S)
            latencies.append((heard - changed) / 1e6)
            sleep(1.2)
            used.append(cpu_ms(pids[:1]) - started)
        neighbor.stdin.close()
        neighbor.terminate()
    return {
        "make": make,
        "routers": count,
        "load_s": round((full - int(described)) / 1e9, 3),
        "load_cpu_ms": round(loading - before, 1),
        "change_ms": round(statistics.median(latencies), 2),
        "change_worst_ms": round(max(latencies), 2),
        "change_cpu_ms": round(statistics.median(used), 2),
        "rss_mb": sum(rss_mb(pid) for pid in pids),
    }


def cpu_ms(pids: list[int]) -> float:
    """What processes, with their threads and children of `ip netns exec`, have used so far."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e6


def rss_mb(pid: int) -> int:
    """Resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)
