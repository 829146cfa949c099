"""Tables for people, from the model alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fingerpost.protocol import events as ev
from fingerpost.rip import Key, KeyChain, Redistribution, Rip, RipConfig, RipInterface, show
from rip.single import EXACT, S, heard, machine, ng, rte

CHAIN = KeyChain((Key(3, b"secret"),))


def router() -> Rip:
    interfaces = (RipInterface("eth0", cost=2), RipInterface("eth1", authenticator=CHAIN))
    rules = {"static": Redistribution(metric=3, tag=7)}
    rip = machine(config=RipConfig(interfaces, timers=EXACT, redistributes=rules, default_metric=1))
    rip.receive(heard([rte("10.9.0.0/16", 3, tag=77), rte("10.8.0.0/16")]), 10 * S)
    rip.receive(heard([rte("10.9.0.0/16", 3, tag=77)], source="10.0.0.3"), 20 * S)
    rip.receive(heard([rte("10.8.0.0/16", 16), rte("127.0.0.0/8")]), 25 * S)
    rip.receive(heard(b""), 26 * S)
    rip.receive(ev.TimePassed(), 30 * S)
    return rip


def model(rip: Rip, now: int | None = None) -> Any:  # noqa: ANN401 - plain data
    return json.loads(json.dumps(rip.snapshot(now)))


def test_routes_as_operators_know_them() -> None:
    assert str(show.routes(model(router(), 40 * S))) == (
        """
network      next hop  metric  from      interface  tag  state          time
0.0.0.0/0                   1  self                   0  default
10.0.0.0/24  dev eth0       2  self                   0  connected
10.0.1.0/24  dev eth1       1  self                   0  connected
10.8.0.0/16  10.0.0.2      16  10.0.0.2  eth0         0  deleted    00:01:45
10.9.0.0/16  10.0.0.2       5  10.0.0.2  eth0        77  valid      00:02:30
10.9.0.0/16  10.0.0.3       5  10.0.0.3  eth0        77  valid      00:02:40
""".strip()
    )


def test_neighbors_with_what_was_bad() -> None:
    assert str(show.neighbors(model(router(), 40 * S))) == (
        """
neighbor  interface  version  updates  entries  bad packets  bad routes        up  last update  bfd
10.0.0.2  eth0             2        2        3            1           1  00:00:30     00:00:15
10.0.0.3  eth0             2        1        1            0           0  00:00:20     00:00:20
""".strip()
    )


def test_neighbors_that_are_silent_are_left_out() -> None:
    assert show.neighbors(model(router(), 400 * S)).rows == ()


def test_interfaces_with_versions_and_keys() -> None:
    assert str(show.interfaces(model(router(), 40 * S))) == (
        """
interface  state  cost  send   recv  split horizon  authentication   next update  in  out  faults
eth0       up        2  RIP-2  1 2   poisoned                           00:00:20   3    6       2
eth1       up        1  RIP-2  1 2   poisoned       keyed-md5 key 3     00:00:20   0    5       0
""".strip()
    )


def test_faults_by_interface() -> None:
    rip = router()
    rip.receive(heard(b"", interface="eth9"), 41 * S)
    assert show.faults(model(rip)).rows == (
        ("eth0", "destination that cannot be routed to", "1"),
        ("eth0", "malformed message", "1"),
        ("", "interface that does not speak RIP", "1"),
    )


def test_the_status_of_an_instance() -> None:
    assert str(show.status(model(router(), 40 * S))) == (
        """
what           value
protocol       rip
update         30 s, +/- 0 s
timeout        180 s
garbage        120 s
distance       120
maximum paths  8
default route  metric 1
redistributes  static metric 3 tag 7
routes         4 of 5 can be reached
neighbors      2
""".strip()
    )


def test_ripng_is_shown_the_same_way() -> None:
    rip = machine(version="ng")
    made = model(rip, 5 * S)
    assert [row[0] for row in show.routes(made).rows] == ["2001:db8::/64", "2001:db8:1::/64"]
    assert [row[3] for row in show.interfaces(made).rows] == ["RIPng", "RIPng"]
    assert ng("::/0").length == 0


def test_a_model_holds_no_secret() -> None:
    assert "secret" not in json.dumps(model(router()))


def test_an_instance_that_knows_nothing() -> None:
    made = model(machine(up=False))
    for table in (show.routes, show.neighbors, show.interfaces, show.faults):
        assert table(made).rows == ()
        assert str(table(made)) == "  ".join(table(made).columns)


@pytest.mark.parametrize(
    ("duration", "text"),
    [(0, "00:00:00"), (-5, "00:00:00"), (59 * S, "00:00:59"), (3661 * S + 999, "01:01:01"),
     (86_399 * S, "23:59:59"), (90_000 * S, "1d01h")],
)  # fmt: skip
def test_durations(duration: int, text: str) -> None:
    assert show.clock(duration) == text
