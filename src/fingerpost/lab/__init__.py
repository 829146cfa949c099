"""The virtual network: descriptions of it, tables for it, links, faults and a clock."""
