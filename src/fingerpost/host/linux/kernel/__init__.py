"""The parts of `KernelFib`: ways, nexthop objects, attributes, reports."""
