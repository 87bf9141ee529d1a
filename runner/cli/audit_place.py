"""Where an auditor's command finds a log and its trust root: in this clone, without the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from runner.audit.trust import Trust, trust_in
from runner.branch.verify import Verification, verify
from runner.documents.kinds import Kind
from runner.errors import LogBroken, NotVerified, Refused, UsageError
from runner.git.main import MainBranch
from runner.git.repository import Repository
from runner.merkle.keys import BadKey, Verifier
from runner.model.target import Target
from runner.plan.tree import read_tree


@dataclass(frozen=True, slots=True)
class LocalLog:
    """A branch ``audit/<target>`` as this clone knows it: its ref, its commit, and whom to trust.

    ``keys_from`` says to a person where the trusted keys were found.
    """

    repository: Repository
    ref: str
    commit: str
    trust: Trust
    keys_from: str


repo_option = click.option(
    "--repo",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="A clone, bare or not; the current folder when left out.",
)
vkey_option = click.option(
    "--vkey", multiple=True, metavar="KEY", help="Trust this verifier key instead of those on main."
)

_VKEY = "give the verifier key with --vkey"


def find_log(folder: Path, target: str, keys: Sequence[str]) -> LocalLog:
    """Find the log of a target in the repository around a folder.

    What was last fetched from ``origin`` comes before a branch of this clone. The keys given win
    over those of the target's file on ``main``. Raises ``UsageError`` outside a git repository and
    for a malformed key, ``NotVerified`` when the branch or a key is missing.
    """
    repository = Repository.open(folder)
    found = local_ref(repository, f"audit/{target}")
    if found is None:
        raise NotVerified(
            f"this clone has no branch audit/{target}",
            where=str(folder.absolute()),
            hint=f"git fetch origin audit/{target}",
        )
    if keys:
        verifiers = given_keys(keys)
        return LocalLog(repository, *found, Trust(verifiers[0].name, target, verifiers), "--vkey")
    return LocalLog(repository, *found, _stated(repository, target), "log.keys on main")


def verified(log: LocalLog) -> Verification:
    """Verify a log on which a command wants to build. Raises ``LogBroken`` for one that does not hold."""
    verification = verify(log.repository, log.commit, log.trust)
    if not verification.holds:
        raise LogBroken(
            f"the log of target {log.trust.target} does not verify: {verification.problems[0].message}",
            where=log.ref,
            hint="purgectl audit verify, with the same options, lists all that is wrong",
        )
    return verification


def local_ref(repository: Repository, branch: str) -> tuple[str, str] | None:
    """Return the ref and the commit of a branch as last fetched, else of this clone's own."""
    for ref in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        commit = repository.resolve(ref)
        if commit is not None:
            return ref, commit
    return None


def given_keys(keys: Sequence[str]) -> tuple[Verifier, ...]:
    """Read what ``--vkey`` gave. Raises ``UsageError`` for a malformed key, and for keys of two logs."""
    try:
        verifiers = tuple(Verifier.parse(key) for key in keys)
    except BadKey as error:
        raise UsageError(f"--vkey: {error}", hint="give it as purgectl audit keygen printed it") from None
    if len({verifier.name for verifier in verifiers}) != 1:
        raise UsageError("--vkey: the keys are of different logs", hint="give the keys of one log")
    return verifiers


def target_on_main(repository: Repository, target: str) -> Target:
    """Return a target as its file stands at the tip of ``main`` that this clone knows.

    Raises ``NotVerified`` where there is none, because that file says whom to trust.
    """
    main = local_ref(repository, "main")
    if main is None:
        raise NotVerified("no key is known: this clone has no branch main", hint=_VKEY)
    chosen = read_tree(MainBranch(repository).files(main[1])).targets.get(target)
    if chosen is None:
        where = f"{Kind.TARGET.path(target)} at {main[0]}"
        raise NotVerified(f"no key is known: target {target} has no valid file", where=where, hint=_VKEY)
    return chosen


def _stated(repository: Repository, target: str) -> Trust:
    """Take the trust root from the target's file at the tip of ``main`` that this clone knows."""
    chosen = target_on_main(repository, target)
    try:
        return trust_in(chosen.name, chosen.log)
    except Refused as refusal:
        raise NotVerified(f"no key is known: {refusal.message}", where=refusal.where, hint=_VKEY) from None
