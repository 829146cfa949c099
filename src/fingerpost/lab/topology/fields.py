"""The types of the fields of a lab file: read from YAML's plain values, described for the schema.

Every reader raises `ValueError` with what would be right; pydantic collects them with their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.errors import AddressError
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.lab import units
from fingerpost.lab.model import Position, Routing, StaticRoute
from fingerpost.lab.names import LONGEST_NAME, meant
from fingerpost.lab.topology import route_text

E = TypeVar("E", bound=Enum)
_NAME = re.compile(r"[^\s:,/<>]+")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.IGNORECASE)
PROFILES = ["lab", "strict", "linux"]  # of `fingerpost.forwarding.policy`, in small letters


def as_list(value: object) -> list[Any]:
    """One thing or a list of things, as a list; nothing at all is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_mapping(value: object) -> object:
    """An entry that is left empty (`a:`) is a mapping with nothing in it."""
    return {} if value is None else value


def _text(value: object, right: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"write {right}")
    return value.strip()


def name(value: object) -> str:
    """The name of a node, interface or link."""
    text = str(value) if isinstance(value, int | float | bool) else value
    if not isinstance(text, str) or not _NAME.fullmatch(text) or len(text) > LONGEST_NAME:
        raise ValueError(
            f"a name has 1 to {LONGEST_NAME} characters, no spaces, and none of : , / < >"
        )
    return text


