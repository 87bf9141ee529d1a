"""The regulation packs of one state of ``policies/``, and what they say about a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from itertools import chain
from pathlib import PurePosixPath

from runner.documents import typed
from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.documents.resources import CORE_PACK, core_pack
from runner.documents.typed_packs import regulation_pack
from runner.model.finding import Fault, Severity
from runner.model.policy import PurgePolicy
from runner.model.regulation import CARD_SAD, Regulation, RegulationPack, Resolution, Traits
from runner.model.settings import Settings, in_force
from runner.plan.document_checks import Checked, absent_or_sound, run, value_at
from runner.rules import erasure, pack_changes, periods, ratchet, regulation
from runner.rules.check import Check
from runner.rules.pack_entries import governing

_CORE = PurePosixPath(CORE_PACK).stem


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs in force, from the lowest layer up, each with the document it was read from.

    ``broken`` are the paths of files that are or may be a pack and have errors. While there is
    one, nobody knows what the law demands.
    """

    known: tuple[tuple[Document, RegulationPack], ...]
    broken: tuple[str, ...]

    @property
    def packs(self) -> tuple[RegulationPack, ...]:
        """The packs alone."""
        return tuple(pack for _, pack in self.known)

    @property
    def settings(self) -> Settings:
        """The numbers of the rule catalogue that are in force."""
        return in_force([pack.settings for pack in self.packs])

    @property
    def blobs(self) -> tuple[tuple[str, str], ...]:
        """Name and git blob of every pack, sorted by name."""
        return tuple(sorted((pack.name, document.source.git_blob or "") for document, pack in self.known))

    def governing(self, policy: PurgePolicy, now: datetime) -> tuple[Regulation, ...]:
        """Return the entries that apply to a policy and are in force on the day of an instant."""
        return governing(self.packs, typed.traits(policy.body), _day(now))

    def below(self, pack: RegulationPack) -> tuple[RegulationPack, ...]:
        """Return what a pack builds on: the core pack and the layers below its own."""
        return tuple(other for other in self.packs if _rank(other) < _rank(pack))

    def layers_below(self, pack: RegulationPack) -> tuple[RegulationPack, ...]:
        """Return the packs of lower layers, whose organisational rules a pack may waive."""
        return tuple(other for other in self.packs if other.layer.height < pack.layer.height)

    def up_to(self, pack: RegulationPack) -> Packs:
        """Return this pack and those that it builds on."""
        known = tuple(each for each in self.known if _rank(each[1]) < _rank(pack) or each[1] == pack)
        return Packs(known, self.broken)

    def replacing(self, old: RegulationPack, new: RegulationPack) -> Packs:
        """Return the same packs with another one in the place of ``old``."""
        return Packs(tuple((d, new if pack == old else pack) for d, pack in self.known), self.broken)


def read_packs(documents: Iterable[Document]) -> Packs:
    """Find the packs among documents.

    The core pack that came with purgectl is among them, unless ``CORE_PACK`` takes its place.
    """
    everything = tuple(documents)
    broken = tuple(d.source.path for d in everything if d.may_be(Kind.REGULATION_PACK) and _erroneous(d))
    known = [
        (document, regulation_pack(document.value))
        for document in everything
        if document.kind is Kind.REGULATION_PACK
        and document.value is not None
        and document.source.path not in broken
    ]
    if not any(document.source.path == CORE_PACK for document, _ in known):
        known.append(_shipped())
    return Packs(tuple(sorted(known, key=lambda each: (*_rank(each[1]), each[1].name))), broken)


def _rank(pack: RegulationPack) -> tuple[int, bool]:
    """Where a pack stands: by its layer, and below all others of its layer if it is the core pack."""
    return pack.layer.height, pack.name != _CORE


@lru_cache
def _shipped() -> tuple[Document, RegulationPack]:
    document = read(core_pack())
    assert document.value is not None
    return document, regulation_pack(document.value)


def faults_of_packs(packs: Packs, now: datetime) -> Iterator[tuple[Document, Fault]]:
    """Yield what is wrong with the packs themselves, beyond form and schema."""
    for document, pack in packs.known:
        for fault in chain(
            regulation.in_date(pack.name, pack.next_review_by, _day(now), "/nextReviewBy"),
            regulation.reviewed_lately(pack, _day(now)),
            regulation.meaningful(pack, _vocabulary(packs.packs)),
            regulation.waives_rightly(pack, packs.layers_below(pack), _day(now)),
            ratchet.only_tightened(pack, packs.below(pack), _day(now)),
            pack_changes.settings_tightened(pack, packs.below(pack)),
        ):
            yield document, fault


