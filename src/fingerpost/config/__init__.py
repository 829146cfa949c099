"""Files that people write: read with the place of every field, told all that is wrong at once.

`load` reads router.yaml, `check` finds what it means and cannot be, `build` makes the values that a
router takes, `diff` says what a change costs, `history` keeps what was applied. pydantic and yaml
are imported by the modules that need them, never by this one.
"""
