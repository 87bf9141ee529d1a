import pytest

from runner.model.purge import Purge, PurgeState
from runner.rules.lineage import in_turn, unchanged


def purge(state, revision=1, blob="a" * 40, intent=1):
    return Purge("id", "sandbox", "p", revision, state, blob=blob, intent=intent)


@pytest.mark.parametrize("state", [state for state in PurgeState if state is not PurgeState.REFUSED])
def test_a_purge_that_has_begun_freezes_its_file(state):
    assert list(unchanged(purge(state), "a" * 40)) == []
    assert len(list(unchanged(purge(state), "b" * 40))) == 1


def test_a_refused_purge_freezes_its_file_once_it_was_announced():
    assert list(unchanged(purge(PurgeState.REFUSED, blob="", intent=None), "b" * 40)) == []
    assert len(list(unchanged(purge(PurgeState.REFUSED), "b" * 40))) == 1


def test_without_a_purge_the_file_may_change():
    assert list(unchanged(None, "b" * 40)) == []


@pytest.mark.parametrize("state", PurgeState)
def test_a_revision_follows_only_what_may_be_followed(state):
    assert (list(in_turn(2, [purge(state)])) == []) == state.may_be_followed


def test_every_earlier_revision_counts():
    history = [purge(PurgeState.COMPLETED, 1), purge(PurgeState.FAILED, 2), purge(PurgeState.SUBMITTED, 3)]
    messages = [fault.message for fault in in_turn(4, history)]
    assert messages == [
        "revision 4 may not follow revision 1, which is completed",
        "revision 4 may not follow revision 3, which is submitted",
    ]


def test_revisions_never_go_back():
    (fault,) = in_turn(2, [purge(PurgeState.FAILED, 1), purge(PurgeState.FAILED, 3)])
    assert "lower than revision 3" in fault.message
    assert "above 3" in fault.hint


def test_its_own_revision_is_no_obstacle():
    assert list(in_turn(1, [purge(PurgeState.REFUSED, 1)])) == []
