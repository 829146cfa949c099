"""Policies: which routes pass a channel, what is changed in them on the way, and by which line."""

from __future__ import annotations

from fingerpost.policy.action import Outcome, Prepend, Set
from fingerpost.policy.as_numbers import AsIn, AsSet
from fingerpost.policy.as_path import AsPath
from fingerpost.policy.communities import Communities
from fingerpost.policy.function import FunctionPolicy, of
from fingerpost.policy.lint import Finding, findings
from fingerpost.policy.load import load, load_lists
from fingerpost.policy.match import InPrefixList, Is, NextHopIn
from fingerpost.policy.path_action import Append, Remove
from fingerpost.policy.policy import Policy
from fingerpost.policy.prefix_list import Entry, PrefixList
from fingerpost.policy.statement import Statement

__all__ = [
    "Append",
    "AsIn",
    "AsPath",
    "AsSet",
    "Communities",
    "Entry",
    "Finding",
    "FunctionPolicy",
    "InPrefixList",
    "Is",
    "NextHopIn",
    "Outcome",
    "Policy",
    "PrefixList",
    "Prepend",
    "Remove",
    "Set",
    "Statement",
    "findings",
    "load",
    "load_lists",
    "of",
]
