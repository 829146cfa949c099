"""The store of applied configurations: its pointers, its bound, and a kill at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fingerpost.config.history import History
from fingerpost.config.history.entry import Index, decode
from fingerpost.errors import UsageError


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "store", keep=5)


def apply(history: History, text: str, now: int = 0, confirm_by: int | None = None) -> int:
    number = history.propose(text, now, source="router.yaml").number
    history.run(number, confirm_by)
    return number


def numbers(history: History) -> list[int]:
    return [one.number for one in history.entries()]


def test_a_folder_that_was_never_used_has_nothing(history: History) -> None:
    assert history.entries() == ()
    assert (history.candidate, history.running, history.confirmed) == (None, None, None)
    assert history.recover() is None


def test_a_configuration_is_candidate_then_running(history: History) -> None:
    first = history.propose("router: {name: a}\n", 7, source="a.yaml", comment="the first")
    assert (first.number, first.applied, first.source, first.comment) == (
        1,
        7,
        "a.yaml",
        "the first",
    )
    assert history.candidate == first
    assert history.running is None
    history.run(1)
    assert history.candidate is None
    assert history.running == history.confirmed == history.entries()[0]
    assert history.text(1) == "router: {name: a}\n"


def test_texts_are_kept_byte_for_byte(history: History) -> None:
    text = "# ü\r\nrouter:\r\n\tx \u2028\n"
    assert history.text(apply(history, text)) == text


def test_only_the_owner_may_read_it(history: History) -> None:
    apply(history, "a")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in history.folder.iterdir()}
    assert modes == {"000001.yaml": 0o600, "index.json": 0o600, "lock": 0o600}
    assert stat.S_IMODE(history.folder.stat().st_mode) == 0o700


def test_a_candidate_that_cannot_be_applied_is_dropped(history: History) -> None:
    apply(history, "a")
    history.propose("b", 0)
    history.discard()
    assert numbers(history) == [1]
    assert not (history.folder / "000002.yaml").exists()
    assert apply(history, "c") == 3  # a number is given out once


def test_a_new_candidate_takes_the_place_of_one_that_never_ran(history: History) -> None:
    history.propose("a", 0)
    history.propose("b", 0)
    assert numbers(history) == [2]


def test_what_is_not_confirmed_leads_back_to_what_was(history: History) -> None:
    apply(history, "a")
    apply(history, "b", confirm_by=100)
    assert history.running is not None
    assert history.confirmed is not None
    assert (history.running.number, history.confirmed.number, history.confirm_by) == (2, 1, 100)
    assert history.rollback().number == 1
    history.run(1)
    assert history.confirm_by is None
    assert apply(history, "c") == 3
    assert history.rollback().number == 1  # never to the one that failed


def test_what_is_confirmed_stays(history: History) -> None:
    apply(history, "a")
    apply(history, "b", confirm_by=100)
    assert history.confirm().number == 2
    assert history.confirm_by is None
    assert history.recover() is None
    assert history.running is not None
    assert history.running.number == 2
    with pytest.raises(UsageError, match="nothing waits to be confirmed"):
        history.confirm()


def test_each_rollback_leads_further_back_and_never_to_and_fro(history: History) -> None:
    for text in "abcd":
        apply(history, text)
    led = []
    for _ in range(3):
        number = history.rollback().number
        history.run(number)
        led.append(history.text(number))
    assert led == ["c", "b", "a"]
    with pytest.raises(UsageError, match="nothing earlier is kept: 0 steps are possible"):
        history.rollback()
    assert numbers(history) == [1, 2, 3, 4]  # all can still be had by number
    history.run(4)
    assert history.rollback().number == 3


def test_several_steps_at_once(history: History) -> None:
    for text in "abcd":
        apply(history, text)
    assert history.rollback(2).number == 2
    with pytest.raises(UsageError, match="3 steps are possible"):
        history.rollback(4)
    with pytest.raises(UsageError, match="rollback of 0 steps, expected at least 1"):
        history.rollback(0)


def test_an_interrupted_rollback_loses_nothing(history: History) -> None:
    for text in "abc":
        apply(history, text)
    history.rollback()
    assert history.recover() is None
    assert history.running is not None
    assert history.running.number == 3
    assert numbers(history) == [1, 2, 3]


def test_who_begins_runs_what_was_confirmed(history: History) -> None:
    apply(history, "a")
    apply(history, "b", confirm_by=100)
    history.propose("never ran", 50)
    again = History(history.folder)
    lost = again.recover()
    assert lost is not None
    assert lost.number == 2
    assert again.running is not None
    assert again.running.number == 1
    assert again.candidate is None
    assert numbers(again) == [1, 2]
    assert again.confirm_by is None


def test_the_first_configuration_cannot_wait_for_a_confirmation(history: History) -> None:
    history.propose("a", 0)
    with pytest.raises(UsageError, match="nothing was confirmed before"):
        history.run(1, confirm_by=100)


def test_only_so_many_are_kept_and_always_those_that_are_pointed_to(history: History) -> None:
    for text in "abcdefgh":
        apply(history, text)
    assert numbers(history) == [4, 5, 6, 7, 8]
    history.run(4)
    for text in "ijklm":
        apply(history, text, confirm_by=100)
    assert numbers(history) == [4, 10, 11, 12, 13]
    texts = sorted(path.name for path in history.folder.glob("*.yaml"))
    assert texts == [f"{number:06}.yaml" for number in (4, 10, 11, 12, 13)]


def test_one_that_is_not_kept_is_told_with_those_that_are(history: History) -> None:
    apply(history, "a")
    apply(history, "b")
    with pytest.raises(UsageError, match="no configuration 7 is kept; there is 1, 2"):
        history.text(7)
    with pytest.raises(UsageError, match="no configuration 7 is kept"):
        history.run(7)


def test_a_text_that_somebody_changed_is_not_given_out(history: History) -> None:
    apply(history, "a")
    path = history.folder / "000001.yaml"
    path.write_text("b")
    with pytest.raises(UsageError, match=r"000001\.yaml is not what was applied"):
        history.text(1)
    path.unlink()
    with pytest.raises(UsageError, match=r"000001\.yaml is gone"):
        history.text(1)


def test_nothing_can_be_kept_in_no_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="keeps 0 configurations"):
        History(tmp_path / "store", keep=0)


INDEX = json.loads(Index().encode())


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({**INDEX, "format": 2}).encode(),
        json.dumps({**INDEX, "running": 1}).encode(),
        json.dumps({**INDEX, "next_number": 0}).encode(),
        json.dumps({**INDEX, "confirm_by": "soon"}).encode(),
        json.dumps({**INDEX, "more": 1}).encode(),
        json.dumps({**INDEX, "entries": [{"number": "1"}]}).encode(),
        json.dumps({**INDEX, "entries": [1]}).encode(),
    ],
)
def test_an_index_that_is_none_is_told(history: History, held: bytes) -> None:
    (history.folder / "index.json").write_bytes(held)
    with pytest.raises(UsageError, match=r"index\.json is no list of applied configurations"):
        history.entries()


def test_an_index_reads_as_it_was_written(history: History) -> None:
    apply(history, "a")
    apply(history, "b", confirm_by=9)
    data = (history.folder / "index.json").read_bytes()
    assert decode(data, "x").encode() == data


# -- a kill at any moment ----------------------------------------------------------------------


class Killed(BaseException):
    """What a process that is killed does not see."""


# not close: the lock of a process that is gone is free, ours would be held by this one
CALLS = ("open", "fsync", "rename", "replace", "unlink", "write")


def moments(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[None]:
    """Let the process die before its call number `after` into the operating system."""
    count = iter(range(10_000))

    def deadly(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - any call
            if next(count) >= after:
                raise Killed
            return call(*args, **more)

        return wrapped

    with monkeypatch.context() as patch:
        for name in CALLS:
            call = getattr(os, name)
            patch.setattr(os, name, deadly(call if name != "fsync" else lambda _: None))
        yield


def steps(history: History) -> None:
    """Propose, run, confirm, roll back, drop: every step of the store."""
    number = history.propose("new text", 5).number
    history.run(number, confirm_by=100)
    history.confirm()
    history.run(history.rollback().number)
    history.propose("dropped", 6)
    history.discard()


def state(history: History) -> tuple[int, ...]:
    entry = history.running
    assert entry is not None
    for one in history.entries():
        assert history.text(one.number)  # every text that is listed is there, and as it was
    return (entry.number, *numbers(history))


def test_a_kill_at_any_moment_leaves_a_store_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = History(tmp_path / "prepared", keep=3)
    for text in "abc":
        apply(prepared, text)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nobody cuts the power here
    seen = set()
    for after in range(10_000):
        shutil.copytree(prepared.folder, tmp_path / str(after))
        history = History(tmp_path / str(after), keep=3)
        died = False
        for _ in moments(monkeypatch, after):
            try:
                steps(history)
            except Killed:
                died = True
        again = History(history.folder, keep=3)
        again.recover()
        seen.add(state(again))
        assert apply(again, "after all") > 3
        assert [path.name for path in again.folder.iterdir() if "unfinished" in path.name] == []
        if not died:
            break
    assert after > 40  # so many moments there were
    assert seen == {(3, 1, 2, 3), (3, 2, 3), (4, 2, 3, 4), (3, 2, 3, 4), (3, 3, 4)}


PROCESS = """
import sys
from fingerpost.config.history import History
history = History(sys.argv[1], keep=4)
print("ready", flush=True)
for round in range(100_000):
    number = history.propose(f"text {round} " * 50, round).number
    history.run(number, confirm_by=round if round % 3 else None) if round else history.run(number)
    if round % 3 == 1:
        history.confirm()
