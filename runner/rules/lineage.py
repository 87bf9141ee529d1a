"""Rules about a policy and what the log says about its purges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.model.finding import Fault, Severity
from runner.model.purge import Purge
from runner.model.rule import Phase, Rule

PLC_001 = Rule(
    id="PLC-001",
    title="A policy whose purge has begun does not change",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: the log names the bytes that were approved and applied",
    hint="restore the file; for another purge write a new policy",
)
PLC_002 = Rule(
    id="PLC-002",
    title="Revisions go up, and only after one that did not complete",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: a purge is one execution of one revision; what completed never runs again",
    hint="write a new policy with a name of its own",
)

PLC_003 = Rule(
    id="PLC-003",
    title="A policy stays while its purge is open",
    severity=Severity.WARNING,
    phase=Phase.CHANGE,
    basis="Decision: the file is the order behind the record",
    hint="restore the file until the purge has ended; without it an intent that was not submitted is halted, "
    "and a submitted job goes on",
)


def unchanged(purge: Purge | None, blob: str) -> Iterator[Fault]:
    """PLC-001: the file's git blob is the one whose purge has begun under this revision."""
    if purge is None or not purge.begun or purge.blob == blob:
        return
    hint = "restore the file, or give it a higher revision" if purge.state.may_be_followed else ""
    yield PLC_001.fault(
        "/revision",
        f"the file has changed since the purge of revision {purge.revision} began "
        f"(git blob {blob[:12]}, in the log {purge.blob[:12]})",
        hint=hint,
    )


def in_turn(revision: int, purges: Iterable[Purge]) -> Iterator[Fault]:
    """PLC-002: ``purges`` of this name on this target have no later and no unfinished revision."""
    ordered = sorted(purges, key=lambda purge: purge.revision)
    later = [purge for purge in ordered if purge.revision > revision]
    if later:
        yield PLC_002.fault(
            "/revision",
            f"revision {revision} is lower than revision {later[-1].revision}, which is in the log",
            hint=f"raise revision above {later[-1].revision}",
        )
    for purge in ordered:
        if purge.revision < revision and not purge.state.may_be_followed:
            yield PLC_002.fault(
                "/revision",
                f"revision {revision} may not follow revision {purge.revision}, which is {purge.state.value}",
                hint="" if purge.state.terminal else f"wait until revision {purge.revision} has ended",
            )


def not_deleted(purges: Iterable[Purge]) -> Iterator[Fault]:
    """PLC-003: none of the ``purges`` of a policy whose file a change deletes is open."""
    for purge in purges:
        if not (purge.state.terminal or purge.state.without_effect):
            standing = f"revision {purge.revision}, {purge.state.value}"
            yield PLC_003.fault("", f"this change deletes a policy whose purge is open ({standing})")
