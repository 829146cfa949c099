"""The typed tree of router.yaml: pydantic models, from which the JSON Schema is made.

The models know fields, their types and what changing them costs. What names mean together is the
work of `config.references`, what would not work of `config.check`.
"""

from __future__ import annotations

from fingerpost.config.tree.root import RouterTree, schema

__all__ = ["RouterTree", "schema"]
