"""`Daemon`: a router that runs, with what the API, signals and the shell have to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.api.journal import Level
from fingerpost.forwarding.events import Happened
from fingerpost.router.events import FibChanged, ProtocolStarted, ProtocolStopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fingerpost.api.configuration import Configuration
    from fingerpost.api.host import Host
    from fingerpost.api.journal import Journal
    from fingerpost.rib.events import Change
    from fingerpost.router.events import Output
    from fingerpost.router.routing import Routing

WORTH_A_LOOK = frozenset({"ignored", "failed", "refused", "expired", "down", "gone", "send"})


class Daemon:
    """The router `name` on `host`. `started` is the host's instant of the start."""

    def __init__(
        self, name: str, host: Host, configuration: Configuration, journal: Journal
    ) -> None:
        """Nothing is started here."""
        self.name = name
        self.host = host
        self.configuration = configuration
        self.journal = journal
        self.started = host.now()
        self.is_ready = self.is_closing = False
        self.restart: Callable[[], None] | None = None  # ends it for the next one to go on
        self.fib_changes = 0
        self.requests: dict[int, int] = {}  # by status

    @property
    def routing(self) -> Routing:
        """The tables and protocols."""
        return self.host.routing

    def observe(self, outputs: tuple[Output, ...]) -> None:
        """Hear what the routing process did, for the journal; the host calls this."""
        for output in outputs:
            match output:
                case FibChanged(table, changes):
                    self.fib_changes += len(changes)
                    self.journal.tell_routes(len(changes), _described(table, iter(changes)))
                case Happened(kind, interface, detail, address):
                    fields: dict[str, object] = {}
                    if interface is not None:
                        fields["interface"] = interface
                    if address is not None:
                        fields["address"] = str(address)
                    self.journal.say(_level(kind), kind, detail or kind, **fields)
                case ProtocolStarted(name):
                    self.journal.say(Level.INFO, "protocol started", f"{name} runs", protocol=name)
                case ProtocolStopped(name):
                    self.journal.say(Level.INFO, "protocol ended", f"{name} ended", protocol=name)


def _level(kind: str) -> Level:
    """How much something matters, by its last word."""
    return Level.WARNING if kind.rpartition(" ")[2] in WORTH_A_LOOK else Level.INFO


def _described(table: str, changes: Iterator[Change]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for change in changes:
        route = change.after or change.before
        done = "gone" if change.after is None else "new" if change.before is None else "changed"
        yield f"{done}: {route}", {"table": table, "prefix": str(change.prefix), "change": done}
