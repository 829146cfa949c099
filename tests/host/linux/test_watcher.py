"""The kernel's interfaces, live, in a namespace of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest

from fingerpost.host.linux.interfaces import InterfaceWatcher
from fingerpost.host.linux.kernel_interface import InterfaceChange, KernelInterface
from fingerpost.host.linux.watch.netlink import BUFFER
from linux.inside import inside, run, until
from netns import Namespace, namespaces, require_root


@pytest.fixture
def space() -> Iterator[Namespace]:
    require_root()
    with namespaces("w") as (made,), inside(made):
        yield made


class Watched:
    """A watcher, and what it told."""

    def __init__(self, **settings: int) -> None:
        self.changes: list[InterfaceChange] = []
        self.watcher = InterfaceWatcher(self.changes.extend, **settings)

    def __getitem__(self, name: str) -> KernelInterface | None:
        return next((one for one in self.watcher.interfaces if one.name == name), None)

    def has(self, name: str, *addresses: str, is_up: bool = True) -> bool:
        found = self[name]
        if found is None or found.is_up is not is_up:
            return False
        return {str(own) for own in found.addresses if not own.address.is_link_local} == {
            *addresses
        }

    async def __aenter__(self) -> Watched:
        await self.watcher.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.watcher.stop()


async def ip(space: Namespace, words: str) -> None:
    await asyncio.to_thread(space.ip, words)


def test_what_is_there_is_told_before_start_returns(space: Namespace) -> None:
    space.ip("link add va type veth peer name vb")
    space.ip("addr add 10.0.0.1/24 dev va")

    async def case() -> None:
        async with Watched() as seen:
            assert [change.name for change in seen.changes] == ["lo", "vb", "va"]
            loopback = seen["lo"]
            assert loopback is not None
            assert loopback.interface.is_loopback
            assert loopback.is_up
            assert seen.has("va", "10.0.0.1/24", is_up=False)
            va = seen["va"]
            assert va is not None
            assert va.kind == "veth"

    run(case)


def test_links_and_addresses_are_followed(space: Namespace) -> None:
    async def case() -> None:
        async with Watched() as seen:
            await ip(space, "link add va type veth peer name vb")
            await until(lambda: seen.has("va", is_up=False))
            await ip(space, "link set va up")
            await ip(space, "link set vb up")
            await until(lambda: seen.has("va"))
            await ip(space, "addr add 10.0.0.1/24 dev va")
            await ip(space, "addr add 10.0.0.2/24 dev va")
            await until(lambda: seen.has("va", "10.0.0.1/24", "10.0.0.2/24"))
            await ip(space, "link set va mtu 1400")
            await until(lambda: (found := seen["va"]) and found.interface.mtu == 1400)
            await ip(space, "link set vb down")  # the carrier of the other end
            await until(lambda: seen.has("va", "10.0.0.1/24", "10.0.0.2/24", is_up=False))
            va = seen["va"]
            assert va is not None
            assert va.is_enabled
            assert not va.has_carrier
            await ip(space, "addr flush dev va")
            await until(lambda: seen.has("va", is_up=False))
            await ip(space, "link del va")
            await until(lambda: seen["va"] is None and seen["vb"] is None)

    run(case)


def test_an_ipv6_address_is_told_when_duplicate_address_detection_is_over(
    space: Namespace,
) -> None:
    space.ip("link add va type veth peer name vb")
    space.ip("link set vb up")
    space.ip("link set va up")

    async def case() -> None:
        async with Watched() as seen:
            await ip(space, "addr add 2001:db8::1/64 dev va")
            await until(lambda: seen.has("va", "2001:db8::1/64"))
            assert "2001:db8::1" not in space.ip("-6 addr show dev va tentative")

    run(case)


def test_a_duplicate_address_is_never_told_rfc_4862_5_4_5(space: Namespace) -> None:
    space.ip("link add va type veth peer name vb")
    space.sysctl(net__ipv6__conf__vb__accept_dad=0)
    space.ip("link set vb up")
    space.ip("link set va up")
    space.ip("addr add 2001:db8::1/64 dev vb nodad")

    async def case() -> None:
        async with Watched() as seen:
            await ip(space, "addr add 2001:db8::1/64 dev va")

            def is_failed() -> bool:
                return "dadfailed" in space.ip("addr show dev va")

            await until(is_failed)
            await asyncio.sleep(0.1)
            assert seen.has("va")
            assert seen.has("vb", "2001:db8::1/64")

    run(case)


def test_a_new_name_is_an_interface_that_goes_and_one_that_comes(space: Namespace) -> None:
    space.ip("link add va type veth peer name vb")

    async def case() -> None:
        async with Watched() as seen:
            seen.changes.clear()
            await ip(space, "link set va name vc")
            await until(lambda: seen["vc"])
            assert [(c.name, c.after is None) for c in seen.changes] == [
                ("va", True),
                ("vc", False),
            ]

    run(case)


def test_a_port_that_leaves_its_bridge_is_not_taken_for_a_deleted_link(space: Namespace) -> None:
    space.ip("link add bridge0 type bridge")
    space.ip("link add va type veth peer name vb")
    space.ip("link set va master bridge0")

    async def case() -> None:
        async with Watched() as seen:
            seen.changes.clear()
            await ip(space, "link set va nomaster")
            await ip(space, "link set va mtu 1300")
            await until(lambda: (found := seen["va"]) and found.interface.mtu == 1300)
            assert all(c.after is not None for c in seen.changes)

    run(case)


@pytest.mark.parametrize("buffer", [BUFFER, 4096])
def test_after_a_storm_of_2000_changes_what_was_told_is_what_is(
    space: Namespace, buffer: int
) -> None:
    space.ip("link add va type veth peer name vb")
    space.ip("link set vb up")
    space.ip("link set va up")
    words = []
    for number in range(1000):
        words.append(f"addr add 10.{number // 250}.{number % 250}.1/24 dev va")
    for number in range(0, 1000, 2):
        words.append(f"addr del 10.{number // 250}.{number % 250}.1/24 dev va")
    for _ in range(250):
        words += ["link set va down", "link set va up"]

    async def case() -> None:
        async with Watched(buffer=buffer) as seen:
            process = await asyncio.create_subprocess_exec(
                *("ip", "-batch", "-"), stdin=asyncio.subprocess.PIPE
            )
            await process.communicate("\n".join(words).encode())
            assert process.returncode == 0
            left = {f"10.{n // 250}.{n % 250}.1/24" for n in range(1, 1000, 2)}
            await until(lambda: seen.has("va", *left), 20)
            counters = seen.watcher.counters
            assert counters["overruns"] > 0 or buffer > 4096, counters
            assert counters["unread"] == 0
            va = [change for change in seen.changes if change.name == "va"]
            assert any(c.after is not None and not c.after.is_up for c in va)
            for before, after in pairwise(va):
                assert before.after == after.before

    run(case)


@pytest.mark.usefixtures("space")
def test_what_the_listener_raises_at_the_start_ends_the_start() -> None:
    def refuse(_: object) -> None:
        raise ValueError("it is not to be had")

    async def case() -> None:
        watcher = InterfaceWatcher(refuse)
        try:
            await asyncio.wait_for(watcher.start(), 10)
        finally:
            watcher.stop()

    with pytest.raises(ValueError, match="not to be had"):
        run(case)


def test_a_link_that_goes_down_is_told_of_before_what_comes_is(space: Namespace) -> None:
    space.ip("link add va type veth peer name vb")
    space.ip("link set va up")
    space.ip("link set vb up")
    space.ip("addr add 10.0.0.1/24 dev va")

    async def case() -> None:
        async with Watched(gather_ns=1_500_000_000) as seen:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(1.6)  # quiet for as long as things are gathered
            await ip(space, "addr add 10.0.0.9/24 dev va")
            began = loop.time()
            await ip(space, "link set va down")
            await until(lambda: seen.has("va", "10.0.0.1/24", "10.0.0.9/24", is_up=False))
            assert loop.time() - began < 1
            began = loop.time()
            await ip(space, "link set va up")
            await ip(space, "link set va down")  # one loss soon after another is gathered
            await ip(space, "link set va up")
            await until(lambda: seen.has("va", "10.0.0.1/24", "10.0.0.9/24"))
            assert loop.time() - began > 0.7

    run(case)
