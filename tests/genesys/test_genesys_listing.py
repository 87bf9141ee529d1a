"""Lists to their last page, and those that have none."""

import pytest
from genesys_platform import token
from genesys_recordings import JOBS, job, listing
from support.httppeer import answer

from runner.errors import RemoteFailure
from runner.genesys.listing import MOST_PAGES


def ids(platform):
    return sorted(platform.jobs_reader().jobs())


def test_trap_a_list_has_more_than_its_first_page(platform):
    platform.peer.plays(
        token(),
        listing(job(job_id="a"), job(job_id="b"), following=f"{JOBS}?cursor=two%2B&pageSize=1&state=READY"),
        listing(following="https://elsewhere.example/other?x=1&cursor=three"),
        listing(job(job_id="c")),
    )
    assert ids(platform) == ["a", "b", "c"]
    first, second, third = (seen.path for seen in platform.peer.journal[1:])
    assert first == (
        f"{JOBS}?jobType=DELETE&showOnlyMyJobs=true&sortBy=dateCreated&pageSize=100&includeTotal=false"
    )
    assert second == f"{first}&cursor=two%2B"
    assert third == f"{first}&cursor=three"


def test_a_platform_that_counts_its_pages_all_the_same(platform):
    platform.peer.plays(token(), listing(job(job_id="a"), following=f"{JOBS}?pageNumber=2"), listing())
    assert ids(platform) == ["a"]
    assert platform.peer.journal[2].path.endswith("&pageNumber=2")


@pytest.mark.parametrize("following", ["", "/x", "cursor", 7, [], "http://[", "?cursor="])
def test_a_list_that_goes_on_nowhere(platform, following):
    platform.peer.plays(token(), answer(200, {"entities": [], "nextUri": following}))
    with pytest.raises(RemoteFailure, match="goes on without saying where"):
        platform.jobs_reader().jobs()


def test_a_list_that_leads_in_a_circle(platform):
    platform.peer.plays(
        token(), *[listing(following=f"?cursor={place}") for place in ("a", "b", "a")], listing()
    )
    with pytest.raises(RemoteFailure, match="leads back to a page that was read already"):
        platform.jobs_reader().jobs()


def test_a_list_without_an_end(platform):
    platform.peer.plays(token(), *[listing(following=f"?cursor={page}") for page in range(MOST_PAGES)])
    with pytest.raises(RemoteFailure, match=f"more than {MOST_PAGES} pages"):
        platform.jobs_reader().jobs()


@pytest.mark.parametrize(
    "body", [{}, {"entities": None}, {"entities": {}}, {"entities": [None]}, [], b"<html>",
             {"entities": [{"state": "READY"}]}, {"entities": [job(job_id="..")]},
             {"entities": [job(job_id="a/b")]}],
)  # fmt: skip
def test_what_is_no_list_of_jobs_is_refused_as_a_whole(platform, body):
    platform.peer.plays(token(), answer(200, body))
    with pytest.raises(RemoteFailure):
        platform.jobs_reader().jobs()
