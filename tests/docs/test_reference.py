"""The reference names all that is public, and the pictures show what the commands print."""

from __future__ import annotations

import html
import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from fingerpost.cli import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
CLASSES = {
    "fingerpost.addr": ("Address", "Prefix", "Interface", "PrefixSet"),
    "fingerpost.fib": ("Fib",),
}

# What Fib inherits from the native table and builds its own methods on: not for callers.
NATIVE_PARTS = {
    *("change_many", "compare_prefixes", "freeze_as", "freeze_table", "inside", "page"),
    "value_snapshot",
}


def words(page: str) -> set[str]:
    """Give every name that stands in code on a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`|^>>>.*$", text, re.MULTILINE))))


@pytest.mark.parametrize("module", CLASSES)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    documented = words("reference.md") | words("classification.md")
    assert set(importlib.import_module(module).__all__) <= documented


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in CLASSES.items() for name in names]
)
def test_every_public_member_is_in_the_reference(module: str, name: str) -> None:
    cls = getattr(importlib.import_module(module), name)
    public = {member for member in dir(cls) if not member.startswith("_")}
    assert public - NATIVE_PARTS <= words("reference.md") | words("classification.md")


def test_every_command_has_its_section() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## fingerpost ([\w-]+)", text, re.MULTILINE))
    assert sections == set(COMMANDS)


def load_script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_pictures_show_what_the_commands_print(tmp_path: Path) -> None:
    script = load_script(DOCS / "picture.py")
    for name, text in script.FILES.items():
        (tmp_path / name).write_text(text)
    for name, commands in script.PICTURES.items():
        svg = (DOCS / "pictures" / name).read_text(encoding="utf-8")
        drawn = html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)))
        for command in commands:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", script.output_of(command, tmp_path))
            assert letters(f"$ {command}{plain}") in letters(drawn), f"run docs/picture.py: {name}"
    for name, command in script.DRAWINGS.items():
        script.output_of(f"{command} -o {tmp_path / name}", script.ROOT)
        fresh = (tmp_path / name).read_text(encoding="utf-8")
        assert fresh == (DOCS / "pictures" / name).read_text(encoding="utf-8"), name
