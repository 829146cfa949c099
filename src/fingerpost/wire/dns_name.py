"""Domain names as they stand in messages, without compression (RFC 1035 3.1).

Text is the presentation form of RFC 1035 5.1: labels joined by dots, a dot or backslash in a label
escaped by a backslash, bytes that are no printable ASCII as \\DDD. The root is ".".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LONGEST_LABEL = 63
LONGEST_NAME = 255
_SPECIAL = frozenset(b'."$();@\\')
_ATOMS = re.compile(rb"\\([0-9]{3})|\\(.)|(\.)|([^\\.])", re.DOTALL)


def read_name(reader: Reader) -> str:
    """Read one name; a label above 63 bytes, as compression would be, is refused."""
    labels: list[bytes] = []
    size = 1
    while length := reader.u8("label length"):
        if length > LONGEST_LABEL:
            reader.refuse("label length", length, "at most 63", "RFC 1035 3.1")
        size += 1 + length
        if size > LONGEST_NAME:
            reader.refuse("name length", size, "at most 255", "RFC 1035 3.1")
        labels.append(reader.take(length, "label"))
    return ".".join(map(_text_of, labels)) or "."


def name_bytes(name: str) -> bytes:
    """Give the bytes of a name; raises `UsageError` for what is none. A last dot may be there."""
    if name == ".":
        return b"\0"
    labels = _labels_of(name)
    octets = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels) or len(octets) > LONGEST_NAME:
        raise UsageError(
            f"{name!r} is no domain name: labels have 1 to 63 bytes, names at most 255"
        )
    return octets


def _text_of(label: bytes) -> str:
    return "".join(
        (f"\\{octet:c}" if octet in _SPECIAL else chr(octet))
        if 0x21 <= octet <= 0x7E
        else f"\\{octet:03d}"
        for octet in label
    )


def _labels_of(name: str) -> list[bytes]:
    octets = name.encode("utf-8", "surrogateescape")
    labels, label, at = [], bytearray(), 0
    while found := _ATOMS.match(octets, at):
        at = found.end()
        number, escaped, dot, plain = found.groups()
        if dot:
            labels.append(bytes(label))
            label.clear()
        elif number is not None:
            if int(number) > 0xFF:
                raise UsageError(f"{name!r} is no domain name: \\{number.decode()} is above \\255")
            label += bytes([int(number)])
        else:
            label += escaped or plain
    if at < len(octets):
        raise UsageError(f"{name!r} is no domain name: it ends in a lone backslash")
    if label or not labels:
        labels.append(bytes(label))
    return labels
