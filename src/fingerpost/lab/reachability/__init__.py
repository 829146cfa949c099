"""Who reaches whom, computed on the tables of all nodes: no packet is sent.

The life of a check: every table is asked for every address of the lab at once; each answer becomes
an action, the set of nodes that the packet may go to next (all branches of equal cost) or the
reason why it goes nowhere (`actions`). For each address the actions of all nodes make a graph, on
which the outcome spreads backwards from where the packet ends: delivered, lost, and what is left
over goes in circles (`spread`). Circles are then named (`loops`).

An outcome is about all branches: a pair is reachable when every branch delivers.
"""

from __future__ import annotations

from fingerpost.lab.reachability.check import check
from fingerpost.lab.reachability.result import Blackhole, Loop, Outcome, Path, Reachability

__all__ = ["Blackhole", "Loop", "Outcome", "Path", "Reachability", "check"]
