"""The jobs that this process has made: whether the platform's list knows each of them again.

A job is found again by its request. One that the list leaves out, or repeats otherwise, would be made anew
by every look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from runner.genesys.job_request import date_fits
from runner.genesys.job_twins import same_request
from runner.genesys.recording_job import RecordingJob
from runner.model.json import JsonObject
from runner.model.policy import PurgePolicy


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the platform for a policy, ``at`` an instant."""

    policy: PurgePolicy
    request: JsonObject
    at: datetime

    def known_by(self, job: RecordingJob | None) -> bool:
        """Whether a job is this one, as far as the platform repeats what it was asked."""
        if job is None or not same_request(self.request, job.query):
            return False
        return date_fits(self.policy, job.deletes_at, self.at)


@dataclass(slots=True)
class MadeJobs:
    """What was asked for each job that this process has made, by the job's id."""

    _asked: dict[str, Asked] = field(default_factory=dict)

    def add(self, job_id: str, asked: Asked) -> None:
        """Remember a job."""
        self._asked[job_id] = asked

    def strangers(self, policy: PurgePolicy, listed: Collection[RecordingJob]) -> Iterator[RecordingJob]:
        """Yield the jobs made for a policy that the list repeats otherwise than they were asked for."""
        for job in listed:
            asked = self._asked.get(job.id)
            if asked is not None and asked.policy == policy and not asked.known_by(job):
                yield job

    def unlisted(self, policy: PurgePolicy, listed: Collection[RecordingJob]) -> Iterator[str]:
        """Yield the ids of the jobs made for a policy that the list does not tell of."""
        there = {job.id for job in listed}
        for job_id, asked in self._asked.items():
            if asked.policy == policy and job_id not in there:
                yield job_id
