"""The recording surface as a whole: its parts wired."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from runner.sandbox.clock import Clock
from runner.sandbox.data import generate
from runner.sandbox.faults import Faults
from runner.sandbox.gate import Gate
from runner.sandbox.recordings.analytics_calls import AnalyticsCalls
from runner.sandbox.recordings.archive import Archive
from runner.sandbox.recordings.control import RecordingControl
from runner.sandbox.recordings.fill import conversation_of
from runner.sandbox.recordings.job_calls import JobCalls
from runner.sandbox.recordings.jobs import PENDING_SHARE, RecordingJobs
from runner.sandbox.recordings.organization_calls import OrganizationCalls
from runner.sandbox.recordings.recording_calls import RecordingCalls
from runner.sandbox.recordings.roles import Roles
from runner.sandbox.settings import Settings


def recording_calls(settings: Settings, gate: Gate, roles: Roles, faults: Faults) -> Iterator[Blueprint]:
    """The routes of the recording surface.

    It holds the same interactions as the article's, each as a conversation; a purge on one surface
    does not show on the other.
    """
    clock, most = Clock(), settings.most_predicates
    archive = Archive(
        lambda: map(conversation_of, generate(settings.seed, settings.size)), clock, settings.deletion_lag
    )
    jobs = RecordingJobs(archive, clock, settings.job_seconds)
    counting = settings.job_seconds * PENDING_SHARE
    yield JobCalls(jobs, gate, faults, clock, most).blueprint()
    yield RecordingCalls(archive, gate).blueprint()
    yield AnalyticsCalls(archive, gate, clock, counting, most).blueprint()
    yield OrganizationCalls(settings, gate).blueprint()
    yield RecordingControl(archive, clock, roles).blueprint()
