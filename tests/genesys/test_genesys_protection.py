"""The second lock: put on in batches, looked at afterwards, never taken off."""

from uuid import NAMESPACE_URL, uuid5

import pytest
from genesys_platform import token
from genesys_recordings import conforms
from support.httppeer import answer, reset

from runner.errors import Refused, RemoteFailure, RequestRejected
from runner.genesys.protection import MOST_PROTECTED, Mirrored, mirror

PATH = "/api/v2/recordings/deletionprotection"


def conversation(number):
    return str(uuid5(NAMESPACE_URL, str(number)))


A, B, C = sorted(conversation(number) for number in range(3))


class Known:
    """``Protection`` in memory."""

    def __init__(self, protected=(), refuses=()):
        self.now = set(protected)
        self.refuses = set(refuses)
        self.asked = []

    def protected(self, conversations):
        return frozenset(self.now & set(conversations))

    def protect(self, conversations):
        self.asked.append(frozenset(conversations))
        self.now |= set(conversations) - self.refuses
        return frozenset(self.refuses & set(conversations))


def test_what_is_held_is_protected_and_drift_is_told():
    known = Known(protected={A, C}, refuses={B})
    assert mirror(known, [A, B, "new"]) == Mirrored(
        protected=frozenset({A, "new"}), drifted=frozenset({"new"}), missing=frozenset({B})
    )
    assert known.asked == [{B, "new"}]
    assert C in known.now


def test_a_platform_that_says_yes_and_does_nothing_is_not_believed():
    known = Known()
    known.protect = lambda _: frozenset()
    assert mirror(known, [A]) == Mirrored(frozenset(), frozenset(), frozenset({A}))


def test_trap_an_organisation_protects_a_thousand():
    with pytest.raises(Refused, match="name 1,001 conversations") as caught:
        mirror(Known(), map(str, range(MOST_PROTECTED + 1)))
    assert "stop purges all the same" in caught.value.hint


def told(*ids):
    return answer(200, [{"id": each, "selfUri": "/"} for each in ids])


class TestOverHttp:
    def test_trap_protect_is_always_said_although_it_is_the_default(self, platform):
        platform.peer.plays(token(), answer(204))
        assert platform.protection().protect([B, A]) == frozenset()
        seen = platform.peer.journal[-1]
        assert (seen.method, seen.path) == ("PUT", f"{PATH}?protect=true")
        assert seen.json() == {"conversationIds": [A, B]}
        assert conforms(seen.json(), "ConversationDeletionProtectionQuery")

    def test_a_hundred_at_a_time(self, platform):
        many = [conversation(number) for number in range(230)]
        platform.peer.plays(token(), *[told(A, "somebody else")] * 3)
        assert platform.protection().protected(many) == {A} & set(many)
        assert sorted(len(seen.json()["conversationIds"]) for seen in platform.peer.journal[1:]) == [
            30,
            100,
            100,
        ]

    def test_nothing_is_asked_about_nothing(self, platform):
        assert platform.protection().protected([]) == platform.protection().protect([]) == frozenset()
        assert platform.peer.journal == []

    def test_trap_a_success_can_be_a_failure_of_some(self, platform):
        failed = {"failedUpdates": [{"conversation": {"id": A}, "errorCode": "x"}, None, {"conversation": 7}]}
        platform.peer.plays(token(), answer(200, failed))
        assert A in platform.protection().protect([A, B])

    def test_trap_one_unknown_conversation_fails_the_batch_so_it_is_halved(self, platform):
        missing = answer(404, {"code": "recording.conversation.not.found"})
        platform.peer.plays(token(), missing, missing, told(C), missing, told(A))
        assert platform.protection().protected([A, B, C]) >= {A} - {C}
        asked = [seen.json()["conversationIds"] for seen in platform.peer.journal[1:]]
        assert asked == [[A, B, C], [B, C], [C], [B], [A]]

    def test_a_gateways_404_does_not_say_that_there_is_no_recording(self, platform):
        platform.peer.plays(token(), answer(404, b"<html>"))
        with pytest.raises(RequestRejected, match="HTTP 404"):
            platform.protection().protected([A])

    def test_a_lost_answer_is_no_failure_because_the_state_is_asked_for(self, platform):
        platform.peer.plays(token(), told(), reset, told(A))
        assert mirror(platform.protection(), [A]).drifted == {A}
        assert platform.peer.count("PUT", f"{PATH}?protect=true") == 1

    @pytest.mark.parametrize("body", [{}, "x", None, 7])
    def test_what_is_no_list_is_refused(self, platform, body):
        platform.peer.plays(token(), answer(200, body))
        with pytest.raises(RemoteFailure):
            platform.protection().protected([A])

    def test_the_missing_permission_is_named(self, platform):
        platform.peer.plays(token(), answer(403, {"message": "no"}))
        with pytest.raises(RequestRejected, match="recording:deletionProtection:apply"):
            platform.protection().protect([A])
