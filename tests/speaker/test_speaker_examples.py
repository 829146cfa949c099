"""The examples that stand in docs/speaker.md, with each other: a service that comes and goes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

from .test_speaker import HERE, THERE, free_port

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def start(name: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(EXAMPLES / name), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(stream: IO[str] | None) -> dict[str, object]:
    assert stream is not None
    found: dict[str, object] = json.loads(stream.readline())
    return found


def test_a_collector_hears_that_a_service_is_healthy_until_it_is_not() -> None:
    port = free_port()
    collector = start(
        "route_collector.py",
        *("--asn", "65001", "--router-id", "192.0.2.1", "--listen", HERE, "--port", str(port)),
        *("--accept", "127.0.0.0/8"),
    )
    announcer = None
    try:
        assert collector.stderr is not None
        assert "listening" in collector.stderr.readline()
        with socket.create_server((HERE, 0)) as service:
            announcer = start(
                "health_announcer.py",
                *("--asn", "65002", "--router-id", "192.0.2.2", "--neighbor", HERE),
                *("--neighbor-asn", "65001", "--port", str(port), "--source", THERE),
                *("--service", f"{HERE}:{service.getsockname()[1]}", "--every", "0.05"),
                *("--next-hop", "192.0.2.2", "--community", "65002:53", "203.0.113.53/32"),
            )
            assert read(collector.stdout)["is_up"] is True
            said = read(collector.stdout)
            assert said == {
                "peer": THERE,
                "prefix": "203.0.113.53/32",
                "as_path": "65002",
                "next_hop": "192.0.2.2",
                "origin": "igp",
                "med": None,
                "communities": ["65002:53"],
            }
        assert read(collector.stdout) == {"peer": THERE, "prefix": "203.0.113.53/32"}
        announcer.terminate()
        ended = read(collector.stdout)
        assert ended["is_up"] is False
        assert "the health check ends" in str(ended["why"])
        assert announcer.wait(10) == 0
        collector.terminate()
        assert collector.wait(10) == 0
    finally:
        for one in (collector, announcer):
            if one is not None:
                one.kill()
                one.communicate()
