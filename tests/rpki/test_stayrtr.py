"""Our end of the RPKI to Router protocol with StayRTR, by each version that it speaks."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fingerpost.addr import Prefix
from fingerpost.rpki.client import Client, State
from fingerpost.rpki.validity import Validity
from rpki.caches import Wired

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRES = 4_000_000_000
ROAS = (("192.0.2.0/24", 26, 65001), ("2001:db8::/32", 48, 65002))
STAYRTR = shutil.which("stayrtr")
pytestmark = pytest.mark.skipif(STAYRTR is None, reason="StayRTR is not installed")


def write(file: Path, roas: tuple[tuple[str, int, int], ...]) -> None:
    """As a cache gets it from its validator."""
    rows = [
        {"prefix": prefix, "maxLength": longest, "asn": asn, "ta": "test", "expires": EXPIRES}
        for prefix, longest, asn in roas
    ]
    aspa = {"customer_asid": 65001, "expires": EXPIRES, "providers": [65002, 65003]}
    both = {"ipv4": [aspa], "ipv6": [aspa]}
    file.write_text(json.dumps({"roas": rows, "provider_authorizations": both}))


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture(params=[0, 1, 2])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, int, Path]]:
    """StayRTR with a file of two ROAs: its version, its port, the file."""
    file, port = tmp_path / "vrps.json", free_port()
    write(file, ROAS)
    asked = ["-bind", f"127.0.0.1:{port}", "-metrics.addr", "", "-cache", str(file)]
    asked += ["-checktime=false", "-refresh", "1", "-protocol", str(request.param)]
    assert STAYRTR is not None
    with subprocess.Popen([STAYRTR, *asked], stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 20
            while not answers(port):
                assert process.poll() is None, "StayRTR has ended"
                assert time.monotonic() < end, "StayRTR does not answer"
                time.sleep(0.05)
            yield request.param, port, file
        finally:
            process.terminate()
            process.wait(5)


def test_a_cache_tells_all_and_then_what_is_new(cache: tuple[int, int, Path]) -> None:
    version, port, file = cache
    wired = Wired(port)
    client = wired.client
    assert wired.run(lambda one: one.state is State.SYNCHRONIZED), client.last_error
    assert client.version == version
    assert client.vrps.rows() == [(Prefix(prefix), longest, asn) for prefix, longest, asn in ROAS]
    assert client.vrps.validate("192.0.2.0/26", 65001) == Validity.VALID
    assert client.aspas == ({65001: (65002, 65003)} if version == 2 else {})
    serial = client.serial

    def is_new(one: Client) -> bool:
        return one.state is State.SYNCHRONIZED and one.serial != serial

    if version == 1:  # one of them is enough: it takes a while
        write(file, (*ROAS[:1], ("198.51.100.0/24", 24, 65003)))
        assert wired.run(is_new), client.last_error
        rows = [str(row[0]) for row in client.vrps.rows()]
        assert rows == ["192.0.2.0/24", "198.51.100.0/24"]
        assert client.errors == 0
    wired.close()
