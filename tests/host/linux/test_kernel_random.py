"""Any batches of changes, and a full table: what `ip route` prints is what was wanted."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.forwarding.route import NextHop, Route, RouteKind
from fingerpost.host.linux.kernel.attributes import Hop, Tail, of_hops, read_tail
from fingerpost.rib.events import Change
from linux.kernel_stand import GATEWAYS, Row, Stand, drop, expected, fib, put, standing

PREFIXES = [
    *(f"10.{128 + at}.0.0/{16 + at % 3}" for at in range(0, 24, 4)),
    "192.0.2.1/32",
    "0.0.0.0/0",
    "2001:db8:aaaa::/48",
    "2001:db8:bbbb::1/128",
    "2001:db8:cccc::/64",
    "::/0",
]
HOPS = [
    ("g1",),
    ("g2",),
    ("link",),
    ("g1", "g2"),
    ("six1",),
    ("six2", "six1"),
    ("g2", "six1"),
    ("on1",),
    ("on2", "on1"),
    ("g1", "on2"),
    ("onsix", "g2"),
]
KINDS = [RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT]


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with standing() as made:
        yield made


def hops_for(prefix: str, names: tuple[str, ...], weights: tuple[int, int]) -> tuple[NextHop, ...]:
    """Next hops by name; an IPv6 route has no IPv4 gateways."""
    is_six = ":" in prefix
    sixes = {"g1": "six1", "g2": "six2", "on1": "onsix", "on2": "six2"} if is_six else {}
    usable = [GATEWAYS[sixes.get(name, name)] for name in names]
    found = {(hop.interface, hop.gateway): hop for hop in usable}
    if len(found) == 1:
        return tuple(found.values())
    return tuple(
        replace(hop, weight=weight) for hop, weight in zip(found.values(), weights, strict=True)
    )


change = st.tuples(
    st.sampled_from(PREFIXES),
    st.one_of(
        st.none(),
        st.sampled_from(KINDS),
        st.tuples(st.sampled_from(HOPS), st.tuples(st.integers(1, 256), st.integers(1, 256))),
    ),
)


def made(prefix: str, what: object) -> tuple[Change, Row | None]:
    """A change, and what `ip` should print afterwards."""
    if what is None:
        return drop(prefix), None
    if isinstance(what, RouteKind):
        return put(prefix, kind=what), expected((), what)
    assert isinstance(what, tuple)
    hops = hops_for(prefix, *what)
    return put(prefix, *hops), expected(hops)


@pytest.mark.parametrize("is_by_object", [True, False], ids=["objects", "plain"])
@given(
    batches=st.lists(st.lists(change, max_size=12), min_size=1, max_size=4), sweeps=st.booleans()
)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_after_any_batches_the_kernel_has_what_is_wanted(
    stand: Stand, is_by_object: bool, batches: list[list[tuple[str, object]]], sweeps: bool
) -> None:
    ours = fib(is_by_object)
    wanted: dict[str, Row] = {}
    try:
        for batch in batches:
            changes = []
            for prefix, what in batch:
                one, row = made(prefix, what)
                changes.append(one)
                wanted.pop(prefix, None)
                if row is not None:
                    wanted[prefix] = row
            ours.want(changes)
            assert ours.sync().refused == 0
            assert stand.routes() == wanted
        if sweeps:  # the next run of this router takes over
            later = fib(is_by_object)
            assert later.adopt().strange == len(wanted)
            later.want([made(prefix, what)[0] for batch in batches for prefix, what in batch])
            assert not later.sync()
            assert stand.routes() == wanted
        assert not ours.drift().is_drift
    finally:
        ours.withdraw()
    assert stand.routes() == {}
    assert stand.ip("nexthop") == ""


@pytest.mark.parametrize("is_by_object", [True, False], ids=["objects", "plain"])
def test_fifty_thousand_routes_are_all_there(stand: Stand, is_by_object: bool) -> None:
    dice = random.Random(7)
    ways = [(GATEWAYS["g1"],), (GATEWAYS["g2"],), (GATEWAYS["g1"], GATEWAYS["g2"])]
    ways += [(NextHop("va1", Address(f"10.1.0.{last}")),) for last in range(10, 100)]
    wanted: dict[str, tuple[NextHop, ...]] = {}
    while len(wanted) < 50_000:
        length = dice.randrange(17, 33)
        prefix = Prefix((Address(dice.randrange(0x0B000000, 0xDF000000)), length))
        wanted[str(prefix)] = dice.choice(ways)
    ours = fib(is_by_object)
    ours.want([put(prefix, *hops) for prefix, hops in wanted.items()])
    done = ours.sync()
    assert (done.added, done.refused) == (50_000, 0)
    rows = {hops: expected(hops) for hops in ways}
    assert stand.routes() == {prefix: rows[hops] for prefix, hops in wanted.items()}
    moved, gone = list(wanted)[::3], set(list(wanted)[1::3])
    ours.want([put(prefix, GATEWAYS["g2"]) for prefix in moved])
    ours.want([drop(prefix) for prefix in gone])
    ours.sync()
    left = {prefix: hops for prefix, hops in wanted.items() if prefix not in gone}
    left |= dict.fromkeys(moved, (GATEWAYS["g2"],))
    assert stand.routes() == {prefix: rows[hops] for prefix, hops in left.items()}
    assert not ours.drift().is_drift
    ours.withdraw()
    assert stand.routes() == {}


def test_a_column_goes_in_and_out(stand: Stand) -> None:
    ours = fib()
    column = PrefixColumn([Prefix((Address(0x0B000000 + at * 256), 24)) for at in range(20_000)])
    ours.want_table(column, Route((GATEWAYS["g1"],)))
    part = ours.sync(7000).added
    assert 7000 <= part < 8000
    assert ours.is_behind
    assert ours.why(column[part - 1]).is_installed
    assert not ours.why(column[part]).is_installed
    assert ours.sync().added == 20_000 - part
    assert not ours.is_behind
    ours.want_table(column, Route((GATEWAYS["g2"],)))
    assert ours.sync().replaced == 20_000
    ours.want_table(column, None)
    assert ours.sync().flushed == 20_000
    assert stand.routes() == {}


hop = st.builds(
    Hop,
    interface=st.integers(1, 1 << 20),
    gateway=st.one_of(
        st.none(),
        st.integers(1, (1 << 32) - 1).map(lambda bits: Address(bits, 4)),
        st.integers(1, (1 << 128) - 1).map(lambda bits: Address(bits, 6)),
    ),
    weight=st.integers(1, 256),
)


@given(hops=st.lists(hop, min_size=1, max_size=8), metric=st.integers(1, (1 << 32) - 1))
@settings(derandomize=True)
def test_next_hops_read_back_as_they_were_written(hops: list[Hop], metric: int) -> None:
    if len(hops) == 1:
        hops = [replace(hops[0], weight=1)]
    octets = struct.pack("=BBBxI", 2, 1, 0, metric) + of_hops(4, hops)
    assert read_tail(octets) == Tail(4, 1, 0, metric, hops=tuple(hops))


@given(hops=st.lists(hop, min_size=1, max_size=8), is_six=st.booleans())
@settings(derandomize=True, deadline=None)
def test_pyroute2_reads_our_next_hops_as_we_do(hops: list[Hop], is_six: bool) -> None:
    rtmsg = pytest.importorskip("pyroute2.netlink.rtnl.rtmsg")
    version, family = (6, 10) if is_six else (4, 2)
    if is_six:
        hops = [one for one in hops if one.gateway is None or one.gateway.version == 6]
    if not hops:
        return
    body = struct.pack("=8BI", family, 0, 0, 0, 254, 70, 0, 1, 0) + of_hops(version, hops)
    message = rtmsg.rtmsg(struct.pack("=IHHII", 16 + len(body), 24, 0, 1, 0) + body)
    message.decode()
    read = message.get_attr("RTA_MULTIPATH") or [message]
    assert [_read(one, len(hops) > 1) for one in read] == [
        (
            one.interface,
            str(one.gateway) if one.gateway else None,
            one.weight if len(hops) > 1 else 1,
        )
        for one in hops
    ]


def _read(one: object, is_one_of_several: bool) -> tuple[int, str | None, int]:
    get = one.get_attr  # type: ignore[attr-defined]  # pyroute2 has no types
    via = get("RTA_VIA")
    gateway = via["addr"] if via else get("RTA_GATEWAY")
    gateway = str(Address(gateway)) if gateway else None
    if is_one_of_several:
        return one["oif"], gateway, one["hops"] + 1  # type: ignore[index]
    return get("RTA_OIF"), gateway, 1


@given(st.binary(max_size=120))
@settings(derandomize=True)
def test_any_tail_reads_or_is_malformed(octets: bytes) -> None:
    try:
        hops = read_tail(octets).hops
    except DecodeError:
        return
    assert all(1 <= one.weight <= 256 for one in hops)
