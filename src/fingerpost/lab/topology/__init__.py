"""Files that describe a network, and what becomes of them: `load` reads any of them.

The life of a description: a reader makes a `Draft` of it (`lab_file` for lab.yaml and containerlab,
one module for each other format), `build` plugs the links in, gives out addresses, checks every
name and makes the `Lab`. All faults of a file are told at once, as `TopologyError`.
"""

from __future__ import annotations

from fingerpost.config.faults import Fault
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.load import load, loads

__all__ = ["Fault", "TopologyError", "load", "loads"]
