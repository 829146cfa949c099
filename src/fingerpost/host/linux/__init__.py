"""A router on Linux: the kernel's interfaces, sockets and forwarding table around a `Router`."""
