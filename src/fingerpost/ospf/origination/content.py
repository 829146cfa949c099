"""What is told: a subject, and the LSAs that say it.

A subject is something that we have to tell, such as our links into an area or a prefix outside. It
is one LSA mostly, in version 3 sometimes several or none. All timers are those of subjects.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

AS_SCOPE: Final = 0


class Topic(Enum):
    """The kinds of subjects, with the section that says when they are told."""

    ROUTER = auto()  # RFC 2328 12.4.1, RFC 5340 4.4.3.2
    NETWORK = auto()  # RFC 2328 12.4.2, RFC 5340 4.4.3.3
    LINK = auto()  # RFC 5340 4.4.3.8
    ROUTER_PREFIXES = auto()  # RFC 5340 4.4.3.9
    NETWORK_PREFIXES = auto()  # RFC 5340 4.4.3.9
    SUMMARY = auto()  # RFC 2328 12.4.3, RFC 5340 4.4.3.4
    BOUNDARY_ROUTER = auto()  # RFC 2328 12.4.3, RFC 5340 4.4.3.5
    EXTERNAL = auto()  # RFC 2328 12.4.4, RFC 5340 4.4.3.6
    NSSA = auto()  # RFC 3101 2.4, RFC 5340 4.4.3.7
    INFORMATION = auto()  # RFC 7770 2
    GRACE = auto()  # RFC 3623 2.2

    __hash__ = object.__hash__  # that of an enumeration hashes its name each time


class Subject(NamedTuple):
    """Something to tell into a scope of the database; `about` tells it from others of its topic."""

    topic: Topic
    scope: int
    about: Hashable = None


class Content(NamedTuple):
    """An LSA without what changes from one instance of it to the next.

    `options` are those of its header, 0 in version 3.
    """

    kind: int
    id: int
    options: int
    body: bytes
