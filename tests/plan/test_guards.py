"""Guards: what the platform tells of itself and of a selection, held against one order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.trees import NOW, file, hold, policy, target

from runner.model.platform import Preparation, Presence, Survey
from runner.plan.guards import Measurement, guard, present
from runner.plan.orders import Standing, orders_of
from runner.plan.review import review

OURS = "5a8a8f0e-61c5-4dd2-9d1b-2f5d0e8c1a77"
QUEUE = {"dimensions": {"queue": ["6f2f4f0e-0000-4000-8000-000000000001"]}}
RANGE = {"start": "2023-01-01T00:00:00.000Z", "end": "2023-12-31T23:59:59.999Z"}
RECORDINGS = target("sandbox", backend="recording-jobs", organizationId=OURS)
ORDER = policy("a", filters=QUEUE, dateRange=RANGE, retentionDays=400, classification="internal")
SETTLED = Presence(NOW, OURS, NOW - timedelta(days=1))
OLD = NOW - timedelta(days=400)
PACK = """# yaml-language-server: $schema=../../schemas/regulation-pack.schema.json
apiVersion: purge/v1
kind: RegulationPack
name: ours
owner: compliance
layer: organisation
notice: Ours.
reviewedOn: 2026-11-01
nextReviewBy: 2027-11-01
settings: {scope: {maxShareOfPopulationPercent: 5}}
vocabulary: {jurisdictions: [], tags: []}
regulations: []
"""


def guarded(measurement, order=ORDER, where=RECORDINGS, *others):
    """The rules that refuse an order on a target, and the order."""
    reviewed = review([where, order, *others], now=NOW)
    (ready,) = orders_of("sandbox", reviewed, {}, {}, lambda name, revision: name, "c", NOW)
    assert ready.standing is Standing.READY, [f.message for f in reviewed.errors]
    judged = guard(ready, reviewed.targets["sandbox"], reviewed, measurement)
    return [finding.rule for finding in judged.findings], judged


def measured(presence=SETTLED, survey=None, **preparation):
    return Measurement(NOW, presence, survey or Survey(100, 1000, OLD), **preparation)


def test_an_order_in_good_order_keeps_its_figures():
    rules, order = guarded(measured())
    assert (rules, order.standing, order.count, order.population) == ([], Standing.READY, 100, 1000)


@pytest.mark.parametrize(
    ("presence", "rule"),
    [
        (replace(SETTLED, organization_id="5a8a8f0e-61c5-4dd2-9d1b-2f5d0e8c1a78"), "TGT-003"),
        (replace(SETTLED, organization_id=None), "TGT-003"),
        (replace(SETTLED, settled_until=NOW - timedelta(days=1200)), "DAT-002"),
        (replace(SETTLED, settled_until=None), "DAT-002"),
        (replace(SETTLED, clock=NOW + timedelta(hours=2)), "DAT-004"),
    ],
)
def test_what_the_platform_says_of_itself_refuses_with_a_count_and_before_one(presence, rule):
    rules, order = guarded(measured(presence))
    assert (rules, order.standing) == ([rule], Standing.REFUSED)
    _, ready = guarded(None)
    here = review([RECORDINGS], now=NOW).targets["sandbox"]
    assert [fault.rule for fault in present(ready.policy, here, presence, NOW)] == [rule]


@pytest.mark.parametrize(
    ("survey", "refused"),
    [
        (Survey(200, 1000, OLD), []),
        (Survey(201, 1000, OLD), ["SCP-003"]),
        (Survey(100, None, OLD), ["SCP-003"]),
        (Survey(100, 1000, OLD + timedelta(seconds=1)), ["RET-004"]),
        (Survey(100, 1000, None), ["RET-004"]),
        (Survey(0, 1000, None), ["SCP-009"]),
        (Survey(None, 1000, OLD), ["SCP-007"]),
        (Survey(5001, 100_000, OLD), ["SCP-003"]),
    ],
)
def test_what_it_says_of_the_selection_refuses(survey, refused):
    assert guarded(measured(survey=survey))[0] == refused


def test_a_prepared_job_is_judged_by_its_own_totals():
    job = Preparation(ready=True, job_id="j", count=300, recordings=400)
    rules, order = guarded(measured(survey=Survey(300, 1000, OLD), preparation=job))
    assert (rules, order.count) == (["SCP-003"], 300)
    assert guarded(measured(preparation=replace(job, count=None)))[0] == ["SCP-007"]
    assert guarded(measured(preparation=Preparation(ready=True)))[0] == []


def test_what_a_preparation_has_counted_without_a_job_is_judged():
    rules, order = guarded(measured(preparation=Preparation(ready=True, count=0)))
    assert (rules, order.count) == (["SCP-009"], 0)


def test_a_count_that_may_come_later_says_what_it_waits_for():
    rules, order = guarded(measured(survey=Survey(None, 1000, OLD, why="search s-1 is not FULFILLED")))
    assert rules == ["SCP-007"]
    assert order.findings[0].message.endswith("is unknown: search s-1 is not FULFILLED")
    assert "goes into expected" in order.findings[0].hint


def test_a_stricter_pack_allows_a_smaller_share():
    pack = file("policies/regulations/ours.yaml", PACK)
    assert guarded(measured(), ORDER, RECORDINGS, pack)[0] == ["SCP-003"]


def test_a_policy_without_a_filter_may_take_all():
    whole = policy(
        "a",
        without=("filters",),
        allowUnfiltered=True,
        dateRange=RANGE,
        retentionDays=400,
        classification="public",
    )
    assert guarded(measured(survey=Survey(1000, 1000, OLD)), whole)[0] == []


def test_the_article_s_platform_tells_nothing_of_itself_and_is_asked_for_nothing_more():
    silent = measured(Presence(NOW), Survey(100, 1000))
    assert guarded(silent, policy("a"), target())[0] == []


def test_without_a_measurement_only_what_needs_none_is_asked():
    suspended = target("sandbox", backend="recording-jobs", organizationId=OURS, suspended=True)
    assert guarded(None)[0] == []
    assert guarded(None, ORDER, suspended)[0] == ["RUN-002"]


def test_a_hold_that_begins_after_the_range_reaches_a_conversation_that_went_on_into_it():
    later = hold("h", scope={"dateRange": {"start": "2024-01-05T00:00:00Z", "end": "open"}})
    into_it = Survey(100, 1000, OLD.replace(year=2024, month=1, day=5, hour=0))
    before_it = replace(into_it, newest_end=into_it.newest_end - timedelta(milliseconds=1))
    assert guarded(measured(survey=into_it), ORDER, RECORDINGS, later)[0] == ["HLD-001"]
    assert guarded(measured(survey=before_it), ORDER, RECORDINGS, later)[0] == []
    assert guarded(measured(survey=into_it))[0] == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"mode": "observe"}, []),
        ({"mode": "observe", "expected": {"count": 100, "tolerancePercent": 1}}, []),
        ({"mode": "observe", "expected": {"count": 50, "tolerancePercent": 1}}, ["SCP-004"]),
        ({}, ["SCP-004"]),
    ],
)
def test_what_is_only_observed_needs_no_approved_count_and_is_held_to_one_that_is_written(changes, rules):
    real = target(
        "sandbox", backend="recording-jobs", region="eu-central-1", approvals="github", organizationId=OURS
    )
    order = policy(
        "a", filters=QUEUE, dateRange=RANGE, retentionDays=400, classification="internal", **changes
    )
    reviewed = review([real, order], now=NOW)
    (found,) = orders_of("sandbox", reviewed, {}, {}, lambda name, revision: name, "c", NOW)
    judged = guard(found, reviewed.targets["sandbox"], reviewed, measured())
    assert [finding.rule for finding in judged.findings] == rules


@pytest.mark.parametrize(
    ("surveyed", "counted", "rules"),
    [
        (100, 100, []),
        (100, 40, []),  # a job leaves out conversations without a recording that it would delete
        (102, 102, []),
        (100, 102, ["RET-004"]),  # nobody has said when those two have ended
        (100, 103, ["SCP-004", "RET-004"]),
        (97, 97, ["SCP-004"]),
        (None, 40, []),
    ],
)
def test_a_job_may_count_fewer_than_were_approved_and_never_more(surveyed, counted, rules):
    order = policy(
        "a",
        filters=QUEUE,
        dateRange=RANGE,
        retentionDays=400,
        classification="internal",
        expected={"count": 100, "tolerancePercent": 2},
    )
    prepared = Preparation(ready=True, job_id="job-1", count=counted, recordings=9)
    found, _ = guarded(measured(survey=Survey(surveyed, 1000, OLD), preparation=prepared), order)
    assert found == rules
