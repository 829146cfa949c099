"""Every exception that fingerpost raises on purpose has one of two roots.

`UsageError`: the caller's input is at fault. `ProtocolError`: the peer's bytes are at fault.
"""

from __future__ import annotations


class UsageError(Exception):
    """The caller asked for something that cannot be; the message says what would be right."""


class ProtocolError(Exception):
    """A peer, a file or a capture broke its format."""


class AddressError(UsageError, ValueError):
    """A value is not an address, prefix or range.

    `value` is what was given, `reason` a stable name for the fault ("octet-leading-zero"),
    `position` the character where a text went wrong. Each is None where it does not apply.
    """

    def __init__(
        self,
        message: str,
        value: object = None,
        reason: str | None = None,
        position: int | None = None,
    ) -> None:
        """`message` names place and value and says what would be right."""
        super().__init__(message)
        self.value = value
        self.reason = reason
        self.position = position


class LoadError(UsageError, ValueError):
    """A table file has a line or record that is not a route; says file, line and value."""


class DecodeError(ProtocolError, ValueError):
    """Bytes do not decode: says offset, field, what was found and the section of the RFC.

    `layer` is the format ("ipv4"), `offset` the byte in it, counted from that layer's first,
    `field` and `value` what stood there, `section` the clause ("RFC 791 3.1"). Each is None where
    it does not apply; the message names all that are there.
    """

    def __init__(
        self,
        message: str,
        *,
        layer: str | None = None,
        offset: int | None = None,
        field: str | None = None,
        value: object = None,
        section: str | None = None,
    ) -> None:
        """`message` names place and value and says what would be right."""
        super().__init__(message)
        self.layer = layer
        self.offset = offset
        self.field = field
        self.value = value
        self.section = section
