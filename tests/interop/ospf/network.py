"""A plan made real: namespaces, wires and LANs, and a router of some make at each site."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from foreign import bird, frr, logged, require_frr
from interop.ospf import written_bird, written_frr, written_ours
from interop.ospf.plan import Plan, addresses, external, loopbacks
from netns import Namespace, namespaces, require_root, veth

PATIENCE_S = 60
Table = dict[str, frozenset[str]]


@dataclass
class Site:
    """One router."""

    plan: Plan
    number: int
    space: Namespace
    folder: Path
    names: dict[str, str]  # of sites, by the addresses that they are gateways with

    @property
    def make(self) -> str:
        """Who made it."""
        return self.plan.makes[self.number]

    def running(self) -> AbstractContextManager[None]:
        """The router; it ends with the context."""
        match self.make:
            case "frr":
                return frr(self.space, self.folder, written_frr.daemons(self.plan, self.number))
            case "bird":
                return bird(self.space, self.folder, written_bird.written(self.plan, self.number))
        path = self.folder / "router.yaml"
        path.write_text(written_ours.written(self.plan, self.number, self.folder))
        words = [sys.executable, "-m", "fingerpost", "run", str(path)]
        return logged(self.space, self.folder / "fingerpost.log", *words)

    def table(self) -> Table:
        """What is learned, as the kernel has it: by prefix, the sites that are next, with links."""
        found: Table = {}
        for family in (4, 6):
            for row in json.loads(self.space.run("ip", "-j", f"-{family}", "route", "show")):
                if row.get("protocol") in ("kernel", "boot", "static", "ra"):
                    continue
                if row.get("type") in ("blackhole", "unreachable"):
                    continue
                hops = [row] if "dev" in row else row.get("nexthops", [])
                hops = [hop for hop in hops if "gateway" in hop]  # others have it connected
                if not hops:
                    continue
                prefix = _prefix(row["dst"], family)
                said = frozenset(f"{self.names[hop['gateway']]} {hop['dev']}" for hop in hops)
                found[prefix] = found.get(prefix, frozenset()) | said
        return found

    def told(self) -> str:
        """What its programs wrote, for reports."""
        texts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))]
        return f"-- {self.make} {self.number}\n" + "\n".join(text[-2000:] for text in texts)


def _prefix(text: str, family: int) -> str:
    """As everybody but the kernel writes it."""
    if text == "default":
        return "0.0.0.0/0" if family == 4 else "::/0"
    return text if "/" in text else f"{text}/{32 if family == 4 else 128}"


@dataclass
class Routers:
    """All sites, running."""

    plan: Plan
    sites: list[Site]

    def tables(self) -> list[Table]:
        """What each kernel has of others."""
        return [site.table() for site in self.sites]

    def settle(self, wanted: list[Table], patience_s: float = PATIENCE_S) -> None:
        """Wait until every kernel has the table that it should have."""
        deadline = monotonic() + patience_s
        while (tables := self.tables()) != wanted:
            if monotonic() > deadline:
                raise AssertionError(_difference(self.sites, tables, wanted))
            sleep(0.25)

    def standstill(self, still_s: float = 6, patience_s: float = PATIENCE_S) -> list[Table]:
        """The tables when they have not changed for a while and nobody misses a neighbour."""
        deadline = monotonic() + patience_s
        tables, since = self.tables(), monotonic()
        while monotonic() - since < still_s or not self._is_complete(tables):
            assert monotonic() < deadline, _difference(self.sites, tables, tables)
            sleep(0.25)
            found = self.tables()
            if found != tables:
                tables, since = found, monotonic()
        return tables

    def _is_complete(self, tables: list[Table]) -> bool:
        """Whether all sites know the loopbacks of those that they share an area with."""
        plan = self.plan
        return all(
            loopbacks(other)[version - 2] in table
            for site, table in enumerate(tables)
            for other in range(len(tables))
            if other != site and plan.home(other) in plan.areas_of(site)
            for version in plan.versions
        )

    def link(self, wire: int, site: int, state: str) -> None:
        """Set the end of a wire up or down."""
        self.sites[site].space.ip(f"link set e{wire} {state}")


def _difference(sites: list[Site], tables: list[Table], wanted: list[Table]) -> str:
    lines = []
    for site, got, want in zip(sites, tables, wanted, strict=True):
        for prefix in sorted({*got, *want}):
            if got.get(prefix) != want.get(prefix):
                said = f"{sorted(got.get(prefix, ()))}, expected {sorted(want.get(prefix, ()))}"
                lines.append(f"{site.make} {site.number}: {prefix}: {said}")
    return "\n".join([*lines, *(site.told() for site in sites)])


@contextmanager
def network(plan: Plan, *, starts: bool = True) -> Iterator[Routers]:
    """The network of a plan, all routers running unless told otherwise; gone afterwards."""
    require_root("bird")
    if "frr" in plan.makes:
        require_frr("ospfd", "ospf6d")
    names = [*(f"s{number}" for number in range(len(plan.makes))), "switch"]
    with ExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory(prefix="fp-ospf-")))
        root.chmod(0o755)
        *spaces, switch = stack.enter_context(namespaces(*names))
        sites, addressed = [], dict[str, str]()
        for number, space in enumerate(spaces):
            _prepare(plan, number, space)
            folder = root / f"s{number}"
            folder.mkdir()
            sites.append(Site(plan, number, space, folder, addressed))
        for number in range(len(plan.wires)):
            _cable(plan, number, sites, switch)
        for site in sites:
            for row in json.loads(site.space.run("ip", "-j", "address")):
                for one in row["addr_info"]:
                    addressed[one["local"]] = f"s{site.number}"
        if starts:
            for site in sites:
                stack.enter_context(site.running())
        yield Routers(plan, sites)


def _prepare(plan: Plan, number: int, space: Namespace) -> None:
    space.sysctl(
        net__ipv6__conf__default__accept_dad=0,
        net__ipv6__conf__default__keep_addr_on_down=1,
        net__ipv4__ip_forward=1,
        net__ipv4__fib_multipath_hash_policy=1,
        net__ipv6__conf__all__forwarding=1,
    )
    space.ip("link set lo up")
    for address in loopbacks(number):
        space.ip(f"address add {address} dev lo")
    if number in plan.externals and plan.makes[number] == "frr":
        for version, family in ((2, 4), (3, 6)):
            space.ip(f"-{family} route add blackhole {external(number, version)}")


def _cable(plan: Plan, number: int, sites: list[Site], switch: Namespace) -> None:
    """Two sites by a pair, more by a bridge."""
    wire, name = plan.wires[number], f"e{number}"
    if len(wire.sites) == 2:
        left, right = (sites[at].space for at in wire.sites)
        veth(left, name, right, name)
    else:
        switch.ip(f"link add b{number} type bridge")
        switch.ip(f"link set b{number} up")
        for at in wire.sites:
            veth(sites[at].space, name, switch, f"{name}s{at}")
            switch.ip(f"link set {name}s{at} master b{number}")
            switch.ip(f"link set {name}s{at} up")
    for at in wire.sites:
        for address in addresses(number, at):
            nodad = " nodad" if ":" in address else ""
            sites[at].space.ip(f"address add {address} dev {name}{nodad}")


@cache
def tables_of(make: str, key: str) -> list[Table]:
    """What a network of one make alone comes to; `key` names a plan of `PLANS`."""
    from interop.ospf.plans import PLANS

    plan = PLANS[key]
    alike = Plan(
        tuple(make for _ in plan.makes),
        plan.wires,
        plan.areas,
        plan.externals,
        plan.signing,
        plan.versions,
    )
    with network(alike) as routers:
        return routers.standstill()
