"""The native leaf of fingerpost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Any, Protocol, Self, SupportsIndex, TypeAlias, final, overload

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

from fingerpost.addr.arithmetic import Neighbours
from fingerpost.addr.embedded import Teredo
from fingerpost.addr.scopes import MulticastScope
from fingerpost.addr.types import AddressLike, PrefixLike

@final
class Address:
    def __new__(cls, value: AddressLike, version: int | None = None) -> Address: ...
    @property
    def version(self) -> int: ...
    @property
    def bits(self) -> int: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def without_zone(self) -> Address: ...
    @property
    def packed(self) -> bytes: ...
    @property
    def compressed(self) -> str: ...
    @property
    def exploded(self) -> str: ...
    def succ(self) -> Address: ...
    def pred(self) -> Address: ...
    def __add__(self, by: int, /) -> Address: ...
    @overload
    def __sub__(self, by: int, /) -> Address: ...
    @overload
    def __sub__(self, other: Address, /) -> int: ...
    def __int__(self) -> int: ...
    def __index__(self) -> int: ...
    def __bytes__(self) -> bytes: ...
    def __format__(self, spec: str, /) -> str: ...
    def __lt__(self, other: Address, /) -> bool: ...
    def __le__(self, other: Address, /) -> bool: ...
    def __gt__(self, other: Address, /) -> bool: ...
    def __ge__(self, other: Address, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Address], tuple[object, ...]]: ...
    def __copy__(self) -> Address: ...
    def __deepcopy__(self, memo: object, /) -> Address: ...

    # attached by fingerpost.addr.attach
    @property
    def reverse_name(self) -> str: ...
    @property
    def ipv4_mapped(self) -> Address | None: ...
    @property
    def sixtofour(self) -> Address | None: ...
    @property
    def teredo(self) -> Teredo | None: ...
    @property
    def solicited_node(self) -> Address: ...
    @property
    def multicast_mac(self) -> str: ...
    @property
    def eui64_mac(self) -> str | None: ...
    @staticmethod
    def from_eui64(prefix: PrefixLike, mac: str | bytes) -> Address: ...
    def to_ipaddress(self) -> IPv4Address | IPv6Address: ...
    @property
    def is_benchmarking(self) -> bool: ...
    @property
    def is_broadcast(self) -> bool: ...
    @property
    def is_documentation(self) -> bool: ...
    @property
    def is_global(self) -> bool: ...
    @property
    def is_ipv4(self) -> bool: ...
    @property
    def is_ipv4_mapped(self) -> bool: ...
    @property
    def is_ipv6(self) -> bool: ...
    @property
    def is_link_local(self) -> bool: ...
    @property
    def is_loopback(self) -> bool: ...
    @property
    def is_multicast(self) -> bool: ...
    @property
    def is_private(self) -> bool: ...
    @property
    def is_reserved(self) -> bool: ...
    @property
    def is_shared(self) -> bool: ...
    @property
    def is_site_local(self) -> bool: ...
    @property
    def is_unicast(self) -> bool: ...
    @property
    def is_unicast_global(self) -> bool: ...
    @property
    def is_unicast_link_local(self) -> bool: ...
    @property
    def is_unique_local(self) -> bool: ...
    @property
    def is_unspecified(self) -> bool: ...
    @property
    def multicast_scope(self) -> MulticastScope | None: ...
    def to_canonical(self) -> Address: ...
    def to_ipv4(self) -> Address | None: ...
    def to_ipv4_mapped(self) -> Address | None: ...
    def to_ipv6_compatible(self) -> Address: ...
    def to_ipv6_mapped(self) -> Address: ...

@final
class Prefix:
    def __new__(
        cls, value: PrefixLike, length: int | str | None = None, strict: bool = False
    ) -> Prefix: ...
    @property
    def version(self) -> int: ...
    @property
    def bits(self) -> int: ...
    @property
    def address(self) -> Address: ...
    @property
    def network(self) -> Address: ...
    @property
    def length(self) -> int: ...
    @property
    def netmask(self) -> Address: ...
    @property
    def hostmask(self) -> Address: ...
    @property
    def first(self) -> Address: ...
    @property
    def last(self) -> Address: ...
    @property
    def broadcast(self) -> Address | None: ...
    @property
    def size(self) -> int: ...
    def contains(self, other: PrefixLike) -> bool: ...
    def __contains__(self, other: PrefixLike, /) -> bool: ...
    def overlaps(self, other: PrefixLike) -> bool: ...
    def is_subnet_of(self, other: PrefixLike) -> bool: ...
    def is_supernet_of(self, other: PrefixLike) -> bool: ...
    def succ(self) -> Prefix: ...
    def pred(self) -> Prefix: ...
    def __format__(self, spec: str, /) -> str: ...
    def __lt__(self, other: Prefix, /) -> bool: ...
    def __le__(self, other: Prefix, /) -> bool: ...
    def __gt__(self, other: Prefix, /) -> bool: ...
    def __ge__(self, other: Prefix, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Prefix], tuple[object, ...]]: ...
    def __copy__(self) -> Prefix: ...
    def __deepcopy__(self, memo: object, /) -> Prefix: ...

    # attached by fingerpost.addr.attach
    @property
    def host_count(self) -> int: ...
    @property
    def first_host(self) -> Address: ...
    @property
    def last_host(self) -> Address: ...
    def hosts(self) -> Iterator[Address]: ...
    def subnets(self, length: int | None = None, *, by: int | None = None) -> Iterator[Prefix]: ...
    def supernet(self, length: int | None = None, *, by: int | None = None) -> Prefix: ...
    def supernets(self) -> Iterator[Prefix]: ...
    @property
    def sibling(self) -> Prefix | None: ...
    @property
    def neighbours(self) -> Neighbours: ...
    @property
    def halves(self) -> tuple[Prefix, Prefix]: ...
    def exclude(self, other: PrefixLike) -> list[Prefix]: ...
    def __iter__(self) -> Iterator[Address]: ...
    def __getitem__(self, index: SupportsIndex, /) -> Address: ...
    @property
    def reverse_zones(self) -> tuple[str, ...]: ...
    def multicast_group(self, group_id: int, scope: int = 14) -> Address: ...
    def to_ipaddress(self) -> IPv4Network | IPv6Network: ...

@final
class Interface:
    def __new__(cls, value: PrefixLike, length: int | str | None = None) -> Interface: ...
    @property
    def version(self) -> int: ...
    @property
    def bits(self) -> int: ...
    @property
    def address(self) -> Address: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def length(self) -> int: ...
    @property
    def prefix(self) -> Prefix: ...
    def __format__(self, spec: str, /) -> str: ...
    def __lt__(self, other: Interface, /) -> bool: ...
    def __le__(self, other: Interface, /) -> bool: ...
    def __gt__(self, other: Interface, /) -> bool: ...
    def __ge__(self, other: Interface, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Interface], tuple[object, ...]]: ...
    def __copy__(self) -> Interface: ...
    def __deepcopy__(self, memo: object, /) -> Interface: ...

    # attached by fingerpost.addr.attach
    @property
    def network_part(self) -> Address: ...
    @property
    def host_part(self) -> Address: ...
    def to_ipaddress(self) -> IPv4Interface | IPv6Interface: ...

@final
class PrefixColumn:
    def __new__(cls, prefixes: Iterable[PrefixLike] = ..., /) -> PrefixColumn: ...
    def __len__(self) -> int: ...
    def __getitem__(self, at: int) -> Prefix: ...
    def __iter__(self) -> Iterator[Prefix]: ...
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(packed: bytes) -> PrefixColumn: ...

_Prefixes: TypeAlias = PrefixSet | PrefixColumn | PrefixLike | Iterable[PrefixLike]

@final
class PrefixSet:
    def __new__(cls, prefixes: _Prefixes = (), /) -> PrefixSet: ...
    @classmethod
    def from_ranges(cls, ranges: Iterable[tuple[AddressLike, AddressLike]], /) -> PrefixSet: ...
    @classmethod
    def from_text(cls, text: str | bytes | Iterable[str | bytes], /) -> PrefixSet: ...
    def __contains__(self, item: PrefixLike, /) -> bool: ...
    def __iter__(self) -> Iterator[Prefix]: ...
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[bytes, bytes], PrefixSet], tuple[bytes, bytes]]: ...
    def __copy__(self) -> PrefixSet: ...
    def __deepcopy__(self, memo: object, /) -> PrefixSet: ...
    def __le__(self, other: PrefixSet, /) -> bool: ...
    def __lt__(self, other: PrefixSet, /) -> bool: ...
    def __ge__(self, other: PrefixSet, /) -> bool: ...
    def __gt__(self, other: PrefixSet, /) -> bool: ...
    def __or__(self, other: PrefixSet, /) -> PrefixSet: ...
    def __and__(self, other: PrefixSet, /) -> PrefixSet: ...
    def __sub__(self, other: PrefixSet, /) -> PrefixSet: ...
    def __xor__(self, other: PrefixSet, /) -> PrefixSet: ...
    def __invert__(self) -> PrefixSet: ...
    def union(self, *others: _Prefixes) -> PrefixSet: ...
    def intersection(self, *others: _Prefixes) -> PrefixSet: ...
    def difference(self, *others: _Prefixes) -> PrefixSet: ...
    def symmetric_difference(self, other: _Prefixes, /) -> PrefixSet: ...
    def complement(self, version: int | None = None) -> PrefixSet: ...
    def issubset(self, other: _Prefixes, /) -> bool: ...
    def issuperset(self, other: _Prefixes, /) -> bool: ...
    def isdisjoint(self, other: _Prefixes, /) -> bool: ...
    def overlaps(self, other: _Prefixes, /) -> bool: ...
    def contains_many(
        self,
        addresses: NDArray[np.uint32] | NDArray[np.uint8] | PrefixColumn | Iterable[PrefixLike],
        /,
    ) -> NDArray[np.bool_]: ...
    def size(self, version: int | None = None) -> int: ...
    def prefixes(self, version: int | None = None) -> PrefixColumn: ...
    def ranges(self, version: int | None = None) -> Iterator[tuple[Address, Address]]: ...
    def gaps(self, within: _Prefixes, /) -> PrefixSet: ...
    def first_free(self, length: int, within: _Prefixes) -> Prefix | None: ...

class _TcpOptions(Protocol):
    @property
    def hop_limit(self) -> int: ...
    @property
    def minimum_hop_limit(self) -> int: ...
    @property
    def nagle(self) -> bool: ...
    @property
    def ack_delay_ns(self) -> int | None: ...
    @property
    def keep_alive_ns(self) -> int | None: ...
    @property
    def timeout_ns(self) -> int | None: ...
    @property
    def receive_buffer(self) -> int: ...
    @property
    def send_buffer(self) -> int: ...

@final
class TcpStack:
    def __new__(cls, mtu: int, seed: int, limit: int) -> TcpStack: ...
    def set_mtu(self, mtu: int) -> None: ...
    def receive(self, packets: Sequence[bytes], now: int) -> None: ...
    def poll(self, now: int) -> list[bytes]: ...
    def events(self) -> list[tuple[str, int, int | None]]: ...
    def next_deadline(self) -> int | None: ...
    def counters(self) -> tuple[int, int, int]: ...
    def listen(
        self, port: int, address: AddressLike | None, backlog: int, options: _TcpOptions
    ) -> int: ...
    def connect(
        self,
        local: tuple[AddressLike, int],
        remote: tuple[AddressLike, int],
        options: _TcpOptions,
        now: int,
    ) -> int: ...
    def send(self, handle: int, octets: bytes, now: int) -> int: ...
    def recv(self, handle: int, limit: int, now: int) -> bytes: ...
    def close(self, handle: int, now: int) -> None: ...
    def abort(self, handle: int, now: int) -> None: ...
    def forget(self, handle: int) -> None: ...
    def state(self, handle: int) -> str: ...
    def unacknowledged(self, handle: int) -> int: ...
    def ends(self, handle: int) -> tuple[tuple[Address, int], tuple[Address, int]]: ...

@final
class TextTable:
    def __new__(cls) -> TextTable: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    @property
    def memory(self) -> int: ...
    @property
    def bad_total(self) -> int: ...
    @property
    def bad(self) -> list[tuple[int, str, str]]: ...
    def repeated(self) -> int: ...
    def columns(self) -> tuple[PrefixColumn, list[object]]: ...

@final
class RowTable:
    def __new__(cls) -> RowTable: ...
    def __len__(self) -> int: ...
    def add(self, text: str) -> str | None: ...
    def add_prefix(self, prefix: Prefix) -> None: ...
    def add_range(self, first: str, last: str) -> int: ...
    def repeated(self) -> int: ...
    def column(self) -> PrefixColumn: ...

@final
class MrtRoute:
    def __new__(
        cls,
        peer: AddressLike,
        peer_as: int,
        path_id: int | None = None,
        segments: Iterable[tuple[int, Iterable[int]]] = (),
        origin: str | None = None,
        next_hop: AddressLike | None = None,
        med: int | None = None,
        local_pref: int | None = None,
        atomic_aggregate: bool = False,
        aggregator: tuple[int, AddressLike] | None = None,
        communities: Iterable[str] = (),
        large_communities: Iterable[str] = (),
    ) -> MrtRoute: ...
    @property
    def peer(self) -> Address: ...
    @property
    def peer_as(self) -> int: ...
    @property
    def path_id(self) -> int | None: ...
    @property
    def origin_as(self) -> int | None: ...
    @property
    def as_path(self) -> str: ...
    @property
    def ases(self) -> tuple[int, ...]: ...
    @property
    def segments(self) -> tuple[tuple[int, tuple[int, ...]], ...]: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def next_hop(self) -> Address | None: ...
    @property
    def med(self) -> int | None: ...
    @property
    def local_pref(self) -> int | None: ...
    @property
    def atomic_aggregate(self) -> bool: ...
    @property
    def aggregator(self) -> tuple[int, Address] | None: ...
    @property
    def communities(self) -> tuple[str, ...]: ...
    @property
    def large_communities(self) -> tuple[str, ...]: ...
    def as_dict(self) -> dict[str, object]: ...
    def __hash__(self) -> int: ...

@final
class MrtTable:
    def __new__(cls, peer: Address | None = None, peer_as: int | None = None) -> MrtTable: ...
    def __len__(self) -> int: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    @property
    def memory(self) -> int: ...
    @property
    def entries(self) -> tuple[int, int]: ...
    @property
    def bad_total(self) -> int: ...
    @property
    def bad(self) -> list[tuple[int, str, str]]: ...
    @property
    def skipped(self) -> list[tuple[str, int]]: ...
    @property
    def peers(self) -> list[tuple[Address, int]]: ...
    def columns(
        self, pick: Callable[[MrtRoute], object] | None = None
    ) -> tuple[PrefixColumn, list[object]]: ...

@final
class MrtEntries:
    def __new__(cls) -> MrtEntries: ...
    def feed(self, chunk: bytes) -> list[tuple[Prefix, MrtRoute] | str]: ...
    def end(self) -> str | None: ...

_Memory: TypeAlias = Buffer | NDArray[Any]  # numpy says that it is a Buffer from 3.12 on

class ValueTable:
    def __len__(self) -> int: ...
    def __getitem__(self, at: int) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def take(self, indices: _Memory) -> list[Any]: ...
    def lengths_into(self, indices: _Memory, out: _Memory) -> None: ...

@final
class RibStore:
    def __new__(cls) -> RibStore: ...
    def __len__(self) -> int: ...
    @property
    def group_count(self) -> int: ...
    def memory(self) -> tuple[int, int, int]: ...
    def set_path(self, path: int, source: int, hash: int) -> None: ...
    def drop_path(self, path: int) -> None: ...
    def paths_like(self, hash: int) -> list[int]: ...
    def group(self, paths: list[int]) -> int: ...
    def paths(self, group: int) -> list[int]: ...
    def groups(self) -> list[int]: ...
    def groups_of(self, paths: list[int]) -> list[int]: ...
    def count(self, groups: list[int]) -> int: ...
    def count_of_source(self, source: int) -> int: ...
    def get(self, prefix: PrefixLike) -> int: ...
    def since(self, prefix: PrefixLike, path: int) -> int | None: ...
    def covering(self, asked: PrefixLike | AddressLike) -> list[tuple[Prefix, int]]: ...
    def walk(
        self, within: PrefixLike, after: PrefixLike | None, limit: int
    ) -> list[tuple[Prefix, int]]: ...
    def members(self, groups: list[int]) -> PrefixColumn: ...
    def stage(
        self,
        prefixes: Iterable[PrefixLike],
        operations: Sequence[int] | int,
        since: Sequence[int] | int,
    ) -> None: ...
    def run(self) -> tuple[int, int] | None: ...
    def teach(self, group: int, operation: int, after: int) -> None: ...
    def commit(self) -> tuple[list[int], list[int], list[int], list[int]]: ...
    def before(self, prefixes: Iterable[PrefixLike]) -> list[int]: ...
    def mark(self, groups: list[int]) -> None: ...
    def concerned(self) -> int: ...
    def concerns(self, addresses: Iterable[AddressLike], at_least: int) -> list[int]: ...
    def moved(self) -> PrefixColumn: ...
    def pairs(self) -> list[tuple[int, int]]: ...
    def changes(
        self,
        kinds: Sequence[tuple[int | None, int | None]],
        of_pairs: Sequence[int | None],
        rest: Sequence[tuple[int, int]],
        singles: dict[Prefix, int | None],
    ) -> RibChanges: ...
    def finish(self) -> None: ...

@final
class RibChanges:
    def __new__(cls) -> RibChanges: ...
    def __len__(self) -> int: ...
    def rows(self, start: int, stop: int) -> list[tuple[Prefix, int, int, int]]: ...
    def prefixes(self) -> PrefixColumn: ...
    def kinds(self) -> bytes: ...
    def select(self, to: Sequence[int | None]) -> RibChanges: ...
    def counts(self, kinds: int) -> list[int]: ...
    def split(self, kinds: int) -> list[tuple[int, PrefixColumn]]: ...
    def joined(self, others: RibChanges, first: int) -> RibChanges: ...

class Table:
    def __new__(cls, items: object = ..., *, form: str | None = None) -> Self: ...
    @property
    def form(self) -> str: ...
    @property
    def generation(self) -> int: ...
    def counts(self) -> tuple[int, int]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: PrefixLike, /) -> Any: ...
    def __setitem__(self, key: PrefixLike, value: Any, /) -> None: ...
    def __delitem__(self, key: PrefixLike, /) -> None: ...
    def __contains__(self, key: object, /) -> bool: ...
    def get(self, key: PrefixLike, default: Any = None, /) -> Any: ...
    def lookup(self, address: AddressLike, default: Any = None, /) -> Any: ...
    def match(self, address: AddressLike) -> tuple[Prefix, Any] | None: ...
    def covering(self, prefix: PrefixLike) -> list[tuple[Prefix, Any]]: ...
    def inside(self, prefix: PrefixLike) -> list[tuple[Prefix, Any]]: ...
    def page(
        self, within: PrefixLike, after: PrefixLike | None, limit: int
    ) -> list[tuple[Prefix, Any]]: ...
    def columns(self) -> tuple[PrefixColumn, list[Any]]: ...
    def change_many(
        self, put: Iterable[PrefixLike], values: list[Any], drop: Iterable[PrefixLike]
    ) -> tuple[int, int, tuple[Prefix, ...]]: ...
    def compare_prefixes(
        self, other: Table
    ) -> tuple[
        list[tuple[Prefix, Any]], list[tuple[Prefix, Any]], list[tuple[Prefix, Any, Any]]
    ]: ...
    def value_snapshot(self) -> ValueTable: ...
    def freeze_table(self, form: str | None = None) -> FrozenTable: ...
    def freeze_as(
        self, indices: list[int], values: list[Any], form: str | None = None
    ) -> FrozenTable: ...
    def memory(self) -> dict[str, int]: ...

@final
class AddressColumn:
    @staticmethod
    def from_arrow(exporter: object, version: int | None = None) -> AddressColumn: ...
    @staticmethod
    def from_items(items: object, version: int | None = None) -> AddressColumn: ...
    @staticmethod
    def from_numbers(buffer: _Memory, version: int | None = None) -> AddressColumn: ...
    @staticmethod
    def from_packed(buffer: _Memory) -> AddressColumn: ...
    @staticmethod
    def from_halves(
        buffer: _Memory, stride: int, high_at: int, low_at: int, big_endian: bool
    ) -> AddressColumn: ...
    def __len__(self) -> int: ...
    def prefixes(self, rows: _Memory, lengths: _Memory) -> list[Prefix | None]: ...

def lookup_column(
    table: Table, column: AddressColumn, out: _Memory, threads: int
) -> tuple[ValueTable, int, list[tuple[int, str, str]]]: ...
def lookup_column_frozen(
    table: FrozenTable, column: AddressColumn, out: _Memory, threads: int
) -> tuple[int, list[tuple[int, str, str]]]: ...

class FrozenTable:
    def __new__(cls, source: object) -> Self: ...
    @property
    def values(self) -> Sequence[Any]: ...
    @property
    def form(self) -> str: ...
    @property
    def slots(self) -> int: ...
    def __getitem__(self, address: AddressLike, /) -> Any: ...
    def __contains__(self, address: object, /) -> bool: ...
    def lookup(self, address: AddressLike, default: Any = None, /) -> Any: ...
    def match(self, address: AddressLike) -> tuple[Prefix, Any] | None: ...
    def prefix_lengths(self) -> bytes: ...
    def sections(self) -> tuple[str, tuple[int, int], list[bytes]]: ...
    def memory(self) -> tuple[int, int]: ...

@final
class FrameForwarder:
    def __new__(
        cls,
        routes: FrozenTable,
        ports: list[tuple[bytes, int, bool, list[int] | None]],
        adjacencies: list[tuple[int, bytes | None]],
        groups: list[tuple[int, list[int]]],
        special: list[tuple[PrefixLike, int]],
        neighbours: list[tuple[AddressLike, int]],
        seed: int,
    ) -> FrameForwarder: ...
    def use_simd(self, name: str) -> None: ...
    def run(
        self,
        frames: _Memory,
        lengths: _Memory,
        out: _Memory,
        ingress: int,
        stride: int | None = None,
        offsets: _Memory | None = None,
    ) -> int: ...
    def counters(self) -> tuple[list[tuple[int, int, list[int]]], list[tuple[int, int]]]: ...

def hand_up_reasons() -> list[str]: ...
def ones_sum(data: bytes) -> int:
    """The ones' complement sum of the 16-bit words (RFC 1071), 0 to 0xffff."""

