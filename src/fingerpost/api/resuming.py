"""What a daemon leaves to the next one when it ends to come back (RFC 3623 2.1).

A small file beside the history of configurations. It counts once: who starts reads it and removes
it, so that a crash later on is no restart that anybody planned.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.config.history.files import settle, write_whole
from fingerpost.protocol.settings import Resumption, with_resumption

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fingerpost.router.config import RouterConfig

NAME = "restart.json"
LARGEST = 1 << 20


def leave(folder: Path, kept: Mapping[str, Mapping[str, object]], reason: str) -> None:
    """Write what instances keep, by their names. Raises `OSError` where that cannot be."""
    said = {"reason": reason, "instances": {name: dict(one) for name, one in kept.items()}}
    write_whole(folder / NAME, json.dumps(said, indent=1).encode())


def take(folder: Path, wall_ns: int) -> tuple[Mapping[str, Mapping[str, object]], str | None]:
    """Take what was left: what is still waited for at a time of day, and why nothing is.

    Nothing counts that cannot be read, or cannot be removed so that it would count again.
    """
    path = folder / NAME
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST)
        path.unlink()
        settle(folder)
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, str(error)
    try:
        instances = json.loads(data)["instances"]
        found = {
            str(name): one
            for name, one in instances.items()
            if isinstance(one, dict) and isinstance(one.get("until_ns"), int)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, f"{path} cannot be read"
    waited = {name: one for name, one in found.items() if one["until_ns"] > wall_ns}
    late = "" if len(waited) == len(found) else f"nobody waits any more for {_names(found, waited)}"
    return waited, late or None


def _names(found: Mapping[str, object], waited: Mapping[str, object]) -> str:
    return ", ".join(name for name in found if name not in waited)


def resumed(config: RouterConfig, kept: Mapping[str, Mapping[str, object]]) -> RouterConfig:
    """The configuration for who starts where the kernel forwards by routes of an earlier run."""
    protocols = {
        name: replace(one, settings=with_resumption(one.settings, Resumption(kept.get(name))))
        for name, one in config.protocols.items()
    }
    return replace(config, protocols=protocols)
