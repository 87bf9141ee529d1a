from pathlib import Path

import pytest
from support.regulations import pack_file
from support.trees import NOW, file, hold, policy, purge, target

from runner.model.finding import Severity
from runner.model.purge import PurgeState
from runner.plan.change import review_change
from runner.plan.review import review

CORE = Path(__file__).resolve().parents[2] / "policies" / "regulations" / "core.yaml"
TEN = [policy(f"p{number}", filters={"attributes": {"department": f"d{number}"}}) for number in range(10)]
RELEASE = {"reason": "settled", "releasedOn": "2026-01-01", "purgeableFrom": "2026-06-01"}
NARROW = {"interactionTypes": ["chat"]}


def found(base, sources, purges=()):
    """Rule, severity and file of each finding of a change."""
    judged = review_change(base, sources, now=NOW, purges=purges)
    assert list(judged.findings) == sorted(judged.findings)
    return [(f.rule, f.severity, f.file) for f in judged.findings]


def test_a_change_of_nothing_answers_for_nothing_but_form():
    broken = policy("broken", surprise=1)
    held = [target(), *TEN, hold("h"), policy("short", reason="test"), broken]
    assert found(held, held) == [("SCH-001", Severity.ERROR, broken.path)]


def test_a_new_hold_over_ten_policies_is_green_and_names_all_ten():
    base = [target(), *TEN]
    expected = [("HLD-001", Severity.NOTE, each.path) for each in TEN]
    assert found(base, [*base, hold("h")]) == expected


def test_a_second_hold_names_them_again_with_what_is_new_only():
    base = [target(), *TEN, hold("h")]
    judged = review_change(base, [*base, hold("h2")], now=NOW)
    assert len(judged.findings) == 10
    assert all("h2" in finding.message for finding in judged.findings)


def test_what_a_changed_policy_breaks_is_an_error_and_what_it_causes_elsewhere_a_note():
    base = [target(), policy("a"), policy("b", filters={"attributes": {"department": "sales"}})]
    assert found(base, [target(), policy("a"), policy("b")]) == [
        ("SCP-005", Severity.NOTE, "policies/purges/a.yaml"),
        ("SCP-005", Severity.ERROR, "policies/purges/b.yaml"),
    ]


def test_a_new_policy_under_an_old_hold_is_refused():
    base = [target(), hold("h")]
    assert found(base, [*base, policy("a")]) == [("HLD-001", Severity.ERROR, "policies/purges/a.yaml")]


def test_a_warning_in_a_changed_file_stays_and_in_another_is_left_out():
    warned = policy("a", retentionDays=365)
    base = [target(), warned]
    assert found(base, base) == []
    assert found([target()], base) == [("RET-005", Severity.WARNING, warned.path)]


def test_a_target_that_goes_is_noted_where_it_is_missed():
    assert found([target(), policy("a")], [policy("a")]) == [
        ("TGT-001", Severity.NOTE, "policies/purges/a.yaml")
    ]


def test_a_hold_that_is_broken_by_a_change_is_an_error_and_every_policy_a_note():
    base = [target(), policy("a"), hold("h", scope=NARROW)]
    assert found(base, [target(), policy("a"), hold("h", scope=[])]) == [
        ("SCH-001", Severity.ERROR, "policies/holds/h.yaml"),
        ("HLD-001", Severity.NOTE, "policies/purges/a.yaml"),
    ]


@pytest.mark.parametrize(
    "gone",
    [
        hold("gone", scope=NARROW),
        hold(
            "gone",
            scope=NARROW,
            release=RELEASE,
        ),
        file("policies/holds/gone.yaml", "{"),
    ],
    ids=["active", "released", "unreadable"],
)
def test_the_file_of_a_hold_may_not_go(gone):
    judged = review_change([target(), gone], [target()], now=NOW)
    (finding,) = judged.errors
    assert (finding.rule, finding.file) == ("HLD-005", "policies/holds/gone.yaml")
    assert (finding.line, finding.column) == (1, 1)
    assert "gone" in finding.message


def test_renaming_a_hold_deletes_it():
    assert found([target(), hold("a", scope=NARROW)], [target(), hold("b", scope=NARROW)]) == [
        ("HLD-005", Severity.ERROR, "policies/holds/a.yaml")
    ]


