"""A plan made real: namespaces, wires and LANs, and a router of some make at each site."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from foreign import bird, frr, logged, require_frr
from interop.ospf import written_bird, written_frr, written_ours
from interop.ospf.plan import Plan, addresses, external, loopbacks
from netns import Namespace, namespaces, require_root, veth

PATIENCE_S = 60
DEFAULTS = ("0.0.0.0/0", "::/0")
Table = dict[str, frozenset[str]]


@dataclass
class Site:
    """One router."""

    plan: Plan
    number: int
    space: Namespace
    folder: Path
    names: dict[str, str]  # of sites, by the addresses that they are gateways with
    running_now: ExitStack = field(default_factory=ExitStack)

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

    def start(self) -> None:
        """Let the router run, until `end`."""
        for stale in (*self.folder.glob("*.vty"), *self.folder.glob("zserv")):
            stale.unlink()
        self.running_now.enter_context(self.running())

    def answers(self) -> bool:
        """Whether it takes questions."""
        if self.make == "frr":
            return True  # it does when it has started
        path = self.folder / ("ctl" if self.make == "bird" else "api.sock")
        with socket.socket(socket.AF_UNIX) as asked:
            return path.exists() and asked.connect_ex(str(path)) == 0

    def end(self, *, at_once: bool = False) -> None:
        """End the router: it is asked to, or killed."""
        if at_once:
            words = ["ip", "netns", "pids", self.space.name]
            for pid in subprocess.run(words, capture_output=True, check=True).stdout.split():
                with suppress(ProcessLookupError):  # its parent was killed before, and it went too
                    os.kill(int(pid), SIGKILL)
        self.running_now.close()

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
    switch: Namespace

    def tables(self) -> list[Table]:
        """What each kernel has of others."""
        return [site.table() for site in self.sites]

    def settle(
        self,
        wanted: list[Table],
        patience_s: float = PATIENCE_S,
        ignored: tuple[str, ...] = (),
    ) -> None:
        """Wait until every kernel has the table that it should have.

        `ignored`: how prefixes begin that do not matter.
        """

        def seen() -> list[Table]:
            found = self.tables()
            return [
                {prefix: one[prefix] for prefix in one if not prefix.startswith(ignored)}
                for one in found
            ]

        deadline = monotonic() + patience_s
        while (tables := seen()) != wanted:
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
        """Whether all sites know the loopbacks of those that they share an area with.

        Where there are virtual links, of everybody, unless a default route leads there.
        """
        plan = self.plan
        return all(
            loopbacks(other)[version - 2] in table
            or (plan.home(other) not in plan.areas_of(site) and DEFAULTS[version - 2] in table)
            for site, table in enumerate(tables)
            for other in range(len(tables))
            if other != site and (plan.virtual_links or plan.home(other) in plan.areas_of(site))
            for version in plan.versions
        )

    def start(self) -> None:
        """Let all sites run."""
        for site in self.sites:
            site.start()
        for site in self.sites:
            wait_slowly(site.answers, f"{site.make} {site.number} answers")

    def link(self, wire: int, site: int, state: str) -> None:
        """Set the end of a wire up or down."""
        self.sites[site].space.ip(f"link set e{wire} {state}")

    def carrier(self, wire: int, site: int, state: str) -> None:
        """Let the end of a switched wire have a carrier ("up") or not ("down")."""
        self.switch.ip(f"link set e{wire}s{site} {state}")

    def silence(self, wire: int, site: int, *, is_silent: bool = True) -> None:
        """Let nothing through to the end of a switched wire, whose carrier stays."""
        master = "nomaster" if is_silent else f"master b{wire}"
        self.switch.ip(f"link set e{wire}s{site} {master}")


def _difference(sites: list[Site], tables: list[Table], wanted: list[Table]) -> str:
    lines = []
    for site, got, want in zip(sites, tables, wanted, strict=True):
        for prefix in sorted({*got, *want}):
            if got.get(prefix) != want.get(prefix):
                said = f"{sorted(got.get(prefix, ()))}, expected {sorted(want.get(prefix, ()))}"
                lines.append(f"{site.make} {site.number}: {prefix}: {said}")
    return "\n".join([*lines, *(site.told() for site in sites)])


def wait_slowly(
    is_so: Callable[[], bool], what: str = "it", patience_s: float = PATIENCE_S
) -> None:
    """Wait until something is so that costs others time to ask for."""
    deadline = monotonic() + patience_s
    while not is_so():
        assert monotonic() < deadline, f"{what} is not so within {patience_s} s"
        sleep(0.3)


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
            stack.callback(site.end)
        found = Routers(plan, sites, switch)
        if starts:
            found.start()
        yield found


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
    if len(wire.sites) == 2 and not wire.is_switched:
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
        for address in loopbacks(at) if wire.is_unnumbered else addresses(number, at):
            nodad = " nodad" if ":" in address else ""
            sites[at].space.ip(f"address add {address} dev {name}{nodad}")


@cache
def tables_of(make: str, key: str) -> list[Table]:
    """What a network of one make alone comes to; `key` names a plan."""
    from interop.ospf.plans import BIRD_PLANS, PLANS

    plan = PLANS.get(key) or BIRD_PLANS[key]
    alike = replace(plan, makes=tuple(make for _ in plan.makes))
    with network(alike) as routers:
        return routers.standstill()
