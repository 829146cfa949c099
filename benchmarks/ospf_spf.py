"""What the calculation of OSPF routes costs in the core, seen from router 1 in a corner of a grid.

    python benchmarks/ospf_spf.py [--routers 5000]... [--rounds 40] [--json]

Routers stand in a grid of point-to-point links that all cost 10; each has a /24 of its own, and
about half are reached by both neighbours of router 1. Cases, each with the difference to the
routes before it and without the reading of changed LSAs, which `load` shows:

load         all LSAs are read, in milliseconds for all of them
first        the first run: every route is new
whole        both links of router 1 cost more, so that no distance stays as it was
stub         the farthest router tells one prefix more, or one less
cost         a link of the farthest router costs more, or less again
middle down  a link in the middle of the grid goes down, or comes back
near         a link of router 1 costs more, so that all next hops behind it move
summary      the farthest router tells a summary more, or one less
bytes        memory for one router, as the calculator counts it

Milliseconds are of the wall clock, the median of the rounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from time import perf_counter

import click

from fingerpost._core import RouteCalculator
from fingerpost.ospf.lsa import v2
from fingerpost.ospf.lsa.header import LsaHeader

SCOPE = 1
COST = 10
BORDER = 1
MASK = 0xFFFFFF00

Figures = dict[str, float]


def encoded(kind: int, number: int, router: int, body: v2.Body) -> bytes:
    """Give an LSA."""
    return v2.encode_lsa(v2.Lsa(LsaHeader(1, 2, kind, number, router, 1, 0, 0), body))


class Grid:
    """Routers numbered row by row, the first in a corner."""

    def __init__(self, routers: int) -> None:
        self.width = max(2, int(routers**0.5))
        self.count = self.width * (routers // self.width)
        self.links = {router: self.links_of(router) for router in range(1, self.count + 1)}
        self.calculator = RouteCalculator(2, 1, 4)
        self.calculator.set_area(SCOPE, 0)
        links = enumerate((link for link in self.links[1] if link.type == 1), 1)
        hops = [(1, link.id, link.data, number) for number, link in links]
        self.calculator.set_first_hops(SCOPE, hops)

    def links_of(self, router: int) -> list[v2.RouterLink]:
        """Give the links of a router to its neighbours, and its stub."""
        column = (router - 1) % self.width
        near = [router - self.width, router + self.width]
        near += [router - 1] if column else []
        near += [router + 1] if column < self.width - 1 else []
        found = [
            v2.RouterLink(1, to, 0x0A000000 + router, COST) for to in near if 0 < to <= self.count
        ]
        return [*found, v2.RouterLink(3, 0x14000000 + (router << 8), MASK, 1)]

    def lsa(self, router: int, links: list[v2.RouterLink]) -> bytes:
        """Give a router-LSA."""
        flags = BORDER if router == self.count else 0
        return encoded(1, router, router, v2.RouterLsa(flags, tuple(links)))

    def apply(self, router: int, links: list[v2.RouterLink]) -> None:
        """Have a router tell these links."""
        self.calculator.apply(SCOPE, self.lsa(router, links))

    def cost(self, router: int, turn: int, links: int = 1) -> None:
        """Have the first links of a router cost more in every other turn."""
        dear = [
            v2.RouterLink(one.type, one.id, one.data, one.metric + 5 * turn)
            for one in self.links[router][:links]
        ]
        self.apply(router, dear + self.links[router][links:])

    def stub(self, turn: int) -> None:
        """Have the farthest router tell a prefix more in every other turn."""
        more = [v2.RouterLink(3, 0x1E000000, MASK, 1)] * turn
        self.apply(self.count, [*self.links[self.count], *more])

    def down(self, turn: int) -> None:
        """Take a link in the middle away in every other turn."""
        middle = self.count // 2 + self.width // 2
        self.apply(middle, self.links[middle][turn:])

    def summary(self, turn: int) -> None:
        """Have the farthest router tell a summary in every other turn."""
        if turn:
            lsa = encoded(3, 0x28000000, self.count, v2.SummaryLsa(MASK, 1))
            self.calculator.apply(SCOPE, lsa)
        else:
            self.calculator.withdraw(SCOPE, 3, 0x28000000, self.count)

    def run_ms(self) -> float:
        """Run, and give the milliseconds."""
        start = perf_counter()
        self.calculator.run()
        return (perf_counter() - start) * 1000


def measure(routers: int, rounds: int) -> Figures:
    """Give every figure by its name."""
    grid = Grid(routers)
    lsas = [grid.lsa(router, links) for router, links in grid.links.items()]
    start = perf_counter()
    for lsa in lsas:
        grid.calculator.apply(SCOPE, lsa)
    found = {"load": (perf_counter() - start) * 1000, "first": grid.run_ms()}
    if len(grid.calculator) != grid.count:
        raise SystemExit(f"{len(grid.calculator)} routes to {grid.count} routers")
    cases: dict[str, Callable[[int], None]] = {
        "whole": lambda turn: grid.cost(1, turn, 2),
        "stub": grid.stub,
        "cost": lambda turn: grid.cost(grid.count, turn),
        "middle down": grid.down,
        "near": lambda turn: grid.cost(1, turn),
        "summary": grid.summary,
    }
    for name, change in cases.items():
        taken = []
        for turn in range(1, rounds + 1):
            change(turn % 2)
            taken.append(grid.run_ms())
        found[name] = median(taken)
    return found | {"bytes": grid.calculator.memory()}


@click.command()
@click.option("--routers", default=[1000, 5000], multiple=True, help="Routers of the area.")
@click.option("--rounds", default=40, help="Changes of each kind.")
@click.option("--json", "as_json", is_flag=True)
def main(routers: tuple[int, ...], rounds: int, as_json: bool) -> None:
    """Measure and print."""
    figures = {count: measure(count, rounds) for count in routers}
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(f"{'':12}" + "".join(f"{count:>12,}" for count in figures))
    for name in next(iter(figures.values())):
        digits = 0 if name == "bytes" else 3
        row = "".join(f"{one[name]:12,.{digits}f}" for one in figures.values())
        click.echo(f"{name:12}{row}")


if __name__ == "__main__":
    main()
