"""The kernel's tables that a configuration names, each with ours that fills it."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.linux.kernel_fib import KernelFib
from fingerpost.router.config import MAIN

if TYPE_CHECKING:
    from fingerpost.config.tree import RouterTree


def numbers(tree: RouterTree) -> dict[str, int]:
    """The number in the kernel of each of our tables that is installed."""
    if not tree.kernel.enabled:
        return {}
    said = {name: one.kernel_table for name, one in tree.tables.items()}
    return {
        MAIN: tree.kernel.table,
        **{name: number for name, number in said.items() if number is not None},
    }


def identity(tree: RouterTree) -> object:
    """What cannot change while a router runs: by which numbers its routes are in the kernel."""
    return tree.kernel.protocol, tree.kernel.metric, numbers(tree)


def kernel_tables(tree: RouterTree) -> dict[str, KernelFib]:
    """One for each.

    Raises `UsageError` for numbers that cannot be ours, `OSError` where there is no netlink.
    """
    kernel = tree.kernel
    return {
        name: KernelFib(kernel.protocol, number, kernel.metric)
        for name, number in numbers(tree).items()
    }


@contextlib.contextmanager
def claimed_tables(tree: RouterTree) -> Iterator[None]:
    """Have the tables for ourselves, under our protocol number, in this network namespace.

    Two routers with one number would each remove what the other wants. The claim is an abstract
    socket: it belongs to the namespace and is gone with the process. Raises `UsageError` where
    another router has one of them.
    """
    with contextlib.ExitStack() as stack:
        for name, number in numbers(tree).items():
            claim = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            try:
                claim.bind(f"\0fingerpost-routes-{tree.kernel.protocol}-{number}")
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                said = f"another router here has the kernel's table {number} (ours: {name}) under"
                right = "give this one a kernel: {protocol: ...} of its own, or another table"
                raise UsageError(f"{said} protocol {tree.kernel.protocol}: {right}") from None
        yield
