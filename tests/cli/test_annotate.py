"""`fingerpost annotate`: rows go through as they stand, with the matches behind them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.cli import cli
from fingerpost.cli.annotate import Ticker
from fingerpost.errors import DecodeError
from fingerpost.fib import Fib
from fingerpost.fib.streams import Annotator, Plan, annotate_csv

RUN = [sys.executable, "-c", "from fingerpost.cli import main; main()", "annotate"]
TABLE = '10.0.0.0/8 ten\n10.1.0.0/16 ten-one\n192.0.2.0/24 say "doc", please\n2001:db8::/32 doc6\n'


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.txt"
    path.write_text(TABLE)
    return path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: bytes
    stderr: bytes


Run = Callable[..., Done]


@pytest.fixture
def run(table: Path) -> Run:
    def run(*words: str, given: bytes | str = b"") -> Done:
        line = ["annotate", "--table", str(table), *words]
        result = CliRunner().invoke(cli, line, input=given, prog_name="fingerpost")
        assert isinstance(result.exception, SystemExit | None), result.exc_info
        return Done(result.exit_code, result.stdout_bytes, result.stderr_bytes)

    return run


def written(done: Done) -> str:
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_it_is_a_filter(table: Path) -> None:
    words = [*RUN, "--table", str(table), "--column", "ip"]
    done = subprocess.run(words, input=b"ip\n10.0.0.1\n", capture_output=True, check=True)
    assert done.stdout == b"ip,route\n10.0.0.1,ten\n"
    assert done.stderr.startswith(b"1 rows: 1 matched")


def test_csv_rows_get_new_cells_at_their_end(run: Run) -> None:
    done = run(
        "--column",
        "ip",
        "--into",
        "via",
        "--prefix",
        "net",
        given="ts,ip,n\n1,10.1.2.3,x\n2,,y\n3,203.0.113.1,z\n4,nonsense,z\n5,2001:db8::5,z\n",
    )
    assert written(done) == (
        "ts,ip,n,via,net\n"
        "1,10.1.2.3,x,ten-one,10.1.0.0/16\n"
        "2,,y,,\n"
        "3,203.0.113.1,z,,\n"
        "4,nonsense,z,,\n"
        "5,2001:db8::5,z,doc6,2001:db8::/32\n"
    )
    summary = done.stderr.decode()
    assert "5 rows: 2 matched, 1 unmatched, 1 empty, 1 bad" in summary
    assert "record 4, column 'ip': 'nonsense'" in summary


def test_cells_are_quoted_where_csv_demands_it(run: Run) -> None:
    plain = "ip\n192.0.2.1\n10.0.0.1\n"
    quoted = 'note,ip\n"two\nlines, and ""quotes""","192.0.2.1"\nno,10.0.0.1\n'
    for given_, width in ((plain, 1), (quoted, 2)):
        rows = list(csv.reader(io.StringIO(written(run("--column", "ip", given=given_)))))
        before = list(csv.reader(io.StringIO(given_)))
        assert [row[:width] for row in rows] == before
        assert [row[width:] for row in rows] == [["route"], ['say "doc", please'], ["ten"]]


def test_line_ends_byte_order_mark_and_odd_bytes_come_through(run: Run) -> None:
    for end in (b"\n", b"\r\n"):
        raw = b"\xef\xbb\xbfip,name" + end + b"10.0.0.1,\xff\xfe" + end + b"10.1.0.1,b"
        done = run("--column", "ip", given=raw)
        assert done.stdout == (
            b"\xef\xbb\xbfip,name,route"
            + end
            + b"10.0.0.1,\xff\xfe,ten"
            + end
            + b"10.1.0.1,b,ten-one"
            + end
        )


def test_short_rows_are_filled_up_and_long_ones_refused(run: Run) -> None:
    assert written(run("--column", "ip", given="n,ip,x\n1,10.0.0.1\n2\n\n3,10.1.0.1,z\n")) == (
        "n,ip,x,route\n1,10.0.0.1,,ten\n2,,,\n3,10.1.0.1,z,ten-one\n"
    )
    done = run("--column", "ip", given="n,ip\n1,10.0.0.1\n2,10.0.0.1,7\n")
    assert done.returncode == 1
    assert b"record 2 has 3 fields, the header 2" in done.stderr


def test_several_columns_put_their_name_in_front(run: Run) -> None:
    done = run("-c", "src", "-c", "dst", "-p", "net", given="src,dst\n10.0.0.1,2001:db8::1\n")
    assert written(done) == (
        "src,dst,src_route,src_net,dst_route,dst_net\n"
        "10.0.0.1,2001:db8::1,ten,10.0.0.0/8,doc6,2001:db8::/32\n"
    )


