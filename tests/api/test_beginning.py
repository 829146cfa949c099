"""Which configuration a start begins with: the file, or what was applied since."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fingerpost.api.beginning import first
from fingerpost.config.history import History
from fingerpost.config.load import load

ONE, TWO, THREE = (f"router: {{name: r, id: 10.255.0.{i}}}\n" for i in (1, 2, 3))
HOUR = 3600 * 10**9


class Place:
    """A file and a history, with the times of both."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "r.yaml"
        self.history = History(folder / "history")
        self.written = 0

    def write(self, text: str, *, hours: int) -> None:
        """Write the file; `hours` counts from now."""
        self.file.write_text(text)
        now = self.file.stat().st_mtime_ns
        self.written = now + hours * HOUR
        os.utime(self.file, ns=(self.written, self.written))

    def apply(self, text: str, *, confirm_by: int | None = None) -> None:
        self.history.run(self.history.propose(text, 1, "applied.yaml").number, confirm_by)

    def begin(self) -> tuple[str, str | None]:
        file, why = first(load(self.file), self.written, self.history, 2)
        running = self.history.running
        assert running is not None
        assert self.history.text(running.number) == file.text
        assert self.history.confirm_by is None
        return file.text, why


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_first_start_begins_with_the_file(place: Place) -> None:
    place.write(ONE, hours=-1)
    assert place.begin() == (ONE, None)


def test_a_restart_begins_with_the_same(place: Place) -> None:
    place.write(ONE, hours=-1)
    place.begin()
    assert place.begin() == (ONE, None)
    assert len(place.history.entries()) == 1


def test_an_edited_file_counts(place: Place) -> None:
    place.write(ONE, hours=-2)
    place.begin()
    place.write(TWO, hours=-1)
    assert place.begin() == (TWO, None)


def test_what_was_applied_from_elsewhere_outlives_a_restart(place: Place) -> None:
    place.write(ONE, hours=-1)
    place.begin()
    place.apply(TWO)
    text, why = place.begin()
    assert text == TWO
    assert why is not None
    assert "applied.yaml" in why


def test_a_rollback_outlives_a_restart(place: Place) -> None:
    place.write(ONE, hours=-2)
    place.begin()
    place.write(TWO, hours=-1)
    place.begin()
    place.history.run(place.history.rollback().number)
    assert place.begin()[0] == ONE


def test_a_file_that_was_written_since_counts_even_where_it_says_something_old(
    place: Place,
) -> None:
    place.write(ONE, hours=-1)
    place.begin()
    place.apply(TWO)
    place.write(ONE, hours=1)
    assert place.begin() == (ONE, None)


def test_what_waited_to_be_confirmed_has_lost(place: Place) -> None:
    place.write(ONE, hours=-2)
    place.begin()
    place.write(TWO, hours=-1)
    place.apply(TWO, confirm_by=10**30)
    text, why = place.begin()
    assert text == ONE
    assert why is not None
    assert "not confirmed" in why
    place.write(THREE, hours=-1)
    assert place.begin() == (THREE, None)


def test_a_kept_text_that_cannot_be_read_any_more_is_not_in_the_way(place: Place) -> None:
    place.write(ONE, hours=-1)
    place.begin()
    place.apply("routr: {}\n")  # as of a version that knew another language
    text, why = place.begin()
    assert text == ONE
    assert why is not None
    assert "cannot be read" in why


def test_a_start_with_one_file_never_runs_what_another_file_brought(place: Place) -> None:
    place.write(ONE, hours=-2)
    place.begin()
    named, place.file = place.file, place.file.with_name("other.yaml")
    place.write(TWO, hours=-2)
    assert place.begin() == (TWO, None)
    place.file = named
    assert place.begin() == (ONE, None)
