"""AS-path regular expressions as operators write them, read into the parts of an automaton.

Known is what FRR and Cisco have in common with POSIX: `.`, `[...]`, `(...)`, `|`, `*`, `+`, `?`,
`{2,3}`, `^`, `$`, and `_`, which is the border of a number: the beginning, the end, a space, a
comma or a bracket. `\\d` is a digit. An expression fits a path if it fits some part of it. As BIRD
does, `[= 65000 * 65001 ? =]` means whole paths: `?` is any AS and `*` any number of them.

Whatever could grow without bound is refused, with what is too large (`LONGEST`, `DEEPEST`,
`REPEATS_MOST`, `PARTS_MOST`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from fingerpost.errors import UsageError

LONGEST: Final = 16_384  # of an expression
DEEPEST: Final = 50  # brackets inside of each other
REPEATS_MOST: Final = 255  # POSIX RE_DUP_MAX
PARTS_MOST: Final = 20_000  # of the automaton

ALPHABET: Final = "0123456789 ,{}()[]"
_DIGITS: Final = frozenset("0123456789")
_BORDERS: Final = frozenset(" ,{}()[]")
_ANY: Final = frozenset(ALPHABET)
_INTERVAL = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_CLASSES: Final = {"digit": _DIGITS, "space": frozenset(" "), "punct": frozenset(",{}()[]")}
_MASK = re.compile(r"\[=(.*)=\]")
_MASK_AS: Final = r"([0-9]+|\{[0-9,]*\}|\([0-9 ]*\)|\[[0-9,]*\])"


@dataclass(frozen=True, slots=True)
class Step:
    """One part: to `next` by one of some characters, or by none where that is None.

    `at`: by none too, but only at the beginning ("^") or the end ("$").
    """

    characters: frozenset[str] | None
    next: tuple[int, ...]
    at: str = ""


@dataclass(slots=True)
class Parts:
    """The automaton so far. Part 0 is where an expression has fitted."""

    all: list[Step] = field(default_factory=lambda: [Step(None, ())])

    def add(self, characters: frozenset[str] | None, *following: int, at: str = "") -> int:
        """A part more; gives its number."""
        if len(self.all) >= PARTS_MOST:
            raise TooLargeError(f"it has more than {PARTS_MOST} parts")
        self.all.append(Step(characters, following, at))
        return len(self.all) - 1

    def turn(self, part: int, *following: int) -> None:
        """Let a part lead elsewhere."""
        self.all[part] = Step(None, following)


class TooLargeError(UsageError):
    """An expression that would need too much of something."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One of some characters."""

    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The beginning ("^") or the end ("$")."""

    at: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """From `least` to `most` times; None: without end."""

    of: Node
    least: int
    most: int | None


Node = Characters | Anchor | Sequence | Choice | Repeated
BORDER: Final = Choice((Anchor("^"), Anchor("$"), Characters(_BORDERS)))


class Reader:
    """Reads one expression; `read` raises `UsageError` that says what is wrong and where."""

    def __init__(self, expression: str) -> None:
        """Nothing is read."""
        self._whole = expression
        mask = _MASK.fullmatch(expression.strip())
        self._text = expression if mask is None else _of_mask(expression, mask[1])
        self._at = 0
        self._depth = 0

    def read(self) -> Node:
        """The whole expression."""
        if len(self._whole) > LONGEST:
            raise TooLargeError(f"it has more than {LONGEST} characters")
        found = self._choice()
        if self._at < len(self._text):
            raise self._fault("')' without '('")
        return found

    def _fault(self, what: str) -> UsageError:
        return UsageError(f"AS path {self._whole!r}, character {self._at + 1}: {what}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at]

    def _choice(self) -> Node:
        found = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            found.append(self._sequence())
        return found[0] if len(found) == 1 else Choice(tuple(found))

    def _sequence(self) -> Node:
        found: list[Node] = []
        while self._peek() and self._peek() not in ("|", ")"):
            found.append(self._repeated(self._atom()))
        return found[0] if len(found) == 1 else Sequence(tuple(found))

    def _repeated(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        if self._bounds() is not None:
            raise self._fault("it is repeated twice; write brackets around the first")
        return Repeated(node, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        """How often the last atom may stand there, if that is said here."""
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if (found := simple.get(self._peek())) is not None:
            self._at += 1
            return found
        match = _INTERVAL.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        least = int(match[1])
        most = least if match[2] is None else int(match[3]) if match[3] else None
        if max(least, most or 0) > REPEATS_MOST:
            raise self._fault(f"repeated more than {REPEATS_MOST} times")
        if most is not None and most < least:
            raise self._fault(f"{least} to {most} times")
        return least, most

    def _atom(self) -> Node:
        one = self._take()
        match one:
            case "(":
                return self._group()
            case "[":
                return self._bracket()
            case "\\":
                return self._escaped()
            case "^" | "$":
                return Anchor(one)
            case "_":
                return BORDER
            case ".":
                return Characters(_ANY)
            case "*" | "+" | "?":
                self._at -= 1
                raise self._fault(f"{one!r} repeats nothing")
        return self._literal(one)

    def _literal(self, one: str) -> Node:
        if one not in ALPHABET:
            self._at -= 1
            raise self._fault(f"{one!r} never stands in an AS path")
        return Characters(frozenset(one))

    def _group(self) -> Node:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise self._fault("'(?' is known as '(?:' only")
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooLargeError(f"it has more than {DEEPEST} brackets inside of each other")
        found = self._choice()
        self._depth -= 1
        if self._take() != ")":
            raise self._fault("'(' without ')'")
        return found

    def _escaped(self) -> Node:
        one = self._take()
        if one == "d":
            return Characters(_DIGITS)
        if not one or one.isalnum():
            raise self._fault(f"\\{one} is not known here")
        return self._literal(one)

    def _bracket(self) -> Node:
        is_negated = self._peek() == "^"
        self._at += is_negated
        found: set[str] = set()
        is_first = True
        while self._peek() != "]" or is_first:
            found |= self._members()
            is_first = False
        self._at += 1
        return Characters(_ANY - found if is_negated else _ANY & found)

    def _members(self) -> frozenset[str]:
        """The next character, range or class in brackets."""
        match = re.compile(r"\[:([a-z]+):\]").match(self._text, self._at)
        if match is not None:
            self._at = match.end()
            if match[1] not in _CLASSES:
                raise self._fault(f"[:{match[1]}:] is not known; {', '.join(_CLASSES)} are")
            return _CLASSES[match[1]]
        first = self._member()
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return frozenset(first)
        self._at += 1
        last = self._member()
        if last < first:
            raise self._fault(f"a range from {first!r} to {last!r}")
        return frozenset(one for one in ALPHABET if first <= one <= last)

    def _member(self) -> str:
        one = self._take()
        if one == "\\":
            one = self._take()
        if not one:
            raise self._fault("'[' without ']'")
        return one


def _of_mask(whole: str, inside: str) -> str:
    """BIRD's `[= 65000 * ? =]` as an expression; each AS is followed by a space or the end."""
    made = "^"
    for word in inside.split():
        if word in ("*", "?", "+"):
            made += f"({_MASK_AS}( |$)){'' if word == '?' else word}"
        elif word.isascii() and word.isdigit():
            made += rf"({word}|\{{([0-9]+,)*{word}(,[0-9]+)*\}})( |$)"
        else:
            right = "AS numbers, ?, + and *"
            raise UsageError(f"AS path {whole!r}: {word!r} in a mask, expected {right}")
    return made + "$"


