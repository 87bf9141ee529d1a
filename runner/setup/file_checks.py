"""What the files of the repository, and the key in the environment, come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from runner.documents.kinds import APPROVERS, Kind
from runner.documents.resources import schema
from runner.merkle.keys import Verifier
from runner.model.settings import QUORUMS
from runner.model.strict_json import parse
from runner.model.target import Target
from runner.plan.demand import RELEASE, roles_in
from runner.plan.packs import Packs
from runner.plan.review import Review
from runner.setup import requirements as must
from runner.setup.check import Check
from runner.setup.wording import listed

SCHEMAS = tuple(sorted({*(kind.schema for kind in Kind), "definitions"}))
"""The schemas of everything that a person writes; a repository keeps a copy for its editors."""

NOTICE = timedelta(days=30)
"""How long before its day a pack's review is asked for: counsel needs time."""


@dataclass(frozen=True, slots=True)
class Files:
    """What was found on disk and in the environment.

    ``targets`` are those that were asked about, of ``review``. ``copies`` are the bytes of each schema
    of ``SCHEMAS`` in ``schemas/``, ``None`` where it is not there. ``signing_key`` is the public half of
    ``AUDIT_SIGNING_KEY``, the problem with it, or ``None`` where it is not set.
    """

    review: Review
    targets: tuple[Target, ...]
    copies: Mapping[str, bytes | None]
    signing_key: Verifier | str | None


def file_checks(files: Files, now: datetime) -> Iterator[Check]:
    """Judge the files as they stand on disk."""
    yield _valid(files.review)
    yield from _targets(files.targets)
    if files.targets:
        yield _signing_key(files)
    yield from _reviews(files.review.packs, now.astimezone(UTC).date())
    yield _approvers(files.review)
    yield _schemas(files.copies)


def _valid(review: Review) -> Check:
    count = len(review.errors)
    if count:
        found = "1 error" if count == 1 else f"{count} errors"
        return must.POLICIES.wrong("policies/", f"{found} in them", "purgectl validate")
    return must.POLICIES.well("policies/", "no errors in them")


def _targets(targets: Sequence[Target]) -> Iterator[Check]:
    if not targets:
        yield must.TARGETS.wrong(
            Kind.TARGET.folder, "holds no valid target outside the sandbox", "purgectl new target NAME"
        )
    for target in targets:
        path = Kind.TARGET.path(target.name)
        stopped = "; suspended: true, so nothing is submitted" if target.suspended else ""
        yield must.TARGETS.well(path, f"is valid{stopped}")
        keys = len(target.log.keys)
        write = f"purgectl audit keygen --target {target.name} --write"
        if keys == 0:
            yield must.LOG_KEYS.wrong(path, "trusts no key, so its log cannot begin", write)
        elif keys == 1:
            yield must.LOG_KEYS.wrong(
                path,
                "trusts one key alone",
                f"{write}, merge it, purgectl audit key add, and keep its signing key offline",
            )
        else:
            yield must.LOG_KEYS.well(path, f"trusts {keys} keys")


def _signing_key(files: Files) -> Check:
    subject, key = "AUDIT_SIGNING_KEY", files.signing_key
    trusting = [target.name for target in files.targets if str(key) in target.log.keys]
    if key is None:
        return must.SIGNING_KEY.not_checked(
            subject, "is not set here", "set it where it is kept, to see whether a target trusts it"
        )
    if isinstance(key, str):
        return must.SIGNING_KEY.wrong(subject, key, "copy the key again, whole, or make another one")
    if not trusting:
        return must.SIGNING_KEY.wrong(
            subject,
            f"belongs to {key}, which no target here trusts",
            "set the key whose verifier key stands in log.keys, or add this one by pull request",
        )
    return must.SIGNING_KEY.well(subject, f"belongs to a key that {listed(trusting)} trusts")


def _reviews(packs: Packs, today: date) -> Iterator[Check]:
    for path in packs.broken:
        yield must.PACK_REVIEW.not_checked(path, "cannot be read", "purgectl validate")
    for document, pack in packs.known:
        path, due = document.source.path, pack.next_review_by
        if due - today < NOTICE:
            verb = "was" if due < today else "is"
            yield must.PACK_REVIEW.wrong(
                path,
                f"{verb} to be reviewed again by {due}",
                "let counsel confirm every entry, and write reviewedOn and nextReviewBy by pull request",
            )
        else:
            yield must.PACK_REVIEW.well(path, f"is to be reviewed again by {due}")


def _approvers(review: Review) -> Check:
    settings = review.packs.settings
    wanted = RELEASE.roles.union(*(settings.approvals(each).roles for each in QUORUMS))
    held = roles_in(document.source for document in review.documents.values())
    filled = frozenset[str]().union(*held.values())
    if missing := wanted - filled:
        return must.APPROVERS.wrong(
            APPROVERS,
            f"nobody is {listed(missing)}",
            "write the role with the numeric id of an account (gh api users/LOGIN --jq .id) by pull request",
        )
    return must.APPROVERS.well(APPROVERS, f"somebody is {listed(wanted)}")


def _schemas(copies: Mapping[str, bytes | None]) -> Check:
    other = [f"{name}.schema.json" for name, data in copies.items() if not _same(name, data)]
    if other:
        return must.SCHEMAS.wrong(
            "schemas/",
            f"not those of this version: {listed(other)}",
            "copy schemas/ from a repository that this version's purgectl init has made",
        )
    return must.SCHEMAS.well("schemas/", "are those of this version")


def _same(name: str, data: bytes | None) -> bool:
    try:
        return data is not None and parse(data) == schema(name)
    except ValueError:
        return False
