"""Health, interfaces, policies, metrics, and what no request may exceed."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.standing import Running, StandingHost, daemon_on, interface, serving
from fingerpost.api.bounds import LARGEST_BODY
from fingerpost.api.client import Client, NoDaemonError, RefusedError
from fingerpost.api.openmetrics import Family, Kind, text

CONFIG = """
router: {name: standing, id: 10.255.0.1}
prefix-lists: {all: [permit 0.0.0.0/0 le 32]}
policies:
  picky:
    - {name: everything, match: {prefix-list: all}, then: accept}
    - {name: never, match: {prefix-list: all}, then: reject}
kernel: {export: picky}
static: [192.0.2.0/24 via 10.0.0.7]
"""


@pytest.fixture
def running(short_path: Path) -> Iterator[Running]:
    host = StandingHost(interface("eth0", 2, "10.0.0.1/24"), interface("eth1", 3, is_up=False))
    daemon = daemon_on(host, short_path, CONFIG)
    host.announce("rip", "198.51.100.0/24")
    with serving(daemon, short_path) as running:
        yield running


def test_health_and_version_say_who_answers(running: Running) -> None:
    health = running.client.get("/v1/health")
    assert (health["status"], health["name"]) == ("ok", "standing")
    assert health["unconfirmed_s"] is None
    assert running.client.get("/v1/version")["name"] == "standing"


def test_interfaces_have_state_and_addresses(running: Running) -> None:
    rows = running.client.get("/v1/interfaces")["interfaces"]
    assert [(row["name"], row["is_up"], row["addresses"]) for row in rows] == [
        ("eth0", True, ["10.0.0.1/24"]),
        ("eth1", False, []),
    ]
    up = running.client.get("/v1/interfaces", up=True)["interfaces"]
    assert [row["name"] for row in up] == ["eth0"]


def test_policies_have_hits_and_say_which_lines_do_nothing(running: Running) -> None:
    (policy,) = running.client.get("/v1/policies")["policies"]
    assert policy["name"] == "picky"
    assert policy["used_by"] == ["forwarding of main"]
    assert policy["lines"][0]["hits"] >= 1
    assert [(one["line"], one["sort"]) for one in policy["findings"]] == [("never", "shadowed")]
    with pytest.raises(RefusedError, match="no policy 'other'"):
        running.client.get("/v1/policies", name="other")


def test_to_look_does_not_count_as_a_hit(running: Running) -> None:
    before = running.client.get("/v1/policies")["policies"][0]["lines"]
    running.client.get("/v1/routes")
    running.client.get("/v1/why", asked="192.0.2.1")
    assert running.client.get("/v1/policies")["policies"][0]["lines"] == before


def test_metrics_are_openmetrics(running: Running) -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    exposition = running.client.text("/metrics")
    families = {one.name: one for one in parser.text_string_to_metric_families(exposition)}
    assert families["fingerpost_interface_up"].samples[0].labels == {"interface": "eth0"}
    assert families["fingerpost_rib_prefixes"].samples[0].value == 3
    assert exposition.endswith("\n# EOF\n")


def test_labels_are_escaped() -> None:
    family = Family("x", Kind.COUNTER, 'says "a"\nand b')
    family.add(1, name='a"\\\n')
    assert text([family]).splitlines() == [
        "# TYPE x counter",
        '# HELP x says \\"a\\"\\nand b',
        'x_total{name="a\\"\\\\\\n"} 1',
        "# EOF",
    ]


def test_every_path_is_described(running: Running) -> None:
    document = running.client.get("/openapi.json")
    assert {"/v1/routes", "/v1/rib", "/v1/config/apply", "/metrics"} <= document["paths"].keys()
    assert "Problem" in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            assert said["responses"]["200"]["content"], (path, method)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/v1/nothing", 404), ("DELETE", "/v1/routes", 405)],
)
def test_what_is_not_there_is_a_problem_document(
    running: Running, method: str, path: str, status: int
) -> None:
    answer = _raw(running, f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d" % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_a_body_that_is_too_large_is_refused_and_not_gathered(running: Running) -> None:
    head = (
        "POST /v1/config/diff HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {LARGEST_BODY * 4}\r\n\r\n"
    )
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(running.client.path)
        client.settimeout(10)
        client.sendall(head.encode())
        answer = b""
        try:
            for _ in range(LARGEST_BODY * 4 // 65536):
                client.sendall(b" " * 65536)
        except (BrokenPipeError, ConnectionResetError):
            pass
        else:
            pytest.fail("all of it was taken")
        answer = client.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413")
    assert running.client.get("/v1/health")["status"] == "ok"


def test_garbage_is_answered_and_ends_nothing(running: Running) -> None:
    answer = _raw(running, "\x16\x03\x01 no HTTP\r\n\r\n")
    assert re.match(rb"HTTP/1.1 400", answer)
    assert running.client.get("/v1/health")["status"] == "ok"


def test_nobody_at_the_socket_is_said(short_path: Path) -> None:
    with pytest.raises(NoDaemonError, match="fingerpost run FILE"):
        Client(str(short_path / "none.sock")).get("/v1/health")


def _raw(running: Running, octets: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(running.client.path)
        client.settimeout(10)
        client.sendall(octets.encode("latin-1"))
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while part := client.recv(65536):
            answer += part
    return answer
