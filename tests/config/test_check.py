"""What a file means that would not work: every kind of finding, and files that have none."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from texts import EXAMPLE, file_of

from fingerpost.addr import Interface
from fingerpost.config.check import Finding, Severity, check, check_together
from fingerpost.config.load import load, loads
from fingerpost.config.tree.base import instant

MACHINE = {
    "eth0": (Interface("10.1.0.1/24"), Interface("fe80::1/64")),
    "eth1": (Interface("10.2.0.1/30"),),
    "lo": (Interface("127.0.0.1/8"),),
}
NOW = instant("2026-11-22T12:00:00Z")


def found(text: str, machine: dict[str, tuple[Interface, ...]] | None = None) -> list[str]:
    return [shown(one) for one in check(file_of(text), machine, NOW)]


def shown(finding: Finding) -> str:
    return f"{finding.kind} {str(finding).removeprefix('router.yaml:')}"


@pytest.mark.parametrize("name", ["router.yaml", "router-ospf.yaml"])
def test_the_examples_have_nothing_wrong(name: str) -> None:
    assert check(load(EXAMPLE.with_name(name)), now=NOW) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("rip: {interfaces: {eth7: }}", "unknown-interface 1:20: error: rip.interfaces.eth7: this "
         "machine has no interface 'eth7'; did you mean 'eth1' or 'eth0'?"),
        ("interfaces: {wlan0: }", "unknown-interface 1:14: error: interfaces.wlan0: this machine "
         "has "
         "no interface 'wlan0'; there is eth0, eth1, lo; where it comes later, say interfaces: "
         "{wlan0: {optional: true}}"),
        ("static: [10.9.0.0/16 dev tun0]", "unknown-interface 1:10: error: static[0]: this machine "
         "has no interface 'tun0'; there is eth0, eth1, lo; where it comes later, say interfaces: "
         "{tun0: {optional: true}}"),
        ("interfaces: {eth1: {addresses: 10.3.0.1/24}}", "missing-address 1:21: warning: "
         "interfaces.eth1.addresses: eth1 has not 10.3.0.1/24; it has 10.2.0.1/30"),
        ("static: [10.9.0.0/16 via 172.16.0.1]", "unreachable-next-hop 1:10: error: static[0]: "
         "172.16.0.1 is on no connected network and behind no other static route"),
        ("static: [10.9.0.0/16 via 10.2.0.2 dev eth0]", "unreachable-next-hop 1:10: warning: "
         "static[0]: 10.2.0.2 is on no network of eth0, which has 10.1.0.0/24; "
         "if it is on that link all the same, add onlink"),
        ("static: [10.9.0.0/16 via 10.1.0.1]", "own-next-hop 1:10: error: static[0]: 10.1.0.1 is "
         "an "
         "address of this router; a next hop is another router's"),
        ("static: [10.1.0.0/24 via 10.2.0.2]", "shadowed-by-connected 1:10: warning: static[0]: "
         "10.1.0.0/24 is connected at eth0, which always has precedence"),
        ("static: [10.9.0.0/16 dev eth0 distance 255]", "never-used 1:10: warning: static[0]: "
         "10.9.0.0/16 dev eth0 distance 255: a distance of 255 is never used"),
        ("static: [10.9.0.0/16 dev eth0, 10.9.0.0/16 dev eth0]", "said-twice 1:32: warning: "
         "static[1]: 10.9.0.0/16 dev eth0: static[0] says the same"),
        ("policies: {p: []}", "unused-policy 1:12: warning: policies.p: nothing uses the policy "
         "'p'"),
        ("prefix-lists: {l: [10.0.0.0/8]}", "unused-prefix-list 1:16: warning: prefix-lists.l: "
         "nothing uses the prefix list 'l'"),
        ("tables: {blue: }", "unused-table 1:10: warning: tables.blue: nothing uses the table "
         "'blue'"),
        ("policies: {p: [{name: all}, {match: {tag: 1}}]}\nkernel: {export: p}", "dead-line 1:29: "
         "warning: policies.p[1]: line 20 is dead: line all ends with all that it means"),
        ("policies: {p: {statements: [{match: {tag: 1-5}}, {match: {tag: 3}}]}}\n"
         "kernel: {export: p}", "shadowed-line 1:50: warning: policies.p.statements[1]: line 20 is "
         "shadowed: line 10 ends with all that it means"),
        ("prefix-lists: {l: [10.0.0.0/8 le 32, 10.1.0.0/16]}\n"
         "rip: {interfaces: {eth0: {in: {prefix-list: l}}}}", "shadowed-entry 1:38: warning: "
         "prefix-lists.l[1]: permit 10.1.0.0/16 can never decide: permit 10.0.0.0/8 le 32 stands "
         "before it"),
        ("rip: {}", "no-interface 1:1: warning: rip: rip has no interfaces, so it does nothing"),
        ("rip: {interfaces: {eth0: {neighbors: 10.2.0.2}}}", "far-neighbor 1:27: warning: "
         "rip.interfaces.eth0.neighbors: 10.2.0.2 is on no network of eth0"),
        ("rip: {interfaces: {eth0: {neighbors: 10.1.0.1}}}", "own-neighbor 1:27: error: "
         "rip.interfaces.eth0.neighbors: 10.1.0.1 is an address of eth0 itself"),
        ("rip: {interfaces: {eth0: {neighbors: 'fe80::2'}}}", "wrong-family 1:27: error: "
         "rip.interfaces.eth0.neighbors: fe80::2: rip speaks IPv4"),
        ("rip: {interfaces: {eth0: }, redistribute: [statik]}", "unknown-source 1:29: error: "
         "rip.redistribute.statik: no routes come from 'statik'; did you mean 'static'?"),
        ("rip: {interfaces: {eth0: }, redistribute: [rip]}", "own-source 1:29: warning: "
         "rip.redistribute.rip: rip tells its own routes anyway"),
        ("rip: {interfaces: {eth0: }, redistribute: [ripng]}", "wrong-family 1:29: warning: "
         "rip.redistribute.ripng: ripng has routes of IPv6, rip of IPv4"),
        ("rip: {interfaces: {eth0: }, redistribute: ['table:blue']}", "redistribution-loop 1:29: "
         "warning: rip.redistribute.table:blue: routes that come back by another router cannot be "
         "told from others; give a tag"),
        ("rip: {interfaces: {eth0: {passive: true, authentication: {password: env:P}}}}",
         "passive-authentication 1:42: note: rip.interfaces.eth0.authentication: eth0 is passive: "
         "the key checks what comes, and signs nothing"),
        ("rip: {interfaces: {eth0: {announce-only: true, authentication: {password: env:P}}}}",
         "idle-authentication 1:48: warning: rip.interfaces.eth0.authentication: announce-only: "
         "nothing is sent or heard here"),
        ("rip: {interfaces: {eth0: {authentication: {password: env:P}}}}", "clear-password 1:27: "
         "note: rip.interfaces.eth0.authentication: a password goes in the clear over the link "
         "(RFC "
         "2453 4.1); a key-chain does not"),
        ("rip: {interfaces: {eth0: {send: 1, authentication: {passwords: {password: env:P}}}}}",
         "no-authentication 1:36: error: rip.interfaces.eth0.authentication: RIP version 1 has no "
         "authentication (RFC 1058)"),
        ("kernel: {protocol: 4}", "foreign-protocol 1:10: error: kernel.protocol: 4 means "
         "'static': "
         "routes of others would be taken for our own"),
        ("kernel: {protocol: 12}", "foreign-protocol 1:10: warning: kernel.protocol: 12 means "
         "'bird': routes of others would be taken for our own"),
        ("kernel: {table: 255}", "kernel-table 1:10: error: kernel.table: 255 is the kernel's "
         "table "
         "of its own addresses; take another"),
        ("api: {mode: '0666'}", "open-socket 1:7: warning: api.mode: everybody on this machine may "
         "use the API"),
        ("api: {metrics: '0.0.0.0:9100'}", "open-metrics 1:7: warning: api.metrics: 0.0.0.0 "
         "listens "
         "on every address; name the one that should be asked"),
    ],
)  # fmt: skip
def test_a_finding_says_where_and_why(text: str, finding: str) -> None:
    lines = found(text, MACHINE)
    assert finding in lines
    assert all(line == finding or _is_aside(line) for line in lines)


def _is_aside(line: str) -> bool:
    """Findings that several of the texts above have beside the one that is meant."""
    return line.startswith(("clear-password", "unused-table"))


@pytest.mark.parametrize(
    "text",
    [
        "static: [10.9.0.0/16 via 10.1.0.9, 10.8.0.0/16 via 10.9.0.1]",
        "static: [10.9.0.0/16 via fe80::9 dev eth0]",
        "static: [10.9.0.0/16 via 10.2.0.9 dev eth0 onlink]",
        "static: [10.9.0.0/16 via 172.16.0.1, 172.16.0.0/12 dev eth1]",
        "interfaces: {ppp0: {optional: true}}\nstatic: [10.9.0.0/16 dev ppp0]",
        "rip: {interfaces: {eth0: {neighbors: 10.1.0.2, passive: true}}, redistribute: connected}",
        "rip: {interfaces: {eth0: {}}, redistribute: {'connected:eth1': {metric: 2}}}",
        "ripng: {interfaces: {eth0: {neighbors: 'fe80::2'}}}",
        "kernel: {enabled: false, table: 255, protocol: 4}",
        "prefix-lists: {l: [10.0.0.0/8]}\npolicies: {p: [{match: {prefix-list: l}}]}\n"
        "kernel: {export: p}",
    ],
)
def test_what_works_has_no_finding(text: str) -> None:
    assert found(text, MACHINE) == []


def test_a_learned_route_may_make_a_next_hop_reachable() -> None:
    text = "static: [10.9.0.0/16 via 172.16.0.1]\nrip: {interfaces: {eth0: }}"
    assert found(text, MACHINE) == [
        "unreachable-next-hop 1:10: warning: static[0]: 172.16.0.1 is on no connected network and "
        "behind no other static route; only a learned route can make it reachable"
    ]


def test_static_routes_that_rest_on_each_other_lead_nowhere() -> None:
    lines = found("static: [10.8.0.0/16 via 10.9.0.1, 10.9.0.0/16 via 10.8.0.1]", MACHINE)
    assert [line.split()[0] for line in lines] == ["unreachable-next-hop"] * 2


@pytest.mark.parametrize(("via", "count"), [("false", 1), ("true", 0)])
def test_a_default_route_makes_a_next_hop_reachable_if_the_table_allows_it(
    via: str, count: int
) -> None:
    text = f"""
        tables: {{main: {{via-default: {via}}}}}
        static: [default via 10.1.0.9, 192.0.2.0/24 via 198.51.100.1]
    """
    assert len(found(text, MACHINE)) == count


def test_without_a_machine_the_file_is_held_against_itself() -> None:
    text = """
        interfaces: {eth0: {addresses: [10.1.0.1/24]}, eth1: {addresses: 10.1.0.1/30}}
        static: [10.9.0.0/16 via 10.3.0.1]
        rip: {interfaces: {etho: }}
    """
    assert found(text) == [
        "duplicate-address 2:55: error: interfaces.eth1.addresses: 10.1.0.1 is expected on eth0 "
        "too",
        "unreachable-next-hop 3:10: warning: static[0]: 10.3.0.1 is on no connected network and "
        "behind no other static route; only a learned route can make it reachable",
        "unlisted-interface 4:20: warning: rip.interfaces.etho: 'etho' is not among interfaces; "
        "did "
        "you mean 'eth1' or 'eth0'?",
    ]


@pytest.mark.parametrize(
    "lender", ["lo: {addresses: 10.3.0.1/32}", "eth0: {addresses: 10.3.0.1/24}"]
)
def test_an_unnumbered_interface_may_have_the_address_of_another(lender: str) -> None:
    ways = "static: [10.4.0.1/32 via 10.4.0.1 dev ppp0 onlink]"
    assert found(f"interfaces: {{{lender}, ppp0: {{addresses: 10.3.0.1/32}}}}\n{ways}") == []


def test_an_interface_without_an_address_of_the_family_cannot_speak() -> None:
    machine = {"eth0": (Interface("2001:db8::1/64"),), "eth1": ()}
    assert found("rip: {interfaces: {eth0: , eth1: }}", machine) == [
        "no-address 1:20: warning: rip.interfaces.eth0: eth0 has no IPv4 address for rip; it has "
        "2001:db8::1/64",
        "no-address 1:28: warning: rip.interfaces.eth1: eth1 has no address yet",
    ]


def chain(*keys: str) -> str:
    held = "\n".join(f"      - {{id: {at}, secret: env:K, {key}}}" for at, key in enumerate(keys))
    uses = "rip: {interfaces: {e: {authentication: {key-chain: k}}}}"
    return f"key-chains:\n  k:\n    keys:\n{held}\n{uses}\n"


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        (chain("send: {until: 2027-01-01T00:00:00Z}", "send: {from: 2026-12-01T00:00:00Z}"), []),
        (
            chain("send: {until: 2026-01-01T00:00:00Z}"),
            [
                "expired-key-chain 2:3: warning: key-chains.k: its last key ended "
                "2026-01-01T00:00:00Z and goes on (RFC 4822 3.3); renew it"
            ],
        ),
        (
            chain("send: {until: 2027-01-01T00:00:00Z}", "send: {from: 2027-01-02T00:00:00Z}"),
            [
                "key-gap 2:3: warning: key-chains.k: no key may be sent from 2027-01-01T00:00:00Z "
                "to "
                "2027-01-02T00:00:00Z; the one before goes on (RFC 4822 3.3)"
            ],
        ),
        (
            chain("send: {from: 2027-01-02T00:00:00Z}"),
            [
                "key-gap 2:3: warning: key-chains.k: its first key may be sent from "
                "2027-01-02T00:00:00Z on, and is used before"
            ],
        ),
        (
            chain(
                "send: {until: 2027-02-01T00:00:00Z}, accept: {until: 2027-01-01T00:00:00Z}",
                "send: {from: 2027-01-01T00:00:00Z}",
            ),
            [
                "sent-not-accepted 4:69: warning: key-chains.k.keys[0].accept: key 0 may be sent "
                "when it is not accepted; neighbours with it disagree"
            ],
        ),
        (
            chain("algorithm: keyed-md5").replace(
                "}\nrip", "}\n      - {id: 0, secret: env:L}\nrip"
            ),
            [
                "duplicate-key 5:9: error: key-chains.k.keys[1]: key 0 stands at keys[0] already; "
                "give it another id"
            ],
        ),
    ],
)
def test_lifetimes_of_keys_meet_without_a_gap(text: str, findings: list[str]) -> None:
    assert found(text) == findings


def test_two_tables_cannot_be_one_in_the_kernel() -> None:
    text = """
        tables:
          main: {kernel-table: 254}
          blue: {kernel-table: 254}
          red: {kernel-table: 100}
        static: [10.0.0.0/8 dev e table blue, 10.0.0.0/8 dev e table red]
    """
    assert found(text) == [
        "kernel-table 3:10: error: tables.main.kernel-table: the number of the table main is said "
        "by kernel: {table: ...}; leave it out here",
        "kernel-table 4:10: error: tables.blue.kernel-table: 254 is the kernel's table of main "
        "already",
    ]


def test_secrets_in_files_that_others_read_are_found(tmp_path: Path) -> None:
    path, key = tmp_path / "router.yaml", tmp_path / "rip.key"
    path.write_text(
        textwrap.dedent("""
            rip:
              interfaces:
                e: {authentication: {password: sesame}}
                f: {authentication: {password: file:rip.key}}
                g: {authentication: {password: env:KEY}}
        """)
    )
    key.write_text("sesame")
    for one in (path, key):
        one.chmod(0o644)
    lines = [one for one in check(load(path)) if one.kind == "readable-secret"]
    assert [(one.line, one.severity) for one in lines] == [
        (4, Severity.WARNING),
        (5, Severity.WARNING),
    ]
    assert "sesame" not in "".join(map(str, lines))
    for one in (path, key):
        one.chmod(0o600)
    assert [one for one in check(load(path)) if one.kind == "readable-secret"] == []


def test_two_routers_share_neither_id_nor_address() -> None:
    one = loads("router: {id: 10.0.0.1}\ninterfaces: {a: {addresses: 10.1.0.1/24}}", "one.yaml")
    two = loads("router: {id: 10.0.0.1}\ninterfaces: {b: {addresses: 10.1.0.1/24}}", "two.yaml")
    assert [str(finding) for finding in check_together([one, two])] == [
        "two.yaml:1:10: error: router.id: 10.0.0.1 is the router id in one.yaml too; give one of "
        "them another",
        "two.yaml:2:18: error: interfaces.b.addresses: 10.1.0.1 is an address of a in one.yaml",
    ]
    assert check_together([one]) == []


def test_findings_are_plain_data_for_json() -> None:
    (finding,) = check(file_of("policies: {p: []}"))
    assert finding.as_dict() == {
        "severity": "warning",
        "kind": "unused-policy",
        "file": "router.yaml",
        "line": 1,
        "column": 12,
        "field": "policies.p",
        "message": "nothing uses the policy 'p'",
    }


def test_routes_that_lead_to_each_other_are_looked_at_once() -> None:
    lines = [f"  - 10.0.0.0/{length} via 10.0.0.1" for length in range(8, 30)]
    lines += [f"  - 10.0.0.1/32 via 10.0.0.{n} distance {n}" for n in range(2, 6)]
    findings = check(loads("\n".join(["static:", *lines])), MACHINE)
    assert {one.kind for one in findings} == {"unreachable-next-hop"}
    assert len(findings) == len(lines)
