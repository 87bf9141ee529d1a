"""A sandbox whose recording surface holds what a test puts into it; its time passes on demand only."""

import pytest
from support.recordings import JOB_SECONDS, Recordings
from support.sandbox import sandbox


@pytest.fixture
def platform():
    with sandbox(size=0, job_seconds=JOB_SECONDS) as box:
        yield Recordings(box)
