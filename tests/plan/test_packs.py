from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.regulations import pack_file
from support.trees import NOW, file, hold, policy, target

from runner.documents.reading import read
from runner.documents.resources import core_pack
from runner.model.source import EntryKind, SourceFile
from runner.plan.packs import read_packs
from runner.plan.review import review

INDIA = {"classification": "pii", "jurisdictions": ["IN"], "retentionDays": 90}
SALES = {"tags": ["telemarketing"], "retentionDays": 731}
CORE = Path(__file__).resolve().parents[2] / "policies" / "regulations" / "core.yaml"
SHIPPED = read_packs([]).packs[0]


def judge(*sources, now=NOW):
    return review([target(), *sources], now=now)


def rules(reviewed, name="a"):
    return [f.rule for f in reviewed.findings if f.file == f"policies/purges/{name}.yaml"]


class TestThePackThatCameWithPurgectl:
    def test_it_judges_where_a_tree_has_none(self):
        reviewed = judge(policy("a", **SALES))
        assert rules(reviewed) == ["RET-002"]
        assert [pack.name for pack in reviewed.packs.packs] == ["core"]

    def test_it_judges_below_the_packs_of_an_organisation(self):
        overlay = pack_file("ours", {"id": "ours", "retain": {"min": "P6Y"}}, layer="organisation")
        reviewed = judge(policy("a", **SALES), overlay)
        assert [pack.name for pack in reviewed.packs.packs] == ["core", "ours"]
        (finding,) = reviewed.errors
        assert "2192" in finding.message

    def test_a_core_pack_of_the_tree_takes_its_place(self):
        reviewed = judge(policy("a", **SALES), pack_file("core", {"id": "law", "retain": {"min": "P1Y"}}))
        assert [pack.name for pack in reviewed.packs.packs] == ["core"]
        assert rules(reviewed) == []

    def test_another_pack_of_its_layer_stands_beside_it_and_is_told_where_it_is_laxer(self):
        laxer = pack_file("a-pack", {"id": "us-tsr-310-5", "retain": {"min": "P1Y"}})
        reviewed = judge(policy("a", **SALES), laxer)
        assert [pack.name for pack in reviewed.packs.packs] == ["core", "a-pack"]
        assert [(f.rule, f.path) for f in reviewed.errors] == [
            ("RET-002", "/retentionDays"),
            ("REG-004", "/regulations/0/retain/min"),
        ]

    def test_its_entry_for_india_is_inert_until_it_applies(self):
        assert rules(judge(policy("a", **INDIA))) == []
        assert rules(judge(policy("a", **INDIA), now=datetime(2027, 5, 12, 23, 59, tzinfo=UTC))) == []
        assert rules(judge(policy("a", **INDIA), now=datetime(2027, 5, 13, tzinfo=UTC))) == ["RET-002"]