def test_other_delimiters(run: Run) -> None:
    assert written(run("-c", "ip", "-d", ";", given="n;ip\n1,5;10.0.0.1\n")) == (
        "n;ip;route\n1,5;10.0.0.1;ten\n"
    )
    assert written(run("-c", "ip", "-f", "tsv", given="n\tip\n1\t10.0.0.1\n")) == (
        "n\tip\troute\n1\t10.0.0.1\tten\n"
    )
    assert run("-c", "ip", "-d", "ab", given="ip\n").returncode == 2


def test_strict_fails_at_the_first_bad_address(run: Run) -> None:
    done = run("--column", "ip", "--strict", given="ip\n10.0.0.1\n10.0.0\n")
    assert done.returncode == 1
    assert b"record 2, column 'ip': '10.0.0'" in done.stderr
    assert b"fewer than four octets" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-c", "dst"], "no column 'dst'; there are 'ip', 'n'"),
        (["-c", "ip", "-i", "n"], "'n' would be there twice"),
        (["-c", "ip", "-i", ""], "nothing to add"),
        (["-c", "ip", "-i", "x="], "give NAME or NAME=KEY"),
        (["-c", "ip", "-i", "x=asn"], "no value has 'asn'"),
        (["-c", "ip", "-f", "jsonl", "-d", ","], "--delimiter is for CSV"),
    ],
)
def test_what_cannot_be_is_said_with_exit_code_2(run: Run, words: list[str], said: str) -> None:
    done = run(*words, given="ip,n\n10.0.0.1,1\n")
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_keys_and_attributes_of_values(run: Run, tmp_path: Path) -> None:
    routes = tmp_path / "routes.txt"
    routes.write_text("10.0.0.0/8 via 192.0.2.1 dev eth0 proto static metric 20\n")
    words = ["--table", str(routes), "-c", "ip", "-i", "dev=interface", "-i", "metric=metric"]
    assert written(run(*words, given="ip\n10.0.0.1\n192.0.2.9\n")) == (
        "ip,dev,metric\n10.0.0.1,eth0,20\n192.0.2.9,,\n"
    )


def test_json_lines_keep_what_they_held(run: Run) -> None:
    lines = (
        '{"ip": "10.1.0.1",  "deep": {"x": [1, 2]}}\n'
        "\n"
        '{}\n{"ip": null}\n{"ip": ""}\n{"ip": 167772161}\n{"ip": 1.5}\n{"ip": true} \n'
    )
    done = run("-f", "jsonl", "-c", "ip", "-p", "net", given=lines)
    assert written(done).splitlines() == [
        '{"ip": "10.1.0.1",  "deep": {"x": [1, 2]}, "route": "ten-one", "net": "10.1.0.0/16"}',
        '{"route": null, "net": null}',
        '{"ip": null, "route": null, "net": null}',
        '{"ip": "", "route": null, "net": null}',
        '{"ip": 167772161, "route": "ten", "net": "10.0.0.0/8"}',
        '{"ip": 1.5, "route": null, "net": null}',
        '{"ip": true, "route": null, "net": null}',
    ]
    assert b"7 rows: 2 matched, 3 empty, 2 bad" in done.stderr


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ("{}\nnonsense\n", 1, "record 2 is no JSON"),
        ("{}\n[1]\n", 1, "record 2 is '[1]', not an object"),
        ("[" * 100_000, 1, "record 1 is no JSON"),
        ('{"route": 1}\n', 2, "record 1 has a member 'route'"),
    ],
)
def test_json_lines_that_are_none(run: Run, lines: str, code: int, said: str) -> None:
    done = run("-f", "jsonl", "-c", "ip", given=lines)
    assert done.returncode == code
    assert said in done.stderr.decode()


