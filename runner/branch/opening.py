"""The birth of a log: the only way in which a branch ``audit/<target>`` comes into being."""

from __future__ import annotations

from collections.abc import Iterable

from runner.audit import layout
from runner.audit.identity import purge_id
from runner.audit.records import TooLarge, encode, parse
from runner.audit.trust import Trust
from runner.branch.following import Following
from runner.branch.writer import EMPTY, NOTHING, Writer
from runner.documents import typed
from runner.documents.document import Document
from runner.documents.kinds import Kind, kind_of
from runner.documents.reading import read
from runner.errors import Refused, RemoteFailure
from runner.git.branch_copy import BranchCopy
from runner.git.push import PushResult, compare_and_swap
from runner.git.remote import REMOTE
from runner.git.repository import Repository
from runner.merkle.keys import Signer
from runner.model.finding import Severity
from runner.model.json import JsonObject
from runner.model.log import Draft, Log, Record
from runner.model.source import SourceFile
from runner.ports import Clock


def baseline_of(files: Iterable[SourceFile], target: str, origin: str) -> tuple[JsonObject, ...]:
    """Return the policies of a target at a commit, as ``log.opened`` names them.

    Raises ``Refused`` for a policy that cannot be read: whether it belongs here must be known.
    """
    documents = [read(file) for file in files if kind_of(file.path) is Kind.PURGE_POLICY]
    return tuple(
        _baseline_entry(document, target, origin) for document in documents if _is_of(document, target)
    )


def _is_of(document: Document, target: str) -> bool:
    if document.value is None or not document.sound("/target"):
        raise _unreadable(document)
    if document.value["target"] != target:
        return False
    if not document.clean:
        raise _unreadable(document)
    return True


def _unreadable(document: Document) -> Refused:
    first = min(document.locate(fault) for fault in document.faults if fault.severity is Severity.ERROR)
    return Refused(
        f"a policy on main is not valid, so it is unclear whether it may ever run: {first.message}",
        where=f"{first.file}:{first.line}:{first.column}",
        hint="run purgectl validate, mend the policy by pull request, then open the log",
    )


def _baseline_entry(document: Document, target: str, origin: str) -> JsonObject:
    assert document.value is not None
    policy = typed.purge_policy(document.value)
    return {
        "policy": policy.name,
        "revision": policy.revision,
        "path": document.source.path,
        "blob": document.source.blob,
        "purge_id": purge_id(origin, target, policy.name, policy.revision),
    }


def open_log(
    repository: Repository,
    trust: Trust,
    draft: Draft,
    *,
    signer: Signer | None,
    clock: Clock,
) -> Log:
    """Create the branch with ``draft`` (``records.opened``) as its first record.

    Raises ``Refused`` when the branch exists or the key is not trusted, and ``RemoteFailure`` when
    the remote does not take it.
    """
    writer = Writer(trust.require(signer), ())
    branch = layout.branch(trust.target)
    following = Following(repository, trust)
    _require_none(following.copy, trust.target)
    extension = writer.extend(EMPTY, [_first_record(draft, trust.target)], NOTHING, clock.now())
    commit = repository.commit(None, extension.changes, extension.message, clock.now())
    pushed = compare_and_swap(repository.git, REMOTE, branch, None, commit)
    match pushed.result:
        case PushResult.LOST_RACE:
            raise _exists(trust.target)
        case PushResult.REFUSED:
            raise RemoteFailure(f"{REMOTE} does not take the branch: {pushed.reason}", where=branch)
        case PushResult.UNKNOWN if following.copy.newest() != commit:
            raise RemoteFailure(
                f"it is not known whether the log was opened: {pushed.reason}",
                hint="run purgectl audit open again",
            )
    following.verify(following.fetch())
    return following.replay.log()


def _require_none(copy: BranchCopy, target: str) -> None:
    """Refuse where there is a log, and where this clone remembers one that is gone."""
    last = copy.seen
    if copy.newest() is not None:
        raise _exists(target)
    if last is not None:
        raise Refused(
            f"the log of target {target} has vanished from {REMOTE}; a new one would hide that",
            where=f"last seen here at {last}",
            hint="find out who deleted it, and push it again from a clone that has all of it",
        )


def _first_record(draft: Draft, target: str) -> Record:
    try:
        return parse(0, encode(draft))
    except TooLarge as error:
        raise Refused(
            f"the first record {error}: too many policies stand on main",
            hint=f"open the log before the policies of target {target} are merged",
        ) from None


def _exists(target: str) -> Refused:
    return Refused(
        f"target {target} has a log already: the branch audit/{target} exists",
        hint=f"purgectl audit show --target {target}",
    )
