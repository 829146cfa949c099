"""PDUs of the RPKI to Router protocol, versions 0 to 2 (RFC 6810 5, RFC 8210 5).

 0          8          16         24        31
| version  | PDU type |  session id, flags   |
|                  length                    |
|                  body ...                  |

ASPA is that of draft-ietf-sidrops-8210bis-27: flags in the third octet, providers up to the end.
The form of drafts up to -10 is read too: it has no flags there, and is longer than a withdrawal.
The core reads prefix PDUs in bulk (`VrpTelling`); this is how they read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from fingerpost.addr import Prefix
from fingerpost.errors import AddressError, DecodeError
from fingerpost.rpki.constants import HIGHEST_VERSION, LONGEST_PDU, ErrorCode, PduType
from fingerpost.rpki.validity import Vrp
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from typing_extensions import Buffer

LAYER: Final = "rpki-rtr"
HEADER: Final = 8
_HEADER = Struct(">BBHI")
_SECTION = "RFC 8210 5"


class PduError(DecodeError):
    """A PDU that cannot be; `code` is what the Error Report says."""

    code: ErrorCode = ErrorCode.CORRUPT_DATA


@dataclass(frozen=True, slots=True)
class SerialNotify:
    """There is something new (5.2)."""

    session: int
    serial: int
    kind: ClassVar[PduType] = PduType.SERIAL_NOTIFY


@dataclass(frozen=True, slots=True)
class SerialQuery:
    """What is new since this serial number (5.3)?"""

    session: int
    serial: int
    kind: ClassVar[PduType] = PduType.SERIAL_QUERY


@dataclass(frozen=True, slots=True)
class ResetQuery:
    """What is there at all (5.4)?"""

    kind: ClassVar[PduType] = PduType.RESET_QUERY


@dataclass(frozen=True, slots=True)
class CacheResponse:
    """An answer begins (5.5)."""

    session: int
    kind: ClassVar[PduType] = PduType.CACHE_RESPONSE


@dataclass(frozen=True, slots=True)
class PrefixPdu:
    """A VRP comes or goes (5.6, 5.7)."""

    vrp: Vrp
    announces: bool = True

    @property
    def kind(self) -> PduType:
        """By the family."""
        return PduType.IPV4_PREFIX if self.vrp.prefix.version == 4 else PduType.IPV6_PREFIX


@dataclass(frozen=True, slots=True)
class EndOfData:
    """The answer is complete, as of a serial number (5.8). Without intervals in version 0."""

    session: int
    serial: int
    refresh_s: int | None = None
    retry_s: int | None = None
    expire_s: int | None = None
    kind: ClassVar[PduType] = PduType.END_OF_DATA


@dataclass(frozen=True, slots=True)
class CacheReset:
    """What is new is not known: ask for all (5.9)."""

    kind: ClassVar[PduType] = PduType.CACHE_RESET


@dataclass(frozen=True, slots=True)
class RouterKey:
    """A key of BGPsec, which is passed over (5.10)."""

    flags: int
    identifier: bytes
    asn: int
    key: bytes
    kind: ClassVar[PduType] = PduType.ROUTER_KEY


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What is wrong, with what (5.11)."""

    code: int
    erroneous: bytes = b""
    text: str = ""
    kind: ClassVar[PduType] = PduType.ERROR_REPORT


@dataclass(frozen=True, slots=True)
class AspaPdu:
    """The providers of a customer, all of them, or that it says none any more."""

    customer: int
    providers: tuple[int, ...] = ()
    announces: bool = True
    kind: ClassVar[PduType] = PduType.ASPA


Pdu: TypeAlias = (
    SerialNotify
    | SerialQuery
    | ResetQuery
    | CacheResponse
    | PrefixPdu
    | EndOfData
    | CacheReset
    | RouterKey
    | ErrorReport
    | AspaPdu
)


def length_of(data: bytes) -> int | None:
    """The length that a header says, checked; None: the header is not complete.

    Raises `PduError` for one that no PDU has.
    """
    if len(data) < HEADER:
        return None
    length: int = _HEADER.unpack_from(data)[3]
    if not HEADER <= length <= LONGEST_PDU:
        raise _fault(f"length {length}, expected {HEADER} to {LONGEST_PDU} ({_SECTION})")
    return length


def decode(data: Buffer) -> tuple[int, Pdu]:
    """Give the version and the PDU that these octets are, exactly.

    Raises `PduError`, nothing else, for all that is not one; its `code` is what to report.
    """
    reader = Reader(data, LAYER, section=_SECTION)
    try:
        version, kind, middle, length = reader.unpack(_HEADER, "header")
        if length != reader.end:
            reader.refuse("length", length, f"{reader.end}, what there is")
        if version > HIGHEST_VERSION:
            code = ErrorCode.UNSUPPORTED_PROTOCOL_VERSION
            raise _fault(f"version {version}, expected 0 to {HIGHEST_VERSION}", code)
        if kind not in _KINDS or version < _SINCE.get(kind, 0):
            code = ErrorCode.UNSUPPORTED_PDU_TYPE
            raise _fault(f"PDU type {kind} in version {version} ({_SECTION})", code)
        pdu = _body(PduType(kind), version, middle, reader)
        reader.finish()
    except PduError:
        raise
    except (DecodeError, AddressError) as fault:
        raise _fault(str(fault)) from fault
    return version, pdu


_KINDS: Final = frozenset(one.value for one in PduType)
_SINCE: Final = {PduType.ROUTER_KEY: 1, PduType.ASPA: 2}


