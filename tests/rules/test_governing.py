from datetime import date

import pytest
from support.regulations import pack, regulation

from runner.model.regulation import Force, Traits
from runner.rules.governing import applies, conflicts, governing

DAY = date(2026, 11, 23)
VOICE = Traits("pii", "voice", ["US-CA"], ["telemarketing"])


@pytest.mark.parametrize(
    ("law", "stated", "is_covered"),
    [
        ("EU", "EU-FR", True),
        ("EU", "EU", True),
        ("EU-FR", "EU", True),
        ("EU-FR", "EU-DE", False),
        ("EU-FR", "EU-FR", True),
        ("EU-F", "EU-FR", False),
        ("US", "UK", False),
        ("*", "HK", True),
    ],
)
def test_jurisdictions_are_hierarchical(law, stated, is_covered):
    entry = regulation(jurisdictions=frozenset({law}))
    assert applies(entry, Traits("pii", "voice", [stated], [])) is is_covered


def test_one_of_several_jurisdictions_is_enough():
    assert applies(regulation(jurisdictions=frozenset({"UK"})), Traits("pii", "voice", ["US", "UK"], []))


def test_a_policy_that_names_no_jurisdiction_may_be_under_any():
    assert applies(regulation(jurisdictions=frozenset({"HK"})), Traits("public", "voice", None, []))


@pytest.mark.parametrize(
    ("scope", "matches"),
    [
        ({}, True),
        ({"classifications": ["pii", "hipaa"]}, True),
        ({"classifications": ["hipaa"]}, False),
        ({"interaction_types": ["voice", "sms"]}, True),
        ({"interaction_types": ["sms"]}, False),
        ({"tags": ["telemarketing", "other"]}, True),
        ({"tags": ["other"]}, False),
        ({"classifications": ["pii"], "interaction_types": ["voice"], "tags": ["telemarketing"]}, True),
        ({"classifications": ["pii"], "interaction_types": ["sms"], "tags": ["telemarketing"]}, False),
    ],
)
def test_all_kinds_must_match_each_by_any_value(scope, matches):
    assert applies(regulation(**scope), VOICE) is matches


@pytest.mark.parametrize(
    ("first", "last", "in_force"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 11, 24), None, False),
        (None, date(2026, 11, 22), False),
    ],
)
def test_an_entry_governs_from_its_first_day_to_its_last(first, last, in_force):
    entry = regulation(effective_from=first, effective_to=last)
    assert governing([pack("core", entry)], VOICE, DAY) == ((entry,) if in_force else ())


def test_a_minimum_above_a_maximum_is_a_conflict_unless_one_is_guidance():
    least, most = regulation("least", minimum="P5Y"), regulation("most", maximum="P3Y")
    advice = regulation("advice", maximum="P3Y", force=Force.GUIDANCE)
    assert list(conflicts([least, most, advice])) == [(least, most)]
    assert list(conflicts([regulation(minimum="P5Y", maximum="P5Y")])) == []
