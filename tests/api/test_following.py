"""Files of VRPs are read again when a validator has written them, and when entries expire."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from api.standing import SECOND, StandingHost, daemon_on, interface
from fingerpost.api.daemon import Daemon
from fingerpost.api.following import EXPIRES_EVERY_S, Following
from fingerpost.api.machines import BGP, machines_of
from fingerpost.api.metrics import families
from fingerpost.api.openmetrics import text
from fingerpost.rpki.validity import Validity

SOON = 4_000_000_000
CONFIG = """
router: {name: standing, id: 10.255.0.1}
bgp:
  as: 65000
  requires-policy: false
  rpki: {vrp-files: [FILE]}
  neighbors: {10.0.0.2: {as: 65002}}
"""


class Clock:
    """The time of day, as a test has it."""

    now = float(SOON - 1000)

    def __call__(self) -> float:
        return self.now


class LaterHost(StandingHost):
    """One whose time a test lets pass: what changes in a moment is applied together."""

    ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead


class Validator:
    """A file of VRPs and a router that goes by it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "vrps.json"
        self.write(("192.0.2.0/24", 65001))
        config = CONFIG.replace("FILE", str(self.file))
        self.host = LaterHost(interface("eth0", 2, "10.0.0.1/24"))
        self.daemon: Daemon = daemon_on(self.host, folder, config)
        self.clock = Clock()
        self.following = Following(self.daemon, self.clock)

    def write(self, *roas: tuple[str, int], expires: int = SOON) -> None:
        rows = [{"prefix": one, "asn": asn, "expires": expires} for one, asn in roas]
        self.replace(json.dumps({"roas": rows}))

    def replace(self, text: str) -> None:
        """As validators do it: another file takes its place."""
        new = self.file.with_suffix(".new")
        new.write_text(text)
        new.replace(self.file)

    def look(self) -> None:
        self.host.ahead += SECOND
        asyncio.run(self.following.look())

    def state(self, prefix: str, origin: int) -> Validity:
        machine = machines_of(self.daemon, BGP)["bgp"]
        return Validity(machine.validating.vrps.validate(prefix, origin))

    def said(self, kind: str) -> list[str]:
        return [one.text for one in self.daemon.journal.records if one.kind == kind]


@pytest.fixture
def validator(short_path: Path) -> Validator:
    return Validator(short_path)


def test_a_file_that_was_written_anew_counts_at_once(validator: Validator) -> None:
    validator.look()
    assert validator.said("vrp file read") == []
    assert validator.state("192.0.2.0/24", 65001) is Validity.VALID
    validator.write(("192.0.2.0/24", 65009), ("198.51.100.0/24", 65002))
    validator.look()
    assert validator.state("192.0.2.0/24", 65001) is Validity.INVALID
    assert validator.state("198.51.100.0/24", 65002) is Validity.VALID
    (said,) = validator.said("vrp file read")
    assert said.endswith(": 2 VRPs, 0 ASPAs")
    validator.look()
    assert len(validator.said("vrp file read")) == 1


def test_a_file_that_cannot_be_read_changes_nothing_and_is_told_once(validator: Validator) -> None:
    validator.replace("{")
    validator.look()
    validator.look()
    (said,) = validator.said("vrp file refused")
    assert "no JSON" in said
    validator.file.unlink()
    validator.look()
    validator.look()
    assert len(validator.said("vrp file refused")) == 2
    assert validator.state("192.0.2.0/24", 65001) is Validity.VALID
    validator.write(("192.0.2.0/24", 65009))
    validator.look()
    assert validator.state("192.0.2.0/24", 65009) is Validity.VALID


def test_what_has_expired_counts_no_more_and_that_is_told(validator: Validator) -> None:
    validator.clock.now = SOON
    validator.look()
    assert validator.state("192.0.2.0/24", 65001) is Validity.NOT_FOUND
    (said,) = validator.said("vrps expired")
    assert "1 entries have expired" in said
    metrics = text(families(validator.daemon))
    assert f'fingerpost_rpki_file_expired{{protocol="bgp",file="{validator.file}"}} 1' in metrics
    assert 'fingerpost_rpki_vrps{family="ipv4",protocol="bgp"} 0' in metrics
    validator.write(("192.0.2.0/24", 65001), expires=SOON + 1)
    validator.look()
    assert validator.state("192.0.2.0/24", 65001) is Validity.VALID
    validator.clock.now += 1
    validator.look()  # not again so soon: all of it would be read each time
    assert validator.state("192.0.2.0/24", 65001) is Validity.VALID
    validator.clock.now += EXPIRES_EVERY_S
    validator.look()
    assert validator.state("192.0.2.0/24", 65001) is Validity.NOT_FOUND
    assert len(validator.said("vrps expired")) == 2
