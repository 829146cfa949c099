"""The chapter's arithmetic as a trace: each step with its formula, operands and result.

`explain("192.0.2.130/30")` splits the address at the prefix length, makes the two masks, and
applies them: network = address AND netmask, host part = address AND hostmask, last = network OR
hostmask, and so on to the hosts. A step's result is made by running the step's own operator on its
own operands, so what is explained is what was computed. `fingerpost cidr` prints this trace.

RFC 4632 (CIDR), RFC 3021 (/31), RFC 6164 (/127), RFC 4291 2.6.1 (subnet-router anycast).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fingerpost._core import Address, Interface
from fingerpost.addr.types import PrefixLike

_GROUP_BITS = {4: 8, 6: 16}
_SEPARATOR = {4: ".", 6: ":"}


@dataclass(frozen=True, slots=True)
class Value:
    """One named quantity: an address, or a count of bits or addresses."""

    name: str
    value: Address | int

    @property
    def text(self) -> str:
        """The address in its canonical text, or the count in decimal."""
        return str(self.value)

    @property
    def exploded(self) -> str:
        """The address with all its digits: hexadecimal groups for IPv6. Same as text for counts."""
        return self.value.exploded if isinstance(self.value, Address) else self.text

    @property
    def binary(self) -> str | None:
        """The bits of an address in octets (IPv4) or groups (IPv6); None for a count."""
        return binary(self.value) if isinstance(self.value, Address) else None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `result` is what the formula makes of the operands.

    `because` names the rule where one had to be chosen.
    """

    formula: str
    operands: tuple[Value, ...]
    result: Value
    because: str | None = None

    @property
    def name(self) -> str:
        """What this step finds."""
        return self.result.name


@dataclass(frozen=True, slots=True)
class Explanation:
    """All steps for one address with its prefix length, in the order one would take them."""

    subject: Interface
    steps: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        """Give the steps in order."""
        return iter(self.steps)

    def __getitem__(self, name: str) -> Step:
        """Give the step that finds `name`; raises KeyError where this prefix has no such step."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a step that finds `name`."""
        return any(step.name == name for step in self.steps)


def binary(address: Address) -> str:
    """The bits of an address, grouped as its text is: eights with dots, sixteens with colons."""
    bits, size = f"{address:b}", _GROUP_BITS[address.version]
    groups = (bits[at : at + size] for at in range(0, len(bits), size))
    return _SEPARATOR[address.version].join(groups)


def explain(prefix: PrefixLike) -> Explanation:
    """Take a prefix, or an address with its length, apart step by step.

    The steps are, by the name of their result: network bits, host bits, netmask, hostmask, network,
    host part, last, size, broadcast (IPv4 up to /30 only), first host, last host, hosts.
    Raises AddressError for what is neither prefix nor address.
    """
    subject = Interface(prefix)
    return Explanation(subject, tuple(_steps(subject)))


def _steps(subject: Interface) -> Iterator[Step]:
    version = subject.version

    def step(
        name: str,
        formula: str,
        compute: Callable[..., int],
        *operands: Value,
        count: bool = False,
        because: str | None = None,
    ) -> Step:
        number = compute(*(int(operand.value) for operand in operands))
        value = number if count else Address(number, version)
        return Step(formula, operands, Value(name, value), because)

    address = Value("address", subject.address.without_zone)
    width = Value("width", subject.bits)
    length = Value("length", subject.length)

    # 1. the CIDR split: the length says how many bits name the network
    yield step("network bits", "the prefix length", int, length, count=True)
    host_bits = step(
        "host bits", "width of the address - length", operator.sub, width, length, count=True
    )
    yield host_bits

    # 2. the two masks
    mask = step(
        "netmask",
        "length ones, then zeros",
        lambda width, length: (1 << width) - (1 << (width - length)),
        width,
        length,
    )
    hostmask = step(
        "hostmask",
        "NOT netmask",
        lambda width, mask: mask ^ ((1 << width) - 1),
        width,
        mask.result,
    )
    yield mask
    yield hostmask

    # 3. the masks applied
    network = step("network", "address AND netmask", operator.and_, address, mask.result)
    yield network
    yield step("host part", "address AND hostmask", operator.and_, address, hostmask.result)
    last = step("last", "network OR hostmask", operator.or_, network.result, hostmask.result)
    yield last
    size = step("size", "2 ** host bits", lambda bits: 1 << bits, host_bits.result, count=True)
    yield size

    # 4. the hosts
    yield from _hosts(step, version, host_bits.result, network.result, last.result, size.result)


def _hosts(
    step: Callable[..., Step],
    version: int,
    host_bits: Value,
    network: Value,
    last: Value,
    size: Value,
) -> Iterator[Step]:
    if int(host_bits.value) <= 1:
        because = _point_to_point(version, int(host_bits.value))
        yield step("first host", "network", int, network, because=because)
        yield step("last host", "last", int, last, because=because)
        yield step("hosts", "size", int, size, count=True, because=because)
    elif version == 4:
        broadcast = step("broadcast", "last", int, last, because="RFC 919 7")
        yield broadcast
        yield step("first host", "network + 1", lambda n: n + 1, network)
        yield step("last host", "broadcast - 1", lambda n: n - 1, broadcast.result)
        yield step("hosts", "size - 2", lambda n: n - 2, size, count=True)
    else:
        because = "RFC 4291 2.6.1: the first address is the subnet-router anycast address"
        yield step("first host", "network + 1", lambda n: n + 1, network, because=because)
        yield step("last host", "last", int, last, because="IPv6 has no broadcast")
        yield step("hosts", "size - 1", lambda n: n - 1, size, count=True, because=because)


def _point_to_point(version: int, host_bits: int) -> str:
    if host_bits == 0:
        return "a single address"
    rfc = "RFC 3021" if version == 4 else "RFC 6164"
    return f"{rfc}: both ends of a point-to-point link are hosts"
