"""Slow or plain models that the fast code is compared with. Nothing here imports fingerpost."""
