"""`Speaker`: two of them on the loopback, with all that a program does."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from fingerpost import Prefix, Speaker, policy
from fingerpost._core import PrefixColumn
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.errors import UsageError
from fingerpost.speaker import BlockingSpeaker, SessionError, SpeakerPeer, Update

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fingerpost.speaker import Updates

HERE, THERE = "127.0.0.1", "127.0.0.2"
HOP = "192.0.2.2"  # an address of 127/8 is no next hop (RFC 7606 5.1, "no address of a host")
P = Prefix("198.51.100.0/24")


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HERE, 0))
        port: int = one.getsockname()[1]
        return port


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Speaker, Speaker, SpeakerPeer, int]]:
    """AS 65001 that listens, AS 65002 that has connected to it, and how that sees the first."""
    port = free_port()
    async with (
        Speaker(65001, "192.0.2.1", listen=HERE, port=port, seed=1) as one,
        Speaker(65002, HOP, seed=2) as other,
    ):
        one.accept("127.0.0.0/8", asn=65002)
        peer = await other.connect(HERE, asn=65001, port=port, local_address=THERE, timeout=5)
        await one.established(THERE, 5)
        yield one, other, peer, port


async def some(updates: Updates, count: int) -> list[Update]:
    async with asyncio.timeout(5):
        return [await anext(updates) for _ in range(count)]


def test_what_one_announces_the_other_sees_and_its_withdrawal() -> None:
    async def talk() -> None:
        async with two() as (one, other, peer, _):
            assert peer.is_established
            assert (peer.asn, peer.families) == (65001, (IPV4, IPV6))
            updates = one.updates()
            other.announce(
                [P, "203.0.113.0/24"],
                next_hop=HOP,
                path="64999 64998",
                med=7,
                communities=["65010:100", "blackhole", "65010:1:2", "rt:65010:1", (1, 2, 3)],
            )
            found = {one.prefix: one for one in await some(updates, 2)}
            assert set(found) == {P, Prefix("203.0.113.0/24")}
            path = found[P].path
            assert path is not None
            assert (found[P].peer, found[P].family) == (THERE, IPV4)
            assert path.as_path.numbers == (65002, 64999, 64998)
            assert (path.origin, path.med, str(path.next_hop)) == ("igp", 7, HOP)
            assert path.communities == (
                "65010:100",
                "blackhole",
                "65010:1:2",
                "1:2:3",
                "rt:65010:1",
            )
            assert str(path) == f"65002 64999 64998 via {HOP}"
            other.announce("2001:db8::/32", next_hop="2001:db8::1")
            (six,) = await some(updates, 1)
            assert (six.family, str(six.prefix)) == (IPV6, "2001:db8::/32")
            other.withdraw(P)
            (gone,) = await some(updates, 1)
            assert (gone.prefix, gone.path) == (P, None)
            assert [route.prefix for route in one.routes()] == [Prefix("203.0.113.0/24")]
            assert [route.peer for route in other.routes(best=True)] == ["self"]

    asyncio.run(talk())


def test_what_neighbours_say_is_passed_on_only_where_the_program_wants_it() -> None:
    async def talk() -> None:
        async with two() as (one, other, _, port):
            one.accept("127.0.1.0/24", asn=65003, passes_on=True)
            one.accept("127.0.2.0/24", asn=65004)
            async with Speaker(65003, 3, seed=3) as taker, Speaker(65004, 4, seed=4) as stranger:
                await taker.connect(HERE, asn=65001, port=port, local_address="127.0.1.1")
                await stranger.connect(HERE, asn=65001, port=port, local_address="127.0.2.1")
                other.announce(P, next_hop=HOP)
                (passed,) = await some(taker.updates(), 1)
                assert passed.path is not None
                assert passed.path.as_path.numbers == (65001, 65002)
                assert str(passed.path.next_hop) == HOP  # who is not on the way does not say so
                one.announce("203.0.113.0/24", next_hop=HOP)
                (only,) = await some(stranger.updates(), 1)
                assert str(only.prefix) == "203.0.113.0/24"

    asyncio.run(talk())


def test_a_hundred_thousand_prefixes_and_a_reader_that_comes_late() -> None:
    def all_of() -> Iterator[str]:
        return (f"{n >> 16}.{n >> 8 & 255}.{n & 255}.0/24" for n in range(1 << 16, 165_536))

    async def talk() -> None:
        async with two() as (one, other, _, _):
            late = one.updates(replays=False)
            column = PrefixColumn(all_of())
            for med in (1, 2):  # what was said in between nobody hears any more
                other.announce(column, next_hop=HOP, med=med)
                async with asyncio.timeout(20):
                    while not _all_have(one, med, len(column)):
                        await asyncio.sleep(0.02)
            seen: dict[object, int | None] = {}
            count = 0
            async with asyncio.timeout(20):
                async for batch in late.batches():
                    count += len(batch)
                    for update in batch:
                        assert update.path is not None
                        seen[update.prefix] = update.path.med
                    if count >= len(column):
                        break
            assert count == len(seen) == len(column)
            assert set(seen.values()) == {2}

    asyncio.run(talk())


def _all_have(one: Speaker, med: int, count: int) -> bool:
    peer = one[THERE]
    if peer.received(IPV4) < count:
        return False
    return all(route.path is not None and route.path.med == med for route in one.routes())


def test_policies_of_routers_judge_what_comes_and_goes() -> None:
    statement = {"match": {"community": "65002:1"}, "set": {"local-preference": 300}}
    held = policy.load(
        {
            "policies": {
                "in": {"otherwise": "reject", "statements": [statement]},
                "out": {"statements": [{"set": {"add-community": "65002:9"}}]},
            }
        }
    )

    async def talk() -> None:
        port = free_port()
        async with (
            Speaker(65001, 1, listen=HERE, port=port, seed=1) as one,
            Speaker(65002, 2, seed=2) as other,
        ):
            one.accept("127.0.0.0/8", import_policy=held["in"])
            await other.connect(HERE, port=port, local_address=THERE, export_policy=held["out"])
            other.announce(P, next_hop=HOP, communities=["65002:1"])
            other.announce("203.0.113.0/24", next_hop=HOP)
            found = {update.prefix: update for update in await some(one.updates(), 2)}
            assert [found[p].is_accepted for p in sorted(found)] == [True, False]
            path = found[P].path
            assert path is not None
            assert path.communities == ("65002:1", "65002:9")
            (best,) = one.routes(best=True)
            assert best.path is not None
            assert (best.prefix, best.path.local_preference) == (P, 300)

    asyncio.run(talk())


def test_ends_are_told_with_their_words() -> None:
    async def talk() -> None:
        async with two() as (one, other, peer, _):
            events = one.events()
            peer.close("maintenance tonight")
            async with asyncio.timeout(5):
                ended = await anext(events)
            assert (ended.peer, ended.is_established) == (THERE, False)
            assert "maintenance tonight" in ended.reason
            assert other.peers == {}

    asyncio.run(talk())


def test_who_is_refused_is_told_why() -> None:
    async def talk() -> None:
        async with two() as (_, other, _, port):
            async with Speaker(65009, 9, seed=9) as wrong:
                with pytest.raises(SessionError, match=r"it refuses: open message, bad peer"):
                    await wrong.connect(HERE, asn=65001, port=port, local_address="127.0.0.9")
                with pytest.raises(SessionError, match=r"refused by us: .* expected 65000"):
                    await wrong.connect(HERE, asn=65000, port=port, local_address="127.0.0.9")
                with pytest.raises(SessionError, match=r"no session within 0.2 s.*refused"):
                    await wrong.connect("127.0.0.77", port=port, timeout=0.2)
                assert wrong.peers == {}
            with pytest.raises(UsageError, match="two neighbors"):
                other.add(HERE)
            with pytest.raises(UsageError, match="no option"):
                other.add("127.0.0.8", colour="red")  # type: ignore[call-arg]
            with pytest.raises(UsageError, match="takes no connections"):
                other.accept("127.0.0.0/8")
        with pytest.raises(UsageError, match="closed"):
            other.announce(P)
        with pytest.raises(UsageError, match="listen failed"):
            async with Speaker(65001, 1, listen="192.0.2.1"):
                pass

    asyncio.run(talk())


def test_without_asyncio() -> None:
    port = free_port()
    with (
        BlockingSpeaker(65001, 1, listen=HERE, port=port) as one,
        BlockingSpeaker(65002, 2) as other,
    ):
        one.accept("127.0.0.0/8")
        other.announce(P, next_hop=HOP)
        other.connect(HERE, port=port, local_address=THERE)
        updates = one.updates()
        assert next(updates).prefix == P
        updates.close()
        assert [route.prefix for route in one.routes()] == [P]
