"""Prefixes of every family as they stand in messages (NLRI, RFC 4271 4.3, RFC 4760 5)."""

from __future__ import annotations

from fingerpost.bgp.nlri.framing import Nlri, join_nlri, split_nlri
from fingerpost.bgp.nlri.route_key import join, part
from fingerpost.bgp.nlri.text import nlri_text
from fingerpost.bgp.nlri.unicast import decode_prefix, encode_prefix

__all__ = [
    "Nlri",
    "decode_prefix",
    "encode_prefix",
    "join",
    "join_nlri",
    "nlri_text",
    "part",
    "split_nlri",
]
