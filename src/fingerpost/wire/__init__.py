"""Packet formats: what several rooms of the house put on the wire and take off it.

One module a format. A value is a frozen dataclass; `X.decode(data)` gives it or raises
`DecodeError` and nothing else, whatever the bytes; `x.encode()` gives its bytes or raises
`UsageError` for a field out of range. Values are not checked when they are made, so that a
forwarder can build them at the cost of a tuple. Checksums, lengths and padding are no fields:
`encode` computes them, `decode` checks them.

A format is imported from its own module (`from fingerpost.wire.ipv4 import Ipv4`), so that who
needs one format loads one format.
"""
