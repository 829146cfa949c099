"""A recording is played to BIRD and to FRR, which have then what the recorded peer has said."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from daemon.processes import wait
from fingerpost.addr import Address
from fingerpost.bgp.attributes import (
    AsPath,
    Attribute,
    Communities,
    LargeCommunities,
    MultiExitDisc,
    NextHop,
    Origin,
    OriginCode,
    canonical,
)
from fingerpost.bgp.records.playing import RecordedTable
from fingerpost.mrt import Ends, MessageSeen, PeerIndex, Rib, RibEntry, TablePeer
from foreign import bird, frr, logged
from interop.bgp import views
from interop.bgp.daemons import have_all
from interop.bgp.told import Told
from netns import Namespace, namespaces, veth

ROUTES, SETS = 3_000, 60
LEFT = 1_000
PEER = TablePeer(Address("192.0.2.1"), 65_000, 1)
PATIENCE_S = 30.0
Table = dict[str, Told]

BIRD = """
router id 10.0.1.2;
protocol device { }
protocol bgp fingerpost { local 10.0.1.2 as 65001; neighbor 10.0.1.1 as 65000; passive;
  ipv4 { import all; export none; }; }
"""
FRR = """
router bgp 65002
 no bgp ebgp-requires-policy
 neighbor 10.0.2.1 remote-as 65000
 neighbor 10.0.2.1 passive
"""


def attributes(number: int) -> tuple[bytes, Told]:
    """One of the sets, and what it says in words but for the next hop."""
    path, med = (65_000, 4_200_000_000 + number, 65_100 + number % 7), 5 * (number % 4)
    made: list[Attribute] = [
        Origin(OriginCode(number % 3)),
        AsPath.of(*path),
        NextHop.of(PEER.address),
        Communities(((65_000 << 16) + number,)),
        LargeCommunities(((65_000, number, 2),)),
    ]
    made += [MultiExitDisc(med)] * bool(med)
    said = Told(
        " ".join(map(str, path)),
        ("IGP", "EGP", "INCOMPLETE")[number % 3],
        "",
        med,
        (f"65000:{number}",),
        (f"65000:{number}:2",),
    )
    return canonical(made), said


def prefix(number: int) -> str:
    return f"20.{number >> 8}.{number & 255}.0/24"


def recorded(count: int) -> tuple[bytes, Table]:
    """A table of one peer, and what it says."""
    sets = [attributes(number) for number in range(SETS)]
    out, said = PeerIndex(1, (PEER,)).record(0).encode(), Table()
    for number in range(count):
        octets, told = sets[number % SETS]
        nlri = bytes((24, 20, number >> 8, number & 255))
        out += Rib(0, number, 1, 1, nlri, (RibEntry(0, 0, octets),)).record().encode()
        said[prefix(number)] = told
    return out, said


def messages(table: bytes) -> bytes:
    """The same as messages, of which the first half is withdrawn again."""
    held = RecordedTable(io.BytesIO(table))
    octets = b"".join(one for _, one in held.messages(held.peers[0]))
    gone = b"".join(bytes((24, 20, n >> 8, n & 255)) for n in range(LEFT // 2))
    body = len(gone).to_bytes(2, "big") + gone + bytes(2)
    octets += b"\xff" * 16 + (19 + len(body)).to_bytes(2, "big") + b"\2" + body
    out, ends = b"", Ends(PEER.asn, 65_001, PEER.address, Address("192.0.2.9"))
    while octets:
        length = int.from_bytes(octets[16:18], "big")
        out += MessageSeen(0, ends, octets[:length]).record().encode()
        octets = octets[length:]
    return out


class Heard:
    """One of the routers, at the end of cable `number`."""

    def __init__(self, make: str, number: int, space: Namespace, folder: Path) -> None:
        self.make, self.number, self.space, self.folder = make, number, space, folder

    def table(self) -> Table:
        found = views.VIEWS[self.make](self.space, self.folder, 4)
        return dict(found)

    def wanted(self, said: Table) -> Table:
        hop = f"10.0.{self.number}.1"
        return {
            prefix: Told(one.path, one.origin, hop, one.med, one.communities, one.large)
            for prefix, one in said.items()
        }


@contextmanager
def routers(us: Namespace, spaces: list[Namespace]) -> Iterator[list[Heard]]:
    """BIRD and FRR, each at the end of a cable."""
    found = []
    with ExitStack() as stack:
        for number, (make, space) in enumerate(zip(("bird", "frr"), spaces, strict=True), 1):
            veth(us, f"e{number}", space, "w0")
            us.ip(f"addr add 10.0.{number}.1/24 dev e{number}")
            space.ip(f"addr add 10.0.{number}.2/24 dev w0")
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="fp-")))
            runs = (
                bird(space, folder, BIRD) if make == "bird" else frr(space, folder, {"bgpd": FRR})
            )
            stack.enter_context(runs)
            found.append(Heard(make, number, space, folder))
        yield found


@contextmanager
def played(us: Namespace, heard: list[Heard], file: Path, *more: str) -> Iterator[None]:
    """The recording is played to all of them."""
    with ExitStack() as stack:
        for one in heard:
            words = [sys.executable, "-m", "fingerpost", "bgp", "replay", str(file), "--stay", "60"]
            hop = f"10.0.{one.number}.1"
            words += ["--to", f"10.0.{one.number}.2", "--next-hop", hop, "--router-id", hop, *more]
            stack.enter_context(logged(us, one.folder / "replay.log", *words))
        yield


def test_two_makes_have_what_a_recorded_peer_has_said(tmp_path: Path) -> None:
    if not {"bird", "frr"} <= set(have_all()) or os.geteuid() != 0:
        pytest.skip("BIRD and FRR are not both installed, or nobody may make namespaces")
    table, said = recorded(ROUTES)
    rib, updates = tmp_path / "rib.mrt", tmp_path / "updates.mrt"
    rib.write_bytes(table)
    less, fewer = recorded(LEFT)
    updates.write_bytes(messages(less))
    gone = {prefix(number) for number in range(LEFT // 2)}
    left = {name: one for name, one in fewer.items() if name not in gone}
    with namespaces("us", "w1", "w2") as (us, *spaces), routers(us, spaces) as heard:
        for file, wanted, more in ((rib, said, ()), (updates, left, ("--updates", "--speed", "0"))):
            with played(us, heard, file, *more):
                for one in heard:
                    names = set(wanted)
                    wait(
                        lambda one=one, names=names: set(one.table()) == names,  # type: ignore[misc]
                        PATIENCE_S,
                        f"the table of {one.make}",
                    )
                    assert one.table() == one.wanted(wanted)
