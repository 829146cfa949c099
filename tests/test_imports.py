"""What imports what, and what `import fingerpost` must not drag in.

Start-up is held down by lists of modules, not by a clock: a list does not depend on the machine.
"""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "src" / "fingerpost"

SANS_IO = {
    *("addr", "wire", "forwarding", "rib", "policy", "router"),
    *("rip", "protocol", "ospf", "isis", "bgp", "bfd", "vrrp", "igmp", "pim", "static"),
    *("mrt", "bmp", "rpki"),
}
# numpy costs 100 ms, rich 50, asyncio 40: whoever needs one imports it where it is needed.
HEAVY = {"asyncio", "click", "numpy", "pandas", "polars", "pyarrow", "pydantic", "rich", "yaml"}


def modules_after(statement: str) -> set[str]:
    """Run `statement` in a fresh interpreter; give every module that it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "module", ["fingerpost", "fingerpost.addr", "fingerpost.fib", "fingerpost.wire.reader"]
)
def test_importing_the_library_imports_nothing_heavy(module: str) -> None:
    imported = modules_after(f"import {module}")
    assert "fingerpost._core" in imported or module == "fingerpost.fib"
    assert not packages(imported) & HEAVY


def test_help_imports_click_and_no_command() -> None:
    imported = modules_after("from fingerpost.cli import cli; cli.main(['--help'], 'fingerpost')")
    assert packages(imported) & HEAVY == {"click"}
    assert {m for m in imported if m.startswith("fingerpost.cli.")} == set()


@pytest.mark.parametrize(
    "words",
    [
        ["cidr", "192.0.2.130/30", "--json"],
        ["classify", "192.0.2.1", "--json"],
        ["completion", "bash"],
        ["decode", "4500001c000100004001f6dcc0000201c00002020800f7fd00010001", "--json"],
    ],
)
def test_commands_on_single_addresses_import_neither_numpy_nor_rich(words: list[str]) -> None:
    imported = modules_after(f"from fingerpost.cli import cli; cli.main({words!r}, 'fingerpost')")
    assert not packages(imported) & {"numpy", "rich", "pyarrow", "polars", "asyncio"}


def test_a_network_that_is_no_yaml_is_read_without_yaml_and_pydantic() -> None:
    statement = "from fingerpost.lab.topology import loads; loads('1|2|0')"
    assert not packages(modules_after(statement)) & {"yaml", "pydantic", "numpy", "rich", "asyncio"}


def test_a_daemon_has_no_machine_before_it_runs_a_protocol() -> None:
    pytest.importorskip("fastapi")
    imported = modules_after("import fingerpost.api.service")
    assert not imported & {f"fingerpost.{one}.machine" for one in ("ospf", "rip", "bfd")}


def test_every_room_that_does_no_io_is_in_the_contract_that_says_so() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(REPOSITORY / ".importlinter")
    listed = set(contracts["importlinter:contract:sans-io"]["source_modules"].split())
    built = {path.stem for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert listed == {f"fingerpost.{room}" for room in SANS_IO & built}


def test_no_module_imports_the_package_from_inside() -> None:
    for path in sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "__init__.py"}):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert "fingerpost" not in {name.name for name in node.names}, path
            if isinstance(node, ast.ImportFrom):
                assert node.module != "fingerpost", path


def test_every_module_defers_its_annotations() -> None:
    for path in sorted([*PACKAGE.rglob("*.py"), *(REPOSITORY / "tests").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        first = imports[0].module if imports else None
        assert first == "__future__" or len(tree.body) <= 1, path
