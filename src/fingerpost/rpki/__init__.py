"""RPKI as routers use it: who may originate a prefix (RFC 6811), and who may pass it on (ASPA)."""

from __future__ import annotations

from fingerpost.rpki.validity import Validity, Vrp, validate, verdict

__all__ = ["Validity", "Vrp", "validate", "verdict"]
