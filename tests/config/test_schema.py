"""The JSON Schema of router.yaml: it takes what the loader takes, and every field says its cost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from texts import EXAMPLE

from fingerpost.cli import cli
from fingerpost.config import yaml_tree
from fingerpost.config.costs import Cost
from fingerpost.config.load import hides
from fingerpost.config.tree import RouterTree, schema
from fingerpost.policy.load import ACTIONS, CONDITIONS

jsonschema = pytest.importorskip("jsonschema")


def faults(value: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema())
    return [error.json_path for error in validator.iter_errors(value)]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_example_is_valid() -> None:
    assert faults(yaml_tree.read(EXAMPLE.read_text(encoding="utf-8"), "f").value) == []


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{static: 10.0.0.0/8 dev e, leaks: {from: main, to: main}}",
        "{static: [{prefix: default, next-hops: [via 10.0.0.1, {dev: e}]}]}",
        "{rip: {redistribute: [static], channel: {limit: 5}}}",
        "{rip: {interfaces: {e: {in: {offset: 3}, send: 1, receive: none}}}}",
        "{rip: {timers: {update: 10s}}}",
        "{policies: {p: [{match: {tag: 1-5, prefix: 10.0.0.0/8 le 9}, set: {metric: +1}}]}}",
    ],
)
def test_short_forms_are_valid(text: str) -> None:
    assert faults(yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{kernell: {}}", "$"),
        ("{rip: {interfaces: {e: {cost: 16}}}}", "$.rip"),
        ("{policies: {p: [{match: {colour: 1}}]}}", "$.policies"),
        ("{api: {mode: 660}}", "$.api"),
        ("{key-chains: {k: {keys: []}}}", "$['key-chains']"),
    ],
)
def test_faults_are_found_by_an_editor_too(text: str, place: str) -> None:
    assert [one for one in faults(yaml.safe_load(text)) if one.startswith(place)]


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, held in schema()["$defs"].items():
        for key, value in held.get("properties", {}).items():
            yield f"{name}.{key}", value


def test_every_field_that_is_no_section_says_what_changing_it_costs() -> None:
    silent = [
        name
        for name, value in properties()
        if "x-changing-costs" not in value and "$ref" not in str(value)
    ]
    assert silent == []
    costs = {value["x-changing-costs"] for _, value in properties() if "x-changing-costs" in value}
    assert costs == set(Cost)


def test_every_section_has_fields_with_costs() -> None:
    fields = schema()["properties"]
    assert list(fields) == [info.alias for info in RouterTree.model_fields.values()]
    for name, value in fields.items():
        assert "x-changing-costs" in value or "$ref" in str(value), name


def test_the_schema_knows_every_condition_and_action() -> None:
    text = str(schema()["properties"]["policies"])
    for word in (*CONDITIONS, *ACTIONS):
        assert f"'{word}'" in text, word


def test_defaults_stand_there_as_the_file_would_have_them() -> None:
    made = schema()["$defs"]
    assert made["TimersEntry"]["properties"]["update"]["default"] == "30s"
    assert made["TimersEntry"]["properties"]["timeout"]["default"] == "3min"
    assert made["KernelEntry"]["properties"]["on-exit"]["default"] == "withdraw"
    assert made["ApiEntry"]["properties"]["mode"]["default"] == "0660"
    assert made["RipInterfaceEntry"]["properties"]["split-horizon"]["default"] == "poisoned"


def test_secrets_are_write_only_in_the_schema_and_hidden_by_the_loader() -> None:
    made = schema()["$defs"]
    assert made["KeyEntry"]["properties"]["secret"]["writeOnly"]
    assert hides(("key-chains", "k", "keys", 0, "secret"), "x")
    assert not hides(("key-chains", "k", "keys", 0, "algorithm"), "x")


def test_check_prints_it_for_editors() -> None:
    done = CliRunner().invoke(cli, ["check", "--schema"])
    assert done.exit_code == 0
    assert json.loads(done.output) == schema()


def test_the_page_about_router_files_names_every_field() -> None:
    page = (EXAMPLE.parents[1] / "docs" / "router-files.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z][a-z0-9-]*", " ".join(re.findall(r"`[^`\n]+`", page))))
    fields = {name.partition(".")[2] for name, _ in properties()} | set(schema()["properties"])
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert fields - words - set(", ".join(headings).split(", ")) == set()