# path type (0 intra-area, 1 inter-area, 2 E1, 3 E2, 4 N1, 5 N2), cost, cost of type 2, area id,
# tag, next hops (interface number, gateway), whether it is connected
_OspfHops: TypeAlias = tuple[tuple[int, Address | None], ...]
_OspfRoute: TypeAlias = tuple[int, int, int, int, int, _OspfHops, bool]
# scope, type, link state id, advertising router
_OspfLsa: TypeAlias = tuple[int, int, int, int]

@final
class RouteCalculator:
    """The routing table of one OSPF instance, from the LSAs that it is given (RFC 2328 16,
    RFC 5340 4.8, RFC 3101 2.5, RFC 5838).

    Version 2 goes with `family` 4, version 3 with 6 or 4. Scopes are those of the database: 0 is
    the AS, an area has its own number. Interfaces have numbers of the caller's, greater than 0.
    Nothing is calculated before `run`, and then only what changed. Raises `UsageError` for what
    cannot be.
    """

    def __new__(cls, version: int, router_id: int, family: int) -> RouteCalculator: ...
    def __len__(self) -> int:
        """Number of prefixes that have a route."""
    def set_area(
        self,
        scope: int,
        area_id: int,
        kind: int = 0,
        *,
        imports_summaries: bool = True,
        ranges: Iterable[PrefixLike] = (),
    ) -> None:
        """Attach the router to an area, before the LSAs of the scope come, or change it.

        `kind` is 0 (normal), 1 (stub) or 2 (NSSA); `ranges` are those that stand for the area's
        networks outside of it (RFC 2328 3.5).
        """
    def remove_area(self, scope: int) -> None:
        """Leave an area; its LSAs count no more."""
    def set_options(
        self,
        *,
        is_area_border: bool,
        rfc1583: bool = False,
        maximum_paths: int = 64,
        is_provider_edge: bool = False,
    ) -> None:
        """Say what concerns the whole router.

        `is_area_border`: of summaries it uses the backbone's, and crosses transit areas; else those
        of all its areas. `rfc1583`: RFC1583Compatibility. `is_provider_edge`: it honours the DN bit
        (RFC 4576).
        """
    def set_first_hops(self, scope: int, links: Iterable[tuple[int, int, int, int]]) -> None:
        """Say which interfaces the links of the own router-LSA are of; they replace the former.

        A link is (kind, id, data, interface number). Version 2: kind 1, 2 or 4 with link id and
        link data as in the LSA. Version 3: kind 1 or 4, neighbour's router id, own interface id; or
        kind 2, any, own interface id. Of a virtual link (4) the last is the scope of its transit
        area.
        """
    def set_addresses(self, scope: int, addresses: Iterable[tuple[int, int, AddressLike]]) -> None:
        """Say which address a neighbour has: (interface number, router id, address); they replace
        the former. Version 2 needs them for point-to-point links without addresses and for several
        links to one neighbour; version 3 always, from link-LSAs."""
    def set_connected(self, scope: int, prefixes: Iterable[tuple[PrefixLike, int]]) -> None:
        """Say which interfaces the router's own prefixes are of, for externals that are to be
        forwarded to an address in one; they replace the former."""
    def apply(self, scope: int, lsa: Buffer) -> None:
        """Take in an LSA. What cannot be read counts as nothing."""
    def withdraw(self, scope: int, type: int, id: int, router: int) -> None:
        """Take in that an LSA is gone."""
    def run(self, database: LinkStateDatabase | None = None) -> Calculated:
        """Take in what changed in a database, if one is given, and calculate what changed."""
    def routers(self, scope: int) -> list[tuple[int, int, int, int, _OspfHops]]:
        """Border and boundary routers of an area and ends of virtual links, by id.

        Each is (router id, bits B 1, E 2, V 4, path type, cost, next hops); path type 1 are
        boundary routers that summaries tell of.
        """
    def route(self, prefix: PrefixLike) -> _OspfRoute | None:
        """The route to exactly this prefix."""
    def routes_in(self, prefix: PrefixLike) -> list[tuple[Prefix, _OspfRoute]]:
        """The routes to all prefixes inside one, itself included, in order."""
    def candidates(self, prefix: PrefixLike) -> list[tuple[str, _OspfRoute, list[_OspfLsa]]]:
        """Every way to a prefix, those in use first: the rule that decided, the route that it would
        be (path type 6 where it is none), and the LSAs it rests on, the one that names the prefix
        first. To be asked after a run, of which it reads the data.

        Rules: "used"; "unreachable", "no next hop", "not an area border router", "not of the
        backbone", "own active range", "DN bit", "default of an NSSA", "forwarding address
        unreachable", "own forwarding address" for what is no way; "path type", "cost", "type 2
        cost", "path preference" (RFC 2328 16.4.1), "larger link state id" for what lost.
        """
    def path(self, scope: int, router: int) -> list[tuple[list[_OspfLsa], int, list[int]]]:
        """The vertices of all shortest paths to a router, the own router first: LSAs, distance,
        places of the vertices before it. Empty where it is not reached."""
    def beside(self, scope: int, router: int) -> list[tuple[int, int]]:
        """The neighbours by which a router can be reached, each with the cost of the cheapest way
        by it that does not come back: (router id, cost), the cheapest first."""
    def memory(self) -> int:
        """Bytes held, about."""

