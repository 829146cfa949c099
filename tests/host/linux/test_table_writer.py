"""What reaches the kernel's table, and when."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.events import Happened
from fingerpost.forwarding.route import NextHop
from fingerpost.host.linux.kernel.report import Refusal
from fingerpost.host.linux.table_writer import TableWriter
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute
from linux.inside import run, until
from linux.stand import Table

A = Prefix("10.1.0.0/16")


def route(source: str, prefix: Prefix = A) -> RibRoute:
    hops = (NextHop("eth0", Address("10.0.0.1")),)
    return RibRoute(prefix, source, 120, 1, hops)


RIP = route("rip")


@pytest.fixture
def table() -> Iterator[Table]:
    with closing(Table()) as made:
        yield made


def has_synced(table: Table, times: int) -> bool:
    return table.calls.count("sync") == times


def test_what_changes_during_a_batch_goes_with_the_next_one(table: Table) -> None:
    async def case() -> None:
        writer = TableWriter(table, lambda _: None)
        await writer.start()
        table.hold.clear()
        writer.write([Change(A, None, RIP)])
        await until(lambda: table.batches == [1])
        for number in range(10):
            prefix = Prefix(f"10.{number}.0.0/16")
            writer.write([Change(prefix, None, route("rip", prefix))])
        await asyncio.sleep(0.02)
        assert table.batches == [1]
        table.hold.set()
        await writer.close(withdraws=False)
        assert table.batches == [1] * 11
        assert len(table.routes) == 10
        assert writer.counters == {"batches": 2, "changes": 11, "refused": 0}
        assert table.calls == ["adopt", "sync", "sync"]

    run(case)


def test_a_batch_that_is_cut_goes_on_and_lets_others_in(table: Table) -> None:
    """Who asks meanwhile waits for a part of it only, and so does what changes."""

    async def case() -> None:
        writer = TableWriter(table, lambda _: None)
        await writer.start()
        table.cuts = 3
        table.hold.clear()
        writer.write([Change(A, None, RIP)])
        await until(lambda: table.is_held)
        asked = asyncio.ensure_future(writer.ask(lambda _: table.calls.count("sync")))
        writer.write([Change(Prefix("10.2.0.0/16"), None, route("rip", Prefix("10.2.0.0/16")))])
        await asyncio.sleep(0.02)
        table.hold.set()
        assert await asked == 1
        await writer.close(withdraws=False)
        assert table.batches == [1, 1]
        assert has_synced(table, 4)
        assert not table.is_behind

    run(case)


def test_a_failure_is_told_and_made_good(table: Table) -> None:
    told: list[Happened] = []
    table.failures = 2

    async def case() -> None:
        writer = TableWriter(table, told.append, again_s=0.01)
        writer.write([Change(A, None, RIP)])
        writer.sweep()
        await until(lambda: writer.counters["batches"] == 3)
        await writer.close(withdraws=True)

    run(case)
    assert [one.kind for one in told] == ["kernel table failed"] * 2
    assert "not to be had" in told[0].detail
    assert table.batches == [1]
    assert table.calls == ["sweep", "sync"] * 3 + ["withdraw"]


def test_a_failure_at_the_end_does_not_hold_the_end_up(table: Table) -> None:
    table.failures = 1000

    async def case() -> None:
        writer = TableWriter(table, lambda _: None, again_s=0.01)
        writer.write([Change(A, None, RIP)])
        await writer.close(withdraws=False)

    run(case, timeout=2)
    assert table.calls == ["sync"]


def test_what_somebody_else_changes_is_put_right(table: Table) -> None:
    async def case() -> None:
        writer = TableWriter(table, lambda _: None)
        await writer.start()
        for number in range(1, 4):
            table.far.send(b"a change")
            await until(partial(has_synced, table, number))
            await until(lambda: writer._task is None)
        assert writer.counters["disturbed"] == 3
        await writer.close(withdraws=False)
        table.far.send(b"a change")
        await asyncio.sleep(0.01)
        assert writer.counters["disturbed"] == 3

    run(case)


def test_a_change_of_interfaces_has_the_table_compared(table: Table) -> None:
    async def case() -> None:
        writer = TableWriter(table, lambda _: None)
        writer.interface_changed()
        writer.write([Change(A, None, RIP)])
        await until(lambda: table.calls == ["interface", "sync"])
        await writer.close(withdraws=False)

    run(case)


def test_what_the_kernel_refuses_is_told_once(table: Table) -> None:
    told: list[Happened] = []
    table.refusals = [Refusal(A, "via 10.0.0.1", errno.ENETUNREACH)]

    async def case() -> None:
        writer = TableWriter(table, told.append)
        for count in (1, 2):
            writer.write([Change(A, None, RIP)])
            await until(partial(has_synced, table, count))
        await writer.close(withdraws=False)
        assert writer.counters["refused"] == 1

    run(case)
    (one,) = told
    assert one.kind == "route refused"
    assert one.detail.startswith("10.1.0.0/16 via 10.0.0.1: ENETUNREACH")
