"""The table of conformance names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| .* \| .*\| `(\w+)` \|$", re.MULTILINE)


def test_each_rule_of_the_forwarding_page_names_a_test() -> None:
    page = (ROOT / "docs" / "forwarding.md").read_text()
    named = ROW.findall(page.split("## Conformance")[1])
    assert len(named) > 80
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "forwarding").glob("test_*.py"))
    there = set(re.findall(r"^def test_(\w+)\(", tests, re.MULTILINE))
    assert [name for name in named if name not in there] == []
