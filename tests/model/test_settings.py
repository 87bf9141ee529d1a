import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.documents.reading import read
from runner.documents.resources import core_pack, schema
from runner.documents.typed_packs import regulation_pack
from runner.model.settings import (
    MAX_WINDOW_DAYS,
    PARAMETERS,
    QUORUMS,
    RELEASE_COOL_OFF_DAYS,
    SETTLE_HOURS,
    Quorum,
    Settings,
    in_force,
)

ROLES = st.frozensets(st.sampled_from(["legal", "privacy-officer"]))
STATED = st.builds(
    Settings,
    st.dictionaries(st.sampled_from([p.path for p in PARAMETERS]), st.integers(0, 400)),
    st.dictionaries(st.sampled_from(list(QUORUMS)), st.builds(Quorum, st.integers(1, 5), ROLES)),
)


def stating(parameter, number):
    return Settings({parameter.path: number})


def test_what_nobody_states_is_as_the_catalogue_has_it():
    assert in_force([]) == Settings()
    assert [in_force([Settings()] * 3).number(p) for p in PARAMETERS] == [p.default for p in PARAMETERS]


def test_the_lowest_pack_states_and_the_others_only_tighten():
    lowest = stating(MAX_WINDOW_DAYS, 731)
    assert in_force([lowest]).number(MAX_WINDOW_DAYS) == 731
    assert in_force([lowest, stating(MAX_WINDOW_DAYS, 92)]).number(MAX_WINDOW_DAYS) == 92
    assert in_force([lowest, stating(MAX_WINDOW_DAYS, 3660)]).number(MAX_WINDOW_DAYS) == 731
    assert in_force([Settings(), stating(MAX_WINDOW_DAYS, 731)]).number(MAX_WINDOW_DAYS) == 366


@pytest.mark.parametrize("parameter", [SETTLE_HOURS, RELEASE_COOL_OFF_DAYS])
def test_no_pack_lowers_a_firm_number(parameter):
    assert in_force([stating(parameter, 1)]).number(parameter) == parameter.default
    assert in_force([stating(parameter, 500)]).number(parameter) == 500


@given(STATED, STATED)
def test_whatever_a_higher_pack_states_nothing_becomes_laxer(lower, higher):
    before, after = in_force([lower]), in_force([lower, higher])
    for parameter in PARAMETERS:
        number = after.number(parameter)
        assert parameter.strictest((number, before.number(parameter))) == number
    for each in QUORUMS:
        assert after.approvals(each).people >= before.approvals(each).people
        assert after.approvals(each).roles >= before.approvals(each).roles


def test_the_core_pack_states_every_number_as_the_catalogue_has_it():
    stated = regulation_pack(read(core_pack()).value).settings
    assert stated == Settings({p.path: p.default for p in PARAMETERS}, QUORUMS)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: each.path)
def test_the_schema_refuses_what_a_firm_number_would_not_take(parameter):
    group, key = parameter.path.split("/")
    stated = schema("regulation-pack")["properties"]["settings"]["properties"][group]["properties"][key]
    assert stated["minimum"] <= parameter.default <= stated["maximum"]
    assert not parameter.firm or stated["minimum"] == parameter.default
