"""Addresses and prefixes: fingerpost and `ipaddress`, same values, same operations, one run.

    python benchmarks/addr.py [--rounds 9] [--json]

Every operation runs over the same random values through `map`, which costs both sides the same: a
call that does nothing is timed with them ("loop"). The ratio is given with it, as a program sees
it, and without it, as the operation itself. Rounds alternate and the fastest of each counts, so a
busy machine troubles all alike. Before anything is timed, the results of the two are compared.
"""

from __future__ import annotations

import gc
import ipaddress
import json
import operator
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter_ns
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from fingerpost.addr import Address, Prefix

VALUES = 2_000
GOAL = 5.0

Call = Callable[[], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on both sides: each call gives a lazy iterable of VALUES results."""

    name: str
    ours: Call
    theirs: Call
    comparable: Callable[[Any], Any] = str


@dataclass(frozen=True, slots=True)
class Row:
    """What one operation costs a value, in nanoseconds with the loop; the loop; both ratios."""

    name: str
    ours_ns: float
    theirs_ns: float
    loop_ns: float
    ratio: float
    ratio_without_loop: float


def mapped(function: Callable[..., Any], *columns: Sequence[Any]) -> Call:
    """Apply `function` along the columns, when called."""
    return lambda: map(function, *columns)


def operations(rng: random.Random) -> list[Operation]:
    """Every operation, over values drawn once and shared by both sides."""
    found: list[Operation] = []
    for bits, theirs_address, theirs_network in (
        (32, ipaddress.IPv4Address, ipaddress.IPv4Network),
        (128, ipaddress.IPv6Address, ipaddress.IPv6Network),
    ):
        # from 2**32 on a number is IPv6 to both
        numbers = [rng.randrange(2**32 if bits == 128 else 0, 2**bits) for _ in range(VALUES)]
        family = "IPv4" if bits == 32 else "IPv6"
        found += of_addresses(family, numbers, theirs_address)
        found += of_prefixes(family, numbers, theirs_network, rng)
    return found


def of_addresses(family: str, numbers: list[int], cls: Callable[[Any], Any]) -> list[Operation]:
    """Create, compare, hash, print addresses."""
    theirs = [cls(number) for number in numbers]
    ours = [Address(number) for number in numbers]
    # equal values in other objects, so that no side answers by identity
    their_twins, our_twins = [cls(number) for number in numbers], [Address(n) for n in numbers]
    their_next, our_next = theirs[1:] + theirs[:1], ours[1:] + ours[:1]
    texts, packed = [str(address) for address in theirs], [address.packed for address in ours]
    their_set, our_set = set(theirs), set(ours)

    def pair(name: str, function: Callable[..., Any], mine: Any, other: Any) -> Operation:
        return Operation(f"{family} {name}", mapped(function, *mine), mapped(function, *other))

    return [
        Operation(f"{family} address from text", mapped(Address, texts), mapped(cls, texts)),
        Operation(f"{family} address from int", mapped(Address, numbers), mapped(cls, numbers)),
        Operation(f"{family} address from bytes", mapped(Address, packed), mapped(cls, packed)),
        Operation(
            f"{family} address hash",
            mapped(hash, ours),
            mapped(hash, theirs),
            comparable=lambda value: isinstance(value, int),
        ),
        Operation(
            f"{family} address in a set",
            mapped(our_set.__contains__, our_twins),
            mapped(their_set.__contains__, their_twins),
        ),
        pair("address ==, equal", operator.eq, (ours, our_twins), (theirs, their_twins)),
        pair("address ==, other", operator.eq, (ours, our_next), (theirs, their_next)),
        pair("address <", operator.lt, (ours, our_next), (theirs, their_next)),
        Operation(f"{family} address sort", lambda: sorted(ours), lambda: sorted(theirs)),
        pair("address to text", str, (ours,), (theirs,)),
    ]


def of_prefixes(
    family: str, numbers: list[int], cls: Callable[[Any], Any], rng: random.Random
) -> list[Operation]:
    """Create, compare, hash prefixes; ask them for what they hold."""
    bits = 32 if family == "IPv4" else 128
    ours = [Prefix(number, rng.randint(8, bits)) for number in numbers]
    texts = [str(prefix) for prefix in ours]
    theirs, their_twins = [cls(text) for text in texts], [cls(text) for text in texts]
    our_twins = [Prefix(text) for text in texts]
    their_next, our_next = theirs[1:] + theirs[:1], ours[1:] + ours[:1]
    their_last, our_last = [net.broadcast_address for net in theirs], [net.last for net in ours]

    def pair(name: str, function: Callable[..., Any], mine: Any, other: Any) -> Operation:
        return Operation(f"{family} {name}", mapped(function, *mine), mapped(function, *other))

    return [
        Operation(f"{family} prefix from text", mapped(Prefix, texts), mapped(cls, texts)),
        Operation(
            f"{family} prefix hash",
            mapped(hash, ours),
            mapped(hash, theirs),
            comparable=lambda value: isinstance(value, int),
        ),
        pair("prefix ==, equal", operator.eq, (ours, our_twins), (theirs, their_twins)),
        pair("prefix <", operator.lt, (ours, our_next), (theirs, their_next)),
        Operation(f"{family} prefix sort", lambda: sorted(ours), lambda: sorted(theirs)),
        pair("address in prefix", operator.contains, (ours, our_last), (theirs, their_last)),
        pair("prefix to text", str, (ours,), (theirs,)),
    ]


def check(operation: Operation) -> None:
    """Stop where the two sides differ: a wrong answer has no speed."""
    for mine, other in zip(operation.ours(), operation.theirs(), strict=True):
        mine, other = operation.comparable(mine), operation.comparable(other)
        if mine != other:
            raise SystemExit(f"{operation.name}: {mine} here, {other} in ipaddress")


def once(call: Call) -> float:
    """Nanoseconds a value in one round."""
    start = perf_counter_ns()
    deque(call(), maxlen=0)
    return (perf_counter_ns() - start) / VALUES


def measure(found: list[Operation], rounds: int) -> list[Row]:
    """Time every operation, the two sides and the empty loop in turn."""
    rows = []
    for operation in found:
        check(operation)
        gc.collect()
        sides = (operation.ours, operation.theirs, mapped(callable, range(VALUES)))
        times = [tuple(once(side) for side in sides) for _ in range(rounds)]
        ours, theirs, loop = (min(side) for side in zip(*times, strict=True))
        if "sort" in operation.name:
            loop = 0.0
        # below a nanosecond the difference of two times says nothing
        bare = max(theirs - loop, 1.0) / max(ours - loop, 1.0)
        rows.append(Row(operation.name, ours, theirs, loop, theirs / ours, bare))
    return rows


def print_table(rows: list[Row]) -> None:
    """One line an operation; what misses the goal is marked."""
    table = Table(title=f"nanoseconds a value; the goal is {GOAL:.0f} times ipaddress")
    table.add_column("operation", no_wrap=True)
    for column in ("fingerpost", "ipaddress", "loop", "ratio", "without loop"):
        table.add_column(column, justify="right")
    for row in rows:
        times = (f"{time:.0f}" for time in (row.ours_ns, row.theirs_ns, row.loop_ns))
        missed = "" if row.ratio_without_loop >= GOAL else " *"
        ratios = (f"{row.ratio:.1f}", f"{row.ratio_without_loop:.1f}{missed}")
        table.add_row(row.name, *times, *ratios)
    console = Console()
    console.print(table)
    console.print("* below the goal", highlight=False)


@click.command()
@click.option("--rounds", default=15, show_default=True, help="Rounds; the fastest counts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def main(rounds: int, as_json: bool) -> None:
    """Measure addresses and prefixes against ipaddress."""
    rows = measure(operations(random.Random(20_260_101)), rounds)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
