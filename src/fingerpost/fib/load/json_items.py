"""The members of a JSON document one by one: a full table in JSON is a gigabyte.

The document is an object or an array, or several in a row; each member is decoded when it is
whole and then forgotten. A member is bounded, and so is what is held.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from fingerpost.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.fib.load.source import Source

MAX_ITEM = 16 << 20

_BLANK = re.compile(r"[ \t\n\r]*")
_CLOSING = {"{": "}", "[": "]"}


def json_items(source: Source) -> Iterator[tuple[int, str | None, Any]]:
    """Give offset, key (None in an array) and value of each member.

    Offsets are characters. Raises LoadError where the text is no JSON, ends early, nests deeper
    than Python's decoder allows or has a member of more than MAX_ITEM characters.
    """
    text = _Text(source)
    while opening := text.peek():
        if opening not in _CLOSING:
            text.fail(f"found {opening!r}, expected an object or an array")
        text.skip()
        yield from _members(text, _CLOSING[opening])


def _members(text: _Text, closing: str) -> Iterator[tuple[int, str | None, Any]]:
    if text.peek() == closing:
        text.skip()
        return
    while True:
        key = None
        if closing == "}":
            key = text.value()
            if not isinstance(key, str) or text.peek() != ":":
                text.fail('expected a member as in "10.0.0.0/8": [...]')
            text.skip()
        yield text.offset, key, text.value()
        following = text.peek()
        if following not in (",", closing):
            text.fail(f"found {following or 'the end'!r}, expected ',' or {closing!r}")
        text.skip()
        if following == closing:
            return


class _Text:
    """A window on the text that grows only while one member needs it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._json = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._before = 0  # characters that were forgotten
        self._ended = False

    @property
    def offset(self) -> int:
        return self._before + self._at

    def peek(self) -> str:
        """Look at the next character that is no white space; "" at the end."""
        while True:
            if found := _BLANK.match(self._text, self._at):
                self._at = found.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._grow()

    def skip(self) -> None:
        self._at += 1

    def value(self) -> Any:  # noqa: ANN401 - decoded JSON
        """Decode the value that starts here."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended or len(self._text) - self._at > MAX_ITEM:
                    self.fail(f"is no JSON here: {error.msg}")
            except RecursionError:
                self.fail("is nested too deeply")
            except ValueError:
                self.fail("has a number of thousands of digits")
            else:
                if end < len(self._text) or self._ended:  # else a number may go on
                    self._at = end
                    return value
            self._grow()

    def _grow(self) -> None:
        """Forget what is read; double what is held, so that retries cost linear time."""
        self._before += self._at
        self._text = self._text[self._at :]
        self._at = 0
        wanted = max(len(self._text), 1)
        parts = [self._text]
        while wanted > 0 and not self._ended:
            chunk = self._source.read()
            self._ended = not chunk
            parts.append(self._decoder.decode(chunk, final=self._ended))
            wanted -= len(parts[-1])
        self._text = "".join(parts)

    def fail(self, fault: str) -> NoReturn:
        """Raise LoadError about the current place."""
        shown = self._text[self._at : self._at + 40]
        raise LoadError(f"{self._source.name}, character {self.offset}: {shown!r}: {fault}")