class TestAPackThatCannotBeReliedOn:
    @pytest.mark.parametrize(
        "broken",
        [
            file("policies/regulations/p.yaml", "{"),
            file("policies/regulations/p.yaml", b"\xff"),
            file("policies/regulations/p.yml", "kind: RegulationPack\n"),
            file("policies/purges/p.yaml", pack_file("p").data),
            pack_file("p", {"id": "law", "retain": {"min": "seven years"}}),
            pack_file("p", {"id": "law", "surprise": 1}),
            pack_file("p", {"id": "twice"}, {"id": "twice"}),
            SourceFile("policies/regulations/p.yaml", EntryKind.SYMLINK, b"", 0),
            file("policies/Regulations/p.yaml", pack_file("p").data),
            file("policies/regulations/deeper/p.yaml", pack_file("p").data),
            file("policies/roles.yaml", pack_file("p").data),
        ],
    )
    def test_a_pack_with_errors_refuses_every_policy(self, broken):
        reviewed = judge(policy("a"), policy("b", interactionType="sms"), broken)
        assert rules(reviewed, "a") == ["REG-001"]
        assert rules(reviewed, "b") == ["REG-001"]

    @pytest.mark.parametrize(
        "anything",
        [
            file("policies/hold/x.yaml", "{"),
            file("policies/Holds/x.yaml", b"\xff"),
            file("policies/Holds/x.yaml", "kind: Legalhold\n"),
            file("policies/regulations/deeper/p.yaml", ""),
            file("policies/roles.yaml", "- nobody\n"),
            SourceFile("policies/regulations", EntryKind.SYMLINK, b"", 0),
            SourceFile("policies/hold/x.yaml", EntryKind.FILE, b"", 10_000_000),
        ],
    )
    def test_what_stands_anywhere_and_does_not_say_what_it_is_may_be_a_pack_or_a_hold(self, anything):
        assert rules(judge(policy("a"), anything)) == ["HLD-001", "REG-001"]

    def test_what_says_that_it_is_something_else_refuses_nothing_elsewhere(self):
        assert rules(judge(policy("a"), file("policies/Purges/b.yaml", policy("b").data))) == []

    @pytest.mark.parametrize(
        ("entry", "pointer"),
        [
            ({"jurisdictions": ["US", "XX"]}, "jurisdictions"),
            ({"appliesTo": {"tags": ["telemarketting"]}}, "appliesTo/tags"),
            ({"effective": {"from": "2026-01-02", "to": "2026-01-01"}}, "effective"),
        ],
    )
    def test_an_entry_that_can_never_apply_is_found(self, entry, pointer):
        (finding,) = judge(policy("a"), pack_file("p", {"id": "law"}, {"id": "other", **entry})).errors
        assert (finding.rule, finding.path) == ("REG-005", f"/regulations/1/{pointer}")

    def test_an_entry_may_use_the_words_of_another_pack_and_last_a_day(self):
        entry = {"jurisdictions": ["HK"], "effective": {"from": "2026-01-01", "to": "2026-01-01"}}
        assert judge(policy("a"), pack_file("p", entry)).errors == ()

    @pytest.mark.parametrize(
        ("reviewed", "again", "wrong"),
        [
            ("2026-11-24", "2027-11-23", ["/reviewedOn"]),
            ("2026-11-23", "2027-12-28", []),
            ("2026-11-23", "2027-12-29", ["/nextReviewBy"]),
            ("2026-11-23", "9999-12-31", ["/nextReviewBy"]),
        ],
    )
    def test_a_pack_was_reviewed_and_will_be_before_long(self, reviewed, again, wrong):
        errors = judge(pack_file("p", reviewedOn=reviewed, nextReviewBy=again)).errors
        assert [(f.rule, f.path) for f in errors] == [("REG-001", path) for path in wrong]

    def test_a_warning_about_a_pack_refuses_nothing(self):
        source = pack_file("p")
        assert judge(policy("a"), file(source.path, source.data.partition(b"\n")[2])).errors == ()

    def test_an_overdue_pack_refuses_every_policy_and_is_told_itself(self):
        reviewed = judge(policy("a"), pack_file("p", nextReviewBy="2026-11-22"))
        assert [(f.file, f.rule, f.path) for f in reviewed.errors] == [
            ("policies/purges/a.yaml", "REG-001", ""),
            ("policies/regulations/p.yaml", "REG-001", "/nextReviewBy"),
        ]
        assert judge(policy("a"), pack_file("p", nextReviewBy="2026-11-23")).errors == ()

    def test_a_readme_beside_the_packs_is_no_pack(self):
        assert judge(policy("a"), file("policies/regulations/README.md", "# Laws\n")).findings == ()


LAWS = (
    {"id": "keep", "retain": {"min": "P5Y"}},
    {"id": "delete", "force": "statute", "retain": {"max": "P3Y"}},
)
RESOLUTION = {
    "minimum": "keep",
    "maximum": "delete",
    "instead": "redact",
    "decidedBy": "legal",
    "decidedOn": "2026-11-01",
}


class TestConflicts:
    def test_an_unresolved_one_refuses(self):
        assert rules(judge(policy("a"), pack_file("p", *LAWS))) == ["REG-003"]

    def test_a_resolved_one_keeps_the_data_as_long_as_the_minimum_demands(self):
        settled = pack_file("p", *LAWS, resolutions=[RESOLUTION])
        assert rules(judge(policy("a"), settled)) == []
        assert rules(judge(policy("a", retentionDays=1000), settled)) == ["RET-002"]


