"""The ways in which a file can come to ``main``, each with what the forge's evidence must come to.

A scenario builds a real history through the stand-in for GitHub. Its outcome is the set of rules that
refuse, ``refused``, ``shallow`` or ``later`` where there is no evidence, and ``failed`` where it cannot be
read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from forge_stage import APPROVERS, PATH, ROLES, Stage
from support.gitworld import git

from runner.model.settings import Quorum


@dataclass(frozen=True)
class Scenario:
    """What happens on a stage, and what must come of it an hour later."""

    play: Callable[[Stage], object]
    outcome: frozenset[str]


SCENARIOS: dict[str, Scenario] = {}


def comes_to(*outcome: str) -> Callable[[Callable[[Stage], object]], Callable[[Stage], object]]:
    """Enter a scenario under its name, with the rules that must refuse it."""

    def enter(play: Callable[[Stage], object]) -> Callable[[Stage], object]:
        name = play.__name__.replace("_", " ")
        SCENARIOS[name] = Scenario(play, frozenset(outcome))
        return play

    return enter


# What is right.


@comes_to()
def merged_by_a_merge_commit(stage: Stage) -> None:
    stage.merged("merge")


@comes_to()
def merged_by_a_squash(stage: Stage) -> None:
    stage.merged("squash")


@comes_to()
def merged_by_a_rebase(stage: Stage) -> None:
    stage.merged("rebase")


@comes_to()
def merged_by_the_queue(stage: Stage) -> None:
    stage.hub.merge(stage.approved(), stage.carol, kind="merge_queue_merge")


@comes_to()
def main_went_on_before_the_merge(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.push(stage.carol, "main", {"README.md": "more\n"})
    stage.hub.merge(pull, stage.carol)
    stage.hub.push(stage.carol, "main", {"README.md": "even more\n"})


@comes_to()
def a_comment_after_the_approval(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.bob, "COMMENTED")
    stage.hub.merge(pull, stage.carol)


@comes_to()
def an_objection_that_was_settled(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.review(pull, stage.bob, "CHANGES_REQUESTED")
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to()
def an_objection_of_a_stranger(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.rita, "CHANGES_REQUESTED")
    stage.hub.merge(pull, stage.carol)


@comes_to()
def a_comment_of_an_account_that_is_gone(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, None, "COMMENTED")
    stage.hub.review(pull, stage.carol, "PENDING")
    stage.hub.merge(pull, stage.carol)


@comes_to()
def a_comment_of_somebody_who_has_left(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.rita, "COMMENTED")
    stage.hub.merge(pull, stage.carol)
    del stage.hub.accounts[stage.rita.id]


@comes_to()
def approved_once_more_after_the_merge(stage: Stage) -> None:
    stage.hub.review(stage.merged(), stage.bob)


@comes_to()
def the_approver_deleted_the_branch(stage: Stage) -> None:
    stage.merged()
    stage.hub.delete("change", stage.bob)


@comes_to()
def a_fork(stage: Stage) -> None:
    stage.hub.push(stage.rita, "change", {PATH: "purge: 1\n"}, repository="rita/fork")
    pull = stage.hub.open(stage.rita, "change", "rita/fork")
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to()
def two_where_two_are_asked_for_and_one_is_of_legal(stage: Stage) -> None:
    stage.quorum = Quorum(2, frozenset({"legal"}))
    pull = stage.approved()
    stage.hub.review(pull, stage.carol)
    stage.hub.merge(pull, stage.carol)


@comes_to()
def three_days_ago(stage: Stage) -> None:
    stage.merged()
    stage.wait(days=3)


@comes_to()
def years_ago_and_nothing_expires(stage: Stage) -> None:
    stage.valid_for = None
    stage.merged()
    stage.wait(days=800)


# How it came to main.


@comes_to("refused")
def a_direct_push(stage: Stage) -> None:
    stage.hub.push(stage.carol, "main", {PATH: "purge: 1\n"})


@comes_to("refused")
def a_direct_edit_after_the_merge(stage: Stage) -> None:
    stage.merged()
    stage.hub.push(stage.carol, "main", {PATH: "purge: 2\n"})


@comes_to("refused")
def the_head_pushed_to_main_while_the_pull_request_is_open(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.merge_indirectly(pull, stage.carol)
    pull.merged_at = None


@comes_to("APR-004")
def an_indirect_merge(stage: Stage) -> None:
    stage.hub.merge_indirectly(stage.approved(), stage.carol)


@comes_to("APR-001", "APR-004")
def altered_in_the_merge(stage: Stage) -> None:
    stage.hub.merge(stage.approved(), stage.carol, altered={PATH: "purge: everything\n"})


@comes_to("APR-001", "APR-004")
def altered_in_the_squash(stage: Stage) -> None:
    stage.hub.merge(stage.approved(), stage.carol, "squash", altered={PATH: "purge: everything\n"})


@comes_to("APR-001", "APR-004")
def added_in_the_merge_of_something_else(stage: Stage) -> None:
    stage.hub.push(stage.ada, "change", {"README.md": "innocent\n"})
    pull = stage.hub.open(stage.ada, "change")
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol, altered={PATH: "purge: everything\n"})


@comes_to("refused")
def two_pull_requests_for_one_commit(stage: Stage) -> None:
    pull = stage.merged()
    other = stage.hub.open(stage.carol, "change")
    other.merged_at, other.landed = pull.merged_at, pull.landed


@comes_to("refused")
def merged_to_another_branch(stage: Stage) -> None:
    stage.merged().base_branch = "release"


@comes_to("refused")
def merged_in_another_repository(stage: Stage) -> None:
    stage.merged().base_repository = "mallory/purge-policies"


@comes_to("refused")
def taken_back_and_pushed_again(stage: Stage) -> None:
    before = stage.hub.tip()
    pull = stage.merged()
    stage.hub.push(stage.carol, "main", {}, onto=before)
    stage.hub.merge_indirectly(pull, stage.carol)


@comes_to("refused")
def history_rewritten_in_the_merge(stage: Stage) -> None:
    start = stage.hub.tip()
    pull = stage.approved()
    stage.hub.push(stage.carol, "main", {"README.md": "to be forgotten\n"})
    tip = stage.hub.push(stage.carol, "main", {PATH: "purge: 1\n"}, onto=start)
    pull.landed, pull.merged_at = (tip,), stage.clock.now()


@comes_to("refused")
def more_commits_than_are_shown(stage: Stage) -> None:
    stage.merged()
    stage.api.twists["/pulls/1"] = lambda value: value | {"commits": 251} if "commits" in value else value


@comes_to("APR-001", "APR-004")
def kept_where_its_deletion_was_reviewed(stage: Stage) -> None:
    stage.merged()
    stage.hub.push(stage.ada, "cleanup", {PATH: None})
    pull = stage.hub.open(stage.ada, "cleanup")
    stage.hub.review(pull, stage.bob)
    stage.hub.push(stage.carol, "main", {PATH: "purge: 2\n"})
    tip = stage.hub.push(stage.carol, "main", {PATH: "purge: 1\n"})
    stage.hub.activity[-1] = replace(stage.hub.activity[-1], kind="pr_merge")
    pull.landed, pull.merged_at = (tip,), stage.clock.now()


@comes_to("refused")
def a_file_that_is_not_there(stage: Stage) -> None:
    del stage


@comes_to("refused")
def there_from_the_first_commit_on(stage: Stage) -> None:
    desk = stage.world.clone
    git(desk, "checkout", "--quiet", "--orphan", "anew")
    (desk / PATH).parent.mkdir(parents=True)
    (desk / PATH).write_text("purge: 1\n")
    git(desk, "add", "--all")
    git(desk, "commit", "--quiet", "--message", "All at once")
    git(desk, "push", "--quiet", "--force", "origin", "HEAD:main")


@comes_to("shallow")
def a_clone_without_the_history(stage: Stage) -> None:
    stage.merged()
    stage.hub.push(stage.carol, "main", {"README.md": "more\n"})
    stage.clone = stage.world.root / "shallow"
    git(stage.world.root, "clone", "--quiet", "--depth=1", stage.world.origin.as_uri(), str(stage.clone))


# What was said about it.


@comes_to("APR-001")
def nobody_approved(stage: Stage) -> None:
    stage.hub.merge(stage.proposed(), stage.carol)


@comes_to("APR-001")
def approved_before_the_last_push(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.push(stage.ada, "change", {PATH: "purge: 2\n"})
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def approved_before_a_push_of_another_file(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.push(stage.ada, "change", {"README.md": "more\n"})
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def approved_before_a_forced_push(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.push(stage.ada, "change", {PATH: "purge: 2\n"}, onto=stage.hub.tip())
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def an_approval_whose_commit_is_lost(stage: Stage) -> None:
    stage.merged().reviews[0].commit = None


@comes_to("APR-001")
def a_dismissed_approval(stage: Stage) -> None:
    stage.merged().reviews[0].state = "DISMISSED"


@comes_to("APR-001")
def a_dismissed_approval_beside_an_older_one(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.bob).state = "DISMISSED"
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def an_objection_after_the_approval(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.carol)
    stage.hub.review(pull, stage.bob, "CHANGES_REQUESTED")
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def an_objection_after_the_merge(stage: Stage) -> None:
    stage.hub.review(stage.merged(), stage.carol, "CHANGES_REQUESTED")


@comes_to("failed")
def an_objection_of_an_account_that_is_gone(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, None, "CHANGES_REQUESTED")
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def an_objection_of_a_bot(stage: Stage) -> None:
    pull = stage.approved()
    stage.hub.review(pull, stage.robot, "CHANGES_REQUESTED")
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def an_objection_on_the_last_page(stage: Stage) -> None:
    stage.api.page = 1
    pull = stage.approved()
    stage.hub.review(pull, stage.rita, "COMMENTED")
    stage.hub.review(pull, stage.carol, "CHANGES_REQUESTED")
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def approved_by_one_who_may_only_read(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.review(pull, stage.rita)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def approved_by_one_whose_login_another_has_now(stage: Stage) -> None:
    stage.merged()
    stage.api.twists["/permission"] = lambda value: value | {"user": value["user"] | {"id": 99}}


@comes_to("APR-001")
def approved_by_a_bot(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.review(pull, stage.robot)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def approved_after_the_merge(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.merge(pull, stage.carol)
    stage.hub.review(pull, stage.bob)


@comes_to("APR-001")
def one_where_two_are_asked_for(stage: Stage) -> None:
    stage.quorum = Quorum(2)
    pull = stage.approved()
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-001")
def nobody_of_legal(stage: Stage) -> None:
    stage.quorum = Quorum(1, frozenset({"legal"}))
    stage.merged()


@comes_to("APR-001")
def a_role_that_the_pull_request_brought_along(stage: Stage) -> None:
    stage.quorum = Quorum(1, frozenset({"legal"}))
    stage.hub.push(stage.ada, "change", {APPROVERS: ROLES.format("2, 3")})
    stage.hub.merge(stage.approved(), stage.carol, "rebase")


@comes_to("APR-003")
def approved_fifteen_days_ago(stage: Stage) -> None:
    stage.merged()
    stage.wait(days=15)


# Who was behind it.


@comes_to("APR-002")
def the_approver_opened_it(stage: Stage) -> None:
    stage.hub.push(stage.ada, "change", {PATH: "purge: 1\n"})
    pull = stage.hub.open(stage.bob, "change")
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-002")
def the_approver_pushed_a_commit(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.push(stage.bob, "change", {PATH: "purge: 2\n"})
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-002")
def the_approver_pushed_a_commit_in_the_name_of_the_author(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.push(stage.bob, "change", {PATH: "purge: 2\n"}, author=stage.ada)
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-002")
def the_approver_wrote_what_the_author_pushed(stage: Stage) -> None:
    stage.merged(author=stage.bob, committer=stage.ada)


@comes_to("APR-002")
def the_approver_committed_what_the_author_pushed(stage: Stage) -> None:
    stage.merged(author=stage.ada, committer=stage.bob)


@comes_to("APR-002")
def the_approver_is_a_co_author(stage: Stage) -> None:
    stage.merged(message=f"Change\n\nco-authored-by: B <{stage.bob.email}>\n")


@comes_to("APR-004")
def a_co_author_whom_nobody_knows(stage: Stage) -> None:
    stage.merged(message="Change\n\nCo-authored-by: Bob <bob@example.com>\n")


@comes_to("APR-004")
def an_author_whom_nobody_knows(stage: Stage) -> None:
    stage.merged(author=stage.hub.account(77, "ghost"))
    del stage.hub.accounts[77]


@comes_to("APR-004")
def an_author_of_whom_there_is_nothing(stage: Stage) -> None:
    stage.merged()
    stage.api.twists["/pulls/1/commits"] = lambda value: [each | {"author": {}} for each in value]


@comes_to("APR-004")
def a_push_by_an_account_that_is_gone(stage: Stage) -> None:
    pull = stage.proposed()
    stage.hub.push(None, "change", {PATH: "purge: 2\n"}, author=stage.ada)
    stage.hub.review(pull, stage.bob)
    stage.hub.merge(pull, stage.carol)


@comes_to("APR-004")
def a_fork_that_is_gone(stage: Stage) -> None:
    stage.merged().repository = None


@comes_to("APR-004")
def a_head_of_which_no_push_is_known(stage: Stage) -> None:
    stage.merged()
    stage.hub.activity[:] = [each for each in stage.hub.activity if each.ref == "refs/heads/main"]


# What cannot be read.


@comes_to("failed")
def a_branch_without_a_name(stage: Stage) -> None:
    stage.merged().branch = ""


@comes_to("failed")
def a_permission_that_nobody_has_heard_of(stage: Stage) -> None:
    stage.merged()
    stage.api.twists["/permission"] = lambda value: value | {"permission": "superpower"}


# What GitHub does not know yet.


@comes_to("later")
def an_index_that_lags_behind(stage: Stage) -> None:
    stage.merged()
    stage.api.lagging = True
    stage.wait(minutes=-55)


@comes_to("refused")
def an_index_that_lags_behind_for_ever(stage: Stage) -> None:
    stage.merged()
    stage.api.lagging = True


@comes_to("later")
def an_activity_that_lags_behind(stage: Stage) -> None:
    stage.merged()
    stage.api.twists["/activity?ref=refs%2Fheads%2Fmain"] = lambda value: []
    stage.wait(minutes=-55)


@comes_to("refused")
def two_pull_requests_just_now(stage: Stage) -> None:
    two_pull_requests_for_one_commit(stage)
    stage.wait(minutes=-55)


@comes_to("refused")
def a_commit_that_claims_to_be_from_tomorrow(stage: Stage) -> None:
    stage.wait(days=1)
    stage.hub.push(stage.carol, "main", {PATH: "purge: 1\n"})
    stage.wait(days=-1)


@comes_to("failed")
def a_pull_request_that_changes_while_it_is_read(stage: Stage) -> None:
    stage.merged()
    reads = count()

    def moved(value: Any) -> Any:
        return value | {"head": value["head"] | {"sha": f"{next(reads):040x}"}}

    stage.api.twists["/pulls/1"] = lambda value: moved(value) if "commits" in value else value
