"""What records of BGP mean: dumps of MRT and messages that were seen, with their attributes.

The life of a dump: `fingerpost.mrt` cuts it into entries, `heard` makes of each who said what of
which prefix, with canonical attributes, `lines` writes that as bgpdump does.
"""

from __future__ import annotations

from fingerpost.bgp.records.heard import Announced, Heard, Withdrawn, heard_in
from fingerpost.bgp.records.lines import line_of, lines_of

__all__ = ["Announced", "Heard", "Withdrawn", "heard_in", "line_of", "lines_of"]
