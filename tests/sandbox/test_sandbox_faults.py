"""Faults: descriptions are checked, and strike what they name as often as they say."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.sandbox.endpoint import covers
from runner.sandbox.faults import PURGE, Faults, Kind, Stage, parse
from runner.sandbox.problems import ApiError

PATH = "/api/v2/interactions/purge"


@pytest.mark.parametrize(
    ("call", "method", "path", "covered"),
    [
        (PURGE, "POST", PATH, True),
        (PURGE, "GET", PATH, False),
        (PURGE, "POST", PATH + "/count", False),
        (f"GET {PATH}/{{purgeId}}", "GET", f"{PATH}/abc", True),
        (f"GET {PATH}/{{purgeId}}", "GET", f"{PATH}/", False),
        (f"GET {PATH}/{{purgeId}}", "GET", f"{PATH}/abc/def", False),
        (f"GET {PATH}/abc", "GET", f"{PATH}/abd", False),
        ("POST /governance/{endpoint}", "POST", "/governance/archive", True),
        ("*", "PUT", "/anything", True),
    ],
)
def test_a_call_is_named_by_method_and_path(call, method, path, covered):
    assert covers(call, method, path) is covered


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_described_sent_and_described_again(kind):
    fault = parse({"on": PURGE, "kind": kind.value})
    assert fault.times == 1
    assert parse(json.loads(json.dumps(fault.describe()))) == fault


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (None, "a fault is an object"),
        ([], "a fault is an object"),
        ({}, "kind must be one of"),
        ({"kind": "explode"}, "kind must be one of"),
        ({"kind": ["status"]}, "kind must be one of"),
        ({"kind": "status"}, "on must be a method and a path"),
        ({"kind": "status", "on": "POST"}, "on must be a method and a path"),
        ({"kind": "status", "on": 5}, "on must be a method and a path"),
        ({"kind": "status", "on": "*", "times": 0}, "times must be"),
        ({"kind": "status", "on": "*", "times": True}, "times must be"),
        ({"kind": "status", "on": "*", "times": "2"}, "times must be"),
        ({"kind": "status", "on": "*", "status": 99}, "status must be a status from 200 to 599"),
        ({"kind": "status", "on": "*", "status": "503"}, "status must be"),
        ({"kind": "status", "on": "*", "retry_after": -1}, "retry_after must be whole seconds"),
        ({"kind": "status", "on": "*", "retry_after": 1.5}, "retry_after must be whole seconds"),
        ({"kind": "status", "on": "*", "seconds": 1}, "status does not know seconds"),
        ({"kind": "slow", "on": "*", "seconds": "1"}, "seconds must be a number"),
        ({"kind": "slow", "on": "*", "seconds": float("nan")}, "seconds must be a number"),
        ({"kind": "slow", "on": "*", "seconds": True}, "seconds must be a number"),
        ({"kind": "job-vanished", "polls": -1}, "polls must be"),
        ({"kind": "wrong-json", "on": "*", "body": {}}, "body must be a text"),
    ],
)
def test_a_description_that_is_wrong_says_why(description, words):
    with pytest.raises(ApiError, match=words) as caught:
        parse(description)
    assert caught.value.status == 400


@pytest.fixture
def faults():
    return Faults()


def test_a_fault_strikes_as_often_as_it_says(faults):
    faults.arm(parse({"on": PURGE, "kind": "status", "times": 2}))
    assert faults.take(Stage.BEFORE, "GET", PATH) is None
    assert faults.take(Stage.AFTER, "POST", PATH) is None
    assert faults.take(Stage.BEFORE, "POST", PATH)
    assert faults.armed()[0].times == 1
    assert faults.take(Stage.BEFORE, "POST", PATH)
    assert faults.take(Stage.BEFORE, "POST", PATH) is None


def test_a_fault_for_ever_stays(faults):
    faults.arm(parse({"kind": "no-count", "times": None}))
    assert all(faults.take(Stage.BEFORE, "POST", PATH + "/count") for _ in range(5))
    assert faults.armed()[0].times is None


def test_the_oldest_fault_strikes_first(faults):
    for status in (500, 502, 503):
        faults.arm(parse({"on": "*", "kind": "status", "status": status}))
    taken = [faults.take(Stage.BEFORE, "GET", "/x").number("status") for _ in range(3)]
    assert taken == [500, 502, 503]


def test_faults_are_cleared_all_or_on_one_call(faults):
    faults.arm(parse({"on": PURGE, "kind": "status"}))
    faults.arm(parse({"on": "*", "kind": "slow"}))
    faults.clear(PURGE)
    assert [fault.kind for fault in faults.armed()] == [Kind.SLOW]
    faults.clear()
    assert faults.armed() == ()


@given(
    st.dictionaries(
        st.sampled_from(["on", "kind", "times", "status", "seconds", "body", "polls", "word"]) | st.text(),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*Kind, "*"]),
    )
)
def test_no_description_gives_anything_but_a_fault_or_a_refusal(description):
    with suppress(ApiError):
        fault = parse(description)
        assert parse(fault.describe()) == fault
