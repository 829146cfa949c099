"""Fuzzes the RPKI: any octets from a cache, in any pieces, and any file of VRPs.

    python fuzz/rpki.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else: what breaks is named, and comes again with --seed. Invariants:

PDUs: a value or a `PduError` with a code; what decodes is written in one way
clients: nothing is raised; what they send are PDUs; however octets are cut, the same is held
files: payloads that can be, or a `LoadError`; nothing that has expired counts
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from damage import damaged
from rounds import go_through

from fingerpost.addr import Address, Prefix
from fingerpost.errors import LoadError
from fingerpost.protocol.events import CloseStream, OpenStream, Output, SendStream
from fingerpost.rpki import pdu as of
from fingerpost.rpki.client import Client, State
from fingerpost.rpki.constants import ErrorCode
from fingerpost.rpki.files import exceptions, payloads
from fingerpost.rpki.validity import Vrp

NOW_S = 10


def vrp(rng: Random) -> Vrp:
    """Draw one of a few, so that they come and go."""
    version, length = rng.choice(((4, 24), (4, 16), (6, 32)))
    base = f"10.{rng.randrange(3)}.0.0" if version == 4 else f"2001:{rng.randrange(1, 3)}::"
    return Vrp(Prefix((Address(base), length)), length + rng.randrange(3), rng.randrange(4))


def pdu(rng: Random) -> of.Pdu:
    """Draw one that a cache may say, or a router."""
    session, serial = rng.randrange(2), rng.randrange(4)
    providers = tuple(sorted(rng.sample(range(1, 9), rng.randrange(1, 4))))
    drawn: tuple[of.Pdu, ...] = (
        of.SerialNotify(session, serial),
        of.CacheResponse(session),
        of.CacheResponse(session),
        of.PrefixPdu(vrp(rng), rng.random() < 0.8),
        of.PrefixPdu(vrp(rng), rng.random() < 0.8),
        of.EndOfData(session, serial, 3600, 600, 7200),
        of.EndOfData(session, serial, 3600, 600, 7200),
        of.CacheReset(),
        of.RouterKey(1, bytes(20), 7, rng.randbytes(rng.randrange(5))),
        of.ErrorReport(rng.randrange(11), rng.randbytes(8), "no"),
        of.AspaPdu(rng.randrange(1, 4), providers),
        of.AspaPdu(rng.randrange(1, 4), announces=False),
        of.SerialQuery(session, serial),
        of.ResetQuery(),
    )
    return rng.choice(drawn)


def told(rng: Random) -> list[of.Pdu]:
    """Draw an answer as caches give it, or anything."""
    if rng.random() < 0.4:
        return [pdu(rng) for _ in range(rng.randrange(12))]
    records: list[of.Pdu] = [
        *(of.PrefixPdu(one) for one in {vrp(rng) for _ in range(rng.randrange(6))}),
        *(of.AspaPdu(customer, (5, 6)) for customer in range(1, rng.randrange(1, 4))),
    ]
    rng.shuffle(records)
    session = rng.randrange(2)
    return [of.CacheResponse(session), *records, of.EndOfData(session, 1, 3600, 600, 7200)]


def check_pdu(data: bytes) -> None:
    """Whatever it is."""
    try:
        version, found = of.decode(data)
    except of.PduError as fault:
        code: int = fault.code
        if code not in set(ErrorCode):
            raise AssertionError(f"error {code} is none of RFC 8210 12") from fault
        return
    if isinstance(found, of.ErrorReport) and "\ufffd" in found.text:
        return  # its words were no UTF-8
    assert of.decode(of.encode(found, version)) == (version, found)


class Talk:
    """A client that hears octets in pieces."""

    def __init__(self) -> None:
        """It has asked for its first connection."""
        self.out: list[Output] = []
        self.streams = 0
        self.client = Client(Address("192.0.2.1"), 323, self.out.append, self._number)
        self.now = 0
        self.client.start(0)

    def _number(self) -> int:
        self.streams += 1
        return self.streams

    def hear(self, pieces: list[bytes]) -> None:
        """One connection: it stands, these come, it is closed if it still stands."""
        while self.client.stream is None:
            due = self.client.next_deadline()
            assert due is not None, "nothing would ever happen again"
            self.now = max(due, self.now)
            self.client.pass_time(self.now)
        stream = self.client.stream
        self.client.connected(self.now)
        for piece in pieces:
            if self.client.stream == stream:
                self.client.received(piece, self.now)
        if self.client.stream == stream:
            self.client.closed(None, self.now)
        self.check()

    def check(self) -> None:
        """What holds at any time."""
        client = self.client
        for one in self.out:
            assert isinstance(one, OpenStream | SendStream | CloseStream)
            if isinstance(one, SendStream):
                check_pdu(bytes(one.data))
        assert client.has_data or (len(client.vrps) == 0 and not client.aspas)
        assert client.state in State

    def held(self) -> tuple[object, ...]:
        """What counts of it."""
        one = self.client
        return one.vrps.rows(), dict(one.aspas), one.serial, one.session, one.state, one.errors


def check_talk(rng: Random) -> None:
    """Two clients hear the same in other pieces."""
    one, other = Talk(), Talk()
    for _ in range(rng.randrange(1, 4)):
        version = rng.choice((0, 1, 2, 2))
        data = b"".join(of.encode(each, version) for each in told(rng))
        if rng.random() < 0.5:
            data = damaged(rng, data)
        one.hear([data] if data else [])
        cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
        ends = [0, *cuts, len(data)]
        pieces = [data[at:end] for at, end in pairwise(ends)]
        other.hear([piece for piece in pieces if piece])
        assert one.held() == other.held()


def roa(rng: Random) -> dict[str, Any]:
    """Draw an entry, which may be a faulty one."""
    one = vrp(rng)
    return {
        "prefix": str(one.prefix),
        "maxLength": rng.choice((*[one.longest] * 9, None, 200, "x")),
        "asn": rng.choice((*[one.asn, f"AS{one.asn}"] * 5, -1, None)),
        "expires": rng.choice((5, 15, None, "soon", 15)),
    }


def document(rng: Random) -> dict[str, Any]:
    """Draw what a file of VRPs, or one of exceptions, may hold."""
    rows = [roa(rng) for _ in range(rng.randrange(4))]
    aspa = {"customer_asid": rng.randrange(3), "providers": [1, 2], "expires": rng.choice((5, 15))}
    filters = [{"asn": 1}, {"prefix": "10.0.0.0/16"}, {}][: rng.choice((0, 1, 2, 2, 3))]
    return {
        "roas": rows,
        "aspas": [aspa] * rng.randrange(3),
        "slurmVersion": rng.choice((1, 1, 1, 2, 3)),
        "validationOutputFilters": {"prefixFilters": filters},
        "locallyAddedAssertions": {"prefixAssertions": rows},
    }


def check_files(rng: Random) -> None:
    """A file is what can be, or is refused."""
    data = json.dumps(document(rng)).encode()
    if rng.random() < 0.4:
        data = damaged(rng, data)
    try:
        whole, found = payloads(data), payloads(data, now_s=NOW_S)
    except LoadError:
        whole = found = payloads(b'{"roas": []}')
    assert whole.expired == 0
    assert found.expires is None or found.expires > NOW_S
    assert whole.vrps.union(found.vrps) == whole.vrps
    assert set(found.aspas) <= set(whole.aspas)
    assert found.expired > 0 or (found.vrps, found.aspas) == (whole.vrps, whole.aspas)
    try:
        exceptional = exceptions(data)
    except LoadError:
        return
    after = exceptional.applied(whole.vrps)
    assert after.union(exceptional.assertions) == after


def check_round(seed: int) -> None:
    """One round; everything in it comes from its seed."""
    rng = Random(seed)
    for _ in range(10):
        octets = of.encode(pdu(rng), rng.randrange(3))
        check_pdu(octets)
        check_pdu(damaged(rng, octets))
    check_talk(rng)
    check_files(rng)


if __name__ == "__main__":
    go_through("rpki", check_round)
