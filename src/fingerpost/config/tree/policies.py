"""Prefix lists and policies as router.yaml has them: `fingerpost.policy.load` reads them.

The tree holds them as plain values; what is here tells editors what may stand there.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import WithJsonSchema

from fingerpost.config.fields import Name
from fingerpost.config.tree.base import or_nothing, or_one
from fingerpost.policy.attributes import ASPA_STATES, ORIGINS, ROUTE_SOURCES, ROV_STATES

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_NUMBER: dict[str, Any] = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
_NUMBERS: dict[str, Any] = {"anyOf": [*_NUMBER["anyOf"], {"type": "array", "items": _NUMBER}]}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": list(required),
    }


def _one_of(words: tuple[str, ...]) -> dict[str, Any]:
    one: dict[str, Any] = {"enum": list(words)}
    return {"anyOf": [one, {"type": "array", "items": one}]}


_LENGTH: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 128}
_LIST_ENTRY: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "examples": ["permit 10.0.0.0/8 ge 16 le 24"]},
        _object(
            {
                "prefix": _TEXT,
                "ge": _LENGTH,
                "le": _LENGTH,
                "action": {"enum": ["permit", "deny"]},
            },
            "prefix",
        ),
    ]
}
_PREFIXES: dict[str, Any] = {"anyOf": [_LIST_ENTRY, {"type": "array", "items": _LIST_ENTRY}]}
_MATCH = _object(
    {
        "tag": _NUMBERS,
        "metric": _NUMBERS,
        "distance": _NUMBERS,
        "version": _NUMBERS,
        "source": _TEXTS,
        "protocol": _TEXTS,
        "kind": _TEXTS,
        "learned-from": _TEXTS,
        "prefix-list": _TEXT,
        "prefix": _PREFIXES,
        "next-hop": _TEXTS,
        "interface": _TEXTS,
        "prefix-length": _NUMBERS,
        "next-hop-list": _TEXT,
        "community": _TEXTS,
        "all-communities": _TEXTS,
        "as-path": _TEXTS,
        "as-path-length": _NUMBERS,
        "first-as": _NUMBERS,
        "origin-as": _NUMBERS,
        "path-as": _NUMBERS,
        "remote-as": _NUMBERS,
        "origin": _one_of(ORIGINS),
        "med": _NUMBERS,
        "local-preference": _NUMBERS,
        "weight": _NUMBERS,
        "aigp": _NUMBERS,
        "otc": _NUMBERS,
        "rpki": _one_of(ROV_STATES),
        "aspa": _one_of(ASPA_STATES),
        "route-source": _one_of(ROUTE_SOURCES),
        "neighbor": _TEXTS,
        "family": _TEXTS,
        "role": _TEXTS,
        "relation": _TEXTS,
    }
)
_SET = _object(
    {
        "metric": _NUMBER,
        "tag": _NUMBER,
        "distance": _NUMBER,
        "next-hop": _TEXTS,
        "community": _TEXTS,
        "add-community": _TEXTS,
        "remove-community": _TEXTS,
        "prepend-as": {
            "anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]
        },
        "prepend-own-as": {"type": "integer", "minimum": 1},
        "remove-as": _NUMBERS,
        "replace-as": {
            "anyOf": [_NUMBERS, _object({"as": _NUMBERS, "with": {"type": "integer"}}, "as")]
        },
        "origin": {"enum": list(ORIGINS)},
        "med": _NUMBER,
        "local-preference": _NUMBER,
        "weight": _NUMBER,
        "aigp": _NUMBER,
    }
)
_STATEMENT = _object(
    {
        "name": _TEXT,
        "match": _MATCH,
        "set": _SET,
        "then": {"enum": ["accept", "reject", "continue"]},
    }
)
_STATEMENTS: dict[str, Any] = {"type": "array", "items": _STATEMENT}
_POLICY: dict[str, Any] = {
    "anyOf": [
        _STATEMENTS,
        _object({"otherwise": {"enum": ["accept", "reject"]}, "statements": _STATEMENTS}),
    ]
}

_FILE = _object({"file": _TEXT}, "file")
_AS_SET = Annotated[Any, WithJsonSchema({"anyOf": [*_NUMBERS["anyOf"], _FILE]})]
_LIST = Annotated[Any, WithJsonSchema({"anyOf": [*_PREFIXES["anyOf"], _FILE]})]
AsSets = Annotated[dict[Name, _AS_SET], or_nothing(dict[Name, _AS_SET])]
Lists = Annotated[dict[Name, _LIST], or_nothing(dict[Name, _LIST])]
Policies = Annotated[
    dict[Name, Annotated[Any, WithJsonSchema(_POLICY)]],
    or_nothing(dict[Name, Annotated[Any, WithJsonSchema(_POLICY)]]),
]

_ROUTE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "examples": ["10.1.0.0/16 rip metric 3 tag 7 via 10.0.0.2 dev eth0"]},
        {"type": "object"},
    ]
}
_TEST = _object(
    {
        "policy": _TEXT,
        "route": _ROUTE,
        "routes": {"type": "array", "items": _ROUTE},
        "expect": {"enum": ["accept", "reject"]},
        "line": {"type": ["string", "integer"]},
        "set": {"type": "object"},
    },
    "policy",
)
PolicyTests = Annotated[
    list[Annotated[Any, WithJsonSchema(_TEST)]],
    or_one(Annotated[Any, WithJsonSchema(_TEST)]),
]
