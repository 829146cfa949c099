"""The log: in order, complete where that is possible, never waited for."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from pathlib import Path

from fingerpost.api.journal import Journal, Level
from fingerpost.api.journal_handler import JournalHandler
from fingerpost.api.log_writer import WAITING_MOST, LogWriter, as_json


def test_records_are_written_in_order_to_the_end(tmp_path: Path) -> None:
    journal, writer = Journal(), LogWriter(as_json, tmp_path / "log")
    journal.writers.append(writer)
    writer.start()
    for number in range(500):
        journal.say(Level.INFO, "said", str(number), place=number)
    journal.say(Level.DEBUG, "said", "too quiet")
    writer.close()
    records = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [one["fields"]["place"] for one in records] == list(range(500))


def test_a_rotated_file_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "log"
    journal, writer = Journal(), LogWriter(str, log)
    journal.writers.append(writer)
    writer.start()
    journal.say(Level.INFO, "said", "before")
    end = time.monotonic() + 20
    while "before" not in log.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)
    log.rename(tmp_path / "log.1")
    writer.reopen()
    journal.say(Level.INFO, "said", "after")
    writer.close()
    assert "after" in log.read_text()
    assert "after" not in (tmp_path / "log.1").read_text()


def test_who_does_not_read_the_log_stops_nobody(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    taken: list[int] = []
    opened = threading.Thread(target=lambda: taken.append(os.open(pipe, os.O_RDONLY)))
    opened.start()
    journal, writer = Journal(), LogWriter(str, pipe)
    opened.join()
    journal.writers.append(writer)
    writer.start()

    def say_all() -> None:
        for number in range(WAITING_MOST + 20_000):
            journal.say(Level.INFO, "said", str(number))

    saying = threading.Thread(target=say_all, daemon=True)  # which would stay for ever
    saying.start()
    saying.join(60)
    assert not saying.is_alive()
    assert writer.lost > 0
    os.close(taken[0])  # the reader leaves: the writer ends with an error that it counts
    writer.close()


def test_what_libraries_log_and_nobody_caught_is_in_the_journal() -> None:
    journal = Journal()
    handler = JournalHandler(journal)
    logger = logging.Logger("library")
    logger.addHandler(handler)
    logger.info("nothing")
    try:
        raise ValueError("bad")
    except ValueError as error:
        logger.exception("it failed")
        handler.caught(None, {"message": "in a callback", "exception": error})  # type: ignore[arg-type]
    first, second = journal.records
    assert (first.kind, second.kind) == ("from library", "fault")
    assert "ValueError: bad" in first.text
    assert "in a callback" in second.text
