"""The same topology in the lab and in namespaces: the same tables, before and after failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerpost.lab.topology import load, loads
from interop.twin import twin
from netns import require_root

pytestmark = pytest.mark.slow

TIMERS = """
      rip: &quick
        timers: {update: 1s, jitter: 200ms, timeout: 6s, garbage: 4s,
                 triggered-least: 50ms, triggered-most: 150ms, first-most: 100ms}
      ripng: *quick
"""
HEAD = f"""
routing: [rip, ripng]
topology:
  defaults:
    router:{TIMERS}
"""
TOPOLOGIES: dict[str, tuple[str, str]] = {  # and the link that fails
    "line": (
        """
  nodes:
    a: {routes: [192.0.2.0/24 blackhole], router: {rip: {redistribute: [static]}}}
    b:
    c:
    d:
  links: [{endpoints: [a, b]}, {endpoints: [b, c], rip: {cost: 3}}, {endpoints: [c, d]}]
""",
        "b-c",
    ),
    "ring": (
        """
  nodes: {a: , b: , c: , d: , e: }
  links:
    - {endpoints: [a, b]}
    - {endpoints: [b, c]}
    - {endpoints: [c, d]}
    - {endpoints: [d, e]}
    - {endpoints: [e, a]}
    - {endpoints: [a, d]}
""",
        "a-b",
    ),
    "lan": (
        """
  nodes: {a: , b: , c: , d: , e: }
  links:
    - {endpoints: [a, b, c]}
    - {endpoints: [b, d]}
    - {endpoints: [c, d]}
    - {endpoints: [d, e]}
""",
        "b-d",
    ),
    "signed": (
        """
      key-chains: {sites: {keys: [{id: 3, secret: of-both, algorithm: hmac-sha-256}]}}
      prefix-lists: {hidden: [192.0.2.0/24], dear: [198.51.100.0/24]}
      policies:
        outwards: [{match: {prefix-list: hidden}, then: reject}, {then: accept}]
  nodes:
    a:
      routes: [192.0.2.0/24 blackhole, 198.51.100.0/24 blackhole tag 9, "2001:db8:9::/48 blackhole"]
      router:
        rip: {redistribute: {static: {metric: 3, policy: outwards}}, default-route: 4}
        ripng: {redistribute: [static], default-route: 2}
    b:
    c: {router: {rip: {interfaces: {eth1: {in: {offset: {by: 2, prefix-list: dear}}}}}}}
    d: {router: {rip: {distance: 100}, ripng: {distance: 90}}}
  links:
    - {endpoints: [a, b], rip: {authentication: {key-chain: sites}}}
    - {endpoints: [a, c], rip: {authentication: {password: in-the-clear}}}
    - {endpoints: [b, d], rip: {split-horizon: simple}}
    - {endpoints: [c, {node: d, ripng: {cost: 4}}], rip: {split-horizon: none}}
    - {endpoints: [b, c], rip: {passive: true}}
""",
        "a-b",
    ),
}


@pytest.fixture(autouse=True)
def _root() -> None:
    require_root()


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_the_lab_and_linux_come_to_the_same_tables(name: str) -> None:
    text, link = TOPOLOGIES[name]
    with twin(loads(HEAD + text.lstrip("\n"), f"{name}.yaml")) as both:
        assert both.settle() > 10
        both.fail(link)
        both.settle()
        both.restore(link)
        both.settle()


def test_a_backbone_comes_to_the_same_tables(shared_data: Path) -> None:
    lab = load(shared_data / "topologies" / "zoo_Abilene.graphml")
    nodes = "".join(f"    {name}:\n" for name in lab.nodes)
    links = "".join(f"    - {{endpoints: [{', '.join(link.nodes)}]}}\n" for link in lab.links)
    text = f"{HEAD}  nodes:\n{nodes}  links:\n{links}"
    with twin(loads(text, "abilene.yaml")) as both:
        assert both.settle() > 400
        both.fail("Chicago-Indianapolis")
        both.settle()
