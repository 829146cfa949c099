"""Nexthop objects: the kernel's own record of a next hop, which many routes share by its number.

A route that names one is cheaper to install, and removing the object removes its routes at once.
Ours carry our protocol number and numbers from the range of our table (`table << 16` and on), so
that routers of several tables do not meet; what else is there is never touched. A next hop is an
object of its own (`Leaf`), several with weights are a `Group` of such objects.

Life of an object: `acquire` makes it, or counts one user more; `release` removes it with its last
user. `reload` compares with the kernel, which forgets objects when their link goes down, and makes
good. `remove_stale` removes what an earlier run left and nobody uses.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from errno import EEXIST, EINVAL, ENOENT, ENOSPC, EOPNOTSUPP
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.host.linux.kernel.attributes import (
    FAMILIES,
    ON_LINK,
    Hop,
    attribute,
    flags_of,
    read,
    read_u32,
    u32,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost._core import RouteSocket

TABLES = 1 << 16  # tables that have a range of numbers
NEW, DELETE, GET = 104, 105, 106  # RTM_*NEXTHOP
REPLACE, EXCLUSIVE, CREATE = 0x100, 0x200, 0x400
_ID, _GROUP, _OIF, _GATEWAY = 1, 2, 5, 6  # NHA_*
_HEAD = struct.Struct("=BBBxI")  # nhmsg: family, scope, protocol, flags
_MEMBER = struct.Struct("=IBBH")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One next hop. `version` is that of the gateway, where there is none that of the routes."""

    version: int
    interface: int
    gateway: Address | None
    is_onlink: bool = False

    @property
    def hop(self) -> Hop:
        """The next hop."""
        return Hop(self.interface, self.gateway, 1, self.is_onlink)


@dataclass(frozen=True, slots=True)
class Group:
    """Several next hops: number of the object and weight of each."""

    members: tuple[tuple[int, int], ...]


Content = Leaf | Group


def _leaf(version: int, hop: Hop) -> Leaf:
    if hop.gateway is not None:
        version = hop.gateway.version
    return Leaf(version, hop.interface, hop.gateway, hop.is_onlink)


class ObjectRefusedError(Exception):
    """The kernel did not make a nexthop object; `errno` and its `words` say why."""

    def __init__(self, errno: int, words: str) -> None:
        """Both as the kernel gave them."""
        super().__init__(f"errno {errno}: {words}")
        self.errno = errno
        self.words = words


