"""The kernel's numbers, the API, and secrets that others can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fingerpost.config.models import leaves, types_in
from fingerpost.config.references import MAIN
from fingerpost.config.tree.secrets import Secret

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from pydantic.fields import FieldInfo

    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path

# /etc/iproute2/rt_protos and zebra's own; those up to 4 are the kernel's (linux/rtnetlink.h)
_PROTOCOLS = {
    1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
    11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 17: "mrouted",
    18: "keepalived", 42: "babel", 99: "openr", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip",
    190: "ripng", 191: "nhrp", 192: "eigrp", 193: "ldp", 194: "sharp", 195: "pbr",
    196: "zebra's static", 197: "openfabric", 198: "srte",
}  # fmt: skip
_LOCAL_TABLE = 255
_OTHERS = 0o007
_NOT_OWNER = 0o077


def check(scene: Scene) -> None:
    """Look at the rest of the file."""
    _check_kernel(scene)
    _check_api(scene)
    for path, file, what in _readable(scene):
        scene.warn("readable-secret", path, f"{file} has {what} and others may read it: chmod 600")


def _check_kernel(scene: Scene) -> None:
    tree = scene.file.tree
    kernel = tree.kernel
    if not kernel.enabled:
        return
    owner = _PROTOCOLS.get(kernel.protocol)
    if owner is not None:
        said = f"{kernel.protocol} means {owner!r}: routes of others would be taken for our own"
        place: Path = ("kernel", "protocol")
        (scene.error if kernel.protocol <= 4 else scene.warn)("foreign-protocol", place, said)
    numbers: dict[int, str] = {}
    entry = tree.tables.get(MAIN)
    places: list[tuple[str, int, Path]] = [(MAIN, kernel.table, ("kernel", "table"))]
    if entry is not None and entry.kernel_table is not None:
        said = "the number of the table main is said by kernel: {table: ...}; leave it out here"
        scene.error("kernel-table", ("tables", MAIN, "kernel-table"), said)
    for name, one in tree.tables.items():
        if name != MAIN and one.kernel_table is not None:
            places.append((name, one.kernel_table, ("tables", name, "kernel-table")))
    for name, number, path in places:
        first = numbers.setdefault(number, name)
        if first != name:
            scene.error("kernel-table", path, f"{number} is the kernel's table of {first} already")
        if number == _LOCAL_TABLE:
            said = "255 is the kernel's table of its own addresses; take another"
            scene.error("kernel-table", path, said)


def _check_api(scene: Scene) -> None:
    api = scene.file.tree.api
    if api.mode & _OTHERS:
        scene.warn("open-socket", ("api", "mode"), "everybody on this machine may use the API")
    if api.metrics is not None and api.metrics[0].is_unspecified:
        said = f"{api.metrics[0]} listens on every address; name the one that should be asked"
        scene.warn("open-metrics", ("api", "metrics"), said)
    if api.birdwatcher is not None and api.birdwatcher[0].is_unspecified:
        said = f"{api.birdwatcher[0]} listens on every address; name the one that should be asked"
        scene.warn("open-birdwatcher", ("api", "birdwatcher"), said)


def _readable(scene: Scene) -> Iterator[tuple[Path, FilePath, str]]:
    """The files with secrets that more than their owner may read."""
    secrets = leaves(scene.file.tree, _is_secret)
    own = scene.file.folder / scene.file.source.rpartition("/")[2]
    for leaf in secrets:
        secret = leaf.value
        if isinstance(secret, Secret) and secret.way == "file":
            path = scene.file.folder / secret.held
            if _is_open(path):
                yield leaf.path, path, "the secret"
        elif isinstance(secret, Secret) and secret.way != "env" and _is_open(own):
            yield leaf.path, own, "a secret in it"


def _is_secret(info: FieldInfo) -> bool:
    return any(one is Secret for one in types_in(info.annotation))


def _is_open(path: FilePath) -> bool:
    try:
        return bool(path.stat().st_mode & _NOT_OWNER)
    except (OSError, ValueError):
        return False  # what cannot be had is told by `build`
