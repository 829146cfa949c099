"""Numbers of packets and LSAs in words."""

from __future__ import annotations

from enum import IntFlag
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.ospf.constants import LS_INFINITY, MAX_AGE
from fingerpost.ospf.lsa.header import DO_NOT_AGE
from fingerpost.ospf.lsa.options import flag_names, option_names
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FLOAT = Struct("!f")
_SHORT = {"Nssa": "NSSA", "Te": "TE", "As": "AS", "Asbr": "ASBR"}


def _type_name(name: str) -> str:
    words = [_SHORT.get(word.capitalize(), word.lower()) for word in name.split("_")]
    return "extended " + " ".join(words[1:]) if words[0] == "e" else " ".join(words)


ROUTER_LINKS = {1: "point-to-point", 2: "transit", 3: "stub", 4: "virtual"}
NAMES = {
    2: {int(kind): _type_name(kind.name) for kind in LsaTypeV2},
    3: {int(kind): _type_name(kind.name) for kind in LsaTypeV3},
}


def type_text(version: int) -> Callable[[int], str]:
    """Give what writes the type of an LSA: "5 (external)", "0x2001 (router)"."""

    def text(kind: int) -> str:
        number = str(kind) if version == 2 else f"{kind:#06x}"
        name = NAMES[version].get(kind)
        return number if name is None else f"{number} ({name})"

    return text


def name_of(version: int, kind: int) -> str:
    """Name the type of an LSA: "router", "type 0x2999"."""
    return NAMES[version].get(kind) or f"type {type_text(version)(kind)}"


def age_text(age: int) -> str:
    """Write the age of an LSA in seconds."""
    seconds = age & DO_NOT_AGE - 1
    text = f"{seconds} (MaxAge)" if seconds == MAX_AGE else f"{seconds} s"
    return f"{text}, does not age" if age & DO_NOT_AGE else text


def metric_text(metric: int) -> str:
    """Write a metric of 24 bits."""
    return f"{metric} (unreachable)" if metric == LS_INFINITY else str(metric)


def options_text(version: int) -> Callable[[int], str]:
    """Give what writes options: "0x42 (O|E)"."""
    digits = 4 if version == 2 else 8

    def text(number: int) -> str:
        return f"{number:#0{digits}x} ({option_names(number, version)})"

    return text


def flags_text(flags: type[IntFlag]) -> Callable[[int], str]:
    """Give what writes flags: "0x03 (E|B)"."""

    def text(number: int) -> str:
        return f"{number:#04x} ({flag_names(flags(number))})"

    return text


def one_of(names: Mapping[int, str]) -> Callable[[int], str]:
    """Give what writes a number with its name, where it has one."""

    def text(number: int) -> str:
        return f"{number} ({names[number]})" if number in names else str(number)

    return text


def float_text(bits: int) -> str:
    """Write a bandwidth, a float of 32 bits, in bytes per second (RFC 3630 2.5.6)."""
    return f"{_FLOAT.unpack(bits.to_bytes(4, 'big'))[0]:g} B/s"
