"""BGP4MP and BGP4MP_ET: messages and changes of state, as they happened (RFC 6396 4.4).

```text
Peer AS (16 or 32), Local AS (16 or 32), Interface Index (16), Address Family (16),
Peer IP Address (32 or 128), Local IP Address (32 or 128),
and then: Old State (16), New State (16), or: a BGP message with its header
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.mrt.constants import MessageSubtype, RecordType, SessionState
from fingerpost.mrt.record import Record

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_STATES: Final = frozenset(SessionState)
_AS2: Final = frozenset({0, 1, 6, 8, 10})
_LOCAL: Final = frozenset({6, 7, 10, 11})
_ADD_PATH: Final = frozenset({8, 9, 10, 11})
STATE_CHANGES: Final = frozenset({MessageSubtype.STATE_CHANGE, MessageSubtype.STATE_CHANGE_AS4})


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a session. `interface`: the number of the local one, 0 where unknown."""

    peer_as: int
    local_as: int
    peer: Address
    local: Address
    interface: int = 0

    def encode(self) -> bytes:
        """With AS numbers of four octets."""
        octets = self.peer.packed
        return (
            self.peer_as.to_bytes(4, "big")
            + self.local_as.to_bytes(4, "big")
            + self.interface.to_bytes(2, "big")
            + (1 if len(octets) == 4 else 2).to_bytes(2, "big")
            + octets
            + self.local.packed
        )


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A BGP message, whole with its header, as it came, or went with `is_local`.

    `as4`: AS numbers in it have four octets. `has_path_ids`: its prefixes have identifiers
    (RFC 8050 3). `is_timed`: the record has microseconds.
    """

    instant_ns: int
    ends: Ends
    data: bytes
    as4: bool = True
    is_local: bool = False
    has_path_ids: bool = False
    is_timed: bool = True

    def record(self) -> Record:
        """As a record, with AS numbers of four octets in its head; `as4` names the subtype."""
        subtype = MessageSubtype.MESSAGE_AS4
        if self.has_path_ids:
            subtype = MessageSubtype.MESSAGE_AS4_ADDPATH
        if self.is_local:
            subtype = MessageSubtype(
                {4: MessageSubtype.MESSAGE_AS4_LOCAL, 9: MessageSubtype.MESSAGE_AS4_LOCAL_ADDPATH}[
                    subtype
                ]
            )
        kind = RecordType.BGP4MP_ET if self.is_timed else RecordType.BGP4MP
        return Record(self.instant_ns, kind, subtype, self.ends.encode() + self.data)


@dataclass(frozen=True, slots=True)
class StateChange:
    """A session went from one state to another."""

    instant_ns: int
    ends: Ends
    before: SessionState | int
    after: SessionState | int
    is_timed: bool = True

    def record(self) -> Record:
        """As a record."""
        body = self.ends.encode()
        body += int(self.before).to_bytes(2, "big") + int(self.after).to_bytes(2, "big")
        kind = RecordType.BGP4MP_ET if self.is_timed else RecordType.BGP4MP
        return Record(self.instant_ns, kind, MessageSubtype.STATE_CHANGE_AS4, body)


def decode_bgp4mp(record: Record) -> MessageSeen | StateChange:
    """Read a record of BGP4MP or BGP4MP_ET of a known subtype; raises `DecodeError`."""
    reader = record.reader("RFC 6396 4.4")
    as4 = record.subtype not in _AS2
    is_timed = record.type == RecordType.BGP4MP_ET
    ends = _ends(reader, as4=as4)
    if record.subtype in STATE_CHANGES:
        before, after = _state(reader), _state(reader)
        reader.finish("octets behind the states")
        return StateChange(record.instant_ns, ends, before, after, is_timed)
    is_local, has_path_ids = record.subtype in _LOCAL, record.subtype in _ADD_PATH
    data = reader.rest()
    return MessageSeen(record.instant_ns, ends, data, as4, is_local, has_path_ids, is_timed)


def _ends(reader: Reader, *, as4: bool) -> Ends:
    read_as = reader.u32 if as4 else reader.u16
    peer_as, local_as = read_as("peer AS"), read_as("local AS")
    interface, afi = reader.u16("interface index"), reader.u16("address family")
    if afi not in (1, 2):
        reader.refuse("address family", afi, "1 or 2")
    read = reader.ip4 if afi == 1 else reader.ip6
    return Ends(peer_as, local_as, read("peer address"), read("local address"), interface)


def _state(reader: Reader) -> SessionState | int:
    number = reader.u16("state")
    return SessionState(number) if number in _STATES else number
