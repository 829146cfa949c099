"""BGP by the API and by `fingerpost show bgp`: neighbours, routes, what operators ask."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from api.standing import Running, StandingHost, daemon_on, interface, serving
from bgp.told_by_hand import established, update
from fingerpost.addr import Address, Prefix
from fingerpost.api.answers import ProtocolAnswer
from fingerpost.api.daemon import Daemon
from fingerpost.api.journal import Level
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer
from fingerpost.cli import DONE, FAILED, MISUSED, cli
from fingerpost.protocol.events import StreamClosed, StreamConnected
from fingerpost.router.events import ToProtocol

CONFIG = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  requires-policy: false
  rpki: {caches: {10.0.0.9: {port: 8282}}}
  neighbors:
    10.0.0.2: {as: 65002, description: to the left}
    10.0.0.3: {as: 65003}
    10.0.0.4: {as: 65004}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="fp-") as folder, _running(Path(folder)) as running:
        yield running


@contextmanager
def _running(folder: Path) -> Iterator[Running]:
    """Three neighbours, of which two have told something."""
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, folder, CONFIG)
    left, right = (established(host, f"10.0.0.{one}", 65000 + one) for one in (2, 3))
    common = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "203.0.113.128/25")
    left.say(update(common, (65002, 65020), communities=((65002, 1),)))
    left.say(update(("100.64.0.0/10",), (65002, 65000)))
    right.say(update(common[:2], (65003, 65020, 65021), med=7))
    with serving(daemon, folder) as running:
        yield running


def show(running: Running, *words: str) -> Result:
    return CliRunner().invoke(cli, ["show", "bgp", *words, "--socket", running.client.path])


def routes(running: Running, **query: object) -> list[tuple[str, str, str]]:
    found = running.client.get("/v1/bgp/bgp/routes", **query)["routes"]
    return [(row["prefix"], row["neighbor"], row["state"]) for row in found]


def test_a_summary_has_a_line_for_each_neighbor(running: Running) -> None:
    done = show(running)
    assert done.exit_code == DONE, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "router id 10.255.0.1, AS 65000"
    rows = [line.split() for line in lines if line.startswith("10.0.0.")]
    assert rows[0][:4] == ["10.0.0.2", "65002", "5", "4"]
    assert rows[0][-4:] == ["Established", "to", "the", "left"]
    assert rows[2][:5] == ["10.0.0.4", "65004", "0", "0", "0"]
    model = json.loads(show(running, "sum", "--json").stdout)
    assert model["instances"][0]["status"]["tables"][0]["prefixes"] == 5


def test_routes_come_in_order_and_in_pages(running: Running) -> None:
    whole = routes(running)
    assert [row[0] for row in whole] == [
        "100.64.0.0/10",
        *("192.0.2.0/24", "192.0.2.0/24", "198.51.100.0/24", "198.51.100.0/24"),
        *("203.0.113.0/24", "203.0.113.128/25"),
    ]
    assert whole[0][2] == "refused"
    assert whole[1:3] == [
        ("192.0.2.0/24", "10.0.0.2", "best"),
        ("192.0.2.0/24", "10.0.0.3", "valid"),
    ]
    pages: list[Any] = []
    after = None
    while True:
        page = running.client.get("/v1/bgp/bgp/routes", limit=2, after=after)
        pages += page["routes"]
        after = page["next"]
        if after is None:
            break
    assert [(one["prefix"], one["neighbor"], one["state"]) for one in pages] == whole


def test_routes_are_asked_for_by_what_their_paths_are(running: Running) -> None:
    assert routes(running, prefix="203.0.113.0/24") == [("203.0.113.0/24", "10.0.0.2", "best")]
    longer = routes(running, prefix="203.0.113.0/24", longer=True)
    assert [row[0] for row in longer] == ["203.0.113.0/24", "203.0.113.128/25"]
    shorter = routes(running, prefix="203.0.113.128/26", shorter=True)
    assert [row[0] for row in shorter] == ["203.0.113.128/25", "203.0.113.0/24"]
    assert routes(running, address="203.0.113.200")[0][0] == "203.0.113.128/25"
    assert len(routes(running, neighbor="10.0.0.3")) == 2
    assert routes(running, state="refused") == [("100.64.0.0/10", "10.0.0.2", "refused")]
    assert len(routes(running, origin_as="65021")) == 2
    assert len(routes(running, through_as="AS65003")) == 2
    assert len(routes(running, community="65002:1")) == 4
    assert routes(running, community="65002:2") == []


def test_what_a_neighbor_is_told(running: Running) -> None:
    found = running.client.get("/v1/bgp/bgp/routes", neighbor="10.0.0.3", told=True)["routes"]
    assert [row["prefix"] for row in found] == [
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "203.0.113.128/25")
    ]
    assert {row["as_path"] for row in found} == {"65000 65002 65020"}
    shown = show(running, "routes", "--neighbor", "10.0.0.2", "--advertised").stdout
    assert "no route" in shown


def test_a_prefix_is_shown_with_how_its_paths_fare(running: Running) -> None:
    lines = show(running, "routes", "192.0.2.0/24").stdout.splitlines()
    assert lines[-2].split() == [
        "*>",
        "192.0.2.0/24",
        *["10.0.0.2"] * 2,
        "0",
        "65002",
        "65020",
        "i",
    ]
    assert lines[-1].split()[:4] == ["*", "10.0.0.3", "10.0.0.3", "7"]
    refused = show(running, "routes", "--neighbor", "10.0.0.2", "--rejected").stdout.splitlines()
    assert "our AS stands in its path" in refused[-1]
    nothing = show(running, "routes", "10.1.0.0/16")
    assert (nothing.exit_code, nothing.stdout) == (FAILED, "no route to 10.1.0.0/16\n")


def test_a_neighbor_tells_all_that_is_known_of_it(running: Running) -> None:
    text = show(running, "neighbors", "10.0.0.2").stdout
    for part in ("10.0.0.2, AS 65002, external", "state          Established", "they can"):
        assert part in text
    assert "4,096" not in text
    every = show(running, "neighbors").stdout
    assert every.count("AS 6500") == 3


@pytest.mark.parametrize("part", ["attributes", "groups"])
def test_each_part_is_shown(running: Running, part: str) -> None:
    assert show(running, part).exit_code == DONE
    assert json.loads(show(running, part, "--json").stdout)["instances"][0]["name"] == "bgp"


def test_who_is_not_there_is_told_who_is_like_it(running: Running) -> None:
    done = show(running, "neighbors", "10.0.0.22")
    assert done.exit_code == MISUSED
    assert "did you mean '10.0.0.2'" in done.output
    assert show(running, "routes", "--state", "odd").exit_code == MISUSED
    assert show(running, "summary", "--longer").exit_code == MISUSED


def test_operators_end_and_begin_sessions(short_path: Path) -> None:
    with _running(short_path) as running:
        _ends_and_begins(running)


def _ends_and_begins(running: Running) -> None:
    path = "/v1/bgp/bgp/neighbors/10.0.0.2"
    assert running.client.post(path, {"action": "shut", "text": "tonight"})["is_shut"]
    assert len(routes(running, neighbor="10.0.0.2")) == 0
    ((one),) = running.client.get("/v1/bgp/bgp/neighbors", neighbor="10.0.0.2")["neighbors"]
    assert one["notification_sent"] == "cease, administrative shutdown: tonight"
    assert not running.client.post(path, {"action": "enable"})["is_shut"]
    assert running.client.post("/v1/bgp/bgp/neighbors/10.0.0.3", {"action": "refresh"})["name"]


def test_operators_ask_sessions_from_the_command_line(short_path: Path) -> None:
    with _running(short_path) as running:
        left = peer_of(running, "10.0.0.2")
        _refreshes(running, left)
        _is_told_again(running)
        _is_shut_and_comes_back(running, left)


def peer_of(running: Running, name: str) -> Peer:
    return peer_of_daemon(running.daemon, name)


def peer_of_daemon(daemon: Daemon, name: str) -> Peer:
    machine = daemon.routing.protocols["bgp"].machine
    assert isinstance(machine, Bgp)
    return machine.neighbors.named(name)


def _refreshes(running: Running, left: Peer) -> None:
    """What a neighbour knows no refresh told before is judged again (RFC 2918 3)."""
    assert "10.0.0.2: asked to tell all again; it is Established" in operate(running, "refresh")
    assert left.tally.refreshes_out == 0
    assert "told all again" in operate(running, "refresh", "--out")
    both = json.loads(operate(running, "refresh", "--in", "--out", "--json"))
    assert (both["name"], both["families"][0]["received"]) == ("10.0.0.2", 5)


def _is_told_again(running: Running) -> None:
    right = peer_of(running, "10.0.0.3")
    before = right.tally.octets_out
    assert ask(running, "bgp", "refresh", "10.0.0.3", "--out").exit_code == DONE
    end_of_rib = 23  # which is told once a session (RFC 4724 2)
    assert right.tally.octets_out == 2 * before - end_of_rib > before


def _is_shut_and_comes_back(running: Running, left: Peer) -> None:
    assert "10.0.0.2: shut; it is Idle" in operate(running, "shut", "--text", "bis später")
    assert str(left.sent_notification) == "cease, administrative shutdown: bis später"
    assert left.is_shut
    assert "10.0.0.2: enabled; it is" in operate(running, "enable")
    assert not left.is_shut
    assert "10.0.0.2: reset; it is" in operate(running, "reset", "--instance", "bgp")
    for words in (("shut", "10.0.0.22"), ("shut", "10.0.0.2", "--text", "ä" * 128)):
        assert ask(running, "bgp", *words).exit_code == MISUSED
    assert "did you mean '10.0.0.2'" in ask(running, "bgp", "reset", "10.0.0.22").output


def operate(running: Running, action: str, *words: str) -> str:
    done = ask(running, "bgp", action, "10.0.0.2", *words)
    assert done.exit_code == DONE, done.output
    return done.stdout


def test_names_of_neighbors_are_completed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fingerpost.api.places.socket_asked", lambda *_: running.client.path)
    completer = ShellComplete(cli, {}, "fingerpost", "_FINGERPOST_COMPLETE")
    found = completer.get_completions(["bgp", "shut"], "10.0.0.")
    assert [(one.value, one.help) for one in found][:2] == [
        ("10.0.0.2", "to the left"),
        ("10.0.0.3", "Established"),
    ]
    monkeypatch.setattr("fingerpost.api.places.socket_asked", lambda *_: "/nowhere/api.sock")
    assert completer.get_completions(["bgp", "shut"], "") == []


def test_where_bgp_does_not_run_that_is_said(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, "router: {name: standing}")
    with serving(daemon, short_path) as running:
        assert show(running).stdout == "BGP does not run\n"
        assert show(running, "routes").stdout == "BGP does not run\n"


def test_routes_are_asked_for_by_expressions_over_their_as_path(running: Running) -> None:
    assert len(routes(running, as_path="_65021$")) == 2
    assert len(routes(running, as_path="^65002_")) == 5
    assert routes(running, as_path="^$") == []
    assert show(running, "routes", "--as-path", "(").exit_code == MISUSED


@pytest.mark.parametrize(
    "prefix", ["192.0.2.0/24", "100.64.0.0/10", "203.0.113.0/24", "10.9.0.0/16"]
)
def test_answers_of_bgp_are_what_the_api_promises(running: Running, prefix: str) -> None:
    machine = running.daemon.routing.protocols["bgp"].machine
    given = machine.explain(Prefix(prefix)).as_dict()
    assert ProtocolAnswer.model_validate(given).model_dump() == given
    told = machine.explain_told(Prefix(prefix), None).as_dict()
    assert len(told["places"]) == 3  # type: ignore[arg-type]


def test_why_names_the_step_and_both_values(running: Running) -> None:
    done = ask(running, "why", "192.0.2.0/24")
    assert "shortest AS path: 3 against 2 (RFC 4271 9.1.2.2 a)" in done.stdout
    refused = running.client.get("/v1/why-not", prefix="100.64.0.0/10", neighbor="10.0.0.2")
    assert refused["neighbor"]["outcome"] == "refused"
    assert "our AS stands 1 times in its path 65002 65000" in refused["neighbor"]["text"]


def test_why_not_asks_one_neighbor(running: Running) -> None:
    silent = ask(running, "why-not", "192.0.2.0/24", "--neighbor", "10.0.0.4").stdout
    assert "bgp from 10.0.0.4: not received; its session is" in silent
    assert "bgp on 10.0.0.4: not told, its session is" in silent
    own = ask(running, "why-not", "192.0.2.0/24", "--neighbor", "10.0.0.2").stdout
    assert "bgp from 10.0.0.2: used" in own
    assert "bgp on 10.0.0.2: not told, it came from there" in own
    assert "10.0.0.4" not in own
    lost = ask(running, "why-not", "192.0.2.0/24", "--neighbor", "10.0.0.3").stdout
    assert "lost; shortest AS path: 3 against 2" in lost
    assert "told as path 65000 65002 65020, next hop 10.0.0.1" in lost
    assert ask(running, "why-not", "192.0.2.0/24", "--neighbor", "10.0.0.5").exit_code == MISUSED


def ask(running: Running, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--socket", running.client.path])


def test_sessions_and_prefixes_are_counted_as_metrics(running: Running) -> None:
    text = running.client.text("/metrics")
    left = 'protocol="bgp",neighbor="10.0.0.2"'
    assert f"fingerpost_bgp_neighbor_up{{{left}}} 1" in text
    assert f'fingerpost_bgp_neighbor_state{{state="Established",{left}}} 1' in text
    assert f'fingerpost_bgp_prefixes{{family="ipv4",kind="received",{left}}} 5' in text
    assert f'fingerpost_bgp_messages_total{{direction="in",type="update",{left}}} 2' in text


def test_caches_are_counted_as_metrics(running: Running) -> None:
    text = running.client.text("/metrics")
    cache = 'protocol="bgp",cache="10.0.0.9"'
    assert f'fingerpost_rpki_cache_state{{state="Connect",{cache}}} 1' in text
    assert f'fingerpost_rpki_cache_state{{state="Synchronized",{cache}}} 0' in text
    assert f"fingerpost_rpki_cache_used{{{cache}}} 0" in text
    assert f"fingerpost_rpki_cache_connections_total{{{cache}}} 1" in text
    assert 'fingerpost_rpki_vrps{family="ipv6",protocol="bgp"} 0' in text


POLICIES = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  neighbors:
    10.0.0.2: {as: 65002, import: some, export: some}
    10.0.0.3: {as: 65003, import: all, export: some}
policies:
  all: {statements: [{then: accept}]}
  some:
    statements:
      - {name: not this, match: {prefix: 203.0.113.0/24}, then: reject}
      - {name: rest, set: {local-preference: 200}, then: accept}
"""


