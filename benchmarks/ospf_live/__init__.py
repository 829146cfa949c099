"""One router under load on a real interface: what its neighbour holds, and how it is measured."""
