"""The parts of a lab file that are parts of router.yaml, kept as they stand and read later.

What a node says is laid over what its kind and the defaults say before it is read, so the fields
are plain mappings here. Their JSON Schema is that of router.yaml.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from fingerpost.config.fields import as_mapping
from fingerpost.config.tree import schema

_MARK = "part of router.yaml"
_WHOLE = "RouterTree"


def _part(name: str, description: str) -> Any:  # noqa: ANN401 - a type for pydantic
    return Annotated[
        dict[str, Any],
        BeforeValidator(as_mapping),
        WithJsonSchema({_MARK: name, "description": description}),
    ]


RouterSection = _part(_WHOLE, "As router.yaml; '*' among a protocol's interfaces means all.")
RipSection = _part("RipInterfaceEntry", "Of the interfaces that stand here, as in router.yaml.")
OspfSection = _part("OspfInterfaceEntry", "Of the interfaces that stand here, as in router.yaml.")
BgpSection = _part("NeighborEntry", "To the neighbors on the link, as in router.yaml.")
RipngSection = _part("RipngInterfaceEntry", "Of the interfaces that stand here, as in router.yaml.")


def with_router(made: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a lab file with the parts of router.yaml in their places."""
    whole = schema()
    parts = {**whole.pop("$defs"), _WHOLE: whole}
    del whole["$schema"]
    # what a lab knows without being told: a node's AS
    parts["BgpEntry"] = {k: v for k, v in parts["BgpEntry"].items() if k != "required"}
    defined = {_defined(name): _moved(part) for name, part in parts.items()}
    filled: dict[str, Any] = _filled(made)
    return {**filled, "$defs": {**filled["$defs"], **defined}}


def _defined(name: str) -> str:
    return f"router.{name}"


def _moved(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A part of the other schema, whose references lead to where its parts are now."""
    if isinstance(value, dict):
        return {
            key: f"#/$defs/{_defined(inner.removeprefix('#/$defs/'))}"
            if key == "$ref" and isinstance(inner, str)
            else _moved(inner)
            for key, inner in value.items()
        }
    return [_moved(one) for one in value] if isinstance(value, list) else value


def _filled(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        if _MARK in value:
            reference = {"$ref": f"#/$defs/{_defined(value[_MARK])}"}
            return {**reference, **{k: v for k, v in value.items() if k != _MARK}}
        return {key: _filled(inner) for key, inner in value.items()}
    return [_filled(one) for one in value] if isinstance(value, list) else value
