"""Where a policy stands once the log knows holds that ``main`` may have lost."""

from dataclasses import replace

import pytest
from support.trees import NOW, file, hold, policy, purge, target

from runner.model.purge import PurgeState
from runner.plan.orders import Standing, orders_of
from runner.plan.review import review
from runner.rules.evidence import LAG

RELEASE = {"reason": "settled", "releasedOn": "2026-01-01", "purgeableFrom": "2026-06-01"}
CHAT = {"interactionTypes": ["chat"]}
EARLIER = policy("earlier", interactionType="email")


def orders(*sources, state=PurgeState.COMPLETED, holds=("matter-1",)):
    """What stands at a tip, when the log says that a purge of ``earlier`` was judged by some holds."""
    logged = replace(purge(EARLIER, state, blob="b"), holds=frozenset(holds))
    judged = review([target(), *sources], now=NOW)
    found = orders_of("sandbox", judged, {"earlier-1": logged}, {}, lambda n, r: f"{n}-{r}", "c" * 40, NOW)
    return {order.policy.name: (order.standing, [f.rule for f in order.findings]) for order in found}


@pytest.mark.parametrize(
    "there",
    [hold("matter-1", scope=CHAT), hold("matter-1", scope=CHAT, release=RELEASE)],
    ids=["active", "released"],
)
def test_a_hold_that_judged_a_purge_may_be_active_or_released(there):
    assert orders(policy("a"), there) == {"a": (Standing.READY, [])}


def test_nothing_runs_while_its_file_is_gone_and_it_runs_again_when_the_file_is_back():
    assert orders(policy("a")) == {"a": (Standing.REFUSED, ["HLD-007"])}
    assert orders(policy("a"), hold("matter-2", scope=CHAT), holds=["matter-1", "matter-2", "matter-3"]) == {
        "a": (Standing.REFUSED, ["HLD-007", "HLD-007"])
    }
    assert orders(policy("a"), hold("matter-1", scope=CHAT)) == {"a": (Standing.READY, [])}


def test_a_file_that_cannot_be_read_is_there_and_refuses_by_its_own_rule():
    assert orders(policy("a"), file("policies/holds/matter-1.yaml", "{")) == {
        "a": (Standing.REFUSED, ["HLD-001"])
    }


@pytest.mark.parametrize("state", [PurgeState.SUBMITTED, PurgeState.COMPLETED])
def test_what_has_begun_goes_on_and_what_has_ended_is_left_alone(state):
    standing, found = orders(EARLIER, state=state)["earlier"]
    assert standing in (Standing.OPEN, Standing.CLOSED)
    assert ("HLD-007" in found) is (state is PurgeState.SUBMITTED)


def test_a_log_that_names_no_hold_asks_for_none():
    assert orders(policy("a"), holds=()) == {"a": (Standing.READY, [])}


@pytest.mark.parametrize(
    ("age", "verdict", "rules"),
    [(LAG, None, []), (LAG * 2, "UNKNOWN", []), (LAG * 2, "FAIL", []), (LAG * 2, None, ["EVD-001"])],
)
def test_nothing_new_runs_while_a_purge_waits_too_long_for_its_second_count(age, verdict, rules):
    ended = replace(
        purge(EARLIER, PurgeState.COMPLETED, blob="b"), job_id="j", changed_at=NOW - age, verdict=verdict
    )
    judged = review([target(), policy("a"), EARLIER], now=NOW)
    found = orders_of("sandbox", judged, {"earlier-1": ended}, {}, lambda n, r: f"{n}-{r}", "c" * 40, NOW)
    new, old = found
    assert [finding.rule for finding in new.findings] == rules
    assert new.standing is (Standing.REFUSED if rules else Standing.READY)
    assert old.standing is Standing.CLOSED


@pytest.mark.parametrize(
    ("mode", "standing"), [("observe", Standing.OBSERVED), ("enforce", Standing.BASELINE)]
)
def test_what_stood_on_main_when_the_log_was_opened_may_be_observed_and_never_runs(mode, standing):
    written = policy("a", mode=mode)
    there = replace(written, blob=written.git_blob)
    judged = review([target(), there], now=NOW)
    (order,) = orders_of("sandbox", judged, {}, {"a-1": there.blob}, lambda n, r: f"{n}-{r}", "c" * 40, NOW)
    assert (order.standing, order.submittable) == (standing, False)
