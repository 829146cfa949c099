"""What policies cost on a full table: taken in from one neighbour and told to another.

    python benchmarks/bgp_policy.py [--prefixes 1000000] [--entries 100000]

In one process, without sockets: octets into the core's table, octets out of it. Both ways ask the
policy. Each row is the best of two runs and its ratio to that without policies. Sets and prefix
lists have `--entries` members.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from time import perf_counter

import click

from fingerpost._core import BgpTable
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import BgpConfig
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Update
from fingerpost.bgp.policing import Policing
from fingerpost.bgp.policy_place import PolicyPlace
from fingerpost.bgp.relation import Relation
from fingerpost.policy import AsSet, Policy, PrefixList
from fingerpost.policy.load import Names, load_policy
from fingerpost.policy.prefix_list import Entry

US, FROM, TO = 65000, 65001, 65002
HOP = bytes((10, 0, 0, 9))


def feed(prefixes: int, rng: Random) -> tuple[list[bytes], list[Prefix]]:
    """UPDATEs of four prefixes each, as a full table has them, and all prefixes."""
    told, all_prefixes = [], []
    for at in range(0, prefixes, 4):
        path = (FROM, *(rng.randrange(100_000, 400_000) for _ in range(rng.randrange(2, 5))))
        marks = tuple(FROM << 16 | rng.randrange(400) for _ in range(rng.randrange(4)))
        made = [
            attr.Origin(attr.OriginCode.IGP),
            attr.AsPath.of(*path),
            attr.NextHop(bytes((10, 0, 0, 1))),
        ]
        if marks:
            made.append(attr.Communities(marks))
        octets = AttributeSet.of(*made).encode()
        some = [Prefix((1 << 24) + (at + n << 8), 24) for n in range(min(4, prefixes - at))]
        all_prefixes += some
        nlri = b"".join(bytes((24,)) + one.network.packed[:3] for one in some)
        told.append(Update(b"", octets, nlri).encode())
    return told, all_prefixes


def rules(entries: int, prefixes: list[Prefix], rng: Random) -> dict[str, Policy]:
    """What is measured."""
    some = rng.sample(prefixes, min(entries, len(prefixes)))
    exact = PrefixList("exact", [Entry(one) for one in some])
    wide = PrefixList("wide", [Entry(one, le=32) for one in some])
    cone = AsSet("cone", rng.sample(range(100_000, 400_000), entries))
    names = Names({"exact": exact, "wide": wide}, {"cone": cone})
    marked = {"match": {"community": f"{FROM}:1-200"}, "set": {"local-preference": 200}}
    longer = {"match": {"as-path": "_(1|2|3)[0-9]+$"}, "set": {"med": 5}, "then": "continue"}
    inside = {"match": {"path-as": "cone"}, "set": {"add-community": "65000:1"}}
    held = {
        "accept all": [{}],
        "communities, AS path": [longer, marked, {}],
        f"AS set of {entries:,}": [inside, {}],
        f"prefix list of {entries:,}": [{"match": {"prefix-list": "exact"}}, {"set": {"med": 1}}],
        f"ranges, {entries:,}": [{"match": {"prefix-list": "wide"}}, {"set": {"med": 1}}],
    }
    return {name: load_policy(name, data, names, name) for name, data in held.items()}


def run(told: list[bytes], policy: Policy | None) -> float:
    """Seconds from the first octet in to the last one out."""
    table = BgpTable(US, 1, cluster_id=1, confederation=0, takes_sets=False, key=7)
    policing = Policing(BgpConfig(US, 1, needs_policy=False), table)
    places = [
        PolicyPlace(is_import, ("x",), "ipv4", Relation.EXTERNAL, FROM if is_import else TO, US)
        for is_import in (True, False)
    ]
    into, out = (policing.number(policy, place) for place in places)
    for peer, asn, number in ((1, FROM, into), (2, TO, 0)):
        table.set_peer(
            peer,
            relation=0,
            asn=asn,
            local_asn=US,
            address=Address((10 << 24) + peer),
            router_id=peer,
            role=None,
            checks_first_as=True,
            families={IPV4.code: (number, 0, 0, 0)},
        )
        table.open_session(
            peer,
            as4=True,
            longest_out=4096,
            longest_in=4096,
            families=[(IPV4.code, False, False, False, HOP)],
            scope=0,
        )
    table.tell(2, IPV4.code, HOP, relation=0, local_asn=US, policy=out)
    table.set_next_hop(bytes((10, 0, 0, 1)), 0)
    begun = perf_counter()
    for octets in chunks(told):
        table.receive(1, octets, 0, 1 << 20)
        table.next_hop_news()
        table.set_next_hop(bytes((10, 0, 0, 1)), 0)
        while table.outgoing(2, 1 << 20):
            pass
    while table.work(1 << 20) or table.outgoing(2, 1 << 20):
        pass
    spent = perf_counter() - begun
    count, _ = table.told_counts(2, IPV4.code)
    assert count == len(told) * 4, count
    return spent


def chunks(told: list[bytes]) -> Iterator[bytes]:
    """As a stream gives them."""
    for at in range(0, len(told), 1000):
        yield b"".join(told[at : at + 1000])


@click.command()
@click.option("--prefixes", default=1_000_000, show_default=True)
@click.option("--entries", default=100_000, show_default=True)
def main(prefixes: int, entries: int) -> None:
    """Measure each policy."""
    rng = Random(1)
    told, all_prefixes = feed(prefixes, rng)
    bare = min(run(told, None) for _ in range(2))
    click.echo(f"{'no policy':28} {bare:6.2f} s")
    for name, policy in rules(entries, all_prefixes, rng).items():
        spent = min(run(told, policy) for _ in range(2))
        click.echo(f"{name:28} {spent:6.2f} s  {spent / bare:4.2f}")


if __name__ == "__main__":
    main()
