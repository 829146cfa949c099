"""The calculation of routes as one would do it by hand: slow and from the beginning."""
