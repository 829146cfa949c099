"""The kinds of protocols a router can run, each loaded when it is first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from random import Random

    from fingerpost.protocol.instance import Instance


Start: TypeAlias = "Callable[[Random], Instance]"


@dataclass(frozen=True, slots=True)
class Kind:
    """How to make an instance; `settings` tells the type that it is configured by.

    `has_routes`: it is told of routes and may announce some. `is_urgent`: it owes packets within
    milliseconds, so a host with threads does not let it wait for the others.
    """

    name: str
    settings: Callable[[], type]
    start: Callable[[object, Random], Instance]
    has_routes: bool = True
    is_urgent: bool = False

    def check(self, instance: str, settings: object) -> None:
        """Raise `UsageError` for settings of another type."""
        wanted = self.settings()
        if not isinstance(settings, wanted):
            given = type(settings).__name__
            raise UsageError(
                f"protocol {instance}: settings are a {given}, expected a {wanted.__name__}"
            )


def _rip_config() -> type:
    from fingerpost.rip import RipConfig

    return RipConfig


def _rip(version: Literal[2, "ng"], settings: object, rng: Random) -> Instance:
    from fingerpost.rip import Rip, RipConfig

    assert isinstance(settings, RipConfig)  # `check` has seen to it
    return Rip(settings, rng, version=version)


def _bfd_config() -> type:
    from fingerpost.bfd import BfdConfig

    return BfdConfig


def _bfd(settings: object, rng: Random) -> Instance:
    from fingerpost.bfd import Bfd, BfdConfig

    assert isinstance(settings, BfdConfig)  # `check` has seen to it
    return Bfd(settings, rng)


def _ospf_config() -> type:
    from fingerpost.ospf.config import OspfConfig

    return OspfConfig


def _ospf(version: Literal[2, 3], settings: object, rng: Random) -> Instance:
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.machine import Ospf

    assert isinstance(settings, OspfConfig)  # `check` has seen to it
    return Ospf(settings, rng, version=version)


def _bgp_config() -> type:
    from fingerpost.bgp.config import BgpConfig

    return BgpConfig


def _bgp(settings: object, rng: Random) -> Instance:
    from fingerpost.bgp.config import BgpConfig
    from fingerpost.bgp.machine import Bgp

    assert isinstance(settings, BgpConfig)  # `check` has seen to it
    return Bgp(settings, rng)


_ALL = (
    Kind("rip", _rip_config, partial(_rip, 2)),
    Kind("ripng", _rip_config, partial(_rip, "ng")),
    Kind("ospf", _ospf_config, partial(_ospf, 2)),
    Kind("ospf3", _ospf_config, partial(_ospf, 3)),
    Kind("bgp", _bgp_config, _bgp),
    Kind("bfd", _bfd_config, _bfd, has_routes=False, is_urgent=True),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind by its name."""
