"""RPKI."""
