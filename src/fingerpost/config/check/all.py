"""`check`: everything that is looked at, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.check import bfd, interfaces, keys, ospf, policies, rip, statics, system
from fingerpost.config.check.finding import Finding, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Interface
    from fingerpost.config.load import RouterFile

_CHECKS = (
    interfaces.check,
    statics.check,
    policies.check,
    rip.check,
    ospf.check,
    bfd.check,
    keys.check,
    system.check,
)


def check(
    file: RouterFile,
    machine: Mapping[str, tuple[Interface, ...]] | None = None,
    now: int | None = None,
) -> list[Finding]:
    """What would not work, in order of the file.

    `machine`: the interfaces that there are, with their addresses; None if that is not known.
    `now`: nanoseconds since 1970, for the lifetimes of keys; None: they are only compared.
    """
    scene = Scene(file, machine, now)
    for one in _CHECKS:
        one(scene)
    return sorted(scene.findings, key=lambda one: (one.line, one.column, one.kind, one.message))
