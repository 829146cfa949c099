"""What a routing protocol looks like to the router that runs it and to the host below."""

from __future__ import annotations
