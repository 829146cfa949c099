"""What differs between two files, what it costs, and how it is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import EXAMPLE

from fingerpost.config.costs import Cost
from fingerpost.config.diff import Difference, compare
from fingerpost.config.load import load, loads

TEXT = """\
router: {name: r, log: {level: info}}
interfaces: {e0: {description: a}}
static:
  - 10.0.0.0/8 dev e0
  - 10.1.0.0/16 dev e0
prefix-lists:
  l: [10.0.0.0/8, 10.1.0.0/16]
  m: [10.0.0.0/8]
policies:
  p: [{match: {prefix-list: l}}]
  q: [{name: a, then: reject}]
  s: []
key-chains:
  k: {keys: [{id: 1, secret: env:A}]}
tables: {blue: }
leaks: [{from: main, to: blue, policy: s}]
rip:
  interfaces:
    e0: {in: {policy: p}, authentication: {key-chain: k}}
    e1: {out: {prefix-list: m}}
  redistribute: [static]
  channel: {import: p}
kernel: {export: q}
"""


def changed(*edits: tuple[str, str]) -> Difference:
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return compare(loads(TEXT).tree, loads(text).tree)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("description: a", "description: b",
         ["- interfaces.e0.description: a", "+ interfaces.e0.description: b"]),
        ("info", "debug", ["- router.log.level: info", "+ router.log.level: debug"]),
        ("name: r", "name: s", ["- router.name: r", "+ router.name: s   # reset of the API"]),
        ("  - 10.1.0.0/16 dev e0\n", "", ["- static[1]: 10.1.0.0/16 dev e0"]),
        ("  - 10.1.0.0/16 dev e0\n", "  - 10.1.0.0/16 dev e1\n",
         ["- static[1]: 10.1.0.0/16 dev e0", "+ static[1]: 10.1.0.0/16 dev e1"]),
        ("l: [10.0.0.0/8, ", "l: [192.0.2.0/24, 10.0.0.0/8, ",
         ["+ prefix-lists.l[0]: 192.0.2.0/24   # refeed of rip on e0, rip"]),
        ("m: [10.0.0.0/8]", "m: [10.0.0.0/9]",
         ["- prefix-lists.m[0]: 10.0.0.0/8",
          "+ prefix-lists.m[0]: 10.0.0.0/9   # refeed of rip on e1"]),
        ("{name: a, then: reject}", "{name: a, then: accept}",
         ["- policies.q[0].then: reject", "+ policies.q[0].then: accept   # refeed of the kernel"]),
        ("s: []", "s: [{then: accept}]",
         ["+ policies.s[0]: {then: accept}   # reset of all routing"]),
        ("  m: [10.0.0.0/8]\n", "  m: [10.0.0.0/8]\n  n: [10.0.0.0/8]\n",
         ["+ prefix-lists.n: [10.0.0.0/8]"]),
        ("env:A", "env:B",
         ["- key-chains.k.keys[0].secret: env:A", "+ key-chains.k.keys[0].secret: env:B"]),
        ("env:A", "hunter2",
         ["- key-chains.k.keys[0].secret: env:A", "+ key-chains.k.keys[0].secret: ********"]),
        ("tables: {blue: }", "tables: {blue: {width: 3}}",
         ["- tables.blue.width: 16", "+ tables.blue.width: 3   # reset of all routing"]),
        ("tables: {blue: }", "tables: {blue: , red: {width: 3, export: q}}",
         ["+ tables.red: {width: 3, export: q}   # reset of all routing"]),
        ("policy: s}]", "policy: p}]",
         ["- leaks[0]: {from: main, to: blue, policy: s}",
          "+ leaks[0]: {from: main, to: blue, policy: p}   # reset of all routing"]),
        ("e1: {out", "e1: {cost: 2, out",
         ["- rip.interfaces.e1.cost: 1", "+ rip.interfaces.e1.cost: 2   # refeed of rip on e1"]),
        ("e1: {out: {prefix-list: m}}", "e2: {passive: true}",
         ["- rip.interfaces.e1: {out: {prefix-list: m}}   # reset of rip on e1",
          "+ rip.interfaces.e2: {passive: true}   # reset of rip on e2"]),
        (", authentication: {key-chain: k}", "",
         ["- rip.interfaces.e0.authentication: {key-chain: k}"]),
        ("[static]", "{static: {metric: 3}}",
         ["+ rip.redistribute.static.metric: 3   # refeed of rip"]),
        ("[static]", "[static, connected]", ["+ rip.redistribute.connected: {}   # refeed of rip"]),
        ("channel: {import: p}", "channel: {import: p, table: blue}",
         ["- rip.channel.table: main", "+ rip.channel.table: blue   # reset of rip"]),
        ("channel: {import: p}", "channel: {import: p, limit: 5}",
         ["+ rip.channel.limit: {prefixes: 5}   # refeed of rip"]),
        ("channel: {import: p}", "timers: {update: 20s}\n  channel: {import: p}",
         ["- rip.timers.update: 30s", "+ rip.timers.update: 20s"]),
        ("kernel: {export: q}", "kernel: {export: q, metric: 5}",
         ["- kernel.metric: 70", "+ kernel.metric: 5   # reset of the routes in the kernel"]),
        ("kernel: {export: q}", "kernel: {export: q, on-exit: keep}\nripng: {}",
         ["+ ripng: {}   # reset of ripng", "- kernel.on-exit: withdraw", "+ kernel.on-exit: "
         "keep"]),
        ("kernel: {export: q}", "kernel: {export: q}\napi: {mode: '0600', metrics: '[::1]:1'}",
         ["- api.mode: 0660", "+ api.mode: 0600",
          '+ api.metrics: [::1]:1   # reset of the endpoint of metrics']),
    ],
)  # fmt: skip
def test_a_change_is_shown_with_what_it_costs(old: str, new: str, lines: list[str]) -> None:
    *shown, _ = str(changed((old, new))).splitlines()
    assert shown == lines


@pytest.mark.parametrize(
    ("edits", "summary"),
    [
        ([], "no change"),
        (
            [("info", "debug"), ("description: a", "description: b")],
            "2 changes: nothing is interrupted, nothing fed anew",
        ),
        (
            [("l: [10.0.0.0/8, 10.1.0.0/16]", "l: [10.0.0.0/8]")],
            "1 change: refeed of rip",  # which has "rip on e0" in it
        ),
        (
            [("channel: {import: p}", "channel: {table: blue}"), ("[static]", "[connected]")],
            "4 changes: reset of rip",  # what is reset is not fed anew beside it
        ),
        (
            [("e1: {out: {prefix-list: m}}", "e1: {cost: 2}"), ("name: r", "name: s")],
            "3 changes: reset of the API; refeed of rip on e1",
        ),
    ],
)
def test_the_summary_says_the_most_that_it_costs(
    edits: list[tuple[str, str]], summary: str
) -> None:
    difference = changed(*edits)
    assert difference.summary == summary
    assert str(difference).splitlines()[-1] == summary
    assert bool(difference) is bool(edits)


def test_the_order_of_static_routes_means_nothing() -> None:
    assert not changed(
        (
            "  - 10.0.0.0/8 dev e0\n  - 10.1.0.0/16 dev e0\n",
            "  - 10.1.0.0/16 dev e0\n  - 10.0.0.0/8 dev e0\n",
        )
    )


def test_how_a_value_is_written_means_nothing() -> None:
    other = TEXT.replace("redistribute: [static]", "redistribute: {static: {}}").replace(
        "- 10.0.0.0/8 dev e0", "- {prefix: 10.0.0.0/8, next-hops: [{dev: e0}]}"
    )
    assert not compare(loads(TEXT).tree, loads(f"# a comment\n{other}").tree)


def test_a_description_of_a_static_route_alone_is_a_change() -> None:
    difference = changed(
        ("- 10.0.0.0/8 dev e0", "- {prefix: 10.0.0.0/8, dev: e0, description: the lab}")
    )
    assert [change.after for change in difference.changes if change.after] == [
        "10.0.0.0/8 dev e0 (the lab)"
    ]


def test_the_difference_is_plain_data_for_json() -> None:
    held = changed(("e1: {out", "e1: {cost: 2, out")).as_dict()
    assert json.loads(json.dumps(held)) == {
        "cost": "refeed",
        "summary": "1 change: refeed of rip on e1",
        "changes": [
            {
                "path": ["rip", "interfaces", "e1", "cost"],
                "field": "rip.interfaces.e1.cost",
                "before": "1",
                "after": "2",
                "cost": "refeed",
                "subjects": ["rip on e1"],
            }
        ],
    }


def test_everything_of_the_example_is_new_to_an_empty_file() -> None:
    difference = compare(loads("").tree, load(EXAMPLE).tree)
    assert difference.cost is Cost.RESET
    assert difference.costs() == {
        Cost.RESET: ("the API", "rip", "ripng", "ospf", "ospf3", "bfd", "the endpoint of metrics")
    }
    sections = {change.path[0] for change in difference.changes}
    assert sections >= {"router", "static", "policies", "rip", "api", "rollback"}


EDITS = [
    ("description: a", "description: b"),
    ("env:A", "env:B"),
    ("[static]", "[connected]"),
    ("then: reject", "then: accept"),
    ("  - 10.1.0.0/16 dev e0\n", ""),
    ("m: [10.0.0.0/8]", "m: [10.0.0.0/8, 10.3.0.0/16]"),
    ("e1: {out", "e1: {cost: 2, out"),
]


@given(st.lists(st.sampled_from(EDITS), unique=True))
def test_the_way_back_is_the_way_there_turned_around(edits: list[tuple[str, str]]) -> None:
    text = TEXT
    for old, new in edits:
        text = text.replace(old, new)
    before, after = loads(TEXT).tree, loads(text).tree
    there, back = compare(before, after), compare(after, before)
    assert sorted((one.before or "", one.after or "") for one in there.changes) == sorted(
        (one.after or "", one.before or "") for one in back.changes
    )
    assert there.cost is back.cost
    assert bool(there) is (before != after)


def test_ten_thousand_changed_routes_are_compared_in_good_time() -> None:
    def text(gateway: str) -> str:
        lines = [f"  - 10.{n >> 8}.{n & 255}.0/24 via {gateway}" for n in range(10_000)]
        return "\n".join(["static:", *lines])

    difference = compare(loads(text("192.0.2.1")).tree, loads(text("192.0.2.2")).tree)
    assert len(difference.changes) == 10_000
    assert difference.cost is Cost.NONE
