"""What systemd is told (sd_notify(3)): one datagram to the socket that it named; its watchdog."""

from __future__ import annotations

import os
import socket
import time


def tell_systemd(state: str, status: str = "") -> bool:
    """Tell READY=1, RELOADING=1, STOPPING=1 or WATCHDOG=1; whether somebody wanted to know.

    RELOADING carries the time, which `Type=notify-reload` asks for.
    """
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return False
    lines = [state]
    if state == "RELOADING=1":
        lines.append(f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
    if status:
        lines.append(f"STATUS={status}")
    address = f"\0{path[1:]}" if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
            told.sendto("\n".join(lines).encode(), address)
    except OSError:
        return False  # whoever started us does not listen any more; the router goes on
    return True


def watchdog_s() -> float | None:
    """How often systemd wants a sign of life, in seconds; None if it waits for none."""
    told = os.environ.get("WATCHDOG_USEC", "")
    whose = os.environ.get("WATCHDOG_PID", "")
    if not told.isdecimal() or (whose and whose != str(os.getpid())) or not int(told):
        return None
    return int(told) / 1_000_000