class TestPoliciesWithOtherFaults:
    def test_the_laws_speak_when_the_values_that_they_read_are_valid(self):
        assert rules(judge(policy("a", surprise=1, **SALES))) == ["RET-002", "SCH-001"]

    @pytest.mark.parametrize("field", ["classification", "interactionType", "tags", "jurisdictions"])
    def test_they_are_silent_when_nobody_can_tell_which_apply(self, field):
        found = rules(judge(policy("a", **SALES | {field: 7})))
        assert set(found) <= {"SCH-001", "REG-002"}

    def test_words_that_no_pack_knows_are_told_one_by_one(self):
        found = judge(policy("a", jurisdictions=["US", "XX"], tags=["telemarketting"])).errors
        assert sorted((f.rule, f.path) for f in found) == [
            ("REG-002", "/jurisdictions/1"),
            ("REG-002", "/tags/0"),
        ]
        assert any("did you mean telemarketing" in f.hint for f in found)


def test_a_laxer_overlay_is_found_at_its_line_and_changes_nothing():
    overlay = pack_file(
        "ours",
        {"id": "us-tsr-310-5", "jurisdictions": ["US"], "retain": {"min": "P2Y"}},
        layer="organisation",
    )
    reviewed = judge(policy("a", **SALES), overlay)
    assert [(f.rule, f.path) for f in reviewed.errors] == [
        ("RET-002", "/retentionDays"),
        ("REG-004", "/regulations/0/retain/min"),
    ]


CARD = {"tags": ["card-sad"], "classification": "pii", "retentionDays": 0}


class TestCardData:
    def test_it_goes_at_once_from_many_years(self):
        years = {"start": "2015-01-01T00:00:00Z", "end": "2026-11-23T08:59:59.999Z"}
        assert rules(judge(policy("a", **CARD, dateRange=years))) == []
        assert set(rules(judge(policy("a", retentionDays=0, dateRange=years)))) == {"DAT-002", "DAT-003"}

    def test_it_goes_when_no_entry_speaks_of_it_any_more(self):
        words = {"jurisdictions": ["US"], "tags": ["card-sad"]}
        bare = pack_file("core", {"id": "law", "retain": {"max": "P0D"}}, vocabulary=words)
        assert rules(judge(bare, policy("a", **CARD))) == []
        assert rules(judge(bare, policy("a", **{**CARD, "retentionDays": 1}))) == ["ERA-003"]
        soft = {"purgeType": "soft", "graceDays": 30}
        assert rules(judge(bare, policy("a", **CARD, **soft))) == ["ERA-003"]

    @pytest.mark.parametrize("days", [0, 1827])
    def test_a_resolution_does_not_free_what_a_law_keeps(self, days):
        settled = {"minimum": "us-tsr-310-5", "maximum": "pci-sad", "instead": "redact"}
        settled |= {"decidedBy": "legal", "decidedOn": "2026-11-01"}
        ours = pack_file("ours", layer="organisation", resolutions=[settled])
        sale = {**CARD, "tags": ["card-sad", "telemarketing"], "retentionDays": days}
        found = judge(ours, policy("a", **sale)).errors
        assert {finding.rule for finding in found} == {"ERA-003"}
        assert "/tags" in {finding.path for finding in found}


@given(
    st.sampled_from(["public", "internal", "confidential", "pii", "hipaa"]),
    st.sampled_from([0, 1, 183, 1096, 2191, 2557]),
    st.sampled_from(["permanent", "soft"]),
    st.lists(
        st.sampled_from(["telemarketing", "medicare-marketing", "voiceprint", "qa-training-only"]), max_size=2
    ),
)
def test_the_tag_of_card_data_frees_nothing_that_another_rule_refuses(classification, days, purge_type, tags):
    def refused(*more):
        fields = {"classification": classification, "retentionDays": days, "purgeType": purge_type}
        found = judge(policy("a", **fields, tags=[*tags, *more], jurisdictions=["US-IL", "EU-FR"])).errors
        return {finding.rule for finding in found} - {"REG-002", "RET-003", "RET-006"}

    assert not refused() or refused("card-sad")


