"""The types of fields that only lab files have, read from YAML's plain values.

Every reader raises `ValueError` with what would be right; pydantic collects them with their place.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from fingerpost.addr import Address, Interface
from fingerpost.config import units
from fingerpost.config.fields import (
    INTERFACE,
    as_list,
    enumerated,
    interface,
    one_of,
    read_text,
    some,
    texts,
    whole,
    word_of,
)
from fingerpost.config.names import meant
from fingerpost.errors import AddressError
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.lab.instant import CONVERGED
from fingerpost.lab.model import Position, Routing, StaticRoute
from fingerpost.lab.topology import route_text
from fingerpost.lab.topology.draft import PROTOCOLS, RoutingWords

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.IGNORECASE)
PROFILES = ["lab", "strict", "linux"]  # of `fingerpost.forwarding.policy`, in small letters


def loopback(value: object) -> Interface:
    """An address of the node itself: of full length, which may be left out."""
    text = read_text(value, "an address: 10.255.0.1")
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


def slots(value: object) -> tuple[Interface | None, ...]:
    """One address or nothing for each end of a link, in the order of its endpoints."""
    return tuple(None if one in (None, "") else interface(one) for one in as_list(value))


def route(value: object) -> StaticRoute | None:
    """A static route; None stays None: an item that was faulty."""
    if value is None:
        return None
    return route_text.parse(read_text(value, "a route: 10.0.0.0/8 via 192.0.2.1"))


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


def peer(value: object) -> Address | int:
    """Who is played: an address, or the number of an AS."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 32:
        return value
    try:
        return Address(str(value))
    except ValueError:
        raise ValueError(f"{value!r}: write the address of a peer, or its AS: 3333") from None


def routing(value: object) -> RoutingWords:
    """Where routes come from: computed, nowhere, or one or several protocols."""
    right = f"write shortest, none, or protocols: {', '.join(PROTOCOLS)}"
    words = as_list(value)
    if words in (["shortest"], ["none"]):
        return RoutingWords(Routing(words[0]))
    unknown = [one for one in words if one not in PROTOCOLS]
    if unknown or not words:
        text = unknown[0] if unknown and isinstance(unknown[0], str) else ""
        hint = (
            meant(text, [*PROTOCOLS, "shortest", "none"])
            if text not in ("shortest", "none")
            else ""
        )
        raise ValueError(right + (hint if "did you mean" in hint else ""))
    return RoutingWords(Routing.PROTOCOLS, tuple(dict.fromkeys(words)))


def until(value: object) -> int | None:
    """When a run ends, in nanoseconds; None: when the tables stand."""
    if value == CONVERGED:
        return None
    try:
        return units.duration_ns(value)
    except ValueError as error:
        raise ValueError(f"{error}, or {CONVERGED}") from None


def families(value: object) -> tuple[int, ...]:
    """Which families to number: ipv4, ipv6."""
    words = {"ipv4": 4, "ipv6": 6}
    found = [words.get(one) if isinstance(one, str) else None for one in as_list(value)]
    if None in found:
        raise ValueError("write [ipv4], [ipv6] or [ipv4, ipv6]")
    return tuple(sorted({one for one in found if one is not None}))


_ROUTE_TEXT = re.compile(
    r"(?P<node>\S+)\s*(?:->|→)\s*(?P<to>\S+)"
    r"(?:\s+via\s+(?P<via>[^\s,]+(?:\s*,\s*[^\s,]+)*))?"
    r"(?:\s+metric\s+(?P<metric>\S+))?"
    r"(?:\s+proto\s+(?P<protocol>\S+))?"
)


def expected_route(value: object) -> object:
    """The fields of a route that is expected, of its text."""
    if isinstance(value, dict):
        return value
    right = "write a -> 10.0.0.0/24 via b metric 3 proto rip; all behind the prefix may be left out"
    match = _ROUTE_TEXT.fullmatch(read_text(value, right))
    if match is None:
        raise ValueError(right)
    words: dict[str, Any] = {k: text for k, text in match.groupdict().items() if text is not None}
    if "via" in words:
        words["via"] = [one.strip() for one in match["via"].split(",")]
    return words


_LOOPBACK = {"type": "string", "examples": ["10.255.0.1"]}
_ROUTE = {"type": "string", "examples": ["10.0.0.0/8 via 192.0.2.1", "192.0.2.0/24 blackhole"]}
_TARGET = {"type": "string", "examples": ["a", "a-b", "a->b"]}

Targets = Annotated[list[str], BeforeValidator(as_list), some(_TARGET)]
Bandwidth = Annotated[int, PlainValidator(units.bandwidth), texts("1Gbps", "100Mbit")]
Share = Annotated[float, PlainValidator(units.probability), texts("2%", "0.05%")]
Queue = Annotated[tuple[int | None, int | None], PlainValidator(units.queue), texts("100", "64KB")]
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
Metric = Annotated[
    int, PlainValidator(whole(0, 2**32 - 1)), WithJsonSchema({"type": "integer", "minimum": 0})
]
Seed = Annotated[int, PlainValidator(whole(0, 2**63 - 1)), WithJsonSchema({"type": "integer"})]
Mac = Annotated[str, PlainValidator(mac), WithJsonSchema({"type": "string"})]
Loopbacks = Annotated[
    tuple[Interface, ...],
    PlainValidator(loopbacks),
    WithJsonSchema({"anyOf": [{"const": False}, _LOOPBACK, {"type": "array", "items": _LOOPBACK}]}),
]
Slots = Annotated[tuple[Interface | None, ...], PlainValidator(slots), some(INTERFACE)]
Families = Annotated[tuple[int, ...], PlainValidator(families), some({"enum": ["ipv4", "ipv6"]})]
# Any: pydantic would look into the dataclass for types that it has no need of
Routes = Annotated[
    list[Annotated[Any, PlainValidator(route), WithJsonSchema(_ROUTE)]],
    BeforeValidator(as_list),
    some(_ROUTE),
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
End = Annotated[int | None, PlainValidator(until), texts("30s", CONVERGED)]
RoutingWord = Annotated[
    RoutingWords,
    PlainValidator(routing),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["shortest", "none", *PROTOCOLS]},
                {"type": "array", "items": {"enum": list(PROTOCOLS)}, "minItems": 1},
            ]
        }
    ),
]
Peer = Annotated[
    Any,
    PlainValidator(peer),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]}),
]
RoleWord = Annotated[Role, PlainValidator(one_of(Role)), enumerated(Role)]
ReversePathWord = Annotated[
    ReversePath, PlainValidator(one_of(ReversePath)), enumerated(ReversePath)
]
Profile = Annotated[
    str, PlainValidator(word_of(PROFILES)), WithJsonSchema({"enum": list(PROFILES)})
]
