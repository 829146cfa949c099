"""Layers of a lab file against a merge that a child can read; every value knows where it stood."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.config.faults import Path, dotted
from fingerpost.lab.topology.layers import Layers

NAMES = st.sampled_from(["a", "b", "c"])
LEAVES = st.one_of(st.none(), st.integers(0, 9), st.lists(st.integers(0, 9), max_size=2))
VALUES = st.recursive(LEAVES, lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=9)
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=3)


def merged(below: Any, above: Any) -> Any:  # noqa: ANN401 - any YAML value
    if isinstance(below, dict) and isinstance(above, dict):
        keys = {**below, **above}
        return {
            key: merged(below[key], above[key])
            if key in below and key in above
            else (above if key in above else below)[key]
            for key in keys
        }
    return above


def at(value: Any, path: Path) -> Any:  # noqa: ANN401
    for step in path:
        value = value[step]
    return value


def paths(value: Any, here: Path = ()) -> list[Path]:  # noqa: ANN401
    inner = value.items() if isinstance(value, dict) else ()
    return [here, *(path for key, one in inner for path in paths(one, (*here, key)))]


@given(st.lists(MAPPINGS, min_size=1, max_size=4))
def test_layers_are_merged_and_keep_their_places(values: list[dict[str, Any]]) -> None:
    layers = Layers(lambda path: 100 * int(path[0]) + len(path))
    expected: Any = {}
    for number, value in enumerate(values):
        layers.lay(value, (number,))
        expected = merged(expected, value)
    assert layers.tree.value == expected
    for path in paths(expected):
        origin = layers.origin(path)
        assert origin[1:] == path
        assert at(values[int(origin[0])], path) is not None or at(expected, path) is None
        assert layers.tree.line(path) == 100 * int(origin[0]) + len(path) + 1
        assert layers.origin_of(dotted(path)) == dotted(layers.origin(path))
    # nothing is known of what is not there any more
    known = {path for path in layers.tree.lines if all(isinstance(step, str) for step in path)}
    assert known <= set(paths(expected))


def test_a_value_below_a_layer_is_put_where_it_belongs() -> None:
    layers = Layers(lambda path: len(path))
    layers.lay({"timers": 5}, ("defaults",), ("rip",))
    layers.lay({"cost": 1}, ("links", 0, "rip"), ("rip", "interfaces", "eth1"))
    assert layers.tree.value == {"rip": {"timers": 5, "interfaces": {"eth1": {"cost": 1}}}}
    assert layers.origin_of("rip.interfaces.eth1.cost") == "links[0].rip.cost"
    assert layers.origin_of("rip.interfaces.eth1.more[2].x") == "links[0].rip.more[2].x"
    assert layers.at(("rip", "timers")) == 5
    assert layers.at(("rip", "nothing", "there")) is None


def test_layers_copy_what_they_are_given() -> None:
    value = {"rip": {"neighbors": ["10.0.0.1"]}}
    layers = Layers(lambda _: 1)
    layers.lay(value, ("a",))
    layers.tree.value["rip"]["neighbors"].append("10.0.0.2")
    assert value == {"rip": {"neighbors": ["10.0.0.1"]}}
