"""Which hands a target gives: by its backend, and for looking none that change anything."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.faketime import FakeTime, highest
from support.httppeer import Peer

from runner.cli.backend import looking, purging
from runner.errors import UsageError
from runner.genesys.interactions_purge import (
    InteractionsPurgePreparer,
    InteractionsPurgeReader,
    InteractionsPurgeSubmitter,
)
from runner.genesys.preparation import RecordingJobsPreparer
from runner.genesys.recording_jobs import RecordingJobsReader, RecordingJobsSubmitter
from runner.model.source import EntryKind, SourceFile
from runner.model.target import Backend
from runner.net.connection import Route
from runner.net.transport import Setting
from runner.plan.tree import read_tree

SHIPPED = Path(__file__).parents[2] / "policies/targets/sandbox.yaml"
SETTING = Setting(FakeTime(), highest, Route("purgectl/test"))
HANDS = {
    Backend.INTERACTIONS_PURGE: (
        InteractionsPurgeReader,
        InteractionsPurgePreparer,
        InteractionsPurgeSubmitter,
    ),
    Backend.RECORDING_JOBS: (RecordingJobsReader, RecordingJobsPreparer, RecordingJobsSubmitter),
}


@pytest.fixture
def target(monkeypatch):
    data = SHIPPED.read_bytes()
    file = SourceFile("policies/targets/sandbox.yaml", EntryKind.FILE, data, len(data), "0" * 40)
    with Peer() as peer:
        monkeypatch.setenv("GENESYS_CLOUD_BASE_URL", peer.url)
        monkeypatch.setenv("GENESYS_CLOUD_CLIENT_ID", "client")
        monkeypatch.setenv("GENESYS_CLOUD_CLIENT_SECRET", "secret")
        yield read_tree((file,)).targets["sandbox"]
        assert peer.journal == []


@pytest.mark.parametrize("backend", Backend)
def test_each_backend_has_its_own_hands(target, backend):
    chosen = replace(target, backend=backend)
    with purging(chosen, (), SETTING) as hands:
        assert (type(hands.reader), type(hands.preparer), type(hands.submitter)) == HANDS[backend]
    with looking(chosen, (), SETTING) as reader:
        assert type(reader) is HANDS[backend][0]


@pytest.mark.parametrize("way", [looking, purging])
def test_without_credentials_nothing_is_opened(target, monkeypatch, way):
    monkeypatch.delenv("GENESYS_CLOUD_CLIENT_SECRET")
    with pytest.raises(UsageError, match="GENESYS_CLOUD_CLIENT_SECRET not set"), way(target, (), SETTING):
        pytest.fail("it was opened")
