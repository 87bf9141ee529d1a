"""What the organisation tells of itself, its data set, and the control calls."""

import pytest
from support.recordings import JOBS, conversation, conversation_id
from support.sandbox import PURGE, sandbox

from runner.sandbox.data import generate
from runner.sandbox.recordings.fill import conversation_of, names


def test_a_token_tells_its_organisation_and_client_until_it_is_dropped(platform):
    headers = {"Authorization": f"Bearer {platform.box.token()}"}
    told = platform.box.request("GET", "/api/v2/tokens/me", headers=headers).json()
    assert told["OAuthClient"]["id"] == "sandbox-runner"
    with sandbox(size=0, organization_id="another", organization_name="Another Bank") as box:
        other = box.call("GET", "/api/v2/tokens/me").json()
    assert (other["organization"]["id"], told["organization"]["id"] != "another") == ("another", True)
    assert platform.box.request("HEAD", "/api/v2/tokens/me", headers=headers).status_code == 200
    assert platform.box.request("DELETE", "/api/v2/tokens/me", headers=headers).status_code == 200
    assert platform.box.request("GET", "/api/v2/tokens/me", headers=headers).status_code == 401


def test_limits_and_retention_can_be_read(platform):
    limits = platform.box.call("GET", "/api/v2/organizations/limits/namespaces/platform.api").json()
    assert {"key": "token.rate.per.minute", "namespace": "platform.api", "value": 300} in limits["entities"]
    assert platform.box.call("GET", "/api/v2/organizations/limits/namespaces/x").status_code == 404
    retention = platform.box.call("GET", "/api/v2/analytics/dataretention/settings").json()
    assert retention["retentionDays"] == 1825


def test_faults_strike_these_calls_too(platform):
    platform.box.arm("status", f"GET {JOBS}", status=429, retry_after=7200)
    answer = platform.box.call("GET", JOBS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7200")
    assert platform.box.call("POST", JOBS, {"padding": "x" * 512_000}).status_code == 413
    platform.box.arm("expired-token")
    assert platform.box.call("GET", JOBS).status_code == 401


def test_it_holds_the_interactions_of_the_other_surface_as_conversations():
    interactions = {each.id: each for each in generate(7, 3000)}
    made = [conversation_of(each) for each in interactions.values()]
    assert [one.id for one in made] == list(interactions)
    assert made == [conversation_of(each) for each in generate(7, 3000)]
    media = {"sms": "message", "social": "message"}
    for one in made:
        interaction = interactions[one.id]
        assert one.segments[0].media_type == media.get(interaction.type, interaction.type)
        assert one.attributes["department"] == interaction.department
        assert one.segments[0].queue_id == names()["queue"][interaction.queue]
        assert one.started_at < one.ended_at
    recordings = [each for one in made for each in one.recordings]
    assert len({each.id for each in recordings}) == len(recordings) > len(made)
    for kind in ("sensitive", "policy_based"):
        assert 0 < sum(getattr(each, kind) for each in recordings) < len(recordings) / 4
    assert {each.family for each in recordings} == {"recording", "screenRecording", "snippetRecording"}


def test_a_control_call_fills_it_and_tells_the_truth(platform):
    platform.hold(conversation("a", attributes={"department": "billing"}))
    (one,) = platform.truth().values()
    assert (one["id"], one["segments"], one["protected"]) == (
        conversation_id("a"),
        [{"mediaType": "voice"}],
        False,
    )
    assert platform.box.request("GET", "/sandbox/names").json()["queue"].keys() >= {"billing-1"}
    assert platform.box.journal(path="/sandbox/conversations") == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sandbox/conversations", {"conversations": [{"start": "2024-01-01T00:00:00Z"}]}),
        (
            "/sandbox/conversations",
            {"conversations": [{**conversation("a"), "segments": [{"queueId": "x"}]}]},
        ),
        ("/sandbox/conversations", {"conversations": [conversation("a", attributes={"x": 1})]}),
        (
            "/sandbox/conversations",
            {"conversations": [conversation("a", recordings=[{"fileState": "GONE"}])]},
        ),
        ("/sandbox/clock", {"seconds": -1}),
    ],
)
def test_a_control_call_refuses_what_it_does_not_understand(platform, path, body):
    assert platform.box.request("POST", path, json=body).status_code == 400
    assert platform.truth() == {}


def test_a_client_that_is_not_known_has_no_role(platform):
    assert platform.box.request("GET", "/sandbox/clients/nobody").status_code == 404


def test_the_two_surfaces_do_not_see_each_other_s_deletions():
    with sandbox(size=300) as box:
        everything = box.count()
        assert everything > 0
        box.ended_job(box.submit())
        held = box.request("GET", "/sandbox/conversations").json()["conversations"]
        assert len(held) == 300
        assert box.journal("POST", PURGE)
