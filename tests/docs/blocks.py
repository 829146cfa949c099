"""The fenced blocks of a page, and how each kind is run.

    ```python               runs, in the page's one namespace; with >>> its output is compared
    ```console              every line `$ ...` runs in a shell, its output is compared
    ```text title="NAME"    is the file NAME in the page's folder, for the blocks below it
    ```sh                   set-up: shown, not run

`...` in an expected output stands for any text, as in doctest.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENING = re.compile(r"^(?P<indent> *)```(?P<language>\w+)?(?: +(?P<attributes>.*))?$")
TITLE = re.compile(r'title="([^"]+)"')
COMPARE = doctest.ELLIPSIS
TIME_LIMIT_S = 120


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its title or "", its text, and the line its text starts at."""

    language: str
    title: str
    text: str
    line: int


def blocks(markdown: str) -> Iterator[Block]:
    """Give the fenced blocks of a page, those inside tabs and admonitions included."""
    lines = iter(enumerate(markdown.splitlines(), start=1))
    for number, line in lines:
        opening = OPENING.match(line)
        if opening is None:
            continue
        indent = len(opening["indent"])
        text = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            text.append(inner[indent:] + "\n")
        else:
            raise ValueError(f"line {number}: the block is never closed")
        title = TITLE.search(opening["attributes"] or "")
        yield Block(opening["language"] or "", title[1] if title else "", "".join(text), number + 1)


@dataclass(slots=True)
class Page:
    """A page being executed: where its files are, and the names its Python has defined."""

    name: str
    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    ran: int = 0

    def run(self, block: Block) -> None:
        """Run one block, or write it as a file; fail with the page and line of what is wrong."""
        if block.title:
            (self.folder / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "python" and ">>>" in block.text:
            self._compare_python(block)
        elif block.language == "python":
            padded = "\n" * (block.line - 1) + block.text
            exec(compile(padded, self.name, "exec"), self.names)
            self.ran += 1
        elif block.language == "console":
            self._compare_console(block)

    def _compare_python(self, block: Block) -> None:
        test = doctest.DocTestParser().get_doctest(
            block.text, self.names, self.name, self.name, block.line - 1
        )
        report: list[str] = []
        runner = doctest.DocTestRunner(optionflags=COMPARE)
        runner.run(test, out=report.append, clear_globs=False)
        self.names.update(test.globs)
        self.ran += len(test.examples)
        if report:
            raise AssertionError("".join(report))

    def _compare_console(self, block: Block) -> None:
        for offset, command, expected in _commands(block.text):
            got = self._shell(command)
            self.ran += 1
            if not doctest.OutputChecker().check_output(expected, got, COMPARE):
                place = f"{self.name}:{block.line + offset}"
                raise AssertionError(f"{place}: $ {command}\nexpected:\n{expected}\ngot:\n{got}")

    def _shell(self, command: str) -> str:
        binaries = os.path.dirname(sys.executable)  # noqa: PTH120 - a link must stay a link
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
                "PATH": f"{binaries}:{os.environ['PATH']}",
                "COLUMNS": "100",
                "NO_COLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIME_LIMIT_S,
        )
        # an empty line at the end, as ping prints one, would not be seen on a page
        return "".join(f"{line.rstrip()}\n" for line in done.stdout.rstrip().splitlines())


def _commands(text: str) -> Iterator[tuple[int, str, str]]:
    """Give line, command and expected output of each `$` in a console block."""
    found: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(text.splitlines()):
        if line.startswith("$ "):
            found.append((number, [line[2:]], []))
        elif line.startswith("> ") and found and not found[-1][2]:
            found[-1][1].append(line[2:])
        elif found:
            found[-1][2].append(line)
        elif line.strip():
            raise ValueError(f"a console block starts with '$ ', not with {line!r}")
    for number, command, output in found:
        while output and not output[-1].strip():
            output.pop()
        yield number, "\n".join(command), "".join(f"{line.rstrip()}\n" for line in output)
