"""No forge: for a sandbox, which asks nobody for approval."""

from __future__ import annotations

from runner.errors import Refused
from runner.model.change import Change


class NoForge:
    """``ports.Forge`` that knows of no change, so that nothing counts which needs evidence."""

    def change(self, path: str, commit: str) -> Change:
        """Raise ``Refused``."""
        raise Refused(
            "no forge is asked for this target",
            where=f"{path} at {commit[:12]}",
            hint="write approvals: github in the target, by pull request",
        )
