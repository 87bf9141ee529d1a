"""The list of jobs over loopback: by page, by cursor, by state, by client."""

import pytest
from support.recordings import JOBS, delete_job

OTHER = "sandbox-other"


@pytest.fixture
def jobs(platform):
    """The ids of seven jobs, oldest first; every other one is of another client; the last is PENDING."""
    made = []
    for number in range(7):
        made.append(platform.create(client_id=OTHER if number % 2 else None))
        platform.pass_time(100 if number < 6 else 1)
    return made


def ids(platform, query):
    return [job["id"] for job in platform.box.call("GET", f"{JOBS}?{query}").json()["entities"]]


def walk(platform, query):
    """Every id by following ``nextUri``."""
    found, uri = [], f"{JOBS}?{query}"
    while uri:
        page = platform.box.call("GET", uri).json()
        found += [job["id"] for job in page["entities"]]
        uri = page.get("nextUri")
    return found


def test_pages_have_numbers_totals_and_links(platform, jobs):
    page = platform.box.call("GET", f"{JOBS}?sortBy=dateCreated&pageSize=3&pageNumber=2").json()
    assert [job["id"] for job in page["entities"]] == jobs[3:6]
    assert (page["total"], page["pageCount"], page["pageNumber"], page["pageSize"]) == (7, 3, 2, 3)
    for link, at in (
        ("firstUri", jobs[0]),
        ("previousUri", jobs[0]),
        ("nextUri", jobs[6]),
        ("lastUri", jobs[6]),
    ):
        assert platform.box.call("GET", page[link]).json()["entities"][0]["id"] == at
    assert walk(platform, "sortBy=dateCreated&pageSize=2") == jobs


def test_a_list_is_by_client_unless_it_says_otherwise(platform, jobs):
    assert ids(platform, "") == jobs[1::2] + jobs[::2]


def test_a_cursor_neither_repeats_nor_loses_a_job_that_was_there(platform, jobs):
    assert walk(platform, "includeTotal=false&pageSize=2&sortBy=dateCreated") == jobs
    assert sorted(walk(platform, "includeTotal=false&pageSize=3")) == sorted(jobs)
    first = platform.box.call("GET", f"{JOBS}?includeTotal=false&pageSize=2&sortBy=dateCreated").json()
    assert "total" not in first
    new = platform.create()
    second = platform.box.call("GET", first["nextUri"].replace("pageSize=2", "pageSize=100")).json()
    assert [job["id"] for job in second["entities"]] == [*jobs[2:], new]


def test_it_can_be_narrowed(platform, jobs):
    assert ids(platform, "state=PENDING") == jobs[6:]
    assert ids(platform, "showOnlyMyJobs=true&sortBy=dateCreated") == jobs[::2]
    assert set(ids(platform, "jobType=DELETE&state=READY")) == set(jobs[:6])
    assert ids(platform, "jobType=EXPORT") == []


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=0",
        "pageSize=101",
        "pageNumber=x",
        "state=DONE",
        "sortBy=id",
        "showOnlyMyJobs=1",
        "jobType=x",
    ],
)
def test_a_wrong_parameter_is_refused(platform, query):
    answer = platform.box.call("GET", f"{JOBS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid.query.param.value")


@pytest.mark.parametrize(
    "cursor", ["x", "bm90IGpzb24=", "%00", "W10", "eyJhIjogMX0=", "WzFd", "WyJhIiwgImIiXQ=="]
)
def test_a_forged_cursor_is_refused_or_leads_nowhere(platform, cursor):
    platform.box.call("POST", JOBS, delete_job())
    answer = platform.box.call("GET", f"{JOBS}?includeTotal=false&cursor={cursor}")
    assert answer.status_code in (200, 400)