WIDE = {
    "targets": ["sandbox"],
    "interactionTypes": ["chat", "sms"],
    "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"},
    "filters": {"attributes": {"department": ["sales", "billing"]}},
    "conversationIds": ["11111111-1111-4111-8111-111111111111"],
}
SHORTER = {"start": "2018-02-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"}
SOONER = {"start": "2018-01-01T00:00:00.000Z", "end": "2018-11-30T23:59:59.999Z"}
LONGER = {"start": "2017-01-01T00:00:00.000Z", "end": "open"}


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        (WIDE, WIDE | {"interactionTypes": ["chat"]}, "/scope/interactionTypes"),
        (WIDE, WIDE | {"dateRange": SHORTER}, "/scope/dateRange"),
        (WIDE, WIDE | {"dateRange": SOONER}, "/scope/dateRange"),
        (WIDE | {"dateRange": LONGER}, WIDE, "/scope/dateRange"),
        (WIDE, WIDE | {"filters": {"attributes": {"department": "sales"}}}, "/scope/filters/attributes"),
        (
            WIDE,
            WIDE | {"filters": {"attributes": {"department": ["sales", "billing"], "a": "b"}}},
            "/scope/filters/attributes",
        ),
        ({"interactionTypes": ["chat"]}, NARROW | {"targets": ["sandbox"]}, "/scope/targets"),
    ],
)
def test_a_hold_may_not_be_narrowed(old, new, pointer):
    judged = review_change([target(), hold("h", scope=old)], [target(), hold("h", scope=new)], now=NOW)
    (finding,) = judged.findings
    assert (finding.rule, finding.severity, finding.path) == ("HLD-006", Severity.ERROR, pointer)
    assert "release" in finding.hint


@pytest.mark.parametrize(
    "new",
    [
        {},
        WIDE | {"interactionTypes": ["sms", "chat", "email"]},
        WIDE | {"dateRange": LONGER},
        WIDE | {"filters": {"attributes": {"department": ["Sales", "billing", "claims"]}}},
        WIDE | {"conversationIds": ["22222222-2222-4222-8222-222222222222"]},
    ],
)
def test_a_hold_may_be_widened(new):
    judged = review_change([target(), hold("h", scope=WIDE)], [target(), hold("h", scope=new)], now=NOW)
    assert judged.findings == ()


def test_a_hold_with_a_release_is_not_narrowed_either():
    after = hold("h", scope=WIDE | {"interactionTypes": ["chat"]}, release=RELEASE)
    judged = review_change([target(), hold("h", scope=WIDE)], [target(), after], now=NOW)
    assert [f.rule for f in judged.errors] == ["HLD-006"]


def test_what_never_was_a_hold_may_go():
    stray = [file("policies/holds/notes.txt", "x"), file("policies/holds/README.md", "x")]
    assert found([target(), *stray], [target()]) == []


@pytest.mark.parametrize("state", PurgeState)
def test_a_policy_may_go_with_a_warning_while_its_purge_is_open(state):
    gone = policy("a")
    expected = [("PLC-003", Severity.WARNING, gone.path)]
    is_open = state in (PurgeState.INTENDED, PurgeState.SUBMITTED, PurgeState.AMBIGUOUS)
    assert found([target(), gone], [target()], [purge(gone, state)]) == (expected if is_open else [])


def test_everything_else_of_the_review_is_that_of_the_whole_tree():
    sources = [target(), *TEN, hold("h", scope=NARROW)]
    changed, whole = review_change([], sources, now=NOW), review(sources, now=NOW)
    assert changed == whole


