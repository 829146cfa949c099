"""Text tables: lines of `prefix [value]`."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Prefix
from fingerpost.errors import LoadError
from fingerpost.fib.load import Loaded, load_routes
from golden.networks import any_network

NETWORKS = any_network()
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)
VALUES = st.none() | st.lists(
    WORDS.filter(lambda word: not word.startswith("#")), min_size=1, max_size=3
).map(" ".join)


def load(text: str | bytes, **options: object) -> Loaded:
    data = text if isinstance(text, bytes) else text.encode()
    return load_routes(io.BytesIO(data), format="text", **options)  # type: ignore[arg-type]


def as_dict(loaded: Loaded) -> dict[str, object]:
    return {str(prefix): value for prefix, value in loaded.items()}


@given(st.lists(st.tuples(NETWORKS, VALUES)), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_come_back_as_they_were_written(
    rows: list[tuple[object, str | None]], newline: str, final_newline: bool
) -> None:
    lines = [str(network) if value is None else f"{network}\t {value}" for network, value in rows]
    text = newline.join(lines) + (newline if final_newline else "")
    loaded = load(text)
    assert [prefix for prefix, _ in loaded.items()] == [Prefix(str(network)) for network, _ in rows]
    golden = [Prefix(str(network)) if value is None else value for network, value in rows]
    assert loaded.values == golden
    assert loaded.bad_total == 0


@given(st.lists(NETWORKS))
def test_duplicates_count_the_rows_that_a_later_row_replaces(rows: list[object]) -> None:
    loaded = load("\n".join(map(str, rows)))
    assert loaded.duplicates == len(rows) - len(set(rows))


@given(st.binary(max_size=400))
def test_no_bytes_do_more_harm_than_a_bad_line(data: bytes) -> None:
    loaded = load(b"\n" + data)  # the newline: no magic number of a compression
    assert len(loaded.values) == loaded.routes
    assert loaded.routes + loaded.bad_total <= data.count(b"\n") + 2


def test_comments_blanks_tabs_and_a_byte_order_mark_are_passed_over() -> None:
    text = "\ufeff# head\r\n\r\n10.0.0.0/8\tone two  # why\r\n; pyasn\n\t192.0.2.1 a#b\n::/0 #x"
    assert as_dict(load(text)) == {
        "10.0.0.0/8": "one two",
        "192.0.2.1/32": "a#b",
        "::/0": Prefix("::/0"),
    }


def test_equal_values_are_one_object() -> None:
    first, second, other = load("10.0.0.0/8 north\n::/0 north\n11.0.0.0/8 south").values
    assert first is second
    assert other == "south"


def test_a_bad_line_names_file_line_value_and_what_would_be_right(tmp_path: Path) -> None:
    path = tmp_path / "routes.txt"
    path.write_text("10.0.0.0/8 a\n\n10.0.0.0/33 b\nnot-an-address c\n")
    loaded = load_routes(path)
    assert loaded.routes == 1
    assert loaded.bad_total == 2
    assert [(bad.file, bad.line, bad.text) for bad in loaded.bad] == [
        (str(path), 3, "10.0.0.0/33 b"),
        (str(path), 4, "not-an-address c"),
    ]
    assert "32" in loaded.bad[0].reason
    assert str(loaded.bad[0]).startswith(f"{path}, line 3: '10.0.0.0/33 b': ")


def test_strict_stops_at_the_first_bad_line() -> None:
    with pytest.raises(LoadError, match=r"line 2: 'x'"):
        load("10.0.0.0/8\nx\ny\n", strict=True)


def test_the_list_of_bad_lines_is_bounded_and_the_count_is_not() -> None:
    loaded = load("x\n" * 5000)
    assert len(loaded.bad) == 1000
    assert loaded.bad_total == 5000


def test_an_endless_line_is_one_bad_line_and_reading_goes_on() -> None:
    loaded = load(b"::/0\n" + b"9" * 5_000_000 + b"\n10.0.0.0/8\n")
    assert as_dict(loaded).keys() == {"::/0", "10.0.0.0/8"}
    assert [bad.line for bad in loaded.bad] == [2]
    assert len(loaded.bad[0].text) <= 120


def test_a_value_that_is_not_utf_8_is_a_bad_line() -> None:
    loaded = load("10.0.0.0/8 Köln\n11.0.0.0/8 ".encode() + b"K\xf6ln\n")
    assert loaded.values == ["Köln"]
    assert "UTF-8" in loaded.bad[0].reason


def test_the_real_full_table_loads_whole(shared_data: Path) -> None:
    path = shared_data / "table" / "prefixes.txt.gz"
    loaded = load_routes(path)
    with gzip.open(path, "rt") as lines:
        golden = lines.read().split()
    assert (loaded.format, loaded.routes, loaded.bad_total) == ("text", 1_062_046, 0)
    step = 997
    assert [str(loaded.prefixes[at]) for at in range(0, loaded.routes, step)] == golden[::step]
    assert loaded.values[step] == loaded.prefixes[step]
