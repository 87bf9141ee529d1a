"""The synthetic interactions."""

from collections import Counter
from itertools import islice

from runner.model.policy import EACH_TYPE, Classification
from runner.sandbox.data import FIRST, LAST, Interaction, generate


def test_a_seed_always_gives_the_same_interactions():
    assert list(generate(7, 300)) == list(generate(7, 300))
    assert list(generate(7, 300)) != list(generate(8, 300))


def test_the_first_interaction_of_seed_seven_never_changes():
    assert next(generate(7, 1)) == Interaction(
        id="7708f01f-0eb1-488a-85d1-6e7d69dba07e",
        type="chat",
        started_at=1614921653195,
        classification="internal",
        department="claims",
        retention_status="expired",
        region="us-east",
        queue="claims-1",
        compliance_class="current",
    )


def test_a_larger_set_begins_with_the_smaller_one():
    assert list(islice(generate(7, 5000), 100)) == list(generate(7, 100))


def test_twenty_thousand_cover_every_value_in_use():
    interactions = list(generate(7, 20_000))
    assert len({each.id for each in interactions}) == 20_000
    assert {each.type for each in interactions} == set(EACH_TYPE)
    assert {each.classification for each in interactions} == set(Classification)
    assert {each.department for each in interactions} == {
        "billing",
        "claims",
        "sales",
        "service",
        "collections",
    }
    assert {each.region for each in interactions} == {"us-east", "us-west", "eu-west"}
    assert {each.retention_status for each in interactions} == {"expired", "active"}
    assert {each.compliance_class for each in interactions} == {"archived", "current"}
    assert len({each.queue for each in interactions}) == 7


def test_a_queue_belongs_to_its_department():
    assert all(each.queue.rpartition("-")[0] == each.department for each in generate(11, 2000))


def test_the_dates_lie_between_2014_and_2025():
    years = Counter(1970 + each.started_at // 31_556_952_000 for each in generate(7, 20_000))
    assert all(FIRST <= each.started_at <= LAST for each in generate(7, 20_000))
    assert set(range(2014, 2026)) <= years.keys()


def test_an_empty_organisation_is_possible():
    assert list(generate(7, 0)) == []
