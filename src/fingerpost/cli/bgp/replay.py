"""`fingerpost bgp replay`: a peer of an MRT file speaks to a router by TCP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from fingerpost.cli import FAILED
from fingerpost.cli.output import json_option
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from fingerpost.bgp.packet import Notification
    from fingerpost.bgp.records.playing import Playback, Recorded, RecordedTable

NS_PER_S = 1_000_000_000
CHUNK = 1 << 16
WINDOW = 1 << 18


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the router may take, and how long we stay after all was told."""

    timeout_s: float
    stay_s: float


@click.command()
@click.argument("file")
@click.option("--to", "to", metavar="ADDRESS", help="Connect to the router there.")
@click.option("--listen", "at", metavar="ADDRESS", help="Wait there for the router to connect.")
@click.option("--port", type=click.IntRange(0, 65535), default=179, show_default=True)
@click.option("--source", metavar="ADDRESS", help="Connect from this address.")
@click.option("--peer", metavar="ADDRESS|AS", help="Whom to play; else who said most.")
@click.option("--list", "lists", is_flag=True, help="Say who is in the file, and do no more.")
@click.option("--as", "asn", type=click.IntRange(1, 2**32 - 1), help="Our AS, else the peer's.")
@click.option("--router-id", metavar="ADDRESS", default="192.0.2.254", show_default=True)
@click.option("--next-hop", metavar="ADDRESS", help="In place of those that were told.")
@click.option("--updates", is_flag=True, help="FILE has messages, not a table.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="0: all at once.")
@click.option("--stay", type=float, default=0, help="Seconds to stay after all was told.")
@click.option("--timeout", type=float, default=30, show_default=True, help="To be agreed with.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    to: str | None,
    at: str | None,
    port: int,
    source: str | None,
    peer: str | None,
    lists: bool,
    asn: int | None,
    router_id: str,
    next_hop: str | None,
    updates: bool,
    speed: float,
    stay: float,
    timeout: float,
    as_json: bool,
) -> None:
    """Tell a router what a peer of an MRT file told the collector.

    FILE is a RIB dump: its routes go as UPDATEs, as many prefixes in each as have the same
    attributes. With --updates it has messages, which go in their times. The router knows us as a
    neighbor of the peer's AS.

    \b
    fingerpost bgp replay rib.bz2 --list
    fingerpost bgp replay rib.bz2 --peer 3333 --to 192.0.2.1 --next-hop 192.0.2.9 --stay 600
    fingerpost bgp replay updates.gz --updates --speed 10 --listen 192.0.2.9
    """
    import asyncio

    from fingerpost.addr import Address
    from fingerpost.bgp.records.playing import Playback, update_messages

    if not lists and (to is None) == (at is None):
        raise UsageError("say --to or --listen: who opens the connection")
    hops = () if next_hop is None else (Address(next_hop),)
    recorded, table = _recorded(file, peer, updates=updates)
    if lists:
        for one in recorded:
            model = {"address": str(one.address), "as": one.asn, "recorded": one.count}
            text = f"{one.address} AS{one.asn} {one.count}"
            click.echo(json.dumps(model) if as_json else text)
        return
    chosen = max(recorded, key=lambda one: one.count, default=None)
    if chosen is None or not chosen.count:
        raise UsageError(f"{file} has nothing to tell{'' if peer is None else f' of {peer}'}")
    told = table.messages(chosen, *hops) if table else update_messages(file, chosen, speed, *hops)
    number = int.from_bytes(Address(router_id).packed, "big")
    playback = Playback(asn or chosen.asn, number, told, hold_s=90)
    click.echo(f"playing {chosen.address} AS{chosen.asn}, {chosen.count} recorded", err=True)
    try:
        said = asyncio.run(_play(playback, to, at, port, source, Waits(timeout, stay)))
    except (OSError, TimeoutError) as error:
        raise UsageError(f"{to or at} port {port}: {error or 'nobody came in time'}") from error
    if as_json:
        reason = None if said is None else str(said)
        click.echo(json.dumps({"octets": playback.told, "ended": reason}))
    ending = "" if said is None else f"; it ended: {said}"
    click.echo(f"{playback.told} octets told{ending}", err=True)
    if said is not None or not playback.is_done:
        ctx.exit(FAILED)


def _recorded(
    file: str, peer: str | None, *, updates: bool
) -> tuple[list[Recorded], RecordedTable | None]:
    """Whom `peer` names in the file, or all; and the table if it is one."""
    from fingerpost.addr import Address
    from fingerpost.bgp.records.playing import RecordedTable, recorded_updates

    whom: Address | int | None = None
    if peer is not None:
        whom = int(peer) if peer.isdigit() else Address(peer)
    table = None if updates else RecordedTable(file, whom)
    found = recorded_updates(file) if table is None else table.peers
    return [one for one in found if whom in (None, one.address, one.asn)], table


async def _play(
    playback: Playback, to: str | None, at: str | None, port: int, source: str | None, wait: Waits
) -> Notification | None:
    """Hold the session until all was told; gives why the other ended it, if it did."""
    import asyncio

    if to is not None:
        local = None if source is None else (source, 0)
        opening = asyncio.open_connection(to, port, local_addr=local)
        reader, writer = await asyncio.wait_for(opening, wait.timeout_s)
        return await _hold(playback, reader, writer, wait)
    accepted: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    accepted = asyncio.get_running_loop().create_future()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if accepted.done():
            writer.close()
        else:
            accepted.set_result((reader, writer))

    async with await asyncio.start_server(take, at, port):
        reader, writer = await asyncio.wait_for(accepted, wait.timeout_s)
        return await _hold(playback, reader, writer, wait)


async def _hold(
    playback: Playback, reader: StreamReader, writer: StreamWriter, wait: Waits
) -> Notification | None:
    import asyncio
    import time

    began = time.monotonic_ns()
    done_at: int | None = None
    playback.connected()
    coming = asyncio.create_task(reader.read(CHUNK))
    try:
        while playback.ended is None:
            now = time.monotonic_ns()
            writer.write(playback.take(WINDOW, now))
            await writer.drain()
            if not playback.is_established and now - began > wait.timeout_s * NS_PER_S:
                raise TimeoutError("the router did not agree in time")
            if playback.is_done and done_at is None:
                done_at = now + int(wait.stay_s * NS_PER_S)
            if done_at is not None and now >= done_at:
                break
            due = [one for one in (playback.next_deadline(now), done_at) if one is not None]
            left = (min(due, default=now + NS_PER_S) - now) / NS_PER_S
            ready, _ = await asyncio.wait({coming}, timeout=max(0.0, min(left, 1.0)))
            if ready:
                data = coming.result()
                if not data:
                    break
                playback.receive(data, time.monotonic_ns())
                coming = asyncio.create_task(reader.read(CHUNK))
    finally:
        coming.cancel()
        writer.close()
    return playback.ended
