"""Completeness: everything that stood on main is accounted for, and what is not is a gap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import BLOB, Drafting, records
from support.gitworld import ORIGIN
from support.trees import file, policy

from runner.audit.identity import purge_id
from runner.audit.trail import trails
from runner.documents.reading import read
from runner.model.log import RecordType
from runner.plan.completeness import GRACE, Account, Ledger, Version, completeness

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG_AGO = NOW - 2 * GRACE
OTHER_BLOB = "e" * 40
D = Drafting()


def version(source=None, *, blob=BLOB, since="c1", until=None, merged_at=LONG_AGO):
    document = read(replace(source or policy("billing"), blob=blob))
    return Version(document, merged_at, since, until)


def ledger(*drafts, named=()):
    """What a log of these drafts says; ``named`` are ids in its baseline."""
    told = records(D.verified(), *drafts)[1:]  # leaf 0 is the opening, of no interest here
    return Ledger(
        target="sandbox",
        trails=trails(ORIGIN, told),
        baseline=frozenset(named),
        newest_at=NOW,
        identify=lambda name, revision: purge_id(ORIGIN, "sandbox", name, revision),
    )


def accounts(versions, told, as_of=NOW):
    """``{(policy, revision): account}`` of all that was found."""
    found = completeness(versions, told, as_of)
    assert bool(found.gaps) == any(entry.account.gap for entry in found.entries)
    return {(entry.policy, entry.revision): entry.account for entry in found.entries}


BILLING = ("billing", 1)


@pytest.mark.parametrize(
    ("drafts", "account"),
    [
        ([D.intended()], Account.OPEN),
        ([D.intended(), D.submitted()], Account.OPEN),
        ([D.intended(), D.ambiguous()], Account.AMBIGUOUS),
        ([D.intended(), D.halted()], Account.ENDED),
        ([D.intended(), D.submitted(), D.ended()], Account.ENDED),
        ([D.intended(), D.submitted(), D.ended(), D.verified()], Account.ENDED),
        ([D.intended(), D.submitted(), D.ended(RecordType.FAILED)], Account.ENDED),
        ([D.intended(), D.submitted(), D.ended(RecordType.CANCELLED)], Account.ENDED),
        ([D.intended(), D.ambiguous(), D.resolved("not-run")], Account.ENDED),
    ],
)
@pytest.mark.parametrize("until", [None, "c9"])
def test_what_began_is_accounted_for_by_its_records_wherever_the_file_is_now(drafts, account, until):
    assert accounts([version(until=until)], ledger(*drafts)) == {BILLING: account}


def test_what_ran_with_bytes_that_never_stood_on_main_is_a_gap():
    told = ledger(D.intended(), D.submitted(), D.ended())
    assert accounts([version(blob=OTHER_BLOB)], told) == {BILLING: Account.UNMERGED}
    assert accounts([], told) == {BILLING: Account.UNMERGED}
    assert accounts([version(policy("other"))], told)[BILLING] is Account.UNMERGED
    raised = version(policy("billing", revision=2))
    assert accounts([raised], told)[BILLING] is Account.UNMERGED


def test_content_that_changed_before_the_intent_is_the_same_revision():
    history = [version(policy("billing", reason="Too short, once."), blob=OTHER_BLOB, until="c2"), version()]
    assert accounts(history, ledger(D.intended(), D.halted())) == {BILLING: Account.ENDED}
    assert accounts(history, ledger()) == {BILLING: Account.MISSING}


def test_the_baseline_and_observed_policies_never_run():
    named = [purge_id(ORIGIN, "sandbox", "billing", 1)]
    assert accounts([version()], ledger(named=named)) == {BILLING: Account.BASELINE}
    assert accounts([version(until="c2")], ledger(named=named)) == {BILLING: Account.BASELINE}
    assert accounts([version(policy("billing", mode="observe"))], ledger()) == {BILLING: Account.OBSERVED}


def test_what_left_main_before_it_ran_was_withdrawn_or_superseded():
    assert accounts([version(until="c2")], ledger()) == {BILLING: Account.WITHDRAWN}
    raised = version(policy("billing", revision=2), blob=OTHER_BLOB, since="c2", merged_at=NOW)
    assert accounts([version(until="c2"), raised], ledger()) == {
        BILLING: Account.SUPERSEDED,
        ("billing", 2): Account.PENDING,
    }
    assert accounts([version(until="c2")], ledger(D.refused())) == {BILLING: Account.WITHDRAWN}


def test_a_rename_is_a_withdrawal_and_a_new_policy():
    history = [version(until="c2"), version(policy("sales"), since="c2", merged_at=NOW)]
    assert accounts(history, ledger()) == {BILLING: Account.WITHDRAWN, ("sales", 1): Account.PENDING}


def test_a_run_has_the_grace_to_come_by_and_no_longer():
    for merged, account in (
        (NOW, Account.PENDING),
        (NOW - GRACE + timedelta(seconds=1), Account.PENDING),
        (NOW - GRACE, Account.MISSING),
        (NOW + timedelta(minutes=5), Account.PENDING),
        (datetime.max.replace(tzinfo=UTC), Account.MISSING),
    ):
        assert accounts([version(merged_at=merged)], ledger()) == {BILLING: account}


def test_what_is_not_old_enough_is_not_due_and_then_it_is():
    young = version(
        policy("billing", dateRange={"start": "2022-01-01T00:00:00.000Z", "end": "2022-12-31T23:59:59.999Z"})
    )
    eligible = young.policy.eligible_at
    refused = ledger(D.refused())
    for told in (ledger(), refused):
        for as_of, account in (
            (eligible - timedelta(seconds=1), Account.NOT_DUE),
            (eligible + GRACE, Account.MISSING),
        ):
            assert accounts([young], told, as_of) == {BILLING: account}
    assert accounts([young], ledger(), eligible) == {BILLING: Account.PENDING}
    assert accounts([young], refused, eligible) == {BILLING: Account.NOT_DUE}


@pytest.mark.parametrize(
    ("rules", "account"),
    [(["HLD-001"], Account.HELD), (["RET-003", "HLD-003"], Account.HELD), (["SCP-003"], Account.REFUSED)],
)
def test_a_refusal_names_its_rules_and_since_when(rules, account):
    draft = D.refused()
    findings = [{"rule": rule, "path": ""} for rule in rules]
    refused = D.draft(RecordType.REFUSED, {**draft.fields, "findings": findings})
    (entry,) = completeness([version()], ledger(refused), NOW).entries
    assert (entry.account, entry.rules, entry.since) == (account, tuple(sorted(rules)), D.at)


def test_a_refusal_of_other_bytes_says_nothing_of_these():
    assert accounts(
        [version(until="c2"), version(blob=OTHER_BLOB, since="c2")],
        ledger(D.refused()),
        NOW + timedelta(days=2000),
    ) == {BILLING: Account.MISSING}


def test_a_submission_that_was_put_off_waits_for_its_hour_and_the_grace():
    put_off = D.refused("submission", not_before="2026-11-24T09:00:00Z")
    due = NOW + timedelta(days=1)
    for as_of, account in (
        (NOW, Account.PENDING),
        (due + GRACE - timedelta(seconds=1), Account.PENDING),
        (due + GRACE, Account.MISSING),
    ):
        assert accounts([version()], ledger(D.intended(), put_off), as_of) == {BILLING: account}


def test_what_cannot_be_read_is_a_gap_at_the_tip_and_earlier_content_else():
    broken = file("policies/purges/billing.yaml", "kind: [")
    assert accounts([version(broken)], ledger()) == {("billing", None): Account.UNREADABLE}
    assert accounts([version(broken, until="c2")], ledger()) == {("billing", None): Account.WITHDRAWN}
    mended = [version(broken, blob=OTHER_BLOB, until="c2"), version(merged_at=NOW)]
    assert accounts(mended, ledger()) == {BILLING: Account.PENDING}
    half = version(policy("billing", classification="secret"))
    assert accounts([half], ledger()) == {BILLING: Account.UNREADABLE}


def test_what_the_schema_of_today_cannot_read_is_known_by_what_the_log_named():
    broken = version(file("policies/purges/billing.yaml", "apiVersion: purge/v0\n"))
    assert accounts([broken], ledger(D.intended(), D.halted())) == {BILLING: Account.ENDED}


def test_policies_of_other_targets_are_not_this_logs_business():
    assert accounts([version(policy("billing", target="other"))], ledger()) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 3), st.booleans(), st.sampled_from(["x", "y"])),
        max_size=8,
    )
)
def test_every_revision_that_ever_stood_on_main_is_told_exactly_once(contents):
    versions = [
        version(policy(name, revision=revision), blob=blob * 40, until="c2" if gone else None)
        for name, revision, gone, blob in contents
    ]
    told = completeness(versions, ledger(), NOW).entries
    assert sorted((entry.policy, entry.revision) for entry in told) == sorted({each[:2] for each in contents})
