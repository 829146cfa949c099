"""What a check of router.yaml found, and the machine that it is checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fingerpost.addr import Interface
    from fingerpost.config.check import Finding


def is_faulty(found: Iterable[Finding]) -> bool:
    """Whether any finding cannot be meant."""
    return any(one.severity == "error" for one in found)


def print_findings(found: Iterable[Finding]) -> None:
    """A line each on standard error."""
    for one in found:
        click.echo(str(one), err=True)


def machine_interfaces() -> dict[str, tuple[Interface, ...]]:
    """The interfaces of this machine, with the addresses that they have now."""
    import asyncio

    from fingerpost.host.linux.interfaces import InterfaceWatcher

    async def ask() -> dict[str, tuple[Interface, ...]]:
        watcher = InterfaceWatcher(lambda _: None)
        await watcher.start()
        watcher.stop()
        return {one.name: one.addresses for one in watcher.interfaces}

    return asyncio.run(ask())


def interfaces_named(words: Sequence[str]) -> Mapping[str, tuple[Interface, ...]]:
    """Interfaces as --interfaces has them: eth0, or eth0=10.0.0.1/24,2001:db8::1/64.

    Raises `UsageError` for anything else.
    """
    from fingerpost.addr import Interface

    found: dict[str, tuple[Interface, ...]] = {}
    for word in words:
        name, _, addresses = word.partition("=")
        if not name:
            raise UsageError(f"--interfaces {word!r}: write eth0 or eth0=10.0.0.1/24")
        found[name] = tuple(Interface(one) for one in addresses.split(",") if one)
    return found