@final
class Calculated:
    """What a run of a `RouteCalculator` changed, and what it took."""

    @property
    def announced(self) -> list[tuple[_OspfRoute, PrefixColumn]]:
        """New and changed routes, the prefixes of equal ones together."""
    @property
    def withdrawn(self) -> PrefixColumn:
        """Prefixes that have no route any more."""
    @property
    def routers_changed(self) -> bool:
        """Whether something that `routers` gives may have changed."""
    @property
    def kind(self) -> str:
        """How much it had to do: "nothing", "prefixes", "partial" (summaries, externals or
        settings), "incremental" or "whole" (a tree)."""
    @property
    def vertices(self) -> int:
        """How many vertices it took up."""
    @property
    def edges(self) -> int:
        """How many edges it looked at."""
    @property
    def prefixes(self) -> int:
        """How many prefixes it weighed."""

@final
class RouteLedger:
    def __new__(cls) -> RouteLedger: ...
    def set_way(
        self, number: int, kind: int, scope: int, attributes: bytes, flags: int = 0
    ) -> None: ...
    def drop_way(self, number: int) -> None: ...
    def want(self, prefix: PrefixLike, way: int) -> None: ...
    def want_all(self, prefixes: PrefixColumn, way: int, version: int | None) -> int: ...
    def want_each(
        self, prefixes: PrefixColumn | Sequence[PrefixLike], ways: Sequence[int]
    ) -> None: ...
    def hold(self, prefix: PrefixLike, way: int) -> None: ...
    def state(self, prefix: PrefixLike) -> tuple[int, int, int, str] | None: ...
    def retry(self) -> None: ...
    def retry_one(self, prefix: PrefixLike) -> None: ...
    def reconcile(
        self, dump: RouteDump, ways: Sequence[int], spares: bool
    ) -> tuple[int, int, int, int]: ...
    def sweep(self) -> int: ...
    def uses(self, way: int) -> tuple[int, int]: ...
    def leaving(self, least: int) -> list[int]: ...
    def flushed(self, way: int) -> int: ...
    def take_idle(self) -> list[int]: ...
    def counts(self) -> tuple[int, int, int, int]: ...
    def refusals(self, limit: int) -> list[tuple[Prefix, int, str]]: ...
    def prefixes(self) -> PrefixColumn: ...

