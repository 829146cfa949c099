"""Tables in files: written once, mapped in a moment, shared between processes.

```text
 0   8 bytes   magic
 8   u32       version of this layout
12   u32       length of the header
16   header    JSON: form, tops, whether pickle is needed, and the sections by name
     ...       sections, each at a multiple of 64 bytes: [offset, length] in bytes
```

Sections: six of the compiled images (see the core's `image`), `lengths` (a byte an index),
`prefixes` (where a `Fib` was saved: a packed `PrefixColumn`, in order; entry i has index i + 1),
`value_ends` (u64, where the bytes of each distinct value end), `value_bytes`, and `value_of` (u32
an index: which distinct value). All numbers are little-endian.

Nothing is believed: sections must lie inside the file, images are checked cell by cell before the
first lookup, values decode without running code unless the caller allows pickle.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import tempfile
from collections.abc import Callable, Sequence
from operator import gt
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost._core import PrefixColumn
from fingerpost.errors import AddressError, LoadError, UsageError
from fingerpost.fib.codec import decode, encode

if TYPE_CHECKING:
    from fingerpost.fib.frozen import FrozenFib

MAGIC = b"\x89FPFIB\r\n"
VERSION = 1
_HEAD = struct.Struct("<8sII")
_ALIGN = 64
_FIRST_SECTION = 4096  # ample for the header as we write it
_MAX_HEADER = 1 << 16
_IMAGES = ("root4", "wide4", "arena4", "root6", "wide6", "arena6")

F = TypeVar("F", bound="FrozenFib[Any]")


class StoredValues(Sequence[Any]):
    """The values of a mapped table: decoded when asked for, equal ones once."""

    def __init__(self, path: str, ends: memoryview, data: memoryview, of: memoryview) -> None:
        """`ends`: u64 views of where each value ends in `data`; `of`: u32, by index."""
        self._path = path
        self._ends, self._data, self._of = ends, data, of
        self._known: dict[int, object] = {}
        self._decode: Callable[[bytes], object] = decode

    def use_pickle(self) -> None:
        """Decode with pickle from now on."""
        import pickle

        self._decode = pickle.loads

    def __len__(self) -> int:
        """Count the indices."""
        return len(self._of)

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - values are of any type
        """Give the value of an index, or of each index of a slice."""
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        number: int = self._of[at]
        if number not in self._known:
            self._known[number] = self._load(number)
        return self._known[number]

    def to_list(self) -> list[Any]:
        """Give the value of every index; many times faster than one by one."""
        data, ends, decode = bytes(self._data), self._ends.tolist(), self._decode
        starts = [0, *ends[:-1]]
        if any(map(gt, starts, ends)) or (ends and ends[-1] > len(data)):
            raise LoadError(f"{self._path}: the values' ends do not rise or lie outside")
        distinct = [decode(data[start:end]) for start, end in zip(starts, ends, strict=True)]
        try:
            return [distinct[number] for number in self._of.tolist()]
        except IndexError:
            raise LoadError(
                f"{self._path}: an index stands for a value that is not there"
            ) from None

    def _load(self, number: int) -> object:
        if number >= len(self._ends):
            raise LoadError(f"{self._path}: value {number} of {len(self._ends)} is not there")
        start = self._ends[number - 1] if number else 0
        end = self._ends[number]
        if not start <= end <= len(self._data):
            raise LoadError(f"{self._path}: value {number} lies outside its section")
        return self._decode(bytes(self._data[start:end]))


def save_frozen(
    table: FrozenFib[Any],
    path: str | os.PathLike[str],
    *,
    allow_pickle: bool,
    prefixes: PrefixColumn | None = None,
) -> None:
    """Write `table`; the file appears whole or not at all.

    `prefixes`: those of the entries, in order, so that the file can become a `Fib` again.
    """
    if sys.byteorder != "little":
        raise UsageError("tables are stored on little-endian machines only; pickle this one")
    form, tops, images = table.sections()
    sections: dict[str, bytes] = dict(zip(_IMAGES, images, strict=True))
    sections["lengths"] = table.prefix_lengths()
    if prefixes is not None:
        sections["prefixes"] = prefixes.to_bytes()
    sections |= _value_sections(table.values, allow_pickle=allow_pickle)
    places: dict[str, tuple[int, int]] = {}
    header = {"form": form, "tops": tops, "pickle": allow_pickle, "sections": places}
    at = _FIRST_SECTION
    for name, section in sections.items():
        places[name] = (at, len(section))
        at = _aligned(at + len(section))
    text = json.dumps(header).encode()
    with _whole_file(Path(path)) as file:
        file.write(_HEAD.pack(MAGIC, VERSION, len(text)) + text)
        for name, section in sections.items():
            file.seek(places[name][0])
            file.write(section)
        file.truncate(at)


def open_frozen(kind: type[F], path: str | os.PathLike[str], *, allow_pickle: bool) -> F:
    """Map the table in `path`."""
    return _table_in(kind, _map(path), allow_pickle=allow_pickle)


def stored_entries(
    path: str | os.PathLike[str], *, allow_pickle: bool
) -> tuple[str, PrefixColumn, list[Any]]:
    """Give the form, the prefixes and the values of a table that `Fib.save` wrote."""
    from fingerpost.fib.frozen import FrozenFib

    section = _map(path)
    name = section.name
    table: FrozenFib[Any] = _table_in(FrozenFib, section, allow_pickle=allow_pickle)
    packed = section["prefixes"]
    try:
        prefixes = PrefixColumn.from_bytes(bytes(packed))
    except AddressError as error:
        raise LoadError(f"{name}: {error}") from error
    stored = table.values
    assert isinstance(stored, StoredValues)
    values = stored.to_list()[1:]
    if len(prefixes) != len(values):
        raise LoadError(f"{name}: {len(prefixes)} prefixes but {len(values)} values")
    return table.form, prefixes, values


def is_stored_table(head: bytes) -> bool:
    """Whether a file that begins with `head` is one of ours."""
    return head.startswith(MAGIC)


class _Sections:
    """The sections of a file by name, each checked to lie inside it."""

    def __init__(self, name: str, view: memoryview, header: dict[str, Any]) -> None:
        self.name, self.header, self._view = name, header, view
        places = header.get("sections")
        self._places: dict[str, Any] = places if isinstance(places, dict) else {}

    def __getitem__(self, section: str) -> memoryview:
        match self._places.get(section):
            case [int(at), int(length)] if (
                0 <= at <= at + length <= len(self._view) and at % _ALIGN == 0
            ):
                return self._view[at : at + length]
            case place:
                raise LoadError(f"{self.name}: section {section!r} is not inside: {place!r}")


def _map(path: str | os.PathLike[str]) -> _Sections:
    name = os.fspath(path)
    with Path(name).open("rb") as file:
        if os.fstat(file.fileno()).st_size < _HEAD.size:
            raise LoadError(f"{name}: too short to be a stored table")
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    return _Sections(name, view, _header(name, view))


def _table_in(kind: type[F], section: _Sections, *, allow_pickle: bool) -> F:
    name, header = section.name, section.header
    if header.get("pickle") and not allow_pickle:
        raise LoadError(f"{name}: its values are pickles, which can run code; allow_pickle=True")
    images = [section[part] for part in _IMAGES]
    try:
        ends, of = section["value_ends"].cast("Q"), section["value_of"].cast("I")
        values = StoredValues(name, ends, section["value_bytes"], of)
        if header.get("pickle"):
            values.use_pickle()
        form, tops = str(header["form"]), tuple(header["tops"])
        return kind((form, tops, images, values, section["lengths"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise LoadError(f"{name}: a damaged table: {error}") from error


def _header(name: str, view: memoryview) -> dict[str, Any]:
    magic, version, length = _HEAD.unpack_from(view)
    if magic != MAGIC:
        raise LoadError(f"{name}: not a stored table (Fib.save writes them)")
    if version != VERSION:
        raise LoadError(f"{name}: layout version {version}; this fingerpost reads {VERSION}")
    if length > min(_MAX_HEADER, len(view) - _HEAD.size):
        raise LoadError(f"{name}: the header claims {length} bytes")
    try:
        header = json.loads(bytes(view[_HEAD.size : _HEAD.size + length]))
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{name}: the header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise LoadError(f"{name}: the header is no object")
    return header


def _value_sections(values: Sequence[Any], *, allow_pickle: bool) -> dict[str, bytes]:
    from array import array

    write: Callable[[object], bytes] = encode
    if allow_pickle:
        import pickle

        write = pickle.dumps
    numbers: dict[bytes, int] = {}
    by_identity: dict[int, int] = {}
    of = array("I")
    for value in values:
        number = by_identity.get(id(value))
        if number is None:
            number = numbers.setdefault(write(value), len(numbers))
            by_identity[id(value)] = number
        of.append(number)
    ends = array("Q")
    end = 0
    for data in numbers:
        end += len(data)
        ends.append(end)
    return {
        "value_ends": ends.tobytes(),
        "value_bytes": b"".join(numbers),
        "value_of": of.tobytes(),
    }


def _aligned(at: int) -> int:
    return -(-at // _ALIGN) * _ALIGN


class _whole_file:  # noqa: N801 - a context manager, used like a function
    """A file that takes its name only when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Any:  # noqa: ANN401 - tempfile's wrapper
        self._file = tempfile.NamedTemporaryFile(
            dir=self._path.parent, prefix=self._path.name + ".", delete=False
        )
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        temporary = Path(self._file.name)
        if kind is None:
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(self._path)
        else:
            temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
