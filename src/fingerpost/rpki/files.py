"""Validated payloads in files: JSON as rpki-client, Routinator and StayRTR write it, and SLURM.

JSON: `roas` with prefix, maxLength, asn (a number, or "AS65001") and maybe expires; `aspas` with
customer_asid and providers, or `provider_authorizations` by family, as older writers have it.
SLURM: RFC 8416 3, the parts about prefixes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fingerpost._core import VrpTable
from fingerpost.addr import Prefix
from fingerpost.errors import AddressError, LoadError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")
_AS_MOST: Final = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Payloads:
    """What a file says: VRPs, and the providers of customers.

    `expired`: entries that were left out, as their time was over. `expires`: when the first of
    those that count is over, in seconds of Unix time; None: none says so.
    """

    vrps: VrpTable = field(default_factory=VrpTable)
    aspas: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    expired: int = 0
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Local exceptions (RFC 8416): VRPs that are taken out, by prefix and AS, then VRPs on top."""

    filters: tuple[tuple[Prefix | None, int | None], ...] = ()
    assertions: VrpTable = field(default_factory=VrpTable)

    def applied(self, vrps: VrpTable) -> VrpTable:
        """With the exceptions made; what is added is never filtered (RFC 8416 3.4.1)."""
        return vrps.without(self.filters).union(self.assertions)


class _Lifetimes:
    """Which entries still count at an instant; without one all do."""

    def __init__(self, now_s: float | None) -> None:
        self._now = now_s
        self.expired = 0
        self.soonest: int | None = None

    def is_over(self, one: Any) -> bool:  # noqa: ANN401 - an entry that was read
        """Whether `expires` of an entry has come; it is counted then."""
        until = one.get("expires")
        if self._now is None or not isinstance(until, int):
            return False
        if until <= self._now:
            self.expired += 1
            return True
        self.soonest = until if self.soonest is None else min(self.soonest, until)
        return False


def payloads(
    octets: bytes | str, name: str = "VRP file", *, now_s: float | None = None
) -> Payloads:
    """Read a JSON file of VRPs. Raises `LoadError` that names the entry and what it wants.

    Entries whose `expires` is not after `now_s`, in seconds of Unix time, are left out.
    """
    whole = _object(octets, name)
    if "roas" not in whole:
        raise LoadError(f"{name}: no `roas` in it; it wants JSON as rpki-client writes it")
    lifetimes = _Lifetimes(now_s)
    vrps = []
    for at, one in _listed(whole, "roas", name):
        vrp = _entry(f"{name}: roas[{at}]", one, _roa)
        if not lifetimes.is_over(one):
            vrps.append(vrp)
    aspas: dict[int, tuple[int, ...]] = {}
    early = whole.get("provider_authorizations")
    lists = [("aspas", whole)]
    if isinstance(early, dict):
        lists += [(key, early) for key in ("ipv4", "ipv6")]
    for key, of in lists:
        for at, one in _listed(of, key, name):
            customer, providers = _entry(f"{name}: {key}[{at}]", one, _aspa)
            if lifetimes.is_over(one):
                continue
            held = aspas.get(customer, ())
            aspas[customer] = tuple(sorted({*held, *providers}))
    return Payloads(VrpTable(vrps), aspas, lifetimes.expired, lifetimes.soonest)


def exceptions(octets: bytes | str, name: str = "SLURM file") -> Exceptions:
    """Read a SLURM file. Raises `LoadError` that names the entry and what it wants."""
    whole = _object(octets, name)
    if whole.get("slurmVersion") not in (1, 2):
        raise LoadError(f"{name}: slurmVersion {whole.get('slurmVersion')!r}, expected 1")
    output, added = (
        whole.get(key) or {} for key in ("validationOutputFilters", "locallyAddedAssertions")
    )
    filters = tuple(
        _entry(f"{name}: prefixFilters[{at}]", one, _filter)
        for at, one in _listed(output, "prefixFilters", name)
    )
    assertions = [
        _entry(f"{name}: prefixAssertions[{at}]", one, _assertion)
        for at, one in _listed(added, "prefixAssertions", name)
    ]
    return Exceptions(filters, VrpTable(assertions))


def _object(octets: bytes | str, name: str) -> dict[str, Any]:
    try:
        whole = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{name}: no JSON: {error}") from error
    if not isinstance(whole, dict):
        raise LoadError(f"{name}: a {type(whole).__name__}, expected a JSON object")
    return whole


def _listed(of: object, key: str, name: str) -> Iterator[tuple[int, object]]:
    found = of.get(key) if isinstance(of, dict) else None
    if found is not None and not isinstance(found, list):
        raise LoadError(f"{name}: {key} is a {type(found).__name__}, expected a list")
    return enumerate(found or ())


def _entry(place: str, one: object, read: Callable[[Any], T]) -> T:
    try:
        return read(one)
    except (KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{place}: {one!r:.80} lacks {error}") from error
    except (AddressError, UsageError, ValueError) as error:
        raise LoadError(f"{place}: {error}") from error


def _asn(value: object) -> int:
    if isinstance(value, str):
        value = int(value.upper().removeprefix("AS"))
    if not isinstance(value, int) or not 0 <= value <= _AS_MOST:
        raise ValueError(f"AS {value!r}, expected 0 to {_AS_MOST}")
    return value


def _vrp(prefix: object, longest: object, asn: object) -> tuple[Prefix, int, int]:
    found = Prefix(str(prefix), strict=True)
    most = found.length if longest is None else longest
    if not isinstance(most, int) or not found.length <= most <= found.bits:
        raise ValueError(f"longest length {most!r} of {found} cannot be (RFC 9582 4.3)")
    return found, most, _asn(asn)


def _roa(one: Mapping[str, object]) -> tuple[Prefix, int, int]:
    return _vrp(one["prefix"], one.get("maxLength"), one["asn"])


def _aspa(one: Mapping[str, Any]) -> tuple[int, tuple[int, ...]]:
    customer = one["customer_asid"] if "customer_asid" in one else one["customer"]
    return _asn(customer), tuple(_asn(provider) for provider in one["providers"])


def _filter(one: Mapping[str, object]) -> tuple[Prefix | None, int | None]:
    prefix, asn = one.get("prefix"), one.get("asn")
    if prefix is None and asn is None:
        raise ValueError("neither prefix nor asn (RFC 8416 3.3.1)")
    found = None if prefix is None else Prefix(str(prefix), strict=True)
    return found, None if asn is None else _asn(asn)


def _assertion(one: Mapping[str, object]) -> tuple[Prefix, int, int]:
    return _vrp(one["prefix"], one.get("maxPrefixLength"), one["asn"])
