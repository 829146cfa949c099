"""The output of `ip route`, as text and as JSON."""

from __future__ import annotations

import io
import json
import subprocess

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import LoadError, UsageError
from fingerpost.fib.load import (
    Limits,
    Loaded,
    NextHop,
    RouteEntry,
    load_kernel_routes,
    load_routes,
)

TEXT = """\
default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.7 metric 100
default via 192.0.2.2 dev wlan0 proto dhcp metric 600
10.0.0.0/8 proto bgp metric 20
\tnexthop via 192.0.2.3 dev eth0 weight 2
\tnexthop via 192.0.2.4 dev eth1 weight 1
10.1.0.0/16 via inet6 fe80::1 dev eth0 onlink
blackhole 10.2.0.0/16 proto static
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.7 linkdown
198.51.100.9 dev tun0 mtu lock 1400 brandnew word
unreachable default dev lo metric 4294967295 error -101 pref medium
2001:db8::/32 nhid 7 via fe80::2 dev eth0 proto ra metric 1024 expires 1799sec pref high
2001:db8:1::/48 from 2001:db8:2::/48 via fe80::3 dev eth0 metric 1024 pref medium
local 192.0.2.7 dev eth0 table local proto kernel scope host src 192.0.2.7
203.0.113.0/24 via 192.0.2.9 dev eth0 table 100
"""


def load(text: str, **options: object) -> Loaded:
    return load_routes(io.StringIO(text), **options)  # type: ignore[arg-type]


def routes(loaded: Loaded) -> dict[str, RouteEntry]:
    assert loaded.format == "ip-route"
    found = {}
    for prefix, value in loaded.items():
        assert isinstance(value, RouteEntry)
        found[str(prefix)] = value
    return found


