"""The common header of every record (RFC 6396 2 and 3).

```text
|                           Timestamp                           |
|              Type             |            Subtype            |
|                             Length                            |
|                  Microseconds, in timed types                 |
|                      Message... (variable)
```
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final

from fingerpost.errors import DecodeError
from fingerpost.mrt.constants import LONGEST_RECORD, TIMED
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEADER: Final = Struct(">IHHI")
LAYER: Final = "MRT"
NS_PER_US: Final = 1_000
NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the file; `body` is without the microseconds of timed types.

    `offset` is that of its header in the decompressed file.
    """

    instant_ns: int
    type: int
    subtype: int
    body: bytes
    offset: int = 0

    @property
    def body_offset(self) -> int:
        """Where `body` begins in the file."""
        return self.offset + HEADER.size + 4 * (self.type in TIMED)

    def reader(self, section: str) -> Reader:
        """Read the body; offsets count from the beginning of the file."""
        return Reader(self.body, LAYER, self.body_offset, section=section)

    def encode(self) -> bytes:
        """As it stands in a file."""
        seconds, rest = divmod(self.instant_ns, NS_PER_S)
        body = self.body
        if self.type in TIMED:
            body = (rest // NS_PER_US).to_bytes(4, "big") + body
        return HEADER.pack(seconds & 0xFFFF_FFFF, self.type, self.subtype, len(body)) + body


def cut_records(read: Callable[[], bytes]) -> Iterator[Record | DecodeError]:
    """Cut what `read` gives, piece after piece up to `b""`, into records; holds one at most.

    What cannot be cut is given as an error: a record of more than `LONGEST_RECORD` octets, which is
    passed over, one of a timed type without its microseconds, and at last an end inside a record.
    """
    held, at, offset = b"", 0, 0
    while piece := read():
        held, at = held[at:] + piece, 0
        while len(held) - at >= HEADER.size:
            seconds, kind, subtype, length = HEADER.unpack_from(held, at)
            if length > LONGEST_RECORD:
                yield _error(offset, "length", length, f"at most {LONGEST_RECORD} octets")
                skipped = HEADER.size + length
                while len(held) - at < skipped:
                    skipped -= len(held) - at
                    offset += len(held) - at
                    held, at = read(), 0
                    if not held:
                        yield _error(offset, "record", "cut short", "a whole one")
                        return
                at, offset = at + skipped, offset + skipped
                continue
            end = at + HEADER.size + length
            if len(held) < end:
                break
            body = held[at + HEADER.size : end]
            yield _record(seconds, kind, subtype, body, offset)
            offset += end - at
            at = end
    if at < len(held):
        left = len(held) - at
        yield _error(offset, "record", f"cut short after {left} octets", "a whole one")


def _record(
    seconds: int, kind: int, subtype: int, body: bytes, offset: int
) -> Record | DecodeError:
    instant = seconds * NS_PER_S
    if kind in TIMED:
        if len(body) < 4:
            return _error(offset, "length", len(body), "4 or more in a timed type")
        instant += int.from_bytes(body[:4], "big") * NS_PER_US
        body = body[4:]
    return Record(instant, kind, subtype, body, offset)


def _error(offset: int, field: str, value: object, expected: str) -> DecodeError:
    return DecodeError(
        f"{LAYER}, offset {offset}: {field} is {value}, expected {expected} (RFC 6396 2)",
        layer=LAYER,
        offset=offset,
        field=field,
        value=value,
        section="RFC 6396 2",
    )
