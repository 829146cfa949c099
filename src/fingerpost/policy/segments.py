"""AS paths as policies have them: AS numbers, and segments of other sorts as texts.

"{1,2}" is a set (RFC 4271 4.3), "(1 2)" a sequence inside of a confederation and "[1,2]" a set
there (RFC 5065 3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBER: Final = re.compile("[0-9]+")


def numbers_of(segment: object) -> tuple[int, ...]:
    """The AS numbers of a member of a path."""
    if isinstance(segment, int):
        return (segment,)
    return tuple(map(int, _NUMBER.findall(str(segment))))


def numbers_in(path: tuple[object, ...]) -> tuple[int, ...]:
    """All AS numbers of a path, those of sets and confederations too."""
    return tuple(number for one in path for number in numbers_of(one))


def is_of_confederation(segment: object) -> bool:
    """Whether a member does not count and does not leave the confederation (RFC 5065 5.3)."""
    return not isinstance(segment, int) and str(segment)[:1] in ("(", "[")


def length_of(path: tuple[object, ...]) -> int:
    """What is compared (RFC 4271 9.1.2.2 a, RFC 5065 5.3)."""
    return sum(not is_of_confederation(one) for one in path)


def first_as(path: tuple[object, ...]) -> int | None:
    """The AS that it was last told by, outside of our confederation; None: a set, or nobody."""
    outside = next((one for one in path if not is_of_confederation(one)), None)
    return outside if isinstance(outside, int) else None


def origin_as(path: tuple[object, ...]) -> int | None:
    """The AS that it came from; None: a set, or nobody (RFC 6811 2)."""
    outside = next((one for one in reversed(path) if not is_of_confederation(one)), None)
    return outside if isinstance(outside, int) else None


def text_of(path: tuple[object, ...]) -> str:
    """As operators write it."""
    return " ".join(map(str, path))


def mapped(path: tuple[object, ...], of: Callable[[int], int | None]) -> tuple[object, ...]:
    """The path with AS numbers replaced, or taken out where `of` gives None for one.

    A segment that nothing is left of is gone.
    """
    return tuple(made for one in path if (made := _mapped(one, of)) is not None)


def _mapped(segment: object, of: Callable[[int], int | None]) -> object | None:
    if isinstance(segment, int):
        return of(segment)
    text = str(segment)
    between = " " if text[:1] == "(" else ","
    left = map(of, numbers_of(segment))
    inside = between.join(str(one) for one in left if one is not None)
    return f"{text[0]}{inside}{text[-1]}" if inside else None
