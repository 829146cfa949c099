"""Routes as people write them: lines of words, and data as JSON has them."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.config.route_asked import from_data, parse
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.route import RibRoute

TEN = Prefix("10.1.0.0/16")
HOP = NextHop("eth0", Address("10.0.0.2"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.0.0/16", RibRoute(TEN, "static", 1, 0, ())),
        (
            "10.1.0.0/16 rip metric 3 tag 7 via 10.0.0.2 dev eth0",
            RibRoute(TEN, "rip", 120, 3, (HOP,), tag=7),
        ),
        (
            "10.1.0.0/16 via 10.0.0.2 dev eth0 proto rip [120/3] tag 7",
            RibRoute(TEN, "rip", 120, 3, (HOP,), tag=7),
        ),
        (
            "10.1.0.0/16 bgp med 5 local-preference 200 origin igp rpki valid neighbor a b "
            "remote-as 65001 role customer as-path 65001",
            RibRoute(
                TEN,
                "bgp",
                20,
                0,
                (),
                attributes={
                    "as_path": (65001,),
                    "med": 5,
                    "local_preference": 200,
                    "remote_as": 65001,
                    "origin": "igp",
                    "rov": "valid",
                    "neighbor": ("a", "b"),
                    "role": "customer",
                },
            ),
        ),
        ("10.1.0.0/16 ospf:1", RibRoute(TEN, "ospf:1", 110, 0, ())),
        ("10.1.0.0/16 bgp:1 distance 200", RibRoute(TEN, "bgp:1", 200, 0, ())),
        ("10.1.0.0/16 bgp:1", RibRoute(TEN, "bgp:1", 20, 0, ())),
        ("blackhole 10.1.0.0/16", RibRoute(TEN, "static", 1, 0, (), RouteKind.BLACKHOLE)),
        ("10.1.0.0/16 blackhole", RibRoute(TEN, "static", 1, 0, (), RouteKind.BLACKHOLE)),
        (
            "10.1.0.0/16 nexthop via 10.0.0.2 dev eth0 nexthop dev eth1 weight 2",
            RibRoute(TEN, "static", 1, 0, (HOP, NextHop("eth1", None, 2))),
        ),
        ("10.1.0.0/16 dev from", RibRoute(TEN, "static", 1, 0, (NextHop("from"),))),
        (
            "10.1.0.0/16 bgp:1 from 192.0.2.1 community 65000:1 no-export as-path 65000 174",
            RibRoute(
                TEN,
                "bgp:1",
                20,
                0,
                (),
                attributes={"communities": ("65000:1", "no-export"), "as_path": (65000, 174)},
                learned_from=Address("192.0.2.1"),
            ),
        ),
    ],
)
def test_a_line_of_words(text: str, expected: RibRoute) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "write a route: 10.1.0.0/16 rip metric 3"),
        ("10.1.0.1/16", "10.1.0.1/16"),
        ("ten rip", "ten"),
        ("10.1.0.0/16 rip metrik 3", "'metrik' is no word of a route; there is via, dev"),
        ("10.1.0.0/16 rip metric", "metric: nothing behind it, not 1 word"),
        ("10.1.0.0/16 rip metric 3 4", "metric: 3 4 behind it"),
        ("10.1.0.0/16 rip metric x", "metric x: write a whole number up to 4294967295"),
        ("10.1.0.0/16 distance 256", "distance 256: write a whole number up to 255"),
        ("10.1.0.0/16 via ten", "via ten"),
        ("10.1.0.0/16 from me", "me"),
        ("10.1.0.0/16 as-path x", "AS x: write a whole number"),
    ],
)
def test_what_is_no_route_is_said_with_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(text)


def test_rows_of_the_api_and_of_the_answers_are_read() -> None:
    row = {
        "prefix": "10.1.0.0/16",
        "protocol": "rip",
        "kind": "unicast",
        "distance": 120,
        "metric": 3,
        "tag": 7,
        "next_hops": [{"gateway": "10.0.0.2", "interface": "eth0", "weight": 1}],
        "learned_from": None,
        "age_s": 1.5,
        "is_used": True,
    }
    route = RibRoute(TEN, "rip", 120, 3, (HOP,), tag=7)
    assert from_data(row) == route
    assert from_data(route.as_dict()) == route
    assert from_data({"route": route.as_dict(), "wins": True}) == route
    assert from_data("10.1.0.0/16 rip [120/3] tag 7 via 10.0.0.2 dev eth0") == route


@pytest.mark.parametrize(
    "data",
    [
        7,
        None,
        {},
        {"prefix": 7},
        {"prefix": "10.0.0.0/8", "colour": 1},
        {"prefix": "10.0.0.1/8"},
        {"prefix": "10.0.0.0/8", "metric": -1},
        {"prefix": "10.0.0.0/8", "kind": "x"},
        {"prefix": "10.0.0.0/8", "source": 7},
        {"prefix": "10.0.0.0/8", "next_hops": [7]},
    ],
)
def test_data_that_is_no_route_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_data(data)


routes = st.builds(
    RibRoute,
    st.sampled_from([TEN, Prefix("10.0.0.0/8"), Prefix("0.0.0.0/0")]),
    st.sampled_from(["rip", "static", "ospf:1", "bgp:7"]),
    st.integers(0, 255),
    st.integers(0, 2**32 - 1),
    st.sampled_from([(HOP,), (NextHop("eth1"),), (HOP, NextHop("eth1", None, 3))]),
    tag=st.integers(0, 2**32 - 1),
)


@given(routes)
def test_what_is_printed_is_read_again(route: RibRoute) -> None:
    assert from_data(route.as_dict()) == route
    if len(route.next_hops) == 1:
        assert parse(str(route)) == route


@given(st.text(alphabet="10.:/ viadevripmetagno[]-", max_size=40))
def test_any_text_is_a_route_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse(text), RibRoute)
