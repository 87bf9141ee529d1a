"""From a pull request to a purge: a stand-in for GitHub, real git, the sandbox, and real processes."""

from __future__ import annotations

import pytest
from support.githubforge import TOKEN, Reply
from support.journey import HELD, hold, policy
from support.office import TARGET, Office
from support.sandbox import COUNT, PURGE

PATH = "policies/purges/old-calls.yaml"
RELEASE = """\
release: {reason: The matter was settled., releasedOn: "2021-01-01", purgeableFrom: "2021-03-01"}
"""


@pytest.fixture
def office(journey):
    office = Office(journey)
    with office.api:
        yield office


def only(done):
    (purge,) = done.json["purges"]
    return purge


def test_what_was_approved_and_merged_is_purged_and_the_log_says_by_whom(office, box):
    pull = office.merge({PATH: policy()}, office.bob)
    before = len(box.submissions())
    done = office.journey.apply()
    assert done.code == 0, done.err
    assert only(done)["ending"] == "completed"
    assert len(box.submissions()) == before + 1

    intended = office.journey.world.store().load().records[1]
    evidence = intended.body["approval"]["evidence"]
    assert intended.body["approval"]["source"] == "github"
    assert (evidence["pull_request"], evidence["head"]) == (pull.number, pull.head)
    assert [(each["person"], each["state"]) for each in evidence["reviews"]] == [(2, "APPROVED")]
    assert (evidence["author"], evidence["released_holds"]) == (1, [])
    verified = office.journey.run("audit", "verify", "--target", "sandbox")
    assert verified.code == 0, verified.err
    assert len(box.notices()) == 1

    everything = "".join(str(each.body) for each in office.journey.world.store().load().records)
    for private in ("ada-writes", "bob-approves", "carol-of-legal", TOKEN):
        assert private not in everything + done.out + done.err


NOT_APPROVED = {
    "nobody approved": (lambda o: o.merge({PATH: policy()}), {"APR-001"}),
    "only its author approved": (lambda o: o.merge({PATH: policy()}, o.ada), {"APR-002"}),
    "a direct push": (lambda o: o.hub.push(o.carol, "main", {PATH: policy()}), {"APR-004"}),
    "one where its class asks for two": (
        lambda o: o.merge({PATH: policy(classification="confidential", jurisdictions="[US]")}, o.bob),
        {"APR-001"},
    ),
    "one where nothing narrows it": (
        lambda o: o.merge({PATH: policy(filters=None, allowUnfiltered="true")}, o.bob),
        {"APR-001"},
    ),
}


@pytest.mark.parametrize(("merge", "rules"), NOT_APPROVED.values(), ids=NOT_APPROVED)
def test_what_was_not_approved_is_refused_recorded_once_and_never_sent(office, box, merge, rules):
    merge(office)
    office.wait(hours=1)
    asked = len(box.journal("POST", PURGE)), len(box.journal("POST", COUNT))
    for _ in range(2):
        done = office.journey.apply()
        assert done.code == 3, done.err
        assert {finding["rule"] for finding in only(done)["findings"]} == rules
    assert office.journey.kinds() == ["log.opened", "purge.refused"]
    assert office.refusal() == rules
    assert (len(box.journal("POST", PURGE)), len(box.journal("POST", COUNT))) == asked


def from_the_second_time_on(twisted):
    """An answer that is straight once, and twisted ever after."""
    asked = []

    def twist(value):
        asked.append(value)
        return value if len(asked) == 1 else twisted(value)

    return twist


def test_an_approval_that_is_withdrawn_before_the_request_stops_it(office, box):
    pull = office.merge({PATH: policy()}, office.bob)
    office.api.twists[f"/{pull.number}/reviews"] = from_the_second_time_on(
        lambda reviews: [each | {"state": "DISMISSED"} for each in reviews]
    )
    before = len(box.submissions())
    done = office.journey.apply()
    assert done.code == 3, done.err
    assert office.journey.kinds()[:3] == ["log.opened", "purge.intended", "purge.halted"]
    assert {finding["rule"] for finding in only(done)["findings"]} == {"APR-001"}
    assert len(box.submissions()) == before


def test_a_forge_that_is_lost_before_the_request_puts_it_off_and_does_not_end_it(office, box):
    pull = office.merge({PATH: policy()}, office.bob)
    gone = from_the_second_time_on(lambda _: Reply({"message": "Not Found"}, 404))
    office.api.twists[f"/{pull.number}/reviews"] = gone
    before = len(box.submissions())
    assert office.journey.apply().code == 4
    assert office.journey.kinds() == ["log.opened", "purge.intended", "purge.refused"]
    assert len(box.submissions()) == before


def test_a_forge_that_says_no_is_a_remote_failure_that_says_what_to_do(office, box):
    office.merge({PATH: policy()}, office.bob)
    done = office.journey.apply(GITHUB_TOKEN="wrong")
    assert done.code == 4
    assert "HTTP 401" in done.out + done.err
    assert office.journey.kinds() == ["log.opened"]


@pytest.mark.parametrize(
    ("approvers", "purged"), [(("bob", "carol"), True), (("bob",), False), ((), False)], ids=str
)
def test_a_hold_ends_when_two_people_and_legal_among_them_say_so(office, approvers, purged):
    office.hub.push(office.carol, "main", {HELD: hold()})
    people = [getattr(office, name) for name in approvers]
    office.merge({PATH: policy()}, office.bob, branch="order")
    office.merge({HELD: hold() + RELEASE}, *people, branch="release", how="merge")
    office.wait(hours=1)
    done = office.journey.apply()
    assert done.code == (0 if purged else 3), done.err
    if purged:
        evidence = office.journey.world.store().load().records[1].body["approval"]["evidence"]
        (ended,) = evidence["released_holds"]
        assert ended["hold"] == "matter-1"
        assert {each["person"] for each in ended["approval"]["reviews"]} == {2, 3}
    else:
        assert office.refusal() == {"HLD-001"}


def test_while_the_forge_cannot_be_asked_a_released_hold_is_active(office):
    office.hub.push(office.carol, "main", {HELD: hold()})
    office.merge({PATH: policy()}, office.bob, branch="order")
    office.merge({HELD: hold() + RELEASE}, office.bob, office.carol, branch="release")
    office.api.twists["/reviews"] = lambda _: Reply({"message": "no"}, 403)
    done = office.journey.apply()
    assert done.code == 3
    assert office.refusal() == {"HLD-001"}


def test_what_a_purge_is_judged_by_must_have_come_by_review_too(office, box):
    office.merge({PATH: policy()}, office.bob)
    pushed = office.journey.target(approvals="github") + "# pushed\n"
    office.hub.push(office.carol, "main", {TARGET: pushed})
    office.wait(hours=1)
    done = office.journey.apply()
    assert done.code == 3, done.err
    (finding,) = only(done)["findings"]
    assert finding["rule"] == "APR-005"
    assert finding["message"].startswith(f"{TARGET} has a say in this purge: ")
    assert box.submissions() == []
    office.merge({TARGET: pushed + "# reviewed\n"}, office.bob, branch="repair")
    assert office.journey.apply().code == 0
    assert len(box.submissions()) == 1
