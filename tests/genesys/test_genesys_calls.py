"""What purgectl can send at all: the table, and that nothing gets around it."""

import ast
import re
from pathlib import Path

import pytest
from genesys_recordings import published

import runner.genesys
from runner.genesys import calls
from runner.genesys.calls import CALLS, INSPECTION, Call, required_permissions
from runner.model.target import Backend
from runner.net.retry import Effect

ALL = [*(call for of_backend in CALLS.values() for call in of_backend), *INSPECTION]
SOURCES = sorted(Path(runner.genesys.__file__).parent.glob("*.py"))


def test_these_are_all_the_calls_that_can_be_made():
    assert [f"{call.effect.value:12} {call}" for call in ALL] == [
        "safe         POST /api/v2/interactions/purge/count",
        "safe         GET /api/v2/interactions/purge/{purgeId}",
        "irreversible POST /api/v2/interactions/purge",
        "safe         GET /api/v2/tokens/me",
        "safe         GET /api/v2/analytics/conversations/details/jobs/availability",
        "safe         POST /api/v2/analytics/conversations/details/query",
        "safe         POST /api/v2/analytics/conversations/details/jobs",
        "safe         GET /api/v2/analytics/conversations/details/jobs/{jobId}",
        "safe         GET /api/v2/analytics/conversations/details/jobs/{jobId}/results",
        "safe         GET /api/v2/recording/jobs",
        "safe         GET /api/v2/recording/jobs/{jobId}",
        "safe         GET /api/v2/recording/jobs/{jobId}/failedrecordings",
        "safe         GET /api/v2/conversations/{conversationId}/recordingmetadata",
        "reversible   POST /api/v2/recording/jobs",
        "reversible   DELETE /api/v2/recording/jobs/{jobId}",
        "irreversible PUT /api/v2/recording/jobs/{jobId}",
        "safe         POST /api/v2/recordings/deletionprotection",
        "reversible   PUT /api/v2/recordings/deletionprotection",
        "safe         GET /api/v2/organizations/limits/namespaces/{namespaceName}",
        "safe         GET /api/v2/analytics/dataretention/settings",
    ]


def test_trap_the_retention_of_the_organisation_is_never_set_and_no_conversation_is_hung_up():
    sent = {(call.method, call.path) for call in ALL}
    assert ("PUT", "/api/v2/analytics/dataretention/settings") not in sent
    assert not [
        path for method, path in sent if method == "DELETE" and path.startswith("/api/v2/conversations")
    ]


def test_every_call_of_the_module_is_in_the_table():
    assert {call for call in vars(calls).values() if isinstance(call, Call)} == set(ALL)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_request_is_made_beside_the_table(source):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert ("Request" in called) == (source.name in ("calls.py", "token.py"))
    assert ("Call" in called) == (source.name == "calls.py")


def test_exactly_one_call_of_each_backend_is_irreversible():
    for of_backend in CALLS.values():
        assert len([call for call in of_backend if call.effect is Effect.IRREVERSIBLE]) == 1


@pytest.mark.parametrize("call", [*CALLS[Backend.RECORDING_JOBS], *INSPECTION], ids=str)
def test_each_call_is_published_and_needs_what_is_published(call):
    operation = published()["paths"][call.path][call.method.lower()]
    rule = operation.get("x-inin-requires-permissions")
    if rule is None:
        assert call.permissions == ()
    elif rule["type"] == "ALL":
        assert set(call.permissions) == set(rule["permissions"])
    else:
        assert call.permissions
        assert set(call.permissions) <= set(rule["permissions"])


def test_what_a_client_must_be_allowed_and_why():
    needed = required_permissions(Backend.RECORDING_JOBS)
    assert needed["recording:job:view"] == (calls.LIST_JOBS, calls.READ_JOB, calls.LIST_FAILED)
    assert needed["recording:recording:editRetention"] == (calls.EXECUTE_JOB,)
    assert needed["recording:deletionProtection:apply"] == (calls.PROTECT,)
    assert len(needed) == 12
    assert required_permissions(Backend.INTERACTIONS_PURGE) == {}


def test_the_operators_are_told_every_permission_and_no_other():
    page = (Path(__file__).resolve().parents[2] / "docs/for-operators.md").read_text()
    told = set(re.findall(r"`((?:analytics|recording):[a-zA-Z]+:[a-zA-Z]+)`", page))
    assert told == {*required_permissions(Backend.RECORDING_JOBS), calls.SENSITIVE_PERMISSION}


def test_an_id_stays_in_its_place():
    request = calls.READ_JOB.request("../../x?y#z{q}", query={"a b": "c&d"})
    assert request.path == "/api/v2/recording/jobs/..%2F..%2Fx%3Fy%23z%7Bq%7D?a+b=c%26d"
    assert str(calls.EXECUTE_JOB) == "PUT /api/v2/recording/jobs/{jobId}"


def test_what_a_call_needs_as_words():
    assert calls.CREATE_JOB.needs == "the permission recording:job:add"
    assert calls.EXECUTE_JOB.needs.startswith("the permissions recording:job:edit, recording:recording:edit")
    assert calls.SUBMIT_PURGE.needs == "the scope purge:write"
    assert calls.READ_TOKEN.needs == "more rights"