def parts_of(expression: str) -> tuple[list[Step], int]:
    """The parts of an expression and the number of the first. Raises `UsageError`."""
    parts = Parts()
    try:
        return parts.all, _lay(Reader(expression).read(), 0, parts)
    except TooLargeError as error:
        shown = expression if len(expression) < 60 else f"{expression[:57]}..."
        raise UsageError(f"AS path {shown!r} is too large: {error}") from None


def _lay(node: Node, then: int, parts: Parts) -> int:
    """Lay a node out so that it leads to the part `then`; gives its first part."""
    match node:
        case Characters(of):
            return parts.add(of, then)
        case Anchor(at):
            return parts.add(None, then, at=at)
        case Sequence(of):
            for one in reversed(of):
                then = _lay(one, then, parts)
            return then
        case Choice(of):
            return parts.add(None, *(_lay(one, then, parts) for one in of))
    return _lay_repeated(node, then, parts)


def _lay_repeated(node: Repeated, then: int, parts: Parts) -> int:
    if node.most is None:
        loop = parts.add(None)
        parts.turn(loop, _lay(node.of, loop, parts), then)
        first = loop
    else:
        first = then
        for _ in range(node.most - node.least):
            first = parts.add(None, _lay(node.of, first, parts), then)
    for _ in range(node.least):
        first = _lay(node.of, first, parts)
    return first
