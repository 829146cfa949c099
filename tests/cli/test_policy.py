"""`fingerpost policy`: trying policies on routes, and finding lines that do nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fingerpost.cli import DONE, FAILED, MISUSED, cli
from policy.file_text import TEXT


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "policies.yaml"
    path.write_text(TEXT)
    return str(path)


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["policy", *words], input=given)


def test_the_line_that_decides_is_named_and_what_it_changed(file: str) -> None:
    result = run("test", file, "from-rip", "10.1.0.0/16 rip metric 3 tag 7", "192.0.2.0/24 rip")
    assert result.exit_code == DONE
    assert result.stdout.splitlines() == [
        "10.1.0.0/16 nowhere proto rip [120/3] tag 7: accept by line near",
        "  policy from-rip line mark: tag = 120, continue",
        "  policy from-rip line near: metric +1, accept",
        "  changed metric 3 -> 4, tag 7 -> 120",
        "192.0.2.0/24 nowhere proto rip [120/0]: reject by line end",
        "  policy from-rip line end: reject, for no line decided",
        "2 routes: 1 accepted, 1 rejected",
    ]


def test_routes_come_as_lines_and_as_json(file: str, tmp_path: Path) -> None:
    row = {"prefix": "10.1.0.0/16", "protocol": "rip", "metric": 3}
    given = f"# ours\n10.2.0.0/16 rip metric 5\n\n{json.dumps(row)}\n"
    assert run("test", file, "from-rip", "--routes", "-", given=given).stdout.endswith(
        "2 routes: 2 accepted, 0 rejected\n"
    )
    path = tmp_path / "routes.json"
    for held in ([row, row], {"routes": [row], "next": None}, row):
        path.write_text(json.dumps(held))
        model = json.loads(run("test", file, "from-rip", "--routes", str(path), "--json").stdout)
        assert {one["after"]["metric"] for one in model["results"]} == {4}
        assert model["results"][0]["line"] == "near"


def test_expectations_that_are_not_met_are_a_failure(file: str) -> None:
    result = run("test", file, "from-rip", "192.0.2.0/24 rip", "--expect", "accept")
    assert result.exit_code == FAILED
    assert "  WRONG: expected accept, is reject by line end" in result.stdout
    assert run("test", file, "from-rip", "::/0 rip", "--expect", "reject").exit_code == DONE


def test_the_tests_of_the_file_are_run(file: str) -> None:
    result = run("test", file)
    assert result.exit_code == DONE
    assert result.stdout.endswith("4 routes: 2 accepted, 2 rejected\n")
    assert run("test", file, "bare").stdout.endswith("1 route: 1 accepted, 0 rejected\n")
    path = Path(file)
    path.write_text(TEXT.replace("metric: 4", "metric: 5"))
    result = run("test", file)
    assert result.exit_code == FAILED
    assert "WRONG: line 13 of the file: expected metric 5, is 4" in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("from-rop",),
        ("from-rip", "10.1.0.0/16 rip metrik 3"),
        ("from-rip", "--expect", "accept"),
        ("--routes", "-"),
    ],
)
def test_wrong_use_is_told_from_failure(file: str, words: tuple[str, ...]) -> None:
    assert run("test", file, *words, given="{").exit_code == MISUSED


def test_useless_lines_have_a_place(file: str) -> None:
    result = run("check", file)
    assert result.exit_code == FAILED
    lines = result.stdout.splitlines()
    assert lines[1] == (
        f"{file}:9:9: from-rip line nearer: shadowed, line near ends with all that it means"
    )
    assert lines[-1] == f"{file}: 2 policies, 3 useless lines, 4 tests, 0 failed"
    model = json.loads(run("check", file, "--json").stdout)
    assert [one["line"] for one in model["findings"]] == [2, 9, 11]


def test_a_file_in_which_all_is_well(file: str) -> None:
    Path(file).write_text("policies: {p: [{match: {tag: 1}}]}")
    result = run("check", file)
    assert (result.exit_code, result.stdout) == (DONE, f"{file}: 1 policy\n")


def test_a_policy_with_faults_names_them(file: str) -> None:
    Path(file).write_text("policies: {p: [{then: drop}]}")
    result = CliRunner().invoke(cli, ["policy", "check", file])
    assert result.exit_code != DONE