class NexthopObjects:
    """The nexthop objects of one protocol number and table."""

    def __init__(self, socket: RouteSocket, protocol: int, table: int) -> None:
        """Start with none; `reload` finds those that are there. `table` is below `TABLES`."""
        self._socket = socket
        self._protocol = protocol
        self._range = range(table << 16 | 1, (table + 1) << 16)
        self._next = self._range.start
        self._numbers: dict[Content, int] = {}
        self._contents: dict[int, Content] = {}
        self._users: dict[int, int] = {}

    def __len__(self) -> int:
        """Count the objects."""
        return len(self._contents)

    def is_supported(self) -> bool:
        """Whether the kernel has nexthop objects (Linux 5.3 and newer)."""
        errno, _ = self._socket.dump(GET, bytes(_HEAD.size))
        return errno not in (EOPNOTSUPP, EINVAL)

    def acquire(self, version: int, hops: Sequence[Hop]) -> int:
        """The number of the object with these next hops, made if it has to be.

        `ObjectRefusedError` where the kernel does not make it.
        """
        if len(hops) == 1:
            return self._use(_leaf(version, hops[0]))
        members: list[tuple[int, int]] = []
        try:
            for hop in hops:
                leaf = self._use(_leaf(version, hop))
                members.append((leaf, hop.weight))
            return self._use(Group(tuple(members)))
        except ObjectRefusedError:
            for leaf, _ in members:
                self._drop_user(leaf)
            raise

    def release(self, number: int) -> bool:
        """One user less; without any the object goes, and with it routes that still name it.

        Gives whether the object is gone now.
        """
        content = self._contents.get(number)
        is_gone = self._drop_user(number)
        if isinstance(content, Group):
            for leaf, _ in content.members:
                self._drop_user(leaf)
        return is_gone

    def is_sole(self, number: int) -> bool:
        """Whether an object has one user, so that nothing else goes when it goes."""
        return self._users.get(number) == 1

    def hops(self, number: int) -> tuple[Hop, ...] | None:
        """The next hops of an object; None where it is none of ours, or has a twin that is used."""
        content = self._contents.get(number)
        if content is None or self._numbers.get(content) != number:
            return None
        if isinstance(content, Leaf):
            return (content.hop,)
        hops = []
        for leaf, weight in content.members:
            inner = self._contents.get(leaf)
            if not isinstance(inner, Leaf):
                return None
            hops.append(replace(inner.hop, weight=weight))
        return tuple(hops)

    def reload(self) -> int:
        """Read what the kernel has, make good what is used and differs; gives how much that was."""
        there = self._read()
        mended = 0
        used = [at for at in self._contents if self._users.get(at)]
        for kind in (Leaf, Group):  # a group needs its leaves
            for at in used:
                content = self._contents[at]
                if isinstance(content, kind) and there.get(at) != content:
                    mended += self._make(at, content, REPLACE)[0] == 0
                    there[at] = content
        self._contents = there
        self._numbers = {}
        for number in sorted(there, key=lambda at: (not self._users.get(at), at)):
            self._numbers.setdefault(there[number], number)
        if not there and not self._users:
            self._next = self._range.start
        return mended

    def remove_stale(self) -> int:
        """Remove objects of ours that nobody uses; gives how many went."""
        stale = [at for at in self._contents if not self._users.get(at)]
        stale.sort(key=lambda at: isinstance(self._contents[at], Leaf))  # groups first
        for at in stale:
            self._remove(at)
        return len(stale)

    def _use(self, content: Content) -> int:
        known = self._numbers.get(content)
        if known is None:
            known = self._create(content)
        self._users[known] = self._users.get(known, 0) + 1
        return known

    def _create(self, content: Content) -> int:
        while True:
            number, self._next = self._next, self._next + 1
            if number not in self._range:
                raise ObjectRefusedError(ENOSPC, f"{len(self._range)} numbers are used up")
            errno, words = self._make(number, content, EXCLUSIVE)
            if errno == EEXIST:
                continue  # somebody else's number
            if errno:
                raise ObjectRefusedError(errno, words)
            self._numbers[content] = number
            self._contents[number] = content
            return number

    def _make(self, at: int, content: Content, flag: int) -> tuple[int, str]:
        body = u32(_ID, at)
        family = flags = 0
        if isinstance(content, Group):
            members = (_MEMBER.pack(leaf, weight - 1, 0, 0) for leaf, weight in content.members)
            body += attribute(_GROUP, b"".join(members))
        else:
            gateway = content.gateway
            family, flags = FAMILIES[content.version], flags_of(content.hop)
            body += u32(_OIF, content.interface)
            body += b"" if gateway is None else attribute(_GATEWAY, gateway.packed)
        head = _HEAD.pack(family, 0, self._protocol, flags)
        return self._socket.request(NEW, CREATE | flag, head + body)

    def _drop_user(self, number: int) -> bool:
        left = self._users.get(number, 0) - 1
        if left > 0:
            self._users[number] = left
            return False
        self._users.pop(number, None)
        return self._remove(number)

    def _remove(self, at: int) -> bool:
        content = self._contents.pop(at, None)
        if content is None:
            return True
        if self._numbers.get(content) == at:
            del self._numbers[content]
        errno, _ = self._socket.request(DELETE, 0, _HEAD.pack(0, 0, 0, 0) + u32(_ID, at))
        return errno in (0, ENOENT)

    def _read(self) -> dict[int, Content]:
        _, bodies = self._socket.dump(GET, bytes(_HEAD.size))
        found: dict[int, Content] = {}
        for body in bodies:
            parsed = _content(body, self._protocol)
            if parsed is not None and parsed[0] in self._range:
                found[parsed[0]] = parsed[1]
        return found


def objects_of(socket: RouteSocket, protocol: int, table: int) -> NexthopObjects | None:
    """Those of a table; None where the kernel has no such thing or the table no numbers for it."""
    if table >= TABLES:
        return None
    objects = NexthopObjects(socket, protocol, table)
    return objects if objects.is_supported() else None


def _content(body: bytes, protocol: int) -> tuple[int, Content] | None:
    """Number and content of an object in a dump; None where it is not ours or not of our kinds."""
    if len(body) < _HEAD.size:
        raise DecodeError(
            f"nexthop object of {len(body)} bytes; {_HEAD.size} or more would be right",
            layer="rtnetlink",
            offset=0,
            field="nhmsg",
            value=len(body),
        )
    family, _, whose, flags = _HEAD.unpack_from(body)
    if whose != protocol:
        return None
    parts = dict(read(body[_HEAD.size :]))
    number = read_u32(parts.get(_ID, b""))
    if (group := parts.get(_GROUP)) is not None:
        whole = group[: len(group) - len(group) % _MEMBER.size]
        members = tuple((leaf, weight + 1) for leaf, weight, _, _ in _MEMBER.iter_unpack(whole))
        return number, Group(members)
    if _OIF not in parts:
        return None
    gateway = Address(parts[_GATEWAY]) if _GATEWAY in parts else None
    version = 6 if family == FAMILIES[6] else 4
    return number, Leaf(version, read_u32(parts[_OIF]), gateway, bool(flags & ON_LINK))