def test_why_not_names_the_line_of_a_policy(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, POLICIES)
    left, right = (established(host, f"10.0.0.{one}", 65000 + one) for one in (2, 3))
    left.say(update(("203.0.113.0/24", "192.0.2.0/24"), (65002,)))
    right.say(update(("203.0.113.0/24",), (65003,)))
    with serving(daemon, short_path) as running:
        said = ask(running, "why-not", "203.0.113.0/24", "--neighbor", "10.0.0.2").stdout
        assert "bgp from 10.0.0.2: refused; the import policy refuses it" in said
        assert "import policy some not this: reject" in said
        assert "bgp on 10.0.0.2: not told, the export policy refuses it; some not this" in said
        changed = ask(running, "why", "192.0.2.0/24").stdout
        assert "local preference: none became 200" in changed


def test_rpki_says_how_caches_are(running: Running) -> None:
    found = running.client.get("/v1/bgp/bgp/rpki")["rpki"]
    (cache,) = found["caches"]
    assert (cache["address"], cache["port"], cache["state"]) == ("10.0.0.9", 8282, "Connect")
    lines = show(running, "rpki").output.splitlines()
    assert lines[0].split()[:3] == ["cache", "preference", "state"]
    assert lines[1].split()[:4] == ["10.0.0.9:8282", "100", "Connect", "no"]
    assert lines[-1] == "in use: 0 VRPs of IPv4, 0 of IPv6, 0 ASPAs; 0 B"


