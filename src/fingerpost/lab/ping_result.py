"""What a ping found: replies, errors, and the text that iputils' ping prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.notice import NoticeKind
from fingerpost.lab.icmp_text import said
from fingerpost.lab.round_trip import MILLISECOND, SECOND, RoundTrips, named, ping_time

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.notice import Notice

_HEADERS = {4: 28, 6: 48}  # IP and ICMP
_MOST_DATA = 65_527  # of the 65,535 bytes of an IPv6 payload; IPv4 takes 20 less


def _within(name: str, value: int, least: int, most: int | None) -> None:
    if type(value) is not int or value < least or (most is not None and value > most):
        wanted = f"{least} or more" if most is None else f"{least} to {most:,}"
        raise UsageError(f"{name} is {value!r}; it must be a whole number, {wanted}")


@dataclass(frozen=True, slots=True)
class PingOptions:
    """What ping is asked for. `size` counts data bytes, without the 8 of the ICMP header.

    `timeout_ns`: how long to wait for an answer after the last request. `ttl` None: the host's own.
    """

    count: int = 4
    interval_ns: int = SECOND
    size: int = 56
    timeout_ns: int = 10 * SECOND
    ttl: int | None = None
    dont_fragment: bool = False
    traffic_class: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be, as ping does."""
        _within("count", self.count, 1, None)
        _within("size", self.size, 0, _MOST_DATA)
        if self.ttl is not None:
            _within("ttl", self.ttl, 1, 255)
        _within("traffic class", self.traffic_class, 0, 255)


@dataclass(frozen=True, slots=True)
class Reply:
    """An echo reply; `size` is that of the whole ICMP message."""

    sequence: int
    source: Address
    ttl: int
    time_ns: int
    size: int
    is_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class PingError:
    """An ICMP error that came instead of a reply."""

    sequence: int
    reporter: Address
    notice: Notice

    @property
    def is_local(self) -> bool:
        """Whether nothing was sent, because we know already that it is too long for the path."""
        quote = self.notice.quote
        is_ours = quote is not None and quote.source == self.reporter
        return is_ours and self.notice.kind is NoticeKind.TOO_BIG

    def __str__(self) -> str:
        """What ping says of it."""
        return said(self.notice)


