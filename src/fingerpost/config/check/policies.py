"""Things that nobody uses, lines of policies that do nothing, tests of policies that fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.config.references import MAIN, uses
from fingerpost.config.tree.base import Thing
from fingerpost.policy.lint import idle_statements

if TYPE_CHECKING:
    from fingerpost.config.check.finding import Scene
    from fingerpost.config.faults import Path


def check(scene: Scene) -> None:
    """Look for things without a use, and for lines that can never do anything."""
    used = {(use.thing, use.name) for use in uses(scene.file.tree)}
    for thing in Thing:
        held: list[str] = list(getattr(scene.file.tree, thing.section.replace("-", "_")))
        for name in held:
            if (thing, name) not in used and (thing, name) != (Thing.TABLE, MAIN):
                said = f"nothing uses the {thing.value} {name!r}"
                scene.warn(f"unused-{thing.value.replace(' ', '-')}", (thing.section, name), said)
    _find_dead_lines(scene)
    _find_shadowed_entries(scene)
    _run_tests(scene)


def _find_dead_lines(scene: Scene) -> None:
    for name, policy in scene.file.policies.items():
        lines = [statement.name for statement in policy.statements]
        for one in idle_statements(policy):
            if one.sort in ("dead", "shadowed"):
                place: Path = ("policies", name, "statements", lines.index(one.line))
                if isinstance(scene.file.tree.policies[name], list):
                    place = ("policies", name, lines.index(one.line))
                scene.warn(f"{one.sort}-line", place, f"line {one.line} is {one.sort}: {one.why}")


def _find_shadowed_entries(scene: Scene) -> None:
    for name, held in scene.file.lists.items():
        for place, hiding in held.shadowed():
            entries = held.entries
            said = f"{entries[place]} can never decide: {entries[hiding]} stands before it"
            scene.warn("shadowed-entry", ("prefix-lists", name, place), said)


def _run_tests(scene: Scene) -> None:
    for test in scene.file.tests:
        for wrong in test.run(scene.file.policies).wrong:
            said = f"policy {test.policy}, {test.route}: {wrong}"
            scene.error("policy-test", test.path, said)