@final
class RouteDump:
    def __len__(self) -> int: ...
    @property
    def is_interrupted(self) -> bool: ...
    def tails(self) -> list[bytes]: ...
    def with_tail(self, tail: int) -> PrefixColumn: ...

@final
class RouteSocket:
    def __new__(
        cls, protocol: int, table: int, metric: int, receive_buffer: int
    ) -> RouteSocket: ...
    @property
    def port(self) -> int: ...
    def request(self, kind: int, flags: int, body: bytes) -> tuple[int, str]: ...
    def dump(self, kind: int, body: bytes) -> tuple[int, list[bytes]]: ...
    def dump_routes(self) -> RouteDump: ...
    def sync(
        self, ledger: RouteLedger, drops: bool, most: int | None = None
    ) -> tuple[tuple[int, int, int, int, int, int, int], bool]: ...

@final
class RouteListener:
    def __new__(cls, requests: RouteSocket, receive_buffer: int) -> RouteListener: ...
    def fileno(self) -> int: ...
    def read(self) -> list[tuple[str, Prefix | None, bool]] | None: ...

_LsaKey: TypeAlias = tuple[int, int, int]  # type, id, advertising router

@final
class UpdateReceived:
    """What became of the LSAs of one Link State Update (RFC 2328 13)."""

    @property
    def lsas(self) -> int:
        """How many were looked at; the numbers below and what is handed up sum up to it."""
    @property
    def installed(self) -> int:
        """Newer than ours: installed and flooded (step 5)."""
    @property
    def changed(self) -> int:
        """Of those, how many say something else than before (RFC 2328 13.2)."""
    @property
    def changed_types(self) -> list[tuple[int, int]]:
        """(scope, type) of those, in their order, each as often as it is not that of the one before
        (what a helper of a restarting router has to know, RFC 3623 3.2)."""
    @property
    def duplicates(self) -> int:
        """The instance that we have (step 7): acknowledged, or an acknowledgment themselves."""
    @property
    def older(self) -> int:
        """Ours is newer (step 8): it was queued to the neighbour, unless just sent."""
    @property
    def wrapped(self) -> int:
        """Ours is about to go, at the greatest sequence number (step 8)."""
    @property
    def too_soon(self) -> int:
        """Less than MinLSArrival after the one before (step 5a)."""
    @property
    def unneeded(self) -> int:
        """MaxAge, and there was nothing to take away (step 4): acknowledged."""
    @property
    def unknown_type(self) -> int:
        """Of a type or scope that is not known (step 2, RFC 5340 4.5.1)."""
    @property
    def misplaced(self) -> int:
        """Of a type that the area does not take (step 3)."""
    @property
    def bad_checksum(self) -> int:
        """Damaged (step 1)."""
    @property
    def refused(self) -> int:
        """Beyond the limit of LSAs; not acknowledged."""
    @property
    def is_ignored(self) -> bool:
        """The neighbour is below Exchange: nothing was looked at."""
    @property
    def is_malformed(self) -> bool:
        """The bytes ended before the LSAs did; those before were taken."""
    @property
    def is_bad_request(self) -> bool:
        """BadLSReq (step 6): what followed was not looked at."""
    @property
    def is_loaded(self) -> bool:
        """The neighbour is in Loading and its request list is empty (LoadingDone). Ask
        `is_loaded` of the database instead where something was handed up."""
    @property
    def may_request(self) -> bool:
        """All that was asked by the last request has come, and there is more to ask for."""
    @property
    def handed_up(self) -> list[tuple[int, int]]:
        """(offset, length) in the body of each LSA that is ours and newer than what we have, and of
        others of the same key behind it: for `fingerpost.ospf.flooding` to go through."""

