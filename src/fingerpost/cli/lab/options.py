"""What the commands on a running lab share: the file, the seed, and what happens before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.lab.network import Network

F = TypeVar("F", bound=Callable[..., Any])

routing_option = click.option(
    "--routing",
    metavar="WORD",
    callback=lambda _context, _option, given: given.split(",") if given else None,
    help="Of routers that say none, in place of the file's: shortest, rip, ospf, ospf,ospf3.",
)


def before(command: F) -> F:
    """Options of a command that looks at a network: what happens before."""
    return _with(command, _BEFORE)


_WHO = (
    click.argument("file", metavar="FILE"),
    click.argument("source", metavar="FROM"),
    click.argument("target", metavar="TO"),
)
_BEFORE = (
    click.option("--seed", type=int, help="Of all chance, in place of the file's."),
    routing_option,
    click.option(
        "--at",
        metavar="TIME",
        help="Ask at that time: 10s.  [default: once hosts have addresses and tables stand]",
    ),
    click.option(
        "--fail", "fails", multiple=True, metavar="WHAT", help="First cut a-b or a->b, or node a."
    ),
)
_CAPTURE = click.option(
    "--pcap", metavar="PATH", help="Capture all links: a .pcapng, .pcap or folder."
)
_FAMILY = (
    click.option("-4", "family", flag_value=4, type=int, help="IPv4 only."),
    click.option("-6", "family", flag_value=6, type=int, help="IPv6 only."),
)


def question(command: F) -> F:
    """Arguments and options of a command that asks a network something."""
    return _with(command, (*_WHO, *_BEFORE, _CAPTURE, *_FAMILY))


def _with(command: F, parameters: tuple[Callable[[F], F], ...]) -> F:
    for parameter in reversed(parameters):
        command = parameter(command)
    return command


def one_method(**asked: bool) -> str | None:
    """The method that the user asked for, None for none; `UsageError` for several."""
    found = [name for name, is_asked in asked.items() if is_asked]
    if len(found) > 1:
        options = " and ".join(f"--{name}" for name in found)
        raise UsageError(f"{options}: ask for one of them, a packet is of one protocol")
    return found[0] if found else None


def network_at(
    file: str,
    *,
    seed: int | None,
    routing: list[str] | None,
    at: str | None,
    fails: tuple[str, ...],
) -> Network:
    """The network of a file at the instant of the question, after what the user has cut.

    Where no instant is named, protocols have had their time before the cut, and after it.
    """
    from fingerpost.lab.instant import CONVERGED, nanoseconds
    from fingerpost.lab.network import Network

    network = Network.load(file, seed=seed, routing=routing)
    if at is None:
        network.run(until=network.settled).run(until=CONVERGED)
    else:
        network.run(until=CONVERGED if at == CONVERGED else nanoseconds(at, "--at"))
    for target in fails:
        network.fail(target)
    return network.run(until=CONVERGED) if at is None else network
