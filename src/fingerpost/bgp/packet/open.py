"""OPEN (RFC 4271 4.2), with its optional parameters in both forms (RFC 9072 2).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
|    Version    |     My Autonomous System      |   Hold Time
                |         BGP Identifier
                | Opt Parm Len  | Optional Parameters (variable)
or, after the identifier:
                |      255      |      255      | length (16)
                | Optional Parameters, each with a length of 16 bits
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NoReturn, TypeVar

from fingerpost.bgp.constants import AS_TRANS, VERSION, ErrorCode, MessageType, OpenError
from fingerpost.bgp.packet.capabilities import (
    As4,
    Capability,
    RoleCapability,
    encode_capability,
    read_capability,
)
from fingerpost.bgp.packet.fault import LAYER, MessageError, refuse
from fingerpost.bgp.packet.header import encode_header
from fingerpost.errors import DecodeError
from fingerpost.wire.fields import unsigned
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Buffer

CAPABILITIES: Final = 2  # the one type of parameter that is in use (RFC 5492 4)
EXTENDED: Final = 255
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Open:
    """Who I am and what I can.

    `parameters` are the capabilities as they are grouped in optional parameters; a speaker puts
    them into one (`Open.of`), others into one each. `my_as` is the field of two octets.
    """

    my_as: int
    hold_s: int
    router_id: int
    parameters: tuple[tuple[Capability, ...], ...] = ()
    is_extended: bool = False
    kind: ClassVar[MessageType] = MessageType.OPEN

    @classmethod
    def of(
        cls, asn: int, hold_s: int, router_id: int, capabilities: Iterable[Capability] = ()
    ) -> Open:
        """What we send: an AS number that needs four octets leaves AS_TRANS (RFC 6793 4.1).

        Its own capability (`As4`) is the caller's to give, as all others are.
        """
        given = tuple(capabilities)
        is_long = sum(len(encode_capability(one)) for one in given) + 2 > 255
        my_as = asn if asn <= 0xFFFF else AS_TRANS
        return cls(my_as, hold_s, router_id, (given,) if given else (), is_long)

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """All of them, in their order."""
        return tuple(one for group in self.parameters for one in group)

    def having(self, kind: type[_T]) -> tuple[_T, ...]:
        """The capabilities of one class."""
        return tuple(one for one in self.capabilities if isinstance(one, kind))

    @property
    def asn(self) -> int:
        """The sender's AS number, by its capability if it has that (RFC 6793 4.1)."""
        return next((one.asn for one in self.having(As4)), self.my_as)

    @property
    def role(self) -> int | None:
        """What the sender says that it is (RFC 9234)."""
        return next((one.role for one in self.having(RoleCapability)), None)

    @classmethod
    def decode_body(cls, body: Buffer) -> Open:
        """Read what follows the header. Raises `MessageError` (RFC 4271 6.2), nothing else.

        Whether the AS and identifier are those that are wanted is for the session to say.
        """
        reader = Reader(body, LAYER, 19, section="RFC 4271 4.2")
        try:
            return cls._read(reader)
        except DecodeError as fault:
            raise MessageError.of(fault, ErrorCode.OPEN_MESSAGE) from None

    @classmethod
    def _read(cls, reader: Reader) -> Open:
        version = reader.u8("version")
        if version != VERSION:
            ours = VERSION.to_bytes(2, "big")
            _refuse(reader, "version", version, "4", OpenError.UNSUPPORTED_VERSION, data=ours)
        my_as = reader.u16("my AS")
        if my_as == 0:
            _refuse(reader, "my AS", 0, "1 to 65535", OpenError.BAD_PEER_AS, "RFC 7607 2")
        hold = reader.u16("hold time")
        if hold in (1, 2):
            subcode = OpenError.UNACCEPTABLE_HOLD_TIME
            _refuse(reader, "hold time", hold, "0 or 3 to 65535", subcode)
        router_id = reader.u32("BGP identifier")
        if router_id == 0:
            subcode = OpenError.BAD_IDENTIFIER
            _refuse(reader, "BGP identifier", 0, "another than 0", subcode, "RFC 6286 2.2")
        is_extended, parameters = _read_parameters(reader)
        made = cls(my_as, hold, router_id, parameters, is_extended)
        _check(reader, made)
        return made

    def encode(self) -> bytes:
        """As bytes of the wire, header and all."""
        width = 2 if self.is_extended else 1
        made = bytearray()
        for group in self.parameters:
            value = b"".join(map(encode_capability, group))
            made.append(CAPABILITIES)
            made += _length(len(value), width)
            made += value
        length = _length(len(made), width)
        lead = bytes((EXTENDED, EXTENDED)) if self.is_extended else b""
        body = (
            bytes((VERSION,))
            + unsigned(self.my_as, 16, "my AS").to_bytes(2, "big")
            + unsigned(self.hold_s, 16, "hold_s").to_bytes(2, "big")
            + unsigned(self.router_id, 32, "BGP identifier").to_bytes(4, "big")
        )
        return encode_header(self.kind, body + lead + length + bytes(made))


def _length(length: int, width: int) -> bytes:
    return unsigned(length, 8 * width, "length of optional parameters").to_bytes(width, "big")


def _read_parameters(reader: Reader) -> tuple[bool, tuple[tuple[Capability, ...], ...]]:
    length = reader.u8("length of optional parameters")
    is_extended = length != 0 and reader.peek(1) == bytes((EXTENDED,))
    if is_extended:
        reader.u8("type of the extended form")
        length = reader.u16("length of optional parameters")
    if length != reader.remaining:
        reader.refuse("length of optional parameters", length, str(reader.remaining))
    groups = []
    while reader:
        kind = reader.u8("parameter type")
        at = reader.at - 1
        size = (reader.u16 if is_extended else reader.u8)("parameter length")
        inner = reader.sub(size, "parameter")
        if kind != CAPABILITIES:
            subcode = OpenError.UNSUPPORTED_PARAMETER
            _refuse(reader, "parameter type", kind, "2, capabilities", subcode, at=at)
        group = []
        while inner:
            group.append(read_capability(inner))
        groups.append(tuple(group))
    return is_extended, tuple(groups)


def _check(reader: Reader, made: Open) -> None:
    """What one capability cannot say, or two that contradict each other."""
    if any(one.asn == 0 for one in made.having(As4)):
        expected, subcode = "1 to 4294967295", OpenError.BAD_PEER_AS
        _refuse(reader, "AS number of four octets", 0, expected, subcode, "RFC 7607 2")
    roles = {one.role for one in made.having(RoleCapability)}
    if len(roles) > 1:
        subcode, text = OpenError.ROLE_MISMATCH, " and ".join(map(str, sorted(roles)))
        _refuse(reader, "role", text, "one role", subcode, "RFC 9234 4.2")


def _refuse(
    reader: Reader,
    field: str,
    value: object,
    expected: str,
    subcode: OpenError,
    section: str = "RFC 4271 6.2",
    *,
    data: bytes = b"",
    at: int | None = None,
) -> NoReturn:
    numbers = (ErrorCode.OPEN_MESSAGE, subcode)
    refuse(reader, field, value, expected, section, numbers=numbers, data=data, at=at)
