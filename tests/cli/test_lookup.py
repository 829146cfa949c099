"""`fingerpost lookup`."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from io import StringIO
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import cli, routes
from fingerpost.errors import AddressError, LoadError, UsageError
from golden import mrt
from golden.mrt import GoldenEntry

CHAPTER = "10.0.0.0/8 eth0\n10.1.0.0/16 eth1\n10.1.2.0/24 eth2\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "three-interfaces.txt"
    path.write_text(CHAPTER)
    return str(path)


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["lookup", *words], input=stdin, standalone_mode=False)


def model(*words: str, stdin: str | bytes | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("--json", *words, stdin=stdin).stdout)
    return found


def test_the_chapters_three_interfaces_are_answered_with_reasons(table: str) -> None:
    result = run("--table", table, "10.1.2.7")
    assert result.stdout.splitlines() == [
        "10.1.2.7",
        "  10.1.2.0/24  eth2  wins: the longest match with 24 bits",
        "  10.1.0.0/16  eth1  also matches, but its 16 bits are fewer than 24",
        "  10.0.0.0/8   eth0  also matches, but its 8 bits are fewer than 24",
    ]
    assert (result.return_value, result.stderr) == (None, "")


def test_json_is_the_model_that_the_text_prints(table: str) -> None:
    found = model("--table", table, "10.1.9.9")
    assert found["table"]["format"] == "text"
    assert found["table"]["prefixes"] == 3
    (answer,) = found["results"]
    assert answer["winner"]["prefix"] == "10.1.0.0/16"
    assert answer["winner"]["value"] == "eth1"
    assert [loser["prefix"] for loser in answer["losers"]] == ["10.0.0.0/8"]


def exit_code(*words: str, stdin: str = "") -> int:
    command = [sys.executable, "-c", "from fingerpost.cli import main; main()", "lookup", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True).returncode


def test_the_exit_code_tells_found_from_not_found_from_misused(table: str) -> None:
    assert exit_code("--table", table, "10.1.2.7") == 0
    assert exit_code("--table", table, "10.1.2.7", "192.0.2.1") == 1
    assert exit_code("--table", table, "not-an-address") == 2
    assert exit_code("--table", table) == 2
    assert exit_code("--table", f"{table}.absent", "10.1.2.7") == 1


def test_an_address_without_route_says_so(table: str) -> None:
    assert "no route: no prefix of the table contains it" in run("--table", table, "::1").stdout


def test_addresses_come_from_standard_input_with_a_dash(table: str) -> None:
    found = model("--table", table, "-", stdin="10.1.2.7\n\n# comment\nx\n10.9.9.9 # why\n")
    assert [answer["address"] for answer in found["results"]] == ["10.1.2.7", "10.9.9.9"]
    assert [(bad["line"], bad["text"]) for bad in found["bad_lines"]] == [(4, "x")]


def test_the_table_may_come_from_standard_input_but_not_both() -> None:
    found = model("--table", "-", "10.1.2.7", stdin=gzip.compress(CHAPTER.encode()))
    assert found["results"][0]["winner"]["value"] == "eth2"
    with pytest.raises(UsageError, match="not both"):
        raise_of("--table", "-", "-")


def raise_of(*words: str) -> None:
    error = run(*words).exception
    assert error is not None
    raise error


def test_a_bad_address_is_refused_with_what_would_be_right(table: str) -> None:
    with pytest.raises(AddressError, match=r"10\.1\.2\.256"):
        raise_of("--table", table, "10.1.2.256")


def test_bad_lines_are_reported_and_strict_stops(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(CHAPTER + "bad line\n" * 30)
    result = run("--table", str(path), "10.1.2.7")
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{path}, line 4: 'bad line': ")
    assert lines[-2] == "... and 20 more"
    assert lines[-1] == f"{path}: 30 bad, 3 prefixes loaded (--strict stops)"
    with pytest.raises(LoadError, match="line 4"):
        raise_of("--strict", "--table", str(path), "10.1.2.7")


def test_a_bare_prefix_is_not_said_twice(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("10.0.0.0/8\n")
    lines = run("--table", str(path), "10.1.2.7").stdout.splitlines()
    assert lines[1] == "  10.0.0.0/8  wins: the only match with 8 bits"
    assert model("--table", str(path), "10.1.2.7")["results"][0]["winner"]["value"] == "10.0.0.0/8"


def test_columns_of_csv_are_shown_by_name_and_chosen_by_value(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("prefix,asn,site\n10.0.0.0/8,64500,Bonn\n")
    assert "asn=64500 site=Bonn" in run("--table", str(path), "10.0.0.1").stdout
    winner = model("--table", str(path), "10.0.0.1")["results"][0]["winner"]
    assert winner["value"] == {"asn": "64500", "site": "Bonn"}
    chosen = model("--table", str(path), "--value", "site", "--value", "asn", "10.0.0.1")
    assert chosen["results"][0]["winner"]["value"] == ["Bonn", "64500"]


def test_a_rib_dump_shows_origin_and_path_of_the_chosen_peer(tmp_path: Path) -> None:
    path = tmp_path / "rib.gz"
    peers = mrt.peer_index([("192.0.2.1", 64500), ("192.0.2.2", 64501)])
    first, second = GoldenEntry(), GoldenEntry(peer=1, segments=[(mrt.SEQUENCE, [64501, 9])])
    network = IPv4Network("10.0.0.0/8")
    path.write_bytes(gzip.compress(peers + mrt.rib(network, [first, second])))
    words = "--table", str(path), "10.0.0.1"
    assert "AS64500 via 192.0.2.1 path 64500" in run(*words).stdout
    assert model("--peer", "AS64501", *words)["results"][0]["winner"]["value"]["origin_as"] == 9
    assert model("--peer", "192.0.2.2", *words)["results"][0]["winner"]["value"]["peer_as"] == 64501
    named = model("--value", "as_path", "--peer", "64501", *words)
    assert named["results"][0]["winner"]["value"] == "64501 9"


def test_without_a_table_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        text = {"-4": "default via 192.0.2.1 dev eth0\n", "-6": ""}[command[1]]
        return subprocess.CompletedProcess(command, 0, text, "")

    monkeypatch.setattr(subprocess, "run", answer)
    found = model("8.8.8.8")
    assert found["table"]["source"] == "ip route"
    assert found["results"][0]["winner"]["shown"] == "via 192.0.2.1 dev eth0"


def test_limits_can_be_set(table: str) -> None:
    with pytest.raises(LoadError, match="--max-bytes"):
        raise_of("--max-bytes", "10", "--table", table, "10.1.2.7")
    with pytest.raises(LoadError, match="--max-memory"):
        raise_of("--max-memory", "10", "--table", table, "10.1.2.7")


def test_colour_is_forced_and_forbidden_by_the_usual_variables(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "--table", table, "10.1.2.7"
    assert "\x1b[" not in run(*words).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run(*words).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(*words).stdout


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_once_loading_is_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with routes.progress_of("loading t") as progress:
        assert progress is not None
        progress(1, 10)
        assert terminal.getvalue() == ""
        monkeypatch.setattr(routes, "QUIET_S", -1)
        progress(5, 10)
        progress(10, None)
    assert "loading t" in terminal.getvalue()


def test_no_progress_is_drawn_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", StringIO())
    with routes.progress_of("loading t") as progress:
        assert progress is None


def test_a_lookup_imports_neither_numpy_nor_rich(table: str) -> None:
    program = (
        f"import sys; from fingerpost.cli import cli\n"
        f"cli.main(['lookup', '--table', {table!r}, '10.1.2.7'], standalone_mode=False)\n"
        f"print(*{{'numpy', 'rich', 'asyncio', 'subprocess', 'csv'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == ""
