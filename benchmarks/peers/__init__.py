"""One adapter a peer: how it is built, asked and changed by its fastest documented interface.

Each module has one class called `Adapter`; its docstring says which calls are timed and why
those. A file outside this folder works too: `lpm.py --adapter FILE`.
"""
