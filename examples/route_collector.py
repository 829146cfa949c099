"""Collect what BGP neighbours say: a line of JSON for each change.

    python route_collector.py --asn 65010 --router-id 192.0.2.10 --listen 192.0.2.10 \
        --accept 192.0.2.0/24 > updates.jsonl

Whoever connects from the prefix is taken, and told nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from fingerpost import Speaker
from fingerpost.speaker import SessionChanged, Update


def line(update: Update) -> str:
    """One change as JSON."""
    said: dict[str, object] = {"peer": update.peer, "prefix": str(update.prefix)}
    path = update.path
    if path is not None:
        said |= {
            "as_path": str(path.as_path),
            "next_hop": str(path.next_hop),
            "origin": path.origin,
            "med": path.med,
            "communities": path.communities,
        }
    return json.dumps(said)


def session_line(change: SessionChanged) -> str:
    """A session that began or ended."""
    return json.dumps({"peer": change.peer, "is_up": change.is_established, "why": change.reason})


async def main(given: argparse.Namespace) -> None:
    """Collect until a signal."""
    async with Speaker(given.asn, given.router_id, listen=given.listen, port=given.port) as speaker:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: loop.create_task(speaker.close("goodbye")))
        for prefix in given.accept:
            speaker.accept(prefix)
        print(f"listening at {given.listen} port {given.port}", file=sys.stderr, flush=True)

        async def sessions() -> None:
            async for change in events:
                print(session_line(change), flush=True)

        events = speaker.events()
        telling = asyncio.create_task(sessions())
        async for update in speaker.updates():
            print(line(update), flush=True)
        await telling


def arguments() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asn", type=int, required=True)
    parser.add_argument("--router-id", required=True)
    parser.add_argument("--listen", required=True)
    parser.add_argument("--port", type=int, default=179)
    parser.add_argument("--accept", action="append", default=[])
    return parser


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
