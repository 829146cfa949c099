"""One router of ours, and around it others, each in a namespace of its own at the end of a cable.

Cable n joins `e<n>` of ours, 10.0.n.1 and fd00:n::1 of AS 65000, and `w0` of the other, which is
10.0.n.2 and fd00:n::2 of AS 65000 + n.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from daemon.processes import Process, wait
from foreign import bird, frr
from interop.bgp import exposed, views
from interop.bgp.daemons import gobgp, have_all, openbgpd
from interop.bgp.told import Table, Told
from netns import Namespace, namespaces, require_root, veth

US = 65_000
PATIENCE_S = 30.0
Run = Callable[[Namespace, Path], AbstractContextManager[None]]


@dataclass
class Ray:
    """One of the others: `run` starts it in its namespace."""

    make: str
    number: int
    space: Namespace
    folder: Path
    run: Run
    running: ExitStack = field(default_factory=ExitStack)

    @property
    def asn(self) -> int:
        """Its AS."""
        return US + self.number

    @property
    def address(self) -> str:
        """Its end of the cable."""
        return f"10.0.{self.number}.2"

    def start(self) -> None:
        """Let it run, until `end`."""
        for stale in self.folder.glob("*.vty"):
            stale.unlink()
        self.running.enter_context(self.run(self.space, self.folder))

    def end(self) -> None:
        """Let it end, politely."""
        self.running.close()

    def table(self, family: int = 4) -> Table:
        """What it has of us."""
        found: dict[str, set[Told]] = {}
        for prefix, told in views.VIEWS[self.make](self.space, self.folder, family):
            found.setdefault(prefix, set()).add(told)
        return {prefix: frozenset(several) for prefix, several in found.items()}

    def ask(self, *words: str) -> str:
        """What its operator's command says."""
        match self.make:
            case "bird":
                return self.space.run("birdc", "-s", str(self.folder / "ctl"), *words)
            case "frr":
                return views.vtysh(self.space, self.folder, *words)
            case "openbgpd":
                return self.space.run("bgpctl", "-s", str(self.folder / "ctl"), *words)
        return self.space.run(*words)

    def log(self) -> str:
        """The end of what it wrote."""
        return "\n".join(one.read_text()[-3000:] for one in sorted(self.folder.glob("*.log")))


@dataclass
class Star:
    """All of them."""

    us: Process
    rays: dict[str, Ray]

    def model(self) -> dict[str, Any]:
        """Our snapshot."""
        found: dict[str, Any] = self.us.client.get("/v1/testing/bgp")
        return found

    def neighbor(self, name: str) -> dict[str, Any]:
        """What our snapshot says of a neighbour, by its name or by that of its make."""
        if name in self.rays:
            name = self.rays[name].address
        (found,) = [one for one in self.model()["neighbors"] if one["name"] == name]
        return dict(found)

    def paths(self, *prefixes: str) -> dict[str, list[dict[str, Any]]]:
        """Our paths to prefixes, with their attributes in words."""
        found: dict[str, Any] = self.us.client.post("/v1/testing/paths", {"prefixes": prefixes})
        return found

    def order(self, what: str, make: str, text: str = "") -> None:
        """Have our session with one of the others `shut`, `reset`, `enable`d or `refresh`ed."""
        where = f"/v1/bgp/bgp/neighbors/{self.rays[make].address}"
        self.us.client.post(where, {"action": what, "text": text})

    def wait_established(self, *makes: str, patience_s: float = PATIENCE_S) -> None:
        """Until there are sessions with these, by make or by the neighbour's name, or with all."""
        wanted = makes or tuple(self.rays)

        def missing() -> list[str]:
            states = {one["name"]: one["state"] for one in self.model()["neighbors"]}
            named = [self.rays[make].address if make in self.rays else make for make in wanted]
            return [f"{name} {states[name]}" for name in named if states[name] != "Established"]

        try:
            wait(lambda: not missing(), patience_s, "sessions")
        except AssertionError:
            logs = "\n".join(f"--- {one}\n{one.log()}" for one in self.rays.values())
            raise AssertionError(
                f"no session: {missing()}\n{self.us.log[-3000:]}\n{logs}"
            ) from None

    def settle(self, wanted: Mapping[str, Table], family: int = 4) -> None:
        """Until each of the others has the table that it should have."""
        left = dict(wanted)

        def is_done() -> bool:
            for make in list(left):
                if self.rays[make].table(family) == left[make]:
                    del left[make]
            return not left

        try:
            wait(is_done, PATIENCE_S, "tables")
        except AssertionError:
            raise AssertionError("\n".join(self._differences(left, family))) from None

    def _differences(self, wanted: Mapping[str, Table], family: int) -> Iterator[str]:
        for make, want in wanted.items():
            got = self.rays[make].table(family)
            for prefix in sorted({*got, *want}):
                if got.get(prefix) != want.get(prefix):
                    yield f"{make}: {prefix}: {got.get(prefix)}, expected {want.get(prefix)}"


