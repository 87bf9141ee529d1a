"""What an organisation's repository on GitHub must have for its targets, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from runner.model.json import JsonObject
from runner.model.target import Target, variable_for

BRANCH = "main"
"""The branch with what was reviewed; nothing else may reach a secret."""

_CLIENT = ("GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET")
_URL = "GENESYS_CLOUD_BASE_URL"
_NOTICES = ("GOVERNANCE_WEBHOOK_URL", "GOVERNANCE_WEBHOOK_SECRET")
_SECRET_BEGINNINGS = (*_CLIENT, "AUDIT_SIGNING_KEY", "GOVERNANCE_WEBHOOK_")

SCHEDULED: Mapping[str, timedelta] = {
    ".github/workflows/purge.yml": timedelta(hours=6),
    ".github/workflows/audit-verify.yml": timedelta(hours=48),
}
"""The workflows that start by themselves, and after what silence something is wrong with them."""

WORKFLOWS = (
    ".github/workflows/validate.yml",
    ".github/workflows/plan-live.yml",
    ".github/workflows/comment.yml",
    ".github/workflows/announce.yml",
    *SCHEDULED,
)


@dataclass(frozen=True, slots=True)
class WantedEnvironment:
    """An environment with what must stand in it. ``waits`` says whether a person may be waited for."""

    name: str
    secrets: tuple[str, ...]
    variables: tuple[str, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: ``targets`` outside the sandbox, and the rulesets by the path of their file."""

    targets: tuple[Target, ...]
    rulesets: Mapping[str, JsonObject]

    @property
    def environments(self) -> tuple[WantedEnvironment, ...]:
        """The environments of all targets."""
        return tuple(each for target in self.targets for each in environments_of(target))


def environments_of(target: Target) -> tuple[WantedEnvironment, WantedEnvironment]:
    """Return the environment that purges on a target, and the one that only counts there."""
    notices = tuple(name for webhook in target.webhooks for name in _notice_secrets(webhook.id))
    return (
        WantedEnvironment(
            f"purge-{target.name}", (*_CLIENT, "AUDIT_SIGNING_KEY", *notices), (_URL, "PURGE_ENABLED"), False
        ),
        WantedEnvironment(f"plan-{target.name}", _CLIENT, (_URL,), True),
    )


def ours(names: Iterable[str]) -> tuple[str, ...]:
    """Return which names of secrets are those that purgectl reads, whatever target they are for."""
    return tuple(sorted(name for name in names if name.startswith(_SECRET_BEGINNINGS)))


def _notice_secrets(webhook: str) -> tuple[str, ...]:
    """Return the names for an endpoint; the bare ones serve ``governance``."""
    if webhook == "governance":
        return _NOTICES
    return tuple(variable_for(name, webhook) for name in _NOTICES)