BgpFilter: TypeAlias = tuple[
    int | None,
    int,
    int | None,
    int | None,
    tuple[int, bytes] | None,
    BgpAutomaton | None,
    bool,
    int | None,
    int | None,
]

@final
class BgpReceived:
    """What came of octets that a neighbour sent."""

    @property
    def updates(self) -> int: ...
    @property
    def keepalives(self) -> int: ...
    @property
    def announced(self) -> int:
        """Prefixes that were announced."""
    @property
    def withdrawn(self) -> int:
        """Prefixes that were withdrawn, also by what was wrong (RFC 7606)."""
    @property
    def end_of_rib(self) -> list[int]:
        """Codes of the families that end their first telling (RFC 4724 2)."""
    @property
    def fault_count(self) -> int: ...
    @property
    def faults(self) -> list[tuple[str, int, int, str, bytes]]:
        """The first faults that did not end the session: "discard" or "withdraw", the subcode of
        UPDATE Message Error, the type of the attribute, what is wrong, the octets."""
    @property
    def message(self) -> tuple[int, bytes] | None:
        """Type and body of a message that is not the table's; what follows it waits."""
    @property
    def reset(self) -> tuple[int, int, bytes, str] | None:
        """Code, subcode and data of the NOTIFICATION that has to end the session, and why."""
    @property
    def is_more(self) -> bool:
        """Whole messages wait: call `receive` with nothing more."""

@final
class BgpAsSet:
    """AS numbers, of ranges with their last: the fast form of `policy.AsSet`."""

    def __new__(cls, ranges: Sequence[tuple[int, int]]) -> BgpAsSet: ...
    def __contains__(self, number: int) -> bool: ...

class BgpPrefixList:
    """Entries of prefix, least and greatest length, whether it permits: the fast form of
    `policy.PrefixList`."""

    def __new__(cls, entries: Iterable[tuple[Prefix, int, int, bool]]) -> BgpPrefixList: ...
    def permits(self, prefix: Prefix | str) -> bool: ...

class BgpAutomaton:
    """The fast form of `policy.automaton.Automaton`; raises `UsageError` for parts that do not fit
    together."""

    def __new__(
        cls, groups: bytes, width: int, table: Sequence[int], ends: bytes
    ) -> BgpAutomaton: ...
    def fits(self, path: str) -> bool: ...

