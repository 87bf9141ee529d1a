"""Rules about the organisation that a document names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule
from runner.model.text import shorten

_MOST_NAMED = 10

TGT_001 = Rule(
    id="TGT-001",
    title="The target is known",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: a purge runs on a reviewed target only",
    hint="name a file in policies/targets/ without its .yaml",
)
TGT_002 = Rule(
    id="TGT-002",
    title="No two targets are the same organisation",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: holds, overlap and the log tell organisations apart by the name of their target, so a "
    "second name would get around them",
    hint="keep one of the files, and let policies and holds name that target",
)
TGT_003 = Rule(
    id="TGT-003",
    title="The credential is of the target's organisation",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="Genesys Cloud, GET /api/v2/tokens/me: a token belongs to one organisation; holds, overlap and the "
    "log belong to another one's target",
    hint="set the credential of this target's own organisation in the environment, or correct organizationId",
)


def known(pointer: str, target: str, valid: Collection[str], broken: Collection[str]) -> Iterator[Fault]:
    """TGT-001: the target named at ``pointer`` has a file, and the file has no errors.

    ``valid`` and ``broken`` are the names of the targets without and with errors.
    """
    if target in valid:
        return
    if target in broken:
        yield TGT_001.fault(
            pointer, f"the file of target {target} has errors", hint=f"mend policies/targets/{target}.yaml"
        )
        return
    there = ", ".join(sorted({*valid, *broken})) or "none"
    yield TGT_001.fault(pointer, f"there is no target {target}", hint=f"{TGT_001.hint}; there: {there}")


def alone(pointer: str, twins: Sequence[str]) -> Iterator[Fault]:
    """TGT-002: no other target has the organisation or the log of this one.

    ``twins`` are the names of all that share it, sorted, empty where none does; ``pointer`` is what
    they share, or where a policy names the target.
    """
    if twins:
        files = ", ".join(f"policies/targets/{name}.yaml" for name in twins[:_MOST_NAMED])
        more = f" and {len(twins) - _MOST_NAMED:,} more" if len(twins) > _MOST_NAMED else ""
        yield TGT_002.fault(pointer, f"these targets are the same organisation or log: {files}{more}")


def same_organization(wanted: str | None, told: str | None, *, tells: bool) -> Iterator[Fault]:
    """TGT-003: the organisation that the platform says a credential has is the target's.

    ``wanted`` is ``None`` for a sandbox, ``told`` where the platform says nothing; one that ``tells``
    must say it.
    """
    if told is None and tells:
        yield TGT_003.fault("/target", "the platform does not say of which organisation the credential is")
    elif told is not None and wanted is not None and told != wanted:
        yield TGT_003.fault(
            "/target", f"the credential is of organisation {shorten(told, 100)}, not of {wanted}"
        )
