"""Where a router stands: virtual hosts with their own transport, and devices of this machine."""
