"""Fuzzes what is recorded of BGP: files of MRT, streams of BMP, and who is played to.

    python fuzz/records.py [SECONDS] [--seed N]

Without --seed it goes through seeds for so many seconds (FUZZ_S, else 60). A round depends on its
seed and on nothing else. Invariants, of files and streams that are damaged anywhere:

files: entries and faults, never anything raised but `DecodeError`, with offsets that ascend; what
    decodes is written to octets that decode to the same
core: it counts and reads on; each set that it gives is canonical, or such that its reader says why
streams: messages or a `DecodeError`, the same however they are cut
dissection: fields lie within what holds them, and octets come again, as many as there were
station: whatever a neighbour says, policies do and connections end, each view of a station is the
    table of the router in the end
playback: a router that says anything raises nothing but `DecodeError`
"""

from __future__ import annotations

import io
import sys
from array import array
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from rounds import go_through

from bgp.joined import Net, Node
from bgp.raw import Raw
from bgp.test_monitoring import P, messages, network, table, three
from fingerpost._core import MrtBatches, MrtRoutes
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Keepalive, Open
from fingerpost.bgp.packet.capabilities import As4
from fingerpost.bgp.path_view import REFUSED
from fingerpost.bgp.records import heard_in, line_of
from fingerpost.bgp.records.model import model_of
from fingerpost.bgp.records.monitored import Views, line_of_message
from fingerpost.bgp.records.playing import Playback
from fingerpost.bmp import (
    Counted,
    DownReason,
    Initiation,
    PeerDown,
    PeerFlags,
    PeerHeader,
    PeerUp,
    Receiver,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    UnknownMessage,
)
from fingerpost.cli.dissectors import BARE, dissectors
from fingerpost.errors import DecodeError
from fingerpost.mrt import (
    Ends,
    MessageSeen,
    MrtFile,
    PeerIndex,
    Rib,
    RibEntry,
    SessionState,
    StateChange,
    TablePeer,
)
from fingerpost.policy import Policy, load
from fingerpost.wire.dissect import Span
from fingerpost.wire.dissect.tree import Field

ONE, SIX = Address("192.0.2.1"), Address("2001:db8::1")
ATTRIBUTES = bytes.fromhex("40010100400206 0201 0000fde9400304 c0000201c00804 fde90001")
OF_IPV6 = bytes.fromhex("40010100400206 0201 0000fde9800e11 10") + SIX.packed
UPDATE = b"\xff" * 16 + (19 + 4 + len(ATTRIBUTES) + 4).to_bytes(2, "big") + b"\2" + b"\0\0"
UPDATE += len(ATTRIBUTES).to_bytes(2, "big") + ATTRIBUTES + b"\x18\xc6\x33\x64"
PREFIXES = tuple(Prefix(f"198.51.100.{number * 16}/28") for number in range(8))
POLICIES = {
    "policies": {
        "none": {"otherwise": "reject", "statements": []},
        "some": {
            "statements": [
                {"match": {"prefix": f"{PREFIXES[0]} le 32"}, "then": "reject"},
                {"match": {"prefix": str(PREFIXES[1])}, "set": {"local-preference": 200}},
            ]
        },
    }
}
STATION_EVERY = 4
OPEN = Open.of(65001, 90, 1, [As4(65001)]).encode()


def file_of(dice: Random) -> bytes:
    """Records of each kind."""
    ends = Ends(65001, 65000, ONE, ONE)
    path_id = dice.choice((None, 7))
    made = [
        PeerIndex(1, (TablePeer(ONE, 65001, 1), TablePeer(SIX, 65002, 2)), "view").record(0),
        Rib(0, 0, 1, 1, b"\x18\xc6\x33\x64", (RibEntry(0, 5, ATTRIBUTES, path_id),) * 2).record(),
        Rib(0, 1, 2, 1, b"\x10\x20\x01", (RibEntry(1, 5, OF_IPV6, path_id),)).record(),
        Rib(0, 2, 1, 128, b"\x08\x0a", (RibEntry(0, 5, ATTRIBUTES),)).record(),
        MessageSeen(0, ends, UPDATE, has_path_ids=dice.random() < 0.3).record(),
        StateChange(0, ends, SessionState.ACTIVE, SessionState.ESTABLISHED).record(),
    ]
    return b"".join(one.encode() for one in dice.choices(made, k=4) + made)


