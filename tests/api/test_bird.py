"""Looking glasses: what Alice-LG's source of type birdwatcher reads, field by field as it does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from bgp.told_by_hand import established, update
from fingerpost.addr import Address
from fingerpost.api.app import glass
from fingerpost.api.metrics_endpoint import TcpEndpoint

CONFIG = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  requires-policy: false
  neighbors:
    10.0.0.2: {as: 65002, description: to the left}
    10.0.0.3: {as: 65003}
    10.0.0.4: {as: 65004}
"""
SERVER_TIME, SHORT = "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S"  # as docs/bgp-show.md has Alice set


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    with tempfile.TemporaryDirectory(prefix="fp-") as folder:
        daemon = daemon_on(host, Path(folder), CONFIG)
        left, right = (established(host, f"10.0.0.{one}", 65000 + one) for one in (2, 3))
        left.say(update(("192.0.2.0/24", "203.0.113.0/24"), (65002, 65020), communities=((1, 2),)))
        left.say(update(("100.64.0.0/10",), (65002, 65000)))
        right.say(update(("192.0.2.0/24",), (65003, 65020, 65021), med=7))
        with serving(daemon, Path(folder)) as running:
            yield running


def ask(running: Running, path: str, **query: object) -> dict[str, Any]:
    """An answer, whose envelope is as `parseAPIStatus` wants it."""
    answer: dict[str, Any] = running.client.get(f"/bird{path}", **query)
    api = answer["api"]
    assert isinstance(api["Version"], str)
    assert api["result_from_cache"] is False
    datetime.strptime(answer["ttl"], SERVER_TIME)
    datetime.strptime(api["cache_status"]["cached_at"]["date"], SERVER_TIME)
    return answer


def test_the_status_is_read(running: Running) -> None:
    status = ask(running, "/status")["status"]
    for name in ("current_server", "last_reboot", "last_reconfig"):
        datetime.strptime(status[name], SHORT)
    assert status["router_id"] == "10.255.0.1"
    assert status["message"] == "Daemon is up and running"
    assert "fingerpost" in status["version"]


@pytest.mark.parametrize("path", ["/protocols", "/protocols/bgp"])
def test_neighbours_are_read(running: Running, path: str) -> None:
    protocols = ask(running, path)["protocols"]
    assert set(protocols) == {"10.0.0.2", "10.0.0.3", "10.0.0.4"}
    for one in protocols.values():
        datetime.strptime(one["state_changed"], SHORT)
        assert all(isinstance(count, int) for count in one["routes"].values())
        assert isinstance(one["last_error"], str)
        assert one["bird_protocol"] == "BGP"
    left = protocols["10.0.0.2"]
    assert (left["state"], left["neighbor_as"], left["description"]) == ("up", 65002, "to the left")
    assert (left["routes"]["imported"], left["routes"]["filtered"]) == (2, 1)
    assert protocols["10.0.0.4"]["state"] == "start"
    short = ask(running, "/protocols/short")["protocols"]["10.0.0.2"]
    assert short["state"] == "up"
    datetime.strptime(short["since"], SHORT)


def networks(answer: dict[str, Any]) -> list[str]:
    """The networks of routes, each of which is as `parseRouteData` wants it."""
    for one in answer["routes"]:
        datetime.strptime(one["age"], SHORT)
        assert all(isinstance(part, str) for part in one["type"])
        assert isinstance(one["metric"], int)
        assert isinstance(one["primary"], bool)
        for name in ("network", "from_protocol", "interface", "gateway", "learnt_from"):
            assert isinstance(one[name], str)
        bgp = one["bgp"]
        assert all(int(number) for number in bgp["as_path"])
        assert (int(bgp["local_pref"]), int(bgp["med"])) >= (0, 0)
        assert all(len(part) == 2 for part in bgp["communities"])
        assert all(len(part) == 3 for part in bgp["large_communities"] + bgp["ext_communities"])
        assert bgp["origin"] == "IGP"
    return [one["network"] for one in answer["routes"]]


def test_routes_of_a_neighbour_are_read(running: Running) -> None:
    found = ask(running, "/routes/protocol/10.0.0.2")
    assert networks(found) == ["192.0.2.0/24", "203.0.113.0/24"]
    first = found["routes"][0]
    assert (first["gateway"], first["primary"]) == ("10.0.0.2", True)
    assert first["bgp"]["as_path"] == ["65002", "65020"]
    assert first["bgp"]["communities"] == [[1, 2]]
    assert ask(running, "/routes/peer", peer="10.0.0.2")["routes"] == found["routes"]
    filtered = ask(running, "/routes/filtered/10.0.0.2")
    assert networks(filtered) == ["100.64.0.0/10"]
    assert "our AS" in filtered["routes"][0]["filtered_by"]
    assert ask(running, "/routes/count/protocol/10.0.0.2")["routes"] == 2


def test_what_a_neighbour_is_told_and_what_not(running: Running) -> None:
    assert networks(ask(running, "/routes/export/10.0.0.3")) == ["192.0.2.0/24", "203.0.113.0/24"]
    assert networks(ask(running, "/routes/noexport/10.0.0.3")) == []
    assert networks(ask(running, "/routes/noexport/10.0.0.2")) == []  # they came from there
    assert networks(ask(running, "/routes/noexport/10.0.0.4")) == ["192.0.2.0/24", "203.0.113.0/24"]


def test_prefixes_and_tables_are_read(running: Running) -> None:
    assert networks(ask(running, "/routes/prefix", prefix="192.0.2.0/24")) == ["192.0.2.0/24"] * 2
    assert networks(ask(running, "/routes/prefix", prefix="203.0.113.7")) == ["203.0.113.0/24"]
    assert networks(ask(running, "/route/net/192.0.2.128/25")) == ["192.0.2.0/24"] * 2
    assert len(networks(ask(running, "/routes/table/master"))) == 3
    assert len(networks(ask(running, "/routes/table/master4/filtered"))) == 1
    assert networks(ask(running, "/routes/table/master6")) == []
    assert ask(running, "/routes/count/table/master")["routes"] == 4
    assert ask(running, "/symbols/protocols")["symbols"] == ["10.0.0.2", "10.0.0.3", "10.0.0.4"]


def test_a_glass_asks_over_tcp_at_the_paths_of_birdwatcher(running: Running) -> None:
    """Nothing else is served there, and refusals are as birdwatcher's."""
    import asyncio
    import socket
    from urllib.error import HTTPError

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = running.call(lambda: TcpEndpoint(running.daemon, "birdwatcher", glass))
    at = (Address("127.0.0.1"), port)
    loop = running.call(asyncio.get_running_loop)
    asyncio.run_coroutine_threadsafe(endpoint.serve(at), loop).result(10)
    try:
        with urlopen(f"http://127.0.0.1:{port}/protocols/bgp", timeout=10) as answer:
            assert len(json.load(answer)["protocols"]) == 3
        for path in ("/v1/bgp", "/routes/protocol/nobody"):
            with pytest.raises(HTTPError) as refused:
                urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
            assert refused.value.code == 404
        assert "no neighbor" in json.load(refused.value)["error"]
        refused.value.close()
    finally:
        asyncio.run_coroutine_threadsafe(endpoint.serve(None), loop).result(10)
