from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.regulations import pack, regulation

from runner.model.regulation import Force, Layer, Traits, Waiver
from runner.rules.pack_entries import applies, conflicts, governing
from runner.rules.ratchet import only_tightened
from runner.rules.regulation import waives_rightly

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


def test_interactions_of_any_type_are_under_the_law_of_each():
    calls = regulation(interaction_types=["voice"])
    assert applies(calls, replace(VOICE, interaction_type="any"))
    assert not applies(calls, replace(VOICE, interaction_type="chat"))


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


class TestWaivers:
    today = date(2026, 11, 23)
    floor = regulation("floor", minimum="P7Y", force=Force.ORG_POLICY)
    shorter = regulation("floor", minimum="P5Y", force=Force.ORG_POLICY)

    def govern(self, *packs, day=today):
        found = governing(packs, Traits("pii", "voice", ["US"], ()), day)
        return [entry.retain.minimum.months // 12 for entry in found]

    def waiving(self, *entries, layer=Layer.ORGANISATION, expires=today, entry="floor"):
        return replace(pack("ours", *entries, layer=layer), waivers=(Waiver(entry, expires),))

    def test_an_organisational_rule_gives_way_until_the_last_day(self):
        packs = (pack("core", self.floor), self.waiving(self.shorter))
        assert self.govern(*packs) == [5]
        assert self.govern(*packs, day=self.today + timedelta(days=1)) == [7, 5]

    @pytest.mark.parametrize("force", [force for force in Force if force is not Force.ORG_POLICY])
    def test_nothing_else_gives_way(self, force):
        law = replace(self.floor, force=force)
        assert self.govern(pack("core", law), self.waiving(self.shorter)) == [7, 5]

    def test_it_needs_an_entry_in_its_place_a_higher_layer_and_an_end(self):
        core = pack("core", self.floor)
        assert self.govern(core, self.waiving()) == [7]
        assert self.govern(core, self.waiving(self.shorter, entry="other")) == [7, 5]
        assert self.govern(core, self.waiving(self.shorter, layer=Layer.CORE)) == [7, 5]
        for days, rules in ((400, [5]), (401, [7, 5])):
            expires = self.today + timedelta(days=days)
            assert self.govern(core, self.waiving(self.shorter, expires=expires)) == rules

    def test_a_pack_cannot_waive_what_stands_above_it(self):
        above = pack("ours", self.floor, layer=Layer.ORGANISATION)
        assert self.govern(self.waiving(self.shorter, layer=Layer.INDUSTRY), above) == [5, 7]

    def test_a_law_of_the_same_name_stands_while_the_rule_of_the_organisation_gives_way(self):
        law = pack("law", regulation("floor", minimum="P6Y"), layer=Layer.INDUSTRY)
        ours, core = self.waiving(self.shorter), pack("core", self.floor)
        assert self.govern(core, law, ours) == [6, 5]
        assert list(waives_rightly(ours, [core, law], self.today)) == []
        (fault,) = waives_rightly(ours, [law], self.today)
        assert "not an organisational rule" in fault.message

    def test_the_layers_are_told_nothing_of_what_is_waived(self):
        core, ours = pack("core", self.floor), self.waiving(self.shorter)
        assert list(only_tightened(ours, [core], self.today)) == []
        (fault,) = only_tightened(ours, [core], self.today + timedelta(days=1))
        assert fault.rule == "REG-004"
