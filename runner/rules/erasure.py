"""Rules about how data is erased: for good, all of it, and nothing that must stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification, PurgeType
from runner.model.regulation import Regulation
from runner.model.rule import Phase, Rule
from runner.rules.check import Check
from runner.rules.pack_entries import cited
from runner.rules.periods import missed_minimum, some_part_may_go

ERA_001 = Rule(
    id="ERA-001",
    title="Personal data is erased permanently",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="GDPR Art. 17(1); 16 CFR 682.3(a)",
    hint="write purgeType: permanent",
)
ERA_003 = Rule(
    id="ERA-003",
    title="Card authentication data goes at once and for good",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="PCI DSS v4.0.1 requirement 3.3.1; PCI SSC FAQ on audio recordings: a law that keeps them prevails",
    hint="write purgeType: permanent",
)
ERA_004 = Rule(
    id="ERA-004",
    title="A purge takes all that it should and nothing that must stay",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="ISO/TR 15489-2:2001 section 4.3.9; Genesys Cloud deletes the transcript with its recording",
    hint="raise retentionDays until every part may go",
)

_PERSONAL = frozenset({Classification.PII, Classification.HIPAA})


def permanent(entries: Iterable[Regulation], purge_type: str) -> Iterator[Fault]:
    """ERA-001: what an entry wants erased is purged so that nobody can bring it back."""
    demanding = [entry for entry in entries if entry.permanent]
    if demanding and purge_type != PurgeType.PERMANENT:
        yield ERA_001.fault(
            "/purgeType",
            f"{demanding[0].title}: purged permanently, not {purge_type}",
            basis=cited(demanding),
        )


def card_data_for_good(purge_type: str) -> Iterator[Fault]:
    """ERA-003: card authentication data is purged so that nobody can bring it back."""
    if purge_type != PurgeType.PERMANENT:
        yield ERA_003.fault("/purgeType", f"card authentication data is purged permanently, not {purge_type}")


def card_data_at_once(entries: Iterable[Regulation], retention_days: int) -> Iterator[Fault]:
    """ERA-003: card authentication data is kept no longer than the shortest maximum, or not at all."""
    longest = min((days for e in entries if (days := e.maximum_days) is not None), default=0)
    if retention_days > longest:
        yield ERA_003.fault(
            "/retentionDays",
            f"card authentication data is kept {longest} days at most, not {retention_days}",
            hint=f"write retentionDays: {longest}",
        )


def card_data_that_stays(entries: Iterable[Regulation]) -> Iterator[Fault]:
    """ERA-003: what a law keeps is not purged for the card data in it, whatever its age."""
    keeping = [(entry, days) for entry in entries if (days := entry.minimum_days)]
    if keeping:
        entry, days = max(keeping, key=_gravity)
        yield ERA_003.fault(
            "/tags",
            f"{entry.title}: kept at least {days} days, so its card data is redacted and the rest stays",
            hint="redact the passages; without card data in them, purge the interactions under a policy "
            "without this tag when their period has ended",
            severity=_severity(entry),
            basis=cited([entry]),
        )


def whole(entries: Iterable[Regulation], retention_days: int) -> Iterator[Fault]:
    """ERA-004: a part that may go does not take along a part that must stay. A guidance only warns.

    That not even one part may go yet is the matter of RET-002.
    """
    torn = [
        (entry, days)
        for entry in entries
        if (days := missed_minimum(entry, retention_days)) and some_part_may_go(entry, retention_days)
    ]
    if not torn:
        return
    entry, days = max(torn, key=_gravity)
    parts = [part.value for part, period in entry.retain.by_artefact.items() if entry.days(period) == days]
    yield ERA_004.fault(
        "/retentionDays",
        f"{entry.title}: the {' and the '.join(parts) or 'rest'} would go too, and is kept at least {days} "
        f"days, not {retention_days}",
        hint=f"raise retentionDays to {days}: a purge takes all parts of an interaction together",
        severity=_severity(entry),
        basis=cited([entry]),
    )


def sensitive_too(classification: str, include_sensitive: bool | None) -> Iterator[Fault]:
    """ERA-004: a purge of personal data leaves no recording behind because it is marked as sensitive.

    The platform leaves those out unless it is told otherwise (``includeRecordingsWithSensitiveData``).
    """
    if classification in _PERSONAL and not include_sensitive:
        yield ERA_004.fault(
            "/includeSensitive",
            "recordings that the platform marks as sensitive would stay",
            hint="write includeSensitive: true; the role of the credential needs the permission to view "
            "sensitive data",
        )


def _gravity(entry: tuple[Regulation, int]) -> tuple[bool, int]:
    return entry[0].force.binds, entry[1]


def _severity(entry: Regulation) -> Severity:
    return Severity.ERROR if entry.force.binds else Severity.WARNING


SENSITIVE_TOO = Check(ERA_004, sensitive_too, reads=("/classification",), may_read=("/includeSensitive",))
"""For the platforms that can leave sensitive recordings out."""