class BgpTable:
    """The tables of one instance of BGP: Adj-RIBs-In, Loc-RIB, Adj-RIBs-Out (RFC 4271 3.2).

    Neighbours are numbered from 1 to 65535, 0 is ourselves; families by `Family.code`. Attributes
    are canonical bytes (`fingerpost.bgp.attributes`). `key` is that of its hashes: one that peers
    cannot guess. Instants are nanoseconds.
    """

    def __new__(
        cls,
        asn: int,
        router_id: int,
        *,
        cluster_id: int,
        confederation: int,
        takes_sets: bool,
        key: int,
    ) -> BgpTable: ...
    def set_rules(
        self,
        *,
        always_compares_med: bool,
        missing_med_is_worst: bool,
        ignores_path_length: bool,
        prefers_oldest: bool,
        multipath_external: int,
        multipath_internal: int,
        multipath_relaxed: bool,
        default_local_preference: int,
    ) -> None: ...
    def set_peer(
        self,
        peer: int,
        *,
        relation: int,
        asn: int,
        local_asn: int,
        address: Address,
        router_id: int,
        role: int | None,
        checks_first_as: bool,
        families: Mapping[int, tuple[int, int, int, int]],
        is_direct: bool = False,
        takes_aigp: Mapping[int, bool] = ...,
        damping: Mapping[int, tuple[int, int, int, int]] = ...,
        prepends: int = 0,
    ) -> None:
        """Have a neighbour, or change it. `relation`: 0 external, 1 of our confederation, 2 of our
        AS, 3 a client of ours. By family: the import policy (0 none, -1 nothing is taken), how
        often our AS may stand in paths, the weight, above how many prefixes more are refused (0:
        none). `is_direct`: it is one hop away. `takes_aigp`, by family, where it is not taken by
        the relation (RFC 7311 3.1). `damping`, by family, where there is any: half life and
        longest suppression in seconds, the penalty above which a path is suppressed, and at which
        it is used again (RFC 2439). `prepends`: an AS in front of its paths (RFC 7705 3.1)."""
    def pass_time(self, now: int) -> bool:
        """Use paths again that flapped and whose time has come; True: something may have changed,
        and `work` is owed."""
    def next_deadline(self) -> int | None:
        """The instant at which `pass_time` is owed; None if nothing waits."""
    def flapping(
        self, family: int, prefix: Prefix | bytes, now: int
    ) -> list[tuple[int, int, int, int | None]]:
        """Of the paths to a prefix that flap: neighbour, path identifier, penalty now, the instant
        at which it is used again if it is suppressed."""
    def set_surroundings(self, own: Sequence[Address], networks: Sequence[Prefix]) -> None:
        """Our addresses, and the networks of our links, none if they are not known: next hops are
        checked against them (RFC 4271 6.3). What was told is judged again if that is news."""
    def remove_peer(self, peer: int) -> None: ...
    def open_session(
        self,
        peer: int,
        *,
        as4: bool,
        longest_out: int,
        longest_in: int,
        families: Sequence[tuple[int, bool, bool, bool, bytes]],
        scope: int,
    ) -> None:
        """A session is Established. By family: its code, whether path identifiers come, whether
        they go, whether IPv4 prefixes may have IPv6 next hops, and our own next hop. `scope`: the
        number of the interface that link-local addresses are on."""
    def close_session(self, peer: int, keep: Sequence[int] = ...) -> None:
        """A session has ended; what it told is stale in the families of `keep`, gone in others."""
    def receive(self, peer: int, data: bytes, now: int, budget: int) -> BgpReceived:
        """Take octets in order, and read up to `budget` messages."""
    def originate(
        self,
        family: int,
        prefixes: PrefixColumn | Sequence[Prefix | bytes],
        attributes: bytes,
        source: int,
        now: int,
    ) -> None: ...
    def retract(
        self, family: int, prefixes: PrefixColumn | Sequence[Prefix | bytes], source: int
    ) -> None: ...
    def tell(
        self,
        peer: int,
        family: int,
        hop: bytes,
        *,
        relation: int,
        local_asn: int,
        asn: int = 0,
        role: int | None = None,
        policy: int = 0,
        next_hop_self: bool = False,
        reflects_as_self: bool = False,
        next_hop_unchanged: bool = False,
        overrides_as: bool = False,
        private_as: int = 0,
        sends_communities: bool = True,
        aigp: bool = False,
        takes_long_lived: bool = False,
        as4: bool = True,
        longest: int = 4096,
        extended_next_hop: bool = False,
        paths: int = 0,
        again: bool = False,
        own_only: bool = False,
        behind_asn: int = 0,
        default_route: int = 0,
        advertisement: int = 0,
    ) -> None:
        """Tell a neighbour a family from now on; `again`: it is told already, by other rules, and
        hears only what differs. `hop` is our next hop there; `behind_asn` stands behind `local_asn`
        in paths (RFC 7705 3.3), 0: nothing does. `paths`: how many of a prefix are told, each with
        an identifier (RFC 7911); 0: one without. `default_route`: the `source` of the default that
        is told in its place (`give`). `advertisement`: nanoseconds between messages about a prefix
        (RFC 4271 9.2.1.1)."""
    def give(self, family: int, attributes: bytes | None, source: int, now: int) -> None:
        """Have a default told where `tell` asks for it, which nobody chooses; None: no more."""
    def set_summaries(self, prefixes: Sequence[Prefix]) -> None:
        """Nothing inside of these is told, only what they are themselves (RFC 4271 9.2.2.2)."""
    def tell_no_more(self, peer: int, family: int | None = None) -> None: ...
    def tell_again(self, peer: int, family: int, is_marked: bool = False) -> None:
        """Tell everything from the beginning (RFC 2918 4), between markers or not (RFC 7313 4)."""
    def told(
        self, peer: int, family: int, prefix: Prefix | str | bytes
    ) -> tuple[bytes | None, int] | None:
        """What it is told of a prefix in canonical bytes, or the number of why not
        (`exporting.Refused`); None where it is told nothing of the family."""
    def told_each(
        self, peer: int, family: int, prefix: Prefix | str | bytes
    ) -> list[tuple[int, int, int, bytes | None, int]] | None:
        """The same of each path to it, the best first, or of the best alone where it is told of no
        others: who said it, by which identifier, the identifier that it is told by (0: none), the
        bytes or None, the number of why not."""
    def outgoing(self, peer: int, room: int, now: int = 0) -> bytes:
        """Whole messages, up to `room` octets; empty: nothing is owed now."""
    def told_deadline(self) -> int | None:
        """When something that waits for its time may be told (RFC 4271 9.2.1.1)."""
    def told_counts(self, peer: int, family: int) -> tuple[int, int]:
        """How many prefixes it was told, and how many octets stand ready for it."""
    def groups(self) -> list[tuple[int, list[int], int]]:
        """Of each group that is told the same: family, members, how many prefixes."""
    def set_rpki(self, vrps: VrpTable, aspas: AspaTable) -> None:
        """Go by what the RPKI says. Whatever rests on what differs from before is judged again by
        policies that ask, in slices (`work`)."""
    def set_policy(
        self,
        number: int,
        statements: Sequence[tuple[int, Any, Any, Any, int]],
        accepts: bool,
        written: int,
    ) -> None:
        """Have a policy by a number above 0, as `bgp.program` makes it."""
    def remove_policy(self, number: int) -> None:
        """Have it no more; whoever still asks it is refused."""
    def take_policy_hits(self, number: int) -> list[int]:
        """How many routes each statement meant, and last how many reached the end, since this was
        last asked."""
    def look_policy(
        self,
        number: int,
        attributes: bytes,
        prefix: Prefix | str | None,
        source: int,
        metric: int | None = None,
    ) -> tuple[bool, bytes, int, list[int]] | None:
        """What a policy makes of canonical bytes, without being counted: whether they pass, what
        they are then, marks (1: it set MED, 2: the next hop), the statements that meant it. None:
        there is no such policy."""
    def work(self, budget: int) -> bool:
        """Do a slice of what concerns whole tables, `budget` prefixes; True: something is left."""
    def refresh(self, peer: int, family: int) -> None:
        """All that it told is stale until it comes again (RFC 7313 4)."""
    def drop_stale(self, peer: int, family: int) -> None: ...
    def keep_long(self, peer: int, family: int) -> None:
        """What is stale is so for long from now on (RFC 9494 4.2)."""
    def refeed(self, family: int, peer: int | None = None) -> None:
        """Judge by the import policies again what was told."""
    def next_hop_news(self) -> tuple[list[bytes], list[bytes]]:
        """The next hops that came and went since this was last asked; those that went, first."""
    def set_next_hop(self, value: bytes, metric: int | None) -> None: ...
    def open_reader(self, family: int) -> int:
        """Follow the best paths of a family from now on."""
    def news(
        self, family: int, reader: int, limit: int
    ) -> tuple[list[tuple[int, list[bytes], PrefixColumn]], PrefixColumn]:
        """Up to `limit` changes of best paths: by neighbour and next hops; and prefixes that
        nobody else leads to any more."""
    def watch(self, family: int, is_best: bool, replays: bool) -> int:
        """Watch the paths of neighbours, or the best of each prefix; `replays`: what is there
        already is told first."""
    def unwatch(self, family: int, watcher: int) -> None: ...
    def watched(
        self, family: int, watcher: int, limit: int
    ) -> tuple[bool, bool, list[tuple[int, int, bytes | None, bool, PrefixColumn | list[bytes]]]]:
        """About `limit` paths that it has not seen: whether all that it knew is to be forgotten as
        everything follows, whether all is told that was there at first; neighbour, path identifier,
        attributes (as they came, of a best path after the policy; None: it is gone), whether the
        import policy took it, the prefixes. A path that changed twice meanwhile is told once."""
    def paths(
        self, family: int, prefix: Prefix | bytes
    ) -> list[tuple[int, int, bytes, bytes | None, int, int, int | None, int | None, bool]]:
        """The paths to a prefix: neighbour, path identifier, attributes as they came, and after the
        policy, flags, since (seconds), metric of the next hop, step that it lost by, is best."""
    def counts(self, family: int) -> tuple[int, int]:
        """How many prefixes, and paths to them."""
    def peer_counts(self, peer: int, family: int) -> tuple[int, int]:
        """How many paths it told, and how many of them take part in the choice."""
    def peer_blocked(self, peer: int, family: int) -> int:
        """How often a prefix was one more than may be taken."""
    def memory(self) -> int: ...
    def walk(
        self,
        family: int,
        *,
        limit: int,
        within: Prefix | bytes | None = None,
        after: Prefix | bytes | None = None,
        filter: BgpFilter | None = None,
    ) -> BgpWalk:
        """Begin to look for the first `limit` prefixes behind `after`, in order, inside of `within`
        that have a path which `filter` asks for: neighbour, state (0 any, 1 best, 2 used, 3
        accepted, 4 refused, 5 stale, 6 damped), origin AS, AS it goes through, type of an attribute
        that is a list and a member of it, what its AS path fits, whether as it came, whom
        the prefix is told to, and whom not though others say it."""
    def walk_over(
        self,
        family: int,
        prefixes: PrefixColumn | Sequence[Prefix | bytes],
        filter: BgpFilter | None = None,
    ) -> BgpWalk:
        """A page that is these prefixes; `rows` asks them by the filter."""
    def step(self, walk: BgpWalk, budget: int) -> bool:
        """Look at `budget` prefixes more, in no order; False: the page is whole."""
    def rows(
        self, walk: BgpWalk, prefixes: Sequence[Prefix | bytes]
    ) -> tuple[
        list[list[tuple[int, int, int, int, int, int, int | None, int | None, bool]]],
        dict[int, bytes],
    ]:
        """The paths to some prefixes that a walk asks for, as `paths` gives them but for the
        numbers of sets of attributes (0: refused); and those sets."""
    def around(
        self, family: int, prefix: Prefix | bytes, filter: BgpFilter | None = None
    ) -> list[Prefix]:
        """The prefixes around one that have such a path, the longest first, itself included."""
    def common_sets(self, limit: int) -> list[tuple[int, int, bytes]]:
        """The sets that are used most: number, uses (two a path), canonical bytes."""
    def holdings(self) -> list[tuple[str, int, int]]:
        """What memory is used for: name, how many, octets."""

@final
class BgpWalk:
    """A page of prefixes on its way: `BgpTable.walk` begins it, `BgpTable.step` goes on."""

    def prefixes(self) -> list[Any]:
        """What was found so far, in order: `Prefix`, or NLRI of a family that is carried only."""

@final
class MrtBatches:
    """The unicast entries of a RIB dump as columns; attributes canonical, each set once.

    Feed it the decompressed file, and `take` from time to time.
    """

    def __new__(cls) -> MrtBatches: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    def take(self) -> tuple[PrefixColumn, bytes, bytes, bytes, bytes]:
        """The entries since this was last asked: prefixes, and as native numbers of 32 bits the
        peers (indices), when they came (seconds since 1970), path identifiers (0 without), and
        numbers of sets, 0xFFFFFFFF where the attributes cannot be used."""
    @property
    def peers(self) -> list[tuple[Address, int]]: ...
    def attributes(self, set: int) -> bytes | None:
        """The canonical bytes of a set."""
    @property
    def sets(self) -> int: ...
    @property
    def bad(self) -> list[tuple[int, str]]:
        """The first 1,000 faults, with their offsets."""
    @property
    def bad_total(self) -> int: ...
    @property
    def memory(self) -> int: ...