def stream_of(dice: Random) -> bytes:
    """Messages of BMP of each kind."""
    peer = PeerHeader(dice.choice((ONE, SIX)), 65001, 1, 5, flags=dice.choice(list(PeerFlags)))
    local = ONE if peer.address == ONE else SIX
    made = [
        Initiation(((2, b"r1"),)),
        PeerUp(peer, local, 179, 40_000, OPEN, OPEN),
        RouteMonitoring(peer, UPDATE),
        Statistics(peer, (Counted(7, 9), Counted(9, 9, (1, 1)))),
        RouteMirroring(peer, ((1, b"\0\0"), (0, UPDATE))),
        PeerDown(peer, DownReason.REMOTE),
    ]
    return b"".join(one.encode() for one in dice.choices(made, k=4) + made)


def damaged(dice: Random, data: bytes) -> bytes:
    """Some octets other, gone or more."""
    out = bytearray(data)
    for _ in range(dice.randint(0, 6)):
        at = dice.randrange(len(out))
        choice = dice.randrange(4)
        if choice == 0:
            out[at] = dice.choice((0, 1, 0x7F, 0xFF, dice.randrange(256)))
        elif choice == 1:
            del out[at : at + dice.randint(1, 8)]
            out += b"\0"  # never nothing
        elif choice == 2:
            out[at:at] = dice.randbytes(dice.randint(1, 8))
        else:
            del out[at:]
            out += b"\0"
    return bytes(out)


def pieces(dice: Random, data: bytes) -> list[bytes]:
    """Cut anywhere."""
    cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.randint(0, 5)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def check_files(dice: Random) -> None:
    """Files."""
    data = damaged(dice, file_of(dice))
    file = MrtFile(io.BytesIO(b"\0\0\0\0" + data[4:]), is_strict=False)
    for entry in file:
        if isinstance(entry, MessageSeen | StateChange | Rib):
            again = list(MrtFile(io.BytesIO(entry.record().encode())))
            assert type(again[0]) is type(entry)
        with suppress(DecodeError):
            for one in heard_in(entry, file.peers):
                line_of(one)
                model_of(one)
    places = [one.offset or 0 for one in file.faults]
    assert places == sorted(places)


def check_core(dice: Random) -> None:
    """The core."""
    data = damaged(dice, file_of(dice))
    reader, routes = MrtBatches(), MrtRoutes()
    for piece in pieces(dice, data):
        reader.feed(piece)
        routes.feed(piece)
    reader.end()
    routes.end()
    prefixes, *_, sets = reader.take()
    assert len(prefixes) == len(array("I", sets))
    for number in range(reader.sets):
        octets = reader.attributes(number)
        assert octets is not None
        with suppress(DecodeError):
            assert AttributeSet.decode(octets).encode() == octets
    for number, _ in enumerate(routes.peers):
        routes.messages(number, 0, 1_000, 4096, has_path_ids=dice.random() < 0.5)


def messages_of(parts: list[bytes]) -> list[object]:
    """What a receiver makes of a stream, and that it ended."""
    receiver, views, found = Receiver(), Views(), list[object]()
    try:
        for part in parts:
            for message in receiver.receive(part):
                found.append(message)
                line_of_message(message)
                try:
                    found += [one.line() for one in views.heard_in(message)]
                except DecodeError as error:
                    found.append(str(error))
    except DecodeError as error:
        found.append(str(error))
    return found


def check_streams(dice: Random) -> None:
    """Streams."""
    data = damaged(dice, stream_of(dice))
    assert messages_of(pieces(dice, data)) == messages_of([data])


