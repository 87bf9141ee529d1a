"""A real git world for tests: a bare origin, clones of it, and a log with a key.

A world is made by git once a process and kind, and then copied: most tests begin with the same one.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from support.faketime import FakeTime, highest

from runner.audit.identity import purge_id
from runner.audit.memory import Expectation
from runner.audit.records import opened
from runner.audit.trust import Trust
from runner.branch.opening import open_log
from runner.branch.store import GitLogStore
from runner.git.repository import Repository
from runner.merkle.keys import Signer, Verifier
from runner.model.log import Log
from runner.model.target import Webhook
from runner.ports import Clock, Jitter

ORIGIN = "audit.example.com/acme/purge-policies"
RUNNER = {
    "version": "0.0.0",
    "repository": "acme/purge-policies",
    "commit": "",
    "workflow": "",
    "run_id": "",
    "run_attempt": "",
    "session": "test-session",
}
PERSON = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@invalid",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
    """Run git as a person would, away from the settings of this machine; return what it prints."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | PERSON | variables,
        input=stdin,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace").strip()


@dataclass
class GitWorld:
    """A bare ``origin.git`` and a clone ``work`` with one commit on ``main``, below ``root``."""

    root: Path
    target: str = "sandbox"
    signer: Signer = field(default_factory=lambda: Signer.generate(ORIGIN))

    def __post_init__(self) -> None:
        if not self.origin.exists():
            _copy(_empty(), self.root)

    @classmethod
    def with_log(
        cls, root: Path, *, events: Sequence[str] | None = None, clock: Callable[[], Clock] = FakeTime
    ) -> GitWorld:
        """A world whose log is open, by the time of a new ``clock``.

        With ``events``, perhaps none, its target's file is on ``main`` too.
        """
        return _opened(None if events is None else tuple(events), clock).copied(root)

    def copied(self, root: Path) -> GitWorld:
        """The same world somewhere else: origin, first clone and key."""
        _copy(self.root, root)
        return replace(self, root=root)

    @property
    def origin(self) -> Path:
        """The bare repository that everybody pushes to."""
        return self.root / "origin.git"

    @property
    def clone(self) -> Path:
        """The work tree of the first clone."""
        return self.root / "work"

    @property
    def branch(self) -> str:
        """The ref of the log on the origin."""
        return f"refs/heads/audit/{self.target}"

    @property
    def trust(self) -> Trust:
        """The trust root that names this world's key."""
        return Trust(ORIGIN, self.target, (self.signer.verifier,))

    def repository(self, folder: Path | None = None) -> Repository:
        """The product's view of the clone, or of another repository."""
        return Repository.open(folder or self.clone)

    def another_clone(self, name: str) -> Path:
        """Make one more clone of the origin."""
        git(self.root, "clone", "--quiet", str(self.origin), name)
        return self.root / name

    def forget(self, folder: Path | None = None) -> None:
        """Take the memory of every log away from a clone."""
        shutil.rmtree((folder or self.clone) / ".git/purgectl/audit")

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "Change") -> str:
        """Write files (``None`` deletes) to ``main`` of the clone and push; return the commit id."""
        for name, content in files.items():
            path = self.clone / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", message)
        git(self.clone, "push", "--quiet", "origin", "main")
        return git(self.clone, "rev-parse", "HEAD")

    def target_file(self, keys: Sequence[str] | None = None, events: Sequence[str] = ()) -> str:
        """The text of this world's target file; it trusts this world's key unless told otherwise."""
        trusted = [str(self.signer.verifier)] if keys is None else list(keys)
        webhooks = [{"id": "governance", "events": list(events)}] if events else []
        return (
            "# yaml-language-server: $schema=../../schemas/target.schema.json\n"
            f"apiVersion: purge/v1\nkind: Target\nname: {self.target}\nregion: sandbox\n"
            "backend: interactions-purge\napprovals: none\ncounts: required\n"
            f"webhooks: {json.dumps(webhooks)}\n"
            f"log:\n  origin: {ORIGIN}   # for ever\n  keys: {json.dumps(trusted)}\n"
            "poll: {deadline: PT1H}\nrateLimit: {perMinute: 300}\n"
        )

    def commit_target(self, keys: Sequence[str] | None = None, events: Sequence[str] = ()) -> str:
        """Commit the target file to ``main``."""
        return self.commit({f"policies/targets/{self.target}.yaml": self.target_file(keys, events)})

    def open_log(self, clock: Clock | None = None, baseline: Sequence[str] = ()) -> Log:
        """Create the branch; ``baseline`` names policies that never run under it."""
        clock = clock or FakeTime()
        entries = [
            {
                "policy": name,
                "revision": 1,
                "path": f"policies/purges/{name}.yaml",
                "blob": "0" * 40,
                "purge_id": purge_id(ORIGIN, self.target, name, 1),
            }
            for name in baseline
        ]
        draft = opened(ORIGIN, self.target, [str(self.signer.verifier)], entries, RUNNER, clock.now())
        return open_log(self.repository(), self.trust, draft, signer=self.signer, clock=clock)

    def store(
        self,
        folder: Path | None = None,
        *,
        events: Sequence[str] = (),
        clock: Clock | None = None,
        jitter: Jitter = highest,
        signer: Signer | None = None,
        verifiers: Sequence[Verifier] | None = None,
        expect: Sequence[Expectation] = (),
    ) -> GitLogStore:
        """A store over a clone; ``events`` are those that the endpoint ``governance`` is told of."""
        trusted = (self.signer.verifier,) if verifiers is None else tuple(verifiers)
        return GitLogStore(
            self.repository(folder),
            Trust(ORIGIN, self.target, trusted),
            endpoints=[Webhook("governance", frozenset(events))] if events else [],
            signer=signer or self.signer,
            clock=clock or FakeTime(),
            jitter=jitter,
            expect=expect,
        )

    def tip(self) -> str:
        """The commit that the log's branch is at on the origin; the clone then has it all."""
        git(self.clone, "fetch", "--quiet", str(self.origin), self.branch)
        return git(self.origin, "rev-parse", self.branch)


@lru_cache
def _empty() -> Path:
    """A world with one commit on ``main``."""
    root = _folder()
    git(root, "init", "--quiet", "--bare", "--initial-branch", "main", "origin.git")
    git(root, "clone", "--quiet", str(root / "origin.git"), "work")
    git(root / "work", "symbolic-ref", "HEAD", "refs/heads/main")
    for sample in root.rglob("*.sample"):
        sample.unlink()
    GitWorld(root).commit({"README.md": "# policies\n"})
    return root


@lru_cache
def _opened(events: tuple[str, ...] | None, clock: Callable[[], Clock]) -> GitWorld:
    world = GitWorld(_folder())
    if events is not None:
        world.commit_target(events=events)
    world.open_log(clock=clock())
    return world


def _folder() -> Path:
    root = Path(tempfile.mkdtemp(prefix="purgectl-world-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def _copy(world: Path, root: Path) -> None:
    for name in ("origin.git", "work"):
        shutil.copytree(world / name, root / name)
    settings = root / "work/.git/config"
    settings.write_text(settings.read_text().replace(str(world), str(root)))
