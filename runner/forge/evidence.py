"""Evidence of approval. This version can read none, so it lets nothing but a sandbox through."""

from __future__ import annotations

from runner.errors import Refused
from runner.model.approval import Approval
from runner.model.target import Approvals, Target


class ApprovalsOnLoopback:
    """``ports.Forge`` for targets that can only ever be a server on this machine."""

    def approval(self, target: Target, path: str, blob: str, commit: str) -> Approval:
        """Say that a sandbox on loopback needs no approval; raise ``Refused`` for every other target."""
        del blob
        if target.approvals is Approvals.NONE and target.is_sandbox:
            return Approval("none: sandbox on loopback", {})
        raise Refused(
            f"target {target.name} is not a sandbox, and this version cannot yet read evidence of "
            "approval from the forge, so nothing runs on it",
            where=f"{path} at {commit[:12]}",
            hint="try the policy on a sandbox target; no release reads approvals yet, see CHANGELOG",
        )
