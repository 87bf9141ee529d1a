"""What a change of a pack tightens and loosens beside its entries: settings, words, waivers, resolutions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from runner.model.finding import Fault
from runner.model.regulation import Layer, RegulationPack
from runner.model.settings import PARAMETERS, QUORUMS, Settings, in_force
from runner.rules.ratchet import REG_004, Change, compare

_SILENT = RegulationPack("", Layer.CORE, date.min, date.min, frozenset(), frozenset(), (), ())
"""What a pack that is not there says."""


def compare_packs(
    old: RegulationPack | None, new: RegulationPack | None, words: Collection[str]
) -> tuple[Change, ...]:
    """Return every difference between two states of a pack, ``None`` where it is not there.

    ``words`` are those of the vocabularies of all packs afterwards. A word that is gone loosens,
    because no policy can say any more that a law applies; a word more changes nothing that applied.
    """
    before, after = old or _SILENT, new or _SILENT
    return (
        *_of_settings(before.settings, after.settings),
        *_of_words("vocabulary/jurisdictions", before.jurisdictions - after.jurisdictions - {*words}),
        *_of_words("vocabulary/tags", before.tags - after.tags - {*words}),
        *_of_waivers(before, after),
        *_of_resolutions(before, after),
        *compare(before.regulations, after.regulations),
    )


def settings_tightened(pack: RegulationPack, below: Sequence[RegulationPack]) -> Iterator[Fault]:
    """REG-004: no setting of a pack is laxer than what the packs ``below`` it have in force.

    The stricter one applies, so a laxer one would change nothing; whoever wrote it should know.
    The lowest pack of all may state what it likes.
    """
    if not below:
        return
    lower, own = in_force([each.settings for each in below]), pack.settings
    stated = Settings({**lower.numbers, **own.numbers}, {**lower.quorums, **own.quorums})
    for change in _of_settings(lower, stated):
        if change.loosens:
            yield REG_004.fault(
                f"/{change.field}",
                f"{change.field} is stricter below this pack, and that applies all the same",
                hint="make it as strict, or leave it out",
            )


def _of_settings(old: Settings, new: Settings) -> Iterator[Change]:
    for parameter in PARAMETERS:
        was, becomes = old.number(parameter), new.number(parameter)
        if was != becomes:
            loosens = parameter.strictest((was, becomes)) == was
            yield Change("", f"settings/{parameter.path}", loosens, f"{was} becomes {becomes}")
    for each in QUORUMS:
        before, after = old.approvals(each), new.approvals(each)
        if before != after:
            yield Change("", f"settings/approvals/{each}", loosens=after.joined(before) != after)


def _of_words(field: str, gone: Collection[str]) -> Iterator[Change]:
    if gone:
        yield Change("", field, loosens=True, detail=", ".join(sorted(gone)))


def _of_waivers(old: RegulationPack, new: RegulationPack) -> Iterator[Change]:
    before, after = ({each.entry: each.expires for each in pack.waivers} for pack in (old, new))
    for entry in sorted(before.keys() | after.keys()):
        was, becomes = before.get(entry, date.min), after.get(entry, date.min)
        if was != becomes:
            yield Change("", "waivers", loosens=becomes > was, detail=entry)


def _of_resolutions(old: RegulationPack, new: RegulationPack) -> Iterator[Change]:
    before, after = set(old.resolutions), set(new.resolutions)
    for each in sorted(before ^ after, key=lambda each: (each.minimum, each.maximum)):
        yield Change("", "resolutions", loosens=each in after, detail=f"{each.minimum} over {each.maximum}")
