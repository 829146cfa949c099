"""What every command shares: --json, exit codes, errors as JSON, completion, quiet endings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import COMMANDS, DONE, FAILED, MISUSED, cli, endings
from fingerpost.cli.completion import SHELLS
from fingerpost.errors import AddressError, DecodeError, LoadError, ProtocolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = [sys.executable, "-c", "from fingerpost.cli import main; main()"]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, prog_name="fingerpost")


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Give every command below `command` that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, f"{path} {name}".strip())


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Put a command `fail` into the command line that raises what the test appends."""
    to_raise: list[BaseException] = []

    @click.command()
    @click.option("--json", is_flag=True, expose_value=False)
    def command() -> None:
        raise to_raise[0]

    found = cli.get_command

    def get_command(ctx: click.Context, name: str) -> click.Command | None:
        return command if name == "fail" else found(ctx, name)

    monkeypatch.setattr(cli, "get_command", get_command)
    return to_raise


def test_every_command_is_listed_with_its_help() -> None:
    shown = run("--help").output
    for name, (_, help_) in COMMANDS.items():
        assert name in shown
        assert help_ in shown


def test_every_command_takes_json_and_has_a_help() -> None:
    found = dict(leaves(cli, ""))
    assert {path.split()[0] for path in found} == set(COMMANDS)
    for path, command in found.items():
        options = {option for param in command.params for option in param.opts}
        assert "--json" in options, path
        assert command.help, path
        assert run(*path.split(), "--help").exit_code == DONE


def test_an_unknown_command_is_misuse() -> None:
    result = run("frobnicate")
    assert result.exit_code == MISUSED
    assert "No such command 'frobnicate'" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("wrong"), MISUSED),
        (AddressError("300.0.0.1 is not an address"), MISUSED),
        (click.UsageError("wrong"), MISUSED),
        (ProtocolError("broken"), FAILED),
        (DecodeError("broken"), FAILED),
        (LoadError("table.txt:3: no prefix"), FAILED),
        (FileNotFoundError(2, "No such file or directory", "gone.txt"), FAILED),
        (KeyboardInterrupt(), endings.INTERRUPTED),
        (BrokenPipeError(), endings.READER_LEFT),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    fail: list[BaseException], error: BaseException, code: int
) -> None:
    assert endings.exit_code_of(error) == code
    if not isinstance(error, BrokenPipeError):  # it takes the real standard output: see below
        fail.append(error)
        assert run("fail").exit_code == code


def test_an_error_is_one_line_on_standard_error(fail: list[BaseException]) -> None:
    fail.append(FileNotFoundError(2, "No such file or directory", "gone.txt"))
    result = run("fail")
    assert result.stdout == ""
    assert result.stderr == "Error: gone.txt: No such file or directory\n"


def test_with_json_an_error_is_one_line_of_json_on_standard_error(
    fail: list[BaseException],
) -> None:
    fail.append(AddressError("300.0.0.1 is not an address"))
    result = run("fail", "--json")
    assert result.exit_code == MISUSED
    assert result.stdout == ""
    assert json.loads(result.stderr) == {
        "error": {
            "kind": "AddressError",
            "message": "300.0.0.1 is not an address",
            "exit_code": MISUSED,
        }
    }
    assert result.stderr.count("\n") == 1


def test_with_json_even_a_line_that_does_not_parse_fails_in_json() -> None:
    result = run("completion", "--json", "--frobnicate")
    assert result.exit_code == MISUSED
    assert json.loads(result.stderr)["error"]["kind"] == "NoSuchOption"
    assert not endings.asks_json(["lookup", "--", "--json"])


def test_a_fault_of_ours_is_not_hidden(fail: list[BaseException]) -> None:
    fail.append(ZeroDivisionError())
    assert isinstance(run("fail").exception, ZeroDivisionError)


def test_a_reader_that_leaves_ends_us_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*RUN, "completion", "bash"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == endings.READER_LEFT
    assert done.stderr == b""


def test_ctrl_c_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)  # opening it for writing blocks until somebody reads, which nobody does
    started = (
        "import os, threading, signal\n"
        "import numpy, fingerpost.cli.table, fingerpost.fib.synthetic\n"  # not in their midst
        "from fingerpost.cli import main\n"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", started, "table", "synth", str(fifo), "--v4", "1", "--v6", "1"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == endings.INTERRUPTED == 128 + signal.SIGINT
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_completion_prints_the_script_of_each_shell(shell: str) -> None:
    script = run("completion", shell).stdout
    assert "_FINGERPOST_COMPLETE" in script
    model = json.loads(run("completion", shell, "--json").stdout)
    assert model["shell"] == shell
    assert model["script"].strip() == script.strip()
    assert "fingerpost completion" in model["install"]


def complete(words: str) -> list[str]:
    line = words.split(" ")
    environment = {
        **os.environ,
        "_FINGERPOST_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(line) - 1),
    }
    done = subprocess.run(RUN, env=environment, capture_output=True, text=True, check=True)
    return [choice.partition(",")[2] for choice in done.stdout.splitlines()]


def test_completion_offers_commands_options_and_choices() -> None:
    assert complete("fingerpost ") == sorted(COMMANDS)
    assert complete("fingerpost co") == ["completion", "confirm"]
    assert complete("fingerpost completion ") == sorted(SHELLS)
    assert complete("fingerpost table ") == ["save", "synth"]
    assert "--json" in complete("fingerpost table synth --")


def test_table_synth_writes_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    result = run("table", "synth", str(path), "--v4", "30", "--v6", "20", "--seed", "3", "--json")
    assert json.loads(result.stdout) == {"file": str(path), "seed": 3, "v4": 30, "v6": 20}
    assert len(path.read_text().splitlines()) == 50
    assert run("table", "synth", "-", "--v4", "30", "--v6", "20", "--seed", "3").stdout == (
        path.read_text()
    )


def test_table_save_writes_what_every_command_can_map(tmp_path: Path) -> None:
    text, stored = tmp_path / "three.txt", tmp_path / "three.fp"
    text.write_text("10.0.0.0/8 eth0\n10.1.0.0/16 eth1\n2001:db8::/32 eth2\n")
    done = run("table", "save", str(stored), "--table", str(text), "--json")
    model = json.loads(done.stdout)
    assert (model["v4"], model["v6"], model["table"]["format"]) == (2, 1, "text")
    for table in (text, stored):
        found = json.loads(run("lookup", "--json", "--table", str(table), "10.1.2.3").stdout)
        assert found["results"][0]["winner"]["value"] == "eth1"
    assert found["table"]["format"] == "fingerpost"


def test_table_synth_refuses_to_mix_the_table_with_json() -> None:
    result = run("table", "synth", "-", "--json")
    assert result.exit_code == MISUSED
    assert "name a FILE" in json.loads(result.stderr)["error"]["message"]


def test_version_is_told_also_from_a_tree_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", absent)
    done = CliRunner().invoke(cli, ["--version"])
    assert (done.exit_code, done.stdout) == (DONE, "fingerpost (not installed, no version)\n")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.2")
    assert CliRunner().invoke(cli, ["--version"]).stdout == "fingerpost 1.2\n"
