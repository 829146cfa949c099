"""FRR's `show ip route json`, and JSON that is none."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import LoadError
from fingerpost.fib.load import Loaded, NextHop, RouteEntry, load_routes


def hop(ip: str | None, interface: str | None, **flags: object) -> dict[str, Any]:
    known = {"ip": ip, "interfaceName": interface, "active": True, "fib": True, **flags}
    return {name: value for name, value in known.items() if value is not None}


def route(protocol: str, hops: list[dict[str, Any]], **fields: object) -> dict[str, Any]:
    shown = {"protocol": protocol, "selected": True, "distance": 110, "metric": 20, "table": 254}
    return {**shown, "nexthops": hops, **fields}


def load(document: object, **options: object) -> Loaded:
    text = document if isinstance(document, str) else json.dumps(document)
    return load_routes(io.StringIO(text), **options)  # type: ignore[arg-type]


def entry(loaded: Loaded, prefix: str) -> RouteEntry:
    assert loaded.format == "frr"
    value = {str(known): value for known, value in loaded.items()}[prefix]
    assert isinstance(value, RouteEntry)
    return value


def test_the_selected_route_wins_and_the_others_are_kept() -> None:
    loaded = load(
        {
            "10.0.0.0/8": [
                route("ospf", [hop("192.0.2.1", "eth0", fib=None)], selected=None),
                route("bgp", [hop("192.0.2.2", "eth1", weight=3)], distance=20, metric=0),
            ]
        }
    )
    winner = entry(loaded, "10.0.0.0/8")
    assert (winner.protocol, winner.distance, winner.metric) == ("bgp", 20, 0)
    assert winner.next_hops == (NextHop(Address("192.0.2.2"), "eth1", 3),)
    assert [other.protocol for other in winner.others] == ["ospf"]
    assert loaded.duplicates == 1


def test_of_a_recursive_next_hop_the_resolved_ones_count() -> None:
    hops = [
        hop("203.0.113.9", None, fib=None, recursive=True),
        hop("fe80::1", "eth0", resolver=True),
        hop("fe80::2", "eth1", resolver=True),
    ]
    winner = entry(load({"2001:db8::/32": [route("bgp", hops)]}), "2001:db8::/32")
    assert [str(next_hop.gateway) for next_hop in winner.next_hops] == ["fe80::1", "fe80::2"]


@pytest.mark.parametrize(
    ("flag", "kind"),
    [("blackhole", "blackhole"), ("reject", "unreachable"), ("adminProhibited", "prohibit")],
)
def test_discard_routes_keep_their_kind(flag: str, kind: str) -> None:
    hops = [hop(None, None, unreachable=True, **{flag: True})]
    winner = entry(load({"10.0.0.0/8": [route("static", hops)]}), "10.0.0.0/8")
    assert (winner.kind, winner.next_hops) == (kind, ())


def test_a_prefix_without_a_selected_route_is_counted_not_loaded() -> None:
    loaded = load({"10.0.0.0/8": [route("static", [], selected=False)]})
    assert loaded.routes == 0
    assert loaded.skipped == {"not selected": 1}


def test_of_all_vrfs_one_is_chosen() -> None:
    document = {
        "default": {"10.0.0.0/8": [route("static", [hop(None, "eth0")])]},
        "red": {"11.0.0.0/8": [route("static", [hop(None, "eth1")], table=1001)]},
    }
    loaded = load(document)
    assert entry(loaded, "10.0.0.0/8").interface == "eth0"
    assert loaded.skipped == {"VRF red": 1}
    assert entry(load(document, table="red"), "11.0.0.0/8").table == "1001"


def test_bad_members_are_listed_and_the_rest_is_loaded() -> None:
    good = [route("static", [hop("192.0.2.1", "eth0")])]
    document = {
        "10.0.0.0/33": good,
        "11.0.0.0/8": [route("static", [hop("nowhere", "eth0")]), *good],
        "12.0.0.0/8": 7,
        "::/0": good,
    }
    loaded = load(document)
    assert {str(prefix) for prefix, _ in loaded.items()} == {"11.0.0.0/8", "::/0"}
    assert [bad.text for bad in loaded.bad] == ["10.0.0.0/33", "11.0.0.0/8", "12.0.0.0/8"]
    with pytest.raises(LoadError, match=r"offset \d+: '10.0.0.0/33'"):
        load(document, strict=True)


def test_a_table_larger_than_a_chunk_is_read_member_by_member() -> None:
    good = [route("static", [hop("192.0.2.1", "eth0")])]
    document = {f"10.{n >> 8}.{n & 255}.0/24": good for n in range(12_000)}
    text = json.dumps(document, indent=2)
    assert len(text) > 3 << 20
    assert load(text).routes == len(document)


@pytest.mark.parametrize(
    "text",
    ['{"10.0.0.0/8"', '{"10.0.0.0/8": [', '{"10.0.0.0/8": [] "x"', '{"a" 7}', "{} x", "{" * 3],
)
def test_what_is_no_json_says_where(text: str) -> None:
    with pytest.raises(LoadError, match="character"):
        load(text, format="frr")


def test_deep_nesting_is_refused_not_followed() -> None:
    with pytest.raises(LoadError, match=r"nested too deeply|is no JSON"):
        load('{"10.0.0.0/8": ' + "[" * 200_000, format="frr")


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(LoadError, match="thousands of digits"):
        load('{"10.0.0.0/8": ' + "9" * 5000 + "}", format="frr")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["nexthops", "ip", "selected", "metric", "distance", "10.0.0.0/8"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["frr", "ip-route"]))
def test_json_of_any_shape_is_loaded_or_listed(document: object, kind: str) -> None:
    try:
        loaded = load(document, format=kind)
    except LoadError:
        return
    assert len(loaded.values) == loaded.routes


@given(st.text(max_size=60), st.sampled_from(["frr", "ip-route", "csv", "text"]))
def test_text_of_any_kind_raises_load_error_or_nothing(text: str, kind: str) -> None:
    try:
        loaded = load(" " + text, format=kind)
    except LoadError:
        return
    assert len(loaded.values) == loaded.routes
