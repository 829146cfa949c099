"""Metrics over TCP: where the configuration says so, and nowhere else; and server-sent events."""

from __future__ import annotations

import asyncio
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.addr import Address
from fingerpost.api.journal import Level
from fingerpost.api.metrics_endpoint import TcpEndpoint, metrics_application
from fingerpost.api.openmetrics import MEDIA


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"))
    with serving(daemon_on(host, short_path), short_path) as running:
        yield running


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(running: Running, endpoint: TcpEndpoint, at: tuple[Address, int] | None) -> None:
    loop = running.call(asyncio.get_running_loop)
    asyncio.run_coroutine_threadsafe(endpoint.serve(at), loop).result(10)


def test_metrics_and_nothing_else_are_served_where_they_are_wanted(running: Running) -> None:
    endpoint = running.call(lambda: TcpEndpoint(running.daemon, "metrics", metrics_application))
    port = free_port()
    serve(running, endpoint, (Address("127.0.0.1"), port))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.headers["content-type"] == MEDIA
        assert answer.read().endswith(b"# EOF\n")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/config", timeout=10)
    assert refused.value.code == 404
    refused.value.close()
    serve(running, endpoint, None)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_an_address_that_is_taken_is_told_and_ends_nothing(running: Running) -> None:
    endpoint = running.call(lambda: TcpEndpoint(running.daemon, "metrics", metrics_application))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        serve(running, endpoint, (Address("127.0.0.1"), other.getsockname()[1]))
    (record,) = running.client.get("/v1/log", level="error")["records"]
    assert record["kind"] == "metrics not served"
    assert running.client.get("/v1/health")["status"] == "ok"


def test_events_come_as_server_sent_events_where_those_are_asked_for(running: Running) -> None:
    with socket.socket(socket.AF_UNIX) as reader:
        reader.connect(running.client.path)
        reader.settimeout(10)
        reader.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
        read = reader.makefile("rb")
        while b"data: " not in read.readline():
            pass
        running.call(lambda: running.daemon.journal.say(Level.INFO, "said", "hello"))
        lines: list[bytes] = []
        while len(lines) < 3:
            line = read.readline().strip()
            if line.startswith((b"id", b"event", b"data")):
                lines.append(line)
        read.close()
    assert lines[0] == b"id: 1"
    assert lines[1] == b"event: said"
    assert b'"text": "hello"' in lines[2]
