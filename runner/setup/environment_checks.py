"""Environments: whether a purge's secrets stand where only reviewed code can read them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from runner.forge.setup_facts import Environment
from runner.model.unread import Read, Unread
from runner.setup import requirements as must
from runner.setup.check import Check, Requirement
from runner.setup.wanted import BRANCH, Wanted, WantedEnvironment, ours
from runner.setup.wording import listed, permission


def environment_checks(
    repository: str, found: Read[Mapping[str, Environment]], wanted: Wanted
) -> Iterator[Check]:
    """Judge the environments of every target."""
    for each in wanted.environments:
        subject = f"environment {each.name}"
        if isinstance(found, Unread):
            yield must.ENVIRONMENT.not_checked(subject, found.why, permission(found))
        elif each.name not in found:
            yield must.ENVIRONMENT.wrong(subject, "is not there", _create(repository, each.name))
        else:
            yield must.ENVIRONMENT.well(subject, "is there")
            yield from _judged(repository, found[each.name], each)


def shared_secrets(repository: str, found: Read[frozenset[str]]) -> Check:
    """Judge the secrets that every workflow of the repository can read."""
    subject = "secrets outside environments"
    if isinstance(found, Unread):
        return must.SHARED_SECRETS.not_checked(subject, found.why, permission(found))
    if names := ours(found):
        return must.SHARED_SECRETS.wrong(
            subject,
            f"{listed(names)} can be read by every workflow",
            f"set them again in the environment, then gh secret delete {names[0]} --repo {repository} "
            "(a secret of the organisation: take this repository off its list)",
        )
    return must.SHARED_SECRETS.well(subject, "are none of purgectl's")


def _judged(repository: str, found: Environment, wanted: WantedEnvironment) -> Iterator[Check]:
    yield _branch(repository, found)
    yield _admins(found)
    if not wanted.waits:
        yield _wait(found)
    yield from _present(repository, found.name, must.SECRETS, found.secrets, wanted.secrets)
    yield from _present(repository, found.name, must.VARIABLES, found.variables, wanted.variables)


def _branch(repository: str, found: Environment) -> Check:
    subject = f"environment {found.name}"
    fix = _create(repository, found.name)
    if isinstance(found.branches, Unread):
        return must.ENVIRONMENT_BRANCH.not_checked(subject, found.branches.why, permission(found.branches))
    if found.branches is None:
        return must.ENVIRONMENT_BRANCH.wrong(subject, "may be used from every branch", fix)
    if found.branches != {BRANCH}:
        said = f"may be used from {listed(found.branches) or 'no branch'}, and must be from {BRANCH} alone"
        return must.ENVIRONMENT_BRANCH.wrong(subject, said, fix)
    return must.ENVIRONMENT_BRANCH.well(subject, f"is limited to {BRANCH}")


def _admins(found: Environment) -> Check:
    subject = f"environment {found.name}"
    menu = f"Settings → Environments → {found.name}"
    box = "«Allow administrators to bypass configured protection rules»"
    if found.admins_bypass is None:
        return must.ENVIRONMENT_ADMINS.not_checked(
            subject,
            "GitHub does not tell whether administrators may bypass it",
            f"look at {menu}: {box} is off",
        )
    if found.admins_bypass:
        return must.ENVIRONMENT_ADMINS.wrong(
            subject, "administrators may bypass its protection", f"{menu}: take the tick out of {box}"
        )
    return must.ENVIRONMENT_ADMINS.well(subject, "binds administrators as well")


def _wait(found: Environment) -> Check:
    subject = f"environment {found.name}"
    said = []
    if found.wait_minutes:
        said.append(f"a wait of {found.wait_minutes} minutes")
    if found.reviewers:
        said.append(f"{found.reviewers} required reviewers")
    if said:
        return must.ENVIRONMENT_WAIT.wrong(
            subject,
            f"has {' and '.join(said)}",
            f"Settings → Environments → {found.name}: take the ticks out of «Required reviewers» and "
            "«Wait timer»; approval belongs to the pull request",
        )
    return must.ENVIRONMENT_WAIT.well(subject, "waits for nobody")


def _present(
    repository: str, name: str, rule: Requirement, found: Read[frozenset[str]], wanted: Collection[str]
) -> Iterator[Check]:
    kind = "secret" if rule is must.SECRETS else "variable"
    subject = f"{kind}s of {name}"
    if isinstance(found, Unread):
        yield rule.not_checked(subject, found.why, permission(found))
        return
    for missing in sorted(set(wanted) - found):
        yield rule.wrong(
            subject, f"{missing} is not set", f"gh {kind} set {missing} --env {name} --repo {repository}"
        )
    if found >= set(wanted):
        yield rule.well(subject, f"{listed(wanted)} are set")


def _create(repository: str, name: str) -> str:
    place = f"repos/{repository}/environments/{name}"
    policy = '{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}'
    return (
        f"echo '{policy}' | gh api --method PUT {place} --input - && "
        f"gh api --method POST {place}/deployment-branch-policies -f name={BRANCH} "
        f"(or Settings → Environments → {name} → «Selected branches and tags»: {BRANCH} alone)"
    )
