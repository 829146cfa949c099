"""A router's end of the RPKI to Router protocol (RFC 8210), for one cache, without I/O.

The way of data: a connection is opened and asked (Reset Query, or Serial Query where something is
held that the cache knows of); between Cache Response and End of Data records gather in a telling,
which the core reads in bulk; End of Data applies them at once, so that nobody sees half of it.
What is held stays while connections fail, until it expires.

A cache is not trusted to be well: lengths, counts and silence are bounded, and whatever it does
wrong ends in the Error Report of RFC 8210 12 and another connection later.

Deviations: what a cache says of intervals is brought into the ranges of RFC 8210 6; a connection
that could not be opened is tried again sooner than a query that failed, at first.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fingerpost._core import VrpTable, VrpTelling
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import CloseStream, OpenStream, SendStream
from fingerpost.rpki import constants as of
from fingerpost.rpki.constants import ErrorCode, error_name
from fingerpost.rpki.pdu import (
    HEADER,
    AspaPdu,
    CacheReset,
    CacheResponse,
    EndOfData,
    ErrorReport,
    Pdu,
    PduError,
    PrefixPdu,
    ResetQuery,
    RouterKey,
    SerialNotify,
    SerialQuery,
    decode,
    encode,
    length_of,
)
from fingerpost.rpki.serial import is_older

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.addr import Address
    from fingerpost.protocol.events import Output

_NOTHING: Final[Mapping[int, tuple[int, ...]]] = MappingProxyType({})


class State(Enum):
    """Where a client is."""

    IDLE = "Idle"  # no connection; another is opened when its rest is over
    CONNECT = "Connect"
    QUERY_SENT = "Query Sent"
    RECEIVING = "Receiving"  # between Cache Response and End of Data
    SYNCHRONIZED = "Synchronized"
    NO_DATA = "No Data"  # the cache has none yet; it is asked again later

    def __str__(self) -> str:
        """As people read it."""
        return self.value


class Client:
    """One cache. `put` takes what is to be done, `number` gives numbers for connections.

    `refresh_ns`, `retry_ns` and `expire_ns` None: as the cache says. Whoever owns it looks at
    `vrps`, `aspas` and `has_data` after each call; `changes` counts how often they changed.
    """

    def __init__(
        self,
        address: Address,
        port: int,
        put: Callable[[Output], None],
        number: Callable[[], int],
        *,
        refresh_ns: int | None = None,
        retry_ns: int | None = None,
        expire_ns: int | None = None,
        records_most: int = of.RECORDS_MOST,
    ) -> None:
        """Begin without a connection; `start` opens one."""
        self.address, self.port = address, port
        self._put, self._number = put, number
        self._said = (refresh_ns, retry_ns, expire_ns)
        self._intervals = (of.REFRESH_S * SECOND, of.RETRY_S * SECOND, of.EXPIRE_S * SECOND)
        self._most = records_most
        self.state = State.IDLE
        self.stream: int | None = None
        self.version = of.HIGHEST_VERSION
        self._has_version = False
        self.session: int | None = None
        self.serial: int | None = None
        self.vrps = VrpTable()
        self.aspas: Mapping[int, tuple[int, ...]] = _NOTHING
        self.has_data = False
        self.changes = 0
        self.updated_at: int | None = None
        self.expires_at: int | None = None
        self._due: int | None = None  # the next query, connection or end of patience, by the state
        self._octets = bytearray()
        self._telling = VrpTelling(0)
        self._aspas_told: dict[int, tuple[int, ...] | None] = {}
        self._providers_told = 0
        self._is_reset = False
        self._failures = 0
        self.last_error: str | None = None
        self.last_error_at: int | None = None
        self.errors = 0
        self.router_keys = 0
        self.connections = 0

    # ---- intervals

    @property
    def refresh_ns(self) -> int:
        """How long after End of Data it is asked again."""
        return self._intervals[0] if self._said[0] is None else self._said[0]

    @property
    def retry_ns(self) -> int:
        """How long after a query that failed it is asked again."""
        return self._intervals[1] if self._said[1] is None else self._said[1]

    @property
    def expire_ns(self) -> int:
        """How long what was told is good."""
        return self._intervals[2] if self._said[2] is None else self._said[2]

    def next_deadline(self) -> int | None:
        """When `pass_time` has something to do."""
        dues = [one for one in (self._due, self.expires_at) if one is not None]
        return min(dues, default=None)

    # ---- connections

    def start(self, now: int) -> None:
        """Open a connection."""
        self.stream = self._number()
        self.connections += 1
        self.state = State.CONNECT
        self._has_version = False
        self._octets.clear()
        self._due = now + of.PATIENCE
        self._put(OpenStream(self.stream, self.address, self.port))

    def stop(self) -> None:
        """Have nothing to do with it any more."""
        if self.stream is not None:
            self._put(CloseStream(self.stream))
        self.stream, self._due, self.expires_at = None, None, None
        self.state = State.IDLE

    def connected(self, now: int) -> None:
        """The connection stands: ask."""
        self._ask(now)

    def closed(self, reason: str | None, now: int) -> None:
        """The connection is over, and not by us."""
        self.stream = None
        self._note(f"connection {reason or 'closed by the cache'}", now)
        self._rest(now, is_query=self.state in (State.QUERY_SENT, State.RECEIVING))

    def pass_time(self, now: int) -> None:
        """Do what is due."""
        if self.expires_at is not None and now >= self.expires_at:
            self._forget("what it told has expired", now)
        if self._due is None or now < self._due:
            return
        self._due = None
        if self.state is State.IDLE:
            self.start(now)
        elif self.state in (State.SYNCHRONIZED, State.NO_DATA):
            self._ask(now)
        else:
            self._drop(f"silent for {of.PATIENCE // SECOND} s in state {self.state}", now)

    def _rest(self, now: int, *, is_query: bool) -> None:
        """Another connection, later."""
        self.state = State.IDLE
        self._telling = VrpTelling(0)
        self._aspas_told.clear()
        self._octets.clear()
        longest = self.retry_ns
        self._failures += 1
        quick = of.RECONNECT << min(self._failures - 1, 20)
        self._due = now + (longest if is_query else min(quick, longest))

    def _drop(self, text: str, now: int) -> None:
        """End the connection: something is wrong with the cache."""
        self._note(text, now)
        if self.stream is not None:
            self._put(CloseStream(self.stream))
        self.stream = None
        self._rest(now, is_query=True)

    def _note(self, text: str, now: int) -> None:
        self.last_error, self.last_error_at = text, now
        self.errors += 1

    def _forget(self, text: str, now: int) -> None:
        """Hold nothing any more."""
        self._note(text, now)
        self.session = self.serial = self.expires_at = self.updated_at = None
        self.changes += self.has_data
        self.vrps, self.aspas, self.has_data = VrpTable(), _NOTHING, False

    # ---- what we send

    def _ask(self, now: int) -> None:
        self._is_reset = self.session is None or self.serial is None
        if self.session is None or self.serial is None:
            self._send(ResetQuery())
        else:
            self._send(SerialQuery(self.session, self.serial))
        self.state = State.QUERY_SENT
        self._due = now + of.PATIENCE

    def _send(self, pdu: Pdu) -> None:
        if self.stream is not None:
            self._put(SendStream(self.stream, encode(pdu, self.version)))

    def _report(self, code: ErrorCode, erroneous: bytes, text: str, now: int) -> None:
        """Say what is wrong and end the connection; nothing is held back of what was told then."""
        self._send(ErrorReport(code, erroneous, text[:200]))
        self.session = self.serial = None  # ask for all of it next time
        self._drop(f"{error_name(code)}: {text}", now)

    # ---- what comes in

    def received(self, data: bytes, now: int) -> None:
        """Take octets of the connection; raises nothing."""
        if self._octets:
            self._octets += data
            data = bytes(self._octets)
            self._octets.clear()
        at, stream = 0, self.stream
        while self.stream == stream is not None:  # what follows is not of another connection
            if self.state is State.RECEIVING:
                taken, is_full = self._telling.take(self.version, data[at:] if at else data)
                at += taken
                if is_full:
                    self._report(ErrorCode.INTERNAL_ERROR, b"", "more records than we hold", now)
                    return
            try:
                length = length_of(data[at : at + HEADER])
            except PduError as fault:
                self._report(fault.code, data[at : at + HEADER], str(fault), now)
                return
            if length is None or len(data) - at < length:
                self._octets += data[at:]
                break
            self._take(data[at : at + length], now)
            at += length
        if self.state in (State.QUERY_SENT, State.RECEIVING):
            self._due = now + of.PATIENCE

    def _take(self, octets: bytes, now: int) -> None:
        """A whole PDU."""
        try:
            version, pdu = decode(octets)
        except PduError as fault:
            if octets[1] == ErrorReport.kind:  # never answered by another (RFC 8210 5.11)
                self._drop(str(fault), now)
            else:
                self._report(fault.code, octets, str(fault), now)
            return
        if isinstance(pdu, ErrorReport):
            self._reported(version, pdu, now)
        elif isinstance(pdu, SerialNotify) and not self._has_version:
            pass  # whatever its version is (RFC 8210 7)
        elif self._agrees(version, pdu):
            self._act(pdu, octets, now)
        else:
            text = f"version {version} after {self.version}"
            self._report(ErrorCode.UNEXPECTED_PROTOCOL_VERSION, octets, text, now)

    def _agrees(self, version: int, pdu: Pdu) -> bool:
        """Whether a PDU has our version; the first answer may bring it down (RFC 8210 7)."""
        if not self._has_version and version < self.version and self._is_reset:
            self.version = version
        self._has_version = self._has_version or isinstance(pdu, CacheResponse | CacheReset)
        return version == self.version

    def _reported(self, version: int, pdu: ErrorReport, now: int) -> None:
        """The cache says that something is wrong."""
        code, text = pdu.code, f"the cache reports {error_name(pdu.code)}"
        if pdu.text:
            text += f": {pdu.text[:200]!r}"
        if code == ErrorCode.UNSUPPORTED_PROTOCOL_VERSION and self.version > 0:
            # by the version that it has (RFC 8210 7); a session belongs to one version
            self.version = version if version < self.version else self.version - 1
            self.session = self.serial = None
            self._note(text, now)
            if self.stream is not None:
                self._put(CloseStream(self.stream))
            self.start(now)
        elif code == ErrorCode.NO_DATA_AVAILABLE:
            self._note(text, now)
            self.state, self._due = State.NO_DATA, now + self.retry_ns
        else:
            self.session = self.serial = None
            self._drop(text, now)

    def _act(self, pdu: Pdu, octets: bytes, now: int) -> None:
        is_receiving = self.state is State.RECEIVING
        match pdu:
            case SerialNotify(session, serial):
                if not is_receiving and self._is_of(session, octets, now):
                    is_new = self.state is State.SYNCHRONIZED and serial != self.serial
                    if is_new or self.state is State.NO_DATA:
                        self._ask(now)
            case CacheResponse(session) if self.state is State.QUERY_SENT:
                if self._is_reset or self._is_of(session, octets, now):
                    self.session = session
                    self.state = State.RECEIVING
                    self._telling, self._providers_told = VrpTelling(self._most), 0
                    self._aspas_told.clear()
            case CacheReset() if self.state is State.QUERY_SENT and not self._is_reset:
                self.session = self.serial = None
                self._ask(now)
            case EndOfData(session) if is_receiving:
                if self._is_of(session, octets, now):
                    self._end(pdu, octets, now)
            case AspaPdu() if is_receiving:
                self._note_aspa(pdu, octets, now)
            case RouterKey() if is_receiving:
                self.router_keys += 1
            case PrefixPdu() if is_receiving:  # the core stops at none that decodes
                self._report(ErrorCode.INTERNAL_ERROR, octets, "not understood", now)
            case _:
                text = f"{pdu.kind.name.lower()} in state {self.state}"
                self._report(ErrorCode.INVALID_REQUEST, octets, text, now)

    def _is_of(self, session: int, octets: bytes, now: int) -> bool:
        """Whether a session id is the one that we know; another voids all (RFC 8210 5.1)."""
        if self.session is None or session == self.session:
            return True
        text = f"session {session}, expected {self.session}"
        self._forget(text, now)
        self._report(ErrorCode.CORRUPT_DATA, octets, text, now)
        return False

    def _note_aspa(self, pdu: AspaPdu, octets: bytes, now: int) -> None:
        held = self._aspas_told.get(pdu.customer)
        if pdu.customer not in self._aspas_told and not self._is_reset:
            held = self.aspas.get(pdu.customer)
        if not pdu.announces and held is None:
            text = f"AS{pdu.customer} has no ASPA"
            self._report(ErrorCode.WITHDRAWAL_OF_UNKNOWN_RECORD, octets, text, now)
            return
        self._aspas_told[pdu.customer] = pdu.providers if pdu.announces else None
        self._providers_told += 1 + len(pdu.providers)
        if self._providers_told > self._most:
            self._report(ErrorCode.INTERNAL_ERROR, b"", "more records than we hold", now)

    def _end(self, pdu: EndOfData, octets: bytes, now: int) -> None:
        """All that was told counts from now on."""
        if not self._is_reset and self.serial is not None and is_older(pdu.serial, self.serial):
            text = f"serial {pdu.serial} after {self.serial} (RFC 1982)"
            self._report(ErrorCode.CORRUPT_DATA, octets, text, now)
            return
        after, fault = self._telling.apply(VrpTable() if self._is_reset else self.vrps)
        if after is None or fault is not None:
            self._contradicted(fault, now)
            return
        aspas = {} if self._is_reset else dict(self.aspas)
        for customer, providers in self._aspas_told.items():
            if providers is None:
                aspas.pop(customer, None)
            else:
                aspas[customer] = providers
        if len(after) + len(aspas) > self._most:
            self._report(ErrorCode.INTERNAL_ERROR, b"", "more records than we hold", now)
            return
        self.changes += not self.has_data or after != self.vrps or aspas != self.aspas
        self.vrps, self.aspas, self.has_data = after, MappingProxyType(aspas), True
        self._aspas_told.clear()
        self._take_intervals(pdu)
        self.serial, self.updated_at, self._failures = pdu.serial, now, 0
        self.expires_at = now + self.expire_ns
        self.state, self._due = State.SYNCHRONIZED, now + self.refresh_ns

    def _contradicted(self, fault: tuple[bool, bytes] | None, now: int) -> None:
        is_again, body = fault or (True, b"")
        code = (
            ErrorCode.DUPLICATE_ANNOUNCEMENT_RECEIVED
            if is_again
            else ErrorCode.WITHDRAWAL_OF_UNKNOWN_RECORD
        )
        kind = 4 if len(body) == 12 else 6
        erroneous = bytes((self.version, kind, 0, 0)) + (HEADER + len(body)).to_bytes(4) + body
        pdu = decode(erroneous)[1]
        self._report(code, erroneous, str(pdu.vrp) if isinstance(pdu, PrefixPdu) else "", now)

    def _take_intervals(self, pdu: EndOfData) -> None:
        if pdu.refresh_s is None or pdu.retry_s is None or pdu.expire_s is None:
            return
        refresh = _within(pdu.refresh_s, of.REFRESH_RANGE_S)
        retry = _within(pdu.retry_s, of.RETRY_RANGE_S)
        expire = max(_within(pdu.expire_s, of.EXPIRE_RANGE_S), refresh, retry)
        self._intervals = (refresh * SECOND, retry * SECOND, expire * SECOND)


def _within(value: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(value, bounds[1]))
