"""Extended communities as text (RFC 4360), in what most speakers print and read.

Targets and origins: `rt:65000:1` with an AS number of two octets, `rt:70000:1` or, where it would
fit into two, `rt:65000L:1` with one of four (RFC 5668), `rt:192.0.2.1:1` with an address. Others
have words of their own; what has none, or bits that its words do not say, is hex digits. Text reads
back to the same 64 bits.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.asn_text import plain_number
from fingerpost.errors import AddressError, UsageError
from fingerpost.wire.mac import Mac

if TYPE_CHECKING:
    from collections.abc import Callable

_TWO_OCTETS, _ADDRESS, _FOUR_OCTETS = 0, 1, 2
_ADMINISTERED: Final = {0x02: "rt", 0x03: "soo"}  # RFC 4360 4, 5
_VALIDITY: Final = {0: "valid", 1: "not-found", 2: "invalid"}  # RFC 8097 2
_ORIGIN_VALIDATION: Final = 0x4300
_COLOR: Final = 0x030B
_BANDWIDTH: Final = 0x4004  # draft-ietf-idr-link-bandwidth
_RATE: Final = 0x8006  # RFC 8955 7.1
_REDIRECT: Final = 0x8008
_MARKING: Final = 0x8009
_ENCAPSULATION: Final = 0x030C  # RFC 9012 4.1
_MOBILITY: Final = 0x0600  # RFC 7432 7.7
_ES_IMPORT: Final = 0x0602
_ROUTER_MAC: Final = 0x0603  # RFC 9135 8.1


def extended_community_text(community: int) -> str:
    """Give an extended community, 64 bits, as operators write it."""
    kind, low = community >> 48, community & 0xFFFF_FFFF_FFFF
    writer = _WRITERS.get(kind)
    said = None if writer is None else writer(low)
    if said is None and kind & 0xFF in _ADMINISTERED:
        said = _administered_text(kind >> 8, low)
        if said is not None:
            said = f"{_ADMINISTERED[kind & 0xFF]}:{said}"
    return said or f"0x{community:016x}"


def parse_extended_community(text: str) -> int:
    """Read what `extended_community_text` gives, or "ro" for "soo". Raises `UsageError`."""
    word, _, rest = text.partition(":")
    if text[:2].lower() == "0x":
        return _hex(text)
    reader = _READERS.get(word.lower())
    if reader is None:
        raise UsageError(
            f"{text!r} is no extended community, expected one as in rt:65000:1, or 0x and 16 "
            f"hex digits; words are {', '.join(_READERS)}"
        )
    return reader(rest, text)


def _hex(text: str) -> int:
    digits = text[2:]
    if len(digits) != 16 or any(one not in "0123456789abcdefABCDEF" for one in digits):
        raise UsageError(f"{text!r} is no extended community, expected 0x and 16 hex digits")
    return int(digits, 16)


def _administered_text(high: int, low: int) -> str | None:
    if high == _TWO_OCTETS:
        return f"{low >> 32}:{low & 0xFFFF_FFFF}"
    who, number = low >> 16, low & 0xFFFF
    if high == _ADDRESS:
        return f"{Address(who.to_bytes(4, 'big'))}:{number}"
    if high == _FOUR_OCTETS:
        return f"{who}{'L' if who <= 0xFFFF else ''}:{number}"
    return None


def _administered(subtype: int) -> Callable[[str, str], int]:
    def read(rest: str, text: str) -> int:
        who, colon, local = rest.rpartition(":")
        if not colon:
            raise UsageError(f"{text!r} is no extended community, expected as in rt:65000:1")
        if "." in who:
            try:
                high, number = _ADDRESS, int(Address(who))
            except AddressError as error:
                raise UsageError(f"{text!r} is no extended community: {error}") from None
        else:
            is_long = who.endswith(("L", "l"))
            number = plain_number(
                who[:-1] if is_long else who, 0xFFFF_FFFF, "extended community", text
            )
            high = _FOUR_OCTETS if is_long or number > 0xFFFF else _TWO_OCTETS
        if high == _TWO_OCTETS:
            value = plain_number(local, 0xFFFF_FFFF, "extended community", text)
            return (high << 8 | subtype) << 48 | number << 32 | value
        value = plain_number(local, 0xFFFF, "extended community", text)
        return (high << 8 | subtype) << 48 | number << 16 | value

    return read


def _float_text(word: str) -> Callable[[int], str | None]:
    def write(low: int) -> str | None:
        rate = _float(low & 0xFFFF_FFFF)
        said = f"{rate:.9g}"
        # what a float cannot say twice in the same way stays hex
        is_plain = (
            rate >= 0 and said not in ("inf", "nan") and _bits(float(said)) == low & 0xFFFF_FFFF
        )
        return f"{word}:{low >> 32}:{said}" if is_plain else None

    return write


def _float(bits: int) -> float:
    (found,) = struct.unpack(">f", bits.to_bytes(4, "big"))
    return float(found)


def _bits(number: float) -> int | None:
    try:
        return int.from_bytes(struct.pack(">f", number), "big")
    except OverflowError:
        return None


def _float_read(kind: int) -> Callable[[str, str], int]:
    def read(rest: str, text: str) -> int:
        asn, _, rate = rest.partition(":")
        number = plain_number(asn, 0xFFFF, "extended community", text)
        try:
            bits = _bits(float(rate))
        except ValueError:
            bits = None
        if bits is None or not 0 <= float(rate) < float("inf"):
            raise UsageError(f"{text!r} is no extended community: {rate!r} is no rate")
        return kind << 48 | number << 32 | bits

    return read


def _number_text(word: str, bits: int) -> Callable[[int], str | None]:
    return lambda low: f"{word}:{low}" if low >> bits == 0 else None


def _number_read(kind: int, bits: int) -> Callable[[str, str], int]:
    most = (1 << bits) - 1
    return lambda rest, text: kind << 48 | plain_number(rest, most, "extended community", text)


def _color_text(low: int) -> str | None:
    flags, color = low >> 32, low & 0xFFFF_FFFF
    return f"color:{color}" if not flags else f"color:{flags}:{color}"


def _color_read(rest: str, text: str) -> int:
    flags, _, color = rest.rpartition(":")
    high = plain_number(flags or "0", 0xFFFF, "extended community", text)
    low = plain_number(color, 0xFFFF_FFFF, "extended community", text)
    return _COLOR << 48 | high << 32 | low


def _validity_text(low: int) -> str | None:
    name = _VALIDITY.get(low)
    return None if name is None else f"validation:{name}"


def _validity_read(rest: str, text: str) -> int:
    for number, name in _VALIDITY.items():
        if name == rest.lower():
            return _ORIGIN_VALIDATION << 48 | number
    expected = ", ".join(_VALIDITY.values())
    raise UsageError(f"{text!r} is no extended community: {rest!r}, expected one of {expected}")


def _mac_text(word: str) -> Callable[[int], str | None]:
    return lambda low: f"{word}:{Mac.of_octets(low.to_bytes(6, 'big'))}"


def _mac_read(kind: int) -> Callable[[str, str], int]:
    def read(rest: str, text: str) -> int:
        octets = rest.split(":")
        try:
            numbers = [int(one, 16) for one in octets if len(one) == 2]
        except ValueError:
            numbers = []
        if len(numbers) != 6 or len(octets) != 6 or min(numbers) < 0:
            raise UsageError(f"{text!r} is no extended community, expected a hardware address")
        return kind << 48 | int.from_bytes(bytes(numbers), "big")

    return read


def _redirect_text(low: int) -> str | None:
    return f"redirect:{low >> 32}:{low & 0xFFFF_FFFF}"


def _redirect_read(rest: str, text: str) -> int:
    asn, _, local = rest.partition(":")
    high = plain_number(asn, 0xFFFF, "extended community", text)
    low = plain_number(local, 0xFFFF_FFFF, "extended community", text)
    return _REDIRECT << 48 | high << 32 | low


_WRITERS: Final[dict[int, Callable[[int], str | None]]] = {
    _ORIGIN_VALIDATION: _validity_text,
    _COLOR: _color_text,
    _BANDWIDTH: _float_text("bandwidth"),
    _RATE: _float_text("rate"),
    _REDIRECT: _redirect_text,
    _MARKING: _number_text("mark", 8),
    _ENCAPSULATION: _number_text("encapsulation", 16),
    _MOBILITY: _number_text("mobility", 32),
    _ES_IMPORT: _mac_text("es-import"),
    _ROUTER_MAC: _mac_text("router-mac"),
}
_READERS: Final[dict[str, Callable[[str, str], int]]] = {
    "rt": _administered(0x02),
    "soo": _administered(0x03),
    "ro": _administered(0x03),
    "validation": _validity_read,
    "color": _color_read,
    "bandwidth": _float_read(_BANDWIDTH),
    "rate": _float_read(_RATE),
    "redirect": _redirect_read,
    "mark": _number_read(_MARKING, 8),
    "encapsulation": _number_read(_ENCAPSULATION, 16),
    "mobility": _number_read(_MOBILITY, 32),
    "es-import": _mac_read(_ES_IMPORT),
    "router-mac": _mac_read(_ROUTER_MAC),
}
