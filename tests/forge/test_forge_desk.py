"""The comments and issues of ours on GitHub: which are ours, and what a write may do."""

from datetime import timedelta

import pytest
from forge_stage import Stage
from support.faketime import START, highest
from support.githubforge import TOKEN
from support.httppeer import Peer, answer, reset

from runner.errors import RemoteFailure
from runner.forge.client import LARGEST_ANSWER
from runner.forge.desk import GitHubDesk, GitHubWriter
from runner.forge.postings import Close, Edit, Open, Renew, Say
from runner.net.connection import Route
from runner.net.transport import Setting
from runner.net.wire import Limits

STRANGER = {"login": "mallory", "id": 9, "type": "User", "site_admin": False}


def writer(url, clock):
    setting = Setting(clock, highest, Route("test"), limits=Limits(size=LARGEST_ANSWER))
    return GitHubWriter(url, TOKEN, setting, sandbox=True)


@pytest.fixture(params=["2022-11-28", "2026-03-10"])
def stage(tmp_path, request):
    stage = Stage(tmp_path, request.param)
    with stage.api:
        stage.github = writer(stage.api.url, stage.clock)
        stage.desk = GitHubDesk(stage.github, stage.hub.name)
        yield stage
        stage.github.close()


def test_everything_that_can_be_written_is_found_again(stage):
    stage.api.page = 1
    for posting in (Say(7, "one"), Say(7, "two"), Open("a", "b"), Open("c", "d")):
        stage.desk.post(posting)
    _, second = stage.desk.comments(7)
    stage.desk.post(Edit(second.id, "three"))
    assert [each.body for each in stage.desk.comments(7)] == ["one", "three"]
    assert stage.desk.comments(8) == ()

    older, newer = stage.desk.issues(START)
    stage.desk.post(Close(older.number))
    assert {each.number: each.open for each in stage.desk.issues(START)} == {
        newer.number: True,
        older.number: False,
    }
    assert [each.number for each in stage.desk.issues(START + timedelta(days=1))] == [newer.number]
    stage.desk.post(Renew(older.number, "e"))
    assert [(each.open, each.body) for each in stage.desk.issues(START)] == [(True, "e"), (True, "d")]


@pytest.mark.parametrize(
    "who",
    [STRANGER, {**STRANGER, "login": "github-actions[bot]"}, {**STRANGER, "type": "Bot"}, None],
    ids=["stranger", "person of that name", "other bot", "gone"],
)
def test_what_anybody_else_has_written_is_not_ours(stage, who):
    stage.desk.post(Say(7, "x"))
    stage.desk.post(Open("a", "b"))
    for each in (*stage.api.desk.comments, *stage.api.desk.issues):
        each["user"] = who
    assert (stage.desk.comments(7), stage.desk.issues(START)) == ((), ())


def test_an_issue_without_a_text_is_not_ours(stage):
    stage.desk.post(Open("a", "b"))
    stage.api.desk.issues[0]["body"] = None
    assert stage.desk.issues(START) == ()


@pytest.mark.parametrize("last", [reset, answer(502)])
def test_what_may_have_been_written_is_not_written_again(stage, last):
    with Peer() as peer:
        peer.plays(last, answer(201, {}))
        github = writer(peer.url, stage.clock)
        with pytest.raises(RemoteFailure) as caught:
            GitHubDesk(github, "acme/purge-policies").post(Say(7, "x"))
        github.close()
        assert "looks first" in caught.value.hint
        assert len(peer.journal) == 1


def test_a_success_that_made_nothing_is_none(stage):
    with Peer() as peer:
        peer.plays(answer(200, {"user": None}))
        github = writer(peer.url, stage.clock)
        with pytest.raises(RemoteFailure, match="HTTP 200"):
            GitHubDesk(github, "acme/purge-policies").post(Say(7, "x"))
        github.close()
