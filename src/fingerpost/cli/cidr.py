"""`fingerpost cidr`: take prefixes apart, and put several together.

The figures are the trace of `fingerpost.addr.steps`; this module only lays them out.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any

import click

from fingerpost.addr import Address, Interface, Prefix, PrefixSet, classify_prefix, from_range
from fingerpost.addr.steps import Explanation, Step, Value, explain
from fingerpost.cli import DONE, FAILED
from fingerpost.cli.output import Model, emit, json_option
from fingerpost.errors import AddressError

Taken = Interface | tuple[Address, Address]


def take(text: str) -> Taken:
    """Read one argument: a prefix, or a range FIRST-LAST."""
    # a hyphen stands in no address, but may stand in the name of a zone
    first, hyphen, last = text.partition("-")
    if hyphen and "%" not in first:
        return Address(first.strip()), Address(last.strip())
    return Interface(text)


def covered(taken: Taken) -> list[Prefix]:
    """The prefixes that one argument stands for."""
    return from_range(*taken) if isinstance(taken, tuple) else [taken.prefix]


def model_of_value(value: Value) -> Model:
    """One operand or result."""
    if isinstance(value.value, int):
        return {"name": value.name, "number": value.value}
    return {
        "name": value.name,
        "text": value.text,
        "exploded": value.exploded,
        "binary": value.binary,
    }


def model_of_step(step: Step) -> Model:
    """One step of the trace."""
    return {
        "name": step.name,
        "formula": step.formula,
        "operands": [model_of_value(operand) for operand in step.operands],
        "result": model_of_value(step.result),
        "because": step.because,
    }


def _found(trace: Explanation, name: str) -> Any:  # noqa: ANN401 - text of an address, or a number
    if name not in trace:
        return None
    value = trace[name].result.value
    return value if isinstance(value, int) else str(value)


def model_of_prefix(interface: Interface) -> Model:
    """Everything there is to say about one prefix, or an address with its length."""
    prefix, trace = interface.prefix, explain(interface)
    around = prefix.neighbours
    names = (
        "network", "netmask", "hostmask", "broadcast", "first host", "last host", "last",
        "host part", "network bits", "host bits", "size", "hosts",
    )  # fmt: skip
    return {
        "input": str(interface),
        "version": interface.version,
        "address": str(interface.address),
        "prefix": str(prefix),
        "length": prefix.length,
        **{name.replace(" ", "_"): _found(trace, name) for name in names},
        "supernet": str(prefix.supernet()) if prefix.length else None,
        "halves": [str(half) for half in prefix.halves] if prefix.length < prefix.bits else [],
        "previous": _text(around.previous),
        "next": _text(around.next),
        "sibling": _text(around.sibling),
        "reverse_name": interface.address.reverse_name,
        "reverse_zones": list(prefix.reverse_zones),
        "classification": [
            {"name": entry.name, "prefix": str(entry.prefix), "rfcs": list(entry.rfcs)}
            for entry in classify_prefix(prefix).entries
        ],
        "steps": [model_of_step(step) for step in trace],
    }


def _text(prefix: Prefix | None) -> str | None:
    return None if prefix is None else str(prefix)


def model_of_subnets(prefixes: list[Prefix], length: int, limit: int) -> Model:
    """The subnets of `length` bits, at most `limit` of them, and how many there are."""
    streams = [prefix.subnets(length) for prefix in prefixes]
    listed = list(islice((subnet for stream in streams for subnet in stream), limit))
    return {
        "length": length,
        "count": sum(1 << (length - prefix.length) for prefix in prefixes),
        "listed": [str(subnet) for subnet in listed],
    }


def _read_arguments(arguments: tuple[str, ...]) -> list[Taken]:
    texts: list[str] = []
    for argument in arguments:
        if argument == "-":
            texts += [line.strip() for line in sys.stdin if line.strip()]
        else:
            texts.append(argument)
    return [take(text) for text in texts]


@click.command()
@click.argument("prefixes", metavar="PREFIX...", nargs=-1, required=True)
@click.option("--subnets", "subnets", type=int, metavar="LEN", help="List the subnets of LEN bits.")
@click.option("--exclude", "holes", multiple=True, metavar="PREFIX", help="What is left without.")
@click.option(
    "--contains", "wanted", metavar="ADDR", help="Exit 1 unless ADDR lies in one of them."
)
@click.option(
    "--summary", "brief", is_flag=True, help="Only the fewest prefixes that hold them all."
)
@click.option("--limit", default=256, show_default=True, help="List at most this many subnets.")
@json_option
def command(
    prefixes: tuple[str, ...],
    subnets: int | None,
    holes: tuple[str, ...],
    wanted: str | None,
    brief: bool,
    limit: int,
    as_json: bool,
) -> int:
    """Take each PREFIX apart: masks, range, hosts, neighbours, reverse names, and the bits.

    A PREFIX is 192.0.2.130/30, 192.0.2.0/255.255.255.0, 2001:db8::/32, a bare address, a range
    FIRST-LAST, or - for one a line on standard input. Several are also summed up.
    """
    taken = _read_arguments(prefixes)
    if not taken:
        raise AddressError("standard input held no prefix; give one a line")
    whole = [prefix for one in taken for prefix in covered(one)]
    model: Model = {}
    if not brief:
        model["prefixes"] = [model_of_prefix(one) for one in taken if isinstance(one, Interface)]
        model["ranges"] = [
            {"first": str(one[0]), "last": str(one[1]), "prefixes": [str(p) for p in covered(one)]}
            for one in taken
            if isinstance(one, tuple)
        ]
    if brief or len(taken) > 1:
        together = PrefixSet(whole)
        model["summary"] = {
            "prefixes": [str(prefix) for prefix in together],
            "ranges": [[str(first), str(last)] for first, last in together.ranges()],
            "size": together.size(),
        }
    if subnets is not None:
        model["subnets"] = model_of_subnets(whole, subnets, limit)
    if holes:
        excluded = [prefix for text in holes for prefix in covered(take(text))]
        model["excluded"] = [str(prefix) for prefix in excluded]
        model["left"] = [str(prefix) for prefix in PrefixSet(whole) - PrefixSet(excluded)]
    inside = True
    if wanted is not None:
        address = Address(wanted)
        holders = [str(prefix) for prefix in whole if address in prefix]
        inside = bool(holders)
        model["contains"] = {"address": str(address), "inside": inside, "in": holders}

    def render(model: Model) -> None:
        from fingerpost.cli import cidr_text  # with it comes rich, which --json does not need

        cidr_text.render(model)

    emit(model, render, as_json=as_json)
    return DONE if inside else FAILED
