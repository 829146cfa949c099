"""Announce an address by BGP as long as the service behind it answers.

    python health_announcer.py --asn 65010 --router-id 192.0.2.10 --neighbor 192.0.2.1 \
        --neighbor-asn 65000 --service 127.0.0.1:8080 203.0.113.53/32

A check is a TCP connection. After three that fail in a row the prefixes are withdrawn, after two
that succeed they are announced again; when the program ends, by SIGTERM too, the session says why.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from fingerpost import Speaker
from fingerpost.speaker import Options

FALL, RISE = 3, 2


async def is_healthy(host: str, port: int, timeout_s: float) -> bool:
    """Whether somebody takes a connection there."""
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def watch(speaker: Speaker, given: argparse.Namespace) -> None:
    """Announce and withdraw for ever."""
    host, _, port = given.service.rpartition(":")
    is_up, streak = False, 0
    while True:
        found = await is_healthy(host, int(port), given.every)
        streak = streak + 1 if found is not is_up else 0
        if streak >= (FALL if is_up else RISE):
            is_up, streak = found, 0
            if is_up:
                speaker.announce(
                    given.prefixes, next_hop=given.next_hop, communities=given.community
                )
            else:
                speaker.withdraw(given.prefixes)
            print("announced" if is_up else "withdrawn", *given.prefixes, flush=True)
        await asyncio.sleep(given.every)


async def main(given: argparse.Namespace) -> None:
    """Have a session and watch, until a signal."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Speaker(given.asn, given.router_id) as speaker:
        options: Options = {} if given.source is None else {"local_address": given.source}
        speaker.add(given.neighbor, asn=given.neighbor_asn, port=given.port, **options)
        watching = asyncio.create_task(watch(speaker, given))
        await stop.wait()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await speaker.close("the health check ends")


def arguments() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefixes", nargs="+")
    parser.add_argument("--asn", type=int, required=True)
    parser.add_argument("--router-id", required=True)
    parser.add_argument("--neighbor", required=True)
    parser.add_argument("--neighbor-asn", type=int, required=True)
    parser.add_argument("--service", required=True, help="HOST:PORT that is to answer")
    parser.add_argument("--port", type=int, default=179)
    parser.add_argument("--source", help="address of the session")
    parser.add_argument("--next-hop", default="self")
    parser.add_argument("--community", action="append", default=[])
    parser.add_argument("--every", type=float, default=1.0, help="seconds between checks")
    return parser


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
