"""The longest-match benchmark: same table, same questions, every answer checked.

Life of a run: `workload` writes table, questions and golden answers into a folder; `runner`
starts one process a peer and family; `child` builds, asks, checks and writes one JSON record a
measurement; `report` and `plot` show them.
"""
