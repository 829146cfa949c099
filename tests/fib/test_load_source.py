"""Opening, decompressing, limiting and recognising table files."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fingerpost.errors import LoadError
from fingerpost.fib.load import FORMATS, Limits, load_routes

TEXT = "".join(f"10.{n >> 8}.{n & 255}.0/24 v{n % 7}\n" for n in range(20_000)).encode()
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def stream(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


@pytest.mark.parametrize("how", PACK)
def test_compression_is_told_by_content_not_by_name(how: str, tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(PACK[how](TEXT))
    assert load_routes(path).routes == 20_000


@pytest.mark.parametrize("how", PACK)
def test_members_in_a_row_are_one_file(how: str) -> None:
    half = TEXT.index(b"\n", len(TEXT) // 2) + 1
    packed = PACK[how](TEXT[:half]) + PACK[how](TEXT[half:])
    assert load_routes(stream(packed)).routes == 20_000


@pytest.mark.parametrize("how", PACK)
def test_a_cut_off_stream_is_an_error_not_a_short_table(how: str) -> None:
    packed = PACK[how](TEXT)
    with pytest.raises(LoadError, match=f"the {how} stream"):
        load_routes(stream(packed[: len(packed) // 2]))


@pytest.mark.parametrize("how", PACK)
def test_a_damaged_stream_is_an_error(how: str) -> None:
    packed = bytearray(PACK[how](TEXT))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(LoadError, match=f"the {how} stream is damaged"):
        load_routes(stream(bytes(packed)), format="text")


@pytest.mark.parametrize("how", PACK)
def test_a_bomb_ends_at_the_limit(how: str) -> None:
    bomb = PACK[how](b"::/0 x\n" + b"# nothing\n" * 500_000)
    assert len(bomb) < 1 << 18
    with pytest.raises(LoadError, match=r"raise Limits\(bytes=...\)"):
        load_routes(stream(bomb), limits=Limits(bytes=1 << 20))


def test_an_xz_header_that_demands_a_huge_dictionary_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 64 << 20}]
    packed = lzma.compress(TEXT, filters=filters)
    with pytest.raises(LoadError, match="xz stream is damaged"):
        load_routes(stream(packed), limits=Limits(memory=16 << 20))


@pytest.mark.parametrize(
    ("magic", "advice"), [(b"\x28\xb5\x2f\xfd", "zstd -dc"), (b"PK\x03\x04", "unzip -p")]
)
def test_other_compressions_are_named_with_a_way_out(magic: bytes, advice: str) -> None:
    with pytest.raises(LoadError, match=advice):
        load_routes(stream(magic + b"rest"))


def test_a_table_larger_than_the_memory_limit_stops() -> None:
    with pytest.raises(LoadError, match=r"raise Limits\(memory=...\)"):
        load_routes(stream(TEXT), limits=Limits(memory=1 << 20))


def test_progress_counts_the_bytes_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(TEXT * 20))
    seen: list[tuple[int, int | None]] = []
    load_routes(path, progress=lambda done, total: seen.append((done, total)))
    size = path.stat().st_size
    assert len(seen) > 3
    assert {total for _, total in seen} == {size}
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (size, size)


def test_standard_input_is_a_dash() -> None:
    program = "from fingerpost.fib.load import load_routes; print(load_routes('-').routes)"
    run = subprocess.run(
        [sys.executable, "-c", program], input=gzip.compress(TEXT), capture_output=True, check=True
    )
    assert run.stdout == b"20000\n"


def test_an_open_text_file_is_read_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(TEXT)
    with path.open() as file:
        assert load_routes(file).routes == 20_000
        assert not file.closed


def test_a_file_that_is_not_there_is_a_load_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="No such file"):
        load_routes(tmp_path / "absent")


def test_the_collector_runs_again_after_loading() -> None:
    assert gc.isenabled()
    with pytest.raises(LoadError):
        load_routes(stream(b"nonsense\n"))
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "text"),
        ("# only a comment\n", "text"),
        ("10.0.0.0/8\n", "text"),
        ("; pyasn\n10.0.0.0/8\t64500\n", "text"),
        ("10.0.0.0/8 dev\n", "text"),
        ("garbage\n10.0.0.0/8 x\n", "text"),
        ("default dev eth0 scope link\n", "ip-route"),
        ("10.0.0.0/8 dev eth0 scope link\n", "ip-route"),
        ("local 10.0.0.1 dev lo\n", "ip-route"),
        ('[{"dst":"default","dev":"eth0"}]', "ip-route"),
        ("{}", "frr"),
        ("prefix,asn\n10.0.0.0/8,1\n", "csv"),
        ("# comment\nNetwork;AS\n10.0.0.0/8;1\n", "csv"),
        ('"start ip"\t"end ip"\tcc\n', "csv"),
    ],
)
def test_the_content_tells_the_format(content: str, kind: str) -> None:
    assert load_routes(stream(content.encode())).format == kind


def test_a_named_format_wins_over_the_content() -> None:
    loaded = load_routes(stream(b"10.0.0.0/8 dev eth0\n"), format="text")
    assert loaded.values == ["dev eth0"]


@pytest.mark.parametrize(("content", "kind"), [(b"once upon a time\n", None), (b"::/0\n", "xml")])
def test_unknown_content_and_unknown_formats_list_what_there_is(
    content: bytes, kind: str | None
) -> None:
    with pytest.raises(LoadError) as caught:
        load_routes(stream(content), format=kind)
    assert all(name in str(caught.value) for name in FORMATS)


def test_options_of_another_format_are_refused() -> None:
    with pytest.raises(LoadError, match="peer= is for format mrt"):
        load_routes(stream(b"::/0\n"), peer="192.0.2.1")
    with pytest.raises(LoadError, match="value="):
        load_routes(stream(b"::/0 x\n"), value="asn")
