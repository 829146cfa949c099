"""The formats of others: one module reads each, all give a `Graph`, and that becomes a draft."""