@dataclass(frozen=True, slots=True)
class PingResult:
    """What a ping found; true if anything came back.

    `answers` holds replies and errors in the order in which they came. `time_ns` is from the first
    request to the last thing that happened. `failure`: why nothing could be sent at all, or "".
    `pipe`: how many requests were on their way at once, counted when something came back.
    """

    target: str
    address: Address | None
    options: PingOptions
    transmitted: int = 0
    answers: tuple[Reply | PingError, ...] = ()
    time_ns: int = 0
    failure: str = ""
    pipe: int = 0
    names: Mapping[Address, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """The first reply to each request, in the order of arrival."""
        return tuple(one for one in self._replies() if not one.is_duplicate)

    def _replies(self) -> tuple[Reply, ...]:
        return tuple(one for one in self.answers if isinstance(one, Reply))

    @property
    def errors(self) -> tuple[PingError, ...]:
        """The errors, redirects left out: those come beside replies."""
        return tuple(
            one
            for one in self.answers
            if isinstance(one, PingError) and one.notice.kind is not NoticeKind.REDIRECT
        )

    @property
    def received(self) -> int:
        """How many requests were answered."""
        return len(self.replies)

    @property
    def duplicates(self) -> int:
        """How many replies came again."""
        return len(self._replies()) - self.received

    @property
    def lost(self) -> int:
        """How many requests were not answered."""
        return self.transmitted - self.received

    @property
    def loss(self) -> float:
        """The share of requests that were not answered, 0 to 1."""
        return self.lost / self.transmitted if self.transmitted else 1.0

    @property
    def round_trips(self) -> RoundTrips:
        """The statistics of the replies' times."""
        return RoundTrips.of([one.time_ns for one in self._replies()])

    def __bool__(self) -> bool:
        """Whether anything came back."""
        return self.received > 0

    def __str__(self) -> str:
        """As iputils' ping prints it."""
        if self.address is None or self.failure:
            return f"ping: {self.failure}"
        return "\n".join((self._head(), *map(self._line, self.answers), "", *self._tail()))

    def summary(self) -> str:
        """One line: who was asked, and how many answered."""
        if self.failure:
            return f"ping {self.target}: {self.failure}"
        text = f"ping {self.target}: {self.received} of {self.transmitted} answered"
        if self.errors:
            error = self.errors[-1]
            text += f"; {named(error.reporter, self.names)}: {error}"
        return text

    def __repr__(self) -> str:
        """The summary, for the prompt."""
        return f"<{self.summary()}>"

    def _head(self) -> str:
        assert self.address is not None
        version, size = self.address.version, self.options.size
        sizes = (
            f"{size}({size + _HEADERS[4]}) bytes of data."
            if version == 4
            else (f"{size} data bytes")
        )
        return f"PING {self.target} ({self.address}) {sizes}"

    def _line(self, answer: Reply | PingError) -> str:
        if isinstance(answer, PingError):
            if answer.is_local:
                return f"ping: local error: message too long, mtu={answer.notice.mtu}"
            colon = ":" if answer.notice.kind is NoticeKind.REDIRECT else ""
            who = named(answer.reporter, self.names)
            return f"From {who}{colon} icmp_seq={answer.sequence} {answer}"
        again = " (DUP!)" if answer.is_duplicate else ""
        return (
            f"{answer.size} bytes from {named(answer.source, self.names)}:"
            f" icmp_seq={answer.sequence} ttl={answer.ttl} time={ping_time(answer.time_ns)} ms"
            f"{again}"
        )

    def _tail(self) -> list[str]:
        more = f", +{self.duplicates} duplicates" if self.duplicates else ""
        more += f", +{len(self.errors)} errors" if self.errors else ""
        lines = [
            f"--- {self.target} ping statistics ---",
            f"{self.transmitted} packets transmitted, {self.received} received{more},"
            f" {self.loss * 100:.6g}% packet loss, time {self.time_ns // MILLISECOND}ms",
        ]
        last = [str(self.round_trips)] if self.received else []
        last += [f"pipe {self.pipe}"] if self.pipe > 1 else []
        return [*lines, ", ".join(last)]  # an empty line where there is nothing to say

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        trips = self.round_trips
        return {
            "target": self.target,
            "address": str(self.address) if self.address is not None else None,
            "transmitted": self.transmitted,
            "received": self.received,
            "duplicates": self.duplicates,
            "loss": self.loss,
            "time_ns": self.time_ns,
            "failure": self.failure or None,
            "rtt_ns": trips._asdict() if self.received else None,
            "answers": [self._answer(one) for one in self.answers],
        }

    def _answer(self, one: Reply | PingError) -> dict[str, object]:
        if isinstance(one, Reply):
            return {
                "sequence": one.sequence,
                "from": str(one.source),
                "name": self.names.get(one.source),
                "ttl": one.ttl,
                "time_ns": one.time_ns,
                "size": one.size,
                "duplicate": one.is_duplicate,
            }
        return {
            "sequence": one.sequence,
            "from": str(one.reporter),
            "name": self.names.get(one.reporter),
            "error": str(one),
            "type": one.notice.type,
            "code": one.notice.code,
        }

    def _repr_html_(self) -> str:
        """For notebooks: the same text."""
        return f"<pre>{escape(str(self))}</pre>"


def with_names(
    result: PingResult, names_of: Callable[[Iterable[Address]], dict[Address, str]]
) -> PingResult:
    """The result with the names of the addresses that occur in it."""
    seen = [one.source if isinstance(one, Reply) else one.reporter for one in result.answers]
    return replace(result, names=names_of(seen))
