"""LSAs and updates for tests of the database, and routers that pass them to each other."""

from __future__ import annotations

from struct import pack

from fingerpost._core import LinkStateDatabase
from fingerpost.forwarding.durations import SECOND as SECOND
from fingerpost.ospf.constants import INITIAL_SEQUENCE_NUMBER
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import LsaHeader, LsaKey

AREA, LINK = 1, 100
US, NEXT, OTHER = 1, 2, 3


def lsa(
    router: int = OTHER,
    *,
    id: int | None = None,
    kind: int = 1,
    sequence: int = INITIAL_SEQUENCE_NUMBER,
    age: int = 0,
    body: bytes = bytes(12),
    version: int = 2,
    options: int = 2,
) -> bytes:
    """Make an LSA with its checksum."""
    named = router if id is None else id
    header = LsaHeader(age, options, kind, named, router, sequence, 0, 20 + len(body))
    return sealed(header.encode(version) + body)


def key(of: bytes, version: int = 2) -> LsaKey:
    """Give the key of an LSA."""
    kind = of[3] if version == 2 else int.from_bytes(of[2:4], "big")
    return LsaKey(kind, int.from_bytes(of[4:8], "big"), int.from_bytes(of[8:12], "big"))


def update(*lsas: bytes) -> bytes:
    """Make the body of an update."""
    return pack("!I", len(lsas)) + b"".join(lsas)


def aged(of: bytes, age: int) -> bytes:
    """Give an LSA with another age."""
    return pack("!H", age) + of[2:]


def database(states: tuple[int, ...] = (3,), version: int = 2, **said: int) -> LinkStateDatabase:
    """Make a database with one neighbour on each interface, both of the same number from 1 on."""
    made = LinkStateDatabase(version, US, **said)
    for number, state in enumerate(states, 1):
        made.set_interface(number, area=AREA, link=LINK + number)
        made.set_neighbor(number, number, state)
    return made
