"""Folded purges written down and read back: nothing that a purge knows may get lost."""

import dataclasses
import typing
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.audit import purge_form
from runner.audit.records import canonical, strict_json
from runner.model.job import RecordingFigures
from runner.model.policy import DateRange, Dimension, RetentionTrigger, Selection
from runner.model.purge import Purge, PurgeState
from runner.model.regulation import Traits
from runner.model.time import exclusive_end, format_exactly, parse_instant

INSTANTS = st.datetimes(timezones=st.just(UTC)).filter(lambda instant: 1 < instant.year < 9999)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.one_of(TEXTS, WHOLE, st.booleans())


@st.composite
def ranges(draw):
    start, end = format_exactly(draw(INSTANTS)), format_exactly(draw(INSTANTS))
    return DateRange(parse_instant(start), exclusive_end(end), start, end)


SETS = st.frozensets(TEXTS, max_size=3)
KINDS = {
    str: TEXTS,
    int: WHOLE,
    int | None: st.none() | WHOLE,
    str | None: st.none() | TEXTS,
    datetime | None: st.none() | INSTANTS,
    tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
    frozenset[str]: SETS,
    RecordingFigures | None: st.none() | st.builds(RecordingFigures, *[st.none() | WHOLE] * 4),
}
SELECTIONS = st.builds(
    Selection,
    target=TEXTS,
    date_range=ranges(),
    attributes=st.dictionaries(TEXTS, VALUES | st.lists(VALUES, max_size=3).map(tuple), max_size=3),
    dimensions=st.dictionaries(st.sampled_from(Dimension), st.lists(TEXTS, max_size=3).map(tuple)),
)
TRAITS = st.builds(
    Traits,
    classification=TEXTS,
    interaction_type=st.just(""),
    jurisdictions=st.none() | SETS,
    tags=SETS,
)
TRIGGERS = st.none() | st.builds(RetentionTrigger, event=TEXTS, date=st.dates(), evidence=TEXTS)


@st.composite
def purges(draw):
    """A purge in which every field, also one that is added later, may hold anything."""
    hints = typing.get_type_hints(Purge)
    names = [item.name for item in dataclasses.fields(Purge)]
    own = {name for name in names if name in ("selection", "traits", "trigger")}
    kinds = {name: KINDS.get(hints[name], st.from_type(hints[name])) for name in names if name not in own}
    values = {name: draw(kind) for name, kind in kinds.items()}
    if draw(st.booleans()):
        selection = draw(SELECTIONS)
        traits = dataclasses.replace(draw(TRAITS), interaction_type=selection.interaction_type.value)
        values |= {"selection": selection, "traits": traits, "trigger": draw(TRIGGERS)}
    return Purge(**values)


@given(purges())
def test_nothing_gets_lost(purge):
    form = purge_form.form(purge)
    assert purge_form.read(strict_json(canonical(form))) == purge
    assert purge_form.form(purge_form.read(form)) == form


@pytest.mark.parametrize("without", ["id", "state", "holds", "refusals", "limit", "attempt"])
def test_what_every_purge_has_must_be_there(without):
    form = dict(purge_form.form(Purge("i", "t", "p", 1, PurgeState.REFUSED)))
    del form[without]
    with pytest.raises(KeyError):
        purge_form.read(form)
