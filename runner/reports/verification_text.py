"""What a verification of the log came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runner.audit.encoding import to_text
from runner.audit.problem import Problem
from runner.audit.verify import Verification
from runner.model.text import printable

_KEYS_SHOWN = 3


def verification_text(verification: Verification, ref: str, keys_from: str) -> str:
    """Return the verdict, the facts behind it, and one line for every problem.

    ``keys_from`` says where the trusted keys came from. Checkpoints that none of them has signed
    share one line, because the cause is mostly a wrong key and not the log.
    """
    verdict = "the log is whole" if verification.holds else "THE LOG DOES NOT VERIFY"
    lines = [f"audit/{verification.target}: {verdict}", ""]
    lines += [printable(f"  {sentence}") for sentence in _sentences(verification, keys_from)]
    lines += [""] if verification.problems else []
    return "\n".join([*lines, *_facts(verification, ref)]) + "\n"


def _sentences(verification: Verification, keys_from: str) -> Iterator[str]:
    unsigned = [problem for problem in verification.problems if problem.strangers]
    if unsigned:
        yield _unsigned(unsigned, keys_from, none_holds=verification.checkpoint is None)
    for problem in verification.problems:
        if not problem.strangers:
            place = f"{problem.path}: " if problem.path else ""
            commit = f" (commit {problem.commit[:12]})" if problem.commit else ""
            yield f"{place}{problem.message}{commit}"


def _unsigned(problems: Sequence[Problem], keys_from: str, *, none_holds: bool) -> str:
    """Say which keys signed the checkpoints that no trusted key has signed."""
    ids = list(dict.fromkeys(key_id for problem in problems for key_id in problem.strangers))
    shown = ", ".join(ids[:_KEYS_SHOWN]) + (", …" if len(ids) > _KEYS_SHOWN else "")
    checkpoints = _count(len(problems), "checkpoint")
    if none_holds:
        signed = f"{checkpoints}, none signed by a key from {keys_from}, but by key id {shown}"
        return f"{signed}: is the key from {keys_from} the one of this log?"
    first = problems[0].commit[:12]
    return f"{checkpoints}, the first in commit {first}, not signed by a key from {keys_from}, but by {shown}"


def _facts(verification: Verification, ref: str) -> Iterator[str]:
    checkpoint = verification.checkpoint
    read = _count(verification.commits, "commit")
    yield f"  branch      {printable(ref)} at {verification.tip[:12]}, {read} read"
    if checkpoint is not None:
        root = to_text(checkpoint.root)
        yield f"  checkpoint  {_count(checkpoint.size, 'record')}, root {root}, signed by a trusted key"
        yield f"  origin      {printable(checkpoint.origin)}"
    yield f"  outbox      {_count(verification.pending, 'notice')} waiting"
    for expected in verification.expectations:
        root = to_text(expected.root)
        yield f"  expected    {expected.size}:{root} was compared"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