class TestParts:
    def test_the_parts_of_an_interaction_wait_for_each_other(self):
        law = {"id": "law", "retain": {"byArtefact": {"audio": "P3Y", "transcript": "P6Y"}}}
        ours = pack_file("core", law)
        for days, found in ((1095, ["RET-002"]), (1096, ["ERA-004"]), (2191, ["ERA-004"]), (2192, [])):
            assert rules(judge(ours, policy("a", retentionDays=days))) == found

    @pytest.mark.parametrize(
        "parts", [{}, {"smell": "P1Y"}, {"audio": 3}, {"audio": "three years"}, ["audio"]]
    )
    def test_parts_that_nobody_knows_are_an_error_of_the_pack(self, parts):
        broken = pack_file("core", {"id": "law", "retain": {"byArtefact": parts}})
        found = [f.rule for f in judge(broken).errors if f.file == "policies/regulations/core.yaml"]
        assert found == ["SCH-001"]


@given(
    st.sampled_from(["public", "internal", "confidential", "pii", "hipaa"]),
    st.integers(0, 3649),
    st.lists(st.sampled_from(["US-CA", "EU-FR", "UK", "IN", "HK"]), min_size=1, max_size=3, unique=True),
    st.lists(
        st.sampled_from(
            ["telemarketing", "debt-collection", "medicare-marketing", "medicare-enrollment", "phi"]
        ),
        max_size=3,
    ),
)
def test_keeping_data_longer_never_breaks_a_minimum(classification, days, jurisdictions, tags):
    """Whoever keeps data a day longer is never told that it is too short where it was not before."""

    def too_short(days):
        changes = {"classification": classification, "retentionDays": days}
        reviewed = judge(policy("a", **changes, jurisdictions=jurisdictions, tags=tags))
        short = {"ERA-004": "RET-002", "RET-001": "RET-001", "RET-002": "RET-002"}
        return {short[f.rule] for f in reviewed.errors if f.rule in short}

    assert too_short(days + 1) <= too_short(days)


@pytest.mark.parametrize("entry", SHIPPED.regulations, ids=lambda entry: entry.id)
def test_every_entry_that_came_with_purgectl_says_where_it_comes_from_and_has_both_examples(entry):
    assert entry.citation
    expected = {example.expect.value for example in entry.examples}
    assert expected & {"fail", "warn"}
    assert "pass" in expected or entry.minimum_days > 3650


def test_no_number_that_came_with_purgectl_is_a_mere_guess():
    entries = read(core_pack()).value["regulations"]
    assert {entry["citation"]["confidence"] for entry in entries} <= {"high", "medium"}


def test_that_pack_says_that_it_is_not_legal_advice():
    assert "not legal advice" in CORE.read_text().partition("vocabulary:")[0]


def stating(settings, layer="organisation", name="ours"):
    return pack_file(name, layer=layer, settings=settings)


HALF = {"dateRange": {"start": "2018-01-01T00:00:00Z", "end": "2018-06-30T23:59:59.999Z"}}
TWO_YEARS = {"dateRange": {"start": "2017-01-01T00:00:00Z", "end": "2018-12-31T23:59:59.999Z"}}


