"""Finds the adapters: the modules in `peers`, and files named on the command line."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from matching.peer import Peer

PEERS = Path(__file__).resolve().parent.parent / "peers"


def load(path: Path) -> type[Peer]:
    """The class `Adapter` of that file."""
    name = f"adapter_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: not a Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    adapter: type[Peer] = module.Adapter
    if not issubclass(adapter, Peer):
        raise TypeError(f"{path}: Adapter is not a matching.peer.Peer")
    return adapter


def known(more: tuple[Path, ...] = ()) -> dict[str, tuple[Path, type[Peer]]]:
    """All adapters by the name of their peer."""
    paths = [path for path in sorted(PEERS.glob("*.py")) if path.stem != "__init__"]
    classes = [(path, load(path)) for path in (*paths, *more)]
    return {adapter.name: (path, adapter) for path, adapter in classes}
