"""The page on classification is true: its samples run, its console shows what is printed."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from click.testing import CliRunner

from fingerpost.cli import cli

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "classification.md"


def test_the_samples_run() -> None:
    ran = doctest.testfile(str(DOCUMENT), module_relative=False)
    assert ran.attempted > 10
    assert ran.failed == 0


def test_the_console_shows_what_is_printed() -> None:
    (console,) = re.findall(r"```console\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    shown = re.findall(r"\$ fingerpost (.*)\n((?:[^$].*\n)+)", console)
    assert len(shown) == 2
    for command, output in shown:
        words = command.split()
        assert CliRunner().invoke(cli, words, standalone_mode=False).stdout == output
