"""The life of a daemon where something in it does not come to its end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from fingerpost.api.service import Asked, serve
from fingerpost.config.load import load
from fingerpost.host.linux.runner import LinuxHost
from netns import require_root

TEXT = "router: {name: standing}\nkernel: {enabled: false}\n"


def test_a_daemon_ends_when_asked_even_while_its_start_waits_for_ever(
    short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_root()
    file = short_path / "router.yaml"
    file.write_text(TEXT)

    async def never(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(LinuxHost, "start", never)
    asked = Asked(
        load(file), socket=short_path / "s", state=short_path / "state", keeps_capabilities=True
    )

    async def case() -> None:
        async with asyncio.timeout(10):
            await serve(asked)

    asyncio.run(case())
    assert not (short_path / "s").exists()


def test_a_daemon_gives_way_before_it_ends(
    short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6987 2: `before-end` of a stub router; the others have this time to go round it."""
    require_root()
    file = short_path / "router.yaml"
    file.write_text(
        f"{TEXT}ospf: {{router-id: 10.0.0.1, interfaces: {{lo: {{}}}},"
        " stub-router: {before-end: 300ms}}\n"
    )
    said: list[str] = []
    give_way = LinuxHost.give_way

    async def heard(host: LinuxHost) -> None:
        ospf = host.routing.protocols["ospf"].machine
        await give_way(host)
        said.append(str(ospf.snapshot()))

    monkeypatch.setattr(LinuxHost, "give_way", heard)
    asked = Asked(
        load(file), socket=short_path / "s", state=short_path / "state", keeps_capabilities=True
    )

    async def case() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(1, os.kill, os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await serve(asked)

    asyncio.run(case())
    assert len(said) == 1
    assert "'stub_router': True" in said[0]