def test_every_shape_of_a_line_is_read() -> None:
    loaded = load(TEXT)
    found = routes(loaded)
    assert loaded.bad == ()
    assert set(found) == {
        *("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "192.0.2.0/24"),
        *("198.51.100.9/32", "::/0", "2001:db8::/32"),
    }
    assert found["192.0.2.0/24"] == RouteEntry(
        protocol="kernel",
        next_hops=(NextHop(None, "eth0"),),
        source=Address("192.0.2.7"),
        scope="link",
        extra="linkdown",
    )
    assert found["10.1.0.0/16"].gateway == Address("fe80::1")
    assert found["10.2.0.0/16"].kind == "blackhole"
    assert found["::/0"].kind == "unreachable"
    assert found["2001:db8::/32"].metric == 1024


def test_words_that_are_unknown_are_kept_and_lose_no_route() -> None:
    assert routes(load(TEXT))["198.51.100.9/32"].extra == "mtu lock 1400 brandnew word"


def test_the_lowest_metric_wins_and_the_others_are_kept() -> None:
    loaded = load(TEXT)
    winner = routes(loaded)["0.0.0.0/0"]
    assert (winner.interface, winner.metric) == ("eth0", 100)
    assert [other.interface for other in winner.others] == ["wlan0"]
    assert loaded.duplicates == 1


def test_nexthop_lines_belong_to_the_route_above_them() -> None:
    assert routes(load(TEXT))["10.0.0.0/8"].next_hops == (
        NextHop(Address("192.0.2.3"), "eth0", 2),
        NextHop(Address("192.0.2.4"), "eth1", 1),
    )
    single = load("10.0.0.0/8 proto bgp \\\tnexthop via 192.0.2.3 dev eth0 weight 1 ")
    assert routes(single)["10.0.0.0/8"].gateway == Address("192.0.2.3")


def test_a_default_route_learns_its_family_from_its_next_hops() -> None:
    text = "default proto bgp metric 20\n\tnexthop via 2001:db8::1 dev eth0 weight 1\n"
    assert set(routes(load(text + text.replace("eth0", "eth1")))) == {"::/0"}
    crossed = "default\n\tnexthop via inet6 fe80::1 dev eth0 weight 1\n"
    assert set(routes(load(crossed))) == {"0.0.0.0/0"}


def test_routes_that_a_destination_does_not_decide_are_counted() -> None:
    assert load(TEXT).skipped == {"source-specific": 1, "table local": 1, "table 100": 1}


def test_another_table_can_be_chosen_or_all_of_them() -> None:
    assert set(routes(load(TEXT, table="100"))) == {"203.0.113.0/24"}
    assert "192.0.2.7/32" in routes(load(TEXT, table="all"))


def test_the_local_table_goes_before_main_as_in_the_kernel() -> None:
    text = "10.0.0.1 via 192.0.2.1 dev eth0\nlocal 10.0.0.1 dev lo table local metric 9\n"
    assert routes(load(text, table="all"))["10.0.0.1/32"].kind == "local"


@pytest.mark.parametrize(
    "line",
    [
        "10.0.0.0/33 dev eth0",
        "10.0.0.0/8 via",
        "10.0.0.0/8 via nowhere dev eth0",
        "10.0.0.0/8 dev eth0 metric -1",
        "blackhole",
        "\tnexthop via 192.0.2.1 dev eth0",
    ],
)
def test_a_bad_line_is_listed_with_its_number(line: str) -> None:
    text = f"::/0 dev eth0 metric 1\n{line}\n192.0.2.0/24 dev eth0\n"
    if line.startswith("\t"):
        text = text[text.index("\t") :]
    loaded = load(text, format="ip-route")
    assert loaded.bad_total == 1
    assert loaded.bad[0].text == line.strip()
    assert "192.0.2.0/24" in routes(loaded)
    with pytest.raises(LoadError, match="line"):
        load(text, format="ip-route", strict=True)


def test_json_gives_the_same_routes() -> None:
    items = [
        {"dst": "default", "gateway": "192.0.2.1", "dev": "eth0", "metric": 100, "flags": []},
        {"type": "blackhole", "dst": "10.2.0.0/16", "protocol": "static", "flags": []},
        {"dst": "10.1.0.0/16", "via": {"family": "inet6", "host": "fe80::1"}, "dev": "eth0"},
        {
            "dst": "10.0.0.0/8",
            "protocol": "bgp",
            "nexthops": [
                {"gateway": "192.0.2.3", "dev": "eth0", "weight": 2, "flags": []},
                {"gateway": "192.0.2.4", "dev": "eth1", "weight": 1, "flags": ["onlink"]},
            ],
        },
        {"dst": "default", "dev": "tun0", "metric": 1024, "pref": "medium"},
        {"dst": "192.0.2.7", "table": "local", "type": "local", "prefsrc": "192.0.2.7"},
        {"gateway": "192.0.2.1"},
        {"dst": "10.9.0.0/16", "gateway": "nowhere"},
    ]
    # `ip -j route; ip -j -6 route` print one array after the other
    loaded = load(json.dumps(items[:4]) + "\n" + json.dumps(items[4:]))
    found = routes(loaded)
    assert set(found) == {"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "::/0"}
    assert found["10.0.0.0/8"].next_hops == routes(load(TEXT))["10.0.0.0/8"].next_hops
    assert found["10.2.0.0/16"] == routes(load(TEXT))["10.2.0.0/16"]
    assert loaded.skipped == {"table local": 1}
    assert loaded.bad_total == 2


def test_value_picks_attributes() -> None:
    assert load("10.0.0.0/8 via 192.0.2.1 dev eth0\n", value="interface").values == ["eth0"]
    picked = load("10.0.0.0/8 via 192.0.2.1 dev eth0\n", value=("gateway", "metric"))
    assert picked.values == [(Address("192.0.2.1"), None)]
    with pytest.raises(LoadError, match=r"no attribute 'iface'; there are .*interface"):
        load("10.0.0.0/8 dev eth0 scope link\n", value="iface")


def test_a_route_says_itself_as_ip_route_does() -> None:
    found = routes(load(TEXT))
    golden = "via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.7 metric 100"
    assert str(found["0.0.0.0/0"]) == golden
    assert found["10.0.0.0/8"].as_dict()["next_hops"][0] == {
        "gateway": "192.0.2.3",
        "interface": "eth0",
        "weight": 2,
    }


def test_a_table_that_exceeds_the_memory_limit_stops() -> None:
    text = "".join(f"10.{n >> 8}.{n & 255}.0/24 dev eth0 metric 1\n" for n in range(10_000))
    with pytest.raises(LoadError, match=r"Limits\(memory"):
        load(text, limits=Limits(memory=1 << 20))


def test_the_kernel_is_asked_for_both_families(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "default dev tun0\n", "")

    monkeypatch.setattr(subprocess, "run", run)
    loaded = load_kernel_routes()
    assert [prefix for prefix, _ in loaded.items()] == [Prefix("0.0.0.0/0"), Prefix("::/0")]
    assert [command[1] for command in asked] == ["-4", "-6"]


def test_a_machine_without_iproute2_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(UsageError, match=r"iproute2.*--table FILE"):
        load_kernel_routes()


def test_a_failing_ip_command_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 2, "", "Cannot open netlink socket")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(UsageError, match="Cannot open netlink socket"):
        load_kernel_routes()
