"""Captures of a running lab, to look at in Wireshark: the frames of some links, or of all.

A frame is captured once, when it is put on its link, whatever becomes of it; pcapng files say so in
a comment ("lost"). Frames that never got so far (the queue was full, the link was down) are counted
on the link and not captured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, NamedTuple, Self

from fingerpost.errors import UsageError
from fingerpost.lab.link import Fate
from fingerpost.wire.pcap import PcapngWriter, PcapWriter

if TYPE_CHECKING:
    import os

    from fingerpost.lab.link import Link
    from fingerpost.lab.model import LinkSpec

MOST_FRAMES = 1_000_000  # kept in memory; later ones are counted
_BUFFER = 1 << 16
_ON_THE_WIRE = frozenset((Fate.SENT, Fate.LOST, Fate.DAMAGED, Fate.DUPLICATED, Fate.HELD_BACK))


class CapturedFrame(NamedTuple):
    """A frame on a link; `sender` is the end that it left, "a:eth1"."""

    instant: int
    link: str
    sender: str
    frame: bytes
    fate: Fate


class Capture:
    """A capture in progress; ends with `close`, or with the `with` block that it heads.

    With a sink every frame goes there; without, frames gather in memory (`frames`, at most
    `MOST_FRAMES`; more are counted in `dropped`) and `save` writes them.
    """

    def __init__(self, links: Mapping[str, tuple[Link, LinkSpec]], sink: Sink | None) -> None:
        """Made by `Network.capture`."""
        self.frames: list[CapturedFrame] = []
        self.count = 0
        self.dropped = 0
        self._links = links
        self._sink = sink
        self._taps: list[tuple[Link, Callable[[int, int, bytes, Fate], None]]] = []
        for name, (link, spec) in links.items():
            tap = self._tap(name, tuple(str(end) for end in spec.endpoints))
            link.taps.append(tap)
            self._taps.append((link, tap))

    def _tap(self, name: str, ends: tuple[str, ...]) -> Callable[[int, int, bytes, Fate], None]:
        def tap(now: int, end: int, frame: bytes, fate: Fate) -> None:
            if fate not in _ON_THE_WIRE:
                return
            self.count += 1
            captured = CapturedFrame(now, name, ends[end], frame, fate)
            if self._sink is not None:
                self._sink.write(captured)
            elif len(self.frames) < MOST_FRAMES:
                self.frames.append(captured)
            else:
                self.dropped += 1

        return tap

    @property
    def specs(self) -> list[LinkSpec]:
        """The links that are captured."""
        return [spec for _, spec in self._links.values()]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write what has gathered: .pcapng or .pcap as one file, else a folder with one a link."""
        sink = open_sink(path, self.specs)
        for captured in self.frames:
            sink.write(captured)
        sink.close()
        return Path(path)

    def close(self) -> None:
        """End the capture; files are complete then. A second call does nothing."""
        for link, tap in self._taps:
            link.taps.remove(tap)
        self._taps.clear()
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def __enter__(self) -> Self:
        """Capture inside the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, whatever happened."""
        self.close()

    def __iter__(self) -> Iterator[CapturedFrame]:
        """The frames that have gathered."""
        return iter(self.frames)

    def __len__(self) -> int:
        """How many frames were captured."""
        return self.count

    def __repr__(self) -> str:
        """How much there is."""
        return f"<Capture of {len(self._links):,} links: {self.count:,} frames>"


class Sink:
    """Where captured frames go."""

    def write(self, captured: CapturedFrame) -> None:
        """Take a frame."""
        raise NotImplementedError

    def close(self) -> None:
        """Complete what was written."""
        raise NotImplementedError


class _OneFile(Sink):
    """All links in one file; in pcapng each is an interface."""

    def __init__(self, path: Path, specs: list[LinkSpec]) -> None:
        self._file: IO[bytes] = path.open("wb")
        self._ng = self._classic = None
        if path.suffix == ".pcap":
            self._classic = PcapWriter(self._file)
            return
        self._ng = PcapngWriter(self._file)
        for spec in specs:
            self._ng.add_interface(
                spec.name, description=" ".join(str(end) for end in spec.endpoints)
            )

    def write(self, captured: CapturedFrame) -> None:
        if self._ng is not None:
            comment = None if captured.fate is Fate.SENT else captured.fate.value
            self._ng.write(captured.instant, captured.frame, captured.link, comment)
        elif self._classic is not None:
            self._classic.write(captured.instant, captured.frame)

    def close(self) -> None:
        self._file.close()


class _Folder(Sink):
    """A pcap a link; files are opened for each piece, since there may be thousands."""

    def __init__(self, path: Path, specs: list[LinkSpec]) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._files: dict[str, tuple[Path, BytesIO, PcapWriter]] = {}
        for spec in specs:
            file = path / f"{spec.name}.pcap"
            file.write_bytes(b"")
            buffer = BytesIO()
            self._files[spec.name] = file, buffer, PcapWriter(buffer)

    def write(self, captured: CapturedFrame) -> None:
        file, buffer, writer = self._files[captured.link]
        writer.write(captured.instant, captured.frame)
        if buffer.tell() > _BUFFER:
            _flush(file, buffer)

    def close(self) -> None:
        for file, buffer, _ in self._files.values():
            _flush(file, buffer)


def _flush(path: Path, buffer: BytesIO) -> None:
    with path.open("ab") as file:
        file.write(buffer.getvalue())
    buffer.seek(0)
    buffer.truncate()


def open_sink(path: str | os.PathLike[str], specs: list[LinkSpec]) -> Sink:
    """What writes to a path: .pcapng and .pcap are files, everything else is a folder."""
    path = Path(path)
    if str(path) == "-":
        raise UsageError("a capture is not written to standard output; name a file or a folder")
    if path.suffix in (".pcap", ".pcapng"):
        return _OneFile(path, specs)
    if path.exists() and not path.is_dir():
        raise UsageError(
            f"{path} is a file; name a folder, or a file that ends in .pcapng or .pcap"
        )
    return _Folder(path, specs)
