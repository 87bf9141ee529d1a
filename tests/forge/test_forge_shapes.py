"""The shapes that the stand-in for GitHub keeps to: they notice what is wrong, and are GitHub's own."""

import json
from pathlib import Path

import pytest
from support.githubshapes import USED, VERSIONS, misshapen

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared" / "github-openapi"
"""GitHub's OpenAPI description, one file a version such as ``2022-11-28.json``, where somebody has put it."""

ALIASES = {"/repos/{}/{}/git/matching-refs/heads/audit/": "/repos/{}/{}/git/matching-refs/{}"}
"""Where one variable of a published path is several parts of ours."""

ACTOR = {"login": "ada", "id": 1, "type": "User", "site_admin": False}
SHA = "a" * 40
PUSH = {
    "id": 1,
    "before": SHA,
    "after": SHA,
    "ref": "refs/heads/main",
    "timestamp": "2026-11-23T09:00:00Z",
    "activity_type": "pr_merge",
    "actor": ACTOR,
}
ACTIVITY = "/repos/acme/purge-policies/activity"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "change",
    [
        {"actor": 1},
        {"timestamp": "today"},
        {"activity_type": "teleport"},
        {"before": "a"},
        {"actor": {"id": 1}},
    ],
)
def test_an_answer_of_another_shape_is_noticed(version, change):
    assert misshapen("GET", ACTIVITY, [PUSH], version) == []
    assert misshapen("GET", ACTIVITY, [PUSH | change], version)
    assert misshapen("GET", ACTIVITY, [{key: PUSH[key] for key in PUSH if key not in change}], version)


def test_the_versions_differ_in_what_the_newer_one_took_away():
    issue = {"number": 1, "user": ACTOR, "state": "open", "title": "t", "labels": [], "html_url": "https://x"}
    path = "/repos/acme/purge-policies/issues"
    for body in ([issue], [issue | {"assignee": None}]):
        assert [bool(misshapen("GET", path, body, version)) for version in VERSIONS].count(True) == 1


def resolved(schema, whole):
    while "$ref" in schema:
        (*_, name) = schema["$ref"].split("/")
        schema = whole["components"]["schemas"][name]
    return schema.get("allOf", [schema])[0] if "properties" not in schema else schema


def ours(schema):
    """Every property of one of our schemas, with that of the schema it rests on, and what it requires."""
    below = USED["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
    deeper = ours(below) if below else ({}, set())
    return deeper[0] | schema.get("properties", {}), deeper[1] | set(schema.get("required", ()))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("answer", USED["answers"])
def test_what_is_read_is_in_the_published_description(version, answer):
    file = PUBLISHED / f"{version}.json"
    if not file.is_file():
        pytest.skip(f"GitHub's description is not at hand ({file.name} in shared/github-openapi)")
    whole = json.loads(file.read_text())
    verb, _, template = answer.partition(" ")
    named = ALIASES.get(template, template)
    (there,) = [value for path, value in whole["paths"].items() if blank(path) == named]
    told = there[verb.lower()]["responses"]["201" if verb == "POST" else "200"]
    published = resolved(told["content"]["application/json"]["schema"], whole)
    own = USED["answers"][answer]
    if own.get("type") == "array":
        assert published["type"] == "array"
        own, published = own["items"], resolved(published["items"], whole)
    published = resolved(published, whole)
    properties, required = ours(own)
    absent = {"merge_commit_sha", "assignee"} if version == VERSIONS[-1] else set()
    assert properties.keys() - published["properties"].keys() <= absent
    assert required <= set(published.get("required", required))


def blank(path):
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
