"""Walking pydantic models along the path of a value: which model, which field, which names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from fingerpost.config.faults import Path

K = TypeVar("K")


def key_of(name: str, info: FieldInfo) -> str:
    """What a field is called in the file."""
    return info.alias or name


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that the path leads to, or the nearest one around it; None at the top."""
    walked = list(_walk(model, path))
    return walked[-1][0] if walked else None


def model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that rules the mapping at `path`; None where there is none."""
    walked = list(_walk(model, path))
    if len(walked) < len(path):
        return None
    return _model_in(walked[-1][1] if walked else model)


def known_fields(model: type[BaseModel], path: Path) -> list[str]:
    """The fields that the mapping at `path` may have; empty where any name goes."""
    found = model_at(model, path)
    return [] if found is None else [key_of(*item) for item in found.model_fields.items()]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of a tree that is no model and holds none."""

    path: Path
    info: FieldInfo
    value: object


Wanted: TypeAlias = Callable[[FieldInfo], bool]


def leaves(entry: BaseModel, wanted: Wanted, path: Path = ()) -> Iterator[Leaf]:
    """The leaves of a tree whose fields are `wanted`, in the order of the models.

    None items of lists are passed over. `wanted` is asked once for each field of a model, whatever
    the size of the tree.
    """
    for name, info in _ways(type(entry), wanted):
        yield from _leaves_in(getattr(entry, name), (*path, key_of(name, info)), info, wanted)


def _leaves_in(value: object, path: Path, info: FieldInfo, wanted: Wanted) -> Iterator[Leaf]:
    if isinstance(value, BaseModel):
        yield from leaves(value, wanted, path)
    elif isinstance(value, Mapping) and _holds_models(value.values()):
        for key, inner in value.items():
            yield from _leaves_in(inner, (*path, key), info, wanted)
    elif isinstance(value, list) and _holds_models(value):
        for at, inner in enumerate(value):
            if inner is not None:
                yield from _leaves_in(inner, (*path, at), info, wanted)
    elif wanted(info):
        yield Leaf(path, info, value)


@cache
def _ways(model: type[BaseModel], wanted: Wanted) -> tuple[tuple[str, FieldInfo], ...]:
    """The fields of a model that are wanted, or that lead to such."""
    return tuple(
        (name, info)
        for name, info in model.model_fields.items()
        if wanted(info) or any(_ways(one, wanted) for one in _models_in(info.annotation))
    )


def types_in(kind: Any) -> Iterator[type]:  # noqa: ANN401 - any annotation
    """Every class that values of a type may be or hold."""
    if isinstance(kind, type):
        yield kind
    for one in get_args(kind):
        yield from types_in(one)


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    return (one for one in types_in(kind) if issubclass(one, BaseModel))


def _holds_models(values: Iterable[object]) -> bool:
    return any(isinstance(one, BaseModel) for one in values)


def _walk(model: type[BaseModel], path: Path) -> Iterator[tuple[FieldInfo | None, Any]]:
    """For each step of the path that leads somewhere: the field, and the type of what is there."""
    kind: Any = model
    info: FieldInfo | None = None
    for step in path:
        here = _model_in(kind)
        if here is not None:
            fields = {key_of(*item): item[1] for item in here.model_fields.items()}
            if step not in fields:
                return
            info = fields[str(step)]
            kind = info.annotation
        else:
            kind = _item_type(kind)
            if kind is None:
                return
        yield info, kind


def metadata_of(info: FieldInfo, kind: type[K]) -> Iterator[K]:
    """What a field declares of a kind, itself or in the types that its values may have."""
    for one in (*info.metadata, *_annotated(info.annotation)):
        if isinstance(one, kind):
            yield one


def _annotated(kind: Any) -> Iterator[object]:  # noqa: ANN401 - any annotation
    origin = get_origin(kind)
    if origin is Annotated:
        held, *found = get_args(kind)
        yield from found
        yield from _annotated(held)
    elif origin in (Union, UnionType):
        for one in get_args(kind):
            yield from _annotated(one)


def _alternatives(kind: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation
    """The types that an annotation may mean."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for one in get_args(kind):
            yield from _alternatives(one)
    else:
        yield kind


def _model_in(kind: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any annotation
    for one in _alternatives(kind):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


def _item_type(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """The type of the values of a mapping, or of the items of a list."""
    for one in _alternatives(kind):
        if get_origin(one) in (dict, list, tuple, Mapping):
            held = [arg for arg in get_args(one) if arg is not ...]
            return held[-1] if held else None
    return None
