"""The types of the fields of a file: read from YAML's plain values, described for the schema.

Every reader raises `ValueError` with what would be right; pydantic collects them with their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, PlainValidator, WithJsonSchema

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.config import units
from fingerpost.config.names import LONGEST_NAME, alike, one_word_of
from fingerpost.errors import AddressError

E = TypeVar("E", bound=Enum)
_NAME = re.compile(r"[^\s:,/<>]+")


def as_list(value: object) -> list[Any]:
    """One thing or a list of things, as a list; nothing at all is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_mapping(value: object) -> object:
    """An entry that is left empty (`a:`) is a mapping with nothing in it."""
    return {} if value is None else value


def as_named(value: object) -> object:
    """One name or a list of names is a mapping in which nothing more is said of each."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return dict.fromkeys(value)
    return as_mapping(value)


def mapping_or(value: object, right: str) -> object:
    """A mapping, or nothing; says what else may stand there where it is neither."""
    if value is None or isinstance(value, dict | BaseModel):
        return value
    raise ValueError(f"write {right}")


def read_text(value: object, right: str) -> str:
    """A text, without blanks around it."""
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
            hint = alike(value, words) if isinstance(value, str) else ""
            raise ValueError(f"write {one_word_of(words)}{hint}")
        return kind(value)

    return read


def interface(value: object) -> Interface:
    """An address with the length of its subnet, one that an interface may have."""
    text = read_text(value, "an address with its length: 10.0.0.1/24")
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


def interfaces(value: object) -> tuple[Interface, ...]:
    """One or several addresses with their lengths."""
    return tuple(interface(one) for one in as_list(value))


def addresses(value: object) -> tuple[Address, ...]:
    """One or several bare addresses."""
    try:
        return tuple(Address(read_text(one, "an address: 10.0.0.1")) for one in as_list(value))
    except AddressError as error:
        raise ValueError(str(error)) from None


def prefix(value: object) -> Prefix:
    """One prefix, without host bits."""
    try:
        return Prefix(read_text(value, "a prefix: 10.0.0.0/24"), strict=True)
    except AddressError as error:
        raise ValueError(str(error)) from None


def prefixes(value: object) -> tuple[Prefix, ...]:
    """One or several prefixes."""
    return tuple(prefix(one) for one in as_list(value))


def word_of(words: Iterable[str]) -> Callable[[object], str]:
    """A reader of one of several words."""
    known = tuple(words)

    def read(value: object) -> str:
        if value not in known:
            hint = alike(value, known) if isinstance(value, str) else ""
            raise ValueError(f"write {one_word_of(known)}{hint}")
        return str(value)

    return read


def texts(*examples: str, **more: object) -> WithJsonSchema:
    """A text that often looks like a number."""
    return WithJsonSchema({"type": ["string", "number"], "examples": list(examples), **more})


def some(item: dict[str, object]) -> WithJsonSchema:
    """One thing or a list of them."""
    return WithJsonSchema({"anyOf": [item, {"type": "array", "items": item}]})


def enumerated(kind: type[Enum]) -> WithJsonSchema:
    """One of the words of an enumeration."""
    return WithJsonSchema({"enum": [member.value for member in kind]})


ADDRESS = {"type": "string", "examples": ["10.0.0.1"]}
INTERFACE = {"type": "string", "examples": ["10.0.0.1/24", "2001:db8::1/64"]}
PREFIX = {"type": "string", "examples": ["10.0.0.0/24"]}


@dataclass(frozen=True, slots=True)
class Shown:
    """Metadata of a type: how its values are written, where `str` would not do."""

    text: Callable[[Any], str]


Name = Annotated[str, PlainValidator(name), WithJsonSchema({"type": "string"})]
Duration = Annotated[
    int, PlainValidator(units.duration_ns), texts("10ms", "1.5s"), Shown(units.duration)
]
Interfaces = Annotated[tuple[Interface, ...], PlainValidator(interfaces), some(INTERFACE)]
Addresses = Annotated[tuple[Address, ...], PlainValidator(addresses), some(ADDRESS)]
OnePrefix = Annotated[Prefix, PlainValidator(prefix), WithJsonSchema(PREFIX)]
Prefixes = Annotated[tuple[Prefix, ...], PlainValidator(prefixes), some(PREFIX)]