class TestSettings:
    def test_a_pack_of_the_organisation_tightens_what_every_policy_answers_to(self):
        ours = stating({"dates": {"maxWindowDays": 200}, "scope": {"planDriftPercent": 0}})
        assert rules(judge(policy("a", expected={"count": 1, "tolerancePercent": 1}), ours)) == [
            "DAT-003",
            "SCP-008",
        ]
        assert rules(judge(policy("a", expected={"count": 1, "tolerancePercent": 0}, **HALF), ours)) == []

    def test_it_loosens_nothing_and_is_told_so(self):
        reviewed = judge(policy("a", **TWO_YEARS), stating({"dates": {"maxWindowDays": 3660}}))
        assert [(f.rule, f.path) for f in reviewed.errors] == [
            ("DAT-003", "/dateRange"),
            ("REG-004", "/settings/dates/maxWindowDays"),
        ]

    def test_the_core_pack_may_loosen_what_is_not_firm(self):
        core = stating({"dates": {"maxWindowDays": 731}}, layer="core", name="core")
        assert rules(judge(policy("a", **TWO_YEARS), core)) == []

    @pytest.mark.parametrize(
        "settings",
        [
            {"dates": {"settleHours": 47}},
            {"holds": {"releaseCoolOffDays": 29}},
            {"approvals": {"hipaa": {"count": 0}}},
            {"approvals": {"hipaa": {"roles": ["legal"]}}},
            {"approvals": {"validForDays": 0}},
            {"scope": {"maxShareOfPopulationPercent": 101}},
            {"dates": {"maxWindowDays": "366"}},
            {"schema": {"maxRetentionDays": 36500}},
        ],
    )
    def test_what_is_below_the_floor_is_no_pack_and_refuses_everything(self, settings):
        reviewed = judge(policy("a"), stating(settings, layer="core", name="core"))
        assert rules(reviewed) == ["REG-001"]
        assert {f.rule for f in reviewed.errors if "regulations" in f.file} == {"SCH-001"}

    def test_the_core_pack_stands_in_no_other_layer(self):
        reviewed = judge(policy("a"), stating({}, layer="organisation", name="core"))
        assert [(f.rule, f.path) for f in reviewed.errors] == [("REG-001", ""), ("SCH-001", "/layer")]

    def test_a_hold_cools_off_as_long_as_the_strictest_pack_says(self):
        release = {"reason": "settled", "releasedOn": "2026-01-01", "purgeableFrom": "2026-02-15"}
        released = hold("h", release=release, scope={"interactionTypes": ["chat"]})
        assert judge(released).errors == ()
        (finding,) = judge(released, stating({"holds": {"releaseCoolOffDays": 60}})).errors
        assert (finding.rule, "60 are needed" in finding.message) == ("HLD-004", True)

    def test_fresh_data_settles_as_long_as_the_strictest_pack_says(self):
        fresh = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-20T23:59:59.999Z"}
        settled = policy("a", dateRange=fresh, retentionDays=0)
        assert rules(judge(settled)) == []
        assert rules(judge(settled, stating({"dates": {"settleHours": 72}}))) == ["DAT-002"]


SHORTER = {
    "id": "org-phi-floor",
    "force": "org-policy",
    "appliesTo": {"classifications": ["hipaa"]},
    "retain": {"min": "P2190D"},
}


class TestWaivers:
    phi = policy("a", classification="hipaa", retentionDays=2191, ticket="REC-1")

    def overlay(self, **changes):
        waiver = {
            "entry": "org-phi-floor",
            "reason": "The archive moves. Ticket REC-77.",
            "approvedBy": [1001, 1002],
            "expires": "2027-06-30",
        }
        return pack_file("ours", SHORTER, layer="organisation", waivers=[{**waiver, **changes}])

    def test_the_floor_gives_way_until_the_waiver_ends_and_then_stands_again(self):
        assert judge(self.phi, self.overlay()).errors == ()
        later = judge(self.phi, self.overlay(), now=datetime(2027, 7, 1, tzinfo=UTC))
        assert [f.rule for f in later.errors] == ["RET-001", "REG-004", "REG-006"]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"approvedBy": [1001]}, "must have at least 2 entries, not 1"),
            ({"approvedBy": [1001, 1001]}, "has an entry twice"),
            ({"approvedBy": ["jane.doe", 1]}, "must be a whole number"),
            ({"reason": ""}, "must have at least 1 character, not 0"),
            ({"expires": "never"}, "must be a day"),
        ],
    )
    def test_a_waiver_that_says_too_little_refuses_everything(self, wrong, message):
        reviewed = judge(self.phi, self.overlay(**wrong))
        assert "REG-001" in rules(reviewed)
        assert message in " ".join(finding.message for finding in reviewed.errors)
