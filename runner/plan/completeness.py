"""Completeness: every policy revision that ever stood on ``main`` has a record or a named reason.

It holds two things against each other that nobody can bend alone: the reviewed history of
``main``, and the signed log. What the log leaves out without a reason is a gap, and so is a purge
whose policy never stood on ``main``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from runner.audit.trail import Trail
from runner.documents.document import Document
from runner.documents.typed import purge_policy
from runner.model.fields import entries, instant, member, text
from runner.model.log import Record, RecordType
from runner.model.policy import Mode, PurgePolicy
from runner.model.purge import PurgeKey, PurgeState
from runner.plan.policy_file import policy_file
from runner.rules.hold_causes import HLD_001, HLD_003
from runner.rules.retention import RET_003

GRACE = timedelta(hours=24)
"""How long a run may take to come by: the schedule says half an hour, and a forge may lag."""


class Account(StrEnum):
    """How a revision is accounted for. The last three are gaps."""

    ENDED = "ended"
    OPEN = "open"
    AMBIGUOUS = "ambiguous"
    BASELINE = "baseline"
    OBSERVED = "observed"
    NOT_DUE = "not-due"
    HELD = "held"
    REFUSED = "refused"
    PENDING = "pending"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNMERGED = "unmerged"

    @property
    def gap(self) -> bool:
        """Whether something was skipped, or cannot be told."""
        return self in (Account.MISSING, Account.UNREADABLE, Account.UNMERGED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision and how it is accounted for.

    ``revision`` and ``purge_id`` are ``None`` where the file cannot be read. ``state`` is the log's,
    ``None`` where it knows nothing; ``rules`` refused it. ``since`` is when the record that decides
    was written, ``due`` the instant from which a run may take it up. ``merged`` is the
    commit of ``main`` that brought the content that counts, ``gone`` the one that took it away.
    """

    policy: str
    revision: int | None
    purge_id: str | None
    path: str
    account: Account
    state: PurgeState | None = None
    rules: tuple[str, ...] = ()
    since: datetime | None = None
    due: datetime | None = None
    merged: str = ""
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the comparison came to, by policy and revision. ``newest_at`` is the log's newest instant."""

    as_of: datetime
    newest_at: datetime
    entries: tuple[Entry, ...]

    @property
    def gaps(self) -> tuple[Entry, ...]:
        """Every revision that was skipped, or of which that cannot be told."""
        return tuple(entry for entry in self.entries if entry.account.gap)


@dataclass(frozen=True, slots=True)
class Version:
    """One content of a policy's file on ``main``, read.

    It stood there from the commit ``since``, whose committer says that this was at ``merged_at``,
    until the commit ``until`` replaced or removed it; ``None`` while it stands at the tip.
    """

    document: Document
    merged_at: datetime
    since: str
    until: str | None

    @property
    def content(self) -> tuple[str, str]:
        """Path and blob."""
        return self.document.source.path, self.document.source.blob

    @property
    def policy(self) -> PurgePolicy | None:
        """The policy, ``None`` unless form and schema are sound."""
        value = self.document.value
        return purge_policy(value) if value is not None and self.document.clean else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the log of ``target`` says: its trails, its baseline's purge ids, and its newest instant.

    ``identify`` gives the purge id of a policy's name and revision.
    """

    target: str
    trails: Mapping[str, Trail]
    baseline: frozenset[str]
    newest_at: datetime
    identify: Callable[[str, int], str]


def completeness(history: Iterable[Version], ledger: Ledger, as_of: datetime) -> Completeness:
    """Account for every revision of the log's target that was on ``main``, and for every purge."""
    revisions, unreadable = _sorted(history, ledger)
    keys = {*revisions, *(trail.purge.key for trail in ledger.trails.values())}
    newest: dict[str, int] = {}
    for key in revisions:
        newest[key.policy] = max(key.revision, newest.get(key.policy, 0))
    found = [_account(key, revisions.get(key, ()), newest, ledger, as_of) for key in keys]
    readable = {version.document.source.path for versions in revisions.values() for version in versions}
    found += _of_unreadable(unreadable, readable)
    order = sorted(found, key=lambda entry: (entry.policy, entry.revision or 0, entry.path))
    return Completeness(as_of, ledger.newest_at, tuple(order))


def _sorted(
    versions: Iterable[Version], ledger: Ledger
) -> tuple[Mapping[PurgeKey, Sequence[Version]], Sequence[Version]]:
    """Sort versions by the revision that each is, and keep apart those of which nobody can tell.

    What the schema of today cannot read, the log may have named when it was judged.
    """
    named = {content: trail.purge.key for trail in ledger.trails.values() for content in _contents(trail)}
    revisions: defaultdict[PurgeKey, list[Version]] = defaultdict(list)
    unreadable = []
    for version in versions:
        name, read = version.document.name, policy_file(version.document, {})
        if read.target not in (None, ledger.target):
            continue
        if read.target is not None and read.revision is not None:
            key = PurgeKey(name, read.revision, ledger.identify(name, read.revision))
            revisions[key].append(version)
        elif version.content in named:
            revisions[named[version.content]].append(version)
        else:
            unreadable.append(version)
    return revisions, unreadable