def judge_by_packs(packs: Packs, document: Checked, now: datetime) -> Iterator[Fault]:
    """Yield what the packs find in a policy, as far as the values that they read are valid."""
    yield from regulation.all_readable(packs.broken)
    for pack in packs.packs:
        yield from regulation.in_date(pack.name, pack.next_review_by, _day(now))
    if not packs.broken:
        yield from apply_packs(packs.packs, document, now)


def apply_packs(packs: tuple[RegulationPack, ...], document: Checked, now: datetime) -> Iterator[Fault]:
    """Yield what the entries of packs find in a policy, whatever their own state is."""
    traits = traits_of(document)
    entries = () if traits is None else governing(packs, traits, _day(now))
    checks = [*_vocabulary_checks(packs), *(() if traits is None else _entry_checks(packs, entries, traits))]
    for check in checks:
        yield from run(check, document, now)


def _vocabulary(packs: tuple[RegulationPack, ...]) -> Mapping[str, frozenset[str]]:
    """The words that any pack knows, by the field of a policy."""
    return {
        "jurisdictions": frozenset[str]().union(*(pack.jurisdictions for pack in packs)),
        "tags": frozenset[str]().union(*(pack.tags for pack in packs)),
    }


def _vocabulary_checks(packs: tuple[RegulationPack, ...]) -> Iterator[Check]:
    rule = regulation.REG_002
    yield Check(
        rule, regulation.jurisdictions_named, reads=("/classification",), may_read=("/jurisdictions",)
    )
    for field, words in _vocabulary(packs).items():
        yield Check(rule, partial(regulation.in_the_vocabulary, field, words), may_read=(f"/{field}",))


def _entry_checks(
    packs: tuple[RegulationPack, ...], entries: tuple[Regulation, ...], traits: Traits
) -> Iterator[Check]:
    yield from _card_data_checks(entries) if CARD_SAD in traits.tags else _period_checks(packs, entries)
    yield Check(periods.RET_006, partial(periods.event_named, entries), may_read=("/retentionTrigger",))
    yield Check(
        regulation.REG_002,
        partial(regulation.grounded, entries),
        reads=("/classification",),
        may_read=("/jurisdictions", "/retentionBasis"),
    )
    for field in sorted({field for entry in entries for field in entry.requires}):
        yield Check(regulation.REG_002, partial(regulation.stated, entries, field), may_read=(f"/{field}",))


def _period_checks(packs: tuple[RegulationPack, ...], entries: tuple[Regulation, ...]) -> Iterator[Check]:
    resolutions: frozenset[Resolution] = frozenset(r for pack in packs for r in pack.resolutions)
    days = ("/retentionDays",)
    yield Check(periods.RET_001, partial(periods.above_the_floor, entries), days)
    yield Check(periods.RET_002, partial(periods.long_enough, entries), days)
    yield Check(periods.RET_005, partial(periods.calendar_years, entries), days)
    yield Check(periods.RET_007, partial(periods.short_enough, entries), days)
    yield Check(regulation.REG_003, partial(regulation.no_conflict, entries, resolutions))
    yield Check(erasure.ERA_001, partial(erasure.permanent, entries), ("/purgeType",))
    yield Check(erasure.ERA_004, partial(erasure.whole, entries), days)


def _card_data_checks(entries: tuple[Regulation, ...]) -> Iterator[Check]:
    """ERA-003, stricter than every rule in ``_period_checks``, speaks for all of them."""
    rule = erasure.ERA_003
    yield Check(rule, erasure.card_data_for_good, ("/purgeType",))
    yield Check(rule, partial(erasure.card_data_at_once, entries), ("/retentionDays",))
    yield Check(rule, partial(erasure.card_data_that_stays, entries))


def traits_of(document: Checked) -> Traits | None:
    """Return what the law asks about the data; ``None`` where a part of it cannot be read."""
    there = all(map(document.sound, ("/classification", "/interactionType")))
    if not there or not all(absent_or_sound(document, f"/{field}") for field in ("jurisdictions", "tags")):
        return None
    jurisdictions, tags = value_at(document, "/jurisdictions"), value_at(document, "/tags")
    return Traits(
        classification=str(value_at(document, "/classification")),
        interaction_type=str(value_at(document, "/interactionType")),
        jurisdictions=[str(each) for each in jurisdictions] if isinstance(jurisdictions, list) else None,
        tags=[str(each) for each in tags] if isinstance(tags, list) else [],
    )


def _erroneous(document: Document) -> bool:
    return any(fault.severity is Severity.ERROR for fault in document.faults)


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
