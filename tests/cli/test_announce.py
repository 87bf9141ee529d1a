"""What the log says, told on the forge: real git, a real log, and a stand-in for GitHub."""

import pytest
from support.auditdrafts import Drafting
from support.gitworld import git
from support.journey import policy
from support.office import Office
from support.sandbox import PURGE

PATH = "policies/purges/old-calls.yaml"


@pytest.fixture
def office(journey):
    office = Office(journey)
    with office.api:
        yield office


def announce(office, *arguments, **variables):
    git(office.journey.world.clone, "fetch", "--quiet", "origin")
    return office.journey.run("announce", "--target", "sandbox", *arguments, **variables)


def told(office):
    """Announce, and return what was written since."""
    before = len(office.api.desk.written)
    done = announce(office)
    assert done.code == 0, done.err
    return office.api.desk.written[before:]


def headings(office, pull):
    return [body.splitlines()[1] for body in office.api.desk.bodies(pull.number)]


def test_a_purge_is_told_to_its_pull_request_from_beginning_to_end(office, box):
    desk = office.api.desk
    pull = office.merge({PATH: policy(limits="{maxInteractions: 1}")}, office.bob)
    assert office.journey.apply().code == 3
    assert told(office) == [f"POST issues/{pull.number}/comments"]
    assert headings(office, pull) == ["## Purge refused: nothing was deleted"]

    later = office.merge({PATH: policy()}, office.bob, branch="more")
    box.arm("cut-after-effect", "POST " + PURGE)
    assert office.journey.apply().code == 5
    assert told(office) == [f"POST issues/{later.number}/comments", "POST issues"]
    assert told(office) == []
    assert headings(office, later) == ["## A person must decide: nobody knows whether this purge ran"]
    (issue,) = desk.issues
    assert issue["title"] == "sandbox: nobody knows whether the purge old-calls (revision 1) ran"

    issue["state"] = "closed"
    assert told(office) == [f"PATCH issues/{issue['number']}", f"POST issues/{issue['number']}/comments"]
    assert issue["state"] == "open"

    resolve(office)
    assert told(office)[-2:] == [f"PATCH issues/{issue['number']}", f"POST issues/{issue['number']}/comments"]
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert office.journey.apply().code == 0
    assert told(office) == [f"PATCH issues/comments/{desk.comments[1]['id']}"]
    assert headings(office, later) == ["## Purge complete, nothing is left: an unknown number deleted"]


def resolve(office):
    """Write down that it ran, without the ten minutes that ``resolve`` waits for a late answer."""
    store = office.journey.world.store()
    (purge,) = store.load().purges.values()
    store.append([Drafting(policy="old-calls", intent=purge.intent, at=store.load().newest_at).resolved()])


def test_what_is_refused_by_the_forge_is_told_and_the_rest_written(office):
    first = office.merge({PATH: policy(limits="{maxInteractions: 1}")}, office.bob)
    other = policy("newer-calls", interactionType="chat", limits="{maxInteractions: 1}")
    second = office.merge({"policies/purges/newer-calls.yaml": other}, office.bob, branch="more")
    assert office.journey.apply().code == 3
    office.api.desk.refusing = {f"issues/{first.number}/"}
    done = announce(office)
    assert done.code == 4
    assert "HTTP 403: Resource not accessible by integration" in done.err
    assert len(office.api.desk.bodies(second.number)) == 1


def test_what_another_account_would_write_again_and_again_is_written_once(office):
    office.merge({PATH: policy(limits="{maxInteractions: 1}")}, office.bob)
    assert office.journey.apply().code == 3
    office.api.desk.writer = {"login": "ada-writes", "id": 1, "type": "User", "site_admin": False}
    done = announce(office)
    assert done.code == 3
    assert "with its own GITHUB_TOKEN" in done.err
    assert len(office.api.desk.written) == 1


def test_a_log_that_does_not_verify_tells_nothing(office):
    origin = office.journey.world.origin
    git(origin, "update-ref", office.journey.world.branch, office.hub.tip())
    assert announce(office).code == 6
    assert office.api.desk.written == []
