"""Why a hold holds: what each type is called, the rule that it answers to, and the law behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.model.finding import Severity
from runner.model.rule import Phase, Rule

HLD_001 = Rule(
    id="HLD-001",
    title="No legal hold reaches the policy",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="FRCP 37(e); Zubulake v. UBS Warburg, 220 F.R.D. 212 (S.D.N.Y. 2003); 18 U.S.C. 1519",
    hint="wait until the hold is released, or move the policy out of its reach by type, dates or attributes",
)
HLD_003 = Rule(
    id="HLD-003",
    title="No open request, restriction, complaint or inquiry reaches the policy",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="The law behind the type of the hold: GDPR Art. 15 for an access request, GDPR Art. 18 for a "
    "restriction, FRCP 45(e)(1) for a subpoena",
    hint="wait until it is closed and its file released, or move the policy out of its reach by type, dates "
    "or attributes",
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One type of hold: the ``noun`` for it in a sentence, its rule, and the ``basis`` that is cited."""

    noun: str
    rule: Rule
    basis: str


_NO_CASE_NEEDED = "18 U.S.C. 1519: no case need be pending"

CAUSES: Mapping[str, Cause] = {
    "litigation": Cause("litigation hold", HLD_001, HLD_001.basis),
    "audit": Cause("audit hold", HLD_001, _NO_CASE_NEEDED),
    "internal-investigation": Cause("hold for an internal investigation", HLD_001, _NO_CASE_NEEDED),
    "tax": Cause("tax hold", HLD_001, _NO_CASE_NEEDED),
    "security-incident": Cause("hold for a security incident", HLD_001, _NO_CASE_NEEDED),
    "dsar": Cause("data-subject request", HLD_003, "GDPR Art. 15; PIPEDA s. 8(8); 34 CFR 99.10(e)"),
    "restriction-art18": Cause("restriction of processing", HLD_003, "GDPR Art. 18"),
    "complaint": Cause("complaint", HLD_003, "29 CFR 1602.14; FCA DISP 1.9.1R"),
    "subpoena": Cause("subpoena", HLD_003, "FRCP 45(e)(1); 18 U.S.C. 1519"),
    "regulatory-inquiry": Cause(
        "regulator's inquiry", HLD_003, "18 U.S.C. 1519; SEC Release 34-97787 (2023-06-22)"
    ),
}
"""By the words of the schema."""
