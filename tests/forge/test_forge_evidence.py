"""No approval is needed on a sandbox, and none can be shown anywhere else yet."""

from dataclasses import replace

import pytest

from runner.errors import Refused
from runner.forge.evidence import ApprovalsOnLoopback
from runner.model.approval import Approval
from runner.model.target import Approvals, Backend, Counts, LogTrust, Target

SANDBOX = Target(
    name="here",
    region="sandbox",
    organization_id=None,
    backend=Backend.INTERACTIONS_PURGE,
    approvals=Approvals.NONE,
    counts=Counts.REQUIRED,
    webhooks=(),
    log=LogTrust("example.com/log", ()),
    go_live=None,
    rate_per_minute=300,
    poll_deadline=3600,
    suspended=False,
    body={},
)
ORDER = ("policies/purges/x.yaml", "b" * 40, "c" * 40)


def test_a_sandbox_needs_no_approval_and_says_so():
    assert ApprovalsOnLoopback().approval(SANDBOX, *ORDER) == Approval("none: sandbox on loopback", {})


@pytest.mark.parametrize(
    "change",
    [
        {"region": "eu-central-1", "approvals": Approvals.GITHUB},
        {"region": "eu-central-1"},
        {"approvals": Approvals.GITHUB},
    ],
)
def test_every_other_target_is_refused(change):
    with pytest.raises(Refused, match="cannot yet read evidence of approval") as caught:
        ApprovalsOnLoopback().approval(replace(SANDBOX, **change), *ORDER)
    assert caught.value.where == "policies/purges/x.yaml at cccccccccccc"
    assert "CHANGELOG" in caught.value.hint
