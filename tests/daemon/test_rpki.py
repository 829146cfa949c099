"""A router that runs goes by what StayRTR tells it, and by a file that is written anew."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daemon.processes import Process, ended, wait
from netns import Namespace, namespaces, require_root

STAYRTR = shutil.which("stayrtr")
EXPIRES = 4_000_000_000
PORT = 8282
CONFIG = f"""
bgp:
  as: 65000
  router-id: 10.255.0.1
  listen: false
  rpki: {{caches: {{127.0.0.1: {{port: {PORT}}}}}, vrp-files: [local.json]}}
"""


def write(file: Path, *roas: tuple[str, int]) -> None:
    """As a validator does it."""
    rows = [
        {"prefix": prefix, "maxLength": 24, "asn": asn, "ta": "test", "expires": EXPIRES}
        for prefix, asn in roas
    ]
    new = file.with_suffix(".new")
    new.write_text(json.dumps({"roas": rows}))
    new.replace(file)


@contextmanager
def cache(space: Namespace, file: Path) -> Iterator[None]:
    """StayRTR by a file, in a namespace."""
    assert STAYRTR is not None
    words = [STAYRTR, "-bind", f"127.0.0.1:{PORT}", "-metrics.addr", "", "-cache", str(file)]
    words += ["-checktime=false", "-protocol", "1"]
    line = ["ip", "netns", "exec", space.name, *words]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(5)


@pytest.mark.skipif(STAYRTR is None, reason="StayRTR is not installed")
def test_a_router_goes_by_a_cache_and_by_a_file(short_path: Path) -> None:
    require_root()
    told, local = short_path / "told.json", short_path / "local.json"
    write(told, ("192.0.2.0/24", 65001), ("198.51.100.0/24", 65002))
    write(local, ("203.0.113.0/24", 65003))
    with namespaces("rpki") as (space,), cache(space, told):
        router = Process(space, short_path, "validates", CONFIG)
        with ended(router):
            router.start()

            def vrps() -> int:
                return int(router.client.get("/v1/bgp/bgp/rpki")["rpki"]["vrps_ipv4"])

            wait(lambda: vrps() == 3, 20, "the cache's VRPs and the file's are there")
            (one,) = router.show("bgp", "rpki")["instances"][0]["rpki"]["caches"]
            assert (one["state"], one["is_used"]) == ("Synchronized", True)
            write(local, ("203.0.113.0/24", 65003), ("203.0.113.0/24", 65004))
            wait(lambda: vrps() == 4, 20, "the file is read again")
            assert router.end() == 0
