"""The kernel's tables that a configuration names, each with ours that fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.host.linux.kernel_fib import KernelFib
from fingerpost.router.config import MAIN

if TYPE_CHECKING:
    from fingerpost.config.tree import RouterTree


def numbers(tree: RouterTree) -> dict[str, int]:
    """The number in the kernel of each of our tables that is installed."""
    if not tree.kernel.enabled:
        return {}
    others = {name: one.kernel_table for name, one in tree.tables.items() if name != MAIN}
    own = tree.tables.get(MAIN)
    main = own.kernel_table if own is not None and own.kernel_table is not None else None
    return {
        MAIN: tree.kernel.table if main is None else main,
        **{name: number for name, number in others.items() if number is not None},
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
