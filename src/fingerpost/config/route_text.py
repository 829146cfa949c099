"""Static routes as `ip route` writes them.

    10.0.0.0/8 via 192.0.2.1 dev eth1 metric 20
    default via inet6 fe80::1 dev eth1
    10.0.0.2/32 via 10.0.0.2 dev eth1 onlink
    10.0.0.0/8 nexthop via 10.1.0.1 weight 2 nexthop via 10.2.0.1
    192.0.2.0/24 blackhole              (or in front: blackhole 192.0.2.0/24)

What `ip route show` prints beside (`proto static scope link linkdown pref medium`) is passed over,
and so is `src ADDRESS`, which is noted in the line.

`via GATEWAY dev INTERFACE onlink`: the gateway is there, whatever networks the interface has. A
gateway without `dev` leaves by the interface whose subnet it is in; one in no subnet of the
router is looked up in its own table (recursive).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fingerpost.addr import Address, Prefix
from fingerpost.config.names import alike
from fingerpost.errors import AddressError
from fingerpost.forwarding.route import NextHop, RouteKind

MOST_WEIGHT = 256
_KINDS = {
    "unicast": RouteKind.UNICAST,
    "blackhole": RouteKind.BLACKHOLE,
    "unreachable": RouteKind.UNREACHABLE,
    "prohibit": RouteKind.PROHIBIT,
}
_PRINTED = ("proto", "scope", "pref")  # with a word behind; they change nothing here
_FLAGS = ("linkdown", "dead", "pervasive")
DEFAULTS = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One line, read. `numbers`: what was said by a word and a number beside the next hops.

    `passed_over`: words that would mean something to a kernel and do not here.
    """

    prefix: Prefix
    next_hops: tuple[NextHop, ...] = ()
    kind: RouteKind = RouteKind.UNICAST
    numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    passed_over: tuple[str, ...] = ()


def parse(text: str, numbers: Mapping[str, int]) -> RouteLine:
    """Read one route; `numbers` are the words that take a number, with the most that it may be.

    Raises `ValueError` saying which word is wrong and what would be right.
    """
    words, passed_over = _without_printed(text.split())
    kinds = [word for word in words if word in _KINDS]
    rest = [word for word in words if word not in _KINDS]
    if len(kinds) > 1 or (kinds and kinds[0] not in words[:2]):
        raise ValueError("write the kind once, beside the prefix: 192.0.2.0/24 blackhole")
    if not rest or (rest[0].isalpha() and rest[0] != "default"):
        is_not = f"{rest[0]!r} is none of {', '.join(_KINDS)}; " if rest else ""
        raise ValueError(f"{is_not}a route starts with its prefix: 10.0.0.0/8 via 192.0.2.1")
    kind = _KINDS[kinds[0]] if kinds else RouteKind.UNICAST
    found: dict[str, int] = {}
    hops = _hops(rest[1:], numbers, found)
    line = RouteLine(_prefix(rest[0], hops), tuple(hops), kind, found, passed_over)
    check(line)
    return line


def check(line: RouteLine) -> None:
    """Refuse a line whose parts do not go together; raises `ValueError`."""
    if line.kind is RouteKind.UNICAST and not line.next_hops:
        raise ValueError(f"where to? write {line.prefix} via GATEWAY, dev INTERFACE, or blackhole")
    if line.kind is not RouteKind.UNICAST and line.next_hops:
        raise ValueError(f"{line.kind.value} goes nowhere; leave out via and dev")
    for hop in line.next_hops:
        if hop.gateway is not None and line.prefix.version == 6 and hop.gateway.version == 4:
            raise ValueError(f"{hop.gateway} is no gateway for IPv6; give an IPv6 address")


def _without_printed(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words that describe the route, and what was passed over though it had a meaning."""
    kept: list[str] = []
    lost: list[str] = []
    left = iter(words)
    for word in left:
        if word in _PRINTED:
            _next(left, word)
        elif word == "src":
            lost.append(f"{word} {_next(left, word)}")
        elif word not in _FLAGS:
            kept.append(word)
            if word in ("dev", "via"):  # an interface may have any name
                kept += [name for name in [next(left, None)] if name is not None]
    return kept, tuple(lost)


def _prefix(text: str, hops: list[NextHop]) -> Prefix:
    if text == "default":
        return default_prefix(hops)
    try:
        return Prefix(text, strict=True)
    except AddressError as error:
        raise ValueError(f"{error}") from None


def default_prefix(hops: Iterable[NextHop]) -> Prefix:
    """What `default` means: all of the first gateway's family, of IPv4 where there is none."""
    return DEFAULTS[next((hop.gateway.version for hop in hops if hop.gateway is not None), 4)]


def _hops(words: list[str], numbers: Mapping[str, int], found: dict[str, int]) -> list[NextHop]:
    """The next hops; what is said by number beside them goes into `found`."""
    hops: list[NextHop] = []
    left = iter(words)
    current: dict[str, str] = {}
    several = False
    for word in left:
        if word == "nexthop":
            if current:
                hops.append(_hop(current))
            several, current = True, {}
        elif word in numbers:
            if word in found:
                raise ValueError(f"{word} twice; keep one")
            found[word] = number(word, _next(left, word), numbers[word])
        elif word in ("via", "dev", "weight"):
            if word in current:
                raise ValueError(f"{word} twice; several next hops: nexthop via A nexthop via B")
            current[word] = _next(left, word)
            if current[word] in ("inet", "inet6") and word == "via":
                current[word] = _next(left, word)
        elif word == "onlink":
            current[word] = word  # once or twice, as `ip route` takes it
        else:
            raise ValueError(f"{word!r} is no word of a route here{_hint(word, numbers)}")
    if current or several:
        hops.append(_hop(current))
    return hops


def _hint(word: str, numbers: Mapping[str, int]) -> str:
    words = ["via", "dev", "weight", "onlink", *numbers, "nexthop", *_KINDS]
    return alike(word, words) or f"; there is {', '.join(words)}"


def _hop(words: dict[str, str]) -> NextHop:
    gateway = None
    if "via" in words:
        try:
            gateway = Address(words["via"])
        except AddressError as error:
            raise ValueError(f"via {words['via']}: {error}") from None
    weight = number("weight", words.get("weight", "1"), MOST_WEIGHT)
    return next_hop(words.get("dev"), gateway, weight, is_onlink="onlink" in words)


def next_hop(
    interface: str | None, gateway: Address | None, weight: int = 1, *, is_onlink: bool = False
) -> NextHop:
    """A next hop that leads somewhere; raises `ValueError` for others."""
    if interface is None and gateway is None:
        raise ValueError("a next hop needs via GATEWAY or dev INTERFACE")
    if is_onlink and interface is None:
        raise ValueError(f"onlink: say on which link: via {gateway} dev eth1 onlink")
    if is_onlink and gateway is None:
        raise ValueError(f"onlink: say who is on the link: via GATEWAY dev {interface} onlink")
    if gateway is not None and gateway.is_unicast_link_local and interface is None:
        raise ValueError(f"{gateway} is link-local; say on which link: via {gateway} dev eth1")
    if weight == 0:
        raise ValueError("weight 0 would never be used; leave the next hop out")
    return NextHop(interface, gateway, weight, is_onlink)


def _next(words: Iterator[str], after: str) -> str:
    word = next(words, None)
    if word is None:
        raise ValueError(f"what after {after!r}?")
    return word


def number(name: str, text: str, most: int) -> int:
    """The number that follows a word; raises `ValueError` where it is none or too large."""
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and int(text) <= most):
        raise ValueError(f"{name} {text}: write a whole number up to {most}")
    return int(text)
