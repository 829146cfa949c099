"""Policies, prefix lists and AS sets from plain data, as a YAML file holds them.

```yaml
prefix-lists:
  customers:
    - permit 10.0.0.0/8 ge 16 le 24
    - {prefix: 192.0.2.0/24, action: deny}
as-sets:
  peers: [64500, 64510-64519]
policies:
  from-rip:
    otherwise: reject
    statements:
      - name: customers
        match: {prefix-list: customers, metric: 1-5}
        set: {tag: 120, metric: +2}
        then: accept
  from-peers:
    - match: {origin-as: peers, as-path: "_64500_"}
      set: {local-preference: 200, add-community: "65000:1"}
```

Every fault is a `UsageError` that names the field: "policies.from-rip.statements[0].then".
"""

from __future__ import annotations

from typing import Final

from fingerpost.policy import values as read
from fingerpost.policy.action import Outcome
from fingerpost.policy.load_match import CONDITIONS, load_condition
from fingerpost.policy.load_set import ACTIONS, load_action
from fingerpost.policy.load_values import Names, load_as_sets, load_entry, load_lists, told
from fingerpost.policy.policy import Policy
from fingerpost.policy.statement import Statement

__all__ = [
    "ACTIONS",
    "CONDITIONS",
    "Names",
    "load",
    "load_as_sets",
    "load_entry",
    "load_lists",
    "load_policy",
    "load_statement",
]

_ENDS: Final = ("accept", "reject")
_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}


def load(data: object, where: str = "") -> dict[str, Policy]:
    """Every policy of a mapping with `policies` and what they name."""
    top = read.mapping(where or "policy file", data, ("prefix-lists", "as-sets", "policies"))
    prefix = f"{where}." if where else ""
    names = Names(
        load_lists(top.get("prefix-lists", {}), f"{prefix}prefix-lists"),
        load_as_sets(top.get("as-sets", {}), f"{prefix}as-sets"),
    )
    held = read.mapping(f"{prefix}policies", top.get("policies", {}))
    return {
        name: load_policy(name, value, names, f"{prefix}policies.{name}")
        for name, value in held.items()
    }


def load_policy(name: str, data: object, names: Names, where: str) -> Policy:
    """One policy; a bare list is its statements."""
    if isinstance(data, list | tuple):
        data = {"statements": data}
    held = read.mapping(where, data, ("otherwise", "statements"))
    otherwise = read.member(f"{where}.otherwise", held.get("otherwise", "reject"), _ENDS)
    statements = [
        load_statement(f"{where}.statements[{place}]", value, names, str(10 * (place + 1)))
        for place, value in enumerate(
            read.sequence(f"{where}.statements", held.get("statements", []))
        )
    ]
    return told(where, lambda: Policy(name, statements, otherwise=_OUTCOMES[otherwise]))


def load_statement(where: str, data: object, names: Names, name: str) -> Statement:
    """One statement of a policy; `name` is its name where it has none of its own."""
    held = read.mapping(where, data, ("name", "match", "set", "then"))
    if "name" in held:
        name = read.text(f"{where}.name", held["name"])
    match = read.mapping(f"{where}.match", held.get("match", {}))
    actions = read.mapping(f"{where}.set", held.get("set", {}))
    then = read.member(f"{where}.then", held.get("then", "accept"), _OUTCOMES)
    return Statement(
        name,
        tuple(load_condition(f"{where}.match.{key}", key, match[key], names) for key in match),
        tuple(load_action(f"{where}.set.{key}", key, actions[key], names) for key in actions),
        _OUTCOMES[then],
    )
