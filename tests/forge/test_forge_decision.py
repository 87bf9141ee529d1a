"""The decision, asked about changes as a forge could tell them."""

from dataclasses import replace
from datetime import timedelta

import pytest
import rfc8785
from forge_told import APPROVAL, BLOB, CHANGE, DEMAND, MERGED, NOW, TOLD
from hypothesis import given
from hypothesis import strategies as st

from runner.forge.decision import Demand, approval_of, faults_of, missing
from runner.model.change import ReviewState
from runner.model.settings import Quorum


def rules(change, demand=DEMAND, now=NOW):
    return frozenset(fault.rule for fault in faults_of(change, BLOB, demand, now))


@pytest.mark.parametrize("name", TOLD)
def test_what_a_forge_tells_comes_to_what_it_must(name):
    change, outcome = TOLD[name]
    assert rules(change) == outcome


def test_what_does_not_expire_counts_for_ever():
    later = NOW + timedelta(days=4000)
    assert rules(CHANGE, now=later) == {"APR-003"}
    assert rules(CHANGE, Demand(Quorum(1), {}, None), later) == frozenset()


def test_a_role_counts_by_the_list_alone():
    legal = Quorum(1, frozenset({"legal"}))
    assert rules(CHANGE, Demand(legal, {}, None)) == {"APR-001"}
    assert rules(CHANGE, Demand(legal, {3: frozenset({"legal"})}, None)) == {"APR-001"}
    assert rules(CHANGE, Demand(legal, {2: frozenset({"legal"})}, None)) == frozenset()


REVIEWS = st.lists(
    st.builds(
        lambda id_, person, state, human, may_write, commit, minutes: replace(
            APPROVAL,
            id=id_,
            person=person,
            state=state,
            human=human,
            may_write=may_write,
            commit=commit,
            at=MERGED + timedelta(minutes=minutes),
        ),
        st.integers(1, 50),
        st.integers(1, 4),
        st.sampled_from(ReviewState),
        st.booleans(),
        st.booleans(),
        st.sampled_from([CHANGE.head, "a" * 40, None]),
        st.integers(-5, 5),
    ),
    max_size=8,
)


@given(reviews=REVIEWS)
def test_nothing_passes_without_a_sound_last_word_and_the_order_never_matters(reviews):
    change = replace(CHANGE, reviews=tuple(reviews))
    found = rules(change)
    if not found:
        assert any(
            each.state is ReviewState.APPROVED
            and each.human
            and each.may_write
            and each.commit == change.head
            and each.at <= MERGED
            and each.person != change.author
            for each in reviews
        )
    ids = [(each.at, each.id) for each in reviews]
    if len(set(ids)) == len(ids):
        assert rules(replace(change, reviews=tuple(reversed(reviews)))) == found


def test_the_evidence_is_ids_shas_instants_and_addresses():
    approval = approval_of(replace(CHANGE, involved=frozenset({9, 1})))
    assert approval.source == "github"
    assert approval.evidence == {
        "repository": "acme/purge-policies",
        "pull_request": 1,
        "url": "https://github.com/acme/purge-policies/pull/1",
        "commit": "d" * 40,
        "base": "e" * 40,
        "head": "c" * 40,
        "reviewed_blob": "b" * 40,
        "arrival": "pr_merge",
        "merged_at": "2026-11-23T09:00:00Z",
        "author": 1,
        "involved": [1, 9],
        "reviews": [
            {
                "id": 10,
                "person": 2,
                "state": "APPROVED",
                "commit": "c" * 40,
                "at": "2026-11-23T08:55:00Z",
                "url": "https://github.com/acme/purge-policies/pull/1#pullrequestreview-10",
            }
        ],
        "read_at": "2026-11-23T10:00:00Z",
    }
    assert rfc8785.dumps(dict(approval.evidence))


LEGAL = Demand(Quorum(3, frozenset({"legal", "privacy-officer"})), {2: frozenset({"legal"})}, None)


@pytest.mark.parametrize(
    ("change", "people", "roles"),
    [
        (CHANGE, 2, {"privacy-officer"}),
        (replace(CHANGE, reviews=()), 3, {"legal", "privacy-officer"}),
        (replace(CHANGE, author=2), 3, {"legal", "privacy-officer"}),
        (replace(CHANGE, involved=frozenset({2})), 3, {"legal", "privacy-officer"}),
        (replace(CHANGE, reviewed_blob=None), 3, {"legal", "privacy-officer"}),
        (replace(CHANGE, reviews=(replace(APPROVAL, commit=None),)), 3, {"legal", "privacy-officer"}),
        (
            replace(CHANGE, reviews=tuple(replace(APPROVAL, person=n) for n in range(2, 9))),
            0,
            {"privacy-officer"},
        ),
    ],
)
def test_whoever_approves_before_the_merge_is_taken_off_those_who_must(change, people, roles):
    assert missing(change, BLOB, LEGAL) == Quorum(people, frozenset(roles))
