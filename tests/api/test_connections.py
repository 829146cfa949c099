"""Connections that say nothing, or too much of it at once, keep nobody else from asking."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.api.client import NoDaemonError
from fingerpost.api.connection import AT_ONCE
from fingerpost.api.journal import Level


@pytest.fixture
def running(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr("fingerpost.api.connection.PATIENCE_S", 1.0)
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


@contextlib.contextmanager
def silent(running: Running, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(socket.socket(socket.AF_UNIX))
            one.settimeout(10)
            one.connect(running.client.path)
            opened.append(one)
        yield opened


def answers(running: Running) -> bool:
    with contextlib.suppress(NoDaemonError):
        return bool(running.client.get("/v1/health")["status"] == "ok")
    return False


def test_silent_connections_are_ended(running: Running) -> None:
    with silent(running, AT_ONCE + 20) as opened:
        end = time.monotonic() + 10
        while not answers(running):
            assert time.monotonic() < end
            time.sleep(0.05)
        assert all(one.recv(1) == b"" for one in opened)


def test_a_head_that_drips_is_ended(running: Running) -> None:
    with silent(running, 1) as (one,):
        one.sendall(b"GET /v1/health HTTP/1.1\r\n")
        end = time.monotonic() + 10
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() < end:
                one.sendall(b"x: y\r\n")
                time.sleep(0.05)
        assert time.monotonic() < end


def test_who_asks_again_and_again_on_one_connection_may(running: Running) -> None:
    with silent(running, 1) as (one,):
        connection = HTTPConnection("x")
        connection.sock = one
        for _ in range(4):
            connection.request("GET", "/v1/health")
            assert connection.getresponse().read()
            time.sleep(0.5)


def test_an_answer_that_takes_longer_than_that_is_not_cut(running: Running) -> None:
    events = running.client.follow("/v1/events")
    assert next(events)["kind"] == "subscribed"
    time.sleep(1.5)
    journal = running.daemon.journal
    running.call(lambda: journal.say(Level.INFO, "said", "still here"))
    assert next(events)["text"] == "still here"
