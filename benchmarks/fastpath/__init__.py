"""The parts of `forwarding.py`: work, engines, clock."""
