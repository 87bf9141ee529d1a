"""What GitHub's settings come to. Every fix is a call or a menu path that can be followed as it stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from runner.forge.setup_facts import ActionsPolicy, Ruleset, SetupFacts, Workflow
from runner.model.json import JsonObject
from runner.model.unread import Unread
from runner.setup import requirements as must
from runner.setup.check import Check
from runner.setup.environment_checks import environment_checks, shared_secrets
from runner.setup.rulesets import strangers, weaknesses
from runner.setup.wanted import BRANCH, SCHEDULED, WORKFLOWS, Wanted
from runner.setup.wording import age, listed, permission


def github_checks(facts: SetupFacts, wanted: Wanted) -> Iterator[Check]:
    """Judge the settings of a repository by what is wanted of it."""
    name = facts.repository.name
    yield _repository(facts)
    yield from _rulesets(facts, wanted)
    yield from environment_checks(name, facts.environments, wanted)
    yield shared_secrets(name, facts.shared_secrets)
    yield from _actions(facts)
    yield from _token(facts)
    for path in WORKFLOWS:
        yield from _workflow(path, facts)
    yield from _owners(facts)
    yield from _logs(facts, wanted)


def _repository(facts: SetupFacts) -> Check:
    name = facts.repository.name
    if facts.repository.archived:
        return must.REPOSITORY.wrong(name, "is archived", f"gh repo unarchive {name}")
    if facts.repository.default_branch != BRANCH:
        said = f"its default branch is {facts.repository.default_branch}, not {BRANCH}"
        return must.REPOSITORY.wrong(name, said, f"gh repo edit {name} --default-branch {BRANCH}")
    return must.REPOSITORY.well(name, f"is in use, with the default branch {BRANCH}")


def _rulesets(facts: SetupFacts, wanted: Wanted) -> Iterator[Check]:
    if not wanted.rulesets:
        yield must.RULESET.wrong(
            ".github/rulesets", "holds no ruleset", "copy it from a repository that purgectl init has made"
        )
    for path, file in wanted.rulesets.items():
        subject = f"ruleset {file.get('name')}"
        if isinstance(facts.rulesets, Unread):
            yield must.RULESET.not_checked(subject, facts.rulesets.why, permission(facts.rulesets))
            continue
        same = [each for each in facts.rulesets if each.name == file.get("name")]
        if not same:
            yield must.RULESET.wrong(subject, "is not there", _put(facts.repository.name, path))
        for each in same:
            yield from _ruleset(facts.repository.name, path, file, each)


def _ruleset(repository: str, path: str, file: JsonObject, found: Ruleset) -> Iterator[Check]:
    subject = f"ruleset {found.name}"
    weak = tuple(weaknesses(file, found.body))
    for said in weak:
        yield must.RULESET.wrong(subject, f"is weaker than its file: {said}", _put(repository, path, found))
    if not weak:
        yield must.RULESET.well(subject, f"is at least as strict as {path}")
    if found.bypass is None:
        yield must.RULESET_BYPASS.not_checked(
            subject,
            "GitHub does not show to this token who may pass it by",
            "give GITHUB_TOKEN a token with the repository permission Administration: write, or look at "
            f"Settings → Rules → Rulesets → {found.name} → «Bypass list»: it is empty",
        )
    elif who := strangers(file, found.bypass):
        yield must.RULESET_BYPASS.wrong(
            subject, f"may be passed by: {listed(who)}", _put(repository, path, found)
        )
    else:
        yield must.RULESET_BYPASS.well(subject, "nobody may pass it by, beyond its file")


def _put(repository: str, path: str, found: Ruleset | None = None) -> str:
    how = "POST" if found is None else "PUT"
    where = "rulesets" if found is None else f"rulesets/{found.id}"
    return (
        f"gh api --method {how} repos/{repository}/{where} --input {shlex.quote(path)} "
        "(or Settings → Rules → Rulesets → New ruleset → «Import a ruleset»)"
    )


def _actions(facts: SetupFacts) -> Iterator[Check]:
    if isinstance(facts.actions, Unread):
        for rule in (must.ACTIONS, must.ACTIONS_PINNED):
            yield rule.not_checked("GitHub Actions", facts.actions.why, permission(facts.actions))
        return
    yield _actions_allowed(facts.repository.name, facts.actions)
    yield _actions_pinned(facts.actions)


def _actions_allowed(repository: str, found: ActionsPolicy) -> Check:
    subject, owned = "GitHub Actions", found.github_owned
    place = f"gh api --method PUT repos/{repository}/actions/permissions"
    if not found.enabled:
        return must.ACTIONS.wrong(subject, "are off", f"{place} -F enabled=true -f allowed_actions=selected")
    if isinstance(owned, Unread):
        return must.ACTIONS.not_checked(subject, owned.why, permission(owned))
    if found.allowed == "all" or owned:
        return must.ACTIONS.well(subject, "are on, and those that the workflows use are allowed")
    return must.ACTIONS.wrong(
        subject,
        "are on, but GitHub's own actions (actions/checkout and the like) are not allowed",
        f"{place} -F enabled=true -f allowed_actions=selected && "
        f"{place}/selected-actions -F github_owned_allowed=true",
    )


def _actions_pinned(found: ActionsPolicy) -> Check:
    subject = "GitHub Actions"
    menu = "Settings → Actions → General → «Require actions to be pinned to a full-length commit SHA»"
    if found.pinned is None:
        return must.ACTIONS_PINNED.not_checked(subject, "GitHub does not tell whether it asks for pins", menu)
    if not found.pinned:
        return must.ACTIONS_PINNED.wrong(subject, "may be named by a tag", menu)
    return must.ACTIONS_PINNED.well(subject, "must be pinned to a commit")


def _token(facts: SetupFacts) -> Iterator[Check]:
    subject, found = "the token of workflows", facts.token
    if isinstance(found, Unread):
        yield must.TOKEN.not_checked(subject, found.why, permission(found))
        return
    fix = (
        f"gh api --method PUT repos/{facts.repository.name}/actions/permissions/workflow "
        "-f default_workflow_permissions=read -F can_approve_pull_request_reviews=false"
    )
    if found.default != "read":
        yield must.TOKEN.wrong(subject, f"may {found.default} everything where a workflow says nothing", fix)
    if found.may_approve:
        yield must.TOKEN.wrong(subject, "may approve pull requests", fix)
    if found.default == "read" and not found.may_approve:
        yield must.TOKEN.well(subject, "may only read by default, and approves nothing")


def _workflow(path: str, facts: SetupFacts) -> Iterator[Check]:
    file, repository = PurePosixPath(path).name, facts.repository.name
    subject = f"workflow {file}"
    if isinstance(facts.workflows, Unread):
        yield must.WORKFLOW.not_checked(subject, facts.workflows.why, permission(facts.workflows))
        return
    found = facts.workflows.get(path)
    if found is None:
        yield must.WORKFLOW.wrong(subject, "is not there", f"merge {path} into {BRANCH}")
    elif found.state != "active":
        said = f"is {found.state.replace('_', ' ')}"
        yield must.WORKFLOW.wrong(subject, said, f"gh workflow enable {file} --repo {repository}")
    else:
        yield must.WORKFLOW.well(subject, "is there, and switched on")
        if path in SCHEDULED:
            yield _schedule(found, repository, facts.read_at)


def _schedule(found: Workflow, repository: str, now: datetime) -> Check:
    file, most = PurePosixPath(found.path).name, SCHEDULED[found.path]
    subject = f"schedule of {file}"
    if isinstance(found.scheduled, Unread):
        return must.SCHEDULE.not_checked(subject, found.scheduled.why, permission(found.scheduled))
    silence = now - (found.scheduled or found.created_at)
    if silence > most:
        since = "since it is there, and that is" if found.scheduled is None else "for"
        return must.SCHEDULE.wrong(
            subject,
            f"has not started a run {since} {age(silence)}",
            f"gh workflow disable {file} --repo {repository} && gh workflow enable {file} "
            f"--repo {repository}; if that does not help, let somebody change the line of its cron",
        )
    if found.scheduled is None:
        return must.SCHEDULE.not_checked(
            subject,
            f"has not started a run yet; the workflow is {age(silence)} old",
            f"run purgectl doctor again in {age(most)}",
        )
    return must.SCHEDULE.well(subject, f"last started a run {age(silence)} ago")


def _owners(facts: SetupFacts) -> Iterator[Check]:
    subject, found = "CODEOWNERS", facts.owner_faults
    if isinstance(found, Unread):
        yield must.CODE_OWNERS.not_checked(
            subject, found.why, f"see that .github/CODEOWNERS stands on {BRANCH}, and {permission(found)}"
        )
        return
    for fault in found:
        yield must.CODE_OWNERS.wrong(
            subject,
            f"line {fault.line}: {fault.message}",
            "name teams and people who may write to this repository, by pull request",
        )
    if not found:
        yield must.CODE_OWNERS.well(subject, "GitHub understands every line")


def _logs(facts: SetupFacts, wanted: Wanted) -> Iterator[Check]:
    for target in wanted.targets:
        subject = f"branch audit/{target.name}"
        if isinstance(facts.logs, Unread):
            yield must.LOG.not_checked(subject, facts.logs.why, permission(facts.logs))
        elif target.name in facts.logs:
            yield must.LOG.well(subject, "is there")
        else:
            yield must.LOG.wrong(subject, "is not there", f"purgectl audit open --target {target.name}")
