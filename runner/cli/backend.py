"""The backend of a target, opened for looking only, or for purging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

from runner.cli.environment import credentials
from runner.genesys.connection import Access, Connection
from runner.genesys.interactions_purge import (
    InteractionsPurgePreparer,
    InteractionsPurgeReader,
    InteractionsPurgeSubmitter,
)
from runner.genesys.preparation import RecordingJobsPreparer
from runner.genesys.protection import DeletionProtection
from runner.genesys.recording_jobs import RecordingJobsReader, RecordingJobsSubmitter
from runner.genesys.search import Searches
from runner.genesys.token import ClientCredentials
from runner.model.target import Backend, Target
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.ports import Preparer, Protection, Reader, Submitter

_LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer: a page of conversations has all their participants, one of jobs all their requests."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a run does to a platform: it looks, prepares, protects and submits."""

    reader: Reader
    preparer: Preparer
    protection: Protection | None
    submitter: Submitter


@contextmanager
def looking(target: Target, allow_host: tuple[str, ...], setting: Setting) -> Iterator[Reader]:
    """Open a target for looking. What comes out has no way to purge. Raises ``UsageError``."""
    with ExitStack() as opened:
        connection = opened.enter_context(connected(target, allow_host, setting, Effect.SAFE))
        match target.backend:
            case Backend.INTERACTIONS_PURGE:
                yield opened.enter_context(closing(InteractionsPurgeReader(connection)))
            case Backend.RECORDING_JOBS:
                searches = opened.enter_context(closing(Searches(connection)))
                yield opened.enter_context(closing(RecordingJobsReader(connection, searches)))


@contextmanager
def purging(target: Target, allow_host: tuple[str, ...], setting: Setting) -> Iterator[Hands]:
    """Open a target for purging. This is the one place where a ``Submitter`` is built."""
    with ExitStack() as opened:
        connection = opened.enter_context(connected(target, allow_host, setting, Effect.IRREVERSIBLE))
        match target.backend:
            case Backend.INTERACTIONS_PURGE:
                reader = opened.enter_context(closing(InteractionsPurgeReader(connection)))
                submitter = opened.enter_context(closing(InteractionsPurgeSubmitter(connection)))
                yield Hands(reader, InteractionsPurgePreparer(), None, submitter)
            case Backend.RECORDING_JOBS:
                searches = opened.enter_context(closing(Searches(connection)))
                looks = opened.enter_context(closing(RecordingJobsReader(connection, searches)))
                prepares = opened.enter_context(closing(RecordingJobsPreparer(connection, searches)))
                executes = opened.enter_context(closing(RecordingJobsSubmitter(connection, searches)))
                protection = opened.enter_context(closing(DeletionProtection(connection)))
                yield Hands(looks, prepares, protection, executes)


@contextmanager
def connected(
    target: Target, allow_host: tuple[str, ...], setting: Setting, allows: Effect
) -> Iterator[Connection]:
    """Open the way to a target, with the credentials in the environment. Raises ``UsageError``."""
    given = credentials(target)
    access = Access(given.base_url, given.login_url, ClientCredentials(given.client_id, given.client_secret))
    roomy = replace(setting, limits=replace(setting.limits, size=_LARGEST_ANSWER))
    with closing(Connection(target, access, roomy, allows=allows, allow_host=allow_host)) as connection:
        yield connection
