"""`RouterTree`: everything that router.yaml may say, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field
from pydantic.json_schema import GenerateJsonSchema

from fingerpost.config.costs import FREE, Changing, Cost
from fingerpost.config.fields import Name
from fingerpost.config.tree.base import Entry, or_nothing
from fingerpost.config.tree.bfd import BfdEntry
from fingerpost.config.tree.bgp import BgpEntry
from fingerpost.config.tree.keys import KeyChainEntry
from fingerpost.config.tree.ospf import OspfEntry, OspfInstanceEntry
from fingerpost.config.tree.policies import AsSets, Lists, Policies, PolicyTests
from fingerpost.config.tree.rip import RipEntry, RipngEntry
from fingerpost.config.tree.routes import Leaks, Statics, TableEntry
from fingerpost.config.tree.system import (
    ApiEntry,
    InterfaceEntry,
    KernelEntry,
    RollbackEntry,
    RouterEntry,
)
from fingerpost.config.units import duration

if TYPE_CHECKING:
    from pydantic_core.core_schema import WithDefaultSchema

_ALL = Changing(Cost.RESET, "all routing")
INSTANCES = "ospf-instances"
_INSTANCE = Changing(Cost.RESET, "{0}")
_LISTS = Changing(Cost.REFEED, "whoever asks prefix list {1}")
_AS_SETS = Changing(Cost.REFEED, "whoever asks as-set {1}")
_POLICIES = Changing(Cost.REFEED, "whoever asks policy {1}")


class RouterTree(Entry):
    """A whole router.yaml."""

    router: Annotated[RouterEntry, or_nothing(RouterEntry)] = RouterEntry()
    interfaces: Annotated[
        dict[Name, Annotated[InterfaceEntry, or_nothing(InterfaceEntry)]],
        or_nothing(dict[Name, InterfaceEntry | None]),
        FREE,
    ] = Field(default_factory=dict)
    static: Annotated[Statics, FREE] = Field(
        default_factory=list, description="Static routes, as `ip route` writes them."
    )
    prefix_lists: Annotated[Lists, _LISTS] = Field(default_factory=dict)
    as_sets: Annotated[AsSets, _AS_SETS] = Field(default_factory=dict)
    policies: Annotated[Policies, _POLICIES] = Field(default_factory=dict)
    policy_tests: Annotated[PolicyTests, FREE] = Field(
        default_factory=list, description="What `fingerpost check` expects of the policies."
    )
    key_chains: Annotated[
        dict[Name, KeyChainEntry], or_nothing(dict[Name, KeyChainEntry]), FREE
    ] = Field(default_factory=dict)
    tables: Annotated[
        dict[Name, Annotated[TableEntry, or_nothing(TableEntry)]],
        or_nothing(dict[Name, TableEntry | None]),
        _ALL,
    ] = Field(default_factory=dict)
    leaks: Annotated[Leaks, _ALL] = Field(default_factory=list)
    rip: Annotated[RipEntry | None, or_nothing(RipEntry), _INSTANCE] = Field(
        default=None, description="RIP version 2 (RFC 2453, RFC 4822)."
    )
    ripng: Annotated[RipngEntry | None, or_nothing(RipngEntry), _INSTANCE] = Field(
        default=None, description="RIPng (RFC 2080)."
    )
    ospf: Annotated[OspfEntry | None, or_nothing(OspfEntry), _INSTANCE] = Field(
        default=None, description="OSPF version 2 (RFC 2328)."
    )
    ospf3: Annotated[OspfEntry | None, or_nothing(OspfEntry), _INSTANCE] = Field(
        default=None, description="OSPF version 3 (RFC 5340)."
    )
    ospf_instances: Annotated[
        dict[Name, Annotated[OspfInstanceEntry, or_nothing(OspfInstanceEntry)]],
        or_nothing(dict[Name, OspfInstanceEntry | None]),
        _INSTANCE,
    ] = Field(default_factory=dict, description="More instances of OSPF (RFC 6549, RFC 5838).")
    bgp: Annotated[BgpEntry | None, or_nothing(BgpEntry), _INSTANCE] = Field(
        default=None, description="BGP version 4 (RFC 4271)."
    )
    bfd: Annotated[BfdEntry | None, or_nothing(BfdEntry), _INSTANCE] = Field(
        default=None, description="BFD (RFC 5880, RFC 5881); it runs wherever one asks for it."
    )
    kernel: Annotated[KernelEntry, or_nothing(KernelEntry)] = KernelEntry()
    api: Annotated[ApiEntry, or_nothing(ApiEntry)] = ApiEntry()
    rollback: Annotated[RollbackEntry, or_nothing(RollbackEntry)] = RollbackEntry()

    def instances(self) -> Iterator[Instance]:
        """Every protocol instance that the file describes."""
        for kind, entry in (("rip", self.rip), ("ripng", self.ripng)):
            if entry is not None:
                yield Instance(kind, kind, entry, (kind,))
        for kind, one in (("ospf", self.ospf), ("ospf3", self.ospf3)):
            if one is not None:
                yield Instance(kind, kind, one, (kind,))
        for name, more in self.ospf_instances.items():
            kind = "ospf" if more.version == 2 else "ospf3"
            yield Instance(f"{kind}:{name}", kind, more, (INSTANCES, name))
        if self.bgp is not None:
            yield Instance("bgp", "bgp", self.bgp, ("bgp",))


@dataclass(frozen=True, slots=True)
class Instance:
    """A protocol instance of the file: its name, its kind, what is said, and where."""

    name: str
    kind: str
    entry: RipngEntry | OspfEntry | BgpEntry
    path: tuple[str | int, ...]


class _Generator(GenerateJsonSchema):
    """Defaults as the file has them; those of whole sections are said by their fields."""

    def default_schema(self, schema: WithDefaultSchema) -> dict[str, Any]:
        found = schema.get("default")
        if isinstance(found, BaseModel):
            return self.generate_inner(schema["schema"])
        if isinstance(found, Enum):
            return {**self.generate_inner(schema["schema"]), "default": found.value}
        made = super().default_schema(schema)
        if "string" in made.get("type", ()) and isinstance(found, int):
            made["default"] = f"{found:04o}" if "pattern" in made else duration(found)
        return made


def schema() -> dict[str, Any]:
    """The JSON Schema of router.yaml (draft 2020-12), for editors that check while one types."""
    made = RouterTree.model_json_schema(by_alias=True, schema_generator=_Generator)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, **made, "title": "fingerpost router"}