class TestPacks:
    """What a change of the packs loosens and tightens (REG-004)."""

    core = CORE.read_text()
    sales = policy("sales", tags=["telemarketing"], retentionDays=731)
    path = "policies/regulations/core.yaml"

    def changed(self, text, base=None):
        base = [target(), self.sales, file(self.path, base or self.core)]
        return review_change(base, [target(), self.sales, file(self.path, text)], now=NOW).findings

    def test_the_telemarketing_rule_cut_to_two_years_loosens_and_names_the_policy_that_may_run(self):
        before, entry, after = self.core.partition("  - id: us-tsr-310-5\n")
        cut = before + entry + after.replace("{min: P5Y}", "{min: P2Y}", 1)
        (finding,) = self.changed(cut)
        assert (finding.rule, finding.severity, finding.file) == ("REG-004", Severity.WARNING, self.path)
        assert cut.splitlines()[finding.line - 1].strip() == "retain: {min: P2Y}"
        assert "loosens us-tsr-310-5 (retain/min)" in finding.message
        assert finding.message.endswith(self.sales.path)

    def test_the_same_change_back_tightens_and_the_policy_becomes_a_note(self):
        before, entry, after = self.core.partition("  - id: us-tsr-310-5\n")
        cut = before + entry + after.replace("{min: P5Y}", "{min: P2Y}", 1)
        found = self.changed(self.core, base=cut)
        assert [(f.rule, f.severity, f.file) for f in found] == [
            ("RET-002", Severity.NOTE, self.sales.path),
            ("REG-004", Severity.NOTE, self.path),
        ]

    def test_an_entry_that_goes_is_told_at_the_top_of_its_file(self):
        before, _, after = self.core.partition("  - id: us-tsr-310-5\n")
        (finding,) = self.changed(before + after[after.index("  - id: ") :])
        assert (finding.severity, finding.line) == (Severity.WARNING, 1)

    def test_a_pack_that_goes_gives_way_to_the_one_that_came_with_purgectl(self):
        base = [target(), self.sales, file(self.path, self.core.replace("{min: P5Y}", "{min: P6Y}"))]
        found = review_change(base, [target(), self.sales], now=NOW).findings
        assert {(f.rule, f.severity, f.line) for f in found if f.file == self.path} == {
            ("REG-004", Severity.WARNING, 1)
        }

    def test_other_words_change_nothing(self):
        assert self.changed(self.core.replace("Carriers only;", "For carriers;")) == ()

    ours = "policies/regulations/ours.yaml"

    def overlay(self, name="ours", **retain):
        entry = {"id": "us-tsr-310-5", "jurisdictions": ["US"], "retain": retain}
        return pack_file(name, entry, layer="organisation")

    def told(self, base, sources):
        beside = [target(), self.sales]
        found = review_change([*beside, *base], [*beside, *sources], now=NOW).findings
        return [(f.severity, f.file, f.line) for f in found if f.rule == "REG-004"]

    @pytest.mark.parametrize(
        "instead", [[], [file("policies/regulations/README.md", "# gone")]], ids=["deleted", "README"]
    )
    def test_a_pack_of_our_own_that_goes_is_told_where_it_stood(self, instead):
        base = [self.overlay(min="P6Y")]
        assert self.told(base, instead) == [(Severity.WARNING, self.ours, 1)]

    def test_the_core_that_is_lowered_below_a_pack_that_speaks_of_the_same_law_is_told(self):
        before, entry, after = self.core.partition("  - id: us-tsr-310-5\n")
        cut = before + entry + after.replace("{min: P5Y}", "{min: P2Y}", 1)
        silent = self.overlay()
        told = self.told([file(self.path, self.core), silent], [file(self.path, cut), silent])
        assert [(severity, path) for severity, path, _ in told] == [(Severity.WARNING, self.path)]

    def test_the_whole_folder_that_goes_is_told_against_the_pack_that_came_with_purgectl(self):
        stricter = file(self.path, self.core.replace("{min: P5Y}", "{min: P6Y}"))
        told = self.told([stricter, self.overlay(min="P7Y")], [])
        assert {(severity, line) for severity, _, line in told} == {(Severity.WARNING, 1)}
        assert {path for _, path, _ in told} == {self.path, self.ours}

    def test_a_core_of_our_own_is_told_against_the_one_that_came_with_purgectl(self):
        before, entry, after = self.core.partition("  - id: us-tsr-310-5\n")
        cut = before + after[after.index("  - id: ") :]
        assert self.told([], [file(self.path, self.core)]) == []
        assert self.told([], [file(self.path, cut)]) == [(Severity.WARNING, self.path, 1)]
        lowered = before + entry + after.replace("{min: P5Y}", "{min: P2Y}", 1)
        judged = review_change(
            [target(), self.sales], [target(), self.sales, file(self.path, lowered)], now=NOW
        )
        (finding,) = judged.findings
        assert (finding.rule, finding.severity) == ("REG-004", Severity.WARNING)
        assert finding.message.endswith(self.sales.path)

    @pytest.mark.parametrize(
        ("words", "instead", "line"),
        [
            ("maxWindowDays: 366", "maxWindowDays: 731", "  dates: {maxWindowDays: 731, settleHours: 48}"),
            (
                "hipaa: {count: 3,",
                "hipaa: {count: 1,",
                "    hipaa: {count: 1, roles: [privacy-officer, records-manager]}",
            ),
            ("US-CA, US-FL", "US-FL", "  jurisdictions: [US, US-FL"),
            ("[phi, hipaa", "[hipaa", "  tags: [hipaa-documentation"),
        ],
    )
    def test_a_setting_or_a_word_that_loosens_is_told_where_it_stands(self, words, instead, line):
        text = self.core.replace(words, instead, 1)
        assert text != self.core
        loosened = [f for f in self.changed(text) if f.rule == "REG-004"]
        assert [f.severity for f in loosened] == [Severity.WARNING]
        assert text.splitlines()[loosened[0].line - 1].startswith(line)

    def test_a_setting_that_tightens_is_a_note_and_names_the_policies_that_it_stops(self):
        found = self.changed(self.core.replace("maxWindowDays: 366", "maxWindowDays: 92", 1))
        assert [(f.rule, f.severity, f.file) for f in found] == [
            ("DAT-003", Severity.NOTE, self.sales.path),
            ("REG-004", Severity.NOTE, self.path),
        ]

    def test_a_resolution_and_a_waiver_that_come_are_told(self):
        settled = {
            "minimum": "a",
            "maximum": "b",
            "instead": "redact",
            "decidedBy": "legal",
            "decidedOn": "2026-11-01",
        }
        waiver = {
            "entry": "org-phi-floor",
            "reason": "For a time.",
            "approvedBy": [1, 2],
            "expires": "2027-01-01",
        }
        entry = {"id": "org-phi-floor", "force": "org-policy", "retain": {"min": "P1Y"}}
        more = pack_file("ours", entry, layer="organisation", resolutions=[settled], waivers=[waiver])
        plain = pack_file("ours", entry, layer="organisation")
        told = review_change([target(), plain], [target(), more], now=NOW).findings
        assert [(f.rule, f.severity, f.path) for f in told if f.rule == "REG-004"] == [
            ("REG-004", Severity.WARNING, "/resolutions"),
            ("REG-004", Severity.WARNING, "/waivers"),
        ]
