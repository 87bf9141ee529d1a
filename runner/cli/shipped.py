"""What purgectl brings along: example policies, from the wheel or from a checkout."""

from __future__ import annotations

from pathlib import Path

import runner
from runner.errors import UsageError


def shipped(name: str) -> Path:
    """Return the folder ``policies`` or ``docs/examples`` that came with this installation."""
    package = Path(runner.__file__).parent
    for root in (package / "shipped", package.parent):
        if (root / name).is_dir():
            return root / name
    raise UsageError(f"this installation carries no {name}", hint="install purgectl again")
