"""Files that a host writes for an instance: whole ones at their places; what goes wrong is told."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fingerpost.forwarding.events import Happened
from fingerpost.host.linux.files import Files
from fingerpost.protocol.events import AppendFile, FinishFile

FULL = Path("/dev/full")
BIG = bytes(1 << 16)


class Written:
    """Files in a folder, and what was reported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.files = Files(self._take)

    def _take(self, what: Happened) -> None:
        assert what.kind == "file not written"
        self.said.append(what.detail.removeprefix(f"{self.folder}/"))

    def append(self, name: str, data: bytes, *, is_compressed: bool = False) -> None:
        self.files.append(AppendFile(str(self.folder / name), data, is_compressed))

    def finish(self, name: str) -> None:
        self.files.finish(FinishFile(str(self.folder / name)))

    @property
    def names(self) -> list[str]:
        return sorted(one.name for one in self.folder.iterdir())


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    found = Written(tmp_path)
    yield found
    found.files.close()


def test_a_file_is_at_its_place_when_it_is_whole(written: Written) -> None:
    written.append("one", b"first ")
    written.append("two", b"x" * 5_000, is_compressed=True)
    assert written.names == ["one.part", "two.part"]
    written.append("one", b"second")
    written.finish("one")
    written.finish("two")
    assert written.names == ["one", "two"]
    assert (written.folder / "one").read_bytes() == b"first second"
    assert gzip.decompress((written.folder / "two").read_bytes()) == b"x" * 5_000
    written.append("three", b"begun")
    written.files.close()
    assert written.names == ["one", "two"]
    assert written.said == []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not FULL.exists(), reason="/dev/full is not there")
@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_full_disk_is_told_at_once_and_at_the_end(
    written: Written, *, is_compressed: bool
) -> None:
    before = open_files()
    (written.folder / "full.part").symlink_to(FULL)
    data = os.urandom(len(BIG))
    for _ in range(4):
        written.append("full", data, is_compressed=is_compressed)
    assert written.said == ["full: No space left on device; nothing of it is kept"]
    assert written.names == []
    assert open_files() == before
    written.append("full", b"x" * 1_000)
    written.finish("full")
    said = "full: it would be finished now; {:,} octets more were left out"
    assert written.said[1:] == [said.format(4 * len(BIG) + 1_000)]
    written.append("next", b"there is room again")
    written.finish("next")
    assert written.names == ["next"]


@pytest.mark.skipif(not FULL.exists(), reason="/dev/full is not there")
def test_a_disk_that_is_full_at_the_end_is_told(written: Written) -> None:
    (written.folder / "full.part").symlink_to(FULL)
    written.append("full", b"short enough to be buffered")
    written.finish("full")
    assert written.said == ["full: No space left on device; nothing of it is kept"]
    assert written.names == []


def test_a_folder_that_is_not_there_is_told_once_a_file(written: Written) -> None:
    for _ in range(3):
        written.append("no/where", b"12345")
    written.finish("no/where")
    assert written.said == [
        "no/where: No such file or directory; nothing of it is kept",
        "no/where: it would be finished now; 15 octets more were left out",
    ]
    written.finish("nothing was written to it")
    assert len(written.said) == 2
