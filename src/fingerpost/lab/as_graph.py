"""`AsGraph`: autonomous systems, and who is whose provider, customer or peer.

Read from CAIDA's files of AS relationships, or drawn by chance with the shape of the Internet: a
few that buy from nobody and are all peers of each other, and below them each a customer of some
that came before it, the more customers these have the likelier (Barabasi and Albert); most have
customers of their own never. Peers are found among those of a like size. So there is no circle of
providers, and every AS reaches every other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

FIRST_ASN = 1
TOP = 8
"""How many buy from nobody, at most."""


class Relation(IntEnum):
    """What the first AS of a pair is to the second, as CAIDA numbers it."""

    PROVIDER = -1
    PEER = 0


@dataclass(frozen=True, slots=True)
class AsGraph:
    """Pairs of AS numbers with their relation; a provider stands before its customer."""

    pairs: tuple[tuple[int, int, Relation], ...]
    name: str = field(default="internet", compare=False)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> AsGraph:
        """A file of lines such as "1|2|-1"; raises `UsageError` for a line that is none."""
        source = Path(path)
        return cls.parse(source.read_text(encoding="utf-8"), source.name.partition(".")[0])

    @classmethod
    def parse(cls, text: str, name: str = "internet") -> AsGraph:
        """The same of a text."""
        found = []
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    first, second, relation = (int(one) for one in line.split("|")[:3])
                    found.append((first, second, Relation(relation)))
                except ValueError:
                    raise UsageError(f"line {number}: {line[:60]!r}, write 1|2|-1") from None
        return cls(tuple(found), name)

    @classmethod
    def random(cls, count: int, seed: int = 0, peers: float = 0.3) -> AsGraph:
        """`count` systems numbered from 1; for each as many pairs of peers as `peers` says."""
        if count < 1:
            raise UsageError(f"{count} autonomous systems, expected 1 or more")
        rng = Random(seed)
        top = min(TOP, max(1, count // 12))
        numbers = range(FIRST_ASN, FIRST_ASN + count)
        pairs = {
            (one, two): Relation.PEER
            for at, one in enumerate(numbers[:top])
            for two in numbers[at + 1 : top]
        }
        weighted = list(numbers[:top])  # each as often as it has customers, and once more
        for asn in numbers[top:]:
            wanted = rng.choices((1, 2, 3), (5, 4, 1))[0]
            chosen = dict.fromkeys(rng.choice(weighted) for _ in range(wanted))
            for provider in chosen:
                pairs[provider, asn] = Relation.PROVIDER
                weighted.append(provider)
            if rng.random() < 0.2:  # the others sell to nobody
                weighted.append(asn)
        _add_peers(pairs, sorted(set(weighted)), round(count * peers), rng)
        return cls(tuple((one, two, relation) for (one, two), relation in pairs.items()))

    @property
    def numbers(self) -> list[int]:
        """Every AS, in the order in which they are named."""
        return list(dict.fromkeys(asn for one, two, _ in self.pairs for asn in (one, two)))

    def neighbors(self, asn: int) -> Iterator[tuple[int, str]]:
        """Those of an AS, and what it is to each: "provider", "customer" or "peer"."""
        for one, two, relation in self.pairs:
            if asn == one:
                yield two, "provider" if relation is Relation.PROVIDER else "peer"
            elif asn == two:
                yield one, "customer" if relation is Relation.PROVIDER else "peer"

    def as_rel(self) -> str:
        """As a file of CAIDA's."""
        return "".join(f"{one}|{two}|{relation.value}\n" for one, two, relation in self.pairs)

    def description(self, interval: str = "1s", **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """A lab: each AS a router that announces its loopback, each pair a link with a session.

        One end of each waits for the other, so that their connections do not cross. `interval`:
        the least time between UPDATEs to a neighbour (RFC 4271 9.2.1.1). `more` is laid over it, as
        in `description(timeline=[...])`.
        """
        roles = {Relation.PROVIDER: "provider", Relation.PEER: "peer"}
        nodes = {f"as{asn}": {"as": asn} for asn in self.numbers}
        timers = {"advertisement": interval}
        links = [
            {
                "endpoints": [
                    {"node": f"as{one}", "bgp": {"role": roles[relation], "passive": True}},
                    f"as{two}",
                ],
                "bgp": {"timers": timers},
            }
            for one, two, relation in self.pairs
        ]
        return {
            "name": self.name,
            "routing": "bgp",
            "topology": {"nodes": nodes, "links": links},
            **more,
        }


def _add_peers(
    pairs: dict[tuple[int, int], Relation], sellers: list[int], wanted: int, rng: Random
) -> None:
    """Between those that sell, near each other in the order in which they came."""
    for _ in range(4 * wanted):
        if not wanted or len(sellers) < 2:
            return
        at = rng.randrange(len(sellers))
        other = min(len(sellers) - 1, max(0, at + rng.choice((-3, -2, -1, 1, 2, 3))))
        one, two = sorted((sellers[at], sellers[other]))
        if one != two and (one, two) not in pairs:
            pairs[one, two] = Relation.PEER
            wanted -= 1
