"""Who gets a token, and what every answer carries."""

import pytest
from support.sandbox import COUNT, PURGE, TOKEN, purge_of, sandbox


def test_form_body_and_basic_both_open(box):
    pair = (box.environment["GENESYS_CLOUD_CLIENT_ID"], box.environment["GENESYS_CLOUD_CLIENT_SECRET"])
    answer = box.request("POST", TOKEN, auth=pair, data={"grant_type": "client_credentials"})
    assert answer.status_code == 200
    granted = answer.json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3600)
    assert granted["scope"] == "purge:write purge:read"
    assert box.token() != granted["access_token"]


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        ({"client_id": "sandbox-runner", "client_secret": "wrong"}, None, 401, "invalid_client"),
        ({"client_id": "nobody", "client_secret": "x"}, None, 401, "invalid_client"),
        ({}, ("sandbox-runner", "wrong"), 401, "invalid_client"),
        ({}, None, 401, "invalid_client"),
        ({"grant_type": "password"}, None, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_client_gets_an_oauth_error(box, form, auth, status, error):
    answer = box.request("POST", TOKEN, data={"grant_type": "client_credentials"} | form, auth=auth)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.json()["description"] == answer.json()["error_description"] != ""


def test_a_call_without_a_token_gets_the_platform_s_error_body(box):
    for method, path in (("POST", PURGE), ("POST", COUNT), ("GET", PURGE + "/x")):
        answer = box.request(method, path, json=purge_of())
        assert answer.status_code == 401
        error = answer.json()
        assert error["code"] == "authentication.required"
        assert error["status"] == 401
        assert error["contextId"] == answer.headers["ININ-Correlation-Id"]
        assert (error["details"], error["errors"]) == ([], [])


def test_an_expired_token_is_refused():
    with sandbox(size=0, token_seconds=0) as box:
        answer = box.call("POST", PURGE, purge_of())
        assert (answer.status_code, answer.json()["code"]) == (401, "bad.credentials")


def test_the_reader_counts_and_polls_and_may_not_purge(box):
    purge_id = box.submit()
    headers = {"Authorization": f"Bearer {box.read_only_token()}"}
    assert box.request("POST", COUNT, json=purge_of(), headers=headers).status_code == 200
    assert box.request("GET", f"{PURGE}/{purge_id}", headers=headers).status_code == 200
    answer = box.request("POST", PURGE, json=purge_of(), headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "app.not.authorized.for.scope"
    assert answer.json()["messageParams"] == {"scope": "purge:write"}


def test_every_answer_carries_the_platform_s_headers(box):
    answers = [
        box.request("GET", "/nowhere"),
        box.request("DELETE", PURGE),
        box.call("POST", COUNT, purge_of()),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 200]
    assert len({answer.headers["ININ-Correlation-Id"] for answer in answers}) == 3
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert int(answer.headers["inin-ratelimit-count"]) >= 1
        assert answer.headers["inin-ratelimit-allowed"] == "300"
        assert 1 <= int(answer.headers["inin-ratelimit-reset"]) <= 60


def test_an_unknown_job_is_not_found(box):
    answer = box.call("GET", f"{PURGE}/8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f")
    assert (answer.status_code, answer.json()["code"]) == (404, "not.found")
