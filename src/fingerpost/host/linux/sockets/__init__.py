"""Kernel sockets of routing protocols: UDP and raw IP per interface, TCP with MD5 and GTSM.

Each is non-blocking, bounded and counted, and knows neither a protocol nor an event loop.
"""
