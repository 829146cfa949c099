"""How many routes a second a policy judges, beside a Python function that does the same by hand.

    python benchmarks/policy.py [--routes 50000] [--entries 100000] [--json]

Each policy refuses what is far, lets in what a prefix list permits and adds to the metric; the list
has `--entries` entries, exact ones (/24), and in another run ranges (/16 le 24). Half of the routes
are in the list. `plain` is a function with a set of prefixes and `dataclasses.replace`; `function`
the same function as a policy, with its trace; `no list` has three lines without a list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from time import perf_counter

import click

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import (
    Entry,
    InPrefixList,
    Is,
    Outcome,
    Policy,
    PrefixList,
    Set,
    Statement,
    of,
)
from fingerpost.rib import RibRoute

FAR = 14
ROUNDS = 3


def networks(rng: Random, count: int, length: int) -> list[Prefix]:
    """That many different prefixes of a length."""
    found: dict[Prefix, None] = {}
    while len(found) < count:
        bits = rng.getrandbits(length) << (32 - length)
        found[Prefix(f"{Address(bits, 4)}/{length}")] = None
    return list(found)


def near_policy(held: PrefixList) -> Policy:
    """Two lines: what is far is refused, what the list permits gets one metric more."""
    far = Statement("far", (Is("metric", (range(FAR, 17),)),), (), Outcome.REJECT)
    near = Statement("near", (InPrefixList(held),), (Set("metric", 1, by=True),))
    return Policy("near", [far, near])


def plain_function(held: set[Prefix]) -> Callable[[RibRoute], RibRoute | None]:
    """The same by hand."""

    def near(route: RibRoute) -> RibRoute | None:
        if route.metric >= FAR or route.prefix not in held:
            return None
        return replace(route, metric=route.metric + 1)

    return near


def rate(judge: Callable[[RibRoute], object], routes: Iterable[RibRoute], count: int) -> float:
    """Routes a second, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter()
        for route in routes:
            judge(route)
        best = min(best, perf_counter() - start)
    return count / best


def measure(count: int, entries: int) -> dict[str, float]:
    """Every figure by its name, in routes a second."""
    rng = Random(1)
    exact = networks(rng, entries, 24)
    asked = rng.sample(exact, count // 2) + networks(rng, count - count // 2, 24)
    hops = (NextHop("eth0", Address("10.0.0.1")),)
    routes = [RibRoute(one, "rip", 120, at % 15 + 1, hops) for at, one in enumerate(asked)]
    wide = [Entry(one, le=24) for one in networks(rng, min(entries, 1 << 15), 16)]
    simple = Policy(
        "simple",
        [
            Statement("tag", (Is("tag", (7,)),), (), Outcome.REJECT),
            Statement("far", (Is("metric", (range(FAR, 17),)),), (), Outcome.REJECT),
            Statement("rip", (Is("protocol", ("rip",)),), (Set("tag", 9),)),
        ],
    )
    plain = plain_function(set(exact))
    judge = near_policy(PrefixList("exact", [Entry(one) for one in exact]))
    if any(judge(route) != plain(route) for route in routes[:1000]):
        raise SystemExit("the policy does not judge as the function beside it")
    judges: dict[str, Callable[[RibRoute], object]] = {
        "exact list": judge.apply,
        "range list": near_policy(PrefixList("wide", wide)).apply,
        "no list": simple.apply,
        "function": of(plain).apply,
        "plain": plain,
    }
    return {name: rate(judge, routes, count) for name, judge in judges.items()}


@click.command()
@click.option("--routes", default=50_000, help="Routes that are judged.")
@click.option("--entries", default=100_000, help="Entries of the prefix list.")
@click.option("--json", "as_json", is_flag=True)
def main(routes: int, entries: int, as_json: bool) -> None:
    """Measure and print."""
    figures = measure(routes, entries)
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:12} {value:12,.0f} routes/s")


if __name__ == "__main__":
    main()
