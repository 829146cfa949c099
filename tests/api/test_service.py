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
