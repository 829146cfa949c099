"""`MessageError`: a message that ends its session, with what the NOTIFICATION says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from fingerpost.errors import DecodeError

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LAYER = "bgp"


class MessageError(DecodeError):
    """A `DecodeError` with `code`, `subcode` and `data` of the NOTIFICATION (RFC 4271 6)."""

    def __init__(
        self,
        message: str,
        *,
        code: int,
        subcode: int = 0,
        data: bytes = b"",
        layer: str | None = LAYER,
        offset: int | None = None,
        field: str | None = None,
        value: object = None,
        section: str | None = None,
    ) -> None:
        """As `DecodeError`, with three more."""
        super().__init__(
            message, layer=layer, offset=offset, field=field, value=value, section=section
        )
        self.code = code
        self.subcode = subcode
        self.data = data

    @classmethod
    def of(cls, fault: DecodeError, code: int, subcode: int = 0, data: bytes = b"") -> MessageError:
        """What a reader found, with numbers; one that has numbers keeps them."""
        if isinstance(fault, cls):
            return fault
        return cls(
            str(fault),
            code=code,
            subcode=subcode,
            data=data,
            layer=fault.layer,
            offset=fault.offset,
            field=fault.field,
            value=fault.value,
            section=fault.section,
        )


def refuse(
    reader: Reader,
    field: str,
    value: object,
    expected: str,
    section: str,
    *,
    numbers: tuple[int, int],
    data: bytes = b"",
    at: int | None = None,
) -> NoReturn:
    """Raise as `Reader.refuse` does; `numbers` are code and subcode."""
    try:
        reader.refuse(field, value, expected, section, at=at)
    except DecodeError as fault:
        raise MessageError.of(fault, *numbers, data) from None
