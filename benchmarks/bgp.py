"""BGP at the size of the Internet: a full table through each router, beside others in one run.

    python benchmarks/bgp.py [--make NAME]... [--prefixes 1000000] [--feeds 1|2] [--kernel|--policy]

Needs root and `ip`. Each make runs in a namespace of its own with two or three neighbours, which
replay octets that are ready and record what comes. Time runs from Established with the first
neighbour until the receiver has been told every prefix; every prefix is checked there, attributes
and all. With two feeds: until all is told and quiet, then the first neighbour ends its session, and
time runs until the receiver has the last prefix that moved; then the second. `--kernel`: until the
kernel has every route too. `--policy`: what the neighbours tell passes a policy that looks into an
AS set and a prefix list of 100,000 each. `--asked`: fingerpost answers questions while the table
comes in, one after the other, then with the table in it, each nine times, median and longest in
milliseconds; the receiver is owed a KEEPALIVE each second, and the longest time between two of them
is told. CPU seconds and peak resident memory are those of all its processes. `--members`: in one
process, the CPU time to tell the table to one neighbour, to 200 that are told the same, and to 200
in 20 groups.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import click

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from bgp_live import asked, check, feed, makes  # noqa: E402
from bgp_live import members as many  # noqa: E402

Row = dict[str, object]
SENDERS = (("10.0.1.2", 65_001), ("10.0.2.2", 65_002))
RECEIVER = ("10.0.9.2", 65_009)
QUIET_S = 3.0
EMPTY_S = 120.0
HOLD_S, SHORT_HOLD_S = 240, 3
ENTRIES = 100_000  # of the sets that policies look into


class Speaker:
    """A neighbour in its namespace, by its orders."""

    def __init__(
        self, space: str, ends: tuple[str, int], file: Path | None, hold_s: int = HOLD_S
    ) -> None:
        words = ["ip", "netns", "exec", space, sys.executable, "-m", "bgp_live.speaker"]
        words += [ends[0], makes.own(ends[0]), str(ends[1]), str(hold_s)]
        words += [] if file is None else [str(file)]
        paths = os.pathsep.join((str(HERE), os.environ.get("PYTHONPATH", "")))
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def begin(self, *words: object) -> None:
        """Give an order."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, float]:
        """What came of it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a neighbour has ended ({self.process.wait()})")
        found: dict[str, float] = json.loads(line)
        return found

    def ask(self, *words: object) -> dict[str, float]:
        """Both."""
        self.begin(*words)
        return self.end()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


def ip(*words: str) -> None:
    """Run it."""
    subprocess.run(["ip", *words], check=True, timeout=30)


@contextmanager
def network(neighbors: Sequence[tuple[str, int]]) -> Iterator[tuple[str, dict[str, str]]]:
    """A namespace for the router, and one for each neighbour by its address."""
    base = f"fpb{os.getpid()}"
    router, spaces = f"{base}-r", {one[0]: f"{base}-{one[1]}" for one in neighbors}
    try:
        for space in (router, *spaces.values()):
            ip("netns", "add", space)
            ip("-n", space, "link", "set", "lo", "up")
        for at, (address, space) in enumerate(spaces.items()):
            inner = f"v{at}"
            words = ["link", "add", inner, "netns", router, "type", "veth"]
            ip(*words, "peer", "name", "v", "netns", space)
            ip("-n", router, "addr", "add", f"{makes.own(address)}/24", "dev", inner)
            ip("-n", space, "addr", "add", f"{address}/24", "dev", "v")
            ip("-n", router, "link", "set", inner, "up")
            ip("-n", space, "link", "set", "v", "up")
        yield router, spaces
    finally:
        for space in (router, *spaces.values()):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


def kernel_routes(pid: int) -> int:
    """How many routes of IPv4 the kernel has where this process is."""
    text = Path(f"/proc/{pid}/net/fib_triestat").read_text()
    counts = [line.split()[1] for line in text.splitlines() if "Prefixes:" in line]
    return max(map(int, counts), default=0)


def measure(
    make: str,
    files: list[Path],
    nets: list[feed.Net],
    *,
    fib: bool,
    asks: bool = False,
    sets: makes.Sets | None = None,
) -> Row:
    """One make, one run."""
    senders, count = SENDERS[: len(files)], len(nets)
    neighbors = [*senders, RECEIVER]
    with (
        tempfile.TemporaryDirectory(prefix="fp-bgp-") as name,
        network(neighbors) as (router, spaces),
        ExitStack() as stack,
    ):
        folder = Path(name)
        running = makes.running(make, router, folder, neighbors, fib=fib, sets=sets)
        pids = stack.enter_context(running)
        speakers = [
            Speaker(spaces[one[0]], one, file) for one, file in zip(senders, files, strict=True)
        ]
        asks = asks and make == "fingerpost"
        hold_s = SHORT_HOLD_S if asks else HOLD_S
        receiver = Speaker(spaces[RECEIVER[0]], RECEIVER, None, hold_s)
        for one in (*speakers, receiver):
            stack.callback(one.stop)
        receiver.ask("open")
        opened = [one.ask("open")["established"] for one in speakers]
        asked_prefix = feed.text(nets[count // 2])
        meanwhile: dict[str, list[float]] = {}
        asking = ExitStack()
        stack.enter_context(asking)
        if asks:
            meanwhile = asking.enter_context(asked.asking(folder, asked_prefix))
        for one in speakers:
            one.begin("send")
        begun, before = monotonic(), makes.cost(pids)[0]
        in_kernel = _await_kernel(pids[0], count, begun) if fib else None
        done = [one.end() for one in speakers]
        if asks:
            receiver.ask("wait", 0.2)
            asking.close()
        cpu = 0.0
        while True:
            receiver.ask("wait", QUIET_S)
            cpu, memory = makes.cost(pids)
            sleep(QUIET_S)
            if makes.cost(pids)[0] - cpu < 0.5:  # it has nothing left to do
                break
        row: Row = {"make": make, "feeds": len(files), "kernel": fib, "policy": sets is not None}
        sent = [check.Heard() for _ in files]
        for heard, file in zip(sent, files, strict=True):
            check.take(heard, file.read_bytes())
        heard, wanted = check.Heard(), set(map(feed.nlri, nets))
        stream, chunks = saved(receiver, folder)
        octets = check.take(heard, stream, wanted)
        if octets is None:
            raise SystemExit(f"{make}: {len(wanted - heard.told.keys())} prefixes never came")
        start = max(opened)
        row["told_s"] = round(check.when(chunks, octets) - start, 2)
        row["sent_s"] = round(max(one["done"] for one in done) - start, 2)
        check.take(heard, stream[octets:])
        row["quiet_s"] = round(check.last_update(stream, chunks) - start, 2)
        row["wrong"] = check.wrong(heard, sent, makes.ASN)
        row["updates"] = heard.updates
        if in_kernel is not None:
            row["kernel_s"] = round(in_kernel - start, 2)
        row |= {"cpu_s": round(cpu - before, 2), "peak_mb": memory // 1024}
        if asks:
            row |= asked.meanwhile(meanwhile)
            row["keepalive_s"] = round(check.silence(stream, chunks), 2)
            row |= asked.answered(folder, asked_prefix, *senders[0])
        for at, one in enumerate(speakers):
            row |= _lost(at, one, receiver, folder, heard, sent)
        return row


def _await_kernel(pid: int, count: int, begun: float) -> float:
    while kernel_routes(pid) < count:
        if monotonic() - begun > EMPTY_S:
            raise SystemExit(f"the kernel has {kernel_routes(pid)} of {count} routes")
        sleep(0.02)
    return monotonic()


def _lost(
    at: int,
    speaker: Speaker,
    receiver: Speaker,
    folder: Path,
    heard: check.Heard,
    sent: list[check.Heard],
) -> Row:
    """A neighbour goes: how long until the receiver has heard all that this changes."""
    closed = speaker.ask("close")["closed"]
    left, deadline = sent[at + 1 :], monotonic() + EMPTY_S
    stream, chunks, came = b"", [], None
    while came is None and monotonic() < deadline:
        receiver.ask("wait", QUIET_S)
        more, parts = saved(receiver, folder)
        chunks += [(when, total + len(stream)) for when, total in parts]
        stream += more
        trial = check.Heard(dict(heard.told))
        check.take(trial, stream)
        if (not left and not trial.told) or (left and not check.wrong(trial, left, makes.ASN)):
            came = check.last_update(stream, chunks) if stream else closed
            heard.told = trial.told
    name = "moved_s" if left else "gone_s"
    return {name: None if came is None else round(came - closed, 2)}


def saved(receiver: Speaker, folder: Path) -> tuple[bytes, list[check.Chunk]]:
    """What the receiver has recorded since the last time."""
    file = folder / "stream"
    chunks = receiver.ask("save", file)["chunks"]
    return file.read_bytes(), [(float(at), int(total)) for at, total in chunks]  # type: ignore[attr-defined]


@click.command(help=__doc__)
@click.option("--make", "chosen", multiple=True, help="Only these.")
@click.option("--prefixes", default=1_000_000, show_default=True)
@click.option("--feeds", type=click.IntRange(1, 2), multiple=True, help="1 or 2; both by default.")
@click.option("--kernel", is_flag=True, help="Put the routes into the kernel.")
@click.option("--policy", is_flag=True, help="Have what comes judged by large sets.")
@click.option("--asked", "asks", is_flag=True, help="Milliseconds of `show` and `why`, too.")
@click.option("--members", is_flag=True, help="Only: what 1 and 200 neighbours cost to tell.")
@click.option("--rounds", default=1, show_default=True)
@click.option("--data", default=os.environ.get("FINGERPOST_DATA"), help="Folder of the real table.")
@click.option("--json", "output", type=click.Path(dir_okay=False, path_type=Path))
def main(
    chosen: tuple[str, ...],
    prefixes: int,
    feeds: tuple[int, ...],
    kernel: bool,
    policy: bool,
    asks: bool,
    members: bool,
    rounds: int,
    data: str | None,
    output: Path | None,
) -> None:
    real = None if data is None else Path(data) / "table" / "prefixes.txt.gz"
    nets = feed.table(prefixes, real if real is not None and real.exists() else None)
    if members:
        octets = feed.updates(nets, SENDERS[0][1], bytes((10, 0, 1, 2)), 11)
        for count, groups in ((1, 1), (200, 1), (200, 20)):
            click.echo(many.told(octets, count, groups))
        return
    sets = makes.Sets(*feed.sets(nets, ENTRIES)) if policy else None
    rows = []
    with tempfile.TemporaryDirectory(prefix="fp-feed-") as name:
        files = []
        for at, (address, asn) in enumerate(SENDERS[: max(feeds or (2,))]):
            files.append(Path(name) / f"feed{at}")
            hop = bytes(map(int, address.split(".")))
            files[-1].write_bytes(feed.updates(nets, asn, hop, 11 + at))
        for count in feeds or (1, 2):
            for make in chosen or makes.available():
                if (kernel and not makes.kernel(make)) or (policy and not makes.policies(make)):
                    continue
                for _ in range(rounds):
                    row = measure(make, files[:count], nets, fib=kernel, asks=asks, sets=sets)
                    rows.append(row)
                    click.echo("  ".join(f"{key} {value}" for key, value in row.items()))
    if output is not None:
        output.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
