"""What reaches the kernel's table, and when."""

from __future__ import annotations

import asyncio

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.events import Happened
from fingerpost.forwarding.route import NextHop
from fingerpost.host.linux.table_writer import TableWriter, others
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute
from linux.inside import run, until
from linux.stand import Table

A = Prefix("10.1.0.0/16")


def route(source: str, prefix: Prefix = A) -> RibRoute:
    hops = (NextHop("eth0", Address("10.0.0.1")),)
    return RibRoute(prefix, source, 120, 1, hops)


RIP, OTHER, CONNECTED = route("rip"), route("static"), route("connected:eth0")


def test_connected_routes_are_the_kernels_own() -> None:
    assert others([Change(A, None, CONNECTED), Change(A, CONNECTED, None)]) == []
    assert others(
        [Change(A, None, RIP), Change(A, RIP, CONNECTED), Change(A, CONNECTED, OTHER)]
    ) == [Change(A, None, RIP), Change(A, RIP, None), Change(A, None, OTHER)]


def test_what_changes_during_a_batch_goes_with_the_next_one() -> None:
    table = Table()

    async def case() -> None:
        writer = TableWriter(table, lambda _: None)
        table.hold.clear()
        writer.write([Change(A, None, RIP)])
        await until(lambda: table.batches == [1])
        for number in range(10):
            prefix = Prefix(f"10.{number}.0.0/16")
            writer.write([Change(prefix, None, route("rip", prefix))])
        await asyncio.sleep(0.02)
        assert table.batches == [1]
        table.hold.set()
        await writer.close()
        assert table.batches == [1, 10]
        assert len(table.routes) == 10
        assert writer.counters == {"batches": 2, "changes": 11}

    run(case)


def test_a_failure_is_told_and_made_good() -> None:
    table, told = Table(), list[Happened]()
    table.failures = 2

    async def case() -> None:
        writer = TableWriter(table, told.append, again_s=0.01)
        writer.write([Change(A, None, RIP)])
        await until(lambda: writer.counters["batches"] == 3)
        await writer.close()

    run(case)
    assert [one.kind for one in told] == ["kernel table failed"] * 2
    assert "not to be had" in told[0].detail
    assert table.batches == [1]


def test_a_failure_at_the_end_does_not_hold_the_end_up() -> None:
    table = Table()
    table.failures = 1000

    async def case() -> None:
        writer = TableWriter(table, lambda _: None, again_s=0.01)
        writer.write([Change(A, None, RIP)])
        await writer.close()

    run(case, timeout=2)
