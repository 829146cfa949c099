"""The parts of `benchmarks/bgp.py`."""
