"""A namespace with two cables for the kernel's table, changes to feed it, and `ip` as oracle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.host.linux.kernel_fib import METRIC, PROTOCOL, KernelFib
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute
from linux.inside import inside
from netns import Namespace, namespaces, require_root, veth

Row = tuple[str, tuple[str, ...]]
"""Kind, and the next hops in order: each as `via X dev Y weight Z`."""

GATEWAYS = {
    "g1": NextHop("va1", Address("10.1.0.2")),
    "g2": NextHop("va2", Address("10.2.0.2")),
    "six1": NextHop("va1", Address("2001:db8:1::2")),
    "six2": NextHop("va2", Address("2001:db8:2::2")),
    "link": NextHop("va1"),
    # in no network of ours
    "on1": NextHop("va1", Address("172.16.0.1"), is_onlink=True),
    "on2": NextHop("va2", Address("172.16.0.2"), is_onlink=True),
    "onsix": NextHop("va1", Address("2001:db8:f00::1"), is_onlink=True),
}


class Stand:
    """The namespace of the test; what is made while it is open belongs to it."""

    def __init__(self, space: Namespace) -> None:
        self.space = space

    def ip(self, words: str) -> str:
        return self.space.ip(words)

    def routes(self, words: str = f"proto {PROTOCOL}") -> dict[str, Row]:
        """What `ip -json route show` says, of both families, by prefix."""
        found: dict[str, Row] = {}
        for family in ("-4", "-6"):
            printed = self.space.run(
                "ip", "-json", "-details", family, "route", "show", *words.split()
            )
            for row in json.loads(printed or "[]"):
                prefix = row["dst"]
                if prefix == "default":
                    prefix = "0.0.0.0/0" if family == "-4" else "::/0"
                found[str(Prefix(prefix))] = _row(row)
        return found


def _row(row: dict[str, Any]) -> Row:
    kind = row.get("type", "unicast")
    if kind != "unicast":
        return kind, ()
    hops = row.get("nexthops") or [row]
    return kind, tuple(sorted(_hop(hop, len(hops) > 1) for hop in hops))


def _hop(hop: dict[str, Any], has_weight: bool) -> str:
    gateway = hop.get("gateway") or hop.get("via", {}).get("host")
    parts = [f"via {gateway}"] if gateway else []
    parts.append(f"dev {hop['dev']}")
    weight = hop.get("weight", 1)
    parts += [f"weight {weight}"] if has_weight and weight != 1 else []
    return " ".join([*parts, "onlink"] if "onlink" in hop["flags"] else parts)


def expected(hops: Iterable[NextHop], kind: RouteKind = RouteKind.UNICAST) -> Row:
    """What the oracle should say of a route."""
    if kind is not RouteKind.UNICAST:
        return kind.value, ()
    return kind.value, tuple(sorted(str(hop) for hop in hops))


def route(prefix: str, *hops: NextHop, kind: RouteKind = RouteKind.UNICAST) -> RibRoute:
    return RibRoute(Prefix(prefix), "rip", 120, 2, hops, kind)


def put(prefix: str, *hops: NextHop, kind: RouteKind = RouteKind.UNICAST) -> Change:
    return Change(Prefix(prefix), None, route(prefix, *hops, kind=kind))


def drop(prefix: str) -> Change:
    return Change(Prefix(prefix), route(prefix), None)


@contextmanager
def standing() -> Iterator[Stand]:
    """A fresh namespace, two cables with both families, this thread in it."""
    require_root()
    with namespaces("k", "far") as (space, far):
        for each in (space, far):
            each.sysctl(net__ipv6__conf__default__accept_dad=0)
        for number in (1, 2):
            veth(space, f"va{number}", far, f"vb{number}")
            space.ip(f"addr add 10.{number}.0.1/24 dev va{number}")
            space.ip(f"addr add 2001:db8:{number}::1/64 dev va{number}")
        with inside(space):
            yield Stand(space)


def fib(is_by_object: bool = True, metric: int = METRIC, protocol: int = PROTOCOL) -> KernelFib:
    """Ours, with nexthop objects or without; skips where the kernel has none."""
    made = KernelFib(protocol, metric=metric, nexthop_objects=None if is_by_object else False)
    if is_by_object and not made.uses_nexthop_objects:
        pytest.skip("this kernel has no nexthop objects")
    return made
