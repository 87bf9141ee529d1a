"""Where ports meet the world: a repository, a target, credentials. Commands build only what they need."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner import __version__
from runner.apply.look import Ports
from runner.apply.term import Term
from runner.audit.memory import Expectation
from runner.audit.trust import trust_in
from runner.branch.spool import SpoolFolder
from runner.branch.store import GitLogStore
from runner.cli.audit_key import signing_key
from runner.cli.backend import looking, purging
from runner.cli.clock import SystemClock, jitter
from runner.cli.environment import endpoint, forge_access, variable
from runner.cli.expectations import remembered
from runner.cli.forge import reading
from runner.cli.network import route
from runner.cli.signals import WakefulClock
from runner.documents.kinds import Kind
from runner.errors import UsageError
from runner.forge.absent import NoForge
from runner.forge.github import GitHubForge
from runner.git.main import MainBranch
from runner.git.repository import Repository
from runner.model.json import JsonObject
from runner.model.target import Target
from runner.net.transport import Setting
from runner.notices.delivery import Endpoint, WebhookNotifier
from runner.notices.guard import check_url
from runner.notices.signature import Secret
from runner.plan.tree import read_tree
from runner.ports import Clock, Forge, Interruption, Reader, Watcher


@dataclass(frozen=True, slots=True)
class Place:
    """The repository that a command was called in, and the tip of its ``main``.

    ``expected`` is what somebody outside remembers of the log, as the command line has it.
    """

    repository: Repository
    main: MainBranch
    commit: str
    targets: Mapping[str, Target]
    expected: tuple[Expectation, ...] = ()

    def target(self, name: str) -> Target:
        """Return a valid target of the tip. Raises ``UsageError`` listing those there are."""
        target = self.targets.get(name)
        if target is None:
            known = ", ".join(sorted(self.targets)) or "none"
            raise UsageError(
                f"there is no valid target {name} on main; there are: {known}",
                where=f"{Kind.TARGET.path(name)} at {self.commit[:12]}",
                hint="run purgectl validate, or name another target",
            )
        return target


def here(
    head: str | None = None,
    interruption: Interruption | None = None,
    expected: tuple[Expectation, ...] = (),
) -> Place:
    """Read the tip of ``origin/main``, fetched into the repository of the current folder.

    ``head`` names another commit to read in its stead, one that this clone has; an ``interruption``
    ends git when there is no time left. Raises
    ``UsageError`` outside a git repository and for an unknown commit, ``RemoteFailure`` without a
    remote.
    """
    repository = Repository.open(Path.cwd(), interruption)
    main = MainBranch(repository)
    commit = main.fetch() if head is None else repository.resolve(head)
    if commit is None:
        raise UsageError(f"this clone has no commit {head}", hint="git fetch it first")
    return Place(repository, main, commit, read_tree(main.files(commit)).targets, expected)


def log_store(place: Place, target: Target, *, writing: bool, clock: Clock | None = None) -> GitLogStore:
    """Return the log of a target; ``writing`` needs ``AUDIT_SIGNING_KEY`` in the environment.

    It must go on from what is expected of it, on the command line and in the environment.
    """
    return GitLogStore(
        place.repository,
        trust_in(target.name, target.log),
        endpoints=target.webhooks,
        signer=signing_key() if writing else None,
        clock=clock or SystemClock(),
        jitter=jitter,
        expect=(*place.expected, *remembered(target.name)),
    )


def reader(target: Target, allow_host: tuple[str, ...], watcher: Watcher) -> AbstractContextManager[Reader]:
    """Open a target for looking. What comes out has no way to purge."""
    return looking(target, allow_host, Setting(SystemClock(), jitter, route=route(), say=watcher.say))


@dataclass(frozen=True, slots=True)
class Doing:
    """How a run goes about it: until when, where it keeps what the log lacks, and what it imports.

    ``expected`` is what somebody outside remembers of the log.
    """

    term: Term
    spool: Path | None = None
    imports: tuple[Path, ...] = ()
    expected: tuple[Expectation, ...] = ()


@contextmanager
def ports(
    place: Place, target: Target, allow_host: tuple[str, ...], watcher: Watcher, doing: Doing
) -> Iterator[Ports]:
    """Open everything that a run of ``apply`` touches."""
    clock = WakefulClock(doing.term)
    log = log_store(place, target, writing=True, clock=clock)
    spool = _spool(place, target, doing)
    setting = Setting(clock, jitter, route=route(), say=watcher.say, interruption=doing.term)
    with (
        purging(target, allow_host, setting) as hands,
        closing(_notifier(target, doing.term)) as notifier,
        _forge(place, target, allow_host, setting) as forge,
    ):
        yield Ports(
            source=place.main,
            log=log,
            spool=spool,
            reader=hands.reader,
            preparer=hands.preparer,
            protection=hands.protection,
            submitter=hands.submitter,
            forge=forge,
            notifier=notifier,
            clock=clock,
            watcher=watcher,
        )
        log.show()


@contextmanager
def _forge(place: Place, target: Target, allow_host: tuple[str, ...], setting: Setting) -> Iterator[Forge]:
    """Open the forge that a target's approvals are read from; a sandbox may ask none."""
    if not target.asks_for_approval:
        yield NoForge()
        return
    access = forge_access()
    with reading(access, setting, allow_host, sandbox=target.is_sandbox) as github:
        yield GitHubForge(github, access.repository, place.repository, setting.clock)


def _spool(place: Place, target: Target, doing: Doing) -> SpoolFolder:
    """Open the spool: the folder that was named, else one beside the clone's objects."""
    named = doing.spool or (Path(given) if (given := variable("PURGECTL_SPOOL")) else None)
    folder = named or place.repository.shared_folder() / "purgectl" / "spool"
    return SpoolFolder(folder, trust_in(target.name, target.log), signing_key(), doing.imports)


def _notifier(target: Target, interruption: Interruption) -> WebhookNotifier:
    known = {}
    for webhook in target.webhooks:
        found = endpoint(webhook.id)
        if found is not None:
            check_url(found.url, sandbox=target.is_sandbox)
            known[webhook.id] = Endpoint(
                found.url, Secret.parse(found.secret, webhook.id), webhook.allow_private
            )
    return WebhookNotifier(
        known, SystemClock(), sandbox=target.is_sandbox, route=route(), interruption=interruption
    )


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
