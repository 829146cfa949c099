"""The demonstration runs, on a small table, and finds no wrong answer."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from fingerpost.fib.synthetic import SyntheticTable, full_table

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo.py"


def test_the_demonstration_runs_and_finds_no_wrong_answer(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("demo", DEMO)
    assert spec is not None
    assert spec.loader is not None
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)

    def small_table(seed: int) -> SyntheticTable:
        return full_table(seed, v4=20_000, v6=4_000)

    monkeypatch.setattr(demo, "full_table", small_table)
    monkeypatch.setattr(demo, "BULK", 20_000)
    monkeypatch.setattr(demo, "SINGLE", 1_000)
    monkeypatch.setattr(sys, "argv", ["demo.py"])
    monkeypatch.syspath_prepend(DEMO.parent)
    demo.main()
    shown = capfd.readouterr().out
    assert "192.0.2.131" in shown  # the broadcast address of 192.0.2.130/30
    assert "eth2" in shown  # the longest of the three
    assert "200 answers, 0 wrong" in shown
    assert "10.2.3.0/24  via 172.16.3.2 dev eth3  wins" in shown
    assert "Time to live exceeded" in shown  # between two routers that point at each other
    assert "7 of 7 expectations met" in shown
    assert "1000 of 1000 answered" in shown
