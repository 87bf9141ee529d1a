from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.regulations import pack, regulation

from runner.documents.reading import read
from runner.documents.resources import core_pack
from runner.documents.typed_packs import regulation_pack
from runner.model.duration import Duration
from runner.model.regulation import Artefact, ClockStart, Force, Layer, Retain
from runner.model.settings import Quorum
from runner.rules.ratchet import Change, compare, only_tightened

LAW = regulation(
    minimum="P5Y",
    maximum="P9Y",
    advised="P6Y",
    tags=["a"],
    requires=("ticket",),
    permanent=True,
    approvals=Quorum(2, frozenset({"legal"})),
)
TODAY = date(2026, 11, 23)
CORE = regulation_pack(read(core_pack()).value)


def years(count):
    return Duration(12 * count, 0)


def retain(**changes):
    return replace(LAW, retain=replace(LAW.retain, **changes))


LOOSER = {
    "retain/min": retain(minimum=years(2)),
    "retain/max": retain(maximum=None),
    "retain/advise": retain(advised=None),
    "force": replace(LAW, force=Force.GUIDANCE),
    "jurisdictions": replace(LAW, jurisdictions=frozenset({"US"})),
    "effective/from": replace(LAW, effective_from=date(2030, 1, 1)),
    "effective/to": replace(LAW, effective_to=date(2030, 1, 1)),
    "appliesTo/tags": replace(LAW, scope=replace(LAW.scope, tags=frozenset({"b"}))),
    "appliesTo/classifications": replace(LAW, scope=replace(LAW.scope, classifications=frozenset({"pii"}))),
    "appliesTo/interactionTypes": replace(
        LAW, scope=replace(LAW.scope, interaction_types=frozenset({"sms"}))
    ),
    "clock": replace(LAW, clock=ClockStart.EVENT, event="discharge"),
    "erase": replace(LAW, permanent=False),
    "requires": replace(LAW, requires=()),
    "approvals": replace(LAW, approvals=Quorum(1, frozenset({"legal"}))),
}
TIGHTER = {
    "retain/min": retain(minimum=years(6)),
    "retain/max": retain(maximum=years(8)),
    "retain/advise": retain(advised=years(7)),
    "force": replace(LAW, force=Force.STATUTE),
    "appliesTo/tags": replace(LAW, scope=replace(LAW.scope, tags=None)),
    "clock": replace(LAW, clock=ClockStart.END_OF_CALENDAR_YEAR),
    "requires": replace(LAW, requires=("ticket", "ropaRef")),
    "approvals": replace(LAW, approvals=Quorum(2, frozenset({"legal", "privacy-officer"}))),
}


@pytest.mark.parametrize("field", LOOSER)
def test_what_loosens_is_told_by_its_field(field):
    assert compare([LAW], [LOOSER[field]]) == (Change("law", field, loosens=True),)


@pytest.mark.parametrize("field", TIGHTER)
def test_what_tightens_is_told_apart(field):
    assert compare([LAW], [TIGHTER[field]]) == (Change("law", field, loosens=False),)


def test_a_place_that_covers_another_is_no_narrower():
    french, european = (replace(LAW, jurisdictions=frozenset({place})) for place in ("EU-FR", "EU"))
    assert compare([french], [european]) == (Change("law", "jurisdictions", loosens=False),)
    assert compare([european], [french]) == (Change("law", "jurisdictions", loosens=True),)
    assert compare([european], [LAW]) == (Change("law", "jurisdictions", loosens=False),)


def test_an_entry_that_goes_loosens_and_one_that_comes_tightens():
    assert compare([LAW], []) == (Change("law", "", loosens=True),)
    assert compare([], [LAW]) == (Change("law", "", loosens=False),)
    assert compare([LAW], [replace(LAW, title="Another title")]) == ()


@given(st.integers(0, 10), st.integers(0, 10))
def test_a_minimum_that_tightens_one_way_loosens_the_other(old, new):
    there = compare([retain(minimum=years(old))], [retain(minimum=years(new))])
    back = compare([retain(minimum=years(new))], [retain(minimum=years(old))])
    assert [change.loosens for change in there] == [not change.loosens for change in back]


AUDIO, TRANSCRIPT = Artefact.AUDIO, Artefact.TRANSCRIPT


@pytest.mark.parametrize(
    ("old", "new", "loosens"),
    [
        ({}, {AUDIO: 3}, True),
        ({}, {AUDIO: 5}, False),
        ({}, {AUDIO: 9, TRANSCRIPT: 4}, True),
        ({AUDIO: 3}, {}, False),
        ({AUDIO: 9}, {}, True),
        ({AUDIO: 3}, {AUDIO: 4}, False),
        ({AUDIO: 3}, {AUDIO: 2}, True),
    ],
)
def test_the_minimum_of_a_part_takes_the_place_of_five_years(old, new, loosens):
    before, after = (
        retain(by_artefact={part: years(count) for part, count in each.items()}) for each in (old, new)
    )
    assert compare([before], [after]) == (Change("law", "retain/byArtefact", loosens=loosens),)


def test_an_overlay_that_lets_a_part_go_sooner_is_found_at_its_parts():
    sooner, later = (retain(by_artefact={AUDIO: years(count)}) for count in (3, 7))
    for ours, core, pointers in (
        (later, LAW, []),
        (LAW, sooner, []),
        (LAW, later, []),
        (sooner, LAW, ["/regulations/0/retain/byArtefact"]),
        (sooner, later, ["/regulations/0/retain/byArtefact"]),
    ):
        overlay = pack("ours", ours, layer=Layer.ORGANISATION)
        found = only_tightened(overlay, [pack("core", core)], TODAY)
        assert [fault.pointer for fault in found] == pointers


def test_the_telemarketing_rule_cut_from_five_years_to_two_loosens():
    cut = tuple(
        replace(entry, retain=Retain(minimum=years(2))) if entry.id == "us-tsr-310-5" else entry
        for entry in CORE.regulations
    )
    assert compare(CORE.regulations, cut) == (Change("us-tsr-310-5", "retain/min", loosens=True),)
    assert compare(cut, CORE.regulations) == (Change("us-tsr-310-5", "retain/min", loosens=False),)


def test_an_overlay_may_tighten_a_period_and_leave_one_out():
    core = pack("core", LAW)
    for overlay in (retain(minimum=years(6)), replace(LAW, retain=Retain(), permanent=False)):
        assert list(only_tightened(pack("ours", overlay, layer=Layer.ORGANISATION), [core], TODAY)) == []


def test_an_overlay_that_loosens_is_found_at_its_period():
    ours = pack("ours", regulation("own"), retain(minimum=years(4)), layer=Layer.ORGANISATION)
    (fault,) = only_tightened(ours, [pack("core", LAW)], TODAY)
    assert (fault.rule, fault.pointer) == ("REG-004", "/regulations/1/retain/min")