def _contents(trail: Trail) -> set[tuple[str, str]]:
    """Return path and blob of every content that the log says was announced or refused."""
    told = (r.body for r in trail.records if r.type in (RecordType.INTENDED, RecordType.REFUSED))
    return {(text(body, "policy", "path"), text(body, "policy", "blob")) for body in told}


def _account(
    key: PurgeKey,
    versions: Sequence[Version],
    newest: Mapping[str, int],
    ledger: Ledger,
    as_of: datetime,
) -> Entry:
    """Account for one revision; ``newest`` is the highest that each policy had on ``main``."""
    trail = ledger.trails.get(key.id)
    last = versions[-1] if versions else None
    entry = Entry(
        policy=key.policy,
        revision=key.revision,
        purge_id=key.id,
        path="" if last is None else last.document.source.path,
        account=Account.WITHDRAWN,
        state=None if trail is None else trail.purge.state,
        since=None if trail is None else trail.purge.changed_at,
        merged="" if last is None else last.since,
        gone=None if last is None else last.until,
    )
    if trail is not None and not _contents(trail) <= {version.content for version in versions}:
        return replace(entry, account=Account.UNMERGED)
    if trail is not None and trail.purge.state is not PurgeState.REFUSED:
        return replace(entry, account=_IN_THE_LOG.get(trail.purge.state, Account.ENDED))
    if key.id in ledger.baseline:
        return replace(entry, account=Account.BASELINE)
    standing = next((version for version in versions if version.until is None), None)
    if standing is not None:
        return _of_standing(entry, standing, trail, as_of)
    superseded = key.revision < newest[key.policy]
    return replace(entry, account=Account.SUPERSEDED if superseded else Account.WITHDRAWN)


_IN_THE_LOG = {
    PurgeState.INTENDED: Account.OPEN,
    PurgeState.SUBMITTED: Account.OPEN,
    PurgeState.AMBIGUOUS: Account.AMBIGUOUS,
}


def _of_standing(entry: Entry, version: Version, trail: Trail | None, as_of: datetime) -> Entry:
    """Account for what stands at the tip and has not begun: by its newest refusal, else by the clock."""
    here = replace(entry, merged=version.since, gone=None)
    policy = version.policy
    if policy is None:
        return replace(here, account=Account.UNREADABLE)
    if policy.mode is Mode.OBSERVE:
        return replace(here, account=Account.OBSERVED)
    about = () if trail is None else trail.refusals
    refusal = next((r for r in reversed(about) if text(r.body, "policy", "blob") == version.content[1]), None)
    if refusal is not None:
        return _of_refusal(here, refusal, policy, as_of)
    if policy.eligible_at > as_of:
        return replace(here, account=Account.NOT_DUE, due=policy.eligible_at)
    said = version.merged_at if version.merged_at <= as_of + GRACE else policy.eligible_at
    due = max(policy.eligible_at, said)
    return replace(here, account=_late(due, as_of), due=due)


def _of_refusal(entry: Entry, refusal: Record, policy: PurgePolicy, as_of: datetime) -> Entry:
    """Account by a refusal. One that an instant ends is no reason for ever."""
    body = refusal.body
    rules = tuple(sorted({text(finding, "rule") for finding in entries(body, "findings")}))
    told = replace(entry, rules=rules, since=refusal.at)
    if text(body, "phase") == "submission":
        due = refusal.at if member(body, "not_before") is None else instant(body, "not_before")
        return replace(told, account=_late(due, as_of), due=due)
    if set(rules) == {RET_003.id}:
        due = policy.eligible_at
        waits = due > as_of or _late(due, as_of) is Account.PENDING
        return replace(told, account=Account.NOT_DUE if waits else Account.MISSING, due=due)
    held = not {HLD_001.id, HLD_003.id}.isdisjoint(rules)
    return replace(told, account=Account.HELD if held else Account.REFUSED)


def _late(due: datetime, as_of: datetime) -> Account:
    """Whether a run had the time to come by since an instant."""
    return Account.PENDING if as_of - due < GRACE else Account.MISSING


def _of_unreadable(unreadable: Sequence[Version], readable: Collection[str]) -> Iterator[Entry]:
    """Account for what nobody can read: a gap at the tip, and else content that never ran.

    What was mended at the same path is that path's earlier content, and no revision of its own.
    """
    last = {version.document.source.path: version for version in unreadable}
    for path, version in last.items():
        standing = version.until is None
        if standing or path not in readable:
            yield Entry(
                policy=version.document.name,
                revision=None,
                purge_id=None,
                path=path,
                account=Account.UNREADABLE if standing else Account.WITHDRAWN,
                merged=version.since,
                gone=version.until,
            )