def test_parquet_rows_and_types(run: Run, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows, out = tmp_path / "rows.parquet", tmp_path / "out.parquet"
    columns = {"ip": ["10.1.0.1", None, "x", "2001:db8::1"], "n": [1, 2, 3, 4]}
    parquet.write_table(pa.table(columns), rows)
    done = run("-c", "ip", "-p", "net", str(rows), "-o", str(out))
    assert written(done) == ""
    assert b"4 rows: 2 matched, 1 empty, 1 bad" in done.stderr
    found = parquet.read_table(out)
    assert found.to_pydict() == {
        **columns,
        "route": ["ten-one", None, None, "doc6"],
        "net": ["10.1.0.0/16", None, None, "2001:db8::/32"],
    }
    piped = run("-f", "parquet", "-c", "ip", given=rows.read_bytes())
    assert piped.returncode == 0
    assert parquet.read_table(io.BytesIO(piped.stdout)).column("route").to_pylist()[0] == "ten-one"


def test_numbers_stay_numbers_in_parquet(run: Run, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    routes, rows, out = (tmp_path / name for name in ("r.txt", "rows.parquet", "out.parquet"))
    routes.write_text("10.0.0.0/8 via 192.0.2.1 dev eth0 metric 20\n")
    parquet.write_table(pa.table({"ip": ["10.0.0.1", "192.0.2.9"]}), rows)
    words = ["--table", str(routes), "-c", "ip", "-i", "metric=metric"]
    assert run(*words, str(rows), "-o", str(out)).returncode == 0
    assert parquet.read_table(out).column("metric").type == pa.int64()
    assert parquet.read_table(out).column("metric").to_pylist() == [20, None]


def test_a_file_that_is_no_parquet(run: Run) -> None:
    pytest.importorskip("pyarrow")
    done = run("-f", "parquet", "-c", "ip", given="ip\n10.0.0.1\n")
    assert done.returncode == 1
    assert b"no Parquet file" in done.stderr


def test_parquet_without_pyarrow_says_what_to_install(table: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError('gone')")
    done = subprocess.run(
        [*RUN, "--table", str(table), "-c", "ip", "-f", "parquet"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert b"pip install 'fingerpost[arrow]'" in done.stderr


def test_the_format_follows_the_names(run: Run, tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.ndjson", tmp_path / "out.jsonl"
    rows.write_text('{"ip": "10.0.0.1"}\n')
    assert run("-c", "ip", str(rows), "-o", str(out)).returncode == 0
    assert json.loads(out.read_text()) == {"ip": "10.0.0.1", "route": "ten"}


def test_output_appears_only_when_it_is_whole(run: Run, tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    rows.write_text("ip\n10.0.0.1\nnonsense\n")
    out.write_text("what was there")
    assert run("-c", "ip", str(rows), "-o", str(out), "--strict").returncode == 1
    assert out.read_text() == "what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "rows.csv", "table.txt"]
    assert run("-c", "ip", str(rows), "-o", str(out)).returncode == 0
    assert out.read_text() == "ip,route\n10.0.0.1,ten\nnonsense,\n"
    done = run("-c", "ip", str(out), "-o", str(out))
    assert done.returncode == 2
    assert b"is read and written" in done.stderr


def test_json_gives_the_summary_where_the_rows_are_not(run: Run, tmp_path: Path) -> None:
    done = run("-c", "ip", "--json", given="ip\n10.0.0.1\n\nx\n")
    assert done.stdout == b"ip,route\n10.0.0.1,ten\nx,\n"
    model = json.loads(done.stderr)
    counts = {name: model[name] for name in ("rows", "matched", "unmatched", "empty", "bad")}
    assert counts == {"rows": 2, "matched": 1, "unmatched": 0, "empty": 0, "bad": 1}
    assert model["first_bad"][0]["value"] == "x"
    assert model["table"]["prefixes"] == 4
    assert model["added"] == ["route"]
    out = tmp_path / "out.csv"
    done = run("-c", "ip", "--json", "-o", str(out), given="ip\n10.0.0.1\n")
    assert json.loads(done.stdout)["rows"] == 1
    assert out.read_text() == "ip,route\n10.0.0.1,ten\n"


def test_an_empty_file_and_a_lone_header(run: Run) -> None:
    done = run("-c", "ip", given="")
    assert done.returncode == 1
    assert b"its first line must name the columns" in done.stderr
    assert written(run("-c", "ip", given="ip")) == "ip,route\n"


def test_an_open_quote_does_not_swallow_the_file(run: Run) -> None:
    done = run("-c", "ip", given='n,ip\n"1,10.0.0.1\n' + "2,10.0.0.1\n" * 50_000)
    assert done.returncode == 1
    assert b"is a quote left open?" in done.stderr


def test_bad_lines_of_the_table_are_listed_and_strict_refuses_them(
    run: Run, tmp_path: Path
) -> None:
    routes = tmp_path / "bad.txt"
    routes.write_text("10.0.0.0/8 ten\n10.0.0.0/33 no\n")
    done = run("--table", str(routes), "-c", "ip", given="ip\n10.0.0.1\n")
    assert written(done) == "ip,route\n10.0.0.1,ten\n"
    assert b"bad.txt, line 2: '10.0.0.0/33" in done.stderr
    assert run("--table", str(routes), "-c", "ip", "--strict", given="ip\n").returncode == 1


def quoted(cell: str) -> str:
    """As RFC 4180 2 has it."""
    needs = any(char in cell for char in ',"\r\n')
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def annotated(rows: Iterable[list[str]], end: str = "\n") -> list[list[str]]:
    """What the command should make of CSV rows, said with the csv module and single lookups."""
    fib = Fib({"10.0.0.0/8": "ten", "10.1.0.0/16": 'a "b", c'})
    text = "".join(",".join(map(quoted, row)) + end for row in rows)
    sink = io.StringIO(newline="")
    annotator = Annotator(fib, Plan(("ip",), {"route": None}, "net"))
    annotate_csv(annotator, io.StringIO(text, newline=""), sink)
    return list(csv.reader(io.StringIO(sink.getvalue(), newline="")))


_cell = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
_ip = st.sampled_from(["10.0.0.1", "10.1.0.1", "", "x", "192.0.2.1", "10.1.0.1 ", '"', "a,b"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_cell, _ip, _cell), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_any_csv_comes_through_whatever_its_quoting(
    rows: list[tuple[str, str, str]], end: str
) -> None:
    answers = {
        "10.0.0.1": ["ten", "10.0.0.0/8"],
        "10.1.0.1": ['a "b", c', "10.1.0.0/16"],
    }
    found = annotated([["a", "ip", "b"], *map(list, rows)], end)
    assert found[0] == ["a", "ip", "b", "route", "net"]
    assert found[1:] == [[*row, *answers.get(row[1], ["", ""])] for row in rows]


def test_blocks_and_the_switch_to_quoted_rows_lose_nothing() -> None:
    rows = [[str(n), f"10.{n % 2}.0.1", "x" * (n % 90)] for n in range(40_000)]
    rows[30_000][2] = 'from here on, "quoted"\n'
    found = annotated([["n", "ip", "fill"], *rows])
    assert [row[:3] for row in found[1:]] == rows
    assert [row[4] for row in found[1:]] == ["10.0.0.0/8", "10.1.0.0/16"] * 20_000


def test_a_line_without_end_is_refused() -> None:
    class Endless(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            return "x" * (size or 0)

    annotator = Annotator(Fib({"10.0.0.0/8": 1}), Plan(("ip",), {"route": None}))
    with pytest.raises(DecodeError, match="longer than"):
        annotate_csv(annotator, Endless(), io.StringIO())


PEAK = """
import io, resource
from fingerpost.fib import Fib
from fingerpost.fib.streams import Annotator, Plan, annotate_csv, annotate_json_lines
class Made(io.TextIOBase):
    def __init__(self, rows, line): self.rows, self.line, self.done = rows, line, 0
    def _some(self, n):
        n = min(n, self.rows - self.done)
        text = "".join(self.line(i) for i in range(self.done, self.done + n))
        self.done += n
        return text
    def read(self, size): return self._some(size // 60)
    def readline(self, size): return self._some(1)
class Null(io.TextIOBase):
    def write(self, text): return len(text)
def peak(rows):
    fib = Fib({f"10.{n}.0.0/16": f"as{n}" for n in range(256)})
    csv = lambda i: "ip,n\\n" if i == 0 else f"10.{i % 256}.{i % 200}.1,{'x' * 40}\\n"
    quoted = lambda i: "ip,n\\n" if i == 0 else f'"10.{i % 256}.{i % 200}.1","{"x" * 40}"\\n'
    object_ = lambda i: f'{{"ip": "10.{i % 256}.{i % 200}.1", "n": "{"x" * 30}"}}\\n'
    plan = Plan(("ip",), {"route": None}, "net")
    annotate_csv(Annotator(fib, plan), Made(rows, csv), Null())
    annotate_csv(Annotator(fib, plan), Made(rows, quoted), Null())
    annotate_json_lines(Annotator(fib, plan), Made(rows, object_), Null())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak(30_000), peak(110_000))
"""


def test_memory_does_not_grow_with_the_file() -> None:
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    short, long = map(int, done.stdout.split())
    assert long - short < 4 << 10  # KB; the 80,000 rows more are 5 MB of text, 15 MB as objects


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_terminals_only_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("fingerpost.cli.annotate.time.monotonic", lambda: now[0])
    terminal, file = Terminal(), io.StringIO()
    tickers: list[Any] = [Ticker(terminal), Ticker(file)]
    for now[0], rows in ((0.5, 1000), (2.0, 4000), (2.1, 5000), (2.7, 8100)):
        for ticker in tickers:
            ticker.rows(rows)
    for ticker in tickers:
        with ticker:
            pass
    assert file.getvalue() == ""
    shown = terminal.getvalue().split("\r\x1b[K")
    assert shown == ["", "4,000 rows, 2,000 a second", "8,100 rows, 3,000 a second", ""]
