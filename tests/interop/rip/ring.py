"""A ring of routers in network namespaces, each of another make, that speak RIP and RIPng.

Link i joins site i and the next one; both ends are called "e<i>". Each site has a prefix of each
family that it tells the others as a static route.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from foreign import bird, frr, logged, require_frr
from netns import Namespace, namespaces, require_root, veth

PATIENCE_S = 40
KEY = "a-key-of-us"

FRR_KEYS = """
key chain K
 key 1
  key-string {key}
 exit
exit
"""
FRR_CONF = """
{family} access-list ANY permit any
{interfaces}
router {kind}
{networks}
 timers basic 5 30 20
 redistribute kernel
exit
"""
BIRD_CONF = """
router id 10.255.0.{number};
protocol device {{ }}
protocol kernel {{ ipv4 {{ export where source != RTS_STATIC; }}; }}
protocol kernel {{ ipv6 {{ export where source != RTS_STATIC; }}; }}
protocol static {{ ipv4; route {prefix4} blackhole; }}
protocol static {{ ipv6; route {prefix6} blackhole; }}
protocol rip {{
  ipv4 {{ import all; export where source ~ [ RTS_STATIC, RTS_RIP ]; }};
{interfaces4}}}
protocol rip ng {{
  ipv6 {{ import all; export where source ~ [ RTS_STATIC, RTS_RIP ]; }};
{interfaces6}}}
"""
BIRD_LINK = "  interface {name} {{ update time 5; timeout time 30; garbage time 20; {more} }};\n"
OUR_CONF = """
router: {{name: {name}}}
static: [{prefix4} blackhole, {prefix6} blackhole]
key-chains: {{K: {{keys: [{{id: 1, secret: {key}, algorithm: keyed-md5}}]}}}}
rip: {{interfaces: {{{interfaces4}}}, redistribute: [static], timers: {timers}}}
ripng: {{interfaces: {{{interfaces6}}}, redistribute: [static], timers: {timers}}}
api: {{socket: {socket}}}
rollback: {{directory: {store}}}
"""
OUR_TIMERS = "{update: 5s, jitter: 1s, timeout: 30s, garbage: 20s}"


@dataclass
class Site:
    """One router. `costs` is what comes in by each link is made dearer by."""

    number: int
    make: str  # "fingerpost", "frr" or "bird"
    space: Namespace
    folder: Path
    links: list[str]
    is_signed: bool
    costs: dict[str, int] = field(default_factory=dict)

    @property
    def prefixes(self) -> tuple[str, str]:
        return f"10.100.{self.number}.0/24", f"fd10:{self.number + 1}::/48"

    def running(self) -> AbstractContextManager[None]:
        """The router; it ends with the context."""
        return {"fingerpost": self._ours, "frr": self._frr, "bird": self._bird}[self.make]()

    def _ours(self) -> AbstractContextManager[None]:
        prefix4, prefix6 = self.prefixes
        chain = ", authentication: {key-chain: K}" if self.is_signed else ""
        cost = {link: f"cost: {self.costs.get(link, 1)}" for link in self.links}
        text = OUR_CONF.format(
            name=f"r{self.number}",
            prefix4=prefix4,
            prefix6=prefix6,
            key=KEY,
            interfaces4=", ".join(f"{link}: {{{cost[link]}{chain}}}" for link in self.links),
            interfaces6=", ".join(f"{link}: {{{cost[link]}}}" for link in self.links),
            timers=OUR_TIMERS,
            socket=self.folder / "api.sock",
            store=self.folder / "store",
        )
        path = self.folder / "router.yaml"
        path.write_text(text)
        words = [sys.executable, "-m", "fingerpost", "run", str(path)]
        return logged(self.space, self.folder / "fingerpost.log", *words)

    def _bird(self) -> AbstractContextManager[None]:
        prefix4, prefix6 = self.prefixes
        signed = f'authentication cryptographic; password "{KEY}" {{ id 1; algorithm keyed md5; }};'

        def links(more: str) -> str:
            metric = {link: f"metric {self.costs.get(link, 1)}; " for link in self.links}
            lines = (BIRD_LINK.format(name=f'"{n}"', more=metric[n] + more) for n in self.links)
            return "".join(lines)

        text = BIRD_CONF.format(
            number=self.number + 1,
            prefix4=prefix4,
            prefix6=prefix6,
            interfaces4=links(signed if self.is_signed else ""),
            interfaces6=links(""),
        )
        return bird(self.space, self.folder, text)

    def _frr(self) -> AbstractContextManager[None]:
        for family, prefix in zip((4, 6), self.prefixes, strict=True):
            self.space.ip(f"-{family} route add blackhole {prefix}")
        daemons = {}
        md5 = " ip rip authentication mode md5\n ip rip authentication key-chain K\n"
        for kind, signed in (("rip", md5 if self.is_signed else ""), ("ripng", "")):
            lines = [f"interface {name}\n{signed}exit" for name in self.links]
            networks = "\n".join(f" network {name}" for name in self.links)
            offsets = [  # in place of the cost of 1
                f" offset-list ANY in {cost} {name}"
                for name, cost in self.costs.items()
                if cost > 1
            ]
            text = FRR_CONF.format(
                family="" if kind == "rip" else "ipv6",
                kind=kind,
                interfaces="\n".join(lines),
                networks="\n".join([networks, *offsets]),
            )
            daemons[f"{kind}d"] = FRR_KEYS.format(key=KEY) + text if signed else text
        return frr(self.space, self.folder, daemons)

    def table(self) -> dict[str, frozenset[str]]:
        """The prefixes of the others in the kernel, and the links by which they are reached."""
        found: dict[str, frozenset[str]] = {}
        for family in (4, 6):
            rows = json.loads(self.space.run("ip", "-j", f"-{family}", "route", "show"))
            for row in rows:
                prefix = row["dst"]
                if not prefix.startswith(("10.100.", "fd10:")) or prefix in self.prefixes:
                    continue
                hops = [row] if "dev" in row else row.get("nexthops", [])
                found[prefix] = frozenset(hop["dev"] for hop in hops)
        return found

    def told(self) -> str:
        """What its programs wrote, for reports."""
        texts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))]
        return f"-- {self.make} {self.number}\n" + "\n".join(text[-2000:] for text in texts)


class Ring:
    """The sites, and what their tables should be."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self.sites = list(sites)
        self.cut: set[int] = set()

    def link_down(self, number: int) -> None:
        self.cut.add(number)
        self.sites[number].space.ip(f"link set e{number} down")

    def link_up(self, number: int) -> None:
        self.cut.discard(number)
        self.sites[number].space.ip(f"link set e{number} up")

    def tables(self) -> list[dict[str, frozenset[str]]]:
        return [site.table() for site in self.sites]

    def wanted(self) -> list[dict[str, frozenset[str]]]:
        """The tables along the cheapest way round."""
        count = len(self.sites)
        return [
            {
                prefix: frozenset((way,))
                for to, other in enumerate(self.sites)
                if to != at and (way := self._way(at, to, count)) is not None
                for prefix in other.prefixes
            }
            for at in range(count)
        ]

    def _way(self, at: int, to: int, count: int) -> str | None:
        """The link by which a site reaches another: clockwise or not, the cheaper."""
        right = [(at + step) % count for step in range((to - at) % count)]
        left = [(at - step - 1) % count for step in range((at - to) % count)]
        ways = []
        for links, step in ((right, 0), (left, 1)):
            if not self.cut.intersection(links):
                heads = [(link + step) % count for link in links]
                cost = sum(
                    self.sites[head].costs.get(f"e{link}", 1)
                    for head, link in zip(heads, links, strict=True)
                )
                ways.append((cost, f"e{links[0]}"))
        assert len({cost for cost, _ in ways}) == len(ways), "two ways cost the same"
        return min(ways)[1] if ways else None

    def settle(self) -> None:
        """Wait until every kernel has the table that it should have."""
        deadline = monotonic() + PATIENCE_S
        while (tables := self.tables()) != (wanted := self.wanted()):
            if monotonic() > deadline:
                told = "\n".join(site.told() for site in self.sites)
                raise AssertionError(f"got {tables}\nwant {wanted}\n{told}")
            sleep(0.2)


