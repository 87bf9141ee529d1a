"""What a platform tells, against the target's file and the law; what it does not tell is not well."""

from dataclasses import replace
from datetime import timedelta

import pytest
from setup_scenarios import REAL, bank
from support.mutants import mutants
from support.trees import NOW, policy, target

from runner.documents.resources import core_pack
from runner.genesys.inspection import PlatformFacts
from runner.model.unread import Unread
from runner.plan.review import review
from runner.setup import platform_checks
from runner.setup.check import Standing

WELL, WRONG, NOT_CHECKED = Standing
SILENT = Unread("nobody tells", "a question")
FACTS = PlatformFacts(
    skew=timedelta(seconds=-60),
    organization=REAL["organizationId"],
    complete_until=NOW - timedelta(days=7),
    permissions={"recording:job:view": True, "recording:job:add": True},
    requests_a_minute=300,
    maximum_days=4000,
)
PERMISSION = ("permission", "recording:job:add on bank-eu")
MAXIMUM = ("maximum-retention", "maximum retention of bank-eu")
SUBJECTS = {
    "credentials": "client of bank-eu",
    "organisation": "organisation of bank-eu",
    "clock": "clock of bank-eu",
    "availability": "figures of bank-eu",
    "limits": "requests to bank-eu",
    "maximum-retention": "maximum retention of bank-eu",
}
EVERYTHING = {*SUBJECTS.items(), PERMISSION, ("permission", "recording:job:view on bank-eu")}


def entries(module=None, **changes):
    """The entries that govern one policy on the target, beside a policy of another target."""
    fields = {"target": "bank-eu", "classification": "hipaa", "tags": ["phi"], "retentionDays": 2557}
    sources = [
        target("bank-eu", **REAL),
        target("sandbox"),
        policy("a", **{**fields, **changes}),
        policy("b", target="sandbox", classification="pii", jurisdictions=["EU"], ropaRef="ROPA-1"),
        core_pack(),
    ]
    in_use = platform_checks.entries_in_use if module is None else module["entries_in_use"]
    return in_use(review(sources, now=NOW), "bank-eu", NOW)


PHI = entries()
CASES = {
    "all is well": ({}, {}, "shortens nothing that a policy here must keep"),
    "another organisation": (
        {"organization": "5b1f0d63-0000-4000-8000-000000000001"},
        {("organisation", SUBJECTS["organisation"]): WRONG},
        f"000000000001, and the target's file says {REAL['organizationId']}",
    ),
    "an organisation that nobody tells": (
        {"organization": SILENT},
        {("organisation", SUBJECTS["organisation"]): NOT_CHECKED},
        "nobody tells",
    ),
    "a clock that is ahead": (
        {"skew": timedelta(seconds=61)},
        {("clock", SUBJECTS["clock"]): WRONG},
        "is 61 s ahead of this machine's",
    ),
    "a clock that is behind": (
        {"skew": timedelta(seconds=-7200)},
        {("clock", SUBJECTS["clock"]): WRONG},
        "is -7200 s ahead",
    ),
    "no clock": ({"skew": None}, {("clock", SUBJECTS["clock"]): NOT_CHECKED}, "sent no date"),
    "a permission that is missing": (
        {"permissions": {"recording:job:view": True, "recording:job:add": False}},
        {PERMISSION: WRONG},
        "the client lacks it",
    ),
    "a permission that nobody tells": (
        {"permissions": {"recording:job:view": True, "recording:job:add": SILENT}},
        {PERMISSION: NOT_CHECKED},
        "nobody tells",
    ),
    "figures of last month": (
        {"complete_until": NOW - timedelta(days=8)},
        {("availability", SUBJECTS["availability"]): WRONG},
        "8 days ago",
    ),
    "no date of figures": (
        {"complete_until": None},
        {("availability", SUBJECTS["availability"]): NOT_CHECKED},
        "does not say until when",
    ),
    "figures that nobody tells": (
        {"complete_until": SILENT},
        {("availability", SUBJECTS["availability"]): NOT_CHECKED},
        "nobody tells",
    ),
    "fewer requests": (
        {"requests_a_minute": 299},
        {("limits", SUBJECTS["limits"]): WRONG},
        "rateLimit: {perMinute: 299} in policies/targets/bank-eu.yaml",
    ),
    "no limit": (
        {"requests_a_minute": None},
        {("limits", SUBJECTS["limits"]): NOT_CHECKED},
        "names no limit",
    ),
    "a limit that nobody tells": (
        {"requests_a_minute": SILENT},
        {("limits", SUBJECTS["limits"]): NOT_CHECKED},
        "nobody tells",
    ),
    "a maximum that deletes early": (
        {"maximum_days": 2554},
        {MAXIMUM: WRONG},
        "deletes after 2554 days by itself",
    ),
    "no maximum": ({"maximum_days": None}, {}, "is not set, and shortens nothing"),
    "a maximum that nobody tells": ({"maximum_days": SILENT}, {MAXIMUM: NOT_CHECKED}, "nobody tells"),
}


def differs(module, name):
    changes, bad, words = CASES[name]
    checks = list(module["platform_checks"](bank(), replace(FACTS, **changes), PHI, NOW))
    expected = {subject: bad.get(subject, WELL) for subject in EVERYTHING}
    return (
        {(check.id, check.subject): check.standing for check in checks} != expected
        or not any(words in f"{check.what} {check.fix}" for check in checks)
        or not all(bool(check.why and check.fix) == (check.standing is not WELL) for check in checks)
    )


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_well_is_told_and_nothing_else(name):
    assert not differs(vars(platform_checks), name)


def test_a_sandbox_may_be_any_organisation():
    (found,) = [
        check
        for check in platform_checks.platform_checks(replace(bank(), organization_id=None), FACTS, PHI, NOW)
        if check.id == "organisation"
    ]
    assert found.standing is WELL


def other_law(module=None):
    """Whether what governs the target is not the law of its own policies alone."""
    named = {entry.id for entry in entries(module)}
    return "org-phi-floor" not in named or "org-pii-erasure" in named


def test_the_law_in_use_is_that_of_the_targets_own_policies():
    assert not other_law()
    assert not any(entry.id == "org-phi-floor" for entry in entries(classification="internal", tags=[]))


def test_what_only_warns_is_told_and_well():
    bound = tuple(entry for entry in PHI if entry.id == "org-phi-floor")
    begun = replace(bound[0], clock=type(bound[0].clock).EVENT, event="discharge")
    facts = replace(FACTS, maximum_days=2600)
    checks = list(platform_checks.platform_checks(bank(), facts, [begun], NOW))
    (told,) = [check for check in checks if check.id == "maximum-retention"]
    assert told.standing is WELL
    assert "after discharge" in told.what


@pytest.mark.slow
def test_each_condition_of_the_checks_is_needed():
    survivors = []
    for mutant in mutants(platform_checks):
        try:
            module = mutant.namespace()
            red = other_law(module) or any(differs(module, name) for name in CASES)
        except (TypeError, AttributeError, LookupError, ValueError, NameError):
            red = True
        if not red:
            survivors.append(f"{mutant.line}: {mutant.lacks}")
    assert survivors == []
