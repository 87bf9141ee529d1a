"""Rules about the packs as such, and about what a policy says of the law that it runs under."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification
from runner.model.regulation import (
    EVERYWHERE,
    LONGEST_REVIEW,
    Force,
    Regulation,
    RegulationPack,
    Resolution,
    Waiver,
)
from runner.model.rule import Phase, Rule
from runner.rules.pack_entries import cited, conflicts

REG_001 = Rule(
    id="REG-001",
    title="The regulation packs are readable and in date",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: law changes, so a pack that nobody has looked at in time is not relied on",
    hint="have counsel review the pack, then move reviewedOn and nextReviewBy by pull request",
)
REG_002 = Rule(
    id="REG-002",
    title="Protected data names the law that it is under",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="GDPR Art. 30(1)(f): time limits are recorded; which ones apply depends on the jurisdiction",
    hint="write jurisdictions: [US], or those whose law governs these interactions",
)
REG_003 = Rule(
    id="REG-003",
    title="A conflict of laws is resolved in writing",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="GDPR Art. 17(3)(b) for one: a legal duty to keep stands against a duty to erase",
    hint="let counsel decide, and write it into the pack's resolutions; until then the data is kept",
)

REG_005 = Rule(
    id="REG-005",
    title="A regulation pack means what it says",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: an entry that can never apply protects nothing, and nobody would notice",
    hint="correct the word, or add it to the vocabulary of the pack; let effective begin before it ends",
)
REG_006 = Rule(
    id="REG-006",
    title="A waiver is for an organisational rule, and ends",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: what an organisation set itself it may loosen for a time; the law it may not",
    hint="remove the waiver, and make the entry as strict as the one below",
)

_MAY_STAY_SILENT = frozenset({Classification.PUBLIC.value, Classification.INTERNAL.value})


def jurisdictions_named(classification: str, jurisdictions: Sequence[str] | None) -> Iterator[Fault]:
    """REG-002: anything but ``public`` and ``internal`` states its jurisdictions."""
    if classification not in _MAY_STAY_SILENT and not jurisdictions:
        yield REG_002.fault("/jurisdictions", f"{classification} data needs `jurisdictions`")


def in_date(pack: str, next_review_by: date, today: date, pointer: str = "") -> Iterator[Fault]:
    """REG-001: the day on which a pack is to be reviewed again has not passed."""
    if today > next_review_by:
        yield REG_001.fault(
            pointer, f"the regulation pack {pack} was to be reviewed again by {next_review_by}"
        )


def reviewed_lately(pack: RegulationPack, today: date) -> Iterator[Fault]:
    """REG-001: a pack was reviewed on a day that has come, and is to be reviewed again before long."""
    if pack.reviewed_on > today:
        yield REG_001.fault(
            "/reviewedOn",
            f"{pack.reviewed_on} has not come yet",
            hint="write the day on which counsel reviewed the pack",
        )
    if pack.next_review_by - pack.reviewed_on > LONGEST_REVIEW:
        yield REG_001.fault(
            "/nextReviewBy",
            f"{pack.next_review_by} is {(pack.next_review_by - pack.reviewed_on).days} days after the review "
            f"on {pack.reviewed_on}; {LONGEST_REVIEW.days} are allowed",
            hint="write an earlier day",
        )


def meaningful(pack: RegulationPack, vocabulary: Mapping[str, Collection[str]]) -> Iterator[Fault]:
    """REG-005: entries use words of the ``vocabulary`` of all packs, and can be in force at all."""
    for position, entry in enumerate(pack.regulations):
        here = f"/regulations/{position}"
        for field, words, known in (
            ("jurisdictions", entry.jurisdictions, {EVERYWHERE, *vocabulary["jurisdictions"]}),
            ("appliesTo/tags", entry.scope.tags or frozenset(), vocabulary["tags"]),
        ):
            for word in sorted(words.difference(known)):
                yield REG_005.fault(f"{here}/{field}", f"{entry.id}: no vocabulary has {word}")
        first, last = entry.effective_from, entry.effective_to
        if first is not None and last is not None and first > last:
            yield REG_005.fault(
                f"{here}/effective", f"{entry.id} ends on {last}, before it begins on {first}"
            )


def waives_rightly(pack: RegulationPack, below: Sequence[RegulationPack], today: date) -> Iterator[Fault]:
    """REG-006: each waiver of a pack ends, and puts an entry in the place of an ``org-policy``.

    ``below`` are the packs of lower layers. What is wrong with a waiver puts it out of force.
    """
    for position, waiver in enumerate(pack.waivers):
        here = f"/waivers/{position}"
        yield from _something_to_waive(f"{here}/entry", waiver, pack, below)
        if waiver.expires < today:
            yield REG_006.fault(
                f"{here}/expires",
                f"the waiver of {waiver.entry} ended on {waiver.expires}: the stricter entry applies again",
            )
        elif waiver.expires > pack.reviewed_on + LONGEST_REVIEW:
            yield REG_006.fault(
                f"{here}/expires",
                f"the waiver of {waiver.entry} would last more than {LONGEST_REVIEW.days} days from the "
                f"review on {pack.reviewed_on}, so it is not in force",
                hint="write an earlier day",
            )


def _something_to_waive(
    pointer: str, waiver: Waiver, pack: RegulationPack, below: Sequence[RegulationPack]
) -> Iterator[Fault]:
    forces = {entry.force for lower in below for entry in lower.regulations if entry.id == waiver.entry}
    if not forces:
        yield REG_006.fault(pointer, f"no pack of a lower layer has an entry {waiver.entry}")
    elif Force.ORG_POLICY not in forces:
        yield REG_006.fault(pointer, f"{waiver.entry} is not an organisational rule below, and applies")
    elif all(entry.id != waiver.entry for entry in pack.regulations):
        yield REG_006.fault(
            pointer,
            f"this pack has no entry {waiver.entry} to stand in the place of the waived one",
            hint="write the entry as it applies for the time of the waiver, or remove the waiver",
        )


def all_readable(unreadable: Iterable[str]) -> Iterator[Fault]:
    """REG-001: no policy runs while a pack (``unreadable`` gives the paths) has an error."""
    for path in unreadable:
        yield REG_001.fault(
            "", f"{path} has errors, so nobody knows what the law demands", hint=f"mend {path} first"
        )


def in_the_vocabulary(field: str, known: Collection[str], words: Sequence[str] | None) -> Iterator[Fault]:
    """REG-002: each of the ``words`` of ``jurisdictions`` or ``tags`` is one that the packs know."""
    for position, word in enumerate(words or ()):
        if word not in known:
            near = get_close_matches(word, known, n=1)
            yield REG_002.fault(
                f"/{field}/{position}",
                f"no regulation pack knows {word} in `{field}`",
                hint=f"did you mean {near[0]}?"
                if near
                else f"known are: {', '.join(sorted(known)) or 'none'}",
            )


def stated(entries: Iterable[Regulation], field: str, value: object) -> Iterator[Fault]:
    """REG-002: a policy states a ``field`` that its entries require; what is absent is ``None``."""
    demanding = [entry for entry in entries if field in entry.requires]
    if demanding and value is None:
        yield REG_002.fault(
            f"/{field}",
            f"{demanding[0].title}: `{field}` is missing",
            hint=f"write {field}, which tells where the time limit is recorded",
            basis=cited(demanding),
        )


def grounded(
    entries: Iterable[Regulation], classification: str, jurisdictions: Sequence[str] | None, basis: str | None
) -> Iterator[Fault]:
    """REG-002: where no entry says how long data is kept, the policy names the schedule that does.

    Public data needs none; what should state its jurisdictions first is not asked for more.
    """
    if classification == Classification.PUBLIC or basis is not None or any(e.grounds for e in entries):
        return
    if jurisdictions or classification in _MAY_STAY_SILENT:
        yield REG_002.fault(
            "/retentionBasis",
            f"no regulation says how long {classification} data is kept, and `retentionBasis` is missing",
            hint="write retentionBasis with the item of your retention schedule, or the tags that describe "
            "the data",
        )


def no_conflict(entries: Sequence[Regulation], resolutions: Collection[Resolution]) -> Iterator[Fault]:
    """REG-003: no minimum exceeds a maximum, unless a pack says that this was settled."""
    for minimum, maximum in conflicts(entries):
        if Resolution(minimum.id, maximum.id) not in resolutions:
            yield REG_003.fault(
                "/retentionDays",
                f"{minimum.id} demands at least {minimum.minimum_days} days and {maximum.id} allows "
                f"{maximum.maximum_days} at most",
                basis=cited([minimum, maximum]),
            )
