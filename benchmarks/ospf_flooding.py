"""What an LSA costs that is flooded: new, again, refreshed, acknowledged; and what databases hold.

    python benchmarks/ospf_flooding.py [--lsas 754] [--routers 200] [--json]

One database with three neighbours hears router-LSAs of 80 bytes, 16 an update, and floods them to
the other two; then `--routers` databases hear the same, as in a lab. Times are those of the CPU, in
nanoseconds an LSA; the best of five.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import process_time_ns

import click

from fingerpost._core import LinkStateDatabase
from fingerpost.ospf.flooding import receive_by_steps
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import LsaHeader

S = 1_000_000_000
FIRST = -0x7FFFFFFF
BODY = bytes(60)


def lsas(count: int, sequence: int) -> list[bytes]:
    """Router-LSAs of as many routers."""
    return [
        sealed(LsaHeader(0, 2, 1, router, router, sequence, 0, 20 + len(BODY)).encode(2) + BODY)
        for router in range(10, 10 + count)
    ]


def updates(of: list[bytes]) -> list[bytes]:
    """Bodies of updates, 16 LSAs each."""
    parts = [of[at : at + 16] for at in range(0, len(of), 16)]
    return [len(part).to_bytes(4, "big") + b"".join(part) for part in parts]


def database(router_id: int) -> LinkStateDatabase:
    """One with three neighbours."""
    made = LinkStateDatabase(2, router_id)
    for number in (1, 2, 3):
        made.set_interface(number, area=1, link=1 + number)
        made.set_neighbor(number, number, 3)
    return made


def measured(work: Callable[[], object]) -> int:
    started = process_time_ns()
    work()
    return process_time_ns() - started


def deliveries(count: int, sequence: int) -> dict[str, float]:
    """Nanoseconds of each kind of delivery; `sequence` is of no run before."""
    db = database(1)
    new, newer = lsas(count, sequence), lsas(count, sequence + 1)
    acks = b"".join(one[:20] for one in newer)

    def hear(of: list[bytes], at: int) -> int:
        bodies = updates(of)
        return measured(lambda: [db.receive_update(1, body, at) for body in bodies])

    found = {
        "new": hear(new, S),
        "again": hear(new, S),
        "packed for two": measured(lambda: db.outgoing(2 * S)),
        "refreshed": hear(newer, 10 * S),
        "acknowledged": measured(lambda: db.receive_ack(2, acks, 10 * S)),
    }
    other = database(2)
    bodies = updates(newer)
    found["new, held by another"] = measured(
        lambda: [other.receive_update(1, body, S) for body in bodies]
    )
    steps = database(3)
    found["new, step by step in Python"] = measured(
        lambda: [receive_by_steps(steps, 1, body, S) for body in bodies]
    )
    return {name: took / count for name, took in found.items()}


def resident() -> int:
    """Bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def memory(count: int, routers: int) -> float:
    """Bytes an LSA and router, when all have acknowledged everything."""
    of = lsas(count, FIRST)
    bodies, acks = updates(of), b"".join(one[:20] for one in of)
    before, kept = resident(), []
    for number in range(routers):
        db = database(1_000_000 + number)
        for body in bodies:
            db.receive_update(1, body, S)
        db.outgoing(3 * S)
        for neighbor in (2, 3):
            db.receive_ack(neighbor, acks, 3 * S)
        kept.append(db)
    return (resident() - before) / (count * len(kept))


@click.command()
@click.option("--lsas", "count", default=754, help="LSAs of a database.")
@click.option("--routers", default=200, help="Databases that hold the same.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(count: int, routers: int, as_json: bool) -> None:
    """Measure, and print what came out."""
    runs = [deliveries(count, FIRST + 2 * run) for run in range(5)]
    ns = {name: round(min(run[name] for run in runs), 1) for name in runs[0]}
    figures = {"ns_an_lsa": ns, "bytes_an_lsa_and_router": round(memory(count, routers), 1)}
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, took in ns.items():
        click.echo(f"{name:<28} {took:>10,} ns")
    click.echo(f"{'memory':<28} {figures['bytes_an_lsa_and_router']:>10,} bytes an LSA and router")


if __name__ == "__main__":
    main()
