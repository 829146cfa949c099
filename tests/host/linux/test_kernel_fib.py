"""Routes in the kernel: each kind of route, replacement, removal, refusal, conflict."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from errno import EEXIST

import pytest

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop, Route, RouteKind
from fingerpost.host.linux.kernel_fib import METRIC, PROTOCOL, KernelFib
from fingerpost.rib import AnnounceRoutes, Rib, WithdrawRoutes
from linux.kernel_stand import GATEWAYS, Stand, drop, expected, fib, put, route, standing

G1, G2, SIX1, SIX2, LINK = (GATEWAYS[name] for name in ("g1", "g2", "six1", "six2", "link"))
ON1, ON2, ONSIX = (GATEWAYS[name] for name in ("on1", "on2", "onsix"))


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing() as made:
        yield made


@pytest.fixture(params=[True, False], ids=["objects", "plain"])
def ours(stand: Stand, request: pytest.FixtureRequest) -> KernelFib:
    assert stand.routes() == {}
    return fib(request.param)


@pytest.mark.parametrize(
    ("prefix", "hops"),
    [
        ("192.0.2.0/24", (G1,)),
        ("192.0.2.0/24", (LINK,)),
        ("0.0.0.0/0", (G1,)),
        ("192.0.2.1/32", (SIX1,)),  # RFC 8950
        ("192.0.2.0/24", (G1, G2)),
        ("192.0.2.0/24", (replace(G1, weight=3), replace(G2, weight=7))),
        ("192.0.2.0/24", (G1, SIX2)),
        ("2001:db8:f::/48", (SIX1,)),
        ("2001:db8:f::/48", (LINK,)),
        ("2001:db8:f::/48", (NextHop("va1", Address("fe80::1")),)),
        (
            "2001:db8:f::/48",
            (NextHop("va1", Address("fe80::1")), NextHop("va2", Address("fe80::1"))),
        ),
        ("192.0.2.0/24", (NextHop("va2", Address("fe80::1")),)),  # RFC 8950
        ("::/0", (SIX1,)),
        ("2001:db8:f::1/128", (replace(SIX1, weight=200), SIX2)),
        ("172.16.0.1/32", (ON1,)),  # as a neighbour on an unnumbered wire is reached
        ("192.0.2.0/24", (ON1, ON2)),
        ("192.0.2.0/24", (replace(G1, weight=3), replace(ON2, weight=7))),
        ("192.0.2.0/24", (replace(G1, is_onlink=True),)),
        ("192.0.2.0/24", (ONSIX,)),
        ("2001:db8:f::/48", (ONSIX,)),
        ("2001:db8:f::/48", (ONSIX, SIX2)),
    ],
)
def test_unicast_routes_stand_in_the_kernel_as_they_are_wanted(
    stand: Stand, ours: KernelFib, prefix: str, hops: tuple[NextHop, ...]
) -> None:
    ours.want([put(prefix, *hops)])
    assert ours.sync().added == 1
    assert stand.routes() == {prefix: expected(hops)}
    assert ours.why(prefix).is_installed
    ours.want([drop(prefix)])
    assert ours.sync().deleted == 1
    assert stand.routes() == {}
    assert not ours.sync()


@pytest.mark.parametrize("kind", [RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT])
@pytest.mark.parametrize("prefix", ["192.0.2.0/24", "2001:db8:f::/48"])
def test_routes_that_lead_nowhere_keep_their_kind(
    stand: Stand, ours: KernelFib, prefix: str, kind: RouteKind
) -> None:
    ours.want([put(prefix, kind=kind)])
    ours.sync()
    assert stand.routes() == {prefix: expected((), kind)}
    assert not ours.drift().is_drift


def test_a_change_takes_the_place_of_what_was_there(stand: Stand, ours: KernelFib) -> None:
    ways: list[tuple[NextHop, ...]] = [(G1,), (G1, G2), (G2,), (LINK,), (SIX1,)]
    ways += [(replace(SIX1, is_onlink=True),), (replace(G1, is_onlink=True),), (G1,), (ON1, ON2)]
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    for hops in [*ways[1:], ways[0]]:
        ours.want([put("192.0.2.0/24", *hops)])
        assert ours.sync().replaced == 1
        assert stand.routes() == {"192.0.2.0/24": expected(hops)}
    ours.want([put("192.0.2.0/24", kind=RouteKind.BLACKHOLE)])
    assert ours.sync().replaced == 1
    assert stand.routes() == {"192.0.2.0/24": expected((), RouteKind.BLACKHOLE)}


def test_weights_beyond_what_the_kernel_holds_keep_their_ratio(
    stand: Stand, ours: KernelFib
) -> None:
    ours.want([put("192.0.2.0/24", replace(G1, weight=3000), replace(G2, weight=1500))])
    ours.sync()
    row = expected((replace(G1, weight=256), replace(G2, weight=128)))
    assert stand.routes() == {"192.0.2.0/24": row}


def test_the_order_of_next_hops_makes_no_difference(stand: Stand, ours: KernelFib) -> None:
    ours.want([put("192.0.2.0/24", G1, G2)])
    ours.sync()
    ours.want([put("192.0.2.0/24", G2, G1)])
    assert not ours.sync()
    assert stand.routes() == {"192.0.2.0/24": expected((G1, G2))}


def test_of_several_changes_of_a_prefix_the_last_counts(stand: Stand, ours: KernelFib) -> None:
    ours.want([put("192.0.2.0/24", G1), drop("192.0.2.0/24"), put("192.0.2.0/24", G2)])
    assert ours.sync().added == 1
    ours.want([drop("192.0.2.0/24"), put("192.0.2.0/24", G2)])
    assert not ours.sync()
    assert stand.routes() == {"192.0.2.0/24": expected((G2,))}


def test_connected_routes_are_left_to_the_kernel(stand: Stand, ours: KernelFib) -> None:
    learned = put("10.1.0.0/24", G2)
    ours.want([learned])
    ours.sync()
    assert learned.after is not None
    ours.want([replace(learned, after=replace(learned.after, source="connected:eth0"))])
    ours.sync()
    assert stand.routes() == {}
    assert "10.1.0.0/24" in stand.routes("proto kernel")


def test_a_foreign_route_with_our_metric_is_a_conflict_and_stays(
    stand: Stand, ours: KernelFib
) -> None:
    stand.ip(f"route add 192.0.2.0/24 via 10.2.0.2 proto 188 metric {METRIC}")
    ours.want([put("192.0.2.0/24", G1), put("198.51.100.0/24", G1)])
    done = ours.sync()
    assert (done.added, done.refused) == (1, 1)
    (refusal,) = ours.refused()
    assert refusal.errno == EEXIST
    assert "EEXIST" in str(refusal)
    assert "192.0.2.0/24" in str(refusal)
    assert "another metric" in refusal.advice
    assert stand.routes("proto 188") == {"192.0.2.0/24": expected((G2,))}
    ours.want([drop("192.0.2.0/24")])
    ours.sync()
    assert stand.routes("proto 188") == {"192.0.2.0/24": expected((G2,))}


def test_a_conflict_ends_when_the_foreign_route_goes(stand: Stand, ours: KernelFib) -> None:
    stand.ip(f"route add 192.0.2.0/24 via 10.2.0.2 proto 188 metric {METRIC}")
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    stand.ip(f"route del 192.0.2.0/24 via 10.2.0.2 proto 188 metric {METRIC}")
    assert ours.sync().added == 1
    assert ours.refused() == []


def test_a_foreign_route_with_another_metric_stands_beside_ours(
    stand: Stand, ours: KernelFib
) -> None:
    stand.ip("route add 192.0.2.0/24 via 10.2.0.2 proto 188 metric 20")
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    ours.withdraw()
    assert stand.routes() == {}
    assert stand.routes("proto 188") == {"192.0.2.0/24": expected((G2,))}


@pytest.mark.parametrize(
    ("hop", "number"),
    [
        (NextHop("va1", Address("203.0.113.1")), errno.ENETUNREACH),
        (NextHop("nowhere", Address("10.1.0.2")), errno.ENODEV),
    ],
)
def test_what_the_kernel_refuses_is_told_and_stays_wanted(
    stand: Stand, ours: KernelFib, hop: NextHop, number: int
) -> None:
    ours.want([put("192.0.2.0/24", hop), put("198.51.100.0/24", G1)])
    done = ours.sync()
    assert (done.added, done.refused) == (1, 1)
    (refusal,) = ours.refused()
    assert refusal.errno == number
    assert str(refusal).startswith(f"192.0.2.0/24 {hop}: {errno.errorcode[number]}")
    why = ours.why("192.0.2.0/24")
    assert (why.want, why.held, why.refusal) == (str(hop), None, refusal)
    assert set(stand.routes()) == {"198.51.100.0/24"}


def test_a_route_refused_for_its_interface_comes_with_it(stand: Stand, ours: KernelFib) -> None:
    ours.want([put("192.0.2.0/24", NextHop("late", Address("10.9.0.2")))])
    assert ours.sync().refused == 1
    stand.ip("link add late type veth peer name far")
    stand.ip("addr add 10.9.0.1/24 dev late")
    stand.ip("link set late up")
    stand.ip("link set far up")
    ours.interface_changed()
    assert ours.sync().added == 1
    assert stand.routes() == {"192.0.2.0/24": ("unicast", ("via 10.9.0.2 dev late",))}


def test_routes_come_back_with_a_link_that_was_down(stand: Stand, ours: KernelFib) -> None:
    wanted = {
        "192.0.2.0/24": (G1,),
        "198.51.100.0/24": (G1, G2),
        "203.0.113.0/24": (G2,),
        "2001:db8:f::/48": (SIX1,),
        "2001:db8:e::/48": (SIX1, SIX2),
    }
    ours.want([put(prefix, *hops) for prefix, hops in wanted.items()])
    ours.sync()
    stand.ip("link set va1 down")
    assert "192.0.2.0/24" not in stand.routes()
    stand.ip("link set va1 up")
    stand.ip("addr add 2001:db8:1::1/64 dev va1")
    ours.interface_changed()
    ours.sync()
    assert stand.routes() == {prefix: expected(hops) for prefix, hops in wanted.items()}


def test_what_a_link_that_came_back_makes_needless_goes_with_it(
    stand: Stand, ours: KernelFib
) -> None:
    """A connected network takes the place of a learned route while nothing is certain."""
    ours.want([put("192.0.2.0/24", G1)])
    ours.sync()
    ours.interface_changed()
    ours.want([drop("192.0.2.0/24")])
    ours.sync()
    assert stand.routes() == {}


def test_unused_nexthop_objects_go(stand: Stand) -> None:
    ours = fib()
    ours.want([put("192.0.2.0/24", G1, G2), put("198.51.100.0/24", G1), put("::/0", SIX1)])
    ours.sync()
    assert len(stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()) == 4
    ours.want([drop("192.0.2.0/24"), drop("::/0")])
    ours.sync()
    assert len(stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()) == 1
    assert stand.routes() == {"198.51.100.0/24": expected((G1,))}
    ours.withdraw()
    assert stand.ip(f"nexthop show proto {PROTOCOL}") == ""


def test_many_routes_go_with_their_nexthop_object_and_no_others_do(stand: Stand) -> None:
    ours = fib()
    many = PrefixColumn([f"172.16.{at // 64}.{at % 64 * 4}/30" for at in range(5000)])
    ours.want_table(many, Route((G1,)))
    ours.want([put("198.51.100.0/24", G1, G2), put("203.0.113.0/24", G2)])
    assert ours.sync().added == 5002
    ours.want_table(many, None)
    # the object is a member of a group as well: one message a route
    assert ours.sync().deleted == 5000
    ours.want_table(many, Route((NextHop("va1", Address("10.1.0.3")),)))
    ours.sync()
    ours.want_table(many, None)
    assert ours.sync().flushed == 5000
    assert set(stand.routes()) == {"198.51.100.0/24", "203.0.113.0/24"}
    assert not ours.drift().is_drift


def test_tables_beyond_255_are_kept_apart(stand: Stand) -> None:
    main, other = KernelFib(), KernelFib(table=1000)
    other.want([put("192.0.2.0/24", G1), put("2001:db8:f::/48", SIX1)])
    other.sync()
    main.want([put("192.0.2.0/24", G2)])
    main.sync()
    main.sweep()
    assert stand.routes() == {"192.0.2.0/24": expected((G2,))}
    assert set(stand.routes("table 1000")) == {"192.0.2.0/24", "2001:db8:f::/48"}
    assert not other.drift().is_drift


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"protocol": 4}, "protocol number 4 is the kernel's own"),
        ({"table": 255}, "table 255 cannot be ours"),
        ({"metric": 0}, "metric 0 cannot be given"),
    ],
)
def test_numbers_that_cannot_be_ours_are_refused(numbers: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        KernelFib(**numbers)  # type: ignore[arg-type]  # the keyword-only ones have other types


def test_a_column_may_hold_both_families(stand: Stand, ours: KernelFib) -> None:
    both = PrefixColumn(["192.0.2.0/24", "2001:db8:f::/48", "198.51.100.0/24"])
    ours.want_table(both, Route((LINK,)))
    assert ours.sync().added == 3
    assert stand.routes() == dict.fromkeys(map(str, both), expected((LINK,)))
    ours.want_table(both, None)
    assert ours.sync().deleted == 3
    ours.want_table(PrefixColumn(), Route((LINK,)))
    assert not ours.sync()


def test_the_snapshot_counts_what_is_and_what_was_done(ours: KernelFib) -> None:
    ours.want([put("192.0.2.0/24", G1), put("198.51.100.0/24", NextHop("nowhere"))])
    ours.sync()
    counts = ours.snapshot()
    assert (counts["wanted"], counts["held"], counts["refused_now"]) == (2, 1, 1)
    assert (counts["added"], counts["refused"]) == (1, 1)
    assert str(ours.why("203.0.113.0/24")) == "203.0.113.0/24: nothing wanted"
    assert str(ours.why("192.0.2.0/24")) == f"192.0.2.0/24 {G1}: in the kernel"
    assert route("192.0.2.0/24", G1).forwarding() == Route((G1,), origin="rip", metric=2)


def test_changes_in_columns_are_taken_as_changes_one_by_one(stand: Stand, ours: KernelFib) -> None:
    rib = Rib()
    mixed = [
        route("192.0.2.0/24", G1),
        route("198.51.100.0/24", G1),
        route("2001:db8:f::/48", SIX1),
    ]
    kernel = replace(route("203.0.113.0/24", G1), source="connected")
    ours.want(rib.apply(AnnounceRoutes((*mixed, kernel)), 1))
    ours.sync()
    assert sorted(stand.routes()) == sorted(str(one.prefix) for one in mixed)
    ours.want(rib.apply(WithdrawRoutes(mixed[0].source, (mixed[0].prefix, mixed[2].prefix)), 2))
    assert ours.sync().deleted == 2
    assert stand.routes() == {"198.51.100.0/24": expected((G1,))}
