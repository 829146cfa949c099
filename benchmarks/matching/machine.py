"""Says on what the figures were measured: without it they mean nothing."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np

VECTOR_FLAGS = ("avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vpopcntdq", "neon")


def machine() -> dict[str, str | int | list[str]]:
    """CPU, cores, vector flags, memory, kernel and versions."""
    info = _fields(Path("/proc/cpuinfo"))
    memory = _fields(Path("/proc/meminfo")).get("MemTotal", "")
    flags = set((info.get("flags") or info.get("Features") or "").split())
    return {
        "cpu": info.get("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "flags": [flag for flag in VECTOR_FLAGS if flag in flags],
        "cache": info.get("cache size", ""),
        "memory": memory,
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": np.__version__,
        "load": f"{os.getloadavg()[0]:.1f} at the start",
    }


def line(found: dict[str, str | int | list[str]]) -> str:
    """The same in one line."""
    flags = found["flags"]
    shown = " ".join(flags) if isinstance(flags, list) else ""
    return (
        f"{found['cpu']}, {found['cores']} cores ({shown}), {found['system']}, "
        f"{found['python']}, numpy {found['numpy']}, load {found['load']}"
    )


def _fields(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (text.partition(":") for text in path.read_text().splitlines() if ":" in text)
    return {name.strip(): value.strip() for name, _, value in reversed(list(pairs))}