RUNS: dict[str, Callable[[str], Run]] = {
    "bird": lambda text: lambda space, folder: bird(space, folder, text),
    "frr": lambda text: lambda space, folder: frr(space, folder, {"bgpd": text}),
    "gobgp": lambda text: lambda space, folder: gobgp(space, folder, text),
    "openbgpd": lambda text: lambda space, folder: openbgpd(space, folder, text),
}


@contextmanager
def _cabled(
    others: Sequence[tuple[str, Run]], bare: Collection[int]
) -> Iterator[tuple[Namespace, Path, dict[str, Ray]]]:
    """The one in the middle, a folder, and the others, none of which runs."""
    require_root()
    have = have_all()
    present = [(at, make, run) for at, (make, run) in enumerate(others, 1) if make in have]
    if not present:
        pytest.skip(f"none of {', '.join(make for make, _ in others)} is installed")
    names = [f"{make}{at}" for at, make, _ in present]
    with ExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory(prefix="fp-bgp-")))
        root.chmod(0o755)
        space, *spaces = stack.enter_context(namespaces("us", *names))
        for one in (space, *spaces):
            one.sysctl(
                net__ipv6__conf__default__accept_dad=0,
                net__ipv4__ip_forward=1,
                net__ipv6__conf__all__forwarding=1,
            )
        rays = {}
        for (at, make, run), other in zip(present, spaces, strict=True):
            veth(space, f"e{at}", other, "w0")
            other.ip(f"address add 10.255.0.{at}/32 dev lo")
            other.ip(f"address add fd00:ff::{at}/128 dev lo")
            for end, name, host in ((space, f"e{at}", 1), (other, "w0", 2)):
                if at in bare:
                    continue
                end.ip(f"address add 10.0.{at}.{host}/24 dev {name}")
                end.ip(f"address add fd00:{at}::{host}/64 dev {name} nodad")
            folder = root / f"{make}{at}"
            folder.mkdir()
            key = make if make not in rays else f"{make}{at}"
            rays[key] = Ray(make, at, other, folder, run)
            stack.callback(rays[key].end)
        yield space, root, rays


@contextmanager
def star(
    ours: str,
    others: Sequence[tuple[str, Run]],
    *,
    bare: Collection[int] = (),
    is_first: bool = False,
) -> Iterator[Star]:
    """The network, all of it running. `ours` is the `bgp` and what else our file says.

    `bare`: cables without addresses but those that IPv6 makes. The loopback of the other of cable n
    has 10.255.0.n and fd00:ff::n. `is_first`: ours is there before the others.

    Skips without root; of the others, those that are not installed are left out, and it skips if
    none is left.
    """
    with _cabled(others, bare) as (space, root, rays), ExitStack() as stack:
        us = Process(space, root, "us", ours)
        us.program = (sys.executable, str(Path(exposed.__file__)))
        stack.callback(us.end)
        if is_first:
            us.start()
        for ray in rays.values():
            ray.start()
        if not is_first:
            us.start()
        yield Star(us, rays)


@contextmanager
def in_our_place(middle: Run, others: Sequence[tuple[str, Run]]) -> Iterator[dict[str, Ray]]:
    """The same network with another make where ours is in `star`."""
    with _cabled(others, ()) as (space, root, rays), ExitStack() as stack:
        folder = root / "middle"
        folder.mkdir()
        stack.enter_context(middle(space, folder))
        for ray in rays.values():
            ray.start()
        yield rays
