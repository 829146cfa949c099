"""Policies: which routes pass a channel, what is changed in them on the way, and by which line."""

from __future__ import annotations

from fingerpost.policy.action import Append, Outcome, Prepend, Remove, Set
from fingerpost.policy.attributes import AsPath, Communities
from fingerpost.policy.function import FunctionPolicy, of
from fingerpost.policy.lint import Finding, findings
from fingerpost.policy.load import load, load_lists
from fingerpost.policy.match import InPrefixList, Is, NextHopIn
from fingerpost.policy.policy import Policy
from fingerpost.policy.prefix_list import Entry, PrefixList
from fingerpost.policy.statement import Statement

__all__ = [
    "Append",
    "AsPath",
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
