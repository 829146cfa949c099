"""Capabilities: a router keeps those that it needs and gives up all others (capabilities(7)).

Written to the kernel by libc, for Python has no call for it. They are those of this thread, and of
threads and processes that it starts later, so it is done before any is started.
"""

from __future__ import annotations

import ctypes
import os
from enum import IntEnum
from pathlib import Path


class Capability(IntEnum):
    """Those that a router has a use for; the numbers are linux/capability.h's."""

    NET_BIND_SERVICE = 10  # ports below 1024: RIP 520, BGP 179
    NET_ADMIN = 12  # routes, TCP MD5, receive buffers beyond the limit
    NET_RAW = 13  # raw sockets, and sockets bound to an interface


NEEDED = frozenset(Capability)

_VERSION_3 = 0x20080522
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


_Two = _Data * 2  # 32 capabilities each


def held() -> frozenset[int]:
    """The numbers of the capabilities that this thread can use."""
    data = _Two()
    _call("capget", ctypes.byref(_Header(_VERSION_3, 0)), ctypes.byref(data))
    bits = data[0].effective | data[1].effective << 32
    return frozenset(number for number in range(64) if bits >> number & 1)


def missing() -> list[Capability]:
    """Those of the needed ones that this thread has not."""
    return sorted(NEEDED - held())


def keep_only(wanted: frozenset[Capability] = NEEDED) -> None:
    """Give up every capability but these, for good: no program that is run gets them back.

    Raises `OSError` where the kernel refuses.
    """
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    present = held()
    for number in range(_last() + 1):
        if number not in wanted and 8 in present:  # CAP_SETPCAP lets us
            _prctl(_PR_CAPBSET_DROP, number)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    bits = sum(1 << number for number in wanted & present)
    data = _Two()
    for half in range(2):
        part = bits >> 32 * half & 0xFFFF_FFFF
        data[half] = _Data(part, part, 0)
    _call("capset", ctypes.byref(_Header(_VERSION_3, 0)), ctypes.byref(data))


def _last() -> int:
    """The number of the last capability that this kernel knows."""
    return int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))


def _prctl(what: int, *values: int) -> None:
    _call("prctl", what, *(ctypes.c_ulong(one) for one in (*values, 0, 0, 0, 0)[:4]))


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
