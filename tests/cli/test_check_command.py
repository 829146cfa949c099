"""`fingerpost check`: what it prints, what it ends with, and what it holds a file against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import cli

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "router.yaml"
MACHINE = ["--interfaces", "eth0=10.1.0.1/24", "--interfaces", "eth1"]


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["check", *words], env=environment)


def written(folder: Path, text: str, name: str = "router.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_example_is_right() -> None:
    done = run("--off-box", "--strict", str(EXAMPLE))
    assert (done.exit_code, done.output) == (0, f"{EXAMPLE}: nothing is wrong\n")


def test_on_the_machine_secrets_must_be_there_and_hide_no_other_finding(tmp_path: Path) -> None:
    text = """\
rip: {interfaces: {eth0: {authentication: {passwords: [{password: env:A}, {password: file:k}]}}}}
policies: {p: []}
"""
    path = written(tmp_path, text)
    done = run(path, *MACHINE)
    assert done.exit_code == 1
    assert "the environment has no 'A'" in done.output
    assert "nothing uses the policy 'p'" in done.output
    Path(written(tmp_path, "sesame\n", "k")).chmod(0o600)
    done = run(path, *MACHINE, A="open")
    assert (done.exit_code, done.output.count("error")) == (0, 0)
    assert "sesame" not in done.output


def test_a_fault_is_an_error_and_ends_with_1(tmp_path: Path) -> None:
    path = written(tmp_path, "rip: {interfaces: {eth0: {cost: 16}}}")
    done = run(path)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"{path}:1:27: error: rip.interfaces.eth0.cost: 16: write a whole number from 1 to 15",
        f"{path}: 1 error",
    ]


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 1)])
def test_a_warning_is_an_error_if_that_is_asked_for(
    tmp_path: Path, options: list[str], code: int
) -> None:
    path = written(tmp_path, "policies: {p: []}")
    done = run(path, *options)
    assert done.exit_code == code
    assert done.output.endswith(f"{path}: 1 warning\n")


def test_the_machine_is_what_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "rip: {interfaces: {eth0: , eth7: }}")
    done = run(path, *MACHINE)
    assert done.exit_code == 1
    assert "error: rip.interfaces.eth7: this machine has no interface 'eth7'" in done.output
    assert "eth0:" not in done.output
    assert run(path, "--off-box").exit_code == 0


def test_routers_that_share_an_id_are_told(tmp_path: Path) -> None:
    paths = [written(tmp_path, "router: {id: 10.0.0.1}", name) for name in ("a.yaml", "b.yaml")]
    done = run("--off-box", *paths)
    assert done.exit_code == 1
    assert f"{paths[1]}:1:10: error: router.id: 10.0.0.1 is the router id in" in done.output


def test_a_file_that_is_wrong_hides_none_of_the_next(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "rip: 5", "a.yaml"),
        written(tmp_path, "policies: {p: []}", "b.yaml"),
    ]
    done = run("--off-box", "--json", *paths)
    held = json.loads(done.output)
    assert [(Path(one["file"]).name, one["kind"]) for one in held["findings"]] == [
        ("a.yaml", "fault"),
        ("b.yaml", "unused-policy"),
    ]
    assert held["counts"] == {"error": 1, "warning": 1, "note": 0}


def test_wrong_use_ends_with_2(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    assert run().exit_code == 2
    assert run(str(tmp_path / "none.yaml")).exit_code == 2
    assert run(path, "--off-box", *MACHINE).exit_code == 2
    assert run(path, "--interfaces", "eth0=nonsense").exit_code == 2
