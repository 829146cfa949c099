"""Routes as people write them for a policy to judge: a line of words, or data as JSON has them.

    10.1.0.0/16 rip metric 3 tag 7 via 10.0.0.2 dev eth0
    10.1.0.0/16 via 10.0.0.2 dev eth0 proto rip [120/3] tag 7       (as `why` prints it)
    10.1.0.0/16 bgp:1 distance 20 from 192.0.2.1 community 65000:100 no-export as-path 65000 174

What policies ask of paths of BGP, and of the neighbour, may stand there too, by the words that they
have in policies: med, local-preference, aigp, otc, origin, rpki, aspa, route-source; neighbor,
remote-as, local-as, family, role, relation.

Only the prefix must be there. Without a source it is "static", without a distance the customary one
of the source. Every reader raises `ValueError` that says what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from fingerpost.addr import Address, Prefix
from fingerpost.config import route_text
from fingerpost.errors import AddressError, UsageError
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.policy.attributes import AS_PATH, COMMUNITIES, NUMBERS
from fingerpost.policy.path_match import WORDS
from fingerpost.rib.distance import distance_of, kind_of
from fingerpost.rib.route import RibRoute

_MOST: Final = {"metric": 0xFFFF_FFFF, "tag": 0xFFFF_FFFF, "distance": 255}
_HOPS: Final = ("via", "dev", "weight", "onlink", "nexthop")
_KINDS: Final = tuple(kind.value for kind in RouteKind)
_PATH_NUMBERS: Final = {**NUMBERS, "remote_as": 0xFFFF_FFFF, "local_as": 0xFFFF_FFFF}
_PLACE: Final = ("neighbor", "family", "role", "relation")
_NAMES: Final = {"rov": "rpki"} | {
    name: name.replace("_", "-")
    for name in (*_PATH_NUMBERS, *WORDS, *_PLACE)
    if name not in ("rov", "weight")  # that is one of next hops
}
_ATTRIBUTES: Final = {word: name for name, word in _NAMES.items()}
_OURS: Final = ("proto", "from", "community", "as-path", *_ATTRIBUTES)
_WORDS: Final = (*_HOPS, *_MOST, *_KINDS, *_OURS)
_RANK: Final = re.compile(r"\[([0-9]{1,3})/([0-9]{1,10})\]")
_SHOWN: Final = ("age_s", "is_used", "since", "text", "table")  # beside routes in our own output


def parse(text: str) -> RibRoute:
    """Read a line of words."""
    words = text.split()
    if not words:
        raise ValueError("write a route: 10.1.0.0/16 rip metric 3 via 10.0.0.2 dev eth0")
    kind = words.pop(0) if words[0] in _KINDS and len(words) > 1 else None
    prefix, rest = words[0], words[1:]
    said: dict[str, Any] = {} if kind is None else {"kind": kind}
    if rest and rest[0] not in _WORDS and not _RANK.fullmatch(rest[0]):
        said["source"] = rest.pop(0)
    left: list[str] = []
    words_left = iter(_grouped(rest))
    for word, values in words_left:
        _take(word, values, said, left)
    return _made(prefix, said, tuple(_hops(prefix, left)))


def _grouped(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each word of the grammar with what stands behind it."""
    held: tuple[str, list[str]] | None = None
    for word in words:
        is_name = held is not None and held[0] in ("dev", "proto") and not held[1]
        if (word in _WORDS or _RANK.fullmatch(word)) and not is_name:
            if held is not None:
                yield held
            held = word, []
        elif held is None:
            raise ValueError(f"{word!r} is no word of a route; there is {', '.join(_WORDS)}")
        else:
            held[1].append(word)
    if held is not None:
        yield held


def _take(word: str, values: list[str], said: dict[str, Any], hops: list[str]) -> None:
    """Note what a word says; what concerns next hops is left to the grammar of `ip route`."""
    if match := _RANK.fullmatch(word):
        said["distance"], said["metric"] = (int(one) for one in match.groups())
        return
    if word in _HOPS:
        hops += [word, *values]
        return
    if word in _KINDS:
        said["kind"] = word
        wanted = 0
    else:
        wanted = -1 if word in ("community", "as-path", "neighbor") else 1
    if wanted >= 0 and len(values) != wanted:
        raise ValueError(f"{word}: {' '.join(values) or 'nothing'} behind it, not {wanted} word")
    match word:
        case "proto":
            said["source"] = values[0]
        case "from":
            said["learned_from"] = values[0]
        case "community":
            said["communities"] = values
        case "as-path":
            said["as_path"] = values
        case "neighbor":
            said["neighbor"] = values
        case _ if word in _ATTRIBUTES:
            said[_ATTRIBUTES[word]] = values[0]
        case _ if word in _MOST:
            said[word] = route_text.number(word, values[0], _MOST[word])


