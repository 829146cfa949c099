"""The router: interfaces, tables, protocols and forwarding plane, wired together, no I/O."""

from __future__ import annotations

from fingerpost.router.router import Router

__all__ = ["Router"]
