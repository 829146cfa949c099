"""What `show ospf database|routes|spf` prints: models of `fingerpost.ospf.listing` as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fingerpost.cli.columns import age, aligned

Model: TypeAlias = Mapping[str, Any]

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
_LSAS = ("type", "link state id", "advertised by", "age", "sequence", "checksum", "length")
_ROUTES = ("prefix", "path", "cost", "type 2", "area", "tag", "next hops")
_ROUTERS = ("router", "roles", "path", "cost", "area", "next hops")
_RUNS = ("ago", "kind", "waited", "vertices", "edges", "prefixes", "announced", "withdrawn", "why")


def database(model: Model) -> str:
    """The LSAs by place; with what they say where that was asked for."""
    lines: list[str] = []
    for place in dict.fromkeys(one["place"] for one in model["lsas"]):
        held = [one for one in model["lsas"] if one["place"] == place]
        lines += ["", f"{place}: {_many(held)}"] if lines else [f"{place}: {_many(held)}"]
        if "fields" in held[0]:
            for one in held:
                lines += [one["text"], *_fields(one["fields"], 2)]
        else:
            lines.append(aligned(_LSAS, map(_lsa, held), ("age", "length")))
    return "\n".join(lines) or "no LSA"


def _many(held: list[Model]) -> str:
    return f"{len(held)} LSA{'' if len(held) == 1 else 's'}"


def _lsa(one: Model) -> tuple[str, ...]:
    mark = "*" if one["is_ours"] else ""
    return (
        one["type"],
        one["id"],
        one["router"] + mark,
        str(one["age_s"]),
        one["sequence"],
        one["checksum"],
        str(one["length"]),
    )


def _fields(fields: list[Model], indent: int) -> Iterator[str]:
    width = max((len(one["name"]) for one in fields), default=0)
    for one in fields:
        name = one["name"].replace("_", " ")
        yield f"{'':{indent}}{name:<{width}}  {one['text']}".rstrip()
        yield from _fields(one["fields"], indent + 2)


def routes(model: Model) -> str:
    """Prefixes, then border and boundary routers."""
    rows = [
        (
            one["prefix"],
            one["path_type"],
            str(one["cost"]),
            "" if one["type2_cost"] is None else str(one["type2_cost"]),
            one["area"] or "",
            str(one["tag"]) if one["tag"] else "",
            ", ".join(one["next_hops"]),
        )
        for one in model["routes"]
    ]
    lines = [aligned(_ROUTES, rows, ("cost", "type 2", "tag")) if rows else "no route"]
    if model["routers"]:
        routers = [
            (
                one["router"],
                ", ".join(one["roles"]),
                one["path_type"],
                str(one["cost"]),
                one["area"],
                ", ".join(one["next_hops"]),
            )
            for one in model["routers"]
        ]
        lines += ["", aligned(_ROUTERS, routers, ("cost",))]
    return "\n".join(lines)


def spf(model: Model) -> str:
    """The calculations, the latest last."""
    counted = ", ".join(f"{count} {kind}" for kind, count in model["by_kind"].items())
    rows = [
        (
            age((model["now"] - one["instant"]) / SECOND),
            one["kind"],
            f"{one['waited_ns'] / MILLISECOND:.1f} ms",
            *(str(one[name]) for name in ("vertices", "edges", "prefixes")),
            str(one["announced"]),
            str(one["withdrawn"]),
            ", ".join(one["reasons"]),
        )
        for one in model["runs"]
    ]
    right = [name for name in _RUNS if name not in ("kind", "why")]
    return "\n".join([f"calculations: {counted or 'none'}", aligned(_RUNS, rows, right)])
