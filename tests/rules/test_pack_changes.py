from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.regulations import pack, regulation

from runner.model.regulation import Layer, Resolution, Waiver
from runner.model.settings import PARAMETERS, QUORUMS, Quorum, Settings
from runner.rules.pack_changes import compare_packs, settings_tightened

SILENT = pack("p")
NUMBERS = st.dictionaries(st.sampled_from([p.path for p in PARAMETERS]), st.integers(0, 400))
QUORUM = st.builds(Quorum, st.integers(1, 4), st.frozensets(st.sampled_from(["legal", "privacy-officer"])))
STATED = st.builds(Settings, NUMBERS, st.dictionaries(st.sampled_from(list(QUORUMS)), QUORUM))


def stating(layer=Layer.CORE, **numbers):
    paths = {path.rpartition("/")[2]: path for path in (p.path for p in PARAMETERS)}
    return replace(pack("p", layer=layer), settings=Settings({paths[key]: n for key, n in numbers.items()}))


def told(old, new, words=()):
    return [(change.subject, change.loosens) for change in compare_packs(old, new, words)]


@pytest.mark.parametrize(
    ("key", "laxer", "stricter"),
    [
        ("maxWindowDays", 367, 365),
        ("maxShareOfPopulationPercent", 21, 19),
        ("planDriftPercent", 3, 1),
        ("unfilteredExtra", 0, 2),
        ("validForDays", 15, 13),
    ],
)
def test_a_number_that_changes_is_told_against_the_one_that_came_with_purgectl(key, laxer, stricter):
    ((subject, loosens),) = told(SILENT, stating(**{key: laxer}))
    assert key in subject
    assert f"becomes {laxer}" in subject
    assert loosens
    assert [loosens for _, loosens in told(SILENT, stating(**{key: stricter}))] == [False]
    assert [loosens for _, loosens in told(stating(**{key: stricter}), SILENT)] == [True]


def test_a_firm_number_below_its_floor_is_no_change():
    assert told(SILENT, stating(settleHours=1, releaseCoolOffDays=1)) == []
    assert told(SILENT, stating(settleHours=72)) == [("settings/dates/settleHours: 48 becomes 72", False)]


@pytest.mark.parametrize(
    ("quorum", "loosens"),
    [
        (Quorum(1, frozenset({"privacy-officer"})), True),
        (Quorum(5, frozenset()), True),
        (Quorum(3, frozenset({"legal"})), True),
        (Quorum(2, frozenset({"privacy-officer", "legal"})), False),
        (Quorum(3, frozenset({"privacy-officer"})), False),
    ],
)
def test_a_quorum_loosens_with_every_person_and_every_role_that_it_loses(quorum, loosens):
    changed = replace(SILENT, settings=Settings({}, {"pii": quorum}))
    assert told(SILENT, changed) == [("settings/approvals/pii", loosens)]


def test_a_word_that_is_gone_from_all_packs_loosens_and_a_word_more_is_not_told():
    rich = replace(SILENT, jurisdictions=frozenset({"US", "EU"}), tags=frozenset({"phi"}))
    assert told(rich, SILENT) == [("vocabulary/jurisdictions: EU, US", True), ("vocabulary/tags: phi", True)]
    assert told(rich, SILENT, words=["EU", "US", "phi"]) == []
    assert told(SILENT, rich, words=["EU", "US", "phi"]) == []


def test_a_resolution_that_comes_loosens_and_one_that_goes_tightens():
    settled = replace(SILENT, resolutions=(Resolution("keep", "delete"),))
    assert told(SILENT, settled) == [("resolutions: keep over delete", True)]
    assert told(settled, SILENT) == [("resolutions: keep over delete", False)]


def test_a_waiver_loosens_when_it_comes_and_when_it_lasts_longer():
    june, july = (replace(SILENT, waivers=(Waiver("floor", date(2027, month, 1)),)) for month in (6, 7))
    assert told(SILENT, june) == told(june, july) == [("waivers: floor", True)]
    assert told(july, june) == told(june, SILENT) == [("waivers: floor", False)]


def test_a_pack_that_goes_takes_its_entries_and_its_settings_along():
    whole = replace(stating(maxWindowDays=92), regulations=(regulation("law", minimum="P1Y"),))
    assert told(whole, None) == [("settings/dates/maxWindowDays: 92 becomes 366", True), ("law", True)]
    assert [loosens for _, loosens in told(None, whole)] == [False, False]


@given(STATED, STATED)
def test_what_loosens_one_way_tightens_the_other_where_it_is_a_number(one, other):
    first, second = (replace(SILENT, settings=each) for each in (one, other))
    there, back = dict(map(_by_place, told(first, second))), dict(map(_by_place, told(second, first)))
    assert there.keys() == back.keys()
    for place, loosens in there.items():
        assert loosens or back[place]
        assert place.removeprefix("settings/approvals/") in QUORUMS or loosens is not back[place]


def _by_place(change):
    subject, loosens = change
    return subject.partition(":")[0], loosens


@given(STATED, STATED)
def test_a_pack_is_told_of_every_setting_that_the_packs_below_overrule(below, own):
    lower, upper = (replace(SILENT, settings=each) for each in (below, own))
    faults = list(settings_tightened(upper, [lower]))
    assert {fault.rule for fault in faults} <= {"REG-004"}
    in_vain = {p.path for p in PARAMETERS if _laxer(p, own, below)}
    assert {f.pointer.removeprefix("/settings/") for f in faults if "/approvals/" not in f.pointer} == {
        path for path in in_vain if not path.startswith("approvals/")
    }
    assert list(settings_tightened(upper, [])) == []


def _laxer(parameter, own, below):
    if parameter.path not in own.numbers:
        return False
    numbers = own.number(parameter), below.number(parameter)
    return numbers[0] != numbers[1] and parameter.strictest(numbers) == numbers[1]
