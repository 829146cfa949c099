"""A router that runs, seen from outside: the daemon, its HTTP API and the client of it.

The client (`client`) needs the standard library alone. Everything else needs the extra `daemon`
(FastAPI and uvicorn) and is imported when a daemon starts.
"""

from __future__ import annotations
