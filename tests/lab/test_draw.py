"""Drawings: well-formed, the same every time, nothing on top of anything, marks in their places."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from fingerpost.errors import UsageError
from fingerpost.lab.draw import draw
from fingerpost.lab.draw.labels import text_width
from fingerpost.lab.failures import Failures
from fingerpost.lab.model import Lab
from fingerpost.lab.topology import load, loads

REPOSITORY = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"

RING = "topology:\n  nodes: {a: , b: , c: , d: , e: , f: }\n  links:\n" + "".join(
    f"    - endpoints: [{a}, {b}]\n" for a, b in pairwise("abcdefa")
)
STAR = "topology:\n  nodes: {hub: , h1: {kind: host}, h2: {kind: host}, h3: {kind: host}}\n" + (
    "  links:\n    - endpoints: [hub, h1, h2, h3]\n"
)
PARALLEL = "topology: {nodes: {a: , b: }, links: [{endpoints: [a, b]}, {endpoints: [a, b]}]}"
HALVES = (
    "topology: {nodes: {a: , b: , c: , d: }, links: [{endpoints: [a, b]}, {endpoints: [c, d]}]}"
)
SMALL = [RING, STAR, PARALLEL, HALVES, "topology: {nodes: {alone: }}"]


def classes(svg: str) -> list[str]:
    return [element.get("class", "") for element in ET.fromstring(svg).iter()]


def campus() -> Lab:
    return load(REPOSITORY / "examples" / "campus.yaml")


@pytest.mark.parametrize("text", SMALL)
def test_the_same_lab_is_drawn_the_same(text: str) -> None:
    assert draw(loads(text)).svg == draw(loads(text)).svg


@pytest.mark.parametrize("text", SMALL)
def test_every_node_and_link_is_in_the_drawing_once(text: str) -> None:
    lab = loads(text)
    found = classes(draw(lab, legend=False).svg)
    assert found.count("router") + found.count("host") == len(lab.nodes)
    assert found.count("link") == sum(len(k.nodes) if k.is_lan else 1 for k in lab.links)
    assert found.count("name") == len(lab.nodes)


@pytest.mark.parametrize("lab", [*map(loads, SMALL), campus()], ids=lambda lab: str(lab.links[:1]))
def test_in_small_drawings_nothing_overlaps(lab: Lab) -> None:
    picture = draw(lab)
    for (ax, ay), (bx, by) in combinations(picture.places.values(), 2):
        assert (ax - bx) ** 2 + (ay - by) ** 2 >= 40**2
    boxes = [box_of(text) for text in ET.fromstring(picture.svg).iter(f"{SVG}text")]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height + 30


def box_of(text: ET.Element) -> tuple[float, float, float, float]:
    size = float(text.get("font-size", "0"))
    width = text_width(text.text or "", size)
    x, y = float(text.get("x", "0")), float(text.get("y", "0"))
    left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor", ""), x)
    return left, y - size * 0.8, left + width, y + size * 0.2


def test_names_of_the_file_are_escaped() -> None:
    lab = loads(
        "topology: {nodes: {a&b: {label: '<script>\"&'}, c: }, links: [{endpoints: [a&b, c]}]}"
    )
    root = ET.fromstring(draw(lab).svg)
    assert '<script>"&' in {text.text for text in root.iter(f"{SVG}text")}
    assert not list(root.iter(f"{SVG}script"))


def test_a_path_is_highlighted_with_an_arrow_at_each_node() -> None:
    path = ["reader", "library", "core1", "core2", "physics", "lab-pc"]
    svg = draw(campus(), path=path, legend=False).svg
    assert (
        classes(svg).count("link on-path") == 6
    )  # five links, of which one is a LAN with two arms
    assert svg.count('marker-end="url(#head)"') == 5
    assert classes(svg).count("router on-path") + classes(svg).count("host on-path") == 6


def test_a_path_over_nodes_that_are_not_linked_is_refused() -> None:
    with pytest.raises(UsageError, match="no link joins library and border"):
        draw(campus(), path=["library", "border"])
    with pytest.raises(UsageError, match="no node 'bordre'"):
        draw(campus(), path=["bordre"])


def test_failed_links_and_nodes_are_crossed_out() -> None:
    lab = campus()
    svg = draw(lab, failures=Failures.named(lab, ("border-core1", "physics")), legend=False).svg
    assert classes(svg).count("cross") == 2
    assert classes(svg).count("link dead") == 1


def test_of_parallel_links_the_path_takes_the_one_that_works() -> None:
    lab = loads(PARALLEL)
    failures = Failures.named(lab, ("a-b#1",))
    root = ET.fromstring(draw(lab, path=["a", "b"], failures=failures, legend=False).svg)
    shapes = {e.get("class"): e.get("d", "").split("Q") for e in root.iter(f"{SVG}path")}
    dead, taken = shapes["link dead"], shapes["link on-path"]
    assert len(dead) == len(taken) == 2  # both are arcs, on different sides
    assert dead[1].split()[0] != taken[1].split()[0] or dead[1] != taken[1]


def test_places_of_the_file_are_kept_in_their_order() -> None:
    places = draw(campus()).places
    assert places["provider"][1] < places["border"][1] < places["core1"][1]  # north is up
    assert places["core1"][0] < places["border"][0] < places["core2"][0]


def test_a_real_map_has_its_cities_where_they_are(shared_data: Path) -> None:
    places = draw(load(shared_data / "topologies" / "zoo_Abilene.graphml")).places
    assert places["Seattle"][0] < places["Denver"][0] < places["New_York"][0]
    assert places["Seattle"][1] < places["Denver"][1] < places["Houston"][1]


def test_a_large_network_is_drawn_without_labels(shared_data: Path) -> None:
    lab = load(shared_data / "topologies" / "zoo_Kdl.graphml")
    found = classes(draw(lab, path=["Rolla", "Union"]).svg)
    assert found.count("name on") == 2
    assert found.count("name") == 0


def test_a_lab_shows_itself_in_a_notebook() -> None:
    lab = loads(RING)
    assert lab._repr_svg_() == draw(lab).svg
    assert draw(lab)._repr_svg_() == draw(lab).svg
