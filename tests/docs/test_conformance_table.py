"""The tables of conformance name tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| .* \| .*\| ((?:`\w+`(?:, )?)+) \|$", re.MULTILINE)


@pytest.mark.parametrize(("page", "least"), [("forwarding", 80), ("rip", 75), ("ospf", 50)])
def test_each_rule_of_a_page_names_a_test(page: str, least: int) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    rows = ROW.findall(text.split("## Conformance")[-1])
    named = [name for row in rows for name in re.findall(r"\w+", row)]
    assert len(named) >= least
    tests = "".join(path.read_text() for path in (ROOT / "tests" / page).rglob("test_*.py"))
    there = set(re.findall(r"^def test_(\w+)\(", tests, re.MULTILINE))
    assert [name for name in named if name not in there] == []
