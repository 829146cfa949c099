"""Reading plain data, as YAML gives it: each reader refuses with the path of the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NoReturn

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.errors import AddressError, UsageError


class FieldError(UsageError):
    """A field holds what it may not: `where` is its path, `said` what is wrong with it."""

    def __init__(self, where: str, said: str) -> None:
        """The message is both."""
        super().__init__(f"{where}: {said}")
        self.where, self.said = where, said


def refuse(
    where: str, value: object, expected: str, known: Iterable[str] | None = None
) -> NoReturn:
    """Say which field holds what and what would be right.

    Of `known` words those are told that it may have meant, and all where it means none of them.
    """
    tail = ""
    if known is not None:
        words = list(known)
        close = get_close_matches(value, words, n=1) if isinstance(value, str) else []
        tail = (
            f"; did you mean {close[0]!r}?" if close else f"; there is {', '.join(words) or 'none'}"
        )
    raise FieldError(where, f"{value!r}, not {expected}{tail}")


def mapping(where: str, value: object, known: Iterable[str] | None = None) -> dict[str, object]:
    """A mapping with text keys, only `known` ones if given."""
    if not isinstance(value, Mapping):
        refuse(where, value, "a mapping")
    for key in value:
        if not isinstance(key, str):
            refuse(where, key, "a name")
        if known is not None and key not in known:
            refuse(f"{where}.{key}", key, "known here", known)
    return dict(value)


def sequence(where: str, value: object) -> list[object]:
    """A list; a single value counts as a list of itself."""
    if isinstance(value, list | tuple):
        return list(value)
    if value is None:
        refuse(where, value, "a list")
    return [value]


def text(where: str, value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        refuse(where, value, "a text")
    return value


def number(where: str, value: object, least: int, most: int) -> int:
    """A whole number in a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        refuse(where, value, f"a whole number from {least} to {most}")
    return value


def prefix(where: str, value: object) -> Prefix:
    """A prefix in its text form, or an address for the prefix that has it alone.

    Bits behind the length are a slip of the pen: they are refused.
    """
    try:
        stood = Interface(text(where, value))
    except AddressError as error:
        raise FieldError(where, str(error)) from error
    if stood.address != stood.prefix.network:
        refuse(where, value, f"{stood.prefix}, which has no bits behind its length")
    return stood.prefix


def address(where: str, value: object) -> Address:
    """An address in its text form."""
    try:
        return Address(text(where, value))
    except AddressError as error:
        raise FieldError(where, str(error)) from error


def member(where: str, value: object, allowed: Iterable[str]) -> str:
    """One of some words."""
    allowed = tuple(allowed)
    if value not in allowed:
        refuse(where, value, f"one of {', '.join(allowed)}")
    return str(value)