def check_fields(fields: tuple[Field, ...], start: int, end: int) -> None:
    """They lie between `start` and `end`, and those in them in them."""
    for field in fields:
        assert start <= field.offset <= field.offset + field.size <= end
        check_fields(field.fields, field.offset, field.offset + field.size)


def check_dissection(dice: Random) -> None:
    """Dissection, of whole streams and of segments."""
    data = damaged(dice, stream_of(dice))
    start = dice.choice((0, 0, dice.randrange(len(data))))
    tables, carrier = dissectors(), dice.choice(("", "tcp"))
    span = Span(data, start, len(data), tables, carrier=carrier)
    layer = tables.link[BARE["bmp"]](span)
    assert layer.summary.isprintable()
    check_fields(layer.fields, start, len(data))
    assert len(layer.reencode(data)) == len(data) - start


def act(dice: Random, a: Node, b: Node, station: Raw, policies: dict[str, Policy]) -> None:
    """Something happens: to what is said, to what is thought of it, or to a connection."""
    some = network(*dice.sample(PREFIXES, dice.randint(0, 5)))
    match dice.randrange(6):
        case 0 | 1:
            a.give_networks(some)
        case 2 | 3:
            (neighbor,) = b.bgp.config.neighbors
            policy = dice.choice((None, *policies.values()))
            families = tuple(replace(one, import_policy=policy) for one in neighbor.families)
            b.reconfigure(neighbors=(replace(neighbor, families=families),))
        case 4:
            b.give_networks(some)
        case _ if dice.random() < 0.5:
            a.ask("reset", "to 10.0.0.2")
        case _:
            for stream in list(station.ends):
                station.close(stream)


def check_station(dice: Random) -> None:
    """A station, of a router to which things happen."""
    net, policies = Net(), load(POLICIES)
    a, b, station = three(net)
    net.begin()
    net.run(3)
    for _ in range(dice.randint(1, 9)):
        act(dice, a, b, station, policies)
        net.run(dice.choice((0.01, 0.5, 3)))
    (told,) = b.bgp.monitoring.stations.values()
    for _ in range(20):
        net.run(40)
        if told.state == "up" and b.peer().established is not None:
            break
    stream = max(station.octets)
    held = {view: set[str]() for view in ("pre-policy", "post-policy", "loc-rib", "out")}
    for prefix in (*PREFIXES, P):
        for number, _, _, imported, flags, *_, is_best in b.bgp.table.paths(IPV4.code, prefix):
            is_used = imported is not None and not flags & REFUSED
            of = {"pre-policy": number == 1, "post-policy": number == 1 and is_used}
            for view in (name for name, is_so in {**of, "loc-rib": is_best}.items() if is_so):
                held[view].add(str(prefix))
        said = b.bgp.table.told(1, IPV4.code, prefix)
        if said is not None and said[0] is not None:
            held["out"].add(str(prefix))
    seen = {view: table(station, view, stream) for view in held}
    assert seen == held, f"{seen} is not {held}"
    assert not any(isinstance(one, UnknownMessage) for one in messages(station, stream))


def check_playback(dice: Random) -> None:
    """Playback."""
    playback = Playback(65001, 1, [(0, UPDATE)], hold_s=dice.choice((0, 90)))
    playback.connected()
    with suppress(DecodeError):
        for now, part in enumerate(pieces(dice, damaged(dice, OPEN + Keepalive().encode()))):
            playback.receive(part, now)
            playback.take(1 << 16, now)
            playback.next_deadline(now)


def check_round(seed: int) -> None:
    """One round of each."""
    dice = Random(seed)
    if seed % STATION_EVERY == 0:
        check_station(dice)
    for check in (
        check_files,
        check_core,
        check_streams,
        check_dissection,
        check_playback,
    ):
        check(dice)


if __name__ == "__main__":
    go_through("records", check_round)
