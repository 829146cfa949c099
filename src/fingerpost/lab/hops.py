"""What a traceroute found, hop by hop, and its text as traceroute prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from fingerpost.lab.round_trip import MILLISECOND, named

if TYPE_CHECKING:
    from fingerpost.addr import Address


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one probe.

    `sign`: what traceroute marks it with ("!H"), "" for what it expects. `ttl`: the hop limit left
    in the answer. `is_target`: the destination itself spoke. `mtu`: the size of the probe, where
    the MTU is looked for.
    """

    address: Address
    time_ns: int
    sign: str = ""
    ttl: int = 0
    is_target: bool = False
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """The answers to the probes of one hop limit; None for one that did not come."""

    ttl: int
    answers: tuple[Answer | None, ...]

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Who answered, in order, each once."""
        return tuple(dict.fromkeys(one.address for one in self.answers if one is not None))


@dataclass(frozen=True, slots=True)
class TracerouteResult:
    """The hops to a destination; true if it was reached.

    `failure`: why nothing was sent, or "". `probe`: the first packet that was, whose flow the
    others share.
    """

    target: str
    address: Address | None
    max_ttl: int = 30
    size: int = 60
    hops: tuple[Hop, ...] = ()
    failure: str = ""
    probe: bytes = field(default=b"", compare=False, repr=False)
    names: Mapping[Address, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_reached(self) -> bool:
        """Whether the destination itself answered."""
        return any(one is not None and one.is_target for hop in self.hops for one in hop.answers)

    def __bool__(self) -> bool:
        """Whether the destination itself answered."""
        return self.is_reached

    @property
    def path(self) -> tuple[str | None, ...]:
        """The node of each hop that answered first, None where nobody did; addresses that nobody
        is known to have are given as text.
        """
        firsts = [hop.addresses[0] if hop.addresses else None for hop in self.hops]
        return tuple(None if one is None else self.names.get(one, str(one)) for one in firsts)

    @property
    def mtu(self) -> int | None:
        """The path MTU, where it was looked for and anybody answered."""
        sizes = [one.mtu for hop in self.hops for one in hop.answers if one is not None]
        return sizes[-1] if sizes else None

    def __str__(self) -> str:
        """As traceroute prints it."""
        if self.failure:
            return self.failure
        head = (
            f"traceroute to {self.target} ({self.address}), {self.max_ttl} hops max,"
            f" {self.size} byte packets"
        )
        lines, shown = [head], None
        for hop in self.hops:
            line, shown = self._line(hop, shown)
            lines.append(line)
        return "\n".join(lines)

    def _line(self, hop: Hop, mtu: int | None) -> tuple[str, int | None]:
        """A line, and the MTU that has been shown so far: changes alone are marked."""
        text, last = f"{hop.ttl:2d} ", None
        for one in hop.answers:
            if one is None:
                text += " *"
                continue
            if one.address != last:
                text += f" {named(one.address, self.names)}"
                last = one.address
            text += f"  {one.time_ns / MILLISECOND:.3f} ms"
            if one.mtu is not None and one.mtu != mtu:
                mtu = one.mtu
                text += f" F={mtu}"
            text += f" {one.sign}" if one.sign else ""
        return text, mtu

    def summary(self) -> str:
        """One line: the way, and whether it ends where it should."""
        if self.failure:
            return f"traceroute {self.target}: {self.failure}"
        way = " > ".join(name or "*" for name in self.path)
        return f"traceroute {self.target}: {way}{'' if self.is_reached else ' (not reached)'}"

    def __repr__(self) -> str:
        """The summary, for the prompt."""
        return f"<{self.summary()}>"

    def _repr_html_(self) -> str:
        """For notebooks: the text."""
        return f"<pre>{escape(str(self))}</pre>"

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return {
            "target": self.target,
            "address": str(self.address) if self.address is not None else None,
            "reached": self.is_reached,
            "failure": self.failure or None,
            "mtu": self.mtu,
            "hops": [
                {"ttl": hop.ttl, "answers": [self._answer(one) for one in hop.answers]}
                for hop in self.hops
            ],
        }

    def _answer(self, one: Answer | None) -> dict[str, object] | None:
        if one is None:
            return None
        return {
            "from": str(one.address),
            "name": self.names.get(one.address),
            "time_ns": one.time_ns,
            "sign": one.sign or None,
            "ttl": one.ttl,
            "mtu": one.mtu,
        }


def with_names(
    result: TracerouteResult, names_of: Callable[[Iterable[Address]], dict[Address, str]]
) -> TracerouteResult:
    """The result with the names of the addresses that occur in it."""
    seen = [address for hop in result.hops for address in hop.addresses]
    return replace(result, names=names_of(seen))
