"""What a change of ``policies/`` would make run, without a platform and with one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.trees import NOW, file, hold, policy, purge, target

from runner.documents.reading import read
from runner.documents.typed import selection
from runner.model.platform import Presence, Survey
from runner.model.purge import PurgeState
from runner.model.regulation import CARD_SAD
from runner.plan.breadth import Breadth
from runner.plan.figures import counting
from runner.plan.orders import Standing
from runner.plan.proposal import History, Snapshot, Touch, propose

REAL = target(
    "bank", region="eu-west-1", approvals="github", organizationId="5a8a8f0e-61c5-4dd2-9d1b-2f5d0e8c1a77"
)
CHAT = {"interactionTypes": ["chat"]}


class Platform:
    """A platform with 1,000 interactions of a type in any range, of which a filter leaves a tenth."""

    def __init__(self, skew=timedelta(0), whole=1000):
        self.asked = []
        self.skew = skew
        self.whole = whole

    def connect(self):
        return Presence(NOW + self.skew)

    def now(self):
        return NOW

    def survey(self, policy):
        selected = policy.selection
        return Survey(self._count(selected), self._count(replace(selected, attributes={})))

    def _count(self, wanted):
        self.asked.append(wanted)
        return self.whole if not wanted.attributes or self.whole is None else self.whole // 10


def proposed(base, head, histories=None, platform=None, counted="sandbox"):
    count = {} if platform is None else {"count": counting(counted, platform, platform)}
    return propose(Snapshot("b" * 40, tuple(base)), Snapshot("", tuple(head)), histories or {}, NOW, **count)


def only(proposal):
    (each,) = proposal.orders
    return each


def test_nothing_changed_is_nothing_proposed():
    tree = [target(), policy("a"), hold("h", scope=CHAT)]
    proposal = proposed(tree, tree)
    assert (proposal.orders, proposal.others, proposal.unreadable, proposal.refused) == ((), (), (), False)


def test_a_new_policy_tells_who_must_approve_and_on_which_grounds():
    each = only(proposed([target()], [target(), policy("a", classification="hipaa", tags=["phi"])]))
    assert (each.touch, each.order.standing, each.before, each.breadth) == (
        Touch.NEW,
        Standing.READY,
        None,
        None,
    )
    assert (each.quorum.people, each.quorum.roles) == (3, {"privacy-officer", "records-manager"})
    assert "org-phi-floor" in [entry.id for entry in each.entries]
    assert each.allowed_from == each.order.policy.eligible_at
    assert (each.figures.selected, each.figures.held, each.order.count) == (None, 0, None)


def test_a_policy_without_a_filter_needs_one_more_person():
    whole = policy("a", filters={}, allowUnfiltered=True)
    assert only(proposed([target()], [target(), policy("a")])).quorum.people == 2
    assert only(proposed([target()], [target(), whole])).quorum.people == 3


def test_fresh_data_is_allowed_when_it_has_settled():
    fresh = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-22T23:59:59.999Z"}
    soon = policy("a", dateRange=fresh, retentionDays=0, classification="public")
    each = only(proposed([target()], [target(), soon]))
    assert each.allowed_from - each.order.policy.selection.date_range.end == timedelta(hours=48)
    urgent = policy(
        "a", dateRange=fresh, retentionDays=0, classification="pii", tags=[CARD_SAD], jurisdictions=["US"]
    )
    each = only(proposed([target()], [target(), urgent]))
    assert each.allowed_from == each.order.policy.selection.date_range.end


def test_a_changed_policy_is_compared_with_what_it_was():
    wider = policy("a", filters={"attributes": {"department": ["billing", "sales"]}}, retentionDays=3000)
    each = only(proposed([target(), policy("a")], [target(), wider]))
    assert (each.touch, each.before, each.breadth, each.fields) == (
        Touch.CHANGED,
        Standing.READY,
        Breadth.WIDER,
        ("retentionDays",),
    )


def test_a_withdrawn_policy_runs_no_more_and_asks_nobody():
    platform = Platform()
    proposal = proposed([target(), policy("a")], [target()], platform=platform)
    each = only(proposal)
    assert (each.touch, each.digest, platform.asked, proposal.refused) == (Touch.WITHDRAWN, None, [], False)


def test_a_new_hold_tells_of_every_policy_that_it_stops_and_fails_nothing():
    tree = [target(), policy("a"), policy("b", interactionType="email")]
    proposal = proposed(tree, [*tree, hold("h", scope={"interactionTypes": ["voice"]})])
    each = only(proposal)
    assert (each.touch, each.before, each.order.standing, each.holds) == (
        Touch.AFFECTED,
        Standing.READY,
        Standing.REFUSED,
        ("h",),
    )
    assert proposal.others == ("policies/holds/h.yaml",)
    assert not proposal.refused


def test_what_a_change_sets_free_is_told_and_counted():
    tree = [target(), policy("a")]
    suspended = [target(suspended=True), policy("a", mode="observe")]
    platform = Platform()
    each = only(proposed(suspended, tree, platform=platform))
    assert (each.touch, each.order.standing, each.order.count) == (Touch.CHANGED, Standing.READY, 100)
    blocked = [target(), policy("a"), file("policies/holds/h.yaml", "{")]
    each = only(proposed(blocked, tree, platform=Platform()))
    assert (each.touch, each.before, each.order.standing, each.figures.selected) == (
        Touch.AFFECTED,
        Standing.REFUSED,
        Standing.READY,
        100,
    )


def test_counts_come_with_the_population_and_what_is_held():
    platform = Platform()
    held = hold("h", scope={"dateRange": {"start": "2018-06-01T00:00:00Z", "end": "open"}})
    each = only(proposed([target(), held], [target(), held, policy("a")], platform=platform))
    figures = each.figures
    assert (figures.selected, figures.population, figures.held, figures.share_permille) == (
        100,
        1000,
        100,
        100,
    )
    part = platform.asked[-1].date_range
    assert (part.start_text, part.end_text) == ("2018-06-01T00:00:00.000Z", "2018-12-31T23:59:59.999Z")
    assert part.end == each.order.policy.selection.date_range.end


def test_several_holds_are_counted_from_the_first_to_the_last_instant_that_any_reaches():
    spans = [
        ("2018-02-01T00:00:00Z", "2018-02-28T23:59:59.999Z"),
        ("2018-05-01T00:00:00Z", "2018-05-02T00:00:00Z"),
    ]
    holds = [
        hold(f"h{position}", scope={"dateRange": {"start": start, "end": end}})
        for position, (start, end) in enumerate(spans)
    ]
    platform = Platform()
    only(proposed([target(), *holds], [target(), *holds, policy("a")], platform=platform))
    part = platform.asked[-1].date_range
    assert (part.start_text, part.end_text) == ("2018-02-01T00:00:00.000Z", "2018-05-02T00:00:00.000Z")


def test_an_unknown_count_is_not_zero_and_refuses_where_it_was_asked_for():
    proposal = proposed([target()], [target(), policy("a")], platform=Platform(whole=None))
    each = only(proposal)
    assert [finding.rule for finding in each.order.findings] == ["SCP-007"]
    assert (each.figures.selected, each.figures.share_permille, proposal.refused) == (None, None, True)
    assert not proposed([target()], [target(), policy("a")]).refused


def test_another_targets_policies_are_not_asked_about():
    platform = Platform()
    each = only(proposed([target()], [target(), policy("a")], platform=platform, counted="bank"))
    assert (platform.asked, each.figures.selected) == ([], None)


def test_a_clock_that_is_wrong_refuses_what_was_counted():
    each = only(proposed([target()], [target(), policy("a")], platform=Platform(skew=timedelta(minutes=5))))
    assert [finding.rule for finding in each.order.findings] == ["DAT-004"]


def test_outside_the_sandbox_a_count_must_have_been_written_and_no_credential_is_needed_to_see_that():
    bare = policy("a", target="bank")
    proposal = proposed([REAL], [REAL, bare])
    assert [finding.rule for finding in only(proposal).order.findings] == ["SCP-004"]
    assert proposal.refused
    written = policy("a", target="bank", expected={"count": 100, "tolerancePercent": 2})
    assert only(proposed([REAL], [REAL, written])).order.standing is Standing.READY


@pytest.mark.parametrize(
    ("count", "tolerance", "rules"),
    [(100, 0, []), (98, 2, ["SCP-004"]), (102, 2, []), (103, 2, ["SCP-004"]), (0, 2, ["SCP-004"])],
)
def test_a_count_that_has_drifted_is_refused(count, tolerance, rules):
    written = policy("a", target="bank", expected={"count": count, "tolerancePercent": tolerance})
    each = only(proposed([REAL], [REAL, written], platform=Platform(), counted="bank"))
    assert [finding.rule for finding in each.order.findings] == rules


def test_a_target_that_is_suspended_refuses_now_and_fails_no_change():
    stopped = target(suspended=True)
    proposal = proposed([stopped], [stopped, policy("a")])
    assert [finding.rule for finding in only(proposal).order.findings] == ["RUN-002"]
    assert not proposal.refused


def test_the_digest_is_that_of_the_counted_number_or_of_the_expected_one():
    written = policy("a", expected={"count": 100, "tolerancePercent": 0})
    shown = only(proposed([target()], [target(), written]))
    live = only(proposed([target()], [target(), written], platform=Platform()))
    assert (shown.digest_count, live.digest_count) == (100, 100)
    assert shown.digest == live.digest
    drifted = only(proposed([target()], [target(), written], platform=Platform(whole=1010)))
    assert drifted.digest_count == 101
    assert drifted.digest != live.digest


@pytest.mark.parametrize(
    "other",
    [
        [target(), policy("a", reason="Seven years have passed. Ticket REC-4.")],
        [target(organizationId="5a8a8f0e-61c5-4dd2-9d1b-2f5d0e8c1a77"), policy("a")],
        [target(), policy("a"), hold("h", scope=CHAT)],
        [target(), policy("a", limits={"maxInteractions": 4999})],
    ],
    ids=["bytes", "organisation", "holds", "guards"],
)
def test_the_digest_changes_with_all_that_decides(other):
    one = only(proposed([target()], [target(), policy("a")]))
    another = only(proposed([target()], other))
    assert another.digest != one.digest


@pytest.mark.parametrize("state", [PurgeState.SUBMITTED, PurgeState.COMPLETED, PurgeState.AMBIGUOUS])
def test_a_purge_that_has_begun_is_not_counted_again(state):
    source = policy("a")
    known = only(proposed([target()], [target(), source])).order.purge_id
    history = History({known: purge(source, state, blob=source.git_blob)}, {})
    platform = Platform()
    changed = policy("a", reason="Another reason for the same old calls.")
    each = only(proposed([target(), source], [target(), changed], {"sandbox": history}, platform))
    assert (platform.asked, each.digest) == ([], None)
    assert "PLC-001" in [finding.rule for finding in each.order.findings]


def test_what_stood_there_before_the_log_never_runs():
    source = policy("a")
    known = only(proposed([target()], [target(), source])).order.purge_id
    history = History({}, {known: source.git_blob})
    each = only(proposed([target()], [target(), source], {"sandbox": history}, Platform()))
    assert (each.order.standing, each.digest) == (Standing.BASELINE, None)


def test_files_that_cannot_be_used_refuse_and_are_named():
    broken = policy("b", surprise=1)
    proposal = proposed([target()], [target(), broken, file("policies/notes.txt", "x")])
    assert proposal.orders == ()
    assert proposal.others == ("policies/notes.txt", broken.path)
    assert {finding.file for finding in proposal.unreadable} == {"policies/notes.txt", broken.path}
    assert proposal.refused


def test_a_policy_of_a_target_that_is_not_there_is_not_passed_over():
    proposal = proposed([target()], [target(), policy("a", target="elsewhere")])
    assert [finding.rule for finding in proposal.unreadable] == ["TGT-001"]


def test_each_order_is_counted_once_however_often_it_is_proposed():
    platform = Platform()
    count = counting("sandbox", platform, platform)
    base, head = Snapshot("b" * 40, (target(),)), Snapshot("", (target(), policy("a")))
    for _ in range(3):
        propose(base, head, {}, NOW, count)
    assert platform.asked[0] == selection(read(policy("a")).value)
    assert len(platform.asked) == 2