def _hops(prefix: str, words: list[str]) -> tuple[NextHop, ...]:
    return route_text.parse(f"{prefix} {' '.join(words)}", {}).next_hops if words else ()


def from_data(data: object) -> RibRoute:
    """Read a text, or a mapping such as the API and `--json` give."""
    if isinstance(data, str):
        return parse(data)
    if not isinstance(data, Mapping):
        raise ValueError(f"{data!r} is no route; write a text or a mapping")
    held = {str(key): value for key, value in data.items()}
    if isinstance(held.get("route"), Mapping):  # a candidate with its standing around it
        return from_data(held["route"])
    said = {name: held.pop(name) for name in tuple(held) if name in _READERS}
    source = held.pop("protocol", None)
    prefix, hops = held.pop("prefix", None), held.pop("next_hops", ())
    attributes = held.pop("attributes", None)
    unknown = [name for name in held if name not in _SHOWN]
    if unknown or not isinstance(prefix, str):
        known = ", ".join(("prefix", "protocol", "next_hops", "attributes", *_READERS))
        raise ValueError(f"a route has a prefix, and of others only {known}: {unknown or 'none'}")
    if source is not None:
        said.setdefault("source", source)
    if isinstance(attributes, Mapping):
        said = {**{str(key): value for key, value in attributes.items()}, **said}
    return _made(prefix, said, tuple(_hop(one) for one in hops or ()))


def _hop(data: object) -> NextHop:
    if isinstance(data, str):
        return route_text.parse(f"0.0.0.0/0 {data}", {}).next_hops[0]
    if not isinstance(data, Mapping):
        raise ValueError(f"{data!r} is no next hop; write gateway and interface")
    gateway = data.get("gateway")
    weight = data.get("weight", 1)
    return NextHop(
        data.get("interface"),
        None if gateway is None else Address(gateway),
        weight,
        data.get("onlink", False),
    )


def _made(prefix: str, said: Mapping[str, Any], hops: tuple[NextHop, ...]) -> RibRoute:
    """The route, its fields read each in its way."""
    try:
        held = {
            name: read(said[name]) for name, read in _READERS.items() if said.get(name) is not None
        }
        source = held.get("source", "static")
        attributes = {name: held[name] for name in _OF_PATHS if name in held}
        return RibRoute(
            Prefix(prefix, strict=True),
            source,
            held.get("distance", _distance(source)),
            held.get("metric", 0),
            hops,
            held.get("kind", RouteKind.UNICAST),
            held.get("tag", 0),
            MappingProxyType(attributes) if attributes else None,
            held.get("learned_from"),
        )
    except AddressError as error:
        raise ValueError(str(error)) from None


def _distance(source: str) -> int:
    try:
        return distance_of(source)
    except UsageError:
        return 20 if kind_of(source) == "bgp" else 1


def _number(name: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:  # noqa: ANN401 - what JSON has
        return route_text.number(name, str(value), _MOST[name])

    return read


def _source(value: Any) -> str:  # noqa: ANN401 - what JSON has
    if not isinstance(value, str) or not value:
        raise ValueError(f"source {value!r}: write a name like rip or ospf:1")
    return value


def _kind(value: Any) -> RouteKind:  # noqa: ANN401 - what JSON has
    if value not in _KINDS:
        raise ValueError(f"kind {value!r}: write {' or '.join(_KINDS)}")
    return RouteKind(value)


def _path_number(name: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:  # noqa: ANN401 - what JSON has
        return route_text.number(name.replace("_", "-"), str(value), _PATH_NUMBERS[name])

    return read


def _word(name: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:  # noqa: ANN401 - what JSON has
        if value not in WORDS[name]:
            raise ValueError(f"{_NAMES[name]} {value!r}: write {' or '.join(WORDS[name])}")
        return str(value)

    return read


def _path(values: Any) -> tuple[int, ...]:  # noqa: ANN401 - what JSON has
    words = values.split() if isinstance(values, str) else values
    return tuple(route_text.number("AS", str(one), 0xFFFF_FFFF) for one in words)


def _names(values: Any) -> tuple[str, ...]:  # noqa: ANN401 - what JSON has
    return tuple(values.split() if isinstance(values, str) else map(str, values))


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "source": _source,
        "distance": _number("distance"),
        "metric": _number("metric"),
        "tag": _number("tag"),
        "kind": _kind,
        "learned_from": Address,
        "communities": _names,
        "as_path": _path,
        **{name: _path_number(name) for name in _PATH_NUMBERS},
        **{name: _word(name) for name in WORDS},
        **dict.fromkeys(_PLACE, str),
        "neighbor": _names,
    }
)
_OF_PATHS: Final = (COMMUNITIES, AS_PATH, *_PATH_NUMBERS, *WORDS, *_PLACE)
