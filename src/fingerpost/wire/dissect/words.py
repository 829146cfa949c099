"""The values of wire formats in words, for people, and in plain data, for JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.wire.dissect.tree import Plain

SHOWN_BYTES = 32


def plain(value: object) -> Plain:
    """Give a value as JSON can say it: bytes as hex, addresses as text, dataclasses as objects."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if type(value) is bytes:
        return value.hex()
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def words(value: object) -> str:
    """Give a value as people write it; of a dataclass, what is not None or False."""
    if isinstance(value, IntEnum):
        return in_words(value.name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if type(value) is bytes:
        return hex_text(value)
    if isinstance(value, tuple | list):
        return ", ".join(map(words, value)) or "none"
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(_attributes(value))
    return str(value)


def _attributes(value: object) -> list[str]:
    said = []
    for field in fields(value):  # type: ignore[arg-type]  # the caller has asked is_dataclass
        one = getattr(value, field.name)
        if one is True:
            said.append(in_words(field.name))
        elif one is not None and one is not False and one != ():
            said.append(f"{in_words(field.name)} {words(one)}")
    return said


def in_words(name: str) -> str:
    """Give a Python name as words."""
    return name.lower().replace("_", " ")


def class_words(name: str) -> str:
    """Give the name of a class as words: "RouterAlert" is "router alert"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def hex_text(octets: bytes) -> str:
    """Give bytes as hex digits, cut where they are many."""
    shown = octets[:SHOWN_BYTES].hex()
    return shown if len(octets) <= SHOWN_BYTES else f"{shown}... ({len(octets)} bytes)"


def named(enum: type[IntEnum]) -> Callable[[int], str]:
    """Give what writes a number with its name: "3 (port)"."""
    names = {int(member): in_words(member.name) for member in enum}

    def text(number: int) -> str:
        return f"{number} ({names[number]})" if number in names else str(number)

    return text


def code_words(enum: type[IntEnum], code: int) -> str:
    """Give the name of a code, or its number."""
    try:
        return in_words(enum(code).name)
    except ValueError:
        return f"code {code}"
