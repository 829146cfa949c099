"""What two routers must not have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.config.check.finding import Finding, Scene

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.config.load import RouterFile


def check_together(files: Iterable[RouterFile]) -> list[Finding]:
    """Router ids and addresses that more than one of the files has, told at the later one."""
    ids: dict[Address, str] = {}
    owners: dict[Address, str] = {}
    findings: list[Finding] = []
    for file in files:
        scene = Scene(file, None, None)
        router_id = file.tree.router.id
        if router_id is not None:
            first = ids.setdefault(router_id, file.source)
            if first != file.source:
                scene.error(
                    "duplicate-router-id",
                    ("router", "id"),
                    f"{router_id} is the router id in {first} too; give one of them another",
                )
        for name, entry in file.tree.interfaces.items():
            for own in entry.addresses:
                place = f"{name} in {file.source}"
                first = owners.setdefault(own.address, place)
                if not first.endswith(f" in {file.source}") and not own.address.is_link_local:
                    scene.error(
                        "duplicate-address",
                        ("interfaces", name, "addresses"),
                        f"{own.address} is an address of {first}",
                    )
        findings += scene.findings
    return findings
