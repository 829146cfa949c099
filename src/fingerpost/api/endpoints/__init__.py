"""What can be asked over HTTP: one module a subject, with its models and its paths."""

from __future__ import annotations
