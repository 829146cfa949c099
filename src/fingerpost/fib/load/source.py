"""Open a file, see through its compression, count its bytes.

Compression is told by magic bytes, never by the name. Decompression streams: at most one chunk is
held, whatever the file claims, and `Limits.bytes` ends a bomb with a LoadError.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from fingerpost.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from lzma import LZMADecompressor

    from typing_extensions import Buffer

    from fingerpost.fib.load.loaded import Limits, Progress

CHUNK = 1 << 20
HEAD = 1 << 16
STDIN = "-"

TableFile = str | os.PathLike[str] | IO[bytes] | IO[str]

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}


class _Counted(io.RawIOBase):
    """Any readable as a raw binary stream that counts what passed; text becomes UTF-8."""

    def __init__(self, file: IO[bytes] | IO[str]) -> None:
        self.file = file
        self.passed = 0
        self._rest = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def head(self, size: int) -> bytes:
        """Look at the first bytes, fewer than `size` only at the end of the stream."""
        while len(self._rest) < size and (part := self._part(size)):
            self._rest += part
        return self._rest[:size]

    def _part(self, size: int) -> bytes:
        part = self.file.read(size)
        return part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part

    def readinto(self, buffer: Buffer) -> int:
        """Fill `buffer` from the file; 0 at its end."""
        view = memoryview(buffer).cast("B")
        if not self._rest:
            self._rest = self._part(len(view))
        taken = self._rest[: len(view)]
        self._rest = self._rest[len(taken) :]
        view[: len(taken)] = taken
        self.passed += len(taken)
        return len(taken)


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _Xz:
    """Reads xz with bounded memory: a header may ask for a dictionary of 4 GB."""

    def __init__(self, raw: io.BufferedReader, memory: int) -> None:
        self._raw = raw
        self._memory = memory
        self._stream = self._new()

    def _new(self) -> LZMADecompressor:
        import lzma

        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=self._memory)

    def read1(self, size: int, /) -> bytes:
        """Give at most `size` decompressed bytes; b"" at the end of the last stream."""
        while True:
            fed = self._stream.unused_data if self._stream.eof else b""
            if self._stream.eof:
                fed = fed or self._raw.read1(CHUNK)
                if not fed:
                    return b""
                self._stream = self._new()
            elif self._stream.needs_input:
                fed = self._raw.read1(CHUNK)
                if not fed:
                    raise EOFError
            if out := self._stream.decompress(fed, size):
                return out


class Source:
    """One open table file: `head` to look at, `chunks` or `stream` to read."""

    def __init__(
        self,
        name: str,
        counted: _Counted,
        size: int | None,
        limits: Limits,
        progress: Progress | None,
    ) -> None:
        """Look at the first bytes; `size` is that of the file on disk, None where unknown.

        Raises LoadError for a compression that is not read here, or a damaged start.
        """
        self.name = name
        self.limits = limits
        self.decompressed = 0
        self._counted = counted
        self._size = size
        self._progress = progress
        self.compression = compression_of(counted.head(6))
        self._plain = self._opened(io.BufferedReader(counted, CHUNK))
        self._pending = self.head = self._first(HEAD)

    def _opened(self, raw: io.BufferedReader) -> _Readable:
        match self.compression:
            case "gzip":
                import gzip

                return gzip.GzipFile(fileobj=raw)
            case "bzip2":
                import bz2

                return bz2.BZ2File(raw)
            case "xz":
                return _Xz(raw, self.limits.memory)
            case "zstd" | "zip" as other:
                tool = {"zstd": "zstd -dc", "zip": "unzip -p"}[other]
                message = f"{self.name} is {other}-compressed: gzip, bzip2 and xz are read directly"
                raise LoadError(f"{message}; for {other} pipe it in: {tool} FILE | ... -")
        return raw

    def read(self, size: int = CHUNK) -> bytes:
        """Give the next decompressed bytes, at most `size`; b"" at the end.

        Raises LoadError where the file is damaged or exceeds `Limits.bytes`.
        """
        chunk, self._pending = self._pending[:size], self._pending[size:]
        chunk = chunk or self._guarded(size)
        self.decompressed += len(chunk)
        if self.decompressed > self.limits.bytes:
            raise LoadError(
                f"{self.name} is larger than {self.limits.bytes} bytes when decompressed; "
                "if that is meant, raise Limits(bytes=...), --max-bytes"
            )
        if self._progress is not None:
            self._progress(self._counted.passed, self._size)
        return chunk

    def chunks(self) -> Iterator[bytes]:
        """Give the whole file in decompressed chunks."""
        while chunk := self.read():
            yield chunk

    def check_memory(self, used: int) -> None:
        """Raise LoadError where the table exceeds `Limits.memory`."""
        if used > self.limits.memory:
            raise LoadError(
                f"{self.name} becomes a table of more than {self.limits.memory} bytes; "
                "if that is meant, raise Limits(memory=...), --max-memory"
            )

    def _first(self, size: int) -> bytes:
        head = b""
        while len(head) < size and (part := self._guarded(size - len(head))):
            head += part
        return head

    def _guarded(self, size: int) -> bytes:
        """Read; a damaged compressed stream becomes a LoadError."""
        import zlib

        try:
            return self._plain.read1(size)
        except EOFError:
            fault = "ends early: it was cut off"
        except zlib.error as error:
            fault = f"is damaged: {error}"
        except OSError as error:
            if error.errno is not None:
                raise
            fault = f"is damaged: {error}"
        except Exception as error:
            if type(error).__name__ != "LZMAError":  # lzma is imported only where it is needed
                raise
            fault = f"is damaged: {error}"
        raise LoadError(f"{self.name}: the {self.compression} stream {fault}; fetch the file again")


def compression_of(head: bytes) -> str | None:
    """Name the compression that starts with these bytes."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


@contextmanager
def open_source(file: TableFile, limits: Limits, progress: Progress | None) -> Iterator[Source]:
    """Open a path, `-` for standard input, or an open file, which stays open."""
    if not isinstance(file, str | os.PathLike):
        name = getattr(file, "name", None)
        shown = name if isinstance(name, str) else f"<{type(file).__name__}>"
        yield Source(shown, _Counted(file), None, limits, progress)
    elif file == STDIN:
        yield Source("<stdin>", _Counted(sys.stdin.buffer), None, limits, progress)
    else:
        path = Path(file)
        try:
            opened = path.open("rb")
        except OSError as error:
            raise LoadError(f"{path}: {error.strerror or error}") from error
        with opened:
            size = path.stat().st_size if path.is_file() else None
            yield Source(str(path), _Counted(opened), size, limits, progress)
