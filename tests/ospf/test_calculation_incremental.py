"""A large area that changes link by link: a part of the tree is as the whole would be."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from fingerpost._core import LinkStateDatabase, RouteCalculator
from fingerpost.addr import Address, Prefix
from fingerpost.ospf.lsa import v2

from .golden.routes import Golden, Told
from .golden.world import AreaTold, Lsas, World
from .random_network import encoded_v2
from .test_calculation_random import apply, describe, follow

SCOPE = 1
ROUTERS = 250


class Large:
    """Routers with few links each, some by LANs; each has a prefix of its own and shares one."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.costs: dict[int, dict[int, int]] = {router: {} for router in range(1, ROUTERS + 1)}
        for router in range(2, ROUTERS + 1):
            self.join(router, self.rng.randrange(max(1, router - 9), router))
        for _ in range(ROUTERS // 2):
            self.join(*self.rng.sample(range(1, ROUTERS + 1), 2))
        self.lans = [self.rng.sample(range(1, ROUTERS + 1), 5) for _ in range(20)]
        self.gone: set[int] = set()

    def join(self, one: int, other: int) -> None:
        """Put a link between two routers, or change its costs."""
        for here, there in ((one, other), (other, one)):
            self.costs[here][there] = self.rng.randint(1, 6)

    def change(self) -> None:
        """Change one link, LAN or router."""
        rng = self.rng
        one = rng.randrange(1, ROUTERS + 1)
        match rng.randrange(6):
            case 0 | 1 if self.costs[one]:
                self.costs[one][rng.choice(list(self.costs[one]))] = rng.randint(1, 6)
            case 2 if self.costs[one]:
                self.costs[one].pop(rng.choice(list(self.costs[one])))
            case 3:
                self.join(one, rng.randrange(1, ROUTERS + 1))
            case 4:
                lan = rng.choice(self.lans)
                lan[rng.randrange(1, 5)] = one
            case _ if one != 1:
                self.gone ^= {one}

    def lsa(self, router: int) -> bytes:
        """Give a router-LSA."""
        links = [v2.RouterLink(1, to, router, c) for to, c in self.costs[router].items()]
        for number, lan in enumerate(self.lans):
            if router in lan:
                base = 0x0A000000 + (number << 16)
                links.append(v2.RouterLink(2, base + lan[0], base + router, 1 + number % 4))
        links.append(v2.RouterLink(3, 0x14000000 + (router << 8), 0xFFFFFF00, 1))
        links.append(v2.RouterLink(3, 0x1E000000 + (router % 30 << 8), 0xFFFFFF00, router % 3))
        return encoded_v2(1, router, router, v2.RouterLsa(0, tuple(links)))

    def lsas(self) -> Lsas:
        """Give all LSAs."""
        encoded = [self.lsa(router) for router in self.costs if router not in self.gone]
        for number, lan in enumerate(self.lans):
            id_ = 0x0A000000 + (number << 16) + lan[0]
            body = v2.NetworkLsa(0xFFFF0000, tuple(dict.fromkeys(lan)))
            encoded.append(encoded_v2(2, id_, lan[0], body))
        return {(SCOPE, v2.decode_lsa(lsa).header.key): lsa for lsa in encoded}

    def world(self) -> World:
        """Give what router 1 is told."""
        area = AreaTold(0)
        for to in self.costs[1]:
            area.first_hops[1, to, 1] = 1000 + to
        for number, lan in enumerate(self.lans):
            base = 0x0A000000 + (number << 16)
            area.first_hops[2, base + lan[0], base + 1] = 2000 + number
        return World(2, 4, 1, {SCOPE: area}, self.lsas())


@pytest.mark.parametrize("seed", range(3))
def test_changed_part_of_a_tree_is_as_the_whole_tree_would_be(seed: int) -> None:
    large = Large(seed)
    calculator = RouteCalculator(2, 1, 4)
    table: dict[Prefix, Told] = {}
    before: Lsas = {}
    kinds: Counter[str] = Counter()
    for step in range(60):
        world = large.world()
        describe(calculator, world)
        apply(calculator, before, world.lsas)
        before = world.lsas
        result = calculator.run()
        kinds[result.kind] += 1
        follow(table, result)
        fresh = RouteCalculator(2, 1, 4)
        describe(fresh, world)
        apply(fresh, {}, world.lsas)
        fresh.run()
        assert table == dict(fresh.routes_in("0.0.0.0/0"))
        if step % 20 == 0:
            assert table == Golden(world).told()
        for _ in range(large.rng.choice((1, 1, 1, 4))):
            large.change()
    assert kinds["incremental"] > 40, kinds
    assert kinds["whole"] > 0, kinds


def test_far_change_looks_at_its_neighbourhood_alone() -> None:
    large = Large(9)
    world = large.world()
    calculator = RouteCalculator(2, 1, 4)
    describe(calculator, world)
    apply(calculator, {}, world.lsas)
    assert calculator.run().vertices >= ROUTERS
    ends = [router for router, costs in large.costs.items() if len(costs) == 1 and router != 1]
    far = next(r for r in ends if not any(r in lan for lan in large.lans))
    large.costs[far] = dict.fromkeys(large.costs[far], 60)
    large.costs[next(iter(large.costs[far]))][far] = 60
    apply(calculator, world.lsas, large.lsas())
    result = calculator.run()
    assert (result.kind, result.vertices < 10, result.prefixes <= 4) == ("incremental", True, True)
    assert sum(len(prefixes) for _, prefixes in result.announced) in (1, 2)


def test_database_tells_the_calculation_what_changed() -> None:
    database = LinkStateDatabase(2, 1)
    calculator = RouteCalculator(2, 1, 4)
    calculator.set_area(SCOPE, 0)
    calculator.set_first_hops(SCOPE, [(1, 2, 1, 7)])
    for router, other in ((1, 2), (2, 1)):
        stub = v2.RouterLink(3, 0x0A000000 + (router << 8), 0xFFFFFF00, 1)
        link = v2.RouterLink(1, other, 0xC0000200 + router if router > 1 else 1, 10)
        lsa = encoded_v2(1, router, router, v2.RouterLsa(0, (link, stub)))
        database.install(SCOPE, lsa, 0)
    calculator.run(database)
    route = calculator.route("10.0.2.0/24")
    assert route == (0, 11, 0, 0, 0, ((7, Address("192.0.2.2")),), False)
    assert calculator.run(database).kind == "nothing"
    database.remove(SCOPE, (1, 2, 2))
    assert list(calculator.run(database).withdrawn) == [Prefix("10.0.2.0/24")]