RECORDS = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  requires-policy: false
  bmp:
    here: {address: 10.0.0.9}
    there: {address: 10.0.0.8, port: 5000}
  mrt: {table: /nowhere/rib.%H%M.mrt, updates: /nowhere/updates.%s.mrt, rotate: 15min}
  neighbors: {10.0.0.2: {as: 65002}}
"""


def test_stations_and_files_say_how_far_they_are(short_path: Path) -> None:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, RECORDS)
    bgp = daemon.routing.protocols["bgp"].machine
    assert isinstance(bgp, Bgp)
    here, there = bgp.monitoring.stations.values()
    assert here.stream is not None
    assert there.stream is not None
    left = established(host, "10.0.0.2", 65002)
    host.receive(ToProtocol("bgp", StreamConnected(here.stream, Address("10.0.0.1"), 40_000)))
    host.receive(ToProtocol("bgp", StreamClosed(there.stream, "connection refused")))
    left.say(update(("192.0.2.0/24",), (65002,)))
    with serving(daemon, short_path) as running:
        found = running.client.get("/v1/bgp/bgp/bmp")
        up, down = found["bmp"]
        assert (up["name"], up["port"], up["state"], up["sessions"]) == ("here", 11019, "up", 1)
        assert up["views"] == ["pre_policy", "post_policy", "local_rib"]
        assert up["messages"] > 5
        assert up["unsent"] == up["octets"]
        assert (down["state"], down["reason"]) == ("idle", "connection refused")
        assert down["connect_at"] > found["now"]
        assert found["mrt"]["table"] == "/nowhere/rib.%H%M.mrt"
        lines = show(running, "bmp").output.splitlines()
        assert lines[0].split()[:4] == ["station", "address", "state", "since"]
        assert lines[1].split()[:5] == ["here", "10.0.0.9", "port", "11019", "up"]
        assert lines[3].startswith("there: connection refused; again in ")
        assert lines[4].startswith("tables to /nowhere/rib.%H%M.mrt: 0 written, next in ")
        assert lines[5].startswith("updates to /nowhere/updates.")
        text = running.client.text("/metrics")
        assert 'fingerpost_bmp_station_up{protocol="bgp",station="here"} 1' in text
        assert 'fingerpost_bmp_station_dropped_total{protocol="bgp",station="there"} 0' in text
        assert 'fingerpost_mrt_gaps_total{protocol="bgp"} 0' in text


def test_without_stations_and_files_nothing_is_counted_of_them(running: Running) -> None:
    found = running.client.get("/v1/bgp/bgp/bmp")
    assert (found["bmp"], found["mrt"]) == ([], None)
    assert show(running, "bmp").output == "no station: bgp: {bmp: ...} names some\n"
    text = running.client.text("/metrics")
    assert "fingerpost_bmp" not in text
    assert "fingerpost_mrt" not in text


def test_what_is_wrong_in_updates_is_logged_once_a_second(short_path: Path) -> None:
    """RFC 7606 6; `c00404` is a MULTI_EXIT_DISC that says it is transitive."""
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    daemon = daemon_on(host, short_path, CONFIG)
    left = established(host, "10.0.0.2", 65002)
    bad = update(("192.0.2.0/24",), (65002,), med=7).replace(b"\x80\4\4", b"\xc0\4\4")
    for _ in range(3):
        left.say(bad)
    (said,) = [one for one in daemon.journal.records if one.kind == "bgp update ignored"]
    assert said.level is Level.WARNING
    assert "its prefixes are withdrawn; attribute 4, octets c0040400000007" in said.text
    assert peer_of_daemon(daemon, "10.0.0.2").tally.faults == 3
