"""Drawings of a lab: one SVG that stands alone, in light and dark.

The life of a drawing: `place` decides where nodes are, from the file or from the distances in the
graph; `labels` finds each name a spot where it covers nothing; `svg` writes the picture.
"""

from __future__ import annotations

from fingerpost.lab.draw.picture import Picture, draw

__all__ = ["Picture", "draw"]
