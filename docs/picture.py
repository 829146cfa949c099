"""Draw the pictures of the README and the site: real output of real commands, as SVG.

    .venv/bin/python docs/picture.py

Run it again when the output of a command changes; the tests tell when it has.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

FOLDER = Path(__file__).resolve().parent / "pictures"
FILES = {"routes.txt": "10.0.0.0/8   eth0\n10.1.0.0/16  eth1\n10.1.2.0/24  eth2\n"}
PICTURES = {
    "lookup.svg": ["cat routes.txt", "fingerpost lookup --table routes.txt 10.1.2.7"],
    "cidr.svg": ["fingerpost cidr 192.0.2.130/30"],
}
# Drawings of examples, by the command without its output.
DRAWINGS = {
    "campus.svg": "fingerpost lab draw examples/campus.yaml"
    " --path reader,library,core1,core2,physics,lab-pc --fail border-core2",
}
ROOT = FOLDER.parent.parent
WIDTH = 96


def output_of(command: str, folder: Path) -> str:
    """Run a command as on a terminal of WIDTH columns; give what it prints, colours included."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
        "COLUMNS": str(WIDTH),
        "FORCE_COLOR": "1",
        "TERM": "xterm-256color",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode or done.stderr:
        raise SystemExit(f"$ {command}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def picture(commands: list[str], title: str) -> str:
    """Give the SVG of a terminal in which `commands` were run one after another."""
    console = Console(record=True, width=WIDTH, file=StringIO(), color_system="truecolor")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text, encoding="utf-8")
        for command in commands:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(output_of(command, folder).rstrip("\n")))
    svg = console.export_svg(title=title, theme=MONOKAI, unique_id="fingerpost")
    # The reader's own monospace: a picture asks nobody for a font.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, commands in PICTURES.items():
        (FOLDER / name).write_text(picture(commands, "fingerpost"), encoding="utf-8")
        print(FOLDER / name)
    for name, command in DRAWINGS.items():
        print(output_of(f"{command} -o {FOLDER / name}", ROOT), end="")


if __name__ == "__main__":
    main()
