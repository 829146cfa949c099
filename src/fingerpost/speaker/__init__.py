"""A BGP speaker inside a Python program, on asyncio.

    async with Speaker(asn=65010, router_id="192.0.2.1") as speaker:
        await speaker.connect("192.0.2.2", asn=65000)
        speaker.announce("198.51.100.0/24", communities=["65010:100"])
        async for update in speaker.updates():
            print(update.prefix, update.path)

It is the machine of `fingerpost.bgp` with sockets below it and no routing table above: it forwards
nothing, holds every next hop to be reachable, and tells neighbours what the program announces.
"""

from __future__ import annotations

from fingerpost.speaker.blocking import BlockingSpeaker
from fingerpost.speaker.failure import SessionError
from fingerpost.speaker.neighbors import Options
from fingerpost.speaker.path import Path
from fingerpost.speaker.peer import SpeakerPeer
from fingerpost.speaker.seen import Batch, SessionChanged, Update
from fingerpost.speaker.speaker import Speaker
from fingerpost.speaker.updates import Updates

__all__ = [
    "Batch",
    "BlockingSpeaker",
    "Options",
    "Path",
    "SessionChanged",
    "SessionError",
    "Speaker",
    "SpeakerPeer",
    "Update",
    "Updates",
]