@contextmanager
def ring(
    *makes: str, is_signed: bool = False, costs: dict[int, dict[str, int]] | None = None
) -> Iterator[Ring]:
    """A ring of these makes, all running; gone afterwards."""
    require_root("bird")
    if "frr" in makes:
        require_frr("ripd", "ripngd")
    names = [f"s{number}" for number in range(len(makes))]
    with ExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory(prefix="fp-ring-")))
        root.chmod(0o755)
        spaces = stack.enter_context(namespaces(*names))
        for space in spaces:
            space.sysctl(
                net__ipv6__conf__default__accept_dad=0,
                net__ipv6__conf__default__keep_addr_on_down=1,
                net__ipv4__ip_forward=1,
                net__ipv6__conf__all__forwarding=1,
            )
        sites = []
        count = len(makes)
        for number, (make, space) in enumerate(zip(makes, spaces, strict=True)):
            folder = root / names[number]
            folder.mkdir()
            links = [f"e{(number - 1) % count}", f"e{number}"]
            own = (costs or {}).get(number, {})
            sites.append(Site(number, make, space, folder, links, is_signed, own))
        for number in range(count):
            cable(number, sites[number], sites[(number + 1) % count])
        for site in sites:
            stack.enter_context(site.running())
        yield Ring(sites)


def cable(number: int, left: Site, right: Site) -> None:
    """Join two sites by link `number`."""
    name = f"e{number}"
    veth(left.space, name, right.space, name)
    for site, last in ((left, 1), (right, 2)):
        site.space.ip(f"address add 10.0.{number}.{last}/24 dev {name}")
        site.space.ip(f"address add fd00:{number}::{last}/64 dev {name} nodad")
