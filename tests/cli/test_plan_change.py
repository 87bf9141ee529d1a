"""``purgectl plan --base``: without a credential, with one, and what it writes."""

import pytest
from support.gitworld import git
from support.journey import PURGES, policy
from support.sandbox import COUNT

PATH = f"{PURGES}/old-calls.yaml"


def put(journey, text, name="old-calls"):
    """Write a policy into the clone, without a commit."""
    path = journey.world.clone / f"{PURGES}/{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def planned(journey, *arguments, **variables):
    return journey.run("plan", "--base", "origin/main", "--format", "json", *arguments, **variables)


@pytest.fixture
def unarmed(journey):
    """The variables of a pull request: no credential at all."""
    return {name: None for name in journey.variables if name.startswith(("GENESYS_", "AUDIT_", "PURGE_"))}


def test_a_change_is_planned_without_any_credential(journey, unarmed, box):
    put(journey, policy())
    before = len(box.journal())
    done = planned(journey, **unarmed)
    assert (done.code, done.err) == (0, "")
    (order,) = done.json["orders"]
    assert (order["touch"], order["standing"], order["count"]["selected"]) == ("new", "ready", None)
    assert done.json["head"] is None
    assert len(box.journal()) == before


def test_two_commits_are_compared_whatever_lies_on_the_disk(journey, unarmed):
    base = git(journey.world.clone, "rev-parse", "HEAD")
    journey.merge()
    put(journey, "{", "unfinished")
    done = journey.run("plan", "--base", base, "--head", "HEAD", "--format", "json", **unarmed)
    assert (done.code, [order["path"] for order in done.json["orders"]]) == (0, [PATH])
    assert done.json["head"] == git(journey.world.clone, "rev-parse", "HEAD")


def test_the_digest_that_was_shown_is_the_one_that_was_recorded(journey):
    put(journey, policy())
    assert journey.run("plan", "--base", "origin/main", "--target", "sandbox", "--write").code == 0
    shown = planned(journey).json["orders"][0]
    journey.world.commit({PATH: (journey.world.clone / PATH).read_bytes()})
    assert journey.apply().code == 0
    intended = [
        record.body for record in journey.world.store().load().records if record.type == "purge.intended"
    ]
    assert [body["plan"]["digest"] for body in intended] == [shown["digest"]]
    assert intended[0]["counts"]["matched"] == shown["digestCount"]


def test_write_puts_the_count_into_the_file_and_nothing_else(journey, box):
    path = put(journey, policy() + "# by records-team\n")
    put(journey, policy("wrong", reason="test", interactionType="chat"), "wrong")
    done = planned(journey, "--target", "sandbox", "--write")
    count = box.count(
        {
            "type": "voice",
            "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"},
            "filters": {"attributes": {"department": "billing", "retention_status": "expired"}},
        }
    )
    lines = [
        f"{PATH}: wrote expected.count {count:,}",
        f"{PURGES}/wrong.yaml: no figure written, see what stands against it",
    ]
    assert done.err.splitlines()[-2:] == lines
    right, wrong = done.json["orders"]
    assert (right["expected"], right["count"]["selected"]) == ({"count": count, "tolerancePercent": 2}, count)
    assert (done.code, wrong["expected"]) == (3, None)
    added = f"limits: {{maxInteractions: 5000}}\nexpected: {{count: {count}, tolerancePercent: 2}}\n"
    assert path.read_text() == (policy() + "# by records-team\n").replace(
        "limits: {maxInteractions: 5000}\n", added
    )
    again = planned(journey, "--target", "sandbox", "--write")
    assert "wrote" not in again.err
    assert path.read_text().count("expected:") == 1


def test_a_stated_tolerance_stays_and_the_old_figure_goes(journey):
    path = put(journey, policy(expected="{count: 1, tolerancePercent: 1}"))
    planned(journey, "--target", "sandbox", "--write")
    assert "tolerancePercent: 1}" in path.read_text()
    assert "count: 1," not in path.read_text()


def test_apply_refuses_a_count_that_has_drifted_and_the_way_out_is_a_new_figure(journey, box):
    path = journey.merge(expected="{count: 1, tolerancePercent: 2}")
    done = journey.apply()
    assert done.code == 3
    (refused,) = [
        record.body for record in journey.world.store().load().records if record.type == "purge.refused"
    ]
    assert [finding["rule"] for finding in refused["findings"]] == ["SCP-004"]
    assert box.submissions() == []
    (journey.world.clone / path).write_text(
        policy(expected="{count: 1, tolerancePercent: 2}") + "ticket: REC-9\n"
    )
    journey.run("plan", "--base", "HEAD", "--target", "sandbox", "--write")
    journey.world.commit({path: (journey.world.clone / path).read_bytes()})
    assert journey.apply().code == 0
    assert len(box.submissions()) == 1


def test_a_change_does_not_say_where_its_own_credential_goes(journey, box):
    put(journey, policy(target="mine"))
    mine = journey.target(name="mine").replace("/acme/", "/mine/")
    (journey.world.clone / "policies/targets/mine.yaml").write_text(mine)
    before = len(box.journal())
    done = planned(journey, "--target", "mine")
    assert done.code == 2
    assert "there is no valid target mine at --base" in done.err
    assert len(box.journal()) == before


def test_a_missing_credential_is_named(journey, unarmed):
    put(journey, policy())
    done = planned(journey, "--target", "sandbox", **unarmed)
    assert (done.code, "GENESYS_CLOUD_CLIENT_ID" in done.err) == (2, True)


def test_a_count_that_the_platform_refuses_names_the_policy_that_it_was_for(journey, box):
    put(journey, policy())
    box.arm("status", "POST " + COUNT, status=400)
    done = planned(journey, "--target", "sandbox")
    assert done.code == 4
    assert "policies/purges/old-calls.yaml cannot be counted" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--write",),
        ("--format", "markdown", "--target", "sandbox"),
        ("--base", "HEAD", "--write"),
        ("--base", "HEAD", "--target", "sandbox", "--head", "HEAD", "--write"),
        ("--base", "HEAD", "--expect", f"1:{'A' * 43}="),
        ("--base", "nowhere"),
        ("--base", "HEAD", "--head", "nowhere"),
        ("--base", "HEAD", "--target", "../x"),
        ("--base", "HEAD", "--pull", "7"),
        ("--target", "sandbox", "--pull", "7"),
    ],
    ids=" ".join,
)
def test_a_command_line_that_means_nothing_is_refused(journey, arguments):
    assert journey.run("plan", *arguments).code == 2


def test_the_plan_of_a_change_stands_in_the_summary_of_a_job(journey, tmp_path, unarmed):
    put(journey, policy())
    summary = tmp_path / "summary.md"
    done = journey.run(
        "plan", "--base", "HEAD", "--format", "markdown", GITHUB_STEP_SUMMARY=str(summary), **unarmed
    )
    assert done.code == 0
    assert summary.read_text() == done.out
    assert done.out.startswith("## Purge plan: 1 purge would delete an unknown number")


def test_a_log_that_does_not_verify_judges_nothing(journey, unarmed):
    git(journey.world.clone, "fetch", "--quiet", "origin")
    git(journey.world.clone, "update-ref", "refs/remotes/origin/audit/sandbox", "HEAD")
    put(journey, policy())
    assert planned(journey, **unarmed).code == 6
