"""router.yaml: every kind of fault, with its place, the value, and what would be right."""

from __future__ import annotations

import pytest
from texts import faults_of

from fingerpost.policy.load import CONDITIONS as KNOWN_CONDITIONS

ROUTE_WORDS = (
    "via, dev, weight, onlink, distance, tag, nexthop, unicast, blackhole, unreachable, prohibit"
)
NO_ADDRESS = (
    "neither dots nor colons as in an address (at character 0); write four octets (192.0.2.1) or "
    "groups with colons (2001:db8::1); names are not resolved"
)
CONDITIONS = ", ".join(KNOWN_CONDITIONS)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        # shapes
        ("[]", "1:1: write a mapping, `field: value` lines"),
        ("rip: 5", "1:1: rip: 5: write a mapping, `field: value` lines"),
        ("interfaces: x", "1:1: interfaces: 'x': write a mapping, `name: ...` lines"),
        ("kernell: 1", "1:1: kernell: no such field; did you mean 'kernel'?"),
        ("rip: {timers: {updat: 3s}}", "1:16: rip.timers.updat: no such field; did you mean "
         "'update'?"),
        ("rip: {interfaces: {eth0: {max-paths: 3}}}", "1:27: rip.interfaces.eth0.max-paths: no "
         "such "
         "field; there is cost, passive, announce-only, split-horizon, neighbors, in, ..."),
        ("static: [~]", "1:10: static[0]: an empty item"),
        # the router
        ("router: {id: 0.0.0.0}", "1:10: router.id: '0.0.0.0': write it as an IPv4 address other "
         "than 0.0.0.0: 10.255.0.1"),
        ('router: {id: "::1"}', "1:10: router.id: '::1': write it as an IPv4 address other than "
         "0.0.0.0: 10.255.0.1"),
        ("router: {id: 7}", "1:10: router.id: 7: write an address: 10.0.0.1"),
        ("router: {name: a b}", "1:10: router.name: 'a b': a name has 1 to 64 characters, no "
         "spaces, and none of : , / < >"),
        ("router: {log: {level: infos}}", "1:16: router.log.level: 'infos': write debug, info, "
         "warning or error; did you mean 'info'?"),
        # interfaces
        ("interfaces: {e: {addresses: 10.0.0.1}}", "1:18: interfaces.e.addresses: '10.0.0.1': "
         "10.0.0.1 lacks the length of its subnet; write 10.0.0.1/24"),
        ("interfaces: {e: {passive: maybe}}", "1:18: interfaces.e.passive: 'maybe': write true or "
         "false"),
        # static routes
        ("static: 10.0.0.0/8 vie 10.0.0.1", "1:1: static[0]: '10.0.0.0/8 vie 10.0.0.1': 'vie' is "
         "no "
         "word of a route here; did you mean 'via'?"),
        ("static: 10.0.0.0/8 dev e mtu 9", "1:1: static[0]: '10.0.0.0/8 dev e mtu 9': 'mtu' is no "
         f"word of a route here; there is {ROUTE_WORDS}"),
        ("static: [10.0.0.0/8 via 10.0.0.1 metric 5]", "1:10: static[0]: '10.0.0.0/8 via 10.0.0.1 "
         "metric 5': a static route has a distance, not a metric: the least distance is used"),
        ("static: [10.0.0.0/8 via 10.0.0.1 src 10.0.0.2]", "1:10: static[0]: '10.0.0.0/8 via "
         "10.0.0.1 src 10.0.0.2': 'src 10.0.0.2' cannot be said of a route here; leave it out"),
        ("static: [10.0.0.0/8 via 10.0.0.1 distance 256]", "1:10: static[0]: '10.0.0.0/8 via "
         "10.0.0.1 distance 256': distance 256: write a whole number up to 255"),
        ("static: [10.0.0.0/8 via 10.0.0.1 tag 1 tag 2]", "1:10: static[0]: '10.0.0.0/8 via "
         "10.0.0.1 tag 1 tag 2': tag twice; keep one"),
        ("static: [{via: 10.0.0.1}]", "1:10: static[0].prefix: 'prefix' is missing"),
        ("static: [{prefix: 10.0.0.0/8}]", "1:10: static[0]: where to? write 10.0.0.0/8 via "
         "GATEWAY, dev INTERFACE, or blackhole"),
        ("static: [{prefix: 10.0.0.0/8, kind: blackhole, dev: eth0}]", "1:10: static[0]: blackhole "
         "goes nowhere; leave out via and dev"),
        ("static: [{prefix: 10.0.0.0/8, via: fe80::1}]", "1:10: static[0]: fe80::1 is link-local; "
         "say on which link: via fe80::1 dev eth1"),
        ("static: [10.0.0.0/8 via 10.0.0.1 onlink]", "1:10: static[0]: '10.0.0.0/8 via 10.0.0.1 "
         "onlink': onlink: say on which link: via 10.0.0.1 dev eth1 onlink"),
        ("static: [10.0.0.0/8 dev eth0 onlink]", "1:10: static[0]: '10.0.0.0/8 dev eth0 onlink': "
         "onlink: say who is on the link: via GATEWAY dev eth0 onlink"),
        ("rip: {}\nstatic:\n- {prefix: 10.0.0.0/8, via: 10.0.0.1, onlink: true}", "3:3: "
         "static[0]: onlink goes with via and dev: via 10.0.0.1 dev eth0 onlink"),
        ("static: [{prefix: 10.0.0.0/8, next-hops: [{via: 10.0.0.1, onlink: true}]}]", "1:10: "
         "static[0]: onlink: say on which link: via 10.0.0.1 dev eth1 onlink"),
        ("static: [{prefix: 10.0.0.0/8, kind: blackhole, onlink: true}]", "1:10: static[0]: "
         "onlink goes with via and dev: via 10.0.0.1 dev eth0 onlink"),
        ('static: [{prefix: "2001:db8::/32", via: 10.0.0.1}]', "1:10: static[0]: 10.0.0.1 is no "
         "gateway for IPv6; give an IPv6 address"),
        ("static: [{prefix: 10.0.0.1/8, dev: e}]", "1:11: static[0].prefix: '10.0.0.1/8' has host "
         "bits set; the prefix is 10.0.0.0/8"),
        ("static: [{prefix: 10.0.0.0/8, next-hops: [weight 3]}]", "1:43: static[0].next-hops[0]: "
         "'weight 3': a next hop needs via GATEWAY or dev INTERFACE"),
        ("static: [{prefix: 10.0.0.0/8, next-hops: [{dev: a, weight: 257}]}]", "1:52: "
         "static[0].next-hops[0].weight: 257: write a whole number from 1 to 256"),
        ("static: [10.0.0.0/8 blackhole, 10.0.0.0/8 dev e]", "1:32: static[1]: 10.0.0.0/8 dev e: "
         "static[0] says 10.0.0.0/8 blackhole, which is another kind or tag; give one of them "
         "another distance"),
        # policies
        ("prefix-lists: {l: [permit 10.0.0.0/8 gt 9]}", "1:20: prefix-lists.l[0]: 'permit "
         "10.0.0.0/8 gt 9', not like 'permit 10.0.0.0/8 ge 16 le 24'"),
        ("prefix-lists: {l: [{prefix: 10.0.0.0/8, action: alow}]}", "1:41: "
         "prefix-lists.l[0].action: 'alow', not one of permit, deny"),
        ("policies: {p: {otherwise: maybe}}", "1:16: policies.p.otherwise: 'maybe', not one of "
         "accept, reject"),
        ("policies: {p: }", "1:12: policies.p: None, not a mapping"),
        ("policies: {p: [{match: {colour: 1}}]}", "1:25: policies.p[0].match.colour: 'colour', not "
         f"a condition; there is {CONDITIONS}"),
        ("policies: {p: [{set: {metrik: 1}}]}", "1:23: policies.p[0].set.metrik: 'metrik', not an "
         "action; did you mean 'metric'?"),
        ("policies: {p: [{match: {prefix-list: l}}]}", "1:25: policies.p[0].match.prefix-list: "
         "'l', "
         "not a prefix list; there is none"),
        ("policies: {p: [{name: a}, {name: a}]}", "1:12: policies.p: policy p: two statements are "
         "named 'a'"),
        # names
        ("kernel: {export: p}", "1:10: kernel.export: no policy 'p'; there is no section policies "
         "with one"),
        ("policies: {upp: []}\nrip: {channel: {import: up}}", "2:17: rip.channel.import: no policy "
         "'up'; did you mean 'upp'?"),
        ("rip: {interfaces: {e: {in: {prefix-list: l}}}}", "1:29: rip.interfaces.e.in.prefix-list: "
         "no prefix list 'l'; there is no section prefix-lists with one"),
        ("rip: {interfaces: {e: {authentication: {key-chain: k}}}}", "1:41: "
         "rip.interfaces.e.authentication.key-chain: no key chain 'k'; there is no section "
         "key-chains with one"),
        ("rip: {channel: {table: blue}}", "1:17: rip.channel.table: no table 'blue'; there is "
         "main"),
        ("leaks: [{from: main, to: bleu}]\ntables: {blue: }", "1:22: leaks[0].to: no table 'bleu'; "
         "did you mean 'blue'?"),
        ("static: [10.0.0.0/8 dev e table blue]", "1:10: static[0].table: no table 'blue'; there "
         "is "
         "main"),
        # RIP
        ("rip: {interfaces: {e: {cost: 16}}}", "1:24: rip.interfaces.e.cost: 16: write a whole "
         "number from 1 to 15"),
        ("rip: {interfaces: {e: {send: 3}}}", "1:24: rip.interfaces.e.send: 3: write 1 or "
         "1-compatible or 2"),
        ("rip: {interfaces: {e: {split-horizon: off}}}", "1:24: rip.interfaces.e.split-horizon: "
         "'off': write none, simple or poisoned"),
        ("ripng: {interfaces: {e: {send: 1}}}", "1:26: ripng.interfaces.e.send: no such field; "
         "there "
         "is cost, passive, announce-only, split-horizon, neighbors, in, ..."),
        ("rip: {timers: {update: 30}}", "1:16: rip.timers.update: 30: write a time with its unit: "
         "10ms, 1.5s, 250us, 2min"),
        ("rip: {timers: {update: 5s}}", "1:7: rip.timers: jitter is less than the update time"),
        ("rip: {timers: {timeout: 0s}}", "1:7: rip.timers: timeout and garbage are more than 0"),
        ("rip: {timers: {triggered-least: 6s}}", "1:7: rip.timers: triggered-least is at most "
         "triggered-most"),
        ("rip: {redistribute: {static: {metric: 0}}}", "1:31: rip.redistribute.static.metric: 0: "
         "write a whole number from 1 to 15"),
        ("rip: {channel: {limit: {prefixes: 5, action: panic}}}", "1:38: rip.channel.limit.action: "
         "'panic': write block, warn or disable"),
        ("rip: {channel: {limit: lots}}", "1:17: rip.channel.limit.prefixes: 'lots': write a whole "
         "number from 0 to 2147483647"),
        ("rip: {interfaces: {e: {authentication: {}}}}", "1:24: rip.interfaces.e.authentication: "
         "write password, passwords or key-chain, one of them"),
        ("rip: {redistribute: [a b]}", "1:7: rip.redistribute.a b: 'a b': write where routes come "
         "from: static, connected:eth0, table:blue"),
        ("policies: {'a b': []}", "1:12: policies.a b: 'a b': a name has 1 to 64 characters, no "
         "spaces, and none of : , / < >"),
        # keys
        ("key-chains: {k: {keys: []}}", "1:18: key-chains.k.keys: write at least one"),
        ("key-chains: {k: {keys: [{id: 4294967296, secret: s}]}}", "1:26: key-chains.k.keys[0].id: "
         "4294967296: write a whole number from 0 to 4294967295"),
        ("key-chains: {k: {keys: [{id: 1}]}}", "1:25: key-chains.k.keys[0].secret: 'secret' is "
         "missing"),
        ("key-chains: {k: {keys: [{id: 1, secret: 12}]}}", "1:33: key-chains.k.keys[0].secret: "
         "write "
         "a text; in quotes where it would be a number, which loses zeros"),
        ('key-chains: {k: {keys: [{id: 1, secret: "hex:0"}]}}', "1:33: "
         "key-chains.k.keys[0].secret: "
         "hex: takes pairs of the digits 0-9 and a-f"),
        ("key-chains: {k: {keys: [{id: 1, secret: 'env:'}]}}", "1:33: key-chains.k.keys[0].secret: "
         "it is empty"),
        ("key-chains: {k: {keys: [{id: 1, secret: s, send: {from: 2027-01-01}}]}}", "1:51: "
         "key-chains.k.keys[0].send.from: '2027-01-01': which zone? write 2027-01-01T00:00:00Z for "
         "universal time"),
        ("key-chains: {k: {keys: [{id: 1, secret: s, send: {from: soon}}]}}", "1:51: "
         "key-chains.k.keys[0].send.from: 'soon': write a date and time with its zone: "
         "2026-01-31T00:00:00Z"),
        ("key-chains: {k: {keys: [{id: 1, secret: s, send: {from: 2027-01-01T00:00:00Z, until: "
         "2026-01-01T00:00:00Z}}]}}", "1:44: key-chains.k.keys[0].send: it ends before it begins; "
         "exchange from and until"),
        # kernel, API, store
        ("kernel: {protocol: 256}", "1:10: kernel.protocol: 256: write a whole number from 1 to "
         "255"),
        (
            "kernel: {on-exit: explode}",
            "1:10: kernel.on-exit: 'explode': write withdraw, keep or restart",
        ),
        ("api: {mode: 660}", "1:7: api.mode: 660: write permissions in quotes, as chmod takes "
         'them: "0660"'),
        ("api: {metrics: 9100}", "1:7: api.metrics: 9100: write an address of this machine and a "
         "port: 127.0.0.1:9100, [::1]:9100"),
        ("api: {metrics: '127.0.0.1:0'}", "1:7: api.metrics: '127.0.0.1:0': write an address of "
         "this "
         "machine and a port: 127.0.0.1:9100, [::1]:9100"),
        ("rollback: {keep: 0}", "1:12: rollback.keep: 0: write a whole number from 1 to "
         "2147483647"),
    ],
)  # fmt: skip
def test_a_fault_says_where_what_and_what_would_be_right(text: str, fault: str) -> None:
    assert faults_of(text) == [fault]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    assert faults_of("""
        router: {id: x}
        static:
          - 10.0.0.0/8 via 10.0.0.300
          - 10.1.0.0/16 dev eth0 table blue
        policies:
          p:
            - {match: {tag: x, colour: 1}, then: acept}
            - {set: {metric: y}}
        rip:
          interfaces:
            eth0: {cost: 0, in: {policy: q}}
            eth0:
    """) == [
        f"2:10: router.id: 'x' is not an IPv4 or IPv6 address: {NO_ADDRESS}",
        "4:5: static[0]: '10.0.0.0/8 via 10.0.0.300': via 10.0.0.300: '10.0.0.300' is not an IPv4 "
        "or IPv6 address: an octet above 255 (at character 7); each of the four numbers is at most "
        "255",
        "5:5: static[1].table: no table 'blue'; there is main",
        "8:16: policies.p[0].match.tag: 'x', not a number, a range like 1-5, or a bound like <5 "
        "or >=5",
        f"8:24: policies.p[0].match.colour: 'colour', not a condition; there is {CONDITIONS}",
        "8:36: policies.p[0].then: 'acept', not one of accept, reject, continue",
        "9:14: policies.p[1].set.metric: 'y', not a whole number from 0 to 4294967295",
        "12:12: rip.interfaces.eth0.cost: 0: write a whole number from 1 to 15",
        "12:26: rip.interfaces.eth0.in.policy: no policy 'q'; there is p",
        "13:5: rip.interfaces.eth0: 'eth0' stands here already on line 12; keep one",
    ]


def test_who_names_a_faulty_thing_is_not_at_fault() -> None:
    assert faults_of("""
        prefix-lists: {l: [nonsense]}
        policies: {p: [{match: {prefix-list: l}}]}
        key-chains: {k: 5}
        tables: {blue: {width: 0}}
        rip:
          channel: {import: p, table: blue}
          interfaces: {e: {authentication: {key-chain: k}}}
    """) == [
        f"2:20: prefix-lists.l[0].prefix: 'nonsense' is not an interface address: {NO_ADDRESS}",
        "4:14: key-chains.k: write a mapping, `field: value` lines",
        "5:17: tables.blue.width: 0: write a whole number from 1 to 2147483647",
    ]
