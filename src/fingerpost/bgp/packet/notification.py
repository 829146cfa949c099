"""NOTIFICATION (RFC 4271 4.5): code (8), subcode (8), data.

The data of a Cease may be words for the operator (RFC 9003 2), or the NOTIFICATION that a hard
reset carries (RFC 8538 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from fingerpost.bgp.constants import (
    CeaseError,
    ErrorCode,
    HeaderError,
    MessageType,
    OpenError,
    StateError,
    UpdateError,
)
from fingerpost.bgp.packet.fault import LAYER, MessageError
from fingerpost.bgp.packet.header import encode_header
from fingerpost.bgp.packet.words import printable
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from enum import IntEnum

    from typing_extensions import Buffer

LONGEST_TEXT: Final = 255  # RFC 9003 2
WITH_TEXT: Final = (CeaseError.ADMINISTRATIVE_SHUTDOWN, CeaseError.ADMINISTRATIVE_RESET)
_SUBCODES: Final[dict[int, type[IntEnum]]] = {
    ErrorCode.MESSAGE_HEADER: HeaderError,
    ErrorCode.OPEN_MESSAGE: OpenError,
    ErrorCode.UPDATE_MESSAGE: UpdateError,
    ErrorCode.FINITE_STATE_MACHINE: StateError,
    ErrorCode.CEASE: CeaseError,
}


@dataclass(frozen=True, slots=True)
class Notification:
    """Why a session ends. Codes that nobody knows are kept as they are."""

    code: int
    subcode: int = 0
    data: bytes = b""
    kind: ClassVar[MessageType] = MessageType.NOTIFICATION

    @classmethod
    def of(cls, fault: MessageError) -> Notification:
        """What a message that cannot be is answered with."""
        return cls(fault.code, fault.subcode, fault.data)

    @classmethod
    def shutdown(cls, subcode: CeaseError, text: str = "") -> Notification:
        """A Cease with words (RFC 9003 2), which are cut behind the last letter that fits."""
        if subcode not in WITH_TEXT:
            raise UsageError(f"{subcode!r} carries no text, expected one of {WITH_TEXT} (RFC 9003)")
        octets = text.encode()
        if len(octets) > LONGEST_TEXT:
            octets = octets[:LONGEST_TEXT].decode(errors="ignore").encode()
        data = bytes((len(octets),)) + octets if octets else b""
        return cls(ErrorCode.CEASE, subcode, data)

    @classmethod
    def hard_reset(cls, inner: Notification) -> Notification:
        """End the session for good, although both would keep routes (RFC 8538 3.1)."""
        data = bytes((inner.code, inner.subcode)) + inner.data
        return cls(ErrorCode.CEASE, CeaseError.HARD_RESET, data)

    @classmethod
    def decode_body(cls, body: Buffer) -> Notification:
        """Read what follows the header; raises `MessageError` for less than two octets."""
        reader = Reader(body, LAYER, 19, section="RFC 4271 4.5")
        try:
            return cls(reader.u8("error code"), reader.u8("error subcode"), reader.rest())
        except DecodeError as fault:
            raise MessageError.of(fault, ErrorCode.MESSAGE_HEADER, HeaderError.BAD_LENGTH) from None

    def encode(self) -> bytes:
        """As bytes of the wire, header and all."""
        code = unsigned(self.code, 8, "notification code")
        subcode = unsigned(self.subcode, 8, "notification subcode")
        return encode_header(self.kind, bytes((code, subcode)) + self.data)

    @property
    def is_hard_reset(self) -> bool:
        """Whether nothing is to be kept of the session (RFC 8538 3.1)."""
        return (self.code, self.subcode) == (ErrorCode.CEASE, CeaseError.HARD_RESET)

    @property
    def inner(self) -> Notification | None:
        """What a hard reset carries; None where this is none, or carries nothing or another."""
        if not self.is_hard_reset or len(self.data) < 2:
            return None
        inner = Notification(self.data[0], self.data[1], self.data[2:])
        return None if inner.is_hard_reset else inner

    @property
    def shutdown_text(self) -> str | None:
        """The words of a shutdown or reset, fit to print; None where there are none.

        What is longer than it says, or no UTF-8, is shown as far as it goes (RFC 9003 3).
        """
        if self.code != ErrorCode.CEASE or self.subcode not in WITH_TEXT or not self.data:
            return None
        octets = self.data[1 : 1 + self.data[0]]
        return printable(octets) or None

    @property
    def code_name(self) -> str:
        """What the code is called: "Cease"; "code 77" for one without a name."""
        known = {int(one): one.name for one in ErrorCode}
        return _spelled(known[self.code]) if self.code in known else f"code {self.code}"

    @property
    def subcode_name(self) -> str | None:
        """What the subcode is called; None for 0 where that is nothing in particular."""
        if self.code == ErrorCode.ROUTE_REFRESH_MESSAGE and self.subcode == 1:
            return "invalid message length"
        known = {int(one): one.name for one in _SUBCODES.get(self.code, ())}
        if self.subcode in known:
            return _spelled(known[self.subcode])
        return f"subcode {self.subcode}" if self.subcode else None

    def __str__(self) -> str:
        """For people: "cease, administrative shutdown: maintenance tonight"."""
        text = ", ".join(one for one in (self.code_name, self.subcode_name) if one)
        inner = self.inner
        if inner is not None:
            return f"{text}: {inner}"
        said = self.shutdown_text
        return f"{text}: {said}" if said else text


def _spelled(name: str) -> str:
    return name.lower().replace("_", " ")