@final
class MrtRoutes:
    """What each peer of a RIB dump said, or one of them, to be told again."""

    def __new__(cls, peer: Address | None = None, peer_as: int | None = None) -> MrtRoutes: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    @property
    def peers(self) -> list[tuple[Address, int, int]]:
        """Address, AS number, how many routes of it are held."""
    def messages(
        self,
        peer: int,
        start: int,
        limit: int,
        longest: int = 4096,
        has_path_ids: bool = False,
        next_hop: bytes = b"",
    ) -> tuple[bytes, int | None]:
        """UPDATEs of `limit` routes of a peer (its index) from `start` on, and where to go on;
        None: that is all. `next_hop`, of 4 octets, 16 or both, replaces those of its family."""
    @property
    def bad(self) -> list[tuple[int, str]]: ...
    @property
    def bad_total(self) -> int: ...
    @property
    def memory(self) -> int: ...

def bgp_walk(
    table: BgpTable,
    view: int,
    peer: int,
    family: int,
    at: int,
    budget: int,
    head: bytes,
    instant: int,
) -> tuple[bytes, int | None]:
    """A part of a table as UPDATEs, `budget` prefixes from place `at` on, and where to go on.

    `view`: 0 what a neighbour told as it came, 1 that behind the import policy, with what was
    refused withdrawn, 2 the best paths. Each message stands in a Route Monitoring message of BMP
    behind the per-peer header `head`, with `instant` (nanoseconds since 1970), or alone if that is
    empty."""

def bgp_best_news(
    table: BgpTable, family: int, reader: int, limit: int, head: bytes, instant: int
) -> tuple[bytes, int]:
    """Changes of best paths since a reader (`BgpTable.open_reader`) looked, as `bgp_walk`; and how
    many were looked at."""

def bgp_close_reader(table: BgpTable, family: int, reader: int) -> None: ...
def bgp_dump(
    table: BgpTable,
    family: int,
    at: int,
    budget: int,
    sequence: int,
    places: list[int],
    instant_s: int,
    begun_s: int,
    is_pre_policy: bool,
) -> tuple[bytes, int, int | None]:
    """A part of a table as records of TABLE_DUMP_V2: octets, how many records, where to go on.

    `places`: the place in the PEER_INDEX_TABLE by the number of a neighbour, 0xFFFF: left out.
    `begun_s`: the table's first instant in seconds since 1970."""

def bgp_mirror(table: BgpTable, room: int | None = None, epoch: int = 0) -> int:
    """Log messages of watched neighbours in so many octets, 0: none; the number of what is next.
    `epoch` makes instants nanoseconds since 1970."""

def bgp_mirror_peer(
    table: BgpTable,
    peer: int,
    is_sent: bool,
    bmp: bytes | None = None,
    mrt: bytes | None = None,
) -> None:
    """Watch what comes of a neighbour, or what goes: with a per-peer header of BMP, and the subtype
    and head of a BGP4MP_ET record. Neither: no more."""

def bgp_mirror_forget(table: BgpTable, before: int) -> None:
    """Forget what has a number below that: everybody has seen it."""

def bgp_mirror_note(table: BgpTable, format: int, octets: bytes) -> None:
    """Put octets of a format, 0 BMP, 1 MRT, in their order with messages."""

def bgp_mirror_sent(table: BgpTable, peer: int, octets: bytes, instant: int) -> None:
    """Log whole messages that went."""

def bgp_mirrored(
    table: BgpTable,
    start: int,
    room: int,
    format: int,
    *,
    pre: bool,
    post: bool,
    sent: bool,
    instant: int = 0,
) -> tuple[bytes, int, bool]:
    """What a reader has not seen from number `start` on, about `room` octets: those, the number to
    go on with, and whether something was lost before. `pre`: what came, `post`: what the import
    policy left of that by now, and of what it thinks otherwise (BMP alone), `sent`: what went.
    `instant`, since 1970, stands with what has none of its own."""

def bgp_updates(
    family: int,
    attributes: bytes | None,
    prefixes: PrefixColumn,
    longest: int,
    path_ids: list[int] | None = None,
) -> bytes:
    """Whole UPDATEs that announce prefixes with canonical attributes, or withdraw them without."""

