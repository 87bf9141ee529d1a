"""What a verification of the log came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from runner.audit.encoding import to_text
from runner.audit.problem import Problem
from runner.audit.verify import Verification
from runner.model.text import printable


def verification_text(verification: Verification, ref: str) -> str:
    """Return the verdict, the facts behind it, and one line for every problem."""
    verdict = "the log is whole" if verification.holds else "THE LOG DOES NOT VERIFY"
    lines = [f"audit/{verification.target}: {verdict}", ""]
    lines += [printable(f"  {_sentence(problem)}") for problem in verification.problems]
    lines += [""] if verification.problems else []
    return "\n".join([*lines, *_facts(verification, ref)]) + "\n"


def _sentence(problem: Problem) -> str:
    """Say where, what, and since which commit."""
    place = f"{problem.path}: " if problem.path else ""
    commit = f" (commit {problem.commit[:12]})" if problem.commit else ""
    return f"{place}{problem.message}{commit}"


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
