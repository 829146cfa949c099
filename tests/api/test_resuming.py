"""What a daemon leaves to the next one counts once, and only in time (RFC 3623 2.1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fingerpost.api import resuming
from fingerpost.ospf.config import OspfConfig
from fingerpost.protocol.settings import Resumption
from fingerpost.router.config import ProtocolConfig, RouterConfig

KEPT: dict[str, dict[str, object]] = {
    "ospf": {"until_ns": 100, "areas": []},
    "ospf3": {"until_ns": 200},
}


def test_what_is_left_is_taken_once(tmp_path: Path) -> None:
    resuming.leave(tmp_path, KEPT, "restart requested")
    assert resuming.take(tmp_path, 50) == (KEPT, None)
    assert resuming.take(tmp_path, 50) == ({}, None)
    assert list(tmp_path.iterdir()) == []


def test_nobody_waits_longer_than_was_said(tmp_path: Path) -> None:
    resuming.leave(tmp_path, KEPT, "restart requested")
    assert resuming.take(tmp_path, 100) == (
        {"ospf3": {"until_ns": 200}},
        "nobody waits any more for ospf",
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"instances": 1}', "[" * 100_000, json.dumps({"instances": [1]})]
)
def test_what_cannot_be_read_is_no_restart(tmp_path: Path, text: str) -> None:
    (tmp_path / resuming.NAME).write_text(text)
    kept, why = resuming.take(tmp_path, 0)
    assert kept == {}
    assert why == f"{tmp_path / resuming.NAME} cannot be read"
    assert not (tmp_path / resuming.NAME).exists()


def test_every_instance_is_told_what_it_kept_itself() -> None:
    names = ("ospf", "ospf:b")
    protocols = {name: ProtocolConfig("ospf", OspfConfig(1, source=name)) for name in names}
    found = resuming.resumed(RouterConfig(protocols=protocols), KEPT).protocols
    told = [found[name].settings for name in names]
    assert [one.resumption for one in told if isinstance(one, OspfConfig)] == [
        Resumption(KEPT["ospf"]),
        Resumption(None),
    ]
