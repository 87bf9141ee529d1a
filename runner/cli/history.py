"""What this clone knows of the logs, for commands that judge work in progress without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from runner.audit.layout import branch
from runner.audit.state import baseline, fold
from runner.audit.trust import trust_in
from runner.branch.verify import verify
from runner.cli.audit_place import local_ref
from runner.documents.kinds import Kind
from runner.errors import LogBroken, UsageError
from runner.git.repository import Repository
from runner.model.purge import Purge
from runner.model.source import SourceFile
from runner.plan.proposal import History
from runner.plan.tree import read_tree


def known_purges(folder: Path, sources: Iterable[SourceFile]) -> Iterator[Purge]:
    """Yield every purge of the logs that ``known_logs`` finds, and raise as it does."""
    for purges in known_logs(folder, sources).values():
        yield from purges


def known_logs(folder: Path, sources: Iterable[SourceFile]) -> Mapping[str, tuple[Purge, ...]]:
    """Return the purges of each log that ``histories`` finds, and raise as it does."""
    found = histories(folder, sources)
    return {name: tuple(history.purges.values()) for name, history in found.items()}


def histories(folder: Path, sources: Iterable[SourceFile]) -> Mapping[str, History]:
    """Return what each log knows that was last fetched into the repository around a folder.

    The keys are names of targets, whose files are among the ``sources``. Outside a git repository,
    and for a target whose log was never fetched here, nothing is known and the key is missing.
    Raises ``LogBroken`` for a log that does not verify: what it says must not judge a policy.
    """
    try:
        repository = Repository.open(folder)
    except UsageError:
        return {}
    known = {}
    targets = read_tree(
        source for source in sources if source.path.startswith(f"{Kind.TARGET.folder}/")
    ).targets
    for target in targets.values():
        found = local_ref(repository, f"audit/{target.name}")
        if found is None or not target.log.keys:
            continue
        verification = verify(repository, found[1], trust_in(target.name, target.log))
        if not verification.holds:
            raise LogBroken(
                f"the log of target {target.name} does not verify: {verification.problems[0].message}",
                where=branch(target.name),
                hint=f"purgectl audit verify --target {target.name} lists everything",
            )
        known[target.name] = History(fold(verification.records), baseline(verification.records))
    return known
