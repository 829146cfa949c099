"""Print what pyproject.toml asks for, so that it is written down once.

    python .ci/requirements.py build|EXTRA...

`build` stands for the build system; every other name for an extra, which brings the package's own
dependencies along.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def main() -> None:
    """Print the requirements, one a line, without spaces: the shell splits them."""
    path = Path(__file__).resolve().parent.parent / "pyproject.toml"
    project = tomllib.loads(path.read_text(encoding="utf-8"))
    names = sys.argv[1:]
    if names == ["build"]:
        asked = project["build-system"]["requires"]
    else:
        extras = project["project"]["optional-dependencies"]
        asked = project["project"]["dependencies"] + [r for name in names for r in extras[name]]
    print("\n".join(sorted({one.replace(" ", "") for one in asked})))


if __name__ == "__main__":
    main()