def _fault(text: str, code: ErrorCode = ErrorCode.CORRUPT_DATA) -> PduError:
    made = PduError(text, layer=LAYER)
    made.code = code
    return made


def _body(kind: PduType, version: int, middle: int, reader: Reader) -> Pdu:
    match kind:
        case PduType.SERIAL_NOTIFY:
            return SerialNotify(middle, reader.u32("serial"))
        case PduType.SERIAL_QUERY:
            return SerialQuery(middle, reader.u32("serial"))
        case PduType.RESET_QUERY:
            return ResetQuery()
        case PduType.CACHE_RESPONSE:
            return CacheResponse(middle)
        case PduType.IPV4_PREFIX | PduType.IPV6_PREFIX:
            return _prefix(kind, reader)
        case PduType.END_OF_DATA:
            serial = reader.u32("serial")
            if version == 0:
                return EndOfData(middle, serial)
            intervals = (reader.u32(name) for name in ("refresh", "retry", "expire"))
            return EndOfData(middle, serial, *intervals)
        case PduType.CACHE_RESET:
            return CacheReset()
        case PduType.ROUTER_KEY:
            identifier = reader.take(20, "subject key identifier")
            return RouterKey(middle >> 8, identifier, reader.u32("AS"), reader.rest())
        case PduType.ERROR_REPORT:
            erroneous = reader.take(reader.u32("length of PDU"), "erroneous PDU")
            text = reader.take(reader.u32("length of text"), "text")
            return ErrorReport(middle, erroneous, text.decode(errors="replace"))
        case PduType.ASPA:
            is_early = middle == 0 and reader.remaining > 4
            return _early_aspa(reader) if is_early else _aspa(bool(middle >> 8 & 1), reader)


def _prefix(kind: PduType, reader: Reader) -> PrefixPdu:
    flags, length, longest = (reader.u8(name) for name in ("flags", "length", "longest length"))
    reader.u8("zero")
    is_v4 = kind is PduType.IPV4_PREFIX
    address = reader.ip4("prefix") if is_v4 else reader.ip6("prefix")
    if not length <= longest <= (32 if is_v4 else 128):
        reader.refuse("longest length", longest, f"{length} to the length of an address")
    prefix = Prefix((address, length), strict=True)
    return PrefixPdu(Vrp(prefix, longest, reader.u32("AS")), bool(flags & 1))


def _aspa(announces: bool, reader: Reader) -> AspaPdu:
    customer = reader.u32("customer")
    count, odd = divmod(reader.remaining, 4)
    if odd:
        reader.refuse("providers", f"{reader.remaining} octets long", "four octets each")
    providers = Struct(f">{count}I").unpack(reader.rest())
    if not announces and providers:
        raise _provider_fault(customer, "some, though it is withdrawn")
    return _told(customer, providers, announces)


def _early_aspa(reader: Reader) -> AspaPdu:
    """As drafts up to the tenth had it, and StayRTR sends it: flags, family and count first."""
    flags = reader.u8("flags")
    reader.u8("family")
    count = reader.u16("count of providers")
    customer = reader.u32("customer")
    octets = reader.take(4 * count, "providers")
    announces = bool(flags & 1)
    providers = tuple(sorted(set(Struct(f">{count}I").unpack(octets)))) if announces else ()
    return _told(customer, providers, announces)


def _told(customer: int, providers: tuple[int, ...], announces: bool) -> AspaPdu:
    is_ascending = all(one < other for one, other in pairwise(providers))
    if announces and (not providers or not is_ascending):
        raise _provider_fault(customer, "none, or not in ascending order")
    if len(providers) > 1 and 0 in providers:
        raise _provider_fault(customer, "AS 0, which is nobody, beside others")
    return AspaPdu(customer, providers, announces)


def _provider_fault(customer: int, text: str) -> PduError:
    code = ErrorCode.ASPA_PROVIDER_LIST_ERROR
    return _fault(f"providers of AS{customer}: {text} (8210bis 5.12)", code)


def encode(pdu: Pdu, version: int) -> bytes:
    """As octets of a version."""
    middle, body = 0, b""
    match pdu:
        case SerialNotify(session, serial) | SerialQuery(session, serial):
            middle, body = session, serial.to_bytes(4)
        case CacheResponse(session):
            middle = session
        case PrefixPdu(vrp, announces):
            head = bytes((announces, vrp.prefix.length, vrp.longest, 0))
            body = head + vrp.prefix.network.packed + vrp.asn.to_bytes(4)
        case EndOfData(session, serial):
            middle, body = session, serial.to_bytes(4)
            if version > 0:
                intervals = (pdu.refresh_s, pdu.retry_s, pdu.expire_s)
                body += b"".join((one or 0).to_bytes(4) for one in intervals)
        case RouterKey(flags, identifier, asn, key):
            middle, body = flags << 8, identifier + asn.to_bytes(4) + key
        case ErrorReport(code, erroneous, text):
            words = text.encode()
            sizes = (len(erroneous).to_bytes(4), len(words).to_bytes(4))
            middle, body = code, sizes[0] + erroneous + sizes[1] + words
        case AspaPdu(customer, providers, announces):
            middle = announces << 8
            body = b"".join(one.to_bytes(4) for one in (customer, *providers))
        case ResetQuery() | CacheReset():
            pass
    return _HEADER.pack(version, pdu.kind, middle, HEADER + len(body)) + body