@final
class LinkStateDatabase:
    """The link state database of one instance, with the lists of its neighbours and what is to be
    sent (RFC 2328 10.6, 10.7, 12.2, 13, 14; RFC 5340 4.5; RFC 5250 3).

    Interfaces and neighbours have numbers of the caller's, greater than 0; scopes too, but 0 is the
    AS. LSAs are bytes; where one is given back its age is that of `now`. A number that was never
    set raises `UsageError`, as does an LSA of our own making that is damaged.
    """

    def __new__(
        cls,
        version: int,
        router_id: int,
        limit: int = 1_000_000,
        min_arrival_ns: int = 1_000_000_000,
        pace_ns: int = 33_000_000,
    ) -> LinkStateDatabase: ...

    # who is there
    def set_addresses(self, addresses: Sequence[int]) -> None:
        """Version 2: the addresses of our interfaces; a network-LSA named by one of them is ours
        (RFC 2328 13.4)."""
    def set_interface(
        self,
        interface: int,
        *,
        area: int,
        link: int,
        is_backup: bool = False,
        takes_as_scope: bool = True,
        takes_type_7: bool = True,
        transmit_delay_s: int = 1,
        retransmit_ns: int = 5_000_000_000,
        ack_delay_ns: int = 1_000_000_000,
        room: int = 1452,
    ) -> None:
        """Set or change an interface. `area` and `link` are scopes. `is_backup`: we are its Backup
        Designated Router. `takes_as_scope`: False in stubs, NSSAs and on virtual links.
        `takes_type_7`: in NSSAs only. `room`: bytes of the body of an update or acknowledgment that
        fit. Acknowledgments wait for `ack_delay_ns`, but never longer than half of `retransmit_ns`
        (RFC 2328 13.5)."""
    def remove_interface(self, interface: int) -> None:
        """Forget it, its neighbours and all that waits there. LSAs stay: `remove_scope`."""
    def set_neighbor(
        self, neighbor: int, interface: int, state: int, *, role: int = 0, takes_opaque: bool = True
    ) -> None:
        """Set or change a neighbour. `state`: 0 below Exchange, 1 Exchange, 2 Loading, 3 Full; at 0
        its lists are emptied. `role`: 2 it is the Designated Router there, 1 the Backup, 0 else."""
    def remove_neighbor(self, neighbor: int) -> None: ...
    def clear_neighbor(self, neighbor: int) -> None:
        """Empty its summary, request and retransmission lists, and what waits to be sent to it."""
    def neighbor(self, neighbor: int) -> tuple[int, int, int, bool]:
        """Interface, state, role, takes opaque."""
    def neighbors(self, interface: int) -> list[int]:
        """Those of an interface, in the order in which they came."""
    def interfaces(self, scope: int) -> list[int]:
        """Where LSAs of a scope are flooded (RFC 2328 13.3, RFC 5340 4.5.2), in order."""
    def is_backup(self, interface: int) -> bool: ...
    def is_exchanging(self) -> bool:
        """Whether any neighbour is in Exchange or Loading."""
    def scope_of(self, interface: int, kind: int) -> int | None:
        """The scope of LSAs of a type that come in there; None if the type is not known."""
    def takes(self, interface: int, kind: int) -> bool:
        """Whether LSAs of a type are taken there: no AS scope in a stub, type 7 in an NSSA only."""

    # exchange
    def begin_summary(self, neighbor: int, now: int) -> int:
        """Fill its summary list with what it shall hear of; what is MaxAge goes to its
        retransmission list instead (RFC 2328 10.3). Gives the number of headers."""
    def take_summary(self, neighbor: int, room: int, now: int) -> bytes:
        """Take as many headers off the list as `room` bytes have space for."""
    def summary_left(self, neighbor: int) -> int: ...
    def take_description(self, neighbor: int, headers: bytes, now: int) -> str | None:
        """Put what is newer than ours on the request list (RFC 2328 10.6). Not None: why the
        description contradicts the protocol (SeqNumberMismatch), in words."""
    def requests(self, neighbor: int, room: int) -> bytes:
        """The body of a request for what comes first on the list; again the same until it came."""
    def requests_left(self, neighbor: int) -> int: ...
    def may_request(self, neighbor: int) -> bool:
        """Whether something is on the list and nothing that `requests` gave out still is."""
    def is_loaded(self, neighbor: int) -> bool:
        """Whether it is in Loading with nothing left to request (LoadingDone, RFC 2328 10.9)."""
    def answer_request(self, neighbor: int, body: bytes, now: int) -> bool:
        """Queue what a request asks for, for `outgoing`. False: BadLSReq (RFC 2328 10.7), nothing
        of it is queued."""

    # flooding
    def receive_update(self, neighbor: int, body: bytes, now: int) -> UpdateReceived:
        """Do RFC 2328 13 for the LSAs of an update. Call it by way of `fingerpost.ospf.flooding`,
        which also does what is handed up."""
    def receive_ack(self, neighbor: int, headers: bytes, now: int) -> tuple[int, int]:
        """Take what a neighbour acknowledges off its retransmission list (RFC 2328 13.7): how many,
        and how many were on it as another instance."""
    def originate(self, scope: int, lsa: bytes, now: int) -> bool:
        """Install and flood an LSA of our own. Whether it says something new (RFC 2328 13.2); if
        not it may wait for others to leave with it, see `queue`."""
    def flush(self, scope: int, key: _LsaKey, now: int) -> bool:
        """Make an LSA MaxAge and flood it (premature ageing, RFC 2328 14.1). False: not there, or
        already MaxAge."""

    # primitives, of which `fingerpost.ospf.flooding` is made
    def find(self, scope: int, key: _LsaKey, now: int) -> bytes | None: ...
    def is_own(self, key: _LsaKey) -> bool:
        """Whether it is self-originated (RFC 2328 13.4)."""
    def arrived(self, scope: int, key: _LsaKey) -> int | None:
        """When it was installed; None if it is not there or of our own making."""
    def sent(self, scope: int, key: _LsaKey) -> int | None:
        """When it was last queued to be sent; None if never."""
    def install(self, scope: int, lsa: bytes, now: int, *, is_received: bool = True) -> bool | None:
        """Put it in the place of the instance before, which leaves all retransmission lists
        (RFC 2328 13, 5c and d). Whether it says something new; None: beyond the limit."""
    def flood(self, scope: int, key: _LsaKey, now: int, sender: int | None = None) -> bool:
        """Queue what is in the database to whom it concerns (RFC 2328 13.3). Whether it went back
        out of the interface on which `sender` is. It has to be installed before."""
    def queue(
        self, interface: int, scope: int, key: _LsaKey, now: int, *, is_refresh: bool = False
    ) -> None:
        """Queue it to be flooded there (RFC 2328 13.3, step 5). `is_refresh`: it may wait up to two
        seconds for others to leave with it, less where LSAs are soon sent again."""
    def send(self, neighbor: int, scope: int, key: _LsaKey, now: int) -> None:
        """Queue it to one neighbour, on no list."""
    def acknowledge(self, neighbor: int, header: bytes, now: int, *, is_direct: bool) -> None:
        """Queue an acknowledgment: to the neighbour at once, or delayed to all of its interface."""
    def requested(self, neighbor: int, key: _LsaKey) -> bytes | None:
        """The header on its request list."""
    def drop_request(self, neighbor: int, key: _LsaKey) -> None: ...
    def is_unacknowledged(self, neighbor: int, scope: int, key: _LsaKey) -> bool:
        """Whether it is on the neighbour's retransmission list."""
    def add_unacknowledged(self, neighbor: int, scope: int, key: _LsaKey, now: int) -> None: ...
    def drop_unacknowledged(self, neighbor: int, scope: int, key: _LsaKey) -> None: ...
    def settle(self, scope: int, key: _LsaKey) -> None:
        """Take it out if it is MaxAge, was flooded, is on no list and nobody exchanges databases
        (RFC 2328 14)."""
    def remove(self, scope: int, key: _LsaKey) -> bool:
        """Take an LSA away without flooding. False: it was not there."""
    def remove_scope(self, scope: int) -> int:
        """Take all LSAs of an area or link away, which is no more. How many they were."""

    # time
    def outgoing(self, now: int) -> list[tuple[int, int, int, bytes]]:
        """Take what leaves now: interface, neighbour (0: all of the interface), packet type (4 or
        5), body. Ages are as of `now`, the transmit delay added."""
    def next_deadline(self) -> int | None:
        """When there is something for `outgoing` or `pass_time`; None if nothing waits. It lies in
        the past if they were not asked since."""
    def pass_time(self, now: int) -> list[tuple[int, _LsaKey]]:
        """Flood what reached MaxAge (RFC 2328 14): scope and key of each."""
    def take_flushed(self) -> list[tuple[int, _LsaKey]]:
        """Our own LSAs that were MaxAge and are now gone from the database (RFC 2328 12.1.6)."""

    # who looks
    @property
    def router_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def min_arrival_ns(self) -> int: ...
    @property
    def has_changes(self) -> bool:
        """Whether there is something for a `RouteCalculator` to take."""
    @property
    def refused(self) -> int:
        """How many LSAs were beyond the limit."""
    def entries(
        self, now: int, scope: int | None = None, kind: int | None = None
    ) -> list[tuple[int, bytes]]:
        """(scope, LSA) of all that are held, sorted by scope and key."""
    def count(self, scope: int | None = None) -> int: ...
    def checksum(self, scope: int) -> int:
        """The sum of the checksums of a scope's LSAs, modulo 2**32."""
    def sizes(self, neighbor: int) -> tuple[int, int, int]:
        """Summary list, request list, retransmission list."""
    def unacknowledged_since(self, neighbor: int) -> int | None:
        """Since when the oldest LSA of its retransmission list is there."""

class VrpTable:
    """All validated ROA payloads of one moment (RFC 6811 2): prefix, longest length, AS.

    Never changed. Equal if they hold the same. Raises `AddressError` for what is no prefix,
    `UsageError` for a longest length that is less than the prefix's or more than an address has.
    """

    def __new__(cls, vrps: Iterable[tuple[PrefixLike, int, int]] | None = None, /) -> VrpTable: ...
    def __len__(self) -> int: ...
    def counts(self) -> tuple[int, int]:
        """Those of IPv4, those of IPv6."""
    def rows(self, after: int = 0, limit: int | None = None) -> list[tuple[Prefix, int, int]]:
        """In order of prefixes, IPv4 first."""
    def validate(self, prefix: PrefixLike, origin: int) -> int:
        """0 valid, 1 invalid, 2 not found; an `origin` of 0 is NONE, which nothing fits."""
    def states(self, prefixes: PrefixColumn, origins: Sequence[int]) -> bytes:
        """The same for many, an octet each."""
    def covering(self, prefix: PrefixLike) -> list[tuple[Prefix, int, int]]:
        """Those that cover a prefix, narrowest first."""
    def union(self, other: VrpTable) -> VrpTable: ...
    def differing(self, other: VrpTable) -> VrpTable:
        """Those that stand in one of both only."""
    def without(self, filters: Iterable[tuple[PrefixLike | None, int | None]]) -> VrpTable:
        """Without those that a filter takes out: by prefix, by AS, or by both (RFC 8416 3.3.1)."""
    def memory(self) -> int: ...

class VrpTelling:
    """What a cache tells between Cache Response and End of Data (RFC 8210 5); at most so many
    prefixes."""

    def __new__(cls, most: int) -> VrpTelling: ...
    def __len__(self) -> int: ...
    def take(self, version: int, octets: bytes) -> tuple[int, bool]:
        """Read whole prefix PDUs that are well-formed; how many octets they were, and whether more
        came than may be. What it stops at is for others to read."""
    def apply(self, held: VrpTable) -> tuple[VrpTable | None, tuple[bool, bytes] | None]:
        """What is held afterwards, or the first contradiction: whether it announced again (it
        withdrew what was not there otherwise), and the PDU's body."""

class AspaTable:
    """Customers with their providers (draft-ietf-sidrops-aspa-verification)."""

    def __new__(cls, providers: dict[int, list[int]]) -> AspaTable: ...
    def __len__(self) -> int: ...
    def verify(self, path: bytes, neighbor: int | None, *, from_provider: bool) -> int:
        """0 valid, 1 invalid, 2 unknown, of the value of an AS_PATH with AS numbers of four octets;
        `neighbor` None: a route server, which does not stand in it."""
