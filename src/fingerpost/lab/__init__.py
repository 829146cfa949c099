"""The virtual network: files that describe it, tables computed for it, links, faults and a clock."""
