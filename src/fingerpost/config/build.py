"""`build` makes what a router takes of a file that was read: names become things, secrets bytes.

`continued` lets a file go on with the policies and prefix lists of the one that runs, where they
say the same: their counters go on, and a router sees that nothing has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from fingerpost.config.build_bfd import bfd_config, is_wanted
from fingerpost.config.build_bgp import bgp_config
from fingerpost.config.build_ospf import ospf_config
from fingerpost.config.build_rip import rip_config
from fingerpost.config.faults import Fault, FileError, Path
from fingerpost.config.references import MAIN
from fingerpost.config.tree.bfd import BfdEntry
from fingerpost.config.tree.bgp import BgpEntry
from fingerpost.config.tree.ospf import OspfEntry
from fingerpost.errors import UsageError
from fingerpost.rib.limit import Limit
from fingerpost.rib.tables import Leak
from fingerpost.router.config import ChannelConfig, ProtocolConfig, RouterConfig, TableConfig

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.config.load import RouterFile
    from fingerpost.config.tree.channel import ChannelEntry
    from fingerpost.config.tree.root import Instance
    from fingerpost.config.tree.routes import TableEntry
    from fingerpost.config.tree.secrets import Secret
    from fingerpost.policy import Policy

T = TypeVar("T")


@dataclass(slots=True)
class Workshop:
    """What is needed to build, and the faults that come up while one does."""

    file: RouterFile
    environment: Mapping[str, str]
    epoch_ns: int = 0
    placeholder: bytes | None = None
    router_id: Address | None = None
    faults: list[Fault] = field(default_factory=list)
    _made: dict[Path, Any] = field(default_factory=dict)

    def made(self, path: Path, make: Callable[[], T]) -> T | None:
        """Make a value; what it refuses is a fault at `path`."""
        try:
            return make()
        except UsageError as error:
            self.faults.append(self.file.fault(path, str(error)))
            return None

    def once(self, path: Path, make: Callable[[], T]) -> T:
        """What is made for a path, the first time that it is asked for."""
        if path not in self._made:
            self._made[path] = make()
        found: T = self._made[path]
        return found

    def secret(self, secret: Secret, path: Path) -> bytes | None:
        """The bytes of a secret; None if they cannot be had."""
        if self.placeholder is not None and secret.way in ("env", "file"):
            return self.placeholder
        return self.made(path, lambda: secret.resolve(self.file.folder, self.environment))

    def policy(self, name: str | None) -> Policy | None:
        """A policy by its name."""
        return None if name is None else self.file.policies[name]


def build(
    file: RouterFile,
    environment: Mapping[str, str] | None = None,
    *,
    epoch_ns: int = 0,
    placeholder: bytes | None = None,
    router_id: Address | None = None,
) -> RouterConfig:
    """The configuration of a router; secrets are read from files and from `environment`.

    `epoch_ns` is what makes the instants of the router nanoseconds since 1970; lifetimes of keys
    need it. `environment` None: that of the process. `placeholder` stands for secrets that are not
    in the file itself, where one only wants to know whether all else is right. `router_id` is that
    of a router whose file says none.

    Raises `FileError` for secrets that cannot be had and for values that do not go together.
    """
    environment = os.environ if environment is None else environment
    tree = file.tree
    shop = Workshop(file, environment, epoch_ns, placeholder, tree.router.id or router_id)
    protocols = {one.name: _protocol(shop, one) for one in tree.instances()}
    if is_wanted(tree):
        protocols["bfd"] = _bfd(shop, tree.bfd or BfdEntry())
    names = dict.fromkeys((MAIN, *tree.tables, *(one.table for one in tree.static if one)))
    leaks = tuple(
        Leak(one.from_, one.to, shop.policy(one.policy)) for one in tree.leaks if one is not None
    )
    config = shop.made(
        (),
        lambda: RouterConfig(
            shop.router_id,
            {name: _table(shop, name, tree.tables.get(name)) for name in names},
            leaks,
            {name: one for name, one in protocols.items() if one is not None},
        ),
    )
    if shop.faults or config is None:
        raise FileError(file.source, shop.faults)
    return config


def _protocol(shop: Workshop, instance: Instance) -> ProtocolConfig | None:
    entry = instance.entry
    settings: object = None
    if isinstance(entry, OspfEntry):
        version = 2 if instance.kind == "ospf" else 3
        settings = ospf_config(shop, entry, instance.name, instance.path, version)
    elif isinstance(entry, BgpEntry):
        settings = bgp_config(shop, entry, instance.name, instance.path)
    else:
        settings = rip_config(shop, entry, instance.path)
    if settings is None:
        return None
    channel = entry.channel
    return ProtocolConfig(instance.kind, settings, _channel(shop, channel), channel.table)


def _bfd(shop: Workshop, entry: BfdEntry) -> ProtocolConfig | None:
    settings = bfd_config(shop, entry, ("bfd",))
    return None if settings is None else ProtocolConfig("bfd", settings)


def _channel(shop: Workshop, entry: ChannelEntry) -> ChannelConfig:
    limit = None if entry.limit is None else Limit(entry.limit.prefixes, entry.limit.action)
    return ChannelConfig(shop.policy(entry.import_), shop.policy(entry.export), limit, entry.tag)


def _table(shop: Workshop, name: str, entry: TableEntry | None) -> TableConfig:
    tree = shop.file.tree
    statics = tuple(one.route for one in tree.static if one is not None and one.table == name)
    common = shop.policy(tree.kernel.export)
    if entry is None:
        return TableConfig(statics, export_policy=common)
    own = shop.policy(entry.export)
    return TableConfig(statics, entry.width, entry.via_default, common if own is None else own)


def continued(running: RouterFile, file: RouterFile) -> RouterFile:
    """The file with the prefix lists and policies of the running one, where they say the same.

    Of a policy that says something else, lines that are as before go on counting.
    """
    lists = {name: _same(running.lists.get(name), held) for name, held in file.lists.items()}
    policies = {}
    for name, policy in file.policies.items():
        before = running.policies.get(name)
        policies[name] = _same(before, policy)
        if before is not None and policies[name] is policy:
            policy.count_on(before)
    return replace(file, lists=lists, policies=policies)


def _same(before: T | None, after: T) -> T:
    return before if before is not None and before == after else after