"""


@pytest.mark.parametrize("wait", [0.0, 0.02, 0.05, 0.11, 0.2])
def test_a_process_that_is_killed_leaves_a_store_that_works(tmp_path: Path, wait: float) -> None:
    folder = tmp_path / "store"
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    history = History(folder, keep=4)
    history.recover()
    for one in history.entries():
        assert history.text(one.number).startswith("text ")
    assert len(history.entries()) <= 4
    assert apply(history, "and on it goes") == history.entries()[-1].number


PROPOSALS = """
import sys
from fingerpost.config.history import History
for round in range(20):
    History(sys.argv[1], keep=500).propose(f"text {round}", round)
"""


def test_processes_that_apply_at_once_wait_for_each_other(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROPOSALS, str(tmp_path)], stdout=subprocess.DEVNULL
        )
        for _ in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    history = History(tmp_path)
    assert history.propose("last", 0).number == 61  # sixty numbers were given out, each once


class Store(RuleBasedStateMachine):
    """Any order of steps beside a model that is a few lists and variables."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self._folder = tempfile.TemporaryDirectory()
        self.history = History(self._folder.name, keep=1000)
        self.texts: dict[int, str] = {}
        self.before: dict[int, int | None] = {}
        self.candidate: int | None = None
        self.running: int | None = None
        self.confirmed: int | None = None
        self.confirm_by: int | None = None

    def _drop_idle(self) -> None:
        if self.candidate is not None and self.candidate not in self.before:
            del self.texts[self.candidate]
        self.candidate = None

    @rule(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
    def propose(self, text: str) -> None:
        number = self.history.propose(text, 0).number
        self._drop_idle()
        self.texts[number] = text
        self.candidate = number

    def _run(self, number: int, confirm_by: int | None) -> None:
        self.history.run(number, confirm_by)
        self.before.setdefault(number, self.confirmed)
        if self.candidate not in (number, None):
            self._drop_idle()
        self.candidate = None
        self.running, self.confirm_by = number, confirm_by
        if confirm_by is None:
            self.confirmed = number

    @precondition(lambda self: self.candidate is not None)
    @rule(waits=st.booleans())
    def run_candidate(self, waits: bool) -> None:
        assert self.candidate is not None
        self._run(self.candidate, 100 if waits and self.confirmed is not None else None)

    @precondition(lambda self: self.before)
    @rule(data=st.data())
    def run_an_old_one(self, data: st.DataObject) -> None:
        self._run(data.draw(st.sampled_from(sorted(self.before))), None)

    @precondition(lambda self: self.confirm_by is not None)
    @rule()
    def confirm(self) -> None:
        assert self.history.confirm().number == self.running
        self.confirmed, self.confirm_by = self.running, None

    @rule()
    def discard(self) -> None:
        self.history.discard()
        self._drop_idle()

    @rule()
    def rollback(self) -> None:
        target = None if self.running is None else self.before[self.running]
        if target is None:
            with pytest.raises(UsageError, match="nothing earlier"):
                self.history.rollback()
            return
        assert self.history.rollback().number == target
        self._drop_idle()
        self.candidate = target

    @rule()
    def recover(self) -> None:
        lost = History(self.history.folder, keep=1000).recover()
        self._drop_idle()
        assert (None if lost is None else lost.number) == (self.confirm_by and self.running)
        if self.confirm_by is not None:
            self.running, self.confirm_by = self.confirmed, None

    @invariant()
    def agrees(self) -> None:
        held = self.history
        assert {one.number: held.text(one.number) for one in held.entries()} == self.texts
        pointers = (held.candidate, held.running, held.confirmed)
        assert [None if one is None else one.number for one in pointers] == [
            self.candidate,
            self.running,
            self.confirmed,
        ]
        assert held.confirm_by == self.confirm_by

    def teardown(self) -> None:
        self._folder.cleanup()


TestStore = Store.TestCase
TestStore.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
