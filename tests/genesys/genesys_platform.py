"""A peer that plays Genesys Cloud, one target that points at it, and a policy for it."""

from dataclasses import replace
from datetime import UTC, datetime

from support.faketime import FakeTime, highest
from support.httppeer import answer

from runner.genesys.connection import Access, Connection
from runner.genesys.interactions_purge import InteractionsPurgeReader, InteractionsPurgeSubmitter
from runner.genesys.preparation import RecordingJobsPreparer
from runner.genesys.protection import DeletionProtection
from runner.genesys.recording_jobs import RecordingJobsReader, RecordingJobsSubmitter
from runner.genesys.search import Searches
from runner.genesys.token import ClientCredentials
from runner.model.policy import (
    Classification,
    DateRange,
    InteractionType,
    Mode,
    PurgePolicy,
    PurgeType,
    Selection,
)
from runner.model.target import Approvals, Backend, Counts, LogTrust, Target
from runner.net.connection import Route
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.net.wire import Limits

SECRET = "the-clients-own-secret"


def make_target(
    region="sandbox",
    approvals=Approvals.NONE,
    counts=Counts.REQUIRED,
    backend=Backend.INTERACTIONS_PURGE,
):
    return Target(
        name="here",
        region=region,
        organization_id=None,
        backend=backend,
        approvals=approvals,
        counts=counts,
        webhooks=(),
        log=LogTrust("example.com/log", ()),
        go_live=None,
        rate_per_minute=300,
        poll_deadline=3600,
        suspended=False,
        body={},
    )


def make_selection(**attributes):
    return Selection(
        target="here",
        interaction_type=InteractionType.VOICE,
        date_range=DateRange(
            datetime(2018, 1, 1, tzinfo=UTC),
            datetime(2019, 1, 1, tzinfo=UTC),
            "2018-01-01T01:00:00.000+01:00",
            "2018-12-31T23:59:59.999Z",
        ),
        attributes=attributes,
    )


def make_policy(**attributes):
    return PurgePolicy(
        name="billing-voice-2018",
        owner="records-team",
        revision=1,
        selection=make_selection(**attributes),
        retention_days=2557,
        classification=Classification.HIPAA,
        purge_type=PurgeType.PERMANENT,
        reason="Seven-year period ended. Ticket REC-412.",
        max_interactions=5000,
        mode=Mode.ENFORCE,
        expected=None,
        retention_trigger=None,
        grace_days=None,
        supersedes=None,
        body={},
    )


def token(value="first-token", **more):
    return answer(200, {"access_token": value, "token_type": "Bearer", "expires_in": 14400, **more})


class Platform:
    """The peer, a clock, and ways to connect to it."""

    def __init__(self, peer):
        self.peer = peer
        self.time = FakeTime()
        self.said = []
        self._open = []

    def connection(self, target=None, *, allows=Effect.IRREVERSIBLE, limits=None, auth_style=None):
        setting = Setting(
            self.time,
            highest,
            Route("purgectl/test"),
            limits or Limits(connect=10, read=10, total=35),
            self.said.append,
        )
        access = Access(self.peer.url, self.peer.url, ClientCredentials("client", SECRET), auth_style)
        return self._closing(Connection(target or make_target(), access, setting, allows=allows))

    def reader(self, **more):
        return self._closing(InteractionsPurgeReader(self.connection(allows=Effect.SAFE, **more)))

    def submitter(self, **more):
        return self._closing(InteractionsPurgeSubmitter(self.connection(**more)))

    def jobs_reader(self, **more):
        connection = self.connection(self._recordings(more), allows=Effect.SAFE, **more)
        return self._closing(RecordingJobsReader(connection, self.searches(connection)))

    def jobs_preparer(self, **more):
        connection = self.connection(self._recordings(more), **more)
        return self._closing(RecordingJobsPreparer(connection, self.searches(connection)))

    def jobs_submitter(self, **more):
        connection = self.connection(self._recordings(more), **more)
        return self._closing(RecordingJobsSubmitter(connection, self.searches(connection)))

    def searches(self, connection):
        return self._closing(Searches(connection))

    def protection(self, **more):
        return self._closing(DeletionProtection(self.connection(self._recordings(more), **more)))

    @staticmethod
    def _recordings(more):
        return replace(more.pop("target", make_target()), backend=Backend.RECORDING_JOBS)

    def _closing(self, closable):
        self._open.append(closable)
        return closable

    def close(self):
        for closable in self._open:
            closable.close()