def whole(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers of a range."""

    def read(value: object) -> int:
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value[:40])
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return value

    return read


def one_of(kind: type[E]) -> Callable[[object], E]:
    """A reader of the words of an enumeration."""

    def read(value: object) -> E:
        words = [member.value for member in kind]
        if value not in words:
            raise ValueError(f"write {' or '.join(words)}")
        return kind(value)

    return read


def interface(value: object) -> Interface:
    """An address with the length of its subnet, one that an interface may have."""
    text = _text(value, "an address with its length: 10.0.0.1/24")
    try:
        found = Interface(text)
    except AddressError as error:
        raise ValueError(str(error)) from None
    if "/" not in text:
        length = 24 if found.version == 4 else 64
        raise ValueError(f"{text} lacks the length of its subnet; write {text}/{length}")
    prefix, address = found.prefix, found.address
    if address.is_multicast or address.is_unspecified:
        raise ValueError(f"{address} cannot be the address of an interface; give a unicast one")
    if found.version == 4 and prefix.length < 31 and address in (prefix.first, prefix.last):
        what = "network" if address == prefix.first else "broadcast address"
        raise ValueError(f"{address} is the {what} of {prefix}; give one between")
    return found


def loopback(value: object) -> Interface:
    """An address of the node itself: of full length, which may be left out."""
    text = _text(value, "an address: 10.255.0.1")
    try:
        found = Interface(text)
    except AddressError as error:
        raise ValueError(str(error)) from None
    if found.length != found.bits:
        raise ValueError(f"a loopback is one address; write {found.address}/{found.bits}")
    return found


def loopbacks(value: object) -> tuple[Interface, ...]:
    """One or several loopback addresses; `false` for none."""
    return () if value is False else tuple(loopback(one) for one in as_list(value))


def interfaces(value: object) -> tuple[Interface, ...]:
    """One or several addresses with their lengths."""
    return tuple(interface(one) for one in as_list(value))


def slots(value: object) -> tuple[Interface | None, ...]:
    """One address or nothing for each end of a link, in the order of its endpoints."""
    return tuple(None if one in (None, "") else interface(one) for one in as_list(value))


def addresses(value: object) -> tuple[Address, ...]:
    """One or several bare addresses."""
    try:
        return tuple(Address(_text(one, "an address: 10.0.0.1")) for one in as_list(value))
    except AddressError as error:
        raise ValueError(str(error)) from None


def prefix(value: object) -> Prefix:
    """One prefix, without host bits."""
    try:
        return Prefix(_text(value, "a prefix: 10.0.0.0/24"), strict=True)
    except AddressError as error:
        raise ValueError(str(error)) from None


def prefixes(value: object) -> tuple[Prefix, ...]:
    """One or several prefixes."""
    return tuple(prefix(one) for one in as_list(value))


def route(value: object) -> StaticRoute | None:
    """A static route; None stays None: an item that was faulty."""
    if value is None:
        return None
    return route_text.parse(_text(value, "a route: 10.0.0.0/8 via 192.0.2.1"))


def mac(value: object) -> str:
    """A hardware address of one station."""
    if not isinstance(value, str) or not _MAC.fullmatch(value) or int(value[:2], 16) & 1:
        raise ValueError('write the address of one station in quotes: "02:00:00:00:00:01"')
    return value.lower()


def position(value: object) -> Position:
    """A place: [x, y], {x: , y: } or {lat: , lon: }."""
    right = "[x, y], or {lat: 52.5, lon: 13.4}"
    if isinstance(value, list) and len(value) == 2:
        value = {"x": value[0], "y": value[1]}
    if not isinstance(value, dict) or set(value) not in ({"x", "y"}, {"lat", "lon"}):
        raise ValueError(f"write {right}")
    numbers = list(value.values())
    if not all(isinstance(n, int | float) and abs(n) < 1e9 for n in numbers):
        raise ValueError(f"write numbers: {right}")
    if "x" in value:
        return Position(float(value["x"]), float(value["y"]))
    if abs(value["lat"]) > 90 or abs(value["lon"]) > 360:
        raise ValueError("a latitude is from -90 to 90, a longitude from -360 to 360")
    return Position(float(value["lon"]), float(value["lat"]), is_geographic=True)


def families(value: object) -> tuple[int, ...]:
    """Which families to number: ipv4, ipv6."""
    words = {"ipv4": 4, "ipv6": 6}
    found = [words.get(one) if isinstance(one, str) else None for one in as_list(value)]
    if None in found:
        raise ValueError("write [ipv4], [ipv6] or [ipv4, ipv6]")
    return tuple(sorted({one for one in found if one is not None}))


def word_of(words: Iterable[str]) -> Callable[[object], str]:
    """A reader of one of several words."""
    known = tuple(words)

    def read(value: object) -> str:
        if value not in known:
            hint = meant(value, known) if isinstance(value, str) else ""
            raise ValueError(f"write {' or '.join(known)}{hint if 'mean' in hint else ''}")
        return str(value)

    return read


def _texts(*examples: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": ["string", "number"], "examples": list(examples), **more})


def _some(item: dict[str, object]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item}]})


def _enum(kind: type[Enum]) -> WithJsonSchema:
    return WithJsonSchema({"enum": [member.value for member in kind]})


_ADDRESS = {"type": "string", "examples": ["10.0.0.1"]}
_INTERFACE = {"type": "string", "examples": ["10.0.0.1/24", "2001:db8::1/64"]}
_LOOPBACK = {"type": "string", "examples": ["10.255.0.1"]}
_PREFIX = {"type": "string", "examples": ["10.0.0.0/24"]}
_ROUTE = {"type": "string", "examples": ["10.0.0.0/8 via 192.0.2.1", "192.0.2.0/24 blackhole"]}
_TARGET = {"type": "string", "examples": ["a", "a-b", "a->b"]}

Name = Annotated[str, PlainValidator(name), WithJsonSchema({"type": "string"})]
Targets = Annotated[list[str], BeforeValidator(as_list), _some(_TARGET)]
Duration = Annotated[int, PlainValidator(units.duration_ns), _texts("10ms", "1.5s")]
Bandwidth = Annotated[int, PlainValidator(units.bandwidth), _texts("1Gbps", "100Mbit")]
Share = Annotated[float, PlainValidator(units.probability), _texts("2%", "0.05%")]
Queue = Annotated[tuple[int | None, int | None], PlainValidator(units.queue), _texts("100", "64KB")]
Mtu = Annotated[
    int,
    PlainValidator(whole(68, 65535)),  # RFC 791 section 3.2: every module forwards 68 octets
    WithJsonSchema({"type": "integer", "minimum": 68, "maximum": 65535}),
]
Cost = Annotated[
    int,
    PlainValidator(whole(1, 2**31 - 1)),
    WithJsonSchema({"type": "integer", "minimum": 1}),
]
Seed = Annotated[int, PlainValidator(whole(0, 2**63 - 1)), WithJsonSchema({"type": "integer"})]
Mac = Annotated[str, PlainValidator(mac), WithJsonSchema({"type": "string"})]
Interfaces = Annotated[tuple[Interface, ...], PlainValidator(interfaces), _some(_INTERFACE)]
Loopbacks = Annotated[
    tuple[Interface, ...],
    PlainValidator(loopbacks),
    WithJsonSchema({"anyOf": [{"const": False}, _LOOPBACK, {"type": "array", "items": _LOOPBACK}]}),
]
Slots = Annotated[tuple[Interface | None, ...], PlainValidator(slots), _some(_INTERFACE)]
Addresses = Annotated[tuple[Address, ...], PlainValidator(addresses), _some(_ADDRESS)]
OnePrefix = Annotated[Prefix, PlainValidator(prefix), WithJsonSchema(_PREFIX)]
Prefixes = Annotated[tuple[Prefix, ...], PlainValidator(prefixes), _some(_PREFIX)]
Families = Annotated[tuple[int, ...], PlainValidator(families), _some({"enum": ["ipv4", "ipv6"]})]
# Any: pydantic would look into the dataclass for types that it has no need of
Routes = Annotated[
    list[Annotated[Any, PlainValidator(route), WithJsonSchema(_ROUTE)]],
    BeforeValidator(as_list),
    _some(_ROUTE),
]
Place = Annotated[
    Position,
    PlainValidator(position),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                {"type": "object", "additionalProperties": {"type": "number"}},
            ]
        }
    ),
]
RoutingWord = Annotated[Routing, PlainValidator(one_of(Routing)), _enum(Routing)]
RoleWord = Annotated[Role, PlainValidator(one_of(Role)), _enum(Role)]
ReversePathWord = Annotated[ReversePath, PlainValidator(one_of(ReversePath)), _enum(ReversePath)]
Profile = Annotated[
    str, PlainValidator(word_of(PROFILES)), WithJsonSchema({"enum": list(PROFILES)})
]
