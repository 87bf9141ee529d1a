"""What GitHub says of how a repository is set up, as values. Names of secrets only, never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.model.json import JsonObject
from runner.model.unread import Read


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository itself; ``name`` is ``owner/name``."""

    name: str
    default_branch: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One ruleset as GitHub has it; ``body`` holds what a file of ``.github/rulesets`` holds, and more.

    ``bypass`` is ``None`` where GitHub does not show to this token who may pass it by.
    """

    id: int
    name: str
    body: JsonObject
    bypass: tuple[JsonObject, ...] | None


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. ``branches`` are the patterns that may use it, ``None`` for any branch.

    ``admins_bypass`` is ``None`` where GitHub does not say it.
    """

    name: str
    wait_minutes: int
    reviewers: int
    branches: Read[frozenset[str]] | None
    admins_bypass: bool | None
    secrets: Read[frozenset[str]]
    variables: Read[frozenset[str]]


@dataclass(frozen=True, slots=True)
class ActionsPolicy:
    """Whether workflows may run, and which actions they may use.

    ``allowed`` is GitHub's word: ``all``, ``local_only`` or ``selected``; ``github_owned`` says, for
    ``selected``, whether GitHub's own are among them. ``pinned`` is ``None`` where GitHub has no such
    setting.
    """

    enabled: bool
    allowed: str
    github_owned: Read[bool] | None
    pinned: bool | None


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """What a job's token may do where the workflow does not say it."""

    default: str
    may_approve: bool


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow file that GitHub knows. ``scheduled`` is when its schedule last started it."""

    path: str
    state: str
    created_at: datetime
    scheduled: Read[datetime | None]


@dataclass(frozen=True, slots=True)
class OwnerFault:
    """One line of CODEOWNERS that GitHub does not understand, in its own words."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """All of it, as far as a token may read it.

    ``environments`` are by name. ``shared_secrets`` are the names of secrets that every workflow of
    the repository can read. ``logs`` are the branches below ``audit/``, without that part.
    """

    repository: Repository
    rulesets: Read[tuple[Ruleset, ...]]
    environments: Read[Mapping[str, Environment]]
    shared_secrets: Read[frozenset[str]]
    actions: Read[ActionsPolicy]
    token: Read[TokenPolicy]
    workflows: Read[Mapping[str, Workflow]]
    owner_faults: Read[tuple[OwnerFault, ...]]
    logs: Read[frozenset[str]]
    read_at: datetime
