"""Where ports meet the world: a repository, a target, credentials. Commands build only what they need."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner import __version__
from runner.apply.world import Ports
from runner.audit.store import GitLogStore
from runner.audit.trust import trust_in
from runner.cli.audit_key import signing_key
from runner.cli.clock import SystemClock, jitter
from runner.cli.environment import credentials, endpoint, variable
from runner.errors import Refused, UsageError
from runner.forge.evidence import ApprovalsOnLoopback
from runner.genesys.connection import Access, Connection
from runner.genesys.interactions_purge import InteractionsPurgeReader, InteractionsPurgeSubmitter
from runner.genesys.token import ClientCredentials
from runner.git.main import MainBranch
from runner.git.repository import Repository
from runner.model.json import JsonObject
from runner.model.target import Backend, Target
from runner.net.connection import Route
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.notices.delivery import Endpoint, WebhookNotifier
from runner.notices.guard import check_url
from runner.notices.signature import Secret
from runner.plan.tree import read_tree
from runner.ports import Watcher


@dataclass(frozen=True, slots=True)
class Place:
    """The repository that a command was called in, and the tip of its ``main``."""

    repository: Repository
    main: MainBranch
    commit: str
    targets: Mapping[str, Target]

    def target(self, name: str) -> Target:
        """Return a valid target of the tip. Raises ``UsageError`` listing those there are."""
        target = self.targets.get(name)
        if target is None:
            known = ", ".join(sorted(self.targets)) or "none"
            raise UsageError(
                f"there is no valid target {name} on main; there are: {known}",
                where=f"policies/targets/{name}.yaml at {self.commit[:12]}",
                hint="run purgectl validate, or name another target",
            )
        return target


def here(head: str | None = None) -> Place:
    """Read the tip of ``origin/main``, fetched into the repository of the current folder.

    ``head`` names another commit to read in its stead, one that this clone has. Raises
    ``UsageError`` outside a git repository and for an unknown commit, ``RemoteFailure`` without a
    remote.
    """
    repository = Repository.open(Path.cwd())
    main = MainBranch(repository)
    commit = main.fetch() if head is None else repository.resolve(head)
    if commit is None:
        raise UsageError(f"this clone has no commit {head}", hint="git fetch it first")
    return Place(repository, main, commit, read_tree(main.files(commit)).targets)


def log_store(place: Place, target: Target, *, writing: bool) -> GitLogStore:
    """Return the log of a target; ``writing`` needs ``AUDIT_SIGNING_KEY`` in the environment."""
    return GitLogStore(
        place.repository,
        trust_in(target.name, target.log),
        endpoints=target.webhooks,
        signer=signing_key() if writing else None,
        clock=SystemClock(),
        jitter=jitter,
    )


@contextmanager
def reader(
    target: Target, allow_host: tuple[str, ...], watcher: Watcher
) -> Iterator[InteractionsPurgeReader]:
    """Open a target for looking. What comes out has no way to purge."""
    connection = _connection(target, allow_host, watcher, Effect.SAFE)
    looking = InteractionsPurgeReader(connection)
    try:
        yield looking
    finally:
        looking.close()
        connection.close()


@contextmanager
def ports(place: Place, target: Target, allow_host: tuple[str, ...], watcher: Watcher) -> Iterator[Ports]:
    """Open a target for purging. This is the one place where a ``Submitter`` is built."""
    log = log_store(place, target, writing=True)
    connection = _connection(target, allow_host, watcher, Effect.IRREVERSIBLE)
    looking, submitter = InteractionsPurgeReader(connection), InteractionsPurgeSubmitter(connection)
    notifier = _notifier(target)
    try:
        yield Ports(
            source=place.main,
            log=log,
            reader=looking,
            submitter=submitter,
            forge=ApprovalsOnLoopback(),
            notifier=notifier,
            clock=SystemClock(),
            watcher=watcher,
        )
    finally:
        for opened in (looking, submitter, notifier, connection):
            opened.close()


def _connection(target: Target, allow_host: tuple[str, ...], watcher: Watcher, allows: Effect) -> Connection:
    if target.backend is not Backend.INTERACTIONS_PURGE:
        raise Refused(
            f"this version has no backend {target.backend.value}, which target {target.name} asks for",
            where=f"policies/targets/{target.name}.yaml",
            hint="only interactions-purge is there yet, see README",
        )
    given = credentials(target)
    access = Access(given.base_url, given.login_url, ClientCredentials(given.client_id, given.client_secret))
    setting = Setting(SystemClock(), jitter, route=_route(), say=watcher.say)
    return Connection(target, access, setting, allows=allows, allow_host=allow_host)


def _route() -> Route:
    return Route(
        user_agent=f"purgectl/{__version__}",
        proxy=variable("HTTPS_PROXY") or None,
        ca_file=variable("SSL_CERT_FILE") or None,
    )


def _notifier(target: Target) -> WebhookNotifier:
    known = {}
    for webhook in target.webhooks:
        found = endpoint(webhook.id)
        if found is not None:
            check_url(found.url, sandbox=target.is_sandbox)
            known[webhook.id] = Endpoint(found.url, Secret.parse(found.secret, webhook.id))
    return WebhookNotifier(known, SystemClock(), sandbox=target.is_sandbox, route=_route())


def runner_identity() -> JsonObject:
    """Say who writes a record: the forge's run, and an id that no other process has."""
    return {
        "version": __version__,
        "repository": variable("GITHUB_REPOSITORY"),
        "commit": variable("GITHUB_SHA"),
        "workflow": variable("GITHUB_WORKFLOW_REF"),
        "run_id": variable("GITHUB_RUN_ID"),
        "run_attempt": variable("GITHUB_RUN_ATTEMPT"),
        "session": str(uuid.uuid4()),
    }
